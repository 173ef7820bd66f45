"""A Telegram channel read back to what is known: its page shows about twenty posts, a burst is longer.

Pages back with `before=` until a known post shows up; what then still is missing is a gap, and told as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from advisor.model import Article, Document, Reading

MOST_PAGES = 5
_NUMBER = re.compile(r"^guid:telegram:[^/]+/(\d+)$")

Page = Callable[[str], Reading | None]  # an older page of the channel; None: not now


def read_back(document: Document, reading: Reading, is_known: Callable[[Article], bool], page: Page) -> Reading:
    """`reading` with the posts before it, oldest first, as far as none of them is known."""
    articles = reading.articles
    for _ in range(MOST_PAGES):
        if not articles or any(is_known(article) for article in articles):
            break
        oldest = min((number for article in articles if (number := _number(article))), default=0)
        older = page(_before(document.url, oldest)) if oldest > 1 else None
        listed = {article.keys[0] for article in articles}
        more = tuple(article for article in older.articles if article.keys[0] not in listed) if older else ()
        if not more:
            break
        articles = (*more, *articles)
    return replace(reading, articles=articles)


def _number(article: Article) -> int | None:
    found = _NUMBER.match(article.keys[0]) if article.keys else None
    return int(found[1]) if found else None


def _before(url: str, number: int) -> str:
    return urlunsplit(urlsplit(url)._replace(query=f"before={number}", fragment=""))

"""A Telegram channel read back to what is known: its page shows about twenty posts, a burst is longer.

Pages back with `before=` until a known post shows up; what then still is missing is a gap, and told as one. Posts
without words (pictures) count as well: a call may stand behind a page of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from advisor.model import Article, Document, Reading, SourceState

MOST_PAGES = 5

Page = Callable[[str], Reading | None]  # an older page of the channel; None: not now


def read_back(
    document: Document, reading: Reading, is_known: Callable[[Article], bool], page: Page, seen: int | None = None
) -> tuple[Reading, bool]:
    """`reading` with the posts before it, oldest first, as far as none of them is known; and whether it got that far.

    `seen`: the number of the newest post that was looked at before, where it is remembered.
    """
    articles, posts = reading.articles, reading.posts
    state, sentence = reading.state, reading.sentence
    for left in range(MOST_PAGES, -1, -1):
        if posts is None or posts[0] <= max(seen or 0, 1) or any(is_known(article) for article in articles):
            return replace(reading, articles=articles, state=state, sentence=sentence), True
        older = page(_before(document.url, posts[0])) if left else None
        begins = older is not None and older.state is SourceState.EMPTY and older.posts is None
        if older is None or older.posts is None or older.posts[0] >= posts[0]:
            return replace(reading, articles=articles, state=state, sentence=sentence), begins
        if older.state is SourceState.TRUNCATED and state is SourceState.FRESH:
            state, sentence = older.state, "some of the posts before are not shown on the web: read them in Telegram"
        listed = {article.keys[0] for article in articles}
        articles = (*(article for article in older.articles if article.keys[0] not in listed), *articles)
        posts = (older.posts[0], posts[1])
    return replace(reading, articles=articles, state=state, sentence=sentence), False


def _before(url: str, number: int) -> str:
    return urlunsplit(urlsplit(url)._replace(query=f"before={number}", fragment=""))

"""What every item needs on its way to an article: its words, a title, a link, a language; and a verdict."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from advisor.model import Article, Dating, SourceState
from advisor.read.html import plain, plain_line

MOST_ITEMS = 10_000  # of one feed; whole archives of blogs list a few thousand
_LONGEST_TEXT = 200_000
_LINK_TEXT = re.compile(r"<a\b[^>]{0,4000}>(.{0,2000}?)</a\s*>", re.IGNORECASE | re.DOTALL)
# Absolute and without anything that joining would change; taking addresses apart is dear.
_PLAIN_LINK = re.compile(r"https?://[a-z0-9][a-z0-9.-]{2,200}/[!-\"$-:<->@-~]{0,1500}(?:\?[!-\"$-~]{1,200})?", re.ASCII)
_POSTED_IN = re.compile(r"\n*The post .{1,300} (?:appeared first on|first appeared on) .{1,120}$", re.DOTALL)


def article_text(raw: str) -> str:
    """An item's HTML as plain text; a list of links to other stories says nothing about this one."""
    raw = raw[: _LONGEST_TEXT * 3]
    if _is_link_list(raw):
        return ""
    text = plain(raw)[:_LONGEST_TEXT]
    return _POSTED_IN.sub("", text) if "The post " in text[-450:] else text


def _is_link_list(raw: str) -> bool:
    linked = _LINK_TEXT.findall(raw) if "<a" in raw.lower() else []
    if not linked or len(linked) < 2 or "<li" not in raw.lower():
        return False
    return sum(len(plain_line(text)) for text in linked) > 0.6 * len(plain_line(raw))


def first_line(text: str) -> tuple[str, str]:
    """A title for a text without one: its first line, if that is short enough, else its first words."""
    line, _, rest = text.partition("\n")
    if len(line) <= 200:
        return line.strip(), rest.strip()
    return line[:200].rsplit(" ", 1)[0].rstrip(" ,;:") + " …", text


def web_link(raw: str, base: str) -> str | None:
    """`raw` as an absolute http(s) address."""
    if _PLAIN_LINK.fullmatch(raw):
        return raw
    try:
        absolute = urljoin(base, raw.strip()) if raw.strip() else ""
        parts = urlsplit(absolute)
        return absolute[:2000] if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def language_tag(raw: str) -> str | None:
    """`en` of `en-GB`; None for what is no language tag."""
    found = re.match(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]*)?\s*$", raw)
    return found[1].lower() if found and found[1].lower() not in {"und", "mul", "zxx"} else None


def verdict(articles: tuple[Article, ...], listed: int, *, cut: bool = False) -> tuple[SourceState, str]:
    """The state of a feed that could be read, with its sentence. `listed`: how many items it holds."""
    if listed > MOST_ITEMS:
        return SourceState.TRUNCATED, f"the feed lists {listed:,} items; the first {MOST_ITEMS:,} were read"
    if cut:
        return SourceState.TRUNCATED, f"the feed breaks off; {len(articles)} whole items were read"
    if not articles:
        return SourceState.EMPTY, "a feed without a single item"
    odd = _odd_dates(articles)
    if not any(article.dating.known for article in articles):
        why = odd and f" ({odd})"
        return SourceState.UNDATED, f"none of {len(articles)} items carries a date that can be used{why}"
    return SourceState.FRESH, odd and f"of {len(articles)} items {odd}: for them counts when they were first seen"


def _odd_dates(articles: tuple[Article, ...]) -> str:
    """How many items carry a date that cannot be true."""
    future = sum(article.dating is Dating.FUTURE for article in articles)
    ancient = sum(article.dating is Dating.ANCIENT for article in articles)
    counted = ((future, "dated in the future"), (ancient, "dated before 1990"))
    return ", ".join(f"{count} {words}" for count, words in counted if count)

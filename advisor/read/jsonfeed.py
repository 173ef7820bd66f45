"""JSON Feed (jsonfeed.org, versions 1 and 1.1): items as articles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advisor.model import Article, Document, Reading, Source, SourceState
from advisor.read.boilerplate import clean
from advisor.read.dates import newest, parse_date
from advisor.read.decode import json_value, text_of
from advisor.read.html import plain_line, tidy
from advisor.read.identity import keys, told_apart
from advisor.read.items import MOST_ITEMS, article_text, first_line, language_tag, verdict, web_link


def looks_like_json(body: bytes) -> bool:
    """Whether the first character that counts opens an object or a list."""
    return body[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] in {b"{", b"["}


def read_json_feed(document: Document, source: Source) -> Reading:
    """The items of a JSON Feed; other JSON is "not a feed", an empty object or list is "empty"."""
    try:
        data = json_value(text_of(document.body, document.content_type))
    except (ValueError, RecursionError):
        return Reading(state=SourceState.NOT_A_FEED, sentence="not a feed: JSON that cannot be read")
    if data in ({}, []):
        sentence = "the answer is an empty JSON value: a fault of the source, not news"
        return Reading(state=SourceState.EMPTY, sentence=sentence)
    if isinstance(data, dict) and data.get("items") is None and "jsonfeed" in _string(data, "version"):
        data["items"] = []
    if not isinstance(data, dict) or not isinstance(data.get("items"), list) or not _is_json_feed(data):
        return Reading(state=SourceState.NOT_A_FEED, sentence="not a feed: JSON, but no JSON Feed")
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    language = language_tag(_string(data, "language")) or source.language
    items = [item for item in data["items"][:MOST_ITEMS] if isinstance(item, dict)]
    articles = told_apart(_article(item, document, source, language, now) for item in items)
    state, sentence = verdict(articles, len(data["items"]))
    return Reading(articles, state, sentence, title=plain_line(_string(data, "title")))


def _is_json_feed(data: dict[str, Any]) -> bool:
    return "jsonfeed" in _string(data, "version") or any(
        isinstance(item, dict) and {"content_html", "content_text"} & item.keys() for item in data["items"]
    )


def _string(parent: dict[str, Any], name: str) -> str:
    value = parent.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # ids are often numbers
    return value if isinstance(value, str) else ""


def _article(item: dict[str, Any], document: Document, source: Source, language: str | None, now: datetime) -> Article:
    link = web_link(_string(item, "url") or _string(item, "external_url"), document.url)
    bodies = article_text(_string(item, "content_html")), tidy(_string(item, "content_text"))
    content = max(bodies, key=len)
    summary = article_text(_string(item, "summary"))
    text = clean(max(content, summary, key=len))
    title = plain_line(_string(item, "title"))
    if not title:
        title, text = first_line(text)
    published = parse_date(_string(item, "date_published"), now)
    modified = parse_date(_string(item, "date_modified"), now)
    moment, dating = newest([published, modified]) if source.official or not published[0] else published
    return Article(
        title=title,
        text=text,
        source_id=source.id,
        keys=keys(title, text, guid=_string(item, "id"), link=link),
        language=language_tag(_string(item, "language")) or language,
        published=moment,
        dating=dating,
        link=link,
        publisher=source.publisher,
        official=source.official,
        about=source.about,
        complete=bool(content),
    )

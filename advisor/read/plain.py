"""Text and Markdown files: the first line is the title, an optional front matter holds date and language.

Two ways in. `read_clipping` gives a folder's file as a cleaned article; `heading_of` only finds the title,
for callers that must keep every offset of the text as it was supplied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from advisor.model import Article, Document, Reading, Source, SourceState
from advisor.read.boilerplate import boilerplate_spans, clean
from advisor.read.dates import UNKNOWN, Dated, parse_date
from advisor.read.decode import is_binary, text_of
from advisor.read.html import tidy
from advisor.read.identity import digest_key
from advisor.read.items import first_line, language_tag, web_link

_HEAD = 3_000  # characters within which the title is looked for
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,5000}?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_]{1,30})[ \t]*:[ \t]*(.{0,1000}?)[ \t]*$", re.MULTILINE)
_FIRST_LINE = re.compile(r"[^\S\n]*(\S[^\n]*)")
_HEADING_MARK = re.compile(r"#{1,6}[ \t]+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]{0,400})\]\([^)\s]{0,2000}(?:[ \t][^)\n]{0,200})?\)")
_MARKDOWN_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,500}?)(?<=\S)\1(?![\w*])")
_PAGE = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a text's title stands: text[start:end] is the title, text[body:] what follows its line."""

    title: str
    start: int
    end: int
    body: int


def heading_of(text: str) -> Heading:
    """The first line with words that is no label or advertisement, without a heading's `#`.

    A front matter is passed over.
    """
    matter = _FRONT_MATTER.match(text)
    found = _FIRST_LINE.search(text, matter.end() if matter else 0)
    for start, end in boilerplate_spans(text[:_HEAD]):
        if found is not None and start <= found.start(1) < end:
            found = _FIRST_LINE.search(text, end) or found
    if found is None:
        return Heading("", 0, 0, 0)
    start = found.start(1)
    if mark := _HEADING_MARK.match(text, start):
        start = mark.end()
    title = text[start : found.end()].rstrip()
    after = found.end() + 1 if found.end() < len(text) else found.end()
    return Heading(title, start, start + len(title), after)


def looks_like_page(text: str) -> bool:
    """Whether a file without a telling name is an HTML page."""
    return _PAGE.match(text) is not None


def read_clipping(document: Document, source: Source) -> Reading:
    """A folder's file: HTML by its content type, everything else as text or Markdown."""
    kind = (document.content_type or "").partition(";")[0].strip()
    return read_file(document.url, document.body, document, source, html=kind == "text/html")


def read_file(name: str, data: bytes, document: Document, source: Source, *, html: bool = False) -> Reading:
    """The file `name` as one cleaned article; id is its path, date its front matter's.

    Without a date of its own the article bears the file's time, marked undated.
    """
    text = text_of(data)
    if html or looks_like_page(text):
        return _page(name, document, source)
    if not text.strip():
        return Reading(state=SourceState.EMPTY, sentence=f"{name} is empty")
    if is_binary(data):
        return Reading(state=SourceState.NOT_A_FEED, sentence=f"{name} is not a text file")
    fields = front_matter(text)
    heading = heading_of(text)
    title = fields.get("title") or _unmarked(heading.title)
    body = _unmarked(tidy(clean(text[heading.start :] if "title" in fields else text[heading.body :])))
    if len(title) > 300:
        title, body = first_line(tidy(f"{title}\n{body}"))
    published, dating = _dated(fields.get("date") or fields.get("published"), document)
    link = web_link(fields.get("url") or fields.get("link") or "", "")
    article = Article(
        title=title,
        text=body,
        source_id=source.id,
        keys=(f"guid:{name}", digest_key(title, body)),
        language=language_tag(fields.get("lang") or fields.get("language") or "") or source.language,
        published=published,
        dating=dating,
        link=link,
        publisher=fields.get("publisher") or source.publisher,
        official=source.official,
        about=source.about,
    )
    return Reading((article,), title=PurePath(name).name)


def front_matter(text: str) -> dict[str, str]:
    """Plain `key: value` lines between `---` lines at the start, keys in lower case."""
    found = _FRONT_MATTER.match(text)
    fields = _FIELD.findall(found[1]) if found else []
    return {key.lower(): value.strip("\"'") for key, value in fields if value.strip("\"'")}


def _dated(raw: str | None, document: Document) -> Dated:
    dated = parse_date(raw, document.fetched_at) if raw else UNKNOWN
    return dated if dated[0] is not None else (_file_time(document), dated[1])


def _file_time(document: Document) -> datetime | None:
    return parse_date(document.validators.last_modified, document.fetched_at)[0]


def _page(name: str, document: Document, source: Source) -> Reading:
    from advisor.read.page import read_page

    reading = read_page(document, source)
    articles = tuple(
        replace(
            article,
            keys=(f"guid:{name}", article.keys[-1]),
            link=None,
            published=article.published or _file_time(document),
        )
        for article in reading.articles
    )
    state = SourceState.FRESH if articles else reading.state
    return replace(reading, articles=articles, state=state, sentence="" if articles else reading.sentence)


def _unmarked(text: str) -> str:
    """Markdown's links and emphasis as the words they carry."""
    return _MARKDOWN_EMPHASIS.sub(r"\2", _MARKDOWN_LINK.sub(r"\1", text))

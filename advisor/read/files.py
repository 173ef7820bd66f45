"""Files that a person hands over: each as the articles in it.

Texts and Markdown come as supplied, nothing cleaned, because whoever asked wants offsets into their own
file (`heading_of` says where the title stood; `boilerplate_spans` what to leave out); pages and feeds come
cleaned. JSON Lines is the command line's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from advisor.errors import AdvisorError
from advisor.model import Article, Document, Format, Reading, Source, SourceState
from advisor.read import read
from advisor.read.dates import UNKNOWN, parse_date
from advisor.read.decode import is_binary, text_of
from advisor.read.identity import digest_key
from advisor.read.items import language_tag
from advisor.read.jsonfeed import looks_like_json
from advisor.read.plain import front_matter, heading_of, looks_like_page

_LARGEST = 50 * 2**20  # bytes
_FEEDS = {".xml", ".rss", ".atom", ".rdf", ".json", ".cdf", ".cap"}
_PAGES = {".html", ".htm", ".xhtml"}
_TEXTS = {".txt", ".text", ".md", ".markdown"}
_XML = (
    "<?xml",
    "<rss",
    "<feed",
    "<rdf",
    "<channel",
    "<atom",
    "<!doctype rss",
    "<?rss",
    "<?atom",
    "<alert",
    "<cap:alert",
)


def articles_of_file(name: str, data: bytes, now: datetime) -> Iterator[Article]:
    """The articles in file `name` ("-" for standard input). `now` decides which dates lie in the future.

    Raises AdvisorError with name and remedy for a file that holds none, and behind the articles of one of which a
    part could not be read; a feed without items is no fault.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise AdvisorError(f"{name}: the file is empty; give text, Markdown, HTML or a feed")
    if len(data) > _LARGEST:
        raise AdvisorError(f"{name}: larger than {_LARGEST // 2**20} MiB; split it, or use JSON Lines")
    kind = _kind(name, data)
    if kind is Format.FOLDER:
        yield _text(name, data, now)
        return
    source = Source(id=name, url="", format=kind)
    document = Document(url="" if kind is Format.FEED else name, fetched_at=now, body=data)
    reading = read(document, source)
    if not reading.articles and not _is_empty_feed(reading, kind):
        raise AdvisorError(f"{name}: {reading.sentence}; give text, Markdown, HTML or a feed")
    yield from reading.articles
    if reading.articles and reading.state is SourceState.TRUNCATED:
        raise AdvisorError(f"{name}: {reading.sentence}")


def _is_empty_feed(reading: Reading, kind: Format) -> bool:
    return kind is Format.FEED and reading.state in {SourceState.EMPTY, SourceState.FRESH}


def _kind(name: str, data: bytes) -> Format:
    """What to read the file as: by its name, else by how it begins. FOLDER stands for text."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _TEXTS:
        return Format.FOLDER
    if suffix in _PAGES:
        return Format.PAGE
    if suffix in _FEEDS:
        return Format.FEED
    text = text_of(data[:8000]).lstrip("\ufeff \t\r\n").lower()
    if looks_like_page(text):
        return Format.PAGE
    if text.startswith(_XML) or looks_like_json(data):
        return Format.FEED
    return Format.FOLDER


def _text(name: str, data: bytes, now: datetime) -> Article:
    if is_binary(data):
        raise AdvisorError(f"{name}: not a text file; give text, Markdown, HTML or a feed")
    text = text_of(data)
    heading, fields = heading_of(text), front_matter(text)
    published, dating = parse_date(fields["date"], now) if "date" in fields else UNKNOWN
    body = text[heading.body :]
    return Article(
        title=heading.title,
        text=body,
        source_id=name,
        keys=(f"guid:{name}", digest_key(heading.title, body)),
        language=language_tag(fields.get("lang") or fields.get("language") or ""),
        published=published,
        dating=dating,
    )

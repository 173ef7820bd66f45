"""RSS, Atom, RDF and their relatives: the items of a feed as articles, and what is wrong with the feed.

`thin` reads the bytes of common feeds, feedparser those of all others; what an item says, when and under which identity
is decided here. JSON Feed is left to `jsonfeed`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from advisor.model import Article, Document, Reading, Source, SourceState
from advisor.read import cap, jsonfeed, thin
from advisor.read.boilerplate import clean
from advisor.read.bounds import overladen
from advisor.read.dates import Dated, first_sure, newest, parse_date
from advisor.read.decode import is_wide, mended, text_of
from advisor.read.html import plain_line
from advisor.read.identity import keys, told_apart
from advisor.read.items import MOST_ITEMS, article_text, first_line, language_tag, verdict, web_link

_LONGEST_TITLE = 1_000  # characters; a wire's headline has 100
_MOST_MENTIONS = 50  # of entity declarations in comments or CDATA: each costs a search
_WHOLE_STORY = 1_200  # characters from which a summary is taken for the whole text
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\bread more|\bcontinue reading|\bweiterlesen|\blire la suite|\bleer más)"
    r"\W{0,6}$",
    re.IGNORECASE,
)
_CUT_SIGNS = ("…", "...", "more", "continue reading", "weiterlesen", "lire la suite", "leer m")  # none: not cut off
# References to halves of surrogate pairs, on which feedparser breaks down.
_NO_CHARACTER = re.compile(
    rb"&#(?:[xX]0{0,4}[dD][89a-fA-F][0-9a-fA-F]{2}|0{0,4}(?:55[3-9]\d\d|5529[6-9]|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));"
)
# A document that says in single bytes that its characters have two or four.
_SAID_WIDE = re.compile(
    rb"(^\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"'])(?:utf-?16|utf-?32|ucs-?[24]|iso-10646-ucs-[24])[\w-]{0,4}([\"'])",
    re.IGNORECASE,
)
_END_TAGS = (b"</rss>", b"</feed>", b"</rdf:rdf>", b"</channel>")


def read_feed(document: Document, source: Source) -> Reading:
    """The items of a feed document. Never raises on any bytes; `state` says what is wrong."""
    body = document.body
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return Reading(state=SourceState.EMPTY, sentence="the answer is empty")
    if jsonfeed.looks_like_json(body):
        return jsonfeed.read_json_feed(document, source)
    if cap.is_cap(body):
        return cap.read_cap(document, source)
    if declares_entities(body):
        sentence = "refused: the document declares XML entities, which feeds do not need and bombs use"
        return Reading(state=SourceState.REFUSED, sentence=sentence)
    if overladen(body.replace(b"\0", b"") if is_wide(body) else body):
        sentence = "refused: one of its tags carries more attributes than any feed has; they would take minutes to read"
        return Reading(state=SourceState.REFUSED, sentence=sentence)
    if (items := thin.items_of(body, document.content_type)) is not None:
        return _reading_of(items.entries, items.feed, document, source, cut=False)
    return read_with_feedparser(document, source)


def read_with_feedparser(document: Document, source: Source) -> Reading:
    """As `read_feed`, for the feeds that are not of a common shape. Never raises on any bytes."""
    try:
        parsed = _parse(document)
    except Exception as error:  # noqa: BLE001  (feedparser lets its own faults through on odd bytes)
        sentence = f"not a feed: it cannot be read at all ({type(error).__name__})"
        return Reading(state=SourceState.NOT_A_FEED, sentence=sentence)
    return _reading(parsed, document, source)


def _parse(document: Document) -> Any:
    import feedparser  # needed for one feed in ten

    body, content_type = document.body, document.content_type or "application/xml"
    if is_wide(body):  # feedparser wants a declaration beside the mark
        body, content_type = text_of(body).encode("utf-8", "replace"), "application/xml; charset=utf-8"
    elif (text := mended(body, document.content_type)) is not None:
        body, content_type = text.encode("utf-8", "replace"), "application/xml; charset=utf-8"
    # BytesIO always: given text, feedparser opens files and addresses. Sanitising and link resolution take
    # half the time, and we render text only.
    body = _NO_CHARACTER.sub(b"&#xFFFD;", body)
    if not is_wide(body):
        body = _SAID_WIDE.sub(rb"\1utf-8\2", body, count=1)
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _reading(parsed: Any, document: Document, source: Source) -> Reading:
    entries = list(parsed.entries)
    if not entries and not parsed.get("version"):
        if _LOGIN.search(document.body[:200_000]):
            return Reading(state=SourceState.BLOCKED, sentence="a login page came instead of the feed")
        return Reading(state=SourceState.NOT_A_FEED, sentence=_not_a_feed(document))
    cut = bool(parsed.get("bozo")) and _is_cut(document.body)
    if cut:
        entries = entries[: _closed_items(document.body)]
    return _reading_of(entries, parsed.feed, document, source, cut=cut)


def _reading_of(entries: list[Any], feed: Any, document: Document, source: Source, *, cut: bool) -> Reading:
    articles = told_apart(_articles(entries[:MOST_ITEMS], feed, document, source))
    state, sentence = verdict(articles, len(entries), cut=cut)
    return Reading(articles, state, sentence, _ttl(feed), plain_line(_text(feed, "title")))


def declares_entities(body: bytes) -> bool:
    """Whether `<!ENTITY` stands outside comments and CDATA, in whatever width of characters."""
    narrow = body.replace(b"\0", b"") if b"\0" in body[:4000] else body
    upper = narrow.upper()
    position = upper.find(b"<!ENTITY")
    for _ in range(_MOST_MENTIONS):
        if position < 0:
            return False
        hidden = _hidden_until(upper, position)
        if hidden is None:
            return True
        position = upper.find(b"<!ENTITY", hidden)
    return position >= 0


def _hidden_until(body: bytes, position: int) -> int | None:
    """The end of the comment or CDATA section that `position` lies in; None if it lies in neither."""
    for opening, closing in ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->")):
        begin = body.rfind(opening, 0, position)
        if begin >= 0 and body.find(closing, begin, position) < 0 and (end := body.find(closing, position)) >= 0:
            return end
    return None


_LOGIN = re.compile(rb"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.IGNORECASE)


def _not_a_feed(document: Document) -> str:
    head = document.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head")):
        return "not a feed: a web page came instead; look for the feed's own address"
    return "not a feed: no RSS, Atom, RDF or JSON Feed was recognised"


def _is_cut(body: bytes) -> bool:
    tail = body[-2000:].replace(b"\0", b"").lower()
    return not any(tag in tail for tag in _END_TAGS)


def _closed_items(body: bytes) -> int:
    narrow = body.replace(b"\0", b"").lower()
    return len(re.findall(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,20}>", narrow))


def _ttl(feed: Any) -> timedelta | None:
    """RSS 2.0's ttl, in minutes."""
    digits = _text(feed, "ttl").strip()
    if digits.isascii() and digits.isdigit() and int(digits[:6]) > 0:
        return timedelta(minutes=int(digits[:6]))
    return None


def _articles(entries: Iterable[Any], feed: Any, document: Document, source: Source) -> Iterable[Article]:
    # Our clock may be behind the server's: what is not in the future for it is not in the future.
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    language = language_tag(_text(feed, "language")) or source.language
    inside = cap.alerts_inside(document.body)
    for entry in entries:
        words = inside.get(_text(entry, "id"))
        if words == "" or cap.why_silent(
            _text(entry, "cap_status"), _text(entry, "cap_msgtype"), ending=_is_over(entry)
        ):
            continue
        article = _article(entry, document, source, language, now)
        yield replace(article, text=words, complete=True) if words else article


def _is_over(entry: Any) -> bool:
    """Whether the CAP elements of an item say that the danger is over."""
    return _text(entry, "cap_responsetype") == "AllClear" or _text(entry, "cap_urgency") == "Past"


def _article(entry: Any, document: Document, source: Source, language: str | None, now: datetime) -> Article:
    link = web_link(_alert_link(entry) or _text(entry, "link"), document.url)
    publisher, name = _origin(entry, link, source)
    title = _without_suffix(plain_line(_text(entry, "title")[: _LONGEST_TITLE * 4])[:_LONGEST_TITLE], name)
    text, complete = _body(entry)
    if not title:
        title, text = first_line(text)
    elif name and " ".join(text.split()) == f"{title} {name}":
        text = ""  # an aggregator's summary that only repeats headline and publisher
    published, dating = _dated(entry, source, now)
    return Article(
        title=title,
        text=text,
        source_id=source.id,
        keys=keys(title, text, guid=_text(entry, "id"), link=link),
        language=_entry_language(entry) or language,
        published=published,
        dating=dating,
        link=link,
        publisher=publisher,
        official=source.official,
        about=source.about,
        complete=complete,
    )


def _alert_link(entry: Any) -> str:
    """The address of the CAP alert that an item encloses, where it has no page of its own."""
    links = [link for link in dict.get(entry, "links") or () if isinstance(link, dict)]
    if any(_text(link, "rel") in {"", "alternate"} for link in links):
        return ""
    return next((_text(link, "href") for link in links if _text(link, "type") in cap.TYPES), "")


def _text(parent: Any, name: str) -> str:
    # dict.get: feedparser's own mapping answers "updated" with "published", and warns about it.
    value = dict.get(parent, name)
    return value if isinstance(value, str) else ""


def _dated(entry: Any, source: Source, now: datetime) -> Dated:
    """A government that renews a text speaks anew; a newspaper's correction does not make it today's."""
    dates = [parse_date(_text(entry, name), now) for name in ("published", "updated", "created")]
    return newest(dates) if source.official is not None else first_sure(dates)


def _entry_language(entry: Any) -> str | None:
    """What the item itself says; the language that a feed declares for all its items comes from the feed."""
    own = _text(entry, "language")
    return language_tag(own)


def _body(entry: Any) -> tuple[str, bool]:
    """The longest text of an item, cleaned, and whether it seems to be the whole story."""
    contents = [_text(content, "value") for content in dict.get(entry, "content") or () if isinstance(content, dict)]
    candidates = [raw for raw in (*contents, _text(entry, "summary")) if raw]
    texts = [(article_text(raw), raw in contents) for raw in candidates]
    text, is_content = max(texts, key=lambda pair: len(pair[0]), default=("", False))
    whole = not _is_cut_off(text[-60:]) and bool(text) and (is_content or len(text) >= _WHOLE_STORY)
    return clean(text, tidied=True), whole


def _is_cut_off(ending: str) -> bool:
    lowered = ending.lower()
    return any(sign in lowered for sign in _CUT_SIGNS) and bool(_CUT_OFF.search(ending))


def _origin(entry: Any, link: str | None, source: Source) -> tuple[str, str]:
    """Who published an item: an aggregator names it in the item's `source`. Gives (publisher, its name)."""
    origin = dict.get(entry, "source")
    if source.official is not None or not isinstance(origin, dict):
        return source.publisher, ""
    host, own = _host(_text(origin, "href")), _host(source.url)
    if not host or not own or _same_site(host, own):
        return source.publisher, ""
    return host, plain_line(_text(origin, "title"))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _same_site(one: str, other: str) -> bool:
    return one.split(".")[-2:] == other.split(".")[-2:] or one.endswith(f".{other}") or other.endswith(f".{one}")


def _without_suffix(title: str, name: str) -> str:
    """Aggregators append " - Publisher" to the headline."""
    return title.removesuffix(f" - {name}").strip() if name else title

"""One web page as one article: the main text, its title, date and language.

trafilatura finds the text where nothing is known about a site; a selector names it where something is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from advisor.model import Article, Dating, Document, Reading, Source, SourceState
from advisor.read.boilerplate import clean
from advisor.read.bounds import beyond_reason
from advisor.read.dates import UNKNOWN, Dated, first_sure, parse_date
from advisor.read.decode import text_of
from advisor.read.html import plain, plain_line, tidy
from advisor.read.identity import digest_key
from advisor.read.items import language_tag

_LONGEST_PAGE = 5_000_000  # characters
_LONGEST_TEXT = 300_000
_MOST_TAGS = 40_000
# Meta names in the order in which they can be trusted; modification is what a standing page has.
_PUBLISHED = ("article:published_time", "og:published_time", "datepublished", "dc.date.issued",
              "dcterms.issued", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date",
              "date", "dc.date", "dcterms.created")  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")


def read_page(document: Document, source: Source) -> Reading:
    """The page as a single article, or the state that says why there is none."""
    markup = text_of(document.body[: _LONGEST_PAGE * 4], document.content_type)[:_LONGEST_PAGE]
    if not markup.strip():
        return Reading(state=SourceState.EMPTY, sentence="the page is empty")
    if fault := beyond_reason(markup):
        return Reading(state=SourceState.REFUSED, sentence=f"refused: a page {fault}")
    tree = LexborHTMLParser(markup)
    title = _title(tree)
    try:
        text = _text(markup, tree, source.selector, title)
    except SelectolaxError:
        sentence = f"the selector {source.selector!r} cannot be read; see CSS selectors"
        return Reading(state=SourceState.REFUSED, sentence=sentence)
    if not text:
        missing = f"nothing matches the selector {source.selector!r}" if source.selector else "no text was found"
        return Reading(state=SourceState.EMPTY, sentence=f"the page was read, but {missing}", title=title)
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    published, dating = _dated(tree, markup, now, standing=source.official is not None)
    article = Article(
        title=title,
        text=text,
        source_id=source.id,
        keys=(f"link:{document.url[:1000]}", digest_key(title, text)),
        language=_language(tree) or source.language,
        published=published,
        dating=dating,
        link=document.url,
        publisher=source.publisher,
        official=source.official,
        about=source.about,
    )
    if not dating.known and source.official is None:
        return Reading((article,), SourceState.UNDATED, "the page carries no date that can be used", title=title)
    return Reading((article,), title=title)


def fill_from(article: Article, document: Document) -> Article:
    """`article` with its page's text if that holds more than the feed gave; else unchanged."""
    reading = read_page(document, Source(id=article.source_id, url=document.url))
    if not reading.articles or len(reading.articles[0].text) <= len(article.text):
        return article
    page = reading.articles[0]
    return replace(article, text=page.text, complete=True, language=article.language or page.language)


def _text(markup: str, tree: LexborHTMLParser, selector: str | None, title: str) -> str:
    if selector:
        text = "\n\n".join(plain(node.html or "") for node in tree.css(selector))
    else:
        text = _main_text(markup) if _is_ordinary(markup) else ""
        text = text or _paragraphs(tree)
    return clean(_without_title(tidy(text), title)[:_LONGEST_TEXT])


def _is_ordinary(markup: str) -> bool:
    """Whether the libraries that weigh every element may have it: they need 15 s for 200,000 paragraphs."""
    return markup.count("<") <= _MOST_TAGS


def _main_text(markup: str) -> str:
    from trafilatura import extract  # 350 ms to import

    try:
        found = extract(markup, favor_precision=True, include_comments=False, include_tables=True, fast=False)
    except Exception:  # noqa: BLE001  (lxml and justext raise what they like on odd pages; fall back)
        return ""
    return found or ""


def _paragraphs(tree: LexborHTMLParser) -> str:
    """Very short pages: whatever stands in main, article or body."""
    tree.strip_tags(["script", "style", "noscript", "nav", "header", "footer", "aside", "form"])
    node = tree.css_first("article") or tree.css_first("main") or tree.body
    return plain(node.html or "") if node is not None else ""


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    return rest.lstrip() if rest.strip() and " ".join(first.split()) == title else text


def _title(tree: LexborHTMLParser) -> str:
    """The headline: og:title, else the only h1, else the document's title."""
    for node in tree.css('meta[property="og:title"], meta[name="twitter:title"]'):
        if title := plain_line(node.attributes.get("content") or ""):
            return title[:1000]
    headings = [plain_line(node.text(separator=" ")) for node in tree.css("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0][:1000]
    element = tree.css_first("title")
    return plain_line(element.text())[:1000] if element is not None else ""


def _language(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("html")
    return language_tag((node.attributes.get("lang") or "") if node is not None else "")


def _dated(tree: LexborHTMLParser, markup: str, now: datetime, *, standing: bool) -> Dated:
    """The page's date; for a government's standing page, when it was last changed."""
    metas = {key: value for node in tree.css("meta") if (pair := _meta(node)) for key, value in [pair]}
    linked = dict(_linked_dates(tree))
    published = [metas.get(name) for name in _PUBLISHED] + [linked.get("datePublished")]
    modified = [metas.get(name) for name in _MODIFIED] + [linked.get("dateModified")]
    times = [node.attributes.get("datetime") for node in tree.css("time[datetime]")[:1]]
    order = [*modified, *published, *times] if standing else [*published, *times, *modified]
    readings = [parse_date(raw, now) for raw in order if raw]
    sure = [dated for dated in readings if dated[0] is not None]
    if sure:
        return next((dated for dated in sure if dated[1] is Dating.EXACT), sure[0])
    # A guess may name an older date that the page mentions. On a standing page that would make a new
    # warning look old: there the first sight of new words counts.
    guessed = UNKNOWN if standing or not _is_ordinary(markup) else _guessed(markup, now)
    return first_sure([guessed, *readings])


def _meta(node: LexborNode) -> tuple[str, str] | None:
    attributes = node.attributes
    name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
    content = attributes.get("content")
    return (name.lower(), content) if name and content else None


def _linked_dates(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """datePublished and dateModified of JSON-LD blocks (schema.org)."""
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            data: Any = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph", [data]) if isinstance(data, dict) else data
        for item in graph if isinstance(graph, list) else []:
            if isinstance(item, dict):
                for name in ("datePublished", "dateModified"):
                    if isinstance(item.get(name), str):
                        yield name, item[name]


def _guessed(markup: str, now: datetime) -> Dated:
    """htmldate's reading of the page's words, taken as a day and never more."""
    from htmldate import find_date  # slow to import

    try:
        found = find_date(markup, original_date=False, extensive_search=False, max_date=now.strftime("%Y-%m-%d"))
    except Exception:  # noqa: BLE001  (a guess that fails is no date)
        return UNKNOWN
    return parse_date(found, now) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", found or "") else UNKNOWN

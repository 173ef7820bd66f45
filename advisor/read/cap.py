"""CAP 1.2 (OASIS Common Alerting Protocol): an alert as an article, alone or carried by a feed.

Only what is `Actual` and calls for something is an article: exercises, tests, drafts, cancellations and all-clears
repeat the words of the alert that they end, and would ring as a new one. What the words mean is left to
`advisor.detect`, as for any article.
"""

from __future__ import annotations

import re
from typing import Any

from advisor.model import Article, Document, Reading, Source, SourceState
from advisor.read.dates import parse_date
from advisor.read.html import plain, plain_line
from advisor.read.identity import keys
from advisor.read.items import language_tag, web_link
from advisor.read.tree import NotATree, Refused, Tree, first, pick, tree_of, words_of

TYPES = frozenset({"application/cap+xml", "application/common-alerting-protocol+xml"})
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,1000}?-->\s*|<\?[^>]{0,300}\?>\s*|<!DOCTYPE.{0,2000}?\]?>\s*){0,5}"
    rb"<(?:[\w.-]{1,20}:)?alert\b[^>]{0,400}urn:oasis:names:tc:emergency:cap:1\.",
    re.DOTALL,
)
_ENDED_TYPES = frozenset({"Cancel", "Ack", "Error"})


def is_cap(body: bytes) -> bool:
    """Whether the document is one alert. Its namespace may say 1.1 or 1.2: both occur around the same words."""
    return _ROOT.match(body[:6000]) is not None


def read_cap(document: Document, source: Source) -> Reading:
    """The alert of a document, or why there is none. Never raises on any bytes."""
    try:
        alert = _alert(document.body, document.content_type)
    except Refused as error:
        return Reading(state=SourceState.REFUSED, sentence=f"refused: {error}")
    except NotATree as error:
        return Reading(state=SourceState.NOT_A_FEED, sentence=f"not a CAP alert: {error}")
    if silent := why_silent(first(alert, ("status",)), first(alert, ("msgType",)), ending=_endings(alert)):
        return Reading(sentence=silent)
    article = _article(alert, document, source)
    undated = not article.dating.known
    return Reading((article,), SourceState.UNDATED if undated else SourceState.FRESH, "", title=article.title)


def alerts_inside(body: bytes) -> dict[str, str]:
    """The words of alerts that stand whole in entries of an Atom feed, by the entries' ids; silent ones empty."""
    if b"emergency:cap:1." not in body or not re.search(rb"<(?:[\w.-]{1,20}:)?alert\b", body):
        return {}
    try:
        entries = pick(_local(tree_of(body)), "feed/entry")
    except (NotATree, Refused):
        return {}
    found: dict[str, str] = {}
    for entry in entries:
        for alert in pick(entry, "content/alert"):
            found[first(entry, ("id",))] = "" if _is_silent(alert) else _words(_info(alert, None))
    return found


def _is_silent(alert: Tree) -> bool:
    return bool(why_silent(first(alert, ("status",)), first(alert, ("msgType",)), ending=_endings(alert)))


def why_silent(status: str, kind: str, *, ending: bool) -> str:
    """Why an alert is no news, in words; empty if it is some. CAP 1.2, section 3.2.1: status and msgType."""
    if status and status != "Actual":
        return f"a CAP alert of status {status}: not an actual one"
    if kind in _ENDED_TYPES or ending:
        return f"a CAP alert that ends or acknowledges another one ({kind or 'all clear'})"
    return ""


def text_of_alert(body: bytes, content_type: str | None = None) -> str | None:
    """The words of an alert behind a feed's item; None where there are none."""
    try:
        alert = _alert(body, content_type)
    except (NotATree, Refused):
        return None
    return "" if _is_silent(alert) else _words(_info(alert, None))


def _alert(body: bytes, content_type: str | None) -> Tree:
    tree = _local(tree_of(body, content_type))
    alerts = pick(tree, "alert")
    if not alerts:
        raise NotATree("its root is no alert")
    return alerts[0]


def _local(node: Any) -> Any:
    """The tree with element names as if the namespace had no prefix."""
    if isinstance(node, list):
        return [_local(child) for child in node]
    if isinstance(node, dict):
        return {name.rpartition(":")[2] if name[:1] != "@" else name: _local(child) for name, child in node.items()}
    return node


def _endings(alert: Tree) -> bool:
    """Whether every part of it says that the danger is over."""
    infos = pick(alert, "info")
    return bool(infos) and all(
        "AllClear" in words_of(info, "responseType") or first(info, ("urgency",)) == "Past" for info in infos
    )


def _info(alert: Tree, language: str | None) -> Tree:
    """The part in the source's language, else the first: parts repeat each other in other languages."""
    infos = pick(alert, "info")
    mine = [info for info in infos if language and language_tag(first(info, ("language",))) == language]
    return (mine or infos or [{}])[0]


def _words(info: Tree) -> str:
    parts = [plain(text) for path in ("description", "instruction", "area/areaDesc") for text in words_of(info, path)]
    return "\n\n".join(dict.fromkeys(part for part in parts if part))


def _article(alert: Tree, document: Document, source: Source) -> Article:
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    info = _info(alert, source.language)
    title = plain_line(first(info, ("headline", "event")))
    text = _words(info)
    link = web_link(first(info, ("web",)), document.url) or web_link(document.url, document.url)
    published, dating = parse_date(first(alert, ("sent",)), now)
    return Article(
        title=title, text=text, source_id=source.id,
        keys=keys(title, text, guid=" ".join(words_of(alert, "sender") + words_of(alert, "identifier")), link=None),
        language=language_tag(first(info, ("language",))) or source.language, published=published, dating=dating,
        link=link, publisher=source.publisher, official=source.official, about=source.about,
    )  # fmt: skip

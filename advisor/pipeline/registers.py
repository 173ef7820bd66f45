"""One poll of a register: list, further pages, countries' own texts, comparison with what is held.

Calls the stages in their order; what is news is decided by `advisor.correlate.registers`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from advisor import correlate
from advisor.correlate.register_reports import advisories_of
from advisor.correlate.registers import Finding, Sight, compare
from advisor.detect import Detector
from advisor.model import Advisory, Article, Dating, Document, Kind, Report, Source, SourceState
from advisor.model.register import Entry, Held, Shape
from advisor.poll import shown
from advisor.read.register import RegisterReading, read_detail, read_register
from advisor.store import Incoming, content_digest

log = logging.getLogger(__name__)

PLACE = "--"  # stands where a country stands: the row that says where the list was read
_FOR_DETAILS = 90.0  # seconds of one poll in which countries' own documents are fetched; the rest comes next time
_MOST_PAGES = 20

_FOR_MANY = frozenset({Kind.LEAVE, Kind.EVACUATION})  # what a mail to many countries at once may call for

Fetch = Callable[[str], Document | None]  # a further document of the source; None: not now


@dataclass(frozen=True, slots=True)
class Taken:
    """What one poll of a register brought."""

    incoming: tuple[Incoming, ...] = ()
    standing: frozenset[str] = frozenset()  # articles that tell what stands at first sight
    held: tuple[Held, ...] = ()
    fault: str = ""  # nothing of the list is believed
    sentence: str = ""
    suspect: bool = False  # part of it is held back
    unread: int = 0  # countries whose own text is still to be read


NOTHING = Taken()


def read_pages(document: Document, source: Source, shape: Shape, fetch: Fetch) -> RegisterReading:
    """The list of a document with its further pages."""
    reading = read_register(document, source, shape)
    if shape.paging is None:
        return reading
    last, entries = reading.items, reading.entries
    for number in range(1, _MOST_PAGES):
        if last < shape.paging.size:
            break
        page = fetch(_with(document.url, shape.paging.parameter, number * shape.paging.size))
        more = read_register(page, source, shape) if page else RegisterReading(state=SourceState.TRUNCATED)
        if more.state is SourceState.EMPTY:
            break
        if not more.entries:
            sentence = f"page {number + 1} of the list could not be read"
            return replace(reading, entries=entries, state=SourceState.TRUNCATED, sentence=sentence)
        listed = {entry.country for entry in entries}
        entries = (*entries, *(entry for entry in more.entries if entry.country not in listed))
        last = more.items
    return replace(reading, entries=entries)


def take(
    reading: RegisterReading, document: Document, source: Source, held: Mapping[str, Held], detector: Detector,
    fetch: Fetch, now: datetime,
) -> Taken:  # fmt: skip
    """What is new in the list against what is held."""
    shape = source.shape
    if shape is None:
        raise ValueError(f"{source.id}: a register without a description")
    place = held.get(PLACE)
    known = {name: item for name, item in held.items() if name != PLACE}
    entries, unread = _with_details(reading.entries, document, source, shape, known, fetch)
    sights = [_sight(entry, source, shape, known.get(entry.country), detector) for entry in entries]
    here = _place(document.url)
    found = compare(
        sights, known, now, complete=shape.complete, announces=shape.announces, first=place is None,
        moved=place is not None and place.revision != here,
    )  # fmt: skip
    if found.fault and not found.held:
        return Taken(fault=found.fault)
    incoming = [_incoming(finding, source, shape, now) for finding in found.findings]
    after = {**known, **{item.country: item for item in found.held}}
    muted = sorted(name for name, item in after.items() if item.pending is not None and item.pending.mass)
    sentence = found.fault or (f"held back after too many changes at once: {', '.join(muted[:20])}" if muted else "")
    changed = found.held if place and place.revision == here else (*found.held, Held(PLACE, revision=here))
    return Taken(
        tuple(incoming),
        frozenset(item.id for item, finding in zip(incoming, found.findings, strict=True) if finding.baseline),
        changed, "", sentence, bool(muted) or bool(found.fault), unread,
    )  # fmt: skip


# --- countries' own documents -----------------------------------------------------------------------------------


def _with_details(
    entries: Sequence[Entry], document: Document, source: Source, shape: Shape, held: Mapping[str, Held], fetch: Fetch
) -> tuple[list[Entry], int]:
    """The entries with their own texts where those are new; and how many are still to be read."""
    if shape.page is None:
        return list(entries), 0
    until = time.monotonic() + _FOR_DETAILS
    full: list[Entry] = []
    unread = 0
    for entry in entries:
        known = held.get(entry.country)
        if known is not None and known.revision == entry.revision and known.pending is None:
            full.append(entry if entry.level is not None else replace(entry, level=known.level))
            continue
        page = fetch(entry.detail) if entry.detail and time.monotonic() < until else None
        own = read_detail(page, source, shape, entry) if page else None
        if own is not None:
            full.append(own)
            continue
        unread += 1
        if entry.level is not None:  # the list itself says enough to go on with; the text is asked for again
            full.append(replace(entry, revision=known.revision if known else ""))
        elif known is not None:
            level = known.pending.level if known.pending else known.level
            full.append(replace(entry, level=level, revision=known.revision))
    if unread:
        log.info("register source=%s unread=%d of %s", source.id, unread, shown(document.url))
    return full, unread


# --- entries as sights, findings as articles ----------------------------------------------------------------------


def _sight(entry: Entry, source: Source, shape: Shape, held: Held | None, detector: Detector) -> Sight:
    """The entry with what its text says; a text that was read before and brought no other level is not read again."""
    # A decision is the same one although its words are mended, as long as it says the same level.
    same = (entry.revision, str(entry.level), str(entry.moved_to)) if shape.announces else (entry.title, entry.text)
    digest = sha256("\0".join(same).encode())
    name = digest.hexdigest()[:16]
    known = held is not None and name in held.texts
    if not entry.text or (known and held is not None and held.level == entry.level):
        return Sight(entry, name, (), known or not entry.text)
    said = [
        advisory for advisory in _said(entry, source, shape, detector)
        if advisory.current and advisory.issuer == source.official and advisory.destination == entry.country
        and not (entry.shared and advisory.kind not in _FOR_MANY)
    ]  # fmt: skip
    return Sight(entry, name, tuple(said), known)


def _said(entry: Entry, source: Source, shape: Shape, detector: Detector) -> list[Advisory]:
    """What title and text say; without a title that only names an occasion, the places of the words moved alike."""
    article = _article(entry, source, shape)
    if not entry.mute_title:
        return detector.detect(article)
    by = len(entry.title)
    return [
        replace(
            advisory,
            evidence=tuple(replace(item, start=item.start + by, end=item.end + by) for item in advisory.evidence),
        )
        for advisory in detector.detect(replace(article, title=""))
    ]


def _article(entry: Entry, source: Source, shape: Shape) -> Article:
    return Article(
        title=entry.title, text=entry.text, source_id=source.id, language=shape.language or source.language,
        published=entry.published, dating=Dating.DAY if entry.published else Dating.UNDATED, link=entry.link,
        publisher=source.publisher, official=source.official, about=None if entry.shared else entry.country,
    )  # fmt: skip


def _incoming(finding: Finding, source: Source, shape: Shape, now: datetime) -> Incoming:
    entry = finding.entry
    at = min(entry.published or now, now) if finding.baseline else now
    name = f"{source.id}/{entry.country}/{now:%Y-%m-%dT%H:%M}" + (f"/{entry.revision}" if shape.announces else "")
    if entry.wording and entry.wording not in f"{entry.title}\n{entry.text}":  # what proves the level must be in it
        entry = replace(entry, title=f"{entry.title}: {entry.wording}")
        finding = replace(finding, entry=entry)
    article = replace(_article(entry, source, shape), keys=(f"register:{name}",))
    said = advisories_of(finding, source.official or "", shape.leave)
    return Incoming(name, article, content_digest(article), _reports(finding, name, article, said, source, at), said)


def _reports(
    finding: Finding, name: str, article: Article, said: Sequence[Advisory], source: Source, at: datetime
) -> tuple[Report, ...]:
    fingerprint = correlate.digest(article.title, f"{article.text} {name}" if not article.text else article.text)
    publisher = source.publisher or source.id

    def moved(advisory: Advisory) -> bool:
        """Whether this is what changed, and not what is left beside it."""
        lifted = finding.eases or finding.fell
        return not finding.baseline and (advisory.kind is Kind.EASING if lifted else True)

    return tuple(
        Report(
            advisory,
            name,
            source.id,
            publisher,
            True,
            at,
            article.title,
            article.link,
            fingerprint,
            moved=moved(advisory),
        )
        for advisory in said
    )


def _with(url: str, parameter: str, value: int) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), parameter: str(value)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"

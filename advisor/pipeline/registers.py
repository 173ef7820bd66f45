"""One poll of a register: list, further pages, countries' own texts, comparison with what is held.

Calls the stages in their order; what is news is decided by `advisor.correlate.registers`.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from advisor import correlate
from advisor.correlate.register_reports import advisories_of, stated
from advisor.correlate.registers import Finding, Sight, compare
from advisor.detect import Detector
from advisor.model import Advisory, Article, Dating, Document, Failure, Kind, Report, Source, SourceState
from advisor.model.register import Entry, Held, Shape
from advisor.pipeline import crawl
from advisor.pipeline.truth import WINDOW
from advisor.poll import shown
from advisor.read.register import RegisterReading, known_entries, read_detail, read_register
from advisor.store import Incoming, content_digest

log = logging.getLogger(__name__)

PLACE = "--"  # stands where a country stands: the row that says where the list was read
_FOR_DETAILS = 90.0  # seconds of one poll in which countries' own documents are fetched; the rest comes next time
_MOST_PAGES = 20

_FOR_MANY = frozenset({Kind.LEAVE, Kind.EVACUATION})  # what a mail to many countries at once may call for

Fetch = Callable[[str], Document | Failure | None]  # a further document of the source; None: not now

_ENOUGH = 3  # pages in a row that a host refuses; then it is left alone until the next poll
_GONE = 20  # pages that are not there, or not what was expected; then the rest is for the next poll
_READABLE = 0.5  # of the pages read at once, so many must say something, or their layout has changed
_LEAST = 5  # pages below which nothing is said about their layout


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
    partly: bool = False  # some of these were asked for in vain
    failure: Failure | None = None  # no page behind the list could be read
    rolled: bool = False  # of a stream of decisions: nothing that it lists was seen before


NOTHING = Taken()


def read_pages(document: Document, source: Source, shape: Shape, fetch: Fetch) -> RegisterReading:
    """The list of a document with its further pages."""
    reading = read_register(document, source, shape)
    if not reading.entries and (known := known_entries(shape, document.url)):
        sentence = f"the list cannot be read ({reading.sentence}); only the {len(known)} pages known by name are"
        return RegisterReading(known, SourceState.TRUNCATED, sentence)
    if shape.paging is None:
        return reading
    last, entries = reading.items, reading.entries
    for number in range(1, _MOST_PAGES):
        if last < shape.paging.size:
            break
        page = fetch(_with(document.url, shape.paging.parameter, number * shape.paging.size))
        more = RegisterReading(state=SourceState.TRUNCATED)
        if isinstance(page, Document):
            more = read_register(page, source, shape)
        if more.state is SourceState.EMPTY:
            break
        if not more.entries:
            sentence = f"page {number + 1} of the list could not be read"
            return replace(reading, entries=entries, state=SourceState.TRUNCATED, sentence=sentence)
        listed = {entry.country for entry in entries}
        added = tuple(entry for entry in more.entries if entry.country not in listed)
        if not added:
            sentence = f"page {number + 1} of the list repeats the pages before: what follows cannot be read"
            return replace(reading, entries=entries, state=SourceState.TRUNCATED, sentence=sentence)
        entries = (*entries, *added)
        last = more.items
    return replace(reading, entries=entries)


def take(
    reading: RegisterReading, document: Document, source: Source, held: Mapping[str, Held], detector: Detector,
    fetch: Fetch, now: datetime, watched: Collection[str] = (),
) -> Taken:  # fmt: skip
    """What is new in the list against what is held."""
    shape = source.shape
    if shape is None:
        raise ValueError(f"{source.id}: a register without a description")
    place = held.get(PLACE)
    known = {name: item for name, item in held.items() if name != PLACE}
    looks = _looks(reading.entries, source, shape, known, fetch, now, watched)
    if looks.failure is not None:
        return Taken(failure=looks.failure)
    sights = [_sight(entry, source, shape, known.get(entry.country), detector) for entry in looks.entries]
    here = _place(document.url)
    found = compare(
        sights, known, now, complete=shape.complete, announces=shape.announces, decisions=shape.decisions,
        first=place is None,
        moved=place is not None and place.revision != here,
        sampled=_is_sampled(reading.entries, shape),
        whole=shape.crawl is None and not shape.rolling,
    )  # fmt: skip
    if found.fault and not found.held:
        return Taken(fault=found.fault)
    incoming = [_incoming(finding, source, shape, now) for finding in found.findings]
    after = {**known, **{item.country: item for item in found.held}}
    muted = sorted(name for name, item in after.items() if item.pending is not None and item.pending.mass)
    sentence = found.fault or (f"held back after too many changes at once: {', '.join(muted[:20])}" if muted else "")
    sentence = "; ".join(part for part in (sentence, looks.sentence) if part)
    changed = {item.country: item for item in found.held}
    if shape.crawl:
        changed |= {name: replace(after.get(name, Held(name)), tried=now) for name in looks.tried}
    if place is None or place.revision != here:
        changed[PLACE] = Held(PLACE, revision=here)
    return Taken(
        tuple(incoming),
        frozenset(item.id for item, finding in zip(incoming, found.findings, strict=True) if finding.baseline),
        tuple(changed.values()), "", sentence, bool(muted or found.fault or looks.strange), looks.unread,
        looks.partly, rolled=place is not None and _has_rolled(sights, shape, known),
    )  # fmt: skip


def _has_rolled(sights: Sequence[Sight], shape: Shape, held: Mapping[str, Held]) -> bool:
    """Whether a stream of decisions lists more than a few, and none of them was there at the last look."""
    if not shape.announces or len({sight.entry.revision for sight in sights}) < WINDOW:
        return False
    return not any(s.digest in held[s.entry.country].texts for s in sights if s.entry.country in held)


# --- countries' own documents -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Looks:
    """The list with the pages that were read this time."""

    entries: tuple[Entry, ...] = ()
    tried: frozenset[str] = frozenset()  # countries whose own page was asked for, perhaps in vain
    unread: int = 0
    strange: bool = False  # most pages that were read say nothing
    partly: bool = False  # pages that the list says are new cannot be read
    sentence: str = ""
    failure: Failure | None = None


def _looks(
    entries: Sequence[Entry], source: Source, shape: Shape, held: Mapping[str, Held], fetch: Fetch, now: datetime,
    watched: Collection[str],
) -> _Looks:  # fmt: skip
    """The entries with their own texts where those are wanted now; and how many are still to be read."""
    if shape.page is None:
        return _Looks(tuple(entries))
    # A country's own page, captured by itself, has said everything.
    own = {entry.country: entry for entry in entries if not entry.details and (entry.level or entry.text)}
    wanted = [entry for entry in crawl.due(entries, held, shape, watched, now) if entry.country not in own]
    if shape.crawl is None and len(wanted) > _GONE:  # where many are gone, the others get their turn
        turn = int(now.timestamp() // 60) % len(wanted)
        wanted = wanted[turn:] + wanted[:turn]
    until = time.monotonic() + _FOR_DETAILS
    failures: list[Failure] = []
    tried: list[str] = []
    closed: dict[str, str] = {}
    for entry in wanted:
        gone = len(closed) - len(failures)
        if time.monotonic() > until or len(failures) >= _ENOUGH + len(own) or gone >= _GONE + len(own):
            break
        tried.append(entry.country)
        pages = [fetch(address) for address in entry.details]
        failures += [page for page in pages if isinstance(page, Failure) and page.state is not SourceState.DEAD]
        documents = [page for page in pages if isinstance(page, Document)]
        full = read_detail(documents, source, shape, entry) if documents and len(documents) == len(pages) else None
        if full is not None:
            own[entry.country] = full
        else:
            closed[entry.country] = next((page.sentence for page in pages if isinstance(page, Failure)), "")
    if not own and len(failures) >= _ENOUGH and not any(entry.level for entry in entries):
        return _Looks(failure=_of_pages(failures))
    late = {entry.country for entry in wanted} - own.keys()
    listed: list[Entry | None] = list(own.values())  # of a crawl: what was not looked at says nothing
    if not shape.crawl:
        listed = [own.get(it.country) or _unread(it, held.get(it.country), late=it.country in late) for it in entries]
    silent = [name for name, entry in own.items() if entry.level is None and _had_level(held.get(name))]
    strange = len(own) >= _LEAST and len(silent) > _READABLE * len(own)
    said = []
    if strange:
        said.append(f"{len(silent)} of {len(own)} pages give no level any more: their layout has changed")
    if _is_sampled(entries, shape):
        seen = sum(1 for entry in entries if entry.country in own or _was_read(held.get(entry.country)))
        said.append(f"{seen} of {len(entries)} countries' pages read so far" if seen < len(entries) else "")
    if closed:
        why = next((f" ({sentence})" for sentence in closed.values() if sentence), "")
        said.append(f"no page could be read of {', '.join(sorted(closed)[:20])}{why}")
    if late:
        log.info("register source=%s unread=%d", source.id, len(late))
    return _Looks(
        tuple(entry for entry in listed if entry is not None), frozenset(tried), len(late), strange,
        bool(closed) and shape.crawl is None, "; ".join(part for part in said if part),
    )  # fmt: skip


def _is_sampled(entries: Sequence[Entry], shape: Shape) -> bool:
    """Whether a poll looks at some of the pages because it is their turn: nothing in the list says which are new."""
    return shape.crawl is not None and not any(entry.revision for entry in entries)


def _unread(entry: Entry, known: Held | None, *, late: bool) -> Entry | None:
    """An entry whose own page was not read now; None: nothing is known of it. `late`: it ought to have been."""
    if late and entry.level is not None:  # the list itself says enough to go on with; the text is asked for again
        return replace(entry, revision=known.revision if known else "")
    if known is None:
        return None
    if late:  # what waits must be seen again, not only waited for
        return replace(entry, level=None if known.pending else known.level, revision=known.revision)
    return entry if entry.level is not None else replace(entry, level=known.level)


def _of_pages(failures: Sequence[Failure]) -> Failure:
    """One failure for all: the list can be read, the pages behind it cannot."""
    state, _ = Counter(failure.state for failure in failures).most_common(1)[0]
    example = next(failure for failure in failures if failure.state is state)
    return replace(example, sentence=f"the list is read, but no country's page behind it: {example.sentence}")


def _had_level(known: Held | None) -> bool:
    return known is not None and known.level is not None


def _was_read(known: Held | None) -> bool:
    return known is not None and known.seen is not None


# --- entries as sights, findings as articles ----------------------------------------------------------------------


def _sight(entry: Entry, source: Source, shape: Shape, held: Held | None, detector: Detector) -> Sight:
    """The entry with what its text says; a text that was read before and brought no other level is not read again."""
    # A decision is the same one although its words are mended, as long as it says the same level.
    same = (entry.revision, str(entry.level), str(entry.moved_to)) if shape.announces else (entry.title, entry.text)
    digest = sha256("\0".join(same).encode())
    name = digest.hexdigest()[:16]
    known = held is not None and name in held.texts
    if known and held is not None and held.level == entry.level:
        return Sight(entry, name, (), known)
    told = stated(entry, source.official or "")
    if not entry.text:
        return Sight(entry, name, tuple(told), known or not told)
    said = [
        advisory for advisory in _said(entry, source, shape, detector)
        if advisory.current and advisory.issuer == source.official and advisory.destination == entry.country
        and not (entry.shared and advisory.kind not in _FOR_MANY)
    ]  # fmt: skip
    if any(advisory.kind is Kind.EVACUATION for advisory in told):  # who is to board is not called upon to leave
        said = [advisory for advisory in said if advisory.kind is not Kind.LEAVE]
    return Sight(entry, name, (*told, *said), known)


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
        published=entry.published, dating=Dating.DAY if entry.published else Dating.UNDATED, link=_proof(entry, source),
        publisher=source.publisher, official=source.official, about=None if entry.shared else entry.country,
    )  # fmt: skip


def _proof(entry: Entry, source: Source) -> str | None:
    """Where the words can be looked up: the country's page, its document, or the list; never with a secret."""
    address = entry.link or next(iter(entry.details), source.url)
    return address if shown(address) == address else None


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

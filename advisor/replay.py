"""The whole pipeline over the past: a simulated clock, a real store in a temporary SQLite file, nothing sent."""

from __future__ import annotations

import calendar
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from advisor import correlate
from advisor.clock import Clock
from advisor.correlate import Policy
from advisor.deliver.routes import owe
from advisor.detect import Detector
from advisor.model import (
    Advisory,
    AlertChange,
    Article,
    Attempt,
    Dating,
    Document,
    Failure,
    Format,
    FullText,
    Outcome,
    Route,
    Source,
    SourceState,
    Unchanged,
    Validators,
    Watch,
    government,
)
from advisor.pipeline import Poller
from advisor.pipeline.poller import LEASE, reports_of
from advisor.store import Incoming, Store, content_digest, open_store

_START = datetime(1970, 1, 1, tzinfo=UTC)
_RECEIVER = "replay"
_UNCONDITIONAL = Validators()
_AT_ANY_RATE = timedelta(days=1)  # a captured document is polled whenever it came, due or not
_MOMENT = re.compile(
    r"(\d{4})(?:-?(\d{2})(?:-?(\d{2})"  # the day
    r"(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?"  # the time and its zone
)


class Detects(Protocol):
    """What a replay of articles needs of detection; labels that answer for it will do as well."""

    def detect(self, article: Article) -> Sequence[Advisory]: ...


@dataclass(frozen=True, slots=True)
class Past:
    """One article of the past, in the order of the input."""

    id: str
    article: Article
    at: datetime | None


def moment(text: str | None) -> datetime | None:
    """ISO 8601 of any precision, missing parts at the start of the period; None where there is no date."""
    match = _MOMENT.fullmatch((text or "").strip())
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    try:
        last = calendar.monthrange(year or 1, month or 1)[1]
        if (day or 1) > last:
            return None
        at = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
    except (ValueError, calendar.IllegalMonthError):
        return None
    zone = match.group(7)
    if zone and zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        at = at - offset if zone[0] == "+" else at + offset
    return at


def in_order(items: Iterable[Past]) -> list[tuple[datetime, Past]]:
    """Sorted stably by time; an undated article keeps its place behind the one before it, the first ones before the
    first that is dated."""
    known = list(items)
    clock = next((item.at for item in known if item.at), _START)
    dated = []
    for item in known:
        clock = item.at or clock
        dated.append((clock, item))
    return sorted(dated, key=lambda pair: pair[0])


def replay(
    items: Iterable[Past], detector: Detects, policy: Policy | None = None, seen: Callable[[], None] = lambda: None
) -> Iterator[AlertChange]:
    """Every alert change that the articles cause, told or not; articles of one moment are one pass.

    `seen` is called after each article, for a progress bar.
    """
    ordered = in_order(items)
    start = ordered[0][0] if ordered else _START
    with (
        tempfile.TemporaryDirectory(prefix="advisor-replay-") as folder,
        open_store(f"sqlite:///{folder}/replay.db", start) as store,
    ):
        called: set[str] = set()
        for now, group in groupby(ordered, key=lambda pair: pair[0]):
            batch = [item for _, item in group]
            yield from _pass(store, detector, policy or Policy(), now, batch, called)
            for _ in batch:
                seen()


def _pass(
    store: Store, detector: Detects, policy: Policy, now: datetime, batch: Iterable[Past], called: set[str]
) -> list[AlertChange]:
    """`called`: the articles that called so far; one that comes again with another text was edited."""
    incoming = [_incoming(detector, item, now) for item in batch]
    if not any(item.reports or item.id in called for item in incoming):
        return []
    called |= {item.id for item in incoming if item.reports}
    changes = store.reconsider(
        incoming, now=now,
        decide=lambda reports, alerts, taken: correlate.decide(reports, alerts, now, policy=policy, taken=taken),
        owe=lambda changes: owe(changes, [Route((_RECEIVER,))], Watch()),
        unsay=lambda alert, articles: correlate.unsaid(alert, articles, now, policy),
    )  # fmt: skip
    _receive(store, now)
    return changes


def _receive(store: Store, now: datetime) -> None:
    """Everything owed arrives at once, so that what comes later is told apart from it."""
    while deliveries := store.claim_deliveries(now, _RECEIVER, timedelta(minutes=1), 100):
        for delivery in deliveries:
            store.begin_attempt(delivery, now)
            store.finish_attempt(delivery, Attempt(Outcome.DELIVERED, "simulated"), now)


def _incoming(detector: Detects, item: Past, now: datetime) -> Incoming:
    source = Source(item.article.source_id, "", Format.FEED, item.article.publisher, item.article.official)
    article = replace(item.article, published=item.at or now, dating=Dating.EXACT, keys=(item.id,))
    advisories = detector.detect(article)
    return Incoming(
        item.id,
        article,
        content_digest(article),
        reports_of(source, item.id, article, advisories, now),
        tuple(advisories),
        whole=True,
    )


# --- captured documents -----------------------------------------------------------------------------------------

_IN_NAME = re.compile(
    r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})"  # the day
    r"(?:[T_ ](\d{2})[:.-]?(\d{2})(?:[:.-]?(\d{2}))?(?:[.,]\d+)?(Z|[+-]\d{2}:?\d{2})?(?![\dA-Za-z]))?"  # the time
)


@dataclass(frozen=True, slots=True)
class Capture:
    """A document of a source as it was at a moment."""

    at: datetime
    path: Path


def captured_at(name: str) -> datetime | None:
    """The moment in a file's name: a date alone is its midnight UTC, as is a time without zone UTC. None: no date."""
    for found in _IN_NAME.finditer(name):
        year, month, day, hour, minute, second, zone = found.groups()
        text = f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}{zone or ''}" if hour else "")
        if (at := moment(text)) is not None:
            return at
    return None


@dataclass(slots=True)
class _Archive:
    """Answers with the captured document of the moment; whatever else is asked for is not there."""

    url: str
    body: bytes = b""

    def fetch(
        self, url: str, clock: Clock, validators: Validators = _UNCONDITIONAL, *, deadline: timedelta = timedelta()
    ) -> Document | Unchanged | Failure:
        now = clock()
        if url != self.url:
            return Failure(SourceState.DEAD, "was not captured", now)
        return Document(url, now, self.body)


def replay_captures(
    captures: Iterable[Capture], source: Source, detector: Detector, policy: Policy | None = None,
    seen: Callable[[], None] = lambda: None, said: Callable[[datetime, str], None] = lambda at, words: None,
) -> Iterator[AlertChange]:  # fmt: skip
    """Every alert change that the captured documents cause, one document a poll, through the daemon's own poller.

    `said` is called with what is wrong with a document, in words.
    """
    ordered = sorted(captures, key=lambda capture: (capture.at, capture.path.name))
    source = replace(source, full_text=FullText.NEVER)
    archive = _Archive(source.url)
    now = ordered[0].at if ordered else _START
    with (
        tempfile.TemporaryDirectory(prefix="advisor-replay-") as folder,
        open_store(f"sqlite:///{folder}/replay.db", now) as store,
    ):
        store.sync_sources([source], now)
        poller = Poller(
            store, archive, detector, {source.id: source}, [Route((_RECEIVER,))], Watch(), lambda: now,
            policy or Policy(),
        )  # fmt: skip
        for capture in ordered:
            now, archive.body = capture.at, capture.path.read_bytes()
            for claim in store.claim_due(now + _AT_ANY_RATE, _RECEIVER, LEASE, 1):
                yield from poller.poll(claim)
            _receive(store, now)
            state = store.sources()[0]
            if not state.state.healthy:
                said(now, f"{capture.path.name}: {state.state}, {state.sentence}")
            seen()
        waits = [f"{name} ({item.pending.level})" for name, item in store.held(source.id).items() if item.pending]
        if waits:
            said(now, f"listed by the last document, not yet held long enough to be told: {', '.join(waits)}")


def described(change: AlertChange) -> dict[str, Any]:
    """One change as plain data, by the contract of the command."""
    alert = change.alert
    return {
        "at": change.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "message": change.message, "alert": alert.id,
        "reason": str(change.reason), "issuer": government(alert.issuer), "destination": alert.destination,
        "kinds": [str(kind) for kind in alert.kinds], "severity": str(alert.severity),
        "official_severity": None if alert.official_severity is None else str(alert.official_severity),
        "title": next((report.title for report in reversed(alert.reports)), ""),
        "article_ids": list(dict.fromkeys(report.article_id for report in alert.reports)),
    }  # fmt: skip

"""Event gathering scored: are the articles of one event one alert, and how often did it ring?

A label names the event that each current advisory of an article belongs to (`advisory_events`, in the order of
`advisories`; null for what is only recalled). An article may belong to several events and to several alerts, so the
measure is extended B-cubed: Amigó, Gonzalo, Artiles and Verdejo 2009, "A comparison of extrinsic clustering evaluation
metrics based on formal constraints", section 5. Detecting and replaying are left to others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advisor.model import Advisory, AlertChange, Article, Evidence, Kind, Reason, Severity

APART = (Reason.ESCALATED, Reason.WIDENED, Reason.EASED)  # told because something changed: no repetition

Pair = tuple[str, str]  # issuer, destination


@dataclass(frozen=True, slots=True)
class Happened:
    """One article with what its labels say: the calls, and the event of each."""

    id: str
    calls: tuple[tuple[Advisory, str], ...]


@dataclass(slots=True)
class Gathering:
    """How well the alerts of a replay are the events of the labels."""

    articles: int = 0
    events: int = 0
    alerts: int = 0
    precision: float = 1.0
    recall: float = 1.0
    told_events: int = 0  # events of which something was told
    messages: int = 0
    told: Counter[str] = field(default_factory=Counter)  # told changes by reason
    rings: int = 0  # told changes of alerts that hold an event, without escalations, widenings and easings
    false_rings: int = 0  # the same of alerts that hold none
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def pushes_per_event(self) -> float:
        """Told without what was told of changes, for each event of which people heard."""
        return self.rings / self.told_events if self.told_events else 0.0


def happened(fields: Mapping[str, Any]) -> Happened | None:
    """The labels of a line; None when they name no events or readers did not agree. ValueError says what is wrong."""
    events, labels = fields.get("advisory_events"), fields.get("advisories") or ()
    if events is None or fields.get("ambiguous"):
        return None
    if len(events) != len(labels):
        raise ValueError(f"advisory_events names {len(events)} events for {len(labels)} advisories")
    words = str(fields.get("title") or fields.get("text") or fields.get("id"))
    calls = []
    for label, event in zip(labels, events, strict=True):
        if event is None or not label.get("current", True):
            continue
        proof = tuple(Evidence(name, words, 0, len(words), "label") for name in ("issuer", "destination", "sentence"))
        try:
            severity = Severity.of(str(label["severity"]))
            advisory = Advisory(str(label["issuer"]), str(label["destination"]), Kind(label["kind"]), severity, proof)
        except (KeyError, TypeError) as error:
            raise ValueError(f"an advisory lacks {error}") from error
        calls.append((advisory, str(event)))
    return Happened(str(fields.get("id")), tuple(calls))


class Oracle:
    """Answers every article as its labels do: what gathering is worth when detection makes no mistake."""

    def __init__(self, items: Iterable[Happened]) -> None:
        self._answers = {item.id: [advisory for advisory, _ in item.calls] for item in items}

    def detect(self, article: Article) -> list[Advisory]:
        return next((self._answers[key] for key in article.keys if key in self._answers), [])


def gathered(items: Sequence[Happened], changes: Iterable[AlertChange]) -> Gathering:
    """Compare the alerts that a replay of the articles ended with, and what was told, with the labels."""
    made = list(changes)
    final = {change.alert.id: change.alert for change in made}
    known = {item.id for item in items}
    holds: dict[str, set[str]] = defaultdict(set)  # article -> alerts
    for alert in final.values():
        for report in alert.reports:
            if report.article_id in known:
                holds[report.article_id].add(alert.id)
    belongs = {item.id: {event for _, event in item.calls} for item in items if item.calls}
    found = Gathering(
        articles=len(items), events=len(set().union(*belongs.values())) if belongs else 0, alerts=len(final),
        precision=_bcubed(holds, belongs), recall=_bcubed(belongs, holds),
    )  # fmt: skip
    _count_told(found, items, made)
    _name_errors(found, items, final)
    return found


def _bcubed(given: Mapping[str, set[str]], other: Mapping[str, set[str]]) -> float:
    """Over all items with groups in `given`: how far those that share a group with it share as many in `other`."""
    members: dict[str, set[str]] = defaultdict(set)
    for item, groups in given.items():
        for group in groups:
            members[group].add(item)
    scores = []
    for item, groups in given.items():
        mates = set().union(*(members[group] for group in groups)) if groups else set()
        shares = []
        for mate in mates:
            here = len(groups & given[mate])
            there = len(other.get(item, set()) & other.get(mate, set()))
            shares.append(min(here, there) / here)
        if shares:
            scores.append(sum(shares) / len(shares))
    return sum(scores) / len(scores) if scores else 1.0


def _events_of(items: Sequence[Happened]) -> dict[tuple[str, Pair], set[str]]:
    events: dict[tuple[str, Pair], set[str]] = defaultdict(set)
    for item in items:
        for advisory, event in item.calls:
            events[item.id, (advisory.issuer, advisory.destination)].add(event)
    return events


def _count_told(found: Gathering, items: Sequence[Happened], changes: Sequence[AlertChange]) -> None:
    events = _events_of(items)
    heard: set[str] = set()
    for change in changes:
        if not change.told:
            continue
        alert = change.alert
        found.told[str(change.reason)] += 1
        pair = alert.issuer, alert.destination
        mine = set().union(*(events.get((report.article_id, pair), set()) for report in alert.reports))
        heard |= mine
        if change.reason not in APART:
            found.rings += bool(mine)
            found.false_rings += not mine
    found.told_events = len(heard)
    found.messages = len({change.message for change in changes if change.told and change.message})


def _name_errors(found: Gathering, items: Sequence[Happened], alerts: Mapping[str, Any]) -> None:
    """Alerts that mix events, events that are spread over alerts or are in none."""
    events = _events_of(items)
    spread: dict[str, set[str]] = {event: set() for item in items for _, event in item.calls}
    for alert in alerts.values():
        pair = alert.issuer, alert.destination
        mine = set().union(*(events.get((report.article_id, pair), set()) for report in alert.reports))
        for event in mine:
            spread[event].add(alert.id)
        if len(mine) > 1:
            found.errors.append(f"{alert.id} mixes {', '.join(sorted(mine))}")
        elif not mine:
            found.errors.append(f"{alert.id} is no event")
    for event, names in sorted(spread.items()):
        if len(names) != 1:
            found.errors.append(f"{event} is in {', '.join(sorted(names)) or 'no alert'}")


def described(found: Gathering) -> dict[str, Any]:
    """The figures as plain data."""
    return {
        "articles": found.articles, "events": found.events, "alerts": found.alerts,
        "bcubed": {"precision": round(found.precision, 4), "recall": round(found.recall, 4), "f1": round(found.f1, 4)},
        "told_events": found.told_events, "messages": found.messages, "told": dict(sorted(found.told.items())),
        "pushes_per_event": round(found.pushes_per_event, 4), "false_pushes": found.false_rings,
        "errors": found.errors,
    }  # fmt: skip

"""What "no alert" is worth: how many of the official sources that could have told were read. Pure.

Mali, Lebanon: nothing new; 11 of 12 official sources read
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.deliver.countries import country
from advisor.model import Alert, Source, SourceState, Watch
from advisor.store import SourceRow

_LATELY = timedelta(hours=24)  # of an alert: what counts as new
_AT_LEAST = timedelta(hours=1)  # since the last good check, however often a source is asked
_INTERVALS = 4
_WORLD = "the world"


@dataclass(frozen=True, slots=True)
class Coverage:
    """About a watched destination, or of a watched issuer: who could have told, who was read, what is open."""

    about: str  # "SY"; "world" where every destination is watched
    issuer: str | None  # the watched issuer; None: all of them
    read: int
    of: int
    unread: tuple[str, ...]  # sources that could not be read
    alerts: tuple[str, ...]  # told of late
    standing: tuple[str, ...] = ()  # told before, and not over


def coverage(
    sources: Mapping[str, Source], rows: Iterable[SourceRow], alerts: Iterable[Alert], watch: Watch, now: datetime
) -> list[Coverage]:
    """One for each watched destination (or the world), then one for each issuer that is `mine`.

    `alerts` are those that somebody was told of, as they are at `now` (`correlate.as_of`).
    """
    known = {row.id: row for row in rows}
    told = [
        alert for alert in alerts
        if alert.told_severity is not None and (alert.closed_at is None or now - alert.last_seen <= _LATELY)
    ]  # fmt: skip
    official = [source for source in sources.values() if source.official]
    found = []
    for place in sorted(watch.destinations) or ["world"]:
        speak = [one for one in official if place == "world" or one.about in {None, place}]
        open_ = [alert for alert in told if place in {"world", alert.destination}]
        found.append(_covered(place, None, speak, open_, known, now))
    for issuer in sorted(watch.mine):
        speak = [one for one in official if one.official == issuer]
        open_ = [alert for alert in told if alert.issuer == issuer]
        found.append(_covered("world", issuer, speak, open_, known, now))
    return found


def _covered(
    about: str, issuer: str | None, speak: Sequence[Source], alerts: Sequence[Alert], known: Mapping[str, SourceRow],
    now: datetime,
) -> Coverage:  # fmt: skip
    unread = tuple(source.id for source in speak if not _was_read(source, known.get(source.id), now))
    late = tuple(alert.id for alert in alerts if now - alert.last_seen <= _LATELY)
    standing = tuple(alert.id for alert in alerts if alert.id not in late)
    return Coverage(about, issuer, len(speak) - len(unread), len(speak), unread, late, standing)


def _was_read(source: Source, row: SourceRow | None, now: datetime) -> bool:
    if row is None or row.last_good is None or row.failures or row.state is SourceState.SUSPECT:
        return False
    return now - row.last_good <= max(_AT_LEAST, _INTERVALS * source.every)


def read_of(sources: Mapping[str, Source], rows: Iterable[SourceRow], destination: str, now: datetime) -> str:
    """How many of the official sources that could tell about a country were read, in words; empty without any."""
    (found,) = coverage(sources, rows, (), Watch(frozenset({destination})), now)
    noun = "source" if found.of == 1 else "sources"
    return f"{found.read} of {found.of} official {noun} read" if found.of else ""


def sentences(found: Sequence[Coverage]) -> list[str]:
    """A line for all destinations of which the same is true, the worst covered first; then one for each issuer."""
    groups: dict[tuple[object, ...], list[Coverage]] = {}
    for item in found:
        key = (item.issuer, item.read, item.of, item.unread, bool(item.alerts), bool(item.standing))
        groups.setdefault(key, []).append(item)
    ordered = sorted(groups.values(), key=lambda group: (group[0].issuer is not None, group[0].read - group[0].of))
    return [_sentence(group) for group in ordered]


def _sentence(group: Sequence[Coverage]) -> str:
    first = group[0]
    who = first.issuer or ", ".join(_name(item.about) for item in group)
    alerts = list(dict.fromkeys(name for item in group for name in item.alerts))
    standing = list(dict.fromkeys(name for item in group for name in item.standing))
    news = f"{_listed(alerts)} in the last 24 hours" if alerts else "nothing new"
    news += f", {_listed(standing)} still stand{'s' if len(standing) == 1 else ''}" if standing else ""
    if not first.of:
        return f"{who}: {news}; no official source is watched"
    missing = f" (not: {', '.join(first.unread[:6])}{' ...' if len(first.unread) > 6 else ''})" if first.unread else ""
    noun = "source" if first.of == 1 else "sources"
    return f"{who}: {news}; {first.read} of {first.of} official {noun} read{missing}"


def _listed(alerts: Sequence[str]) -> str:
    return ", ".join(alerts[:6]) + (f" and {len(alerts) - 6} more" if len(alerts) > 6 else "")


def _name(code: str) -> str:
    return _WORLD if code == "world" else country(code).name

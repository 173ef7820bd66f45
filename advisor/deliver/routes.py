"""Who is told of what, how loudly, and when: routes over alert changes. Pure.

Every route that matches is served; a receiver named by several gets one message, the loudest way. What the
words are is `words`' business, sending them `channel`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from advisor.deliver.timetable import digest_at
from advisor.model import (
    Alert,
    AlertChange,
    Kind,
    Loudness,
    Match,
    Owed,
    Reason,
    Receiver,
    Route,
    Severity,
    Watch,
    government,
    kind_of,
)

_RINGING = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.STAFF_DEPARTURE, Kind.MISSION_CLOSURE, Kind.SHELTER})
_NEIGHBOURS = timedelta(hours=48)  # in which other governments count as "these days"
_ORDER = {Loudness.DIGEST: 0, Loudness.NOTIFY: 1, Loudness.WAKE: 2}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one receiver is to hear of one change."""

    loudness: Loudness
    roll_up: timedelta | None  # None: by itself


def owe(
    changes: Iterable[AlertChange],
    routes: Sequence[Route],
    watch: Watch,
    silences: Mapping[int, tuple[Match, datetime]] | None = None,
    *,
    receivers: Mapping[str, Receiver] | None = None,
    known: Sequence[Alert] = (),
) -> list[Owed]:
    """What each receiver is to be told. What one government says about many countries, or many governments
    about one, is found together and told in one message.

    `receivers` say when their digest is; `known` are the alerts of these days about the same countries, which decide
    what only joins a roll-up.
    """
    told = [change for change in changes if change.told and watch.takes(change.alert, change.at)]
    owed: dict[tuple[str, str, bool], Owed] = {}
    for change in told:
        silent_until = _held_until(change.alert, silences or {})
        joins = _joins(change, watch, known)
        for name, manner in _receivers(change, routes, watch).items():
            loudness, theme, gathers, times = manner.loudness, _theme(change, told), None, [silent_until]
            if loudness is Loudness.DIGEST:
                theme = "digest"
                times.append(digest_at((receivers or {}).get(name) or Receiver(name, ""), change.at))
            elif manner.roll_up and joins:
                loudness, gathers = Loudness.NOTIFY, f"about {change.alert.destination}"
                theme = f"roll-up {gathers}"
                times.append(change.at + manner.roll_up)
            not_before = max((time for time in times if time is not None), default=None)
            key = (name, theme, silent_until is not None)
            before = owed.get(key)
            louder = max(loudness, before.loudness, key=_ORDER.__getitem__) if before else loudness
            together = (*before.changes, change) if before else (change,)
            owed[key] = Owed(name, louder, together, not_before, gathers)
    return list(owed.values())


def _theme(change: AlertChange, told: Sequence[AlertChange]) -> str:
    """What a message is about: a government that names several countries, else the country."""
    mine = {other.alert.destination for other in told if other.alert.issuer == change.alert.issuer}
    same = {other.alert.issuer for other in told if other.alert.destination == change.alert.destination}
    return (
        f"by {change.alert.issuer}" if len(mine) > 1 and len(mine) >= len(same) else f"about {change.alert.destination}"
    )


def _joins(change: AlertChange, watch: Watch, known: Sequence[Alert]) -> bool:
    """Whether a change may wait for a roll-up: others have called as loudly, and it is no call for people of ours."""
    alert = change.alert
    if alert.issuer in watch.mine or watch.calls_ours(alert, change.at) or government(alert.issuer) is None:
        return False
    others = [it for it in known if it.destination == alert.destination and it.issuer != alert.issuer]
    told = [
        it.told_severity for it in others
        if it.told_severity is not None and it.closed_by != "retracted" and change.at - it.opened_at <= _NEIGHBOURS
    ]  # fmt: skip
    return bool(told) and alert.severity <= max(told)


def _receivers(change: AlertChange, routes: Sequence[Route], watch: Watch) -> dict[str, Manner]:
    """The loudest way and the shortest wait that the routes give to each receiver."""
    chosen: dict[str, Manner] = {}
    usual = default_loudness(change.alert, ours=watch.calls_ours(change.alert, change.at))
    for route in routes:
        if route.match.takes(change.alert):
            loudness = route.loudness or usual
            for name in route.to:
                known = chosen.get(name, Manner(loudness, route.roll_up))
                waits = (known.roll_up, route.roll_up)
                shortest = min(wait for wait in waits if wait) if all(waits) else None
                chosen[name] = Manner(max(loudness, known.loudness, key=_ORDER.__getitem__), shortest)
    return chosen


def default_loudness(alert: Alert, *, ours: bool = False) -> Loudness:
    """Acts that move people wake when official, told by two publishers, or a call to people of ours who are
    there; the rest notifies."""
    sure = ours or len(alert.publishers) > 1 or any(report.official for report in alert.reports)
    return Loudness.WAKE if sure and not _RINGING.isdisjoint(alert.kinds) else Loudness.NOTIFY


def _held_until(alert: Alert, silences: Mapping[int, tuple[Match, datetime]]) -> datetime | None:
    times = [until for match, until in silences.values() if match.takes(alert)]
    return max(times, default=None)


def silent_until(changes: Sequence[AlertChange], silences: Mapping[int, tuple[Match, datetime]]) -> datetime | None:
    """Until when a message about `changes` is held by silences that came after it was owed; None: it may be sent.

    One that tells something else too, or that a false alarm is withdrawn, is not held.
    """
    times = [_held_until(change.alert, silences) for change in changes if change.reason is not Reason.RETRACTED]
    known = [time for time in times if time is not None]
    return min(known) if known and len(known) == len(changes) else None


def fallbacks(alert: Alert, receiver: str, routes: Sequence[Route]) -> list[Route]:
    """The routes whose fallback hears of `alert` when `receiver` cannot be reached."""
    return [route for route in routes if route.fallback and receiver in route.to and route.match.takes(alert)]


def match_of(matcher: Mapping[str, object]) -> Match:
    """A stored matcher (`destination`, `issuer`, `kind`: lists; `severity`) as a `Match`."""

    def names(key: str) -> frozenset[str]:
        value = matcher.get(key) or ()
        return (
            frozenset(str(item) for item in value)
            if isinstance(value, list | tuple | set | frozenset)
            else frozenset({str(value)})
        )

    severity = matcher.get("severity")
    return Match(
        names("destination"), names("issuer"), frozenset(kind_of(name) for name in names("kind")),
        Severity.of(str(severity)) if severity else Severity.MINOR,
    )  # fmt: skip

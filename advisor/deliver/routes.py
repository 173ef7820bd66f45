"""Who is told of what, how loudly, and when: routes over alert changes. Pure.

Every route that matches is served; a receiver named by several gets one message, the loudest way. What the
words are is `words`' business, sending them `channel`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from advisor.model import Alert, AlertChange, Kind, Loudness, Match, Owed, Route, Severity, Watch, kind_of

_RINGING = frozenset({Kind.LEAVE, Kind.EVACUATION, Kind.STAFF_DEPARTURE, Kind.MISSION_CLOSURE, Kind.SHELTER})
_ORDER = {Loudness.DIGEST: 0, Loudness.NOTIFY: 1, Loudness.WAKE: 2}


def owe(
    changes: Iterable[AlertChange],
    routes: Sequence[Route],
    watch: Watch,
    silences: Mapping[int, tuple[Match, datetime]] | None = None,
) -> list[Owed]:
    """What each receiver is to be told. What one government says about many countries, or many governments
    about one, is found together and told in one message."""
    told = [change for change in changes if change.told and watch.takes(change.alert, change.at)]
    owed: dict[tuple[str, str, bool], Owed] = {}
    for change in told:
        held_until = _held_until(change.alert, silences or {})
        for receiver, loudness in _receivers(change, routes, watch).items():
            key = (receiver, _theme(change, told), held_until is not None)
            known = owed.get(key)
            louder = max(loudness, known.loudness, key=_ORDER.__getitem__) if known else loudness
            together = (*known.changes, change) if known else (change,)
            owed[key] = Owed(receiver, louder, together, held_until)
    return list(owed.values())


def _theme(change: AlertChange, told: Sequence[AlertChange]) -> str:
    """What a message is about: a government that names several countries, else the country."""
    mine = {other.alert.destination for other in told if other.alert.issuer == change.alert.issuer}
    same = {other.alert.issuer for other in told if other.alert.destination == change.alert.destination}
    return (
        f"by {change.alert.issuer}" if len(mine) > 1 and len(mine) >= len(same) else f"about {change.alert.destination}"
    )


def _receivers(change: AlertChange, routes: Sequence[Route], watch: Watch) -> dict[str, Loudness]:
    chosen: dict[str, Loudness] = {}
    usual = default_loudness(change.alert, ours=watch.calls_ours(change.alert, change.at))
    for route in routes:
        if route.match.takes(change.alert):
            loudness = route.loudness or usual
            for name in route.to:
                chosen[name] = max(loudness, chosen.get(name, loudness), key=_ORDER.__getitem__)
    return chosen


def default_loudness(alert: Alert, *, ours: bool = False) -> Loudness:
    """Acts that move people wake when official, told by two publishers, or a call to people of ours who are
    there; the rest notifies."""
    sure = ours or len(alert.publishers) > 1 or any(report.official for report in alert.reports)
    return Loudness.WAKE if sure and not _RINGING.isdisjoint(alert.kinds) else Loudness.NOTIFY


def _held_until(alert: Alert, silences: Mapping[int, tuple[Match, datetime]]) -> datetime | None:
    times = [until for match, until in silences.values() if match.takes(alert)]
    return max(times, default=None)


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

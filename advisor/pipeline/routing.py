"""What one pass makes us owe: the routes with what the store knows around it, silences and the neighbours' calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from advisor.deliver.routes import match_of, owe
from advisor.model import Alert, AlertChange, Owed, Receiver, Route, Watch
from advisor.store import Incoming, Store

_LATELY = timedelta(days=3)  # of neighbours' calls that a roll-up may look at


def routing(
    store: Store, routes: Sequence[Route], watch: Watch, receivers: Mapping[str, Receiver], now: datetime,
    incoming: Iterable[Incoming],
) -> Callable[[Sequence[AlertChange]], list[Owed]]:  # fmt: skip
    """The function that says who is owed what for the changes that `incoming` makes."""
    silences = {silence.id: (match_of(silence.matcher), silence.until) for silence in store.silences(now)}
    places = {report.advisory.destination for item in incoming for report in item.reports}
    known: list[Alert] = []
    if any(route.roll_up for route in routes):
        known = [alert for place in sorted(places) for alert in store.alerts(destination=place, since=now - _LATELY)]

    def routed(changes: Sequence[AlertChange]) -> list[Owed]:
        return owe(changes, routes, watch, silences, receivers=receivers, known=known)

    return routed

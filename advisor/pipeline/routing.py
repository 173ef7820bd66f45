"""What one pass makes us owe: the routes with what the store knows around it, silences and the neighbours' calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from advisor.deliver.routes import match_of, owe
from advisor.model import Alert, AlertChange, Owed, Receiver, Route, Watch
from advisor.store import Store

_LATELY = timedelta(days=12)  # of neighbours' calls: those opened within 48 h were seen within this


def routing(
    store: Store, routes: Sequence[Route], watch: Watch, receivers: Mapping[str, Receiver], now: datetime
) -> Callable[[Sequence[AlertChange]], list[Owed]]:
    """The function that says who is owed what; it looks around only when there is something to tell."""

    def routed(changes: Sequence[AlertChange]) -> list[Owed]:
        silences = {silence.id: (match_of(silence.matcher), silence.until) for silence in store.silences(now)}
        known: list[Alert] = []
        if any(route.roll_up for route in routes):
            places = sorted({change.alert.destination for change in changes})
            known = [alert for place in places for alert in store.alerts(destination=place, since=now - _LATELY)]
        return owe(changes, routes, watch, silences, receivers=receivers, known=known)

    return routed

"""What a pass decides, within the transaction that writes it: changes of alerts, and what is owed for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from advisor.model import Alert, AlertChange, Reason
from advisor.store import alerts, outbox
from advisor.store.values import Accepted, Decide, Incoming, Owe, Taker, Unsay


def correlate(
    connection: sa.Connection, incoming: Sequence[Incoming], now: datetime, decide: Decide, owe: Owe,
    unsay: Unsay | None = None, known: Collection[str] = (), taker: Taker | None = None,
) -> Accepted:  # fmt: skip
    """Decide on the reports and write the changes with what they make us owe. `known`: articles stored before."""
    reports = [report for item in incoming for report in item.reports]
    held = alerts.holding(connection, [it.id for it in incoming if it.whole and it.id in known]) if unsay else []
    if not reports and not held:
        return Accepted([])
    pairs = {(report.advisory.issuer, report.advisory.destination) for report in reports}
    decided = list(decide(reports, *alerts.relevant(connection, pairs))) if reports else []
    if unsay:
        decided = _with_unsaid(decided, held, incoming, unsay)
    numbers = alerts.write(connection, decided)
    told = [change for change in decided if change.told]
    written = outbox.owe(connection, told, owe(told), numbers, now, taker) if told else outbox.Written()
    confirmed = [replace(change, told=True) for change in decided if change.reason is Reason.CORROBORATED]
    if confirmed:
        outbox.raise_loudness(connection, owe(confirmed), now)
    message = written.message
    final = [replace(change, message=message.get(change.alert.id) if change.told else None) for change in decided]
    return Accepted(final, tuple(written.taken), written.waiting)


def decide_again(
    connection: sa.Connection, ids: Collection[str], now: datetime, decide: Decide, owe: Owe
) -> list[AlertChange]:
    """Decide anew on those of the alerts that nobody was told of, from what they hold; only what is told is written."""
    decided: list[AlertChange] = []
    for alert in alerts.by_ids(connection, ids):
        if alert.told_severity is not None:
            continue
        pair = [(alert.issuer, alert.destination)]
        decided += [
            change for change in decide(alert.reports, *alerts.relevant(connection, pair))
            if change.told and change.alert.id == alert.id
        ]  # fmt: skip
    if not decided:
        return []
    numbers = alerts.write(connection, decided)
    message = outbox.owe(connection, decided, owe(decided), numbers, now).message
    return [replace(change, message=message.get(change.alert.id)) for change in decided]


def _with_unsaid(
    decided: Sequence[AlertChange], held: Sequence[Alert], incoming: Sequence[Incoming], unsay: Unsay
) -> list[AlertChange]:
    """The changes, and what it changes that articles no longer say what alerts have from them."""
    by_alert = {change.alert.id: change for change in decided}
    for stored in held:
        pair = stored.issuer, stored.destination
        silent = {
            item.id for item in incoming
            if item.whole and pair not in {(it.advisory.issuer, it.advisory.destination) for it in item.reports}
        }  # fmt: skip
        change = by_alert.get(stored.id)
        gone = unsay(change.alert if change else stored, silent)
        if gone is not None:
            by_alert[stored.id] = replace(change, alert=gone.alert) if change else gone
    return list(by_alert.values())

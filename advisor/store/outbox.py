"""What is owed to whom: written in the transaction of the change, folded while nobody has looked at it.

A message is what is told together; a delivery is that message for one receiver. Until a delivery is first
claimed, further changes of the same alert join it instead of ringing a second time. Who waits to send takes what he
can in the same transaction: then it is claimed from its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advisor.model import AlertChange, Delivery, Loudness, Outcome, Owed, Reason, Severity
from advisor.store.alerts import told_in
from advisor.store.schema import attempts, changes, deliveries, delivery_changes, messages
from advisor.store.values import DeliveryState, Taker

_LOUDEST = tuple(Loudness)  # wake, notify, digest

# Statements of every push are built once: building costs more than running.
_NEW_MESSAGE = sa.insert(messages).returning(messages.c.id)
_NEW_DELIVERY = sa.insert(deliveries).returning(deliveries.c.id)
_NEW_TELLING = sa.insert(delivery_changes)
_LEAST_CLAIMED = (
    sa.select(deliveries.c.receiver, sa.func.min(deliveries.c.claims).label("least"))
    .where(deliveries.c.state == sa.literal_column(f"'{DeliveryState.OWED.value}'"))  # as in the index
    .group_by(deliveries.c.receiver)
)
_THIS: sa.BindParameter[int] = sa.bindparam("this", type_=sa.Integer)
_EARLIER = (
    sa.select(sa.func.count(deliveries.c.id.distinct()))
    .join(delivery_changes, delivery_changes.c.delivery_id == deliveries.c.id)
    .join(changes, changes.c.id == delivery_changes.c.change_id)
    .where(
        deliveries.c.receiver == sa.bindparam("receiver_name", type_=sa.Text),
        deliveries.c.id < _THIS,
        deliveries.c.state != DeliveryState.WITHDRAWN.value,
        changes.c.alert_id.in_(
            sa.select(changes.c.alert_id)
            .join(delivery_changes, delivery_changes.c.change_id == changes.c.id)
            .where(delivery_changes.c.delivery_id == _THIS)
        ),
    )
)


@dataclass(slots=True)
class Written:
    """What one pass made us owe."""

    message: dict[str, str] = field(default_factory=dict)  # of each alert's change
    taken: list[Delivery] = field(default_factory=list)  # claimed by the taker
    waiting: bool = False  # more is owed than was taken


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One message of this pass, and who is owed it already."""

    number: int
    situation: bool
    receivers: set[str]


def owe(
    connection: sa.Connection,
    told: Sequence[AlertChange],
    owed: Sequence[Owed],
    numbers: Mapping[str, int],
    now: datetime,
    taker: Taker | None = None,
) -> Written:
    """Write the message for `told` and what each receiver is owed, claimed for `taker` where it can be sent at once.

    What stands at first sight of a source ("situation now") is a message beside it, and so is what one
    receiver is owed apart.
    """
    sheets: list[_Sheet] = []
    least_claimed: dict[str, int] = {row.receiver: row.least for row in connection.execute(_LEAST_CLAIMED)}
    takes = _takes(taker, owed, least_claimed.keys(), now)
    written = Written()
    carriers: dict[str, set[int]] = {change.alert.id: set() for change in told}
    for item in owed:
        left = []
        for change in item.changes:
            row = None
            if least_claimed.get(item.receiver) == 0:  # something waits that nobody has looked at
                row = _unclaimed(connection, item, change.alert.id, [sheet.number for sheet in sheets])
            if row is None:
                left.append(change)
                continue
            _fold(connection, row, item, change, numbers[change.alert.id])
            carriers[change.alert.id].add(row.message_id)
            written.waiting = True
        if left:
            number = _sheet(connection, sheets, item.receiver, left, now)
            delivery = _deliver(connection, number, item, left, numbers, now, takes.get(item.receiver))
            written.taken += [delivery] if delivery else []
            written.waiting |= delivery is None
            for change in left:
                carriers[change.alert.id].add(number)
    for change in told:
        if not carriers[change.alert.id]:
            carriers[change.alert.id].add(_sheet(connection, sheets, None, [change], now))
    final = {alert: _first_new(found, sheets) for alert, found in carriers.items()}
    for number in set(final.values()):
        told_in(connection, number, [numbers[alert] for alert, carrier in final.items() if carrier == number])
    written.message = {alert: str(number) for alert, number in final.items()}
    written.taken = [_as_written(delivery, written.message) for delivery in written.taken]
    return written


def _takes(taker: Taker | None, owed: Sequence[Owed], engaged: Collection[str], now: datetime) -> dict[str, Taker]:
    """The receivers whose delivery is taken: due now, and the only one that there is for them."""
    if taker is None:
        return {}
    times = Counter(item.receiver for item in owed)
    due = [item.receiver for item in owed if item.not_before is None or item.not_before <= now]
    alone = [receiver for receiver in due if times[receiver] == 1 and receiver not in engaged]
    return dict.fromkeys(alone[: taker.limit], taker)


def _as_written(delivery: Delivery, message: Mapping[str, str]) -> Delivery:
    """With the message that each of its changes was told in."""
    told = tuple(replace(change, message=message[change.alert.id]) for change in delivery.changes)
    return replace(delivery, changes=told)


def _sheet(
    connection: sa.Connection,
    sheets: list[_Sheet],
    receiver: str | None,
    told: Sequence[AlertChange],
    now: datetime,
) -> int:
    """The message of this pass that `told` belongs on; a receiver has each at most once."""
    situation = all(change.situation for change in told)
    fitting = (s for s in sheets if s.situation == situation and receiver not in s.receivers)
    sheet = next(fitting, None)
    if sheet is None:
        sheet = _Sheet(_message(connection, now), situation, set())
        sheets.append(sheet)
    if receiver is not None:
        sheet.receivers.add(receiver)
    return sheet.number


def _first_new(found: set[int], sheets: Sequence[_Sheet]) -> int:
    """The message of this pass if it has one, else the one that the change was folded into."""
    return next((sheet.number for sheet in sheets if sheet.number in found), max(found))


def _message(connection: sa.Connection, now: datetime, **operator: str) -> int:
    number: int = connection.execute(_NEW_MESSAGE, {"at": now, **operator}).scalar_one()
    return number


def _unclaimed(connection: sa.Connection, item: Owed, alert_id: str, but: Sequence[int]) -> sa.Row[Any] | None:
    """An earlier delivery to the receiver that nobody has looked at and that may take the change along.

    A digest takes everything that need not wait longer than it does, a roll-up what other governments say about its
    country; what rings takes only more about the same alert.
    """
    digest = item.loudness is Loudness.DIGEST
    same_alert = (
        sa.select(delivery_changes.c.delivery_id)
        .join(changes, changes.c.id == delivery_changes.c.change_id)
        .where(changes.c.alert_id == alert_id)
    )
    query = (
        sa.select(deliveries)
        .where(
            deliveries.c.receiver == item.receiver,
            deliveries.c.state == DeliveryState.OWED.value,
            deliveries.c.claims == 0,
            deliveries.c.message_id.not_in(but),
            (deliveries.c.loudness == Loudness.DIGEST.value) == digest,
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    if digest and item.not_before is not None:
        query = query.where(deliveries.c.next_attempt_at >= item.not_before)
    if digest:
        any_change = sa.exists().where(delivery_changes.c.delivery_id == deliveries.c.id)
        return connection.execute(query.where(any_change)).first()
    if item.gathers:
        return connection.execute(query.where(deliveries.c.gathers == item.gathers)).first()
    return connection.execute(query.where(deliveries.c.id.in_(same_alert))).first()


def raise_loudness(connection: sa.Connection, owed: Sequence[Owed], now: datetime) -> None:
    """What waits for the morning and is sure now, as a second publisher has it, rings at once; nothing is added."""
    for item in owed:
        if item.loudness is not Loudness.WAKE or item.not_before is not None:
            continue
        for change in item.changes:
            row = _unclaimed(connection, item, change.alert.id, [0])
            if row is not None and row.loudness == Loudness.NOTIFY.value and row.gathers is None:
                values = {"loudness": Loudness.WAKE.value, "next_attempt_at": now}
                connection.execute(sa.update(deliveries).where(deliveries.c.id == row.id).values(**values))


def _fold(connection: sa.Connection, row: sa.Row[Any], item: Owed, change: AlertChange, number: int) -> None:
    louder = min(Loudness(row.loudness), item.loudness, key=_LOUDEST.index)
    soon = item.not_before is None or (row.next_attempt_at and item.not_before < row.next_attempt_at)
    earlier = {"next_attempt_at": item.not_before or change.at} if soon and louder is not Loudness.DIGEST else {}
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == row.id)
        .values(loudness=louder.value, severity=max(row.severity, int(change.alert.severity)), **earlier)
    )
    connection.execute(sa.insert(delivery_changes).values(delivery_id=row.id, change_id=number))


def _deliver(
    connection: sa.Connection,
    message: int,
    item: Owed,
    told: Sequence[AlertChange],
    numbers: Mapping[str, int],
    now: datetime,
    taker: Taker | None = None,
) -> Delivery | None:
    """Owe a message to a receiver; the delivery, when `taker` is to send it at once."""
    severity = max(change.alert.severity for change in told)
    number = insert_delivery(
        connection, message, item.receiver, item.loudness, severity, now, item.not_before, item.gathers, taker
    )
    connection.execute(
        _NEW_TELLING, [{"delivery_id": number, "change_id": numbers[change.alert.id]} for change in told]
    )
    if taker is None:
        return None
    return Delivery(
        id=number,
        fence=_FIRST_FENCE,
        message_id=str(message),
        receiver=item.receiver,
        loudness=item.loudness,
        severity=severity,
        created_at=now,
        changes=tuple(sorted(told, key=lambda change: numbers[change.alert.id])),
        updates=0 if all(change.before is None for change in told) else told_before(connection, number, item.receiver),
    )


def told_before(connection: sa.Connection, number: int, receiver: str) -> int:
    """How many earlier messages the receiver of a delivery was owed about its alerts."""
    return connection.scalar(_EARLIER, {"this": number, "receiver_name": receiver}) or 0


_FIRST_FENCE = 1


def insert_delivery(
    connection: sa.Connection,
    message: int,
    receiver: str,
    loudness: Loudness,
    severity: Severity,
    now: datetime,
    not_before: datetime | None = None,
    gathers: str | None = None,
    taker: Taker | None = None,
) -> int:
    values = {
        "message_id": message,
        "receiver": receiver,
        "loudness": loudness.value,
        "severity": int(severity),
        "created_at": now,
        "state": DeliveryState.OWED.value,
        "state_since": now,
        "next_attempt_at": not_before or now,
        "gathers": gathers,
        "ambiguous": False,
        "claims": 0,
        "unfinished": 0,
        "fence": 0,
        "lease_owner": None,
        "lease_until": None,
    }
    if taker is not None:
        held = {"lease_owner": taker.owner, "lease_until": now + taker.lease}
        values |= {"claims": 1, "unfinished": 1, "fence": _FIRST_FENCE, **held}
    number: int = connection.execute(_NEW_DELIVERY, values).scalar_one()
    return number


# --- operator messages ----------------------------------------------------------------------------------


def owe_operator(
    connection: sa.Connection,
    text: str,
    key: str,
    now: datetime,
    receivers: Sequence[str],
    loudness: Loudness,
    severity: Severity,
) -> bool:
    """One plain message per `key` until it is cleared. False if it was told already."""
    known = sa.select(messages.c.id).where(messages.c.key == key, messages.c.cleared_at.is_(None))
    if connection.scalar(known) is not None:
        return False
    message = _message(connection, now, text=text, key=key)
    for receiver in dict.fromkeys(receivers):
        insert_delivery(connection, message, receiver, loudness, severity, now)
    return True


def open_matters(
    connection: sa.Connection,
    keys: Sequence[str],
    text: str,
    now: datetime,
    receivers: Sequence[str],
    loudness: Loudness,
    severity: Severity,
) -> None:
    """One message about several matters; each stays open under its own key until it is closed."""
    known = matters(connection)
    for key in keys:
        if key not in known:
            _message(connection, now, text="", key=key)
    tell_operator(connection, text, now, receivers, loudness, severity)


def close_matters(connection: sa.Connection, keys: Sequence[str], now: datetime) -> None:
    """The matters are over."""
    closing = sa.update(messages).where(messages.c.key.in_(keys), messages.c.cleared_at.is_(None))
    connection.execute(closing.values(cleared_at=now))


def tell_operator(
    connection: sa.Connection,
    text: str,
    now: datetime,
    receivers: Sequence[str],
    loudness: Loudness,
    severity: Severity,
) -> None:
    """A plain message about no matter that stays open."""
    message = _message(connection, now, text=text)
    for receiver in dict.fromkeys(receivers):
        insert_delivery(connection, message, receiver, loudness, severity, now)


def matters(connection: sa.Connection) -> set[str]:
    open_ones = sa.select(messages.c.key).where(messages.c.key.is_not(None), messages.c.cleared_at.is_(None))
    return set(connection.scalars(open_ones))


def clear_operator(connection: sa.Connection, key: str, now: datetime, text: str | None) -> bool:
    """The matter `key` is over. With `text` those who heard of it hear that too. False if none was open."""
    query = sa.select(messages.c.id).where(messages.c.key == key, messages.c.cleared_at.is_(None))
    message = connection.scalar(query)
    if message is None:
        return False
    connection.execute(sa.update(messages).where(messages.c.id == message).values(cleared_at=now))
    if text is not None:
        heard = sa.select(deliveries.c.receiver, deliveries.c.loudness, deliveries.c.severity).where(
            deliveries.c.message_id == message
        )
        rows = connection.execute(heard).all()
        after = _message(connection, now, text=text)
        for row in rows:
            insert_delivery(connection, after, row.receiver, Loudness(row.loudness), Severity(row.severity), now)
    return True


# --- taking back ----------------------------------------------------------------------------------------


def tell_the_same(connection: sa.Connection, change: AlertChange, number: int, now: datetime) -> str | None:
    """Owe `change` to exactly those who were told of its alert, or may have been, as loud as they heard it.

    What nobody can have seen loses what it would have said about the alert; what may have arrived is not sent again.
    """
    alert = change.alert.id
    telling = (
        sa.select(delivery_changes.c.delivery_id)
        .join(changes, changes.c.id == delivery_changes.c.change_id)
        .where(changes.c.alert_id == alert)
    )
    about = (
        sa.select(deliveries)
        .where(deliveries.c.id.in_(telling), deliveries.c.state != DeliveryState.WITHDRAWN.value)
        .with_for_update()
    )
    loudness: dict[str, Loudness] = {}
    for row in connection.execute(about).all():
        seen = _may_be_seen(connection, row)
        if row.state == DeliveryState.OWED.value and change.reason is Reason.RETRACTED:
            _withdraw(connection, row, alert, now, seen=seen)
        if seen:
            heard = loudness.get(row.receiver, Loudness.DIGEST)
            loudness[row.receiver] = min(heard, Loudness(row.loudness), key=_LOUDEST.index)
    if not loudness:
        return None
    message = _message(connection, now)
    for receiver, loud in loudness.items():
        _deliver(connection, message, Owed(receiver, loud, (change,)), [change], {alert: number}, now)
    told_in(connection, message, [number])
    return str(message)


def _may_be_seen(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether an attempt arrived, may have, or is under way."""
    arrived = [Outcome.DELIVERED.value, Outcome.AMBIGUOUS.value]
    tried = sa.select(sa.func.count()).where(
        attempts.c.delivery_id == row.id, sa.or_(attempts.c.outcome.in_(arrived), attempts.c.finished_at.is_(None))
    )
    return bool(row.ambiguous or connection.scalar(tried))


def _withdraw(connection: sa.Connection, row: sa.Row[Any], alert: str, now: datetime, *, seen: bool) -> None:
    """Take back what a delivery would say about the alert; whoever holds it and has not begun finds it changed."""
    mine = sa.select(changes.c.id).where(changes.c.alert_id == alert)
    told = sa.and_(delivery_changes.c.delivery_id == row.id, delivery_changes.c.change_id.in_(mine))
    others = sa.select(sa.func.count()).where(
        delivery_changes.c.delivery_id == row.id, delivery_changes.c.change_id.not_in(mine)
    )
    this = sa.update(deliveries).where(deliveries.c.id == row.id)
    if not connection.scalar(others):
        if not seen:
            connection.execute(sa.delete(delivery_changes).where(told))
        over = {"state": DeliveryState.WITHDRAWN.value, "state_since": now, "next_attempt_at": None}
        connection.execute(this.values(**over, **({} if seen else _FREED)))
    elif not seen:  # its words are made anew, without the alert
        connection.execute(sa.delete(delivery_changes).where(told))
        connection.execute(this.values(title=None, body=None, fence=deliveries.c.fence + 1, **_FREED))


_FREED: dict[str, Any] = {"lease_owner": None, "lease_until": None, "unfinished": 0}

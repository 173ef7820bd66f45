"""Which deliveries are next, and taking them: a lease with a fence, one delivery a receiver at a time.

A delivery that took two senders down with it goes behind its neighbours; one that cannot be read is told in plain
words; none blocks its receiver longer than one lease. However many wait, the next of a receiver is two looks away.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advisor.model import AlertChange, Delivery, Loudness, Message, Outcome, PastAttempt, Severity
from advisor.store.alerts import UNREADABLE, of_delivery
from advisor.store.deliveries import alerts_of, attempts_of
from advisor.store.outbox import told_before
from advisor.store.schema import CLOCKS_DIFFER, Time, attempts, deliveries, messages
from advisor.store.values import DeliveryState

log = logging.getLogger(__name__)

# Statements of every round are built once: building costs more than running.
_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=Time)
_AHEAD: sa.BindParameter[datetime] = sa.bindparam("ahead", type_=Time)
_STALE: sa.BindParameter[datetime] = sa.bindparam("stale", type_=Time)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)

_OWED = deliveries.c.state == sa.literal_column(f"'{DeliveryState.OWED.value}'")  # as in the index; no bound value
_UNTIL, _DUE = deliveries.c.lease_until, deliveries.c.next_attempt_at
_FREE = sa.or_(_UNTIL.is_(None), _UNTIL <= _NOW, _UNTIL > _STALE)  # a lease that reaches too far: a clock ran ahead
_ENDED_AHEAD = sa.exists().where(attempts.c.delivery_id == deliveries.c.id, attempts.c.finished_at > _AHEAD)
_SET_AHEAD = sa.or_(deliveries.c.created_at > _AHEAD, deliveries.c.state_since > _AHEAD, _ENDED_AHEAD)
_TIME_HAS_COME = sa.or_(_DUE <= _NOW, deliveries.c.created_at >= _DUE, _SET_AHEAD)  # or was set by such a clock
_TRYING = deliveries.c.unfinished <= 1
_ORDER = (deliveries.c.severity.desc(), deliveries.c.created_at, deliveries.c.id)


def _next() -> sa.Select[tuple[int]]:
    busy = sa.select(deliveries.c.receiver).where(_UNTIL.is_not(None), _OWED, ~_FREE)
    waiting = sa.select(deliveries.c.receiver).where(_OWED, deliveries.c.receiver.not_in(busy)).distinct().subquery()

    def first(which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        mine = sa.select(deliveries.c.id).where(deliveries.c.receiver == waiting.c.receiver, _OWED)
        return mine.where(_TIME_HAS_COME, _FREE, which).order_by(*_ORDER).limit(1).scalar_subquery()

    chosen = sa.select(sa.func.coalesce(first(_TRYING), first(~_TRYING)).label("id")).select_from(waiting).subquery()
    return (
        sa.select(deliveries.c.id)
        .where(deliveries.c.id.in_(sa.select(chosen.c.id)))
        .order_by(~_TRYING, *_ORDER)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_NEXT = _next()
_TAKE = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(_IDS), _OWED, _FREE)
    .values(
        lease_owner=sa.bindparam("owner"),
        lease_until=sa.bindparam("until"),
        fence=deliveries.c.fence + 1,
        claims=deliveries.c.claims + 1,
        unfinished=deliveries.c.unfinished + 1,
    )
    .returning(deliveries.c.id, deliveries.c.claims)
)
_BEGUN = sa.and_(attempts.c.delivery_id.in_(_IDS), attempts.c.finished_at.is_(None))
_LOST = sa.select(attempts.c.delivery_id).where(_BEGUN)
_TAKEN = (
    sa.select(deliveries, messages.c.text)
    .join(messages, messages.c.id == deliveries.c.message_id)
    .where(deliveries.c.id.in_(_IDS))
)


def claim(connection: sa.Connection, now: datetime, owner: str, lease: timedelta, limit: int) -> list[Delivery]:
    """The most severe due delivery of each receiver that is not busy, at most `limit`."""
    times = {"now": now, "ahead": now + CLOCKS_DIFFER, "stale": now + lease + CLOCKS_DIFFER}
    ids: list[int] = list(connection.scalars(_NEXT, {**times, "most": limit}))
    if not ids:
        return []
    taken = connection.execute(_TAKE, {**times, "ids": ids, "owner": owner, "until": now + lease})
    mine: dict[int, int] = {row.id: row.claims for row in taken}
    again = [number for number, claims in mine.items() if claims > 1]  # nobody tried the others yet
    if again:
        _end_open_attempts(connection, again, now)
    rows: dict[int, sa.Row[Any]] = {row.id: row for row in connection.execute(_TAKEN, {"ids": list(mine)})}
    tried = attempts_of(connection, again) if again else {}
    return [_delivery(connection, rows[number], tried.get(number, ())) for number in ids if number in mine]


def _end_open_attempts(connection: sa.Connection, claimed: Collection[int], now: datetime) -> None:
    """What an earlier sender began and never finished may have arrived."""
    lost = set(connection.scalars(_LOST, {"ids": list(claimed)}))
    if not lost:
        return
    words = "the sender stopped before it knew; it may have arrived"
    values = {"finished_at": now, "outcome": Outcome.AMBIGUOUS.value, "sentence": words}
    begun = sa.and_(attempts.c.delivery_id.in_(lost), attempts.c.finished_at.is_(None))
    connection.execute(sa.update(attempts).where(begun).values(**values))
    connection.execute(sa.update(deliveries).where(deliveries.c.id.in_(lost)).values(ambiguous=True))


def _delivery(connection: sa.Connection, row: sa.Row[Any], tried: tuple[PastAttempt, ...]) -> Delivery:
    told, unreadable = _changes(connection, row.id)
    return Delivery(
        id=row.id,
        fence=row.fence,
        message_id=str(row.message_id),
        receiver=row.receiver,
        loudness=Loudness(row.loudness),
        severity=Severity(row.severity),
        created_at=row.created_at,
        changes=told,
        text=row.text or unreadable,
        frozen=Message(row.title, row.body) if row.body is not None else None,
        attempts=tried,
        ambiguous=row.ambiguous,
        updates=told_before(connection, row.id, row.receiver),
    )


def _changes(connection: sa.Connection, number: int) -> tuple[tuple[AlertChange, ...], str | None]:
    """What a delivery tells; if it cannot be read, words that say at least what it is about."""
    try:
        return of_delivery(connection, number), None
    except UNREADABLE:
        log.exception("unreadable delivery=%d", number)
    names = ", ".join(alerts_of(connection, [number]).get(number, ()))
    return (), f"{names}: what was to be told cannot be read from the database\nSee `advisor alerts`."

"""Deliveries on their way: claimed, rendered once, tried, and ended with an outcome.

The end of an attempt is written after the send, so a crash in between leaves an attempt that was begun and
not finished: the next claim records it as ambiguous. A delivery that takes its sender down with it goes
behind its neighbours; none blocks its receiver longer than one lease.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advisor.model import AlertChange, Attempt, Delivery, Loudness, Message, Outcome, PastAttempt, Severity
from advisor.store.alerts import of_delivery
from advisor.store.outbox import insert_delivery
from advisor.store.schema import CLOCKS_DIFFER, alerts, attempts, changes, deliveries, delivery_changes, messages
from advisor.store.values import DeliveryRow, DeliveryState, ReceiverRow

log = logging.getLogger(__name__)

_OWED = DeliveryState.OWED.value
_ENDS = {
    Outcome.DELIVERED: DeliveryState.DELIVERED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.EXPIRED: DeliveryState.EXPIRED,
    Outcome.AMBIGUOUS: DeliveryState.AMBIGUOUS,
    Outcome.RETRY: DeliveryState.FAILED,
}

_IS_OWED = deliveries.c.state == sa.literal_column(f"'{_OWED}'")  # as in the index; a bound value would not use it
_ORDER = (deliveries.c.severity.desc(), deliveries.c.created_at, deliveries.c.id)

_HELD = sa.update(deliveries).where(
    deliveries.c.id == sa.bindparam("held_id"),
    deliveries.c.fence == sa.bindparam("held_fence"),
    deliveries.c.state == _OWED,
)


def claim(connection: sa.Connection, now: datetime, owner: str, lease: timedelta, limit: int) -> list[Delivery]:
    """The most severe due delivery of each receiver that is not busy, at most `limit`."""
    ids: list[int] = [row.id for row in connection.execute(_due(now, lease, limit))]
    if not ids:
        return []
    free = _free(now, lease)
    claimed = (
        sa.update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state == _OWED, free)
        .values(
            lease_owner=owner,
            lease_until=now + lease,
            fence=deliveries.c.fence + 1,
            claims=deliveries.c.claims + 1,
            unfinished=deliveries.c.unfinished + 1,
        )
        .returning(deliveries.c.id)
    )
    mine = set(connection.scalars(claimed))
    _end_open_attempts(connection, mine, now)
    return [_delivery(connection, number) for number in ids if number in mine]


def _changes(connection: sa.Connection, number: int) -> tuple[tuple[AlertChange, ...], str | None]:
    """What a delivery tells; if it cannot be read, words that say at least what it is about."""
    try:
        return of_delivery(connection, number), None
    except (ValueError, KeyError, TypeError, AttributeError):
        log.exception("unreadable delivery=%d", number)
    names = ", ".join(_alerts(connection, [number]).get(number, ()))
    return (), f"{names}: what was to be told cannot be read from the database\nSee `advisor alerts`."


def _free(now: datetime, lease: timedelta) -> sa.ColumnElement[bool]:
    """Nobody sends it. A lease that reaches too far was written by a clock that ran ahead."""
    until = deliveries.c.lease_until
    return sa.or_(until.is_(None), until <= now, until > now + lease + CLOCKS_DIFFER)


def _due_at(now: datetime) -> sa.ColumnElement[bool]:
    """Its time has come; or it was set by a clock that ran ahead: at once when it was written, or after an attempt."""
    ended = sa.exists().where(attempts.c.delivery_id == deliveries.c.id, attempts.c.finished_at > now + CLOCKS_DIFFER)
    due = deliveries.c.next_attempt_at
    return sa.or_(due <= now, due <= deliveries.c.created_at, ended)


def _due(now: datetime, lease: timedelta, limit: int) -> sa.Select[tuple[int]]:
    """The next delivery of each receiver that nobody sends to; however many wait, two looks at the index a receiver."""
    free = _free(now, lease)
    busy = sa.select(deliveries.c.receiver).where(deliveries.c.lease_until.is_not(None), _IS_OWED, ~free)
    waiting = sa.select(deliveries.c.receiver).where(_IS_OWED, deliveries.c.receiver.not_in(busy)).distinct().subquery()

    def first(*which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        mine = sa.select(deliveries.c.id).where(deliveries.c.receiver == waiting.c.receiver, _IS_OWED)
        return mine.where(_due_at(now), free, *which).order_by(*_ORDER).limit(1).scalar_subquery()

    trying = deliveries.c.unfinished <= 1
    chosen = sa.select(sa.func.coalesce(first(trying), first(~trying)).label("id")).select_from(waiting).subquery()
    return (
        sa.select(deliveries.c.id)
        .where(deliveries.c.id.in_(sa.select(chosen.c.id)))
        .order_by(~trying, *_ORDER)  # what took two senders down goes behind the others
        .limit(limit)
    )


def _end_open_attempts(connection: sa.Connection, claimed: Collection[int], now: datetime) -> None:
    """What an earlier sender began and never finished may have arrived."""
    begun = sa.and_(attempts.c.delivery_id.in_(claimed), attempts.c.finished_at.is_(None))
    lost = set(connection.scalars(sa.select(attempts.c.delivery_id).where(begun)))
    if not lost:
        return
    words = "the sender stopped before it knew; it may have arrived"
    values = {"finished_at": now, "outcome": Outcome.AMBIGUOUS.value, "sentence": words}
    connection.execute(sa.update(attempts).where(begun).values(**values))
    connection.execute(sa.update(deliveries).where(deliveries.c.id.in_(lost)).values(ambiguous=True))


def _delivery(connection: sa.Connection, number: int) -> Delivery:
    query = (
        sa.select(deliveries, messages.c.text)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.id == number)
    )
    row = connection.execute(query).one()
    told, unreadable = _changes(connection, number)
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
        attempts=_attempts(connection, [number]).get(number, ()),
        ambiguous=row.ambiguous,
        updates=_earlier(connection, row),
    )


def _earlier(connection: sa.Connection, row: sa.Row[Any]) -> int:
    """How many earlier deliveries told this receiver about one of the same alerts."""
    mine = (
        sa.select(changes.c.alert_id)
        .join(delivery_changes, delivery_changes.c.change_id == changes.c.id)
        .where(delivery_changes.c.delivery_id == row.id)
    )
    query = (
        sa.select(sa.func.count(deliveries.c.id.distinct()))
        .join(delivery_changes, delivery_changes.c.delivery_id == deliveries.c.id)
        .join(changes, changes.c.id == delivery_changes.c.change_id)
        .where(
            deliveries.c.receiver == row.receiver,
            deliveries.c.id < row.id,
            deliveries.c.state != DeliveryState.WITHDRAWN.value,
            changes.c.alert_id.in_(mine),
        )
    )
    return connection.scalar(query) or 0


def _attempts(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[PastAttempt, ...]]:
    query = sa.select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.id)
    found: dict[int, tuple[PastAttempt, ...]] = {}
    for row in connection.execute(query):
        found[row.delivery_id] = (*found.get(row.delivery_id, ()), _past(row))
    return found


def _past(row: sa.Row[Any]) -> PastAttempt:
    outcome = Outcome(row.outcome) if row.outcome else None
    return PastAttempt(row.started_at, row.finished_at, outcome, row.sentence)


# --- one attempt ----------------------------------------------------------------------------------------


def begin(connection: sa.Connection, delivery: Delivery, words: Message | None, now: datetime) -> bool:
    frozen = {"title": words.title, "body": words.body} if words else {}
    if not _hold(connection, delivery, state=_OWED, **frozen):
        return False
    connection.execute(sa.insert(attempts).values(delivery_id=delivery.id, started_at=now, sentence=""))
    return True


def finish(
    connection: sa.Connection,
    delivery: Delivery,
    attempt: Attempt,
    now: datetime,
    next_attempt_at: datetime | None,
) -> bool:
    """The outcome of an attempt; with `next_attempt_at` the delivery stays owed."""
    again = next_attempt_at is not None and attempt.outcome in {Outcome.RETRY, Outcome.AMBIGUOUS}
    state = DeliveryState.OWED if again else _ENDS[attempt.outcome]
    held = _hold(
        connection,
        delivery,
        state=state.value,
        next_attempt_at=next_attempt_at if again else None,
        unfinished=0,
        lease_owner=None,
        lease_until=None,
        **({"ambiguous": True} if attempt.outcome is Outcome.AMBIGUOUS else {}),
        **({} if again else {"state_since": now}),
    )
    if held:
        _end_attempt(connection, delivery.id, attempt, now)
    return held


def _hold(connection: sa.Connection, delivery: Delivery, **values: Any) -> bool:
    """Write under the claim's fence; False if somebody else has taken over."""
    mine = {"held_id": delivery.id, "held_fence": delivery.fence}
    return connection.execute(_HELD, {**mine, **values}).rowcount == 1


def _end_attempt(connection: sa.Connection, number: int, attempt: Attempt, now: datetime) -> None:
    values = {"finished_at": now, "outcome": attempt.outcome.value, "sentence": attempt.sentence}
    begun = sa.and_(attempts.c.delivery_id == number, attempts.c.finished_at.is_(None))
    if not connection.execute(sa.update(attempts).where(begun).values(**values)).rowcount:
        connection.execute(sa.insert(attempts).values(delivery_id=number, started_at=now, **values))


def release(connection: sa.Connection, owner: str) -> None:
    """Give back what `owner` claimed; begun attempts stay open and turn ambiguous with the next claim."""
    mine = (deliveries.c.lease_owner == owner, deliveries.c.state == _OWED)
    connection.execute(sa.update(deliveries).where(*mine).values(lease_owner=None, lease_until=None, unfinished=0))


def holders(connection: sa.Connection) -> set[str]:
    held = sa.select(deliveries.c.lease_owner).where(deliveries.c.lease_owner.is_not(None)).distinct()
    return set(connection.execute(held).scalars())


# --- beside the way -------------------------------------------------------------------------------------


def resend(connection: sa.Connection, number: int, now: datetime) -> bool:
    """Owe an ended delivery again, with the same words; False if there is none or it is still owed."""
    ended = (deliveries.c.id == number, deliveries.c.state != _OWED)
    values = {"state": _OWED, "state_since": now, "next_attempt_at": now, "unfinished": 0}
    again = sa.update(deliveries).where(*ended).values(lease_owner=None, lease_until=None, **values)
    if connection.execute(again).rowcount != 1:
        return False
    told = sa.update(messages).where(messages.c.key == f"delivery:{number}", messages.c.cleared_at.is_(None))
    connection.execute(told.values(cleared_at=now))  # should it fail again, that is news
    return True


def hand_on(connection: sa.Connection, number: int, receiver: str, loudness: Loudness, now: datetime) -> bool:
    """Owe the same message to another receiver as well (a fallback); False if it is owed already."""
    row = connection.execute(sa.select(deliveries).where(deliveries.c.id == number)).first()
    if row is None:
        return False
    there = sa.select(deliveries.c.id).where(
        deliveries.c.message_id == row.message_id, deliveries.c.receiver == receiver
    )
    if connection.scalar(there) is not None:
        return False
    copy = insert_delivery(connection, row.message_id, receiver, loudness, Severity(row.severity), now)
    told = sa.select(sa.literal(copy), delivery_changes.c.change_id).where(delivery_changes.c.delivery_id == number)
    connection.execute(sa.insert(delivery_changes).from_select(["delivery_id", "change_id"], told))
    return True


def rows(
    connection: sa.Connection, *, state: DeliveryState | None, receiver: str | None, limit: int | None
) -> list[DeliveryRow]:
    """Deliveries for people, the newest first."""
    query = (
        sa.select(deliveries, messages.c.text)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .order_by(deliveries.c.id.desc())
    )
    if state:
        query = query.where(deliveries.c.state == state.value)
    if receiver:
        query = query.where(deliveries.c.receiver == receiver)
    return _rows(connection, query.limit(limit) if limit else query)


def given_up(connection: sa.Connection, since: datetime) -> list[DeliveryRow]:
    """Ended undelivered after `since`, and no open message to the operator says so."""
    bad = [_ENDS[outcome].value for outcome in Outcome if outcome is not Outcome.DELIVERED]
    key = sa.literal("delivery:") + sa.cast(deliveries.c.id, sa.Text)
    known = sa.select(messages.c.key).where(messages.c.key.is_not(None), messages.c.cleared_at.is_(None))
    query = (
        sa.select(deliveries, messages.c.text)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.state.in_(bad), deliveries.c.state_since >= since, key.not_in(known))
    )
    return _rows(connection, query)


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[DeliveryRow]:
    found = connection.execute(query).all()
    ids = [row.id for row in found]
    tried, about = _attempts(connection, ids), _alerts(connection, ids)
    return [
        DeliveryRow(
            id=row.id,
            message_id=str(row.message_id),
            receiver=row.receiver,
            loudness=Loudness(row.loudness),
            severity=Severity(row.severity),
            created_at=row.created_at,
            state=DeliveryState(row.state),
            state_since=row.state_since,
            next_attempt_at=row.next_attempt_at,
            title=row.title or row.text,
            ambiguous=row.ambiguous,
            alerts=about.get(row.id, ()),
            attempts=tried.get(row.id, ()),
        )
        for row in found
    ]


def _alerts(connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    query = (
        sa.select(delivery_changes.c.delivery_id, changes.c.alert_id)
        .join(changes, changes.c.id == delivery_changes.c.change_id)
        .where(delivery_changes.c.delivery_id.in_(ids))
        .order_by(changes.c.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, alert in connection.execute(query):
        held = found.get(number, ())
        found[number] = held if alert in held else (*held, alert)
    return found


def receivers(connection: sa.Connection) -> list[ReceiverRow]:
    """Everyone who was ever owed something, by name."""
    waiting = sa.case((deliveries.c.state == _OWED, deliveries.c.created_at))
    owed = sa.select(deliveries.c.receiver, sa.func.count(waiting), sa.func.min(waiting)).group_by(
        deliveries.c.receiver
    )
    tried = sa.select(deliveries.c.receiver, attempts).join(attempts, attempts.c.delivery_id == deliveries.c.id)
    newest = (
        sa.select(sa.func.max(attempts.c.id))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .group_by(deliveries.c.receiver)
    )
    good = newest.where(attempts.c.outcome == Outcome.DELIVERED.value)
    last = {row.receiver: row for row in connection.execute(tried.where(attempts.c.id.in_(newest)))}
    done = {row.receiver: row for row in connection.execute(tried.where(attempts.c.id.in_(good)))}
    failing = _failing_since(connection)
    return [
        ReceiverRow(
            name=name,
            owed=count,
            oldest_owed=oldest,
            last_attempt=_past(last[name]) if name in last else None,
            last_delivered=done[name].finished_at if name in done else None,
            failing_since=failing[name][0] if name in failing else None,
            failures=failing[name][1] if name in failing else 0,
        )
        for name, count, oldest in sorted(connection.execute(owed).all())
    ]


def _failing_since(connection: sa.Connection) -> dict[str, tuple[datetime, int]]:
    """By receiver: when the first attempt in vain after its last good one began, and how many there were."""
    of = sa.select(deliveries.c.receiver, attempts.c.id, attempts.c.started_at, attempts.c.outcome).join(
        deliveries, deliveries.c.id == attempts.c.delivery_id
    )
    each = of.subquery()
    good = (
        sa.select(each.c.receiver, sa.func.max(each.c.id).label("last"))
        .where(each.c.outcome == Outcome.DELIVERED.value)
        .group_by(each.c.receiver)
        .subquery()
    )
    query = (
        sa.select(each.c.receiver, sa.func.min(each.c.started_at), sa.func.count())
        .outerjoin(good, good.c.receiver == each.c.receiver)
        .where(each.c.outcome.in_([Outcome.RETRY.value, Outcome.AMBIGUOUS.value]))
        .where(sa.or_(good.c.last.is_(None), each.c.id > good.c.last))
        .group_by(each.c.receiver)
    )
    return {name: (since, count) for name, since, count in connection.execute(query)}


def prune(connection: sa.Connection, before: datetime) -> int:
    """Forget deliveries that ended before `before` about alerts not seen since; how many."""
    lively = (
        sa.select(delivery_changes.c.delivery_id)
        .join(changes, changes.c.id == delivery_changes.c.change_id)
        .join(alerts, alerts.c.id == changes.c.alert_id)
        .where(alerts.c.last_seen >= before)
    )
    ended = (deliveries.c.state != _OWED, deliveries.c.state_since < before, deliveries.c.id.not_in(lively))
    gone = connection.execute(sa.delete(deliveries).where(*ended)).rowcount
    used = sa.select(deliveries.c.message_id).union(
        sa.select(changes.c.message_id).where(changes.c.message_id.is_not(None))
    )
    open_key = sa.and_(messages.c.key.is_not(None), messages.c.cleared_at.is_(None))
    connection.execute(sa.delete(messages).where(messages.c.id.not_in(used), ~open_key, messages.c.at < before))
    return gone


def counts(connection: sa.Connection) -> dict[DeliveryState, int]:
    query = sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
    return {DeliveryState(state): count for state, count in connection.execute(query)}


def oldest_owed(connection: sa.Connection, now: datetime) -> datetime | None:
    due = (deliveries.c.state == _OWED, deliveries.c.next_attempt_at <= now)
    oldest: datetime | None = connection.scalar(sa.select(sa.func.min(deliveries.c.created_at)).where(*due))
    return oldest

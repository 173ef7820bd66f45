"""Deliveries that are claimed: tried and ended with an outcome, sent again, handed on, looked at.

The end of an attempt is written after the send, so a crash in between leaves an attempt that was begun and
not finished: the next claim (`claims`) records it as ambiguous.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advisor.model import Attempt, Delivery, Loudness, Message, Outcome, PastAttempt, Severity
from advisor.store.outbox import insert_delivery
from advisor.store.schema import alerts, attempts, changes, deliveries, delivery_changes, messages
from advisor.store.values import DeliveryRow, DeliveryState, ReceiverRow

_OWED = DeliveryState.OWED.value
_ENDS = {
    Outcome.DELIVERED: DeliveryState.DELIVERED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.EXPIRED: DeliveryState.EXPIRED,
    Outcome.AMBIGUOUS: DeliveryState.AMBIGUOUS,
    Outcome.RETRY: DeliveryState.FAILED,
}

_HELD = sa.update(deliveries).where(
    deliveries.c.id == sa.bindparam("held_id"),
    deliveries.c.fence == sa.bindparam("held_fence"),
    deliveries.c.state == _OWED,
)
_NEW_ATTEMPT = sa.insert(attempts)


def attempts_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[PastAttempt, ...]]:
    query = sa.select(attempts).where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.id)
    found: dict[int, tuple[PastAttempt, ...]] = {}
    for row in connection.execute(query):
        found[row.delivery_id] = (*found.get(row.delivery_id, ()), _past(row))
    return found


def _past(row: sa.Row[Any]) -> PastAttempt:
    outcome = Outcome(row.outcome) if row.outcome else None
    return PastAttempt(row.started_at, row.finished_at, outcome, row.sentence)


# --- one attempt ----------------------------------------------------------------------------------------


def begin(
    connection: sa.Connection, delivery: Delivery, words: Message | None, now: datetime, until: datetime | None
) -> bool:
    frozen = {"title": words.title, "body": words.body} if words else {}
    if not _hold(connection, delivery, state=_OWED, **frozen, **({"lease_until": until} if until else {})):
        return False
    connection.execute(_NEW_ATTEMPT, {"delivery_id": delivery.id, "started_at": now, "sentence": ""})
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
    if held or _withdrawn_meanwhile(connection, delivery, attempt, now):
        _end_attempt(connection, delivery.id, attempt, now)
    return held


def _withdrawn_meanwhile(connection: sa.Connection, delivery: Delivery, attempt: Attempt, now: datetime) -> bool:
    """Whether it was taken back while it was sent: what then arrived is delivered, and nothing is tried again."""
    ended: dict[str, Any] = {"lease_owner": None, "lease_until": None, "unfinished": 0}
    if attempt.outcome is Outcome.DELIVERED:
        ended |= {"state": DeliveryState.DELIVERED.value, "state_since": now}
    mine = (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence)
    gone = sa.update(deliveries).where(*mine, deliveries.c.state == DeliveryState.WITHDRAWN.value)
    return connection.execute(gone.values(**ended)).rowcount == 1


def _hold(connection: sa.Connection, delivery: Delivery, **values: Any) -> bool:
    """Write under the claim's fence; False if somebody else has taken over."""
    mine = {"held_id": delivery.id, "held_fence": delivery.fence}
    return connection.execute(_HELD, {**mine, **values}).rowcount == 1


def _end_attempt(connection: sa.Connection, number: int, attempt: Attempt, now: datetime) -> None:
    values = {"finished_at": now, "outcome": attempt.outcome.value, "sentence": attempt.sentence}
    begun = sa.and_(attempts.c.delivery_id == number, attempts.c.finished_at.is_(None))
    if not connection.execute(sa.update(attempts).where(begun).values(**values)).rowcount:
        connection.execute(sa.insert(attempts).values(delivery_id=number, started_at=now, **values))


def postpone(connection: sa.Connection, delivery: Delivery, until: datetime, now: datetime) -> bool:
    """Give a claimed delivery back, as if nobody had looked at it, to be claimed at `until`."""
    as_before = _HELD.values(
        next_attempt_at=until, state_since=now, lease_owner=None, lease_until=None,
        claims=deliveries.c.claims - 1, unfinished=deliveries.c.unfinished - 1,
    )  # fmt: skip
    return connection.execute(as_before, {"held_id": delivery.id, "held_fence": delivery.fence}).rowcount == 1


def release(connection: sa.Connection, owner: str) -> None:
    """Give back what `owner` claimed; begun attempts stay open and turn ambiguous with the next claim."""
    mine = (deliveries.c.lease_owner == owner, deliveries.c.state == _OWED)
    connection.execute(sa.update(deliveries).where(*mine).values(lease_owner=None, lease_until=None, unfinished=0))


def doubt_all(connection: sa.Connection) -> None:
    """Everything still owed may have arrived."""
    connection.execute(sa.update(deliveries).where(deliveries.c.state == _OWED).values(ambiguous=True))


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
    tried, about = attempts_of(connection, ids), alerts_of(connection, ids)
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


def alerts_of(connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
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

"""Sources: who polls which one until when, and what is known about each.

A claim is a lease with a fence: the number grows with every claim, and a write that comes with an older
one changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from advisor.model import Source, SourceState, Validators
from advisor.store.schema import CLOCKS_DIFFER
from advisor.store.schema import sources as table
from advisor.store.values import Check, Claim, SourceRow, Standing

_WISHES = timedelta(hours=1)  # as long as a server's wish may put a poll off: beyond, its interval was another one
_FADES = 0.9  # of the habit, with each arrival
_WELL = tuple(state.value for state in (SourceState.NEW, SourceState.FRESH, SourceState.UNCHANGED))
_FORGOTTEN = {"etag": None, "last_modified": None, "sha256": None, "moved_to": None, "next_poll_at": None}

_KEPT = tuple(item.name for item in fields(Standing))
_OF_LEASE = ("id", "lease_owner", "fence", "lease_until", "etag", "last_modified", "sha256", "next_poll_at", "added_at")
_CLAIMED = tuple(table.c[name] for name in (*_OF_LEASE, *_KEPT))

# Statements of every poll are built once: building costs more than running.
_HELD = sa.update(table).where(
    table.c.id == sa.bindparam("held_id"),
    table.c.fence == sa.bindparam("held_fence"),
    table.c.lease_owner == sa.bindparam("held_owner"),
)


def sync(connection: sa.Connection, configured: Sequence[Source], now: datetime) -> None:
    columns = (table.c.id, table.c.url, table.c.watched, table.c.failures, table.c.next_poll_at)
    known = {row.id: row for row in connection.execute(sa.select(*columns))}
    for source in configured:
        row = known.pop(source.id, None)
        if row is None:
            connection.execute(sa.insert(table).values(**_fresh(source, now)))
        elif row.url != source.url or not row.watched:
            moved = {"url": source.url, **_FORGOTTEN} if row.url != source.url else {}
            connection.execute(sa.update(table).where(table.c.id == source.id).values(watched=True, **moved))
        elif not row.failures and row.next_poll_at and row.next_poll_at - now > max(2 * source.every, _WISHES):
            connection.execute(sa.update(table).where(table.c.id == source.id).values(next_poll_at=now))
    gone = [name for name, row in known.items() if row.watched]
    if gone:
        connection.execute(sa.update(table).where(table.c.id.in_(gone)).values(watched=False))


def _fresh(source: Source, now: datetime) -> dict[str, Any]:
    state = {"state": SourceState.NEW.value, "state_since": now}
    return {"id": source.id, "url": source.url, "watched": True, "added_at": now, **state}


def claim_due(
    connection: sa.Connection, now: datetime, owner: str, lease: timedelta, limit: int, *, ahead: bool = True
) -> list[Claim]:
    # What was written by a clock that ran ahead must not silence a source until that time comes. No index knows those.
    wrong = [table.c.last_poll > now + CLOCKS_DIFFER] if ahead else []
    stale = table.c.lease_until > now + lease + CLOCKS_DIFFER
    due = (
        sa.select(table.c.id)
        .where(
            table.c.watched,
            sa.or_(table.c.next_poll_at.is_(None), table.c.next_poll_at <= now, *wrong),
            sa.or_(table.c.lease_until.is_(None), table.c.lease_until <= now, stale),
        )
        .order_by(table.c.next_poll_at.asc().nulls_first(), table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        sa.update(table)
        .where(table.c.id.in_(due))
        .values(lease_owner=owner, lease_until=now + lease, fence=table.c.fence + 1)
        .returning(*_CLAIMED)
    )
    rows = connection.execute(claimed).all()
    return [_claim(row) for row in sorted(rows, key=lambda row: (row.next_poll_at or row.added_at, row.id))]


def _claim(row: sa.Row[Any]) -> Claim:
    return Claim(
        source_id=row.id,
        owner=row.lease_owner,
        fence=row.fence,
        lease_until=row.lease_until,
        validators=Validators(row.etag, row.last_modified, row.sha256),
        **_standing(row),
    )


def _standing(row: sa.Row[Any]) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in _KEPT}
    kept["state"] = SourceState(row.state)
    return kept


def record(
    connection: sa.Connection,
    claim: Claim,
    *,
    now: datetime,
    state: SourceState,
    sentence: str,
    next_poll_at: datetime,
    good: bool,
    validators: Validators | None = None,
    moved_to: str | None = None,
    new_items: bool = False,
) -> bool:
    """The end of one poll: the lease is given back. False, and nothing written, under an old fence."""
    values = _ending(claim, now, state, sentence, next_poll_at, validators)
    values["failures"] = 0 if good else claim.failures + 1
    if good:
        values |= {"last_good": now, "moved_to": moved_to}
    if new_items:
        values |= {"last_item": now, "arrivals": claim.arrivals + 1, "habit": _habit(claim, now)}
    return connection.execute(_HELD, values).rowcount == 1


def record_checks(connection: sa.Connection, checks: Sequence[Check]) -> None:
    """The ends of many polls that brought nothing new; those under an old fence change nothing."""
    alike: dict[bool, list[dict[str, Any]]] = {}  # a statement with many rows takes the same columns of each
    for check in checks:
        values = _ending(
            check.claim, check.at, check.state, check.sentence, check.next_poll_at, check.validators
        ) | {"failures": 0, "last_good": check.at, "moved_to": check.claim.moved_to}  # fmt: skip
        alike.setdefault(check.validators is None, []).append(values)
    for rows_of_a_kind in alike.values():
        connection.execute(_HELD, rows_of_a_kind)


def _ending(
    claim: Claim, now: datetime, state: SourceState, sentence: str, next_poll_at: datetime,
    validators: Validators | None,
) -> dict[str, Any]:  # fmt: skip
    """What the end of any poll writes, and under which lease."""
    values: dict[str, Any] = {
        "held_id": claim.source_id,
        "held_fence": claim.fence,
        "held_owner": claim.owner,
        "state": state.value,
        "state_since": claim.state_since if claim.state is state else now,
        "sentence": sentence,
        "last_poll": now,
        "next_poll_at": next_poll_at,
        "lease_owner": None,
        "lease_until": None,
    }
    if validators is not None:
        values |= {
            "etag": validators.etag,
            "last_modified": validators.last_modified,
            "sha256": validators.sha256,
        }
    return values


def _habit(claim: Claim, now: datetime) -> int | None:
    """The longest pause of late: a shorter one than before is believed little by little."""
    if claim.last_item is None:
        return claim.habit
    pause = int((now - claim.last_item).total_seconds())
    return max(pause, int((claim.habit or 0) * _FADES))


def hasten(connection: sa.Connection, ids: Sequence[str], now: datetime, unless_since: datetime) -> list[str]:
    """Make those due now that are well and were not polled since then; one that failed waits as it was told to."""
    due = (
        sa.update(table)
        .where(
            table.c.id.in_(ids), table.c.watched, table.c.failures == 0,
            table.c.last_poll < unless_since, table.c.next_poll_at > now,
        )
        .values(next_poll_at=now)
        .returning(table.c.id)
    )  # fmt: skip
    return sorted(connection.scalars(due))


def give_back(connection: sa.Connection, claimed: Sequence[Claim]) -> None:
    """Those that were not polled to the end are free again, if nobody took over, and due as they were."""
    for claim in claimed:
        lease = {"held_id": claim.source_id, "held_fence": claim.fence, "held_owner": claim.owner}
        connection.execute(_HELD, {**lease, "lease_owner": None, "lease_until": None})


def release(connection: sa.Connection, owner: str) -> None:
    """Give back what `owner` claimed and will not poll any more."""
    connection.execute(sa.update(table).where(table.c.lease_owner == owner).values(lease_owner=None, lease_until=None))


def holders(connection: sa.Connection) -> set[str]:
    held = sa.select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct()
    return set(connection.execute(held).scalars())


def rows(connection: sa.Connection, *, watched_only: bool = True, in_trouble: bool = False) -> list[SourceRow]:
    query = sa.select(table).order_by(table.c.id)
    if watched_only:
        query = query.where(table.c.watched)
    if in_trouble:
        query = query.where(sa.or_(table.c.failures > 0, table.c.state.not_in(_WELL)))
    return [
        SourceRow(
            id=row.id,
            url=row.url,
            watched=row.watched,
            next_poll_at=row.next_poll_at,
            **_standing(row),
        )
        for row in connection.execute(query)
    ]


def counts(connection: sa.Connection) -> dict[SourceState, int]:
    query = sa.select(table.c.state, sa.func.count()).where(table.c.watched).group_by(table.c.state)
    return {SourceState(state): count for state, count in connection.execute(query)}

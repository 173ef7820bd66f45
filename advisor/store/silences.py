"""Silences: pushes that match are held until a time. Matching is delivery's; here they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from advisor.model import Silence
from advisor.store.schema import deliveries
from advisor.store.schema import silences as table
from advisor.store.values import DeliveryState

# Asked for with every call, so built once: building costs more than running.
_ACTIVE = sa.select(table).where(table.c.until > sa.bindparam("now")).order_by(table.c.until, table.c.id)


def add(
    connection: sa.Connection, matcher: Mapping[str, Any], until: datetime, now: datetime, by: str, why: str
) -> Silence:
    values = {"until": until, "created_at": now, "by": by, "why": why}
    written = sa.insert(table).values(matcher=json.dumps(dict(matcher)), **values).returning(table.c.id)
    return Silence(connection.execute(written).scalar_one(), dict(matcher), until, now, by, why)


def active(connection: sa.Connection, now: datetime) -> list[Silence]:
    return [
        Silence(row.id, json.loads(row.matcher), row.until, row.created_at, row.by, row.why)
        for row in connection.execute(_ACTIVE, {"now": now})
    ]


def expire(connection: sa.Connection, number: int, now: datetime) -> bool:
    """End a silence now, and let go what it held; False if it is not active."""
    held = (table.c.id == number, table.c.until > now)
    until = connection.scalar(sa.select(table.c.until).where(*held))
    if until is None:
        return False
    connection.execute(sa.update(table).where(table.c.id == number).values(until=now))
    waiting = (deliveries.c.state == DeliveryState.OWED.value, deliveries.c.next_attempt_at == until)
    connection.execute(sa.update(deliveries).where(*waiting).values(next_attempt_at=now))
    return True

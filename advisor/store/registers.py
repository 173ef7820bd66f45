"""What is held of each register: one row a country."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from advisor.model.register import Held
from advisor.store.codec import dump, load
from advisor.store.schema import registers as table


def held(connection: sa.Connection, source_id: str) -> dict[str, Held]:
    """Everything held of a register, by country."""
    rows = connection.execute(sa.select(table.c.country, table.c.held).where(table.c.source_id == source_id))
    return {row.country: load(Held, row.held) for row in rows}


def write(connection: sa.Connection, source_id: str, changed: Sequence[Held]) -> None:
    """Replace what is held of the countries that changed."""
    if not changed:
        return
    gone = sa.delete(table).where(table.c.source_id == source_id, table.c.country == sa.bindparam("gone"))
    connection.execute(gone, [{"gone": item.country} for item in changed])
    rows = [{"source_id": source_id, "country": item.country, "held": dump(item)} for item in changed]
    connection.execute(sa.insert(table), rows)

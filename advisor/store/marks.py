"""Single facts about the whole database: under which rules the archive was read last, in which run of the machine."""

from __future__ import annotations

import sqlalchemy as sa

from advisor.store.schema import marks

RULES = "rules"
BOOT = "boot"


def mark(connection: sa.Connection, name: str) -> str | None:
    return connection.scalar(sa.select(marks.c.value).where(marks.c.name == name))


def set_mark(connection: sa.Connection, name: str, value: str) -> None:
    changed = connection.execute(sa.update(marks).where(marks.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(sa.insert(marks).values(name=name, value=value))

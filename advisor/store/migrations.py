"""The database's shape moves forward in numbered steps; it never moves back.

A fresh database is made from `schema` at once. An older one goes through the steps it has not seen, in one
transaction with its version number, while every other process waits. To change the shape: change `schema`
and append the same change to `STEPS` as a function that takes the connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from advisor.errors import StoreError
from advisor.store.schema import (
    CHANGED_AT,
    NEXT_OF_RECEIVER,
    SAID_BY,
    TOLD_BY,
    UNDER_WAY,
    marks,
    metadata,
    registers,
    schema_version,
)

Step = Callable[[sa.Connection], None]


def _widen_issuer(connection: sa.Connection) -> None:
    """Room for the name of an own kind; SQLite takes any length already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE alerts ALTER COLUMN issuer TYPE VARCHAR(20)")


APPLICATION = "advisor"
FIRST = 1


def _find_deliveries_fast(connection: sa.Connection) -> None:
    """A burst of thousands of messages must not be searched again for each of them."""
    for index in (NEXT_OF_RECEIVER, UNDER_WAY, TOLD_BY):
        index.create(connection, checkfirst=True)


def _learn_habits(connection: sa.Connection) -> None:
    """How often a source brings something new, so that its silence can be told from its habit."""
    known = {column["name"] for column in sa.inspect(connection).get_columns("sources")}
    for name, kind in (("habit", "INTEGER"), ("arrivals", "INTEGER NOT NULL DEFAULT 0")):
        if name not in known:
            connection.exec_driver_sql(f"ALTER TABLE sources ADD COLUMN {name} {kind}")


def _gather_roll_ups(connection: sa.Connection) -> None:
    """What a waiting message gathers; and which alerts hold what an article said, for when it says so no longer."""
    if "gathers" not in {column["name"] for column in sa.inspect(connection).get_columns("deliveries")}:
        connection.exec_driver_sql("ALTER TABLE deliveries ADD COLUMN gathers TEXT")
    SAID_BY.create(connection, checkfirst=True)


def _find_changes_by_time(connection: sa.Connection) -> None:
    """What a clock that ran ahead decided is looked for every minute."""
    CHANGED_AT.create(connection, checkfirst=True)


STEPS: tuple[Step, ...] = (
    registers.create,
    _widen_issuer,
    marks.create,
    _find_deliveries_fast,
    _learn_habits,
    _gather_roll_ups,
    _find_changes_by_time,
)  # STEPS[0] leads from version 1 to 2


def migrate(connection: sa.Connection, now: datetime, where: str, steps: Sequence[Step] = STEPS) -> int:
    """Bring the database to the newest version, inside the caller's transaction and lock.

    Returns the version. StoreError if it belongs to another application or to a newer Advisor.
    """
    latest = FIRST + len(steps)
    found = _version(connection, where)
    if found is None:
        metadata.create_all(connection)
        connection.execute(sa.insert(schema_version).values(application=APPLICATION, version=latest, applied_at=now))
        return latest
    if found > latest:
        raise StoreError(
            f"{where}: written by a newer Advisor (schema {found}, this one knows {latest}); "
            "install that version or restore an older backup"
        )
    for step in steps[found - FIRST :]:
        step(connection)
    if found < latest:
        connection.execute(sa.update(schema_version).values(version=latest, applied_at=now))
    return latest


def _version(connection: sa.Connection, where: str) -> int | None:
    """The version found; None for an empty database."""
    inspector = sa.inspect(connection)
    tables = inspector.get_table_names()
    if not tables:
        return None
    ours = "schema_version" in tables and {"application", "version"} <= {
        column["name"] for column in inspector.get_columns("schema_version")
    }
    query = sa.select(schema_version.c.version).where(schema_version.c.application == APPLICATION)
    version: int | None = connection.scalar(query) if ours else None
    if version is None:
        raise StoreError(f"{where}: holds tables of another application; give Advisor a database of its own")
    return version

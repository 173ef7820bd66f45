"""Engines, pragmas and transactions; what goes wrong below is said in the operator's words.

SQLite: WAL, `synchronous=FULL` for what must last, one writer connection a process that begins with BEGIN IMMEDIATE (a
deferred transaction that turns writer fails at once or, without BEGIN, loses updates silently), readers on
connections of their own. PostgreSQL: psycopg; writers that must not overlap take one advisory lock.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    PendingRollbackError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from advisor.errors import StoreError
from advisor.store.migrations import STEPS, Step, migrate

APPLICATION_ID = 0x41445652  # "ADVR", PRAGMA application_id (sqlite.org/pragma.html)
# As many bytes as the log has before it starts over (PRAGMA wal_autocheckpoint: 1,000 pages), and the two megabytes
# that stay in the page cache (PRAGMA cache_size).
_FILL = """
WITH RECURSIVE counted(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counted WHERE n < 100)
INSERT INTO room SELECT zeroblob(64000) FROM counted
"""
_SPARE = 100_000_000  # bytes that the disk must have for that
_LOCK = 0x41445652  # pg_advisory_xact_lock
_CONNECT = 10  # seconds until a PostgreSQL server must have answered
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs"})  # sqlite.org/wal.html, section 1


@dataclass(frozen=True, slots=True)
class Database:
    """One database: where it is (without secrets), how to write and how to look."""

    where: str
    writer: sa.Engine
    reader: sa.Engine
    hurried: sa.Engine  # the writer, for what a power cut may take back
    within: sa.Connection | None = None  # of a rehearsal: the transaction in which everything is written

    @contextmanager
    def write(self, *, alone: bool = False, lasting: bool = True) -> Iterator[sa.Connection]:
        """One transaction, committed on leaving. `alone`: no other such writer anywhere meanwhile.

        Not `lasting`: what a power cut may take back, as leases and checks that brought nothing; a kill does not.
        """
        if self.within is not None:
            yield self.within
            return
        writer = self.writer if lasting else self.hurried
        with self._explained(), writer.begin() as connection:
            if alone and connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent look."""
        with self._explained(), self.reader.begin() as connection:
            yield connection

    def make_room(self) -> None:
        """Give SQLite's write-ahead log its full length now: what is written over is flushed sooner than what grows.

        What spills into the log for that is taken back; the commit behind it flushes the log once. On a disk that is
        nearly full it would take what the next call needs.
        """
        if self.writer.dialect.name != "sqlite" or shutil.disk_usage(Path(self.where).parent).free < _SPARE:
            return
        with self.rehearsal() as spilling, spilling.write() as connection:
            connection.exec_driver_sql("CREATE TABLE room (taken BLOB)")
            connection.exec_driver_sql(_FILL)
        with self.write() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")

    def try_writing(self) -> None:
        """A write that changes nothing: StoreError where a file can be read only."""
        if self.writer.dialect.name == "sqlite":
            with self.write(lasting=False) as connection:
                connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """The same database, but what is written through it is taken back on leaving and seen by nobody else."""
        with self._explained(), self.writer.connect() as connection, connection.begin() as all_of_it:
            try:
                yield replace(self, within=connection)
            finally:
                all_of_it.rollback()

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except PoolTimeout as error:  # the writers before this one wait for another process
            raise StoreError(
                f"{self.where}: stays busy; end the process that locks it (fuser FILE shows it)", passing=True
            ) from error
        except (DBAPIError, sqlite3.Error) as error:  # the driver's own ones come from pragmas
            said = str(getattr(error, "orig", error)).lower()
            if remedy := _remedy(said):
                raise StoreError(f"{self.where}: {remedy}", passing=not re.search(_LASTS, said)) from error
            if isinstance(error, OperationalError | InterfaceError):  # not our statement: the server or the way to it
                words = str(error.orig).strip().partition("\n")[0]
                raise StoreError(f"{self.where}: {words}", passing=not re.search(_LASTS, said)) from error
            raise
        except PendingRollbackError as error:  # what cut the connection in the midst of a transaction is its context
            raise StoreError(f"{self.where}: the connection was cut", passing=True) from error
        except StatementError as error:
            if isinstance(error.orig, ValueError):
                raise error.orig from None
            raise


def open_database(url: str, now: datetime, *, busy: float = 10.0, steps: Sequence[Step] = STEPS) -> Database:
    """Connect, check that the database is ours, and bring it to the newest shape.

    `busy`: seconds that a writer waits for another process, on PostgreSQL three times as long. StoreError says what
    to do.
    """
    address = _address(url)
    where = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite":
        where = _usable_file(address)
        database = _sqlite(address, where, busy)
    else:
        database = _postgresql(address, where, 3 * busy)
    try:
        if address.get_backend_name() == "sqlite":
            _prepare_file(database)
        with database.write(alone=True) as connection:
            migrate(connection, now, where, steps)
    except BaseException:
        database.close()
        raise
    return database


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except ArgumentError as error:
        raise StoreError("database: not an address; write sqlite:////var/lib/advisor/advisor.db") from error
    backend = address.get_backend_name()
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StoreError(f"database: {backend} is not supported; use sqlite:/// or postgresql+psycopg://")
    return address


# --- SQLite ---------------------------------------------------------------------------------------------


def _usable_file(address: sa.URL) -> str:
    """The file's path, after looking at what can be known before opening it."""
    if not address.database or ":memory:" in address.database:
        raise StoreError("database: SQLite in memory forgets at every stop; name a file, sqlite:///advisor.db")
    path = Path(address.database).absolute()
    if forbidden := _forbidden(path):
        raise StoreError(f"{path}: {forbidden}")
    if path.is_dir():
        raise StoreError(f"{path}: is a folder; name the file in it, such as {path / 'advisor.db'}")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: its folder does not exist; create it: mkdir -p {path.parent}")
    if (kind := _filesystem(path.parent)) in _NETWORK:
        raise StoreError(f"{path}: lies on a network file system ({kind}), where SQLite loses data; use a local disk")
    return str(path)


def _forbidden(path: Path) -> str | None:
    """What this user may not do with the file or its folder, and who can mend it; None: nothing that shows now."""
    who = f"this user ({_user()})"
    try:
        held = path.exists()
    except PermissionError:
        return f"{who} may not enter its folder; give it rights there, or run as the service's user"
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")) if held else ():
        if file.exists() and not os.access(file, os.R_OK):
            return f"{who} may not read {file}; give it rights (chown {_user()} {file}), or run as the service's user"
    if not held and path.parent.is_dir() and not os.access(path.parent, os.W_OK | os.X_OK):
        return (
            f"does not exist, and {who} may not write to its folder; "
            f"give it rights (chown {_user()} {path.parent}), or run as the service's user"
        )
    return None


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def unwritable(url: str) -> str | None:
    """Why the user who asks could not write the database that an SQLite address names; None: it can, as it seems."""
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if forbidden := _forbidden(path):
        return f"{path}: {forbidden}"
    place = path if path.exists() else path.parent
    if place.exists() and not (os.access(place, os.W_OK) and os.access(path.parent, os.W_OK)):
        return f"{path}: this user ({_user()}) may read it and not write it and its folder; the service's user must"
    return None


def stranger(url: str) -> str | None:
    """Why the file that an SQLite address names cannot be ours, without opening it as a database; None: it can.

    Looks at the header (sqlite.org/fileformat2.html, section 1.3); a file that is missing or empty becomes ours.
    """
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if not url.startswith("sqlite:///"):
        return None
    if _forbidden(path) or not path.exists():
        return None
    if path.is_dir():
        return f"{path} is a folder; name the file in it, such as {path / 'advisor.db'}"
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if head and not head.startswith(b"SQLite format 3\0"):
        return f"{path} is not an SQLite database; name another file or move this one away"
    owner = int.from_bytes(head[68:72], "big")
    if head and owner != APPLICATION_ID:
        return f"{path} belongs to another application; give Advisor a file of its own"
    return None


def _filesystem(folder: Path) -> str | None:
    """The type of the file system that holds `folder`, where Linux tells it (proc_pid_mounts(5))."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    mounts = [line.split()[1:3] for line in lines if len(line.split()) > 2]
    holding = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]), default=("", None))[1]


def _sqlite(address: sa.URL, where: str, busy: float) -> Database:
    def engine(begin: str, *pragmas: str, **pool: Any) -> sa.Engine:
        made = sa.create_engine(
            address,
            connect_args={"timeout": busy, "isolation_level": None, "check_same_thread": False},
            **pool,
        )

        @event.listens_for(made, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            for pragma in ("foreign_keys=ON", "synchronous=FULL", *pragmas):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(made, "begin")
        def _begin(connection: sa.Connection) -> None:
            wanted = "FULL" if connection.get_execution_options().get("lasting", True) else "NORMAL"
            if (
                connection.info.get("synchronous", "FULL") != wanted
            ):  # not flushed at once, but in order (sqlite.org/wal.html)
                connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
                connection.info["synchronous"] = wanted
            connection.exec_driver_sql(begin)

        return made

    one = {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
    writer = engine("BEGIN IMMEDIATE", **one)
    return Database(
        where,
        writer=writer,
        hurried=writer.execution_options(lasting=False),
        reader=engine("BEGIN", "query_only=ON", poolclass=sa.QueuePool, pool_size=4, max_overflow=12),
    )


def _prepare_file(database: Database) -> None:
    """Claims the file for Advisor and turns on the write-ahead log, which stays on in the file."""
    with database._explained():
        raw = database.writer.raw_connection()
        try:
            _check_owner(raw, database.where)
            _write_ahead(raw, database.where)
        finally:
            raw.close()


def _check_owner(raw: Any, where: str) -> None:
    """Marks an empty file as ours, refuses a stranger's; under the write lock, as others may start too."""
    raw.execute("BEGIN IMMEDIATE")
    (found,) = raw.execute("PRAGMA application_id").fetchone()
    (tables,) = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if found == 0 and tables == 0:
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
    elif found != APPLICATION_ID:
        raise StoreError(f"{where}: belongs to another application; give Advisor a file of its own")
    raw.execute("COMMIT")


def _write_ahead(raw: Any, where: str) -> None:
    """The pragma reports failure by its answer; while another process starts too, it may be busy."""
    answer = "busy"
    for _ in range(40):
        try:
            (answer,) = raw.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        if answer == "wal":
            return
        time.sleep(0.05)
    raise StoreError(f"{where}: SQLite's write-ahead log cannot be used here ({answer}); use a local disk")


# --- PostgreSQL -----------------------------------------------------------------------------------------


def _postgresql(address: sa.URL, where: str, busy: float) -> Database:
    def engine() -> sa.Engine:
        within = {} if "connect_timeout" in address.query else {"connect_timeout": _CONNECT}
        made = sa.create_engine(address, pool_size=4, max_overflow=8, pool_pre_ping=True, connect_args=within)

        @event.listens_for(made, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            with connection.cursor() as cursor:  # else a session that was left open would be waited for in silence
                cursor.execute(f"SET lock_timeout = {max(1, round(busy * 1000))}")
            connection.commit()

        return made

    try:
        writer, reader = engine(), engine()
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError(f"{where}: needs psycopg; install it: pip install 'advisor[postgres]'") from error
    looking = reader.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(where, writer, looking, hurried=writer)


def _remedy(said: str) -> str | None:
    """What the operator can do, read from the database's own words in lower case; None where nobody can tell."""
    return next((remedy for sign, remedy in _REMEDIES if re.search(sign, said)), None)


# What no waiting helps against.
_LASTS = (
    "read-?only|unable to open|not a database|malformed|authentication failed|no password supplied|pg_hba|"
    "does not exist|permission denied"
)
_REMEDIES = (
    ("readonly database", "is read-only; give the service's user write access to the file and its folder"),
    ("read-only", "is read-only; connect to the primary server or grant write access"),
    ("disk is full", "the disk is full; free space, nothing accepted was lost"),
    ("no space left", "the disk is full; free space, nothing accepted was lost"),
    ("disk i/o error", "the disk reports errors or is full; check it (dmesg, df) before going on"),
    ("unable to open", "cannot be opened; check the path and the rights of the service's user"),
    ("not a database", "is not an SQLite database; name another file or move this one away"),
    ("malformed", "is damaged; stop, copy it, and restore a backup (sqlite3 FILE '.recover')"),
    ("database is locked", "stays locked by another process; end that one (fuser FILE shows it)"),
    ("lock timeout", "stays locked by another session; end that one (pg_stat_activity shows it)"),
    (
        "password authentication failed",
        "the server refuses user or password; correct them in the configuration",
    ),
    ('(database|role) ".*" does not exist', "does not exist on the server; create it: createdb, createuser"),
    ("connection failed", "the server cannot be reached; check that it runs and the address is right"),
    ("connection refused", "the server cannot be reached; check that it runs and the address is right"),
    ("could not translate host", "the server's name is unknown; check the address"),
    ("permission denied", "the user may not do this; grant it rights on the database's schema"),
)

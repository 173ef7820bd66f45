"""Opening, refusing, upgrading, waiting and crashing."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta, timezone
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from advisor.errors import StoreError
from advisor.store import Store, open_store
from advisor.store.database import APPLICATION_ID
from advisor.store.migrations import FIRST, STEPS
from tests.store.conftest import HOUR, MINUTE, NOW, accept, claimed, incoming, report

ROOT = Path(__file__).parents[2]
LATEST = FIRST + len(STEPS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "advisor.db"


def opening(path: Path | str) -> Store:
    return open_store(f"sqlite:///{path}" if isinstance(path, Path) else path, NOW, busy=0.2)


def refused(path: Path | str) -> str:
    with pytest.raises(StoreError) as caught:
        opening(path).close()
    return str(caught.value)


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_room_is_made_in_the_log_and_not_in_the_file(path: Path) -> None:
    log = path.with_name("advisor.db-wal")
    with opening(path) as store:
        accept(store, report())
        store.make_room()
        size = log.stat().st_size
        assert size > 1_000 * 4_096
        accept(store, report(pair="US-LB", article="b"))
        assert log.stat().st_size == size
        assert len(store.alerts()) == 2
    assert path.stat().st_size < 1_000_000
    with opening(path) as store:
        assert len(store.alerts()) == 2


def test_on_a_nearly_full_disk_no_room_is_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=9_000_000))
    with opening(path) as store:
        accept(store, report())
        size = path.with_name("advisor.db-wal").stat().st_size
        store.make_room()
        assert path.with_name("advisor.db-wal").stat().st_size == size


def test_the_file_is_ours_written_ahead_and_flushed_at_every_commit(path: Path) -> None:
    with opening(path) as store:
        raw = store._database.writer.raw_connection()
        pragmas = ("application_id", "journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]  # type: ignore[attr-defined]
        raw.close()
    assert values == [APPLICATION_ID, "wal", 2, 1, 200]


def test_readers_cannot_write(path: Path) -> None:
    with (
        opening(path) as store,
        pytest.raises(StoreError, match="read-only"),
        store._database.read() as connection,
    ):
        connection.execute(sa.text("DELETE FROM sources"))


def test_a_newer_database_is_refused(url: str, opened: Callable[[str], Store]) -> None:
    with opened(url)._database.write() as connection:
        connection.execute(sa.text("UPDATE schema_version SET version = 99"))
    with pytest.raises(StoreError, match=rf"newer Advisor \(schema 99, this one knows {LATEST}\); install"):
        open_store(url, NOW)


def test_a_database_of_another_application_is_refused(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE customers (id integer)"))
    engine.dispose()
    with pytest.raises(StoreError, match="another application"):
        open_store(url, NOW)


def test_a_future_step_is_taken_once_and_kept(url: str) -> None:
    def add_colour(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE sources ADD COLUMN colour VARCHAR(10)"))

    open_store(url, NOW).close()
    for _ in range(2):
        with open_store(url, NOW, steps=[*STEPS, add_colour]) as store, store._database.read() as connection:
            connection.execute(sa.text("SELECT colour FROM sources"))
            assert connection.scalar(sa.text("SELECT version FROM schema_version")) == LATEST + 1


def test_a_step_that_fails_leaves_the_database_as_it_was(url: str) -> None:
    def broken(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE sources ADD COLUMN colour VARCHAR(10)"))
        raise RuntimeError("half way")

    open_store(url, NOW).close()
    with pytest.raises(RuntimeError):
        open_store(url, NOW, steps=[*STEPS, broken])
    with open_store(url, NOW) as store, store._database.read() as connection:
        assert "colour" not in {column["name"] for column in sa.inspect(connection).get_columns("sources")}
        assert connection.scalar(sa.text("SELECT version FROM schema_version")) == LATEST


def test_what_cannot_be_a_database_is_said_with_a_remedy(tmp_path: Path) -> None:
    assert "name the file in it" in refused(tmp_path)
    assert f"mkdir -p {tmp_path / 'none'}" in refused(tmp_path / "none" / "a.db")
    text = tmp_path / "notes.txt"
    text.write_text("Groceries: " + "bread " * 500)
    assert f"{text}: is not an SQLite database" in refused(text)
    assert "name a file" in refused("sqlite://")
    assert "mysql is not supported" in refused("mysql://localhost/a")
    assert "not an address" in refused("advisor.db")


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    said = refused("postgresql+psycopg://me:secret@127.0.0.1:9/advisor?connect_timeout=1")
    assert "cannot be reached" in said
    assert "secret" not in said


def _powerless(path: str, answer: Connection) -> None:
    """Tries to open the file as a user who may only read it."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        open_store(f"sqlite:///{path}", NOW).close()
        answer.send("opened")
    except Exception as error:  # noqa: BLE001 - shown by the test
        answer.send(f"{type(error).__name__}: {error}")


def _cramped(path: str, answer: Connection) -> None:
    """Writes until the file may not grow any more."""
    try:
        with open_store(f"sqlite:///{path}", NOW) as store:
            claim = claimed(store)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
            items = [incoming(name=f"a{n}", text="x" * 10_000) for n in range(400)]
            store.accept(claim, items, now=NOW, next_poll_at=NOW, decide=lambda *_: [], owe=lambda _: [])
        answer.send("written")
    except Exception as error:  # noqa: BLE001 - shown by the test
        answer.send(f"{type(error).__name__}: {error}")


def in_a_process(work: Callable[[str, Connection], None], path: Path) -> str:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=work, args=(str(path), theirs))
    process.start()
    assert ours.poll(30)
    answer: str = ours.recv()
    process.join()
    ours.close()
    theirs.close()
    process.close()
    return answer


def test_a_file_that_may_only_be_read_is_refused() -> None:
    folder = Path(mkdtemp(prefix="advisor-"))  # not pytest's: another user must be able to enter
    path = folder / "advisor.db"
    opening(path).close()
    folder.chmod(0o555)
    path.chmod(0o444)
    try:
        answer = in_a_process(_powerless, path)
    finally:
        folder.chmod(0o755)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    assert answer.startswith(f"StoreError: {path}: ")
    assert "read-only" in answer or "cannot be opened" in answer


def test_a_full_disk_is_said_and_leaves_nothing_half_written(path: Path) -> None:
    answer = in_a_process(_cramped, path)
    assert answer.startswith(f"StoreError: {path}: ")
    assert "full" in answer
    with opening(path) as store:
        assert store.counts(NOW).articles == 0
        assert store.sources()[0].last_good is None


def test_a_writer_waits_for_another_process_and_says_when_it_waits_in_vain(path: Path) -> None:
    with open_store(f"sqlite:///{path}", NOW, busy=5) as patient, opening(path) as hasty:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="stays locked"):
            claimed(hasty)
        timer = threading.Timer(0.3, other.execute, ["COMMIT"])
        timer.start()
        started = time.monotonic()
        claimed(patient)
        assert time.monotonic() - started > 0.2
        timer.join()
        other.close()


def test_a_session_that_was_left_open_is_not_waited_for_in_silence(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name != "postgresql":
        pytest.skip("of PostgreSQL; SQLite's locks are above")
    open_store(url, NOW).close()
    with engine.connect() as other, other.begin():
        other.execute(sa.text("LOCK TABLE sources, schema_version IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StoreError, match="stays locked by another session") as caught:
            open_store(url, NOW, busy=0.1)
    assert caught.value.passing
    engine.dispose()
    open_store(url, NOW).close()


def test_reading_goes_on_while_somebody_writes(path: Path) -> None:
    with opening(path) as store:
        accept(store, report())
        with store._database.write():
            assert len(store.alerts()) == 1


def test_a_damaged_file_is_named(path: Path) -> None:
    with opening(path) as store:
        accept(store, report())
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert "damaged" in refused(path)


def test_times_keep_their_microseconds_and_sort_across_zones(store: Store) -> None:
    east = timezone(timedelta(hours=9))
    moment = (NOW + timedelta(microseconds=1)).astimezone(east)
    store.record_unchanged(claimed(store), NOW, moment)
    assert store.claim_due(NOW, "me", MINUTE, 1) == []
    assert store.sources()[0].next_poll_at == moment
    assert len(store.claim_due(NOW + timedelta(microseconds=1), "me", MINUTE, 1)) == 1


def python(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_killed_in_the_middle_of_accept_leaves_all_or_nothing(url: str, opened: Callable[[str], Store]) -> None:
    store = opened(url)
    process = python("tests.store.crash", url)
    assert process.stdout is not None
    assert process.stdout.readline() == "deciding\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert store.alerts() == []
    assert store.deliveries() == []
    assert store.known_articles("bbc", ["guid-bbc-12061200"]) == {}
    assert store.sources()[0].last_good is None
    (change,) = accept(store, report(), now=NOW + HOUR)
    assert change.message is not None


def test_processes_that_start_at_once_agree_and_share_the_work(url: str) -> None:
    processes = [python("tests.store.race", url, f"p{n}") for n in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    names = "".join(answers).split()
    with open_store(url, NOW) as store:
        names += [claim.source_id for claim in store.claim_due(NOW, "rest", MINUTE, 100)]
    assert sorted(names) == sorted(f"s{n}" for n in range(30))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_that_is_cut_is_said_and_the_next_one_works(url: str) -> None:
    with open_store(url, NOW) as store:
        database = store._database
        with pytest.raises(StoreError), database.read() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        store.sources()

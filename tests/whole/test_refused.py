"""A database that refuses for a while: what it refused is done soon afterwards, and a start waits for it in words."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from advisor.clock import utc_now
from advisor.config.settings import load_settings
from advisor.daemon import built_in_time
from advisor.errors import StoreError
from advisor.pipeline.poller import LEASE
from advisor.store import DeliveryState, open_store
from tests.whole.conftest import Build, Shifted
from tests.whole.test_daemon import end, sigterm, start, systemd, until
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World

__all__ = ["systemd"]

QUIET = ("Parliament votes on the budget", "Members debated for two days before they voted.")


class Lock:
    """Another program that holds the database's write lock."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "advisor.db", check_same_thread=False, isolation_level=None)

    def take(self) -> None:
        self._connection.execute("PRAGMA busy_timeout=20000")
        self._connection.execute("BEGIN IMMEDIATE")

    def give(self) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()


def test_a_poll_that_could_not_be_stored_is_made_again_after_seconds(
    world: World, tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.answers["/courier/feed.xml"].after = 1.5
    file = world.settings(tmp_path, "/courier/feed.xml")
    file.write_text(file.read_text().replace("every: 1s", "every: 1h"))
    service, lock, stop = build(file), Lock(tmp_path), threading.Event()
    with open_store(f"sqlite:///{tmp_path}/advisor.db", utc_now(), busy=0.2) as impatient:
        service.poller = replace(service.poller, store=impatient)
        daemon = threading.Thread(target=service.run, args=(stop,))
        daemon.start()
        try:
            until(lambda: world.gets)
            lock.take()
            until(lambda: "store-fault source=courier" in caplog.text)
            lock.give()
            began = time.monotonic()
            until(lambda: world.pushes, 30)
            assert time.monotonic() - began < 15, "its lease would have lasted for five minutes"
        finally:
            stop.set()
            daemon.join()


def test_one_that_was_refused_while_the_clock_ran_ahead_does_not_wait_for_that_time(
    world: World, tmp_path: Path, clock: Shifted, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (*QUIET, now()))
    service, stop, full = build(world.settings(tmp_path, "/courier/feed.xml")), threading.Event(), threading.Event()
    service.once()
    real = service.store

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def accept(self, *what: Any, **how: Any) -> Any:
            if full.is_set():
                raise StoreError("the disk is full; free space, nothing accepted was lost")
            return real.accept(*what, **how)

    service.poller = replace(service.poller, store=Full())  # type: ignore[arg-type]
    world.feed("/courier/feed.xml", (*QUIET, now()), (CALL, TEXT, now()))
    full.set()
    clock.by = timedelta(days=1)
    daemon = threading.Thread(target=service.run, args=(stop,))
    daemon.start()
    try:
        until(lambda: caplog.text.count("store-fault source=courier") == 2, 30)
        time.sleep(1.5)  # for whatever is written about it
        clock.by = timedelta()
        full.clear()
        until(lambda: world.pushes, 15)
    finally:
        stop.set()
        daemon.join()


def test_one_that_is_refused_again_and_again_is_asked_for_seldom(
    world: World, tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service, stop = build(world.settings(tmp_path, "/courier/feed.xml")), threading.Event()

    class Full:
        """A store with room for small things only."""

        def __getattr__(self, name: str) -> object:
            return getattr(service.store, name)

        def accept(self, *_: object, **__: object) -> None:
            raise StoreError("the disk is full; free space, nothing accepted was lost")

    service.poller = replace(service.poller, store=Full())  # type: ignore[arg-type]
    daemon = threading.Thread(target=service.run, args=(stop,))
    daemon.start()
    time.sleep(12)
    stop.set()
    daemon.join()
    assert 2 <= len([path for path, _ in world.gets if path == "/courier/feed.xml"]) <= 4


def test_a_push_whose_beginning_could_not_be_written_goes_out_after_seconds(
    world: World, tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service, lock = build(world.settings(tmp_path, "/courier/feed.xml")), Lock(tmp_path)
    for claim in service.store.claim_due(service.clock(), "x", LEASE, 9):
        service.poller.poll(claim)
    (delivery,) = service.sender.claim("me")
    with open_store(f"sqlite:///{tmp_path}/advisor.db", utc_now(), busy=0.2) as impatient:
        lock.take()
        threading.Timer(2, lock.give).start()
        began = time.monotonic()
        replace(service.sender, store=impatient).send(delivery)
    assert time.monotonic() - began < 15
    assert f"store-fault delivery={delivery.id} begin" in caplog.text
    assert len(world.pushes) == 1
    (row,) = service.store.deliveries()
    assert (row.state, row.ambiguous, len(row.attempts)) == (DeliveryState.DELIVERED, False, 1)


def test_a_stop_does_not_wait_for_what_the_database_refuses_to_begin(
    world: World, tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service, stop = build(world.settings(tmp_path, "/courier/feed.xml")), threading.Event()

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(service.store, name)

        def begin_attempt(self, *_: object) -> bool:
            raise StoreError("the disk is full; free space, nothing accepted was lost")

    service.sender = replace(service.sender, store=Full())  # type: ignore[arg-type]
    daemon = threading.Thread(target=service.run, args=(stop,))
    daemon.start()
    until(lambda: "begin the disk is full" in caplog.text)
    began = time.monotonic()
    stop.set()
    daemon.join()
    assert time.monotonic() - began < 20
    assert world.pushes == []
    build(tmp_path / "advisor.yaml").once()
    assert len(world.pushes) == 1


def test_a_start_waits_for_a_locked_database_tells_systemd_and_goes_on(
    world: World, tmp_path: Path, systemd: socket.socket, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    build(file)
    lock = Lock(tmp_path)
    lock.take()
    daemon = start(file, tmp_path)
    try:
        systemd.settimeout(60)
        waits = systemd.recv(1000).decode()
        assert waits.startswith("STATUS=Waits for its database.")
        assert "stays locked by another process; end that one" in waits
        assert "\nEXTEND_TIMEOUT_USEC=" in waits
        lock.give()
        until(lambda: systemd.recv(1000) == b"READY=1")
        until(lambda: world.pushes)
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0
    assert "store-waits" in errors


def test_a_server_that_is_not_there_is_waited_for_until_sigterm(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    pytest.importorskip("psycopg")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = world.settings(tmp_path, "/courier/feed.xml")
    address = f"postgresql+psycopg://advisor@127.0.0.1:{port}/advisor"
    file.write_text(file.read_text().replace(f"sqlite:///{tmp_path}/advisor.db", address))
    daemon = start(file, tmp_path)
    try:
        assert "the server cannot be reached; check that it runs" in systemd.recv(1000).decode()
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0
    assert "Traceback" not in errors


def test_a_database_that_no_waiting_helps_ends_the_start_at_once_with_a_sentence(world: World, tmp_path: Path) -> None:
    file = world.settings(tmp_path, "/courier/feed.xml")
    (tmp_path / "advisor.db").write_text("Groceries: " + "bread " * 500)
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "run", "--config", str(file)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "is not an SQLite database; name another file" in done.stderr
    assert "Traceback" not in done.stderr
    assert "store-waits" not in done.stderr


def test_what_is_waited_for_in_vain_ends_the_start_as_failed(world: World, tmp_path: Path, build: Build) -> None:
    file = world.settings(tmp_path, "/courier/feed.xml")
    build(file)
    lock = Lock(tmp_path)
    lock.take()
    try:
        with pytest.raises(StoreError, match="stays locked"):
            built_in_time(load_settings(file), threading.Event(), within=0.0)
    finally:
        lock.give()

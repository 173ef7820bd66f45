"""Polls that brought nothing are written together; neither a stop nor a busy database loses them."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from advisor.clock import utc_now
from advisor.config.settings import load_settings
from advisor.errors import StoreError
from advisor.model import SourceState
from advisor.service import Service
from tests.whole.test_path import now
from tests.whole.world import World


@pytest.fixture
def service(world: World, tmp_path: Path) -> Service:
    """One that has read its feed, ten minutes later."""
    world.feed("/courier/feed.xml", ("A quiet day", "Nothing happened.", now()))
    by = timedelta()
    made = Service.build(load_settings(world.settings(tmp_path, "/courier/feed.xml")), lambda: utc_now() + by)
    made.once()
    by = timedelta(minutes=10)
    return made


def test_a_stop_keeps_what_the_last_polls_found(service: Service, world: World, tmp_path: Path) -> None:
    (before,) = service.store.sources()
    stop = threading.Event()
    running = threading.Thread(target=service.run, args=(stop,))
    running.start()
    until = time.monotonic() + 30
    while len(world.gets) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    running.join(60)
    with sqlite3.connect(tmp_path / "advisor.db") as looked:
        ((state, last_good, owner),) = looked.execute("SELECT state, last_good, lease_owner FROM sources")
    assert (state, owner) == (SourceState.UNCHANGED, None)
    assert before.last_good is not None
    assert last_good > before.last_good.isoformat()


def test_what_a_locked_database_refused_is_written_later(service: Service, tmp_path: Path) -> None:
    (claim,) = service.due.claim(1)
    service.poller.poll(claim)
    with sqlite3.connect(tmp_path / "advisor.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            service.due.claim(1)
        other.execute("ROLLBACK")
    service.due.settle()
    (row,) = service.store.sources()
    service.close()
    assert row.state is SourceState.UNCHANGED

"""A call that only the press has: its government's own sources are asked at once, and more often while it is fresh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from advisor.clock import utc_now
from advisor.config.settings import load_settings
from advisor.service import Service
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import Answer, World

OFFICIAL = "/ministry/feed.xml"
PRESS = "/courier/feed.xml"
QUIET = ("A quiet day", "Nothing happened.")


class Running:
    """The service over a press feed and ministries that are asked once an hour; its clock goes forward by hand."""

    def __init__(self, world: World, folder: Path) -> None:
        file = folder / "advisor.yaml"
        file.write_text(
            f"database: sqlite:///{folder}/advisor.db\n"
            "sources:\n"
            f"  - {{feed: '{world.address}{PRESS}', publisher: courier, every: 5m, id: courier}}\n"
            f"  - {{feed: '{world.address}{OFFICIAL}', official: FR, every: 1h, id: fr, full_text: never}}\n"
            f"  - {{feed: '{world.address}/other.xml', official: DE, every: 1h, id: de, full_text: never}}\n"
            "fetch: {allow_networks: ['127.0.0.0/8']}\n"
            f"receivers:\n  phone: {{url: 'json://{world.host}/phone'}}\nroutes:\n  - to: [phone]\n"
        )
        self.world = world
        self.by = timedelta()
        self.service = Service.build(load_settings(file), self.clock)

    def clock(self) -> datetime:
        return utc_now() + self.by

    def after(self, by: timedelta) -> list[str]:
        """What is asked in a pass so much later."""
        self.by += by
        before = len(self.world.gets)
        self.service.once()
        return [path for path, _ in self.world.gets[before:]]


@pytest.fixture
def running(world: World, tmp_path: Path) -> Iterator[Running]:
    for path in (PRESS, OFFICIAL, "/other.xml"):
        world.feed(path, (*QUIET, now()))
    made = Running(world, tmp_path)
    made.service.once()
    yield made
    made.service.close()


def next_poll(running: Running, source: str) -> datetime:
    (row,) = [row for row in running.service.store.sources() if row.id == source]
    assert row.next_poll_at is not None
    return row.next_poll_at


def due_later(running: Running) -> None:
    """Far enough from the ministries' own turns that only attention brings them forward."""
    for name in ("fr", "de"):
        (claim,) = [
            claim
            for claim in running.service.store.claim_due(
                running.clock() + timedelta(hours=3), "test", timedelta(seconds=1), 9
            )
            if claim.source_id == name
        ] or [None]
        if claim is not None:
            running.service.store.record_unchanged(claim, running.clock(), running.clock() + timedelta(hours=3))
    running.service.store.release("test")


def test_a_call_that_only_the_press_has_is_looked_for_at_its_government_at_once(world: World, running: Running) -> None:
    due_later(running)
    world.feed(PRESS, (CALL, TEXT, now()))
    world.feed(OFFICIAL, ("Mali", "Nous appelons nos ressortissants à quitter le Mali sans délai.", now()))
    asked = running.after(timedelta(minutes=15))
    assert asked.count(OFFICIAL) == 1
    assert asked.count("/other.xml") == 0
    (alert,) = running.service.store.alerts()
    assert alert.official_severity is not None


def test_a_government_that_asked_for_a_pause_is_left_in_peace(world: World, running: Running) -> None:
    world.answers[OFFICIAL] = Answer(b"", 429, headers={"Retry-After": "7200"})
    running.after(timedelta(minutes=90))
    world.feed(PRESS, (CALL, TEXT, now()))
    assert OFFICIAL not in running.after(timedelta(minutes=15))


def test_a_call_that_the_government_itself_made_hastens_nothing(world: World, running: Running) -> None:
    due_later(running)
    world.feed(PRESS, *[(CALL, TEXT, now())])
    running.service.poller = replace(running.service.poller, sources={
        **running.service.poller.sources, "courier": replace(running.service.poller.sources["courier"], official="FR"),
    })  # fmt: skip
    assert OFFICIAL not in running.after(timedelta(minutes=15))


def test_while_a_call_is_fresh_its_government_is_asked_more_often_than_others(world: World, running: Running) -> None:
    world.feed(PRESS, (CALL, TEXT, now()))
    running.after(timedelta(minutes=90))
    running.after(timedelta(minutes=90))
    assert next_poll(running, "fr") - running.clock() <= timedelta(minutes=35)
    running.after(timedelta(days=2))
    running.after(timedelta(hours=2))
    assert next_poll(running, "fr") - running.clock() > timedelta(minutes=25)


def test_now_and_then_a_source_is_asked_without_conditions(world: World, running: Running) -> None:
    body = world.answers[PRESS].body
    world.answers[PRESS] = Answer(body, headers={"ETag": '"frozen"'})
    running.after(timedelta(minutes=10))
    before = len(world.gets)
    for _ in range(50):
        running.after(timedelta(minutes=10))
    asked = [headers for path, headers in world.gets[before:] if path == PRESS]
    free = [headers for headers in asked if "if-none-match" not in headers]
    assert len(asked) >= 40
    assert 1 <= len(free) <= 2

"""The made-up call of the start goes all the way, and leaves nothing: no alert, no push, no line about it."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from advisor.pipeline.rehearsal import rehearse
from tests.whole.conftest import Build, Shifted
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World


def test_it_goes_all_the_way_and_leaves_nothing(
    world: World, tmp_path: Path, build: Build, clock: Shifted, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    before = service.store.sources()
    caplog.set_level(logging.INFO)
    assert rehearse(service.poller, service.sender, clock()) == 1
    assert (service.store.alerts(), service.store.deliveries(), world.pushes) == ([], [], [])
    assert service.store.sources() == before
    assert not [record for record in caplog.records if record.name.startswith("advisor")]


def test_what_is_called_behind_it_is_told_as_ever(world: World, tmp_path: Path, build: Build, clock: Shifted) -> None:
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    rehearse(service.poller, service.sender, clock())
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service.once()
    rehearse(service.poller, service.sender, clock())
    clock.by += timedelta(minutes=5)
    service.once()
    assert [title for _, title, _ in world.pushes] == ["MALI: France urges its citizens to leave now"]


def test_a_silence_over_everything_holds_it_too(world: World, tmp_path: Path, build: Build, clock: Shifted) -> None:
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.store.add_silence({}, clock() + timedelta(hours=1), clock())
    assert rehearse(service.poller, service.sender, clock()) == 0

"""Whose clock is wrong, who hears it, and what it must not cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from advisor.pipeline.clocks import Clocks
from tests.whole.conftest import Build, Shifted
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.mark.parametrize(
    ("theirs", "ahead"),
    [
        ([], None),
        ([NOON - HOUR], None),  # one server may be wrong
        ([NOON, NOON], timedelta()),
        ([NOON - timedelta(minutes=2), NOON], timedelta()),
        ([NOON - HOUR, NOON - HOUR, NOON], HOUR),
        ([NOON + HOUR, NOON + HOUR], -HOUR),
        ([NOON - HOUR, NOON], None),  # nobody knows who is right
        ([NOON - HOUR, NOON, NOON], timedelta()),
    ],
)
def test_several_servers_that_agree_are_believed(theirs: list[datetime], ahead: timedelta | None) -> None:
    clocks = Clocks()
    for number, at in enumerate(theirs):
        clocks.note(f"host{number}", NOON, at)
    assert clocks.ahead() == ahead


def two_hosts(world: World, folder: Path) -> Path:
    """Two feeds on two names of the same server, and an operator."""
    file = world.settings(folder, "/courier/feed.xml", "/herald/feed.xml", receivers=("phone", "operator"))
    elsewhere = world.address.replace("127.0.0.1", "127.0.0.2")
    text = file.read_text().replace(f"{world.address}/herald", f"{elsewhere}/herald")
    file.write_text(text)
    return file


@pytest.fixture
def worldwide() -> object:
    made = World(host="0.0.0.0")
    yield made
    made.close()


def test_the_operator_hears_of_a_wrong_clock_once_and_when_it_is_right_again(
    worldwide: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world = worldwide
    for path in ("/courier/feed.xml", "/herald/feed.xml"):
        world.feed(path, ("Football: Lyon wins", "A fine evening.", now()))
    service = build(two_hosts(world, tmp_path))
    service.once()
    assert world.pushes == []
    clock.by = 3 * HOUR
    for _ in range(2):
        service.once()
        clock.by += timedelta(minutes=5)
    (told,) = world.pushes
    assert told[0] == "/operator"
    assert "this machine's clock is 3 hours ahead" in told[1]
    clock.by = timedelta()
    service.once()
    assert [title for _, title, _ in world.pushes[1:]] == ["Advisor: this machine's clock is right again"]


def test_a_call_read_while_the_clock_was_a_year_ahead_rings_at_once_when_servers_agree(
    worldwide: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world = worldwide
    for path in ("/courier/feed.xml", "/herald/feed.xml"):
        world.feed(path, ("Football: Lyon wins", "A fine evening.", now()))
    service = build(two_hosts(world, tmp_path))
    service.once()
    clock.by = YEAR
    service.once()
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    clock.by += timedelta(minutes=5)
    service.once()
    assert [title for path, title, _ in world.pushes if path == "/phone"] == [
        "LATE, MALI: France urges its citizens to leave now"
    ]


def test_a_call_first_read_while_the_clock_ran_ahead_rings_when_it_is_right(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", ("Football: Lyon wins", "A fine evening.", now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    clock.by = YEAR
    service.once()
    clock.by += timedelta(minutes=5)
    old = format_datetime(datetime.now(UTC) - timedelta(days=30))
    norway = (
        "Norway urges its citizens to leave Chad",
        "Norway urged its citizens on Friday to leave Chad immediately.",
    )
    world.feed("/courier/feed.xml", (CALL, TEXT, now()), (*norway, old))
    service.once()
    assert world.pushes == []
    clock.by = timedelta()
    for _ in range(2):
        service.once()
    assert [title for _, title, _ in world.pushes] == ["MALI: France urges its citizens to leave now"]


def test_what_waited_for_a_time_set_by_a_clock_ahead_does_not_wait_a_year(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    file.write_text(file.read_text() + "    as: digest\n")
    service = build(file)
    clock.by = YEAR - timedelta(days=364)  # a day: the call is still young
    service.once()
    assert world.pushes == []
    clock.by = timedelta()
    service.once()
    assert len(world.pushes) == 1

"""After a rules upgrade what came in lately is read again, and told as late; nothing is told twice."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest

from advisor.cli import main
from tests.whole.test_daemon import start, until
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World

CLOSED = "The airport of Damascus was closed after strikes nearby."
RULE = "watchwords:\n  - {id: airport-closed, title: Airport closed, phrases: [airport .. closed]}\n"


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Path:
    """An operator's file with an empty rules folder; a paper that has written of a closed airport."""
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    world.feed("/courier/feed.xml", (CALL, TEXT, now()), ("Strikes on Damascus", CLOSED, now(30)))
    return world.settings(tmp_path, "/courier/feed.xml", extra="rules: mine\n")


def upgrade(settings: Path, text: str = RULE) -> None:
    (settings.parent / "mine" / "rules" / "own.yaml").write_text(text)


def titles(world: World) -> list[str]:
    return [title for _, title, _ in world.pushes]


def test_what_newer_rules_find_in_known_articles_is_told_late_and_once(world: World, settings: Path) -> None:
    assert main(["poll", "--config", str(settings)]) == 0
    assert titles(world) == ["MALI: France urges its citizens to leave now"]
    upgrade(settings)
    for _ in range(2):
        assert main(["poll", "--config", str(settings)]) == 0
    assert titles(world)[1:] == ["LATE, SYRIA: Airport closed"]
    assert "Found by newer rules in what came in before." in world.pushes[1][2]
    assert CLOSED.rstrip(".") in world.pushes[1][2]


def test_an_upgrade_that_finds_nothing_new_tells_nothing(world: World, settings: Path) -> None:
    assert main(["poll", "--config", str(settings)]) == 0
    upgrade(settings, "rules:\n  - {id: leave-told, why: in other words}\n")
    assert main(["poll", "--config", str(settings)]) == 0
    upgrade(settings, "rules:\n  - {id: leave-told, act: shelter}\n  - {id: leave-headline, act: shelter}\n")
    assert main(["poll", "--config", str(settings)]) == 0
    assert len(world.pushes) == 1


def test_what_is_older_than_max_age_is_left_alone(world: World, settings: Path) -> None:
    world.feed("/courier/feed.xml", ("Strikes on Damascus", CLOSED, now(60 * 50)))
    assert main(["poll", "--config", str(settings)]) == 0
    upgrade(settings)
    assert main(["poll", "--config", str(settings)]) == 0
    assert world.pushes == []


def test_a_database_of_before_this_was_kept_is_read_again(world: World, settings: Path) -> None:
    assert main(["poll", "--config", str(settings)]) == 0
    upgrade(settings)
    with sqlite3.connect(settings.parent / "advisor.db") as raw:
        raw.execute("DROP TABLE marks")
        raw.execute("UPDATE schema_version SET version = 3")
    raw.close()
    assert main(["poll", "--config", str(settings)]) == 0
    assert titles(world)[1:] == ["LATE, SYRIA: Airport closed"]


def test_a_reload_reads_again_while_the_service_runs(world: World, settings: Path, tmp_path: Path) -> None:
    service = start(settings, tmp_path)
    try:
        until(lambda: len(world.pushes) == 1)
        upgrade(settings)
        service.send_signal(signal.SIGHUP)
        until(lambda: len(world.pushes) == 2)
        assert titles(world)[1] == "LATE, SYRIA: Airport closed"
        world.feed("/courier/feed.xml", (CALL.replace("Mali", "Niger"), TEXT.replace("Mali", "Niger"), now()))
        until(lambda: len(world.pushes) == 3)
    finally:
        service.terminate()
        _, errors = service.communicate(timeout=30)
    assert service.returncode == 0
    assert errors.count("reread articles=2 otherwise=1 changes=1 told=1") == 1

"""A row of the database that cannot be read: named with its remedy, and no reason for anything else to stop."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.whole.conftest import Build, Shifted
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World

MALI = (CALL, TEXT)
SUDAN = (
    "Germany urges its citizens to leave Sudan immediately",
    TEXT.replace("French", "German").replace("Mali", "Sudan"),
)
STRONGER = ("France orders embassy staff to leave Mali", "The French foreign ministry ordered its embassy staff in Mali "
            "to leave the country on Friday, a spokesman said.")  # fmt: skip


def advisor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advisor", *words], capture_output=True, text=True, timeout=60, check=False
    )


def damage(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "advisor.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


ROW = "UPDATE alerts SET alert = '{\"id\": \"FR' WHERE id LIKE 'FR-ML-%'"
CHANGES = "UPDATE changes SET change = 'null' WHERE alert_id LIKE 'FR-ML-%'"


@pytest.mark.parametrize(
    ("statements", "shown", "words"),
    [
        ([ROW], {"ML", "SD"}, "taken as its last change left it"),
        ([ROW, CHANGES], {"SD"}, "the next call of FR about ML rings as a new one. Restore a backup"),
        (["UPDATE alerts SET alert = 'null' WHERE id LIKE 'FR-ML-%'", CHANGES], {"SD"}, "left out"),
    ],
)
def test_alerts_and_sources_name_it_show_the_others_and_end_as_failed(
    world: World, tmp_path: Path, build: Build, statements: list[str], shown: set[str], words: str
) -> None:
    world.feed("/courier/feed.xml", (*MALI, now()), (*SUDAN, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    build(file).once()
    damage(tmp_path, *statements)
    alerts, sources = (advisor(command, "--json", "--config", str(file)) for command in ("alerts", "sources"))
    rows = [json.loads(line) for line in alerts.stdout.splitlines()]
    assert {row["alert"][3:5] for row in rows} == shown
    assert [json.loads(line)["source"] for line in sources.stdout.splitlines()] == ["courier-feed.xml"]
    for done in (alerts, sources):
        assert done.returncode == 1
        assert "alert FR-ML-" in done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert advisor("deliveries", "--config", str(file)).returncode == 0


def test_the_service_goes_on_tells_the_operator_once_and_writes_the_row_anew(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (*MALI, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator")))
    service.once()
    damage(tmp_path, ROW)
    for _ in range(3):
        clock.by += timedelta(minutes=5)
        service.once()
    (told,) = [(title, body) for path, title, body in world.pushes if path == "/operator"]
    assert "damaged in the database: FR-ML-" in told[0]
    assert "PRAGMA integrity_check" in told[1]
    world.feed("/courier/feed.xml", (*MALI, now()), (*SUDAN, now()), (*STRONGER, now()))
    clock.by += timedelta(minutes=5)
    service.once()
    rung = [title for path, title, _ in world.pushes if path == "/phone"][1:]
    assert len(rung) == 2
    assert any("SUDAN" in title for title in rung)
    assert any("UPDATE 1, MALI" in title for title in rung), "known as before"
    clock.by += timedelta(minutes=5)
    service.once()
    assert [title for path, title, _ in world.pushes if path == "/operator"][1:] == [
        f"Advisor: whole again in the database: {told[0].rpartition(' ')[2]}"
    ]


def test_where_nothing_of_an_alert_can_be_read_the_next_call_rings(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (*MALI, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    damage(tmp_path, ROW, CHANGES)
    world.feed("/courier/feed.xml", (*MALI, now()), (*STRONGER, now()), (*SUDAN, now()))
    clock.by += timedelta(minutes=5)
    service.once()
    rung = [title for _, title, _ in world.pushes][1:]
    assert any(title.startswith("MALI: France") for title in rung), rung
    assert any("SUDAN" in title for title in rung)

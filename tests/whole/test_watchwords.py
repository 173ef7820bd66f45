"""An operator's own kind from a feed to the telephone: gate, alert, route, proof, and the commands that show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.cli import main
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import World

OWN = """watchwords:
  - id: airport-closed
    title: Airport closed
    phrases: [airport .. closed]
    severity: severe
  - id: our-site
    title: Our site named
    phrases: [al furat]
    about: SY
"""
CLOSED = "The airport of Damascus was closed on Friday after strikes nearby."


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Path:
    """Two papers, a telephone that wants closed airports only, and another that wants everything."""
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "own.yaml").write_text(OWN)
    file = world.settings(
        tmp_path, "/courier/feed.xml", "/herald/feed.xml", extra="rules: mine\n", receivers=("a", "b")
    )
    route = "  - match: {kind: [airport-closed]}\n    to: [a]\n    as: wake\n  - to: [b]\n"
    file.write_text(file.read_text().replace("  - to: [a, b]\n", route))
    for name in ("courier", "herald"):
        world.feed(f"/{name}/feed.xml", (f"{name}: strikes on Damascus", f"{CLOSED} So the {name} says.", now()))
    return file


def test_two_papers_about_one_closed_airport_are_one_push_on_the_route_of_its_kind(
    world: World, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "--config", str(settings)]) == 0
    assert sorted(path for path, _, _ in world.pushes) == ["/a", "/b"]
    _, title, body = world.pushes[0]
    assert title == "SYRIA: Airport closed"
    assert f"“{CLOSED.rstrip('.')}”" in body
    assert "Found by a rule of your own; no government speaks." in body
    assert "official" not in body
    capsys.readouterr()
    assert main(["alerts", "--config", str(settings), "--json"]) == 0
    (alert,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (alert["issuer"], alert["destination"], alert["kinds"]) == (None, "SY", ["airport-closed"])
    assert alert["alert"].startswith("airport-closed-SY-")
    assert len(alert["reports"]) == 2
    assert main(["poll", "--config", str(settings)]) == 0
    assert len(world.pushes) == 2


def test_own_kinds_and_calls_of_governments_are_events_of_their_own(world: World, settings: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()), ("Al Furat", "Rockets fell near Al Furat.", now()))
    assert main(["poll", "--config", str(settings)]) == 0
    titles = sorted((path, title.partition(": ")[2]) for path, title, _ in world.pushes)
    assert titles == [
        ("/a", "Airport closed"),
        ("/b", "Airport closed"),
        ("/b", "France urges its citizens to leave now"),
        ("/b", "Our site named"),
    ]


def test_a_route_names_kinds_that_exist(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text(settings.read_text().replace("[airport-closed]", "[airport-shut]"))
    assert main(["check", "--config", str(settings)]) == 2
    said = capsys.readouterr().err
    assert f"{settings}:" in said
    assert "unknown kind 'airport-shut' (leave, evacuation," in said
    assert "airport-closed, our-site)" in said


def test_a_silence_holds_an_own_kind(world: World, settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["silence", "add", "--kind", "airport-shut", "--config", str(settings)]) == 2
    assert main(["silence", "add", "--kind", "airport-closed", "--config", str(settings)]) == 0
    assert main(["poll", "--config", str(settings)]) == 0
    assert world.pushes == []


def test_a_false_alarm_of_an_own_kind_is_withdrawn(
    world: World, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["poll", "--config", str(settings)]) == 0
    capsys.readouterr()
    main(["alerts", "--config", str(settings), "--json"])
    name = json.loads(capsys.readouterr().out)["alert"]
    assert main(["retract", name, "--why", "a drill", "--config", str(settings)]) == 0
    assert main(["poll", "--config", str(settings)]) == 0
    assert [title for path, title, _ in world.pushes if path == "/a"][1:] == [
        "UPDATE 1, SYRIA: false alarm about Airport closed, withdrawn"
    ]


def test_detect_replay_and_explain_show_an_own_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yaml").write_text(OWN)
    articles = tmp_path / "articles.jsonl"
    lines = [
        {"id": name, "title": CLOSED, "text": name, "publisher": name, "published": f"2024-12-0{day}"}
        for day, name in enumerate(("ap", "afp"), 6)
    ]
    articles.write_text("".join(json.dumps(line) + "\n" for line in lines))
    mine = ["--rules", str(tmp_path)]
    assert main(["detect", str(articles), "--json", *mine]) == 0
    answers = [json.loads(line)["advisories"][0] for line in capsys.readouterr().out.splitlines()]
    assert [(it["issuer"], it["destination"], it["kind"]) for it in answers] == [(None, "SY", "airport-closed")] * 2
    assert main(["replay", str(articles), "--json", *mine]) == 0
    changes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(it["issuer"], it["kinds"], it["message"]) for it in changes] == [
        (None, ["airport-closed"], "1"), (None, ["airport-closed"], None),
    ]  # fmt: skip
    text = tmp_path / "a.txt"
    text.write_text(f"Strikes\n\n{CLOSED}")
    assert main(["explain", str(text), *mine]) == 0
    said = capsys.readouterr().out
    assert "→ nobody → SY airport-closed severe" in said
    assert "airport-closed on “airport of Damascus was closed”" in said

"""The measure of event gathering: what it calls good, and what each kind of mistake costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from advisor.evaluate import Gathering, Oracle, gathered, happened
from advisor.model import Article
from advisor.replay import Past, moment, replay

OPEN = {"kind": "leave", "severity": "severe", "current": True}
NORWAY, DENMARK = {"issuer": "NO", "destination": "ET", **OPEN}, {"issuer": "DK", "destination": "ET", **OPEN}


def line(name: str, at: str, *events: str | None, advisories: tuple[dict[str, Any], ...] = (NORWAY,)) -> dict[str, Any]:
    title = "Norway urges its citizens to leave Ethiopia"
    labels = list(advisories) if events else []
    return {
        "id": name,
        "published": at,
        "title": title,
        "text": "",
        "advisories": labels,
        "advisory_events": list(events),
    }


def score(*lines: dict[str, Any]) -> Gathering:
    items = [found for fields in lines if (found := happened(fields))]
    past = [
        Past(
            fields["id"],
            Article(title=fields["title"], text="", source_id=fields["id"], publisher=fields["id"]),
            moment(fields["published"]),
        )
        for fields in lines
    ]
    return gathered(items, replay(past, Oracle(items)))


def test_articles_of_one_event_in_one_alert_are_perfect_and_one_push() -> None:
    found = score(line("a", "2021-11-05", "one"), line("b", "2021-11-06", "one"))
    assert (found.precision, found.recall, found.pushes_per_event) == (1, 1, 1)
    assert found.errors == []


def test_an_article_about_two_events_belongs_to_both() -> None:
    both = line("b", "2021-11-06", "one", "two", advisories=(NORWAY, DENMARK))
    found = score(line("a", "2021-11-05", "one"), both)
    assert (found.precision, found.recall, found.events, found.alerts) == (1, 1, 2, 2)


def test_two_events_in_one_alert_cost_precision_and_are_named() -> None:
    found = score(line("a", "2021-11-05", "one"), line("b", "2021-11-06", "two"))
    assert (found.precision, found.recall) == (0.5, 1)
    assert len(found.errors) == 1
    assert "mixes one, two" in found.errors[0]


def test_one_event_in_two_alerts_costs_recall_and_a_push() -> None:
    later = {**line("b", "2021-12-05", "one"), "title": "Oslo says it again: Norwegians must get out of Ethiopia now"}
    found = score(line("a", "2021-11-05", "one"), later)
    assert (found.precision, found.recall, found.pushes_per_event) == (1, 0.5, 2)
    assert "one is in NO-ET-" in found.errors[0]


def test_what_is_told_because_something_changed_is_counted_apart() -> None:
    staff = {**NORWAY, "kind": "staff_departure"}
    found = score(line("a", "2021-11-05", "one"), line("b", "2021-11-06", "one", advisories=(staff,)))
    assert found.told == {"opened": 1, "widened": 1}
    assert found.pushes_per_event == 1


def test_an_event_that_is_only_recalled_is_none() -> None:
    found = score(line("a", "2021-11-05", None, advisories=({**NORWAY, "current": False},)))
    assert (found.events, found.alerts) == (0, 0)


def test_events_and_advisories_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="2 events for 1 advisories"):
        happened(line("a", "2021-11-05", "one", "two"))


def test_the_command_prints_both_figures(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    lines = [line("a", "2021-11-05", "one"), line("b", "2021-11-06", "one")]
    file.write_text("\n".join(json.dumps(fields) for fields in lines))
    words = [sys.executable, "-m", "advisor", "evaluate", str(file)]
    done = subprocess.run([*words, "--json"], capture_output=True, text=True, check=True)
    gathering = json.loads(done.stdout)["gathering"]
    for way in ("given_the_labels", "end_to_end"):
        assert gathering[way]["bcubed"]["f1"] == 1
        assert gathering[way]["pushes_per_event"] == 1
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "given the labels" in done.stdout

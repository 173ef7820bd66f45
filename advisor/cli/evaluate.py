"""`advisor evaluate GOLD.jsonl`: how well labelled articles are answered, and gathered into events."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from advisor.cli.lines import article_of, json_lines
from advisor.cli.replay import past_of
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.errors import AdvisorError
from advisor.evaluate import (
    Gathering,
    Happened,
    Labelled,
    Oracle,
    Scores,
    Tally,
    described,
    gathered,
    gathering_described,
    happened,
    labelled,
    score,
)
from advisor.replay import Past, replay

_WORST = 20


@dataclass(slots=True)
class _Gold:
    """What the files hold, and what is wrong with them."""

    articles: list[Labelled] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)  # of the articles whose events are named
    faults: list[str] = field(default_factory=list)
    unlabelled: int = 0  # lines without `advisories`


def run(options: argparse.Namespace) -> int:
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    gold = _gold([Path(name) for name in options.gold])
    if not gold.articles and not gold.faults:
        gold.faults.append(f"{', '.join(options.gold)}: no labelled article in it, so nothing was measured")
    scores = score(gold.articles, detector.detect)
    gathering = {
        "given the labels": gathered(gold.events, replay(gold.past, Oracle(gold.events))),
        "end to end": gathered(gold.events, replay(gold.past, detector)),
    } if gold.events else {}  # fmt: skip
    for fault in gold.faults:
        print(fault, file=sys.stderr)
    if gold.unlabelled:
        print(f"note: {gold.unlabelled} lines have no `advisories`; nothing is expected of them", file=sys.stderr)
    if options.json:
        found = {name.replace(" ", "_"): gathering_described(it) for name, it in gathering.items()}
        print(json.dumps({**described(scores), **({"gathering": found} if found else {})}, ensure_ascii=False))
    else:
        _table(scores)
        _gathering_table(gathering)
    if options.floor is not None and scores.triple.f1 < options.floor:
        print(f"triple F1 {scores.triple.f1:.3f} is below the floor {options.floor:.3f}", file=sys.stderr)
        return 1
    return 1 if gold.faults else 0


def _gold(paths: list[Path]) -> _Gold:
    gold = _Gold()
    for path in paths:
        try:
            with path.open("rb") as stream:
                for number, (fields, fault) in enumerate(json_lines(stream), 1):
                    if fields is None:
                        gold.faults.append(f"{path}: {fault}")
                        continue
                    try:
                        item, event = labelled(fields, article_of(fields)), happened(fields)
                    except ValueError as error:
                        gold.faults.append(f"{path}: line {number}: {error}")
                        continue
                    if item is not None:
                        gold.articles.append(item)
                        gold.unlabelled += fields.get("advisories") is None
                    if event is not None:
                        gold.events.append(event)
                        gold.past.append(past_of(fields, number))
        except OSError as error:
            raise AdvisorError(f"{path} cannot be read: {error.strerror}") from error
    return gold


def _gathering_table(gathering: dict[str, Gathering]) -> None:
    from rich.console import Console
    from rich.table import Table

    if not gathering:
        return
    console = Console()
    columns = ("events gathered", "B³ precision", "B³ recall", "B³ F1", "events", "told", "alerts", "pushes an event")
    table = Table(*columns, box=None, pad_edge=False)
    for name, it in gathering.items():
        table.add_row(
            name, f"{it.precision:.3f}", f"{it.recall:.3f}", f"{it.f1:.3f}", str(it.events), str(it.told_events),
            str(it.alerts), f"{it.pushes_per_event:.3f}",
        )  # fmt: skip
    console.print(table)
    for name, it in gathering.items():
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(it.told.items()))
        console.print(f"{name}: {it.messages} messages ({reasons}); {it.false_rings} about no event", markup=False)
        for error in it.errors[:_WORST]:
            console.print(f"    {error}", markup=False)


def _table(scores: Scores) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("", "precision", "recall", "F1", "found", "false", "missed", box=None, pad_edge=False)

    def row(name: str, tally: Tally) -> None:
        table.add_row(
            name, f"{tally.precision:.3f}", f"{tally.recall:.3f}", f"{tally.f1:.3f}",
            str(tally.hits), str(tally.false), str(tally.missed),
        )  # fmt: skip

    row("document", scores.document)
    row("destination", scores.destination)
    row("issuer, destination, kind", scores.triple)
    for kind, tally in sorted(scores.kinds.items()):
        row(f"  {kind}", tally)
    for language, tallies in sorted(scores.languages.items()):
        for name, tally in zip(("document", "triple"), tallies, strict=True):
            row(f"  {language or '?'} {name}", tally)
    console.print(table)
    matched = scores.triple.hits or 1
    console.print(
        f"{scores.articles} articles; severity exact {scores.severity_exact / matched:.3f}, "
        f"within one step {scores.severity_near / matched:.3f}"
    )
    for error in scores.errors[:_WORST]:
        console.print(f"{error.id}  {error.title[:90]}", markup=False)
        for name, triples in (("missed", error.missed), ("false", error.false)):
            for wrong in triples:
                console.print(f"    {name} {' '.join(wrong)}", markup=False)

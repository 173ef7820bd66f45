"""`advisor evaluate GOLD.jsonl`: how well detection answers labelled articles."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from advisor.cli.lines import article_of, json_lines
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.errors import AdvisorError
from advisor.evaluate import Labelled, Scores, Tally, described, labelled, score

_WORST = 20


def run(options: argparse.Namespace) -> int:
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    faults: list[str] = []
    scores = score(_gold([Path(name) for name in options.gold], faults), detector.detect)
    for fault in faults:
        print(fault, file=sys.stderr)
    if options.json:
        print(json.dumps(described(scores), ensure_ascii=False))
    else:
        _table(scores)
    if options.floor is not None and scores.triple.f1 < options.floor:
        print(f"triple F1 {scores.triple.f1:.3f} is below the floor {options.floor:.3f}", file=sys.stderr)
        return 1
    return 1 if faults else 0


def _gold(paths: list[Path], faults: list[str]) -> Iterator[Labelled]:
    for path in paths:
        try:
            with path.open("rb") as stream:
                for number, (fields, fault) in enumerate(json_lines(stream), 1):
                    if fields is None:
                        faults.append(f"{path}: {fault}")
                        continue
                    try:
                        item = labelled(fields, article_of(fields))
                    except ValueError as error:
                        faults.append(f"{path}: line {number}: {error}")
                        continue
                    if item is not None:
                        yield item
        except OSError as error:
            raise AdvisorError(f"{path} cannot be read: {error.strerror}") from error


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

"""`advisor replay FILE.jsonl`: what would have been told, article by article."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from advisor.cli.lines import article_of, json_lines, text_of
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.errors import AdvisorError
from advisor.model import AlertChange
from advisor.replay import Past, described, moment, replay


def run(options: argparse.Namespace) -> int:
    path = Path(options.path)
    if path.is_dir():
        raise AdvisorError(f"{path} is a folder: captured documents cannot be replayed yet, only JSON Lines")
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    items, faults = _items(path)
    told: set[str] = set()
    with _progress(len(items)) as seen:
        for change in replay(items, detector, seen=seen):
            if change.message is not None:
                told.add(change.message)
            print(json.dumps(described(change), ensure_ascii=False) if options.json else _line(change), flush=True)
    if not options.json:
        print(f"{len(items)} articles, {len(told)} messages", file=sys.stderr)
    return 1 if faults else 0


def _items(path: Path) -> tuple[list[Past], int]:
    """The articles of a file; one without `publisher` is a press publisher of its own."""
    items: list[Past] = []
    faults = 0
    try:
        with path.open("rb") as stream:
            for number, (fields, fault) in enumerate(json_lines(stream), 1):
                if fields is None:
                    faults += 1
                    print(f"{path}: {fault}", file=sys.stderr)
                    continue
                name = text_of(fields.get("id")) or f"line-{number}"
                article = article_of(fields)
                publisher = article.publisher or name
                named = replace(article, publisher=publisher, source_id=publisher)
                items.append(Past(name, named, moment(text_of(fields.get("published")))))
    except OSError as error:
        raise AdvisorError(f"{path} cannot be read: {error.strerror}") from error
    return items, faults


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """What to call after each article: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("replay", total=total)
        yield lambda: progress.advance(task)


def _line(change: AlertChange) -> str:
    told = f"message {change.message}" if change.message is not None else "recorded"
    alert = change.alert
    kinds = ", ".join(alert.kinds)
    return f"{change.at:%Y-%m-%d %H:%M}  {alert.id}  {change.reason!s:13} {kinds} {alert.severity}  {told}"

"""`advisor replay FILE.jsonl | DIR --source ID`: what would have been told, article by article or poll by poll."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from advisor.cli.lines import Fields, article_of, json_lines, text_of
from advisor.config.knowledge import knowledge
from advisor.config.settings import catalogue
from advisor.detect import Detector
from advisor.errors import AdvisorError, UsageError
from advisor.model import AlertChange, Source
from advisor.replay import Capture, Past, captured_at, described, moment, replay, replay_captures


def run(options: argparse.Namespace) -> int:
    path = Path(options.path)
    source = _source(options.source, path)
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    if source is not None:
        captures, faults = _captures(path)
        with _progress(len(captures)) as seen:
            _print(
                replay_captures(captures, source, detector, seen=seen, said=_say), options, f"{len(captures)} documents"
            )
        return 1 if faults else 0
    items, faults = _items(path)
    _say_undated(items)
    with _progress(len(items)) as seen:
        _print(replay(items, detector, seen=seen), options, f"{len(items)} articles")
    return 1 if faults else 0


def _print(changes: Iterable[AlertChange], options: argparse.Namespace, of: str) -> None:
    told: set[str] = set()
    for change in changes:
        if change.message is not None:
            told.add(change.message)
        print(json.dumps(described(change), ensure_ascii=False) if options.json else _line(change), flush=True)
    if not options.json:
        print(f"{of}, {len(told)} messages", file=sys.stderr)


def _say(at: datetime, words: str) -> None:
    print(f"{at:%Y-%m-%d %H:%M}  {words}", file=sys.stderr)


def _source(name: str | None, path: Path) -> Source | None:
    """The catalogue's source whose documents lie in `path`; None for a file of articles."""
    if not path.is_dir():
        if name:
            raise UsageError(f"{path} is no folder: --source names whose captured documents lie in a folder")
        return None
    known = {source.id: source for source, _ in catalogue()}
    offices: dict[str, list[Source]] = {}
    for source, names in catalogue():
        for office in names - {source.id}:
            offices.setdefault(office, []).append(source)
    if name is not None and name not in known and (one := _office(name, offices.get(name, []))):
        return one
    if name is None:
        raise UsageError(f"{path} is a folder: name its source with --source ID, for example --source us-state")
    if name not in known:
        alike = get_close_matches(name, known, 3, 0.3)
        raise UsageError(f"the catalogue has no source {name!r}" + (f" (near: {', '.join(alike)})" if alike else ""))
    return known[name]


def _office(name: str, sources: Sequence[Source]) -> Source | None:
    """Sources of one government that are read alike, as one: the alerts of any US embassy, for example."""
    if (
        not sources
        or len({(it.format, it.official, it.publisher, it.language, it.shape and it.shape.name) for it in sources}) > 1
    ):
        return None
    return replace(sources[0], id=name, about=None) if sources[0].official else None


def _captures(folder: Path) -> tuple[list[Capture], int]:
    """The documents of a folder; a file without a date in its name is a fault."""
    captures, faults = [], 0
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        at = captured_at(path.name)
        if at is None:
            faults += 1
            print(f"{path}: no date in its name; write for example 2026-03-01T0915Z.xml", file=sys.stderr)
            continue
        captures.append(Capture(at, path))
    if not captures:
        raise AdvisorError(f"{folder} holds no captured document with a date in its name")
    return captures, faults


def _items(path: Path) -> tuple[list[Past], int]:
    """The articles of a file."""
    items: list[Past] = []
    faults = 0
    try:
        with path.open("rb") as stream:
            for number, (fields, fault) in enumerate(json_lines(stream), 1):
                if fields is None:
                    faults += 1
                    print(f"{path}: {fault}", file=sys.stderr)
                    continue
                items.append(past_of(fields, number))
    except OSError as error:
        raise AdvisorError(f"{path} cannot be read: {error.strerror}") from error
    return items, faults


def _say_undated(items: Sequence[Past]) -> None:
    """Without dates nothing is old, late or an episode of its own: whoever reads the result must know."""
    if undated := [item.id for item in items if item.at is None]:
        names = ", ".join(undated[:3]) + (" ..." if len(undated) > 3 else "")
        print(
            f"{len(undated)} of {len(items)} articles have no `published` that can be read ({names}): each counts as "
            "published when the one before it was, the first ones with the first that has a date",
            file=sys.stderr,
        )


def past_of(fields: Fields, number: int) -> Past:
    """The article of a line; one without `publisher` is a press publisher of its own."""
    name = text_of(fields.get("id")) or f"line-{number}"
    article = article_of(fields)
    publisher = article.publisher or name
    named = replace(article, publisher=publisher, source_id=publisher)
    return Past(name, named, moment(text_of(fields.get("published"))))


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

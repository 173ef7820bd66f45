"""`advisor sources`: what is watched; `check` polls each once, `--opml` and `import` speak to other feed readers."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from advisor.cli import look as tables
from advisor.clock import utc_now
from advisor.config.opml import opml_of, outlines_of, yaml_of
from advisor.config.running import Settings
from advisor.config.settings import catalogue, load_settings, settings_file
from advisor.errors import UsageError, listed
from advisor.model import Source, SourceState
from advisor.pipeline.coverage import sentences
from advisor.pipeline.probe import Look, look
from advisor.pipeline.readers import Readers
from advisor.poll import shown
from advisor.store import open_store

_WELL = frozenset({SourceState.FRESH, SourceState.UNCHANGED, SourceState.UNDATED, SourceState.REDIRECTED})


def run(options: argparse.Namespace) -> int:
    if options.action == "import":
        return _import(options)
    if options.file:
        raise UsageError(f"{options.file}: only `advisor sources import FILE` takes a file")
    if options.action == "list" and not options.opml:
        return tables.run(options)
    settings = load_settings(settings_file(options.config, os.environ))
    if options.action == "coverage" and not options.opml:
        return _coverage(settings, options)
    return _export(settings) if options.opml else _check(settings, options)


def _coverage(settings: Settings, options: argparse.Namespace) -> int:
    now = utc_now()
    with open_store(settings.database, now) as store:
        found = tables.covered(settings, store, now)
    if options.json:
        for item in found:
            print(json.dumps(asdict(item), ensure_ascii=False))
    else:
        print("\n".join(sentences(found)))
    return 0


# --- check ------------------------------------------------------------------------------------------------------


def _check(settings: Settings, options: argparse.Namespace) -> int:
    """0: every source was read, or refuses this address and is named as that; 1: another one could not be read."""
    from advisor.service import fetcher_of

    fetcher, readers = fetcher_of(settings), Readers()
    looks: list[Look] = []
    try:
        with ThreadPoolExecutor(settings.at_once, "check") as pool, _progress(len(settings.sources)) as seen:
            asked = [pool.submit(look, source, fetcher, readers, utc_now) for source in settings.sources]
            for done in as_completed(asked):
                looks.append(done.result())
                seen(looks[-1].source.id)
    finally:
        readers.close()
        fetcher.close()
    place = {source.id: number for number, source in enumerate(settings.sources)}
    looks.sort(key=lambda found: place[found.source.id])
    if options.json:
        for found in looks:
            print(json.dumps(_row(found), ensure_ascii=False))
    else:
        columns = ("source", "state", "items", "newest", "seconds", "sentence")
        tables.table("sources", columns, [_row(found) for found in looks if not found.refused])
    _say(looks)
    return 1 if any(found.state not in _WELL and not found.refused for found in looks) else 0


def _row(found: Look) -> dict[str, Any]:
    return {
        "source": found.source.id, "url": shown(found.source.url) if "://" in found.source.url else found.source.url,
        "state": str(found.state), "refuses": found.refused, "items": found.items,
        "newest": tables.time_of(found.newest), "seconds": round(found.seconds, 2), "sentence": found.sentence,
    }  # fmt: skip


def _say(looks: Sequence[Look]) -> None:
    """In words: how many are well, and the one list of those that do not let this address in."""
    well = sum(1 for found in looks if found.state in _WELL)
    print(f"{well} of {len(looks)} sources read; nothing was stored or told", file=sys.stderr)
    parked = [found for found in looks if found.refused]
    if parked:
        print(f"{len(parked)} refuse this address; poll them from another network or leave them out:", file=sys.stderr)
        for found in parked:
            print(f"  {found.source.id}: {found.sentence}", file=sys.stderr)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """What to call with each source that was looked at: a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("sources"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda name: progress.update(task, advance=1, description=name)


# --- OPML -------------------------------------------------------------------------------------------------------


def _export(settings: Settings) -> int:
    shipped = [source for source, _ in catalogue()]
    open_ = [source for source in settings.sources if not _is_secret(source)]
    for source in settings.sources:
        if _is_secret(source):
            print(f"{source.id}: its address holds a secret; left out", file=sys.stderr)
    sys.stdout.write(opml_of(open_, shipped))
    return 0


def _is_secret(source: Source) -> bool:
    return "://" in source.url and ("@" in urlsplit(source.url).netloc or "=..." in shown(source.url))


def _import(options: argparse.Namespace) -> int:
    if not options.file:
        raise UsageError("name the file: advisor sources import FILE.opml (`-` is standard input)")
    try:
        body = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    except OSError as error:
        raise UsageError(f"{options.file} cannot be read: {error.strerror}") from error
    found, refused = outlines_of(body, options.file)
    if found:
        sys.stdout.write(yaml_of(found))
    if refused:
        print(listed(refused), file=sys.stderr)
    left = f", {len(refused)} left out" if refused else ""
    print(f"{len(found)} sources{left}; put them into your file and run `advisor check`", file=sys.stderr)
    return 1 if refused else 0

"""`advisor explain`: for people. What a text says, which rules fired, which nearly did, and what stood in the way."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text as Styled

from advisor.cli.detect import who
from advisor.clock import utc_now
from advisor.config.knowledge import knowledge
from advisor.detect import Detector, Reading
from advisor.detect.binding import Candidate
from advisor.errors import AdvisorError
from advisor.model import Article, Document, Failure, Format, Source, SourceState
from advisor.read import read
from advisor.read.boilerplate import boilerplate_spans
from advisor.read.files import articles_of_file

_COLOURS = {
    "issuer": "bold blue", "destination": "bold green", "kind": "bold red", "severity": "bold yellow",
    "audience": "cyan", "area": "bold green underline", "manner": "magenta", "means": "dim cyan",
}  # fmt: skip


def run(options: argparse.Namespace) -> int:
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    console = Console()
    for article in _articles(options.file):
        reading = detector.read(article, boilerplate_spans(f"{article.title}\n{article.text}"))
        _show(console, reading, detector.worth_reading(article.title, article.text))
    return 0


def _articles(name: str) -> list[Article]:
    if name.startswith(("http://", "https://")):
        return _fetched(name)
    if name == "-":
        return list(articles_of_file("standard input", sys.stdin.buffer.read(), utc_now()))
    try:
        return list(articles_of_file(name, Path(name).read_bytes(), utc_now()))
    except OSError as error:
        raise AdvisorError(f"{name} cannot be read: {error.strerror}") from error


def _fetched(url: str) -> list[Article]:
    from advisor.poll import Fetcher

    with Fetcher("advisor explain, started by hand") as fetcher:
        answer = fetcher.fetch(url, utc_now)
    if isinstance(answer, Failure):
        raise AdvisorError(f"{url}: {answer.sentence}")
    if not isinstance(answer, Document):
        raise AdvisorError(f"{url}: nothing came back")
    for kind in (Format.FEED, Format.PAGE):
        reading = read(answer, Source("explained", url, kind))
        if reading.articles:
            return list(reading.articles)
    raise AdvisorError(f"{url}: {reading.sentence or SourceState.EMPTY}")


def _show(console: Console, reading: Reading, worth: bool) -> None:
    text = reading.text
    marked = Styled(text.original.strip("\n"))
    shift = len(text.original) - len(text.original.lstrip("\n"))
    for advisory in reading.advisories:
        for proof in advisory.evidence:
            if proof.field in _COLOURS:
                marked.stylize(_COLOURS[proof.field], proof.start - shift, proof.end - shift)
    console.print(marked)
    legend = Styled("\n")
    for name, colour in _COLOURS.items():
        legend.append(f"{name} ", colour)
    console.print(legend)
    console.print(
        f"languages {', '.join(reading.languages) or 'none known'}; the gate {'opens' if worth else 'stays shut'}"
    )
    for advisory in reading.advisories:
        state = "" if advisory.current else "  (recalled: no answer)"
        console.print(
            f"→ {who(advisory)} → {advisory.destination} {advisory.kind} {advisory.severity}{state}", style="bold"
        )
    _fired(console, reading)
    _not_fired(console, reading)


def _fired(console: Console, reading: Reading) -> None:
    console.print("\nfired:", style="bold")
    for frame, binding in reading.bound:
        speaks = ", ".join(_candidate(reading, item) for item in binding.issuers)
        about = ", ".join(_candidate(reading, item) for item in binding.destinations)
        console.print(
            f"  {frame.rule.id} on “{_words(reading, frame.act.first, frame.act.last)}” {frame.severity}", markup=False
        )
        console.print(f"    who: {speaks}\n    where: {about}", markup=False, style="dim")
        if frame.recalled:
            marker = _words(reading, frame.recalled.first, frame.recalled.last)
            console.print(f"    recalled, because of “{marker}”", markup=False, style="dim")
    if not reading.bound:
        console.print("  nothing", style="dim")


def _not_fired(console: Console, reading: Reading) -> None:
    console.print("\nnot fired:", style="bold")
    for frame, why in reading.unbound:
        console.print(f"  {frame.rule.id} on “{_words(reading, frame.act.first, frame.act.last)}”: {why}", markup=False)
    for miss in reading.misses:
        culprit = f" (“{_words(reading, miss.culprit.first, miss.culprit.last)}”)" if miss.culprit else ""
        act = _words(reading, miss.act.first, miss.act.last)
        console.print(f"  {miss.rule.id} on “{act}”: {miss.clause}{culprit}", markup=False, style="dim")


def _candidate(reading: Reading, item: Candidate) -> str:
    return f"{item.code} “{_words(reading, item.first, item.last)}” ({item.why}, {item.score:.1f})"


def _words(reading: Reading, first: int, last: int) -> str:
    text = reading.text
    return " ".join(text.original[text.starts[first] : text.ends[last - 1]].split())

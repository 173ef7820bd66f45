"""`advisor explain`: for people. What a text says, which rules fired, which nearly did, and what stood in the way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text as Styled

from advisor.cli.detect import CUT, Item, items_of, who
from advisor.cli.lines import legible
from advisor.clock import utc_now
from advisor.config.knowledge import knowledge
from advisor.detect import LONGEST, Detector, Reading
from advisor.detect.scene import Candidate
from advisor.detect.tags import Tag
from advisor.errors import AdvisorError
from advisor.model import Advisory, Article, Dating, Document, Failure, Format, Source, SourceState
from advisor.read import read
from advisor.read.boilerplate import boilerplate_spans

_COLOURS = {
    "issuer": "bold blue", "destination": "bold green", "kind": "bold red", "severity": "bold yellow",
    "audience": "cyan", "area": "green underline", "means": "magenta", "deadline": "magenta", "contact": "magenta",
    "mission_status": "magenta",
}  # fmt: skip
_HINDRANCE = "red strike"  # words that kept a rule from firing
_NAMES = {
    "issuer": "who", "destination": "where", "kind": "act", "severity": "how strongly", "audience": "for whom",
    "area": "part", "means": "way out", "deadline": "by when", "contact": "contact", "mission_status": "the mission",
}  # fmt: skip
_DATED = {
    Dating.EXACT: "{:%Y-%m-%d %H:%M} UTC",
    Dating.DAY: "{:%Y-%m-%d}, without a sure time",
    Dating.FUTURE: "in the future, so its first sight counts",
    Dating.ANCIENT: "before 1990, so its first sight counts",
}
_SNIPPET = 140  # characters of a sentence


def run(options: argparse.Namespace) -> int:
    detector = Detector(knowledge(Path(options.rules) if options.rules else None))
    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    faults = 0
    for number, item in enumerate(_items(options.file)):
        if item.article is None:
            faults += 1
            print(f"{options.file}: {item.fault}", file=sys.stderr)
            continue
        if number:
            console.rule()
        article = replace(item.article, title=legible(item.article.title), text=legible(item.article.text))
        if len(article.text) > LONGEST:
            print(f"{options.file}: {CUT}", file=sys.stderr)
        reading = detector.read(article, boilerplate_spans(f"{article.title}\n{article.text}"))
        _show(console, article, reading, detector.worth_reading(article.title, article.text), options.all)
    return 1 if faults else 0


def _items(name: str) -> Iterator[Item]:
    if name.startswith(("http://", "https://")):
        for article in _fetched(name):
            yield Item(name, article)
        return
    for item in items_of(name):
        if item.article is None and item.id == name:  # the file itself
            raise AdvisorError(f"{name}: {item.fault}")
        yield item


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


def _show(console: Console, article: Article, reading: Reading, worth: bool, full: bool) -> None:
    console.print(_marked(reading))
    legend = Styled()
    for name, colour in _COLOURS.items():
        legend.append(_NAMES[name], colour)
        legend.append("  ")
    legend.append("what stood in the way", _HINDRANCE)
    if console.is_terminal:
        console.print(legend)
    dated = f"published: {_DATED[article.dating].format(article.published)}; " if article.dating in _DATED else ""
    languages = ", ".join(reading.languages) or "none that Advisor knows"
    console.print(
        f"\n{dated}language: {languages}; the gate {'opens' if worth else 'stays shut: no rule can fire'}", style="dim"
    )
    for advisory in reading.advisories:
        _answer(console, advisory)
    if not reading.advisories:
        console.print("\nno advisory", style="bold")
    _fired(console, reading)
    _not_fired(console, reading, full=full)


def _marked(reading: Reading) -> Styled:
    """The text with the words that gave each field, and those that stood in the way."""
    original = reading.text.original
    marked = Styled(original.strip("\n"))
    shift = len(original) - len(original.lstrip("\n"))
    starts, ends = reading.text.starts, reading.text.ends
    for miss in reading.misses:
        if miss.culprit is not None:
            marked.stylize(_HINDRANCE, starts[miss.culprit.first] - shift, ends[miss.culprit.last - 1] - shift)
    for advisory in reading.advisories:
        for proof in advisory.evidence:
            if proof.field in _COLOURS:
                marked.stylize(_COLOURS[proof.field], proof.start - shift, proof.end - shift)
    return marked


def _answer(console: Console, advisory: Advisory) -> None:
    state = "" if advisory.current else "  (an old call, recalled: no answer)"
    console.print(
        f"\n→ {who(advisory)} → {advisory.destination} {advisory.kind} {advisory.severity}{state}",
        style="bold" if advisory.current else "dim", markup=False,
    )  # fmt: skip
    proofs = Styled("  ")
    for proof in advisory.evidence:
        if proof.field in _COLOURS:
            proofs.append(f"{_NAMES[proof.field]} ", "dim")
            proofs.append(f"“{' '.join(proof.quote.split())}”", _COLOURS[proof.field])
            proofs.append("  ")
    console.print(proofs)


def _fired(console: Console, reading: Reading) -> None:
    console.print("\nfired:", style="bold")
    for frame, binding in reading.bound:
        speaks = ", ".join(_candidate(reading, item) for item in binding.issuers)
        about = ", ".join(_candidate(reading, item) for item in binding.destinations)
        console.print(f"  {frame.rule.id} on “{_words(reading, frame.act)}”, {frame.severity}", markup=False)
        if frame.rung:
            console.print(f"    {frame.severity} because of “{_words(reading, frame.rung)}”", markup=False, style="dim")
        console.print(f"    who: {speaks}\n    where: {about}", markup=False, style="dim")
        if frame.recalled:
            recalled = f"    recalled, because of “{_words(reading, frame.recalled)}”"
            console.print(recalled, markup=False, style="dim")
    if not reading.bound:
        console.print("  nothing", style="dim")


def _not_fired(console: Console, reading: Reading, *, full: bool) -> None:
    """Every act that no rule took, with each rule's clause that failed; for the others only on request."""
    reasons: dict[tuple[int, int], list[tuple[str, str, bool]]] = {}  # act -> rule, clause, near to firing
    for frame, why in reading.unbound:
        reasons.setdefault((frame.act.first, frame.act.last), []).append((frame.rule.id, why, True))
    for miss in reading.misses:
        culprit = f": “{_words(reading, miss.culprit)}”" if miss.culprit else ""
        found = (miss.rule.id, f"{miss.clause}{culprit}", miss.culprit is not None)
        reasons.setdefault((miss.act.first, miss.act.last), []).append(found)
    taken = [(frame.act.first, frame.act.last) for frame, _ in reading.bound]
    shown = [
        act for act in sorted(reasons) if full or not any(act[0] < last and first < act[1] for first, last in taken)
    ]
    console.print("\nnot fired, and the clause that failed:", style="bold")
    for act in shown:
        tag = Tag("", "", *act, "")
        console.print(f"  “{_words(reading, tag)}” in “{_sentence(reading, act[0])}”", markup=False)
        for rule, clause, near in _nearest_first(reasons[act]):
            console.print(f"    {rule:24} {clause}", markup=False, style="" if near else "dim")
    if not shown:
        console.print("  nothing" if not reasons else "  only further rules on words that fired above", style="dim")
    if len(shown) < len(reasons):
        console.print(f"  ({len(reasons) - len(shown)} more with --all)", style="dim")


def _nearest_first(reasons: Sequence[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    return sorted(dict.fromkeys(reasons), key=lambda reason: not reason[2])


def _candidate(reading: Reading, item: Candidate) -> str:
    return f"{item.code} “{_words(reading, Tag('', '', item.first, item.last, ''))}” ({item.why}, {item.score:.1f})"


def _words(reading: Reading, tag: Tag) -> str:
    text = reading.text
    return " ".join(text.original[text.starts[tag.first] : text.ends[tag.last - 1]].split())


def _sentence(reading: Reading, token: int) -> str:
    """The sentence of a token, or as much of it as shows the token."""
    text = reading.text
    sentence = text.sentences[text.sentence_of[token]]
    start, end, at = text.starts[sentence.first], text.ends[sentence.last - 1], text.starts[token]
    first = start if at - start < _SNIPPET // 2 else at - _SNIPPET // 2
    last = min(end, first + _SNIPPET)
    words = " ".join(text.original[first:last].split())
    return f"{'… ' if first > start else ''}{words}{' …' if last < end else ''}"

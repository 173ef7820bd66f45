"""`advisor rules list|test|schema|diff`: the rules as people and editors see them, and the proof that they catch."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.cli import rules_diff
from advisor.cli.lines import article_of
from advisor.config.knowledge import knowledge
from advisor.config.rule_files import schema
from advisor.config.rule_shapes import EXPECTED
from advisor.detect import Detector
from advisor.detect.knowledge import Rule
from advisor.errors import UsageError
from advisor.model import Advisory

_USUAL = frozenset({"issuer", "destination", "severity"})


def run(options: argparse.Namespace) -> int:
    if options.action == "diff":
        return rules_diff.run(options)
    if options.files or options.since or options.config:
        raise UsageError("FILE, --since and --config belong to `advisor rules diff`")
    if options.action == "schema":
        print(json.dumps(schema(), indent=None if options.json else 2))
        return 0
    known = knowledge(Path(options.rules) if options.rules else None)
    if options.action == "list":
        for rule in known.rules:
            if options.json:
                print(json.dumps({"id": rule.id, "kind": str(rule.kind), "title": rule.title, "why": rule.why}))
            else:
                print(f"{rule.id:28} {rule.kind!s:18} {rule.title}")
        return 0
    return _test(known.rules, Detector(known), as_json=options.json)


def _test(rules: tuple[Rule, ...], detector: Detector, *, as_json: bool) -> int:
    ran, faults = 0, 0
    for trial in trials(rules, detector):
        ran += trial.example is not None
        faults += len(trial.faults)
        if as_json:
            print(json.dumps(_described(trial), ensure_ascii=False))
            continue
        for fault in trial.faults:
            print(fault, file=sys.stderr)
    if not as_json:
        print(f"{ran} examples of {len(rules)} rules, {faults} faults")
    return 1 if faults else 0


def _described(trial: Trial) -> dict[str, Any]:
    return {
        "rule": trial.rule.id, "example": trial.kind, "place": trial.place, "article": trial.example,
        "passed": not trial.faults, "faults": trial.faults,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """One built-in example through the real engine. `example` None: the rule lacks one that it must have."""

    rule: Rule
    kind: str  # match, no_match, known_miss
    place: str  # file:line:column
    example: Mapping[str, object] | None
    faults: list[str]


def trials(rules: Iterable[Rule], detector: Detector) -> Iterator[Trial]:
    """Every built-in example through the real engine, with what is wrong about it."""
    for rule in rules:
        for kind, examples in rule.examples.items():
            for index, example in enumerate(examples):
                place = rule.places.get(f"{kind}/{index}", rule.places.get("", ""))
                faults = [f"{place}: {fault}" if place else fault for fault in _faults(rule, kind, example, detector)]
                yield Trial(rule, kind, place, example, faults)
        if not rule.examples.get("match"):
            place = rule.places.get("", "")
            lacks = f"{rule.id}: has no example that it must match; a rule that cannot show a catch is not finished"
            yield Trial(rule, "match", place, None, [f"{place}: {lacks}" if place else lacks])


def run_examples(rules: tuple[Rule, ...], detector: Detector) -> tuple[int, list[str]]:
    """How many examples ran, and what is wrong."""
    done = list(trials(rules, detector))
    return sum(trial.example is not None for trial in done), [fault for trial in done for fault in trial.faults]


def _faults(rule: Rule, kind: str, example: Mapping[str, object], detector: Detector) -> Iterator[str]:
    article = article_of(dict(example))
    answers = [answer for answer in detector.detect(article) if answer.kind == rule.kind]
    label = article.title or article.text[:60]
    if kind == "match":
        wanted = {key: value for key, value in example.items() if key in EXPECTED}
        if not any(_fits(answer, wanted) for answer in answers):
            found = "; ".join(_said(answer, wanted) for answer in answers) or "nothing"
            yield f"{rule.id}: must match {wanted} but finds {found}: {label!r}"
    elif kind == "no_match" and answers:
        yield f"{rule.id}: must not match: {label!r}"
    elif kind == "known_miss" and answers:
        yield f"{rule.id}: a known miss is caught now; move it to `match`: {label!r}"


def _fits(answer: Advisory, wanted: Mapping[str, object]) -> bool:
    return all(_value(answer, name) == value for name, value in wanted.items())


def _said(answer: Advisory, wanted: Mapping[str, object]) -> str:
    """What was found, with the fields that the example names."""
    more = "".join(f", {name} {_value(answer, name)}" for name in wanted if name not in _USUAL)
    return f"{answer.issuer}→{answer.destination} {answer.severity}{more}"


def _value(answer: Advisory, name: str) -> object:
    """A field in the words of an example."""
    value = getattr(answer, name)
    return value if value is None else list(value) if isinstance(value, tuple) else str(value)

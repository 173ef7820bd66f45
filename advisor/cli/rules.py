"""`advisor rules list|test|schema`: the rules as people and editors see them, and the proof that they catch."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from advisor.cli.lines import article_of
from advisor.config.knowledge import knowledge, schema
from advisor.detect import Detector
from advisor.detect.knowledge import Rule


def run(options: argparse.Namespace) -> int:
    if options.action == "schema":
        print(json.dumps(schema(), indent=2))
        return 0
    known = knowledge(Path(options.rules) if options.rules else None)
    if options.action == "list":
        for rule in known.rules:
            if options.json:
                print(json.dumps({"id": rule.id, "kind": str(rule.kind), "title": rule.title, "why": rule.why}))
            else:
                print(f"{rule.id:28} {rule.kind!s:18} {rule.title}")
        return 0
    return _test(known.rules, Detector(known))


def _test(rules: tuple[Rule, ...], detector: Detector) -> int:
    ran, faults = run_examples(rules, detector)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{ran} examples of {len(rules)} rules, {len(faults)} faults")
    return 1 if faults else 0


def run_examples(rules: tuple[Rule, ...], detector: Detector) -> tuple[int, list[str]]:
    """Every built-in example through the real engine: how many ran, and what is wrong."""
    ran = 0
    faults: list[str] = []
    for rule in rules:
        for kind, examples in rule.examples.items():
            for example in examples:
                ran += 1
                faults.extend(_faults(rule, kind, example, detector))
        if not rule.examples.get("match"):
            faults.append(
                f"{rule.id}: has no example that it must match; a rule that cannot show a catch is not finished"
            )
    return ran, faults


def _faults(rule: Rule, kind: str, example: Mapping[str, object], detector: Detector) -> Iterator[str]:
    article = article_of(dict(example))
    answers = [answer for answer in detector.detect(article) if answer.kind is rule.kind]
    label = article.title or article.text[:60]
    if kind == "match":
        wanted = {key: value for key, value in example.items() if key in {"issuer", "destination", "severity"}}
        fits = [it for it in answers if all(str(getattr(it, key)) == value for key, value in wanted.items())]
        if not fits:
            found = ", ".join(f"{it.issuer}→{it.destination} {it.severity}" for it in answers) or "nothing"
            yield f"{rule.id}: must match {wanted} but finds {found}: {label!r}"
    elif kind == "no_match" and answers:
        yield f"{rule.id}: must not match: {label!r}"
    elif kind == "known_miss" and answers:
        yield f"{rule.id}: a known miss is caught now; move it to `match`: {label!r}"

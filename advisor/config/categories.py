"""Which categories of words there are: a misspelt one in one's own lexicon would never be asked for, in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from advisor.config.documents import load
from advisor.detect.knowledge import Rule, TagSpec, Undoing
from advisor.errors import Fault

_CATEGORY = re.compile(r"  (\w+):(.*)")
_VALUE = re.compile(r"    (\w+):")
_VALUE_WITHIN = re.compile(r"(?:[{,] *)(\w+): *\[")

Known = dict[str, set[str]]  # categories and their values


def shipped(paths: Iterable[Path]) -> Known:
    """Those of the shipped lexicons, quickly: their files are read line by line, two and a half megabytes of them."""
    known: Known = {}
    for path in paths:
        values: set[str] = set()
        words = False
        for line in path.read_text(encoding="utf-8").splitlines():
            words = words or line.startswith("words:")
            if words and (category := _CATEGORY.match(line)):
                values = known.setdefault(category[1], set())
                values.update(_VALUE_WITHIN.findall(category[2]))
            elif words and (value := _VALUE.match(line)):
                values.add(value[1])
    return known


def asked(rules: Iterable[Rule], undoings: Iterable[Undoing]) -> Known:
    """Those that rules ask for."""
    known: Known = {}
    specs: list[TagSpec] = [spec for undoing in undoings for spec in undoing.need.tags]
    for rule in rules:
        rungs = [rung.need for rung in rule.ladder if rung.need is not None]
        specs += [*rule.act, *(spec for need in (*rule.needs, *rule.unless, *rungs) for spec in need.tags)]
    for spec in specs:
        known.setdefault(spec.category, set()).update([spec.value] if spec.value else ())
    return known


def unknown(paths: Iterable[Path], *known: Known) -> Iterator[Fault]:
    """The categories and values of these lexicons that neither the shipped ones have nor any rule asks for."""
    every = {category for some in known for category in some}
    for path in paths:
        document = load(path)
        words = document.data.get("words") if isinstance(document.data, dict) else None
        for category, content in (words if isinstance(words, dict) else {}).items():
            if category not in every:
                text = f"words: no rule asks for the category {category!r}"
                yield document.fault(("words", category), text + _hint(category, every))
                continue
            values = {value for some in known for value in some.get(category, ())}
            for value in content if isinstance(content, dict) and values else ():
                if value not in values:
                    text = f"words: {category} has no value {value!r}"
                    yield document.fault(("words", category, value), text + _hint(value, values))


def _hint(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(str(name), sorted(known), 1)
    return f"; did you mean {near[0]}?" if near else f" (known: {', '.join(sorted(known)[:40])})"

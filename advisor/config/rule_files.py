"""Rules, undoings and watchwords from their files.

Shipped files come first; a user's folder adds to them and overrides them field by field by their id. Every fault is
gathered with its place, so that one run shows them all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from advisor.config.documents import Document, load, validated
from advisor.config.rule_shapes import RuleModel, Strict, UndoingModel
from advisor.config.watchwords import WatchwordModel
from advisor.detect.knowledge import Lexicon, Rule, TagSpec, Undoing
from advisor.errors import ConfigError, Fault

_MADE = ("year", "citizens", "office", "staff")  # tags that the engine itself gives, from numbers and names
_SECTIONS = ("rules", "undoing", "watchwords")
At = tuple[str | int, ...]  # where something stands in a document
Place = tuple[Document, At]


@dataclass(slots=True)
class _Entry:
    """One rule, undoing or watchword as written in one file or several."""

    section: str
    content: dict[str, Any]
    home: Place  # where it was written last
    written: dict[str, Place] = field(default_factory=dict)  # where each of its fields was


def read_rules(
    folders: Iterable[Path], faults: list[Fault]
) -> tuple[tuple[Rule, ...], tuple[Undoing, ...], dict[str, tuple[str, ...]]]:
    """The rules, what undoes them, and the words that watchwords bring, by category."""
    rules: list[Rule] = []
    undoings: list[Undoing] = []
    words: dict[str, tuple[str, ...]] = {}
    for entry in _entries(folders, faults).values():
        document, at = entry.home
        try:
            if entry.section == "undoing":
                undoing = validated(UndoingModel, document, entry.content, at).undoing()
                here = document.fault(at, "")
                undoings.append(dataclasses.replace(undoing, place=f"{here.file}:{here.line}:{here.column}"))
                continue
            if entry.section == "watchwords":
                watchword = validated(WatchwordModel, document, entry.content, at)
                words |= watchword.words()
                rule = watchword.rule()
            else:
                rule = validated(RuleModel, document, entry.content, at).rule()
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        faults.extend(_faults_of_rule(rule, document, at))
        rules.append(dataclasses.replace(rule, places=_places_of(rule, entry)))
    faults.extend(_unknown_undoings(rules, undoings))
    return tuple(rules), tuple(undoings), words


def own_kinds(folder: Path | None) -> frozenset[str] | None:
    """The kinds of the watchwords in a user's folder; None when it cannot be read, which the start will name."""
    if folder is None:
        return frozenset()
    faults: list[Fault] = []
    try:
        entries = _entries([folder], faults).values()
    except OSError:
        return None
    names = (entry.content.get("kind") or entry.content.get("id") for entry in entries if entry.section == "watchwords")
    return None if faults else frozenset(str(name) for name in names)


def schema() -> dict[str, Any]:
    """JSON Schema of a rules file, for completion and checks in an editor."""

    class RulesFile(Strict):
        rules: tuple[RuleModel, ...] = ()
        undoing: tuple[UndoingModel, ...] = ()
        watchwords: tuple[WatchwordModel, ...] = ()

    return RulesFile.model_json_schema(by_alias=True)


def _entries(folders: Iterable[Path], faults: list[Fault]) -> dict[str, _Entry]:
    """Everything written, by id; later files win field by field."""
    entries: dict[str, _Entry] = {}
    for folder in folders:
        for path in sorted((folder / "rules").glob("*.yaml")):
            try:
                document = load(path)
                for section, index, item in _items(document):
                    _take(entries, section, item, (document, (section, index)))
            except ConfigError as error:
                faults.extend(error.faults)
    return entries


def _take(entries: dict[str, _Entry], section: str, item: dict[str, Any], place: Place) -> None:
    document, at = place
    name = str(item.get("id") or "")
    if not name:
        raise ConfigError(document.fault(at, "'id' is missing"))
    known = entries.get(name)
    if known is not None and known.section != section:
        known_as = known.section.removesuffix("s")
        raise ConfigError(document.fault((*at, "id"), f"{name!r} is the id of a {known_as} already; take another one"))
    if known is not None and known.home[0] is document:
        raise ConfigError(document.fault((*at, "id"), f"{name!r} is given twice in this file; keep one"))
    entry = entries.setdefault(name, _Entry(section, {}, place))
    entry.content = {**entry.content, **item}
    entry.home = place
    entry.written.update(dict.fromkeys(item, place))


def _items(document: Document) -> Iterator[tuple[str, int, dict[str, Any]]]:
    known = ", ".join(_SECTIONS)
    if not isinstance(document.data, dict):
        raise ConfigError(document.fault((), f"a rules file is a mapping with one of {known}"))
    for section, content in document.data.items():
        if section not in _SECTIONS:
            raise ConfigError(document.fault((section,), f"unknown key {section!r} (known: {known})"))
        if not isinstance(content or [], list) or not all(isinstance(item, dict) for item in content or ()):
            raise ConfigError(document.fault((section,), f"{section} is a list of mappings"))
        for index, item in enumerate(content or ()):
            yield section, index, item


def _places_of(rule: Rule, entry: _Entry) -> dict[str, str]:
    """Where the rule and each of its examples stand, for messages about them."""
    places = {"": entry.home[0].place(entry.home[1])}
    document, at = entry.written.get("examples", entry.home)
    for kind, some in rule.examples.items():
        places |= {f"{kind}/{index}": document.place((*at, "examples", kind, index)) for index in range(len(some))}
    return places


def _faults_of_rule(rule: Rule, document: Document, at: At) -> Iterator[Fault]:
    if rule.ladder[-1].need is not None:
        yield document.fault((*at, "severity"), f"rule {rule.id}: the last step of the ladder must have no tag")
    names = {"act"}
    for index, need in enumerate(rule.needs):
        if need.near not in names:
            yield document.fault((*at, "needs", index), f"rule {rule.id}: near {need.near!r} names no earlier need")
        names.add(need.name)


def _unknown_undoings(rules: Iterable[Rule], undoings: Iterable[Undoing]) -> Iterator[Fault]:
    known = {undoing.id for undoing in undoings}
    for rule in rules:
        for name in sorted((rule.watch.undone_by if rule.watch else frozenset()) - known):
            yield _fault(rule, f"no undoing is called {name!r} (known: {', '.join(sorted(known))})")


def unknown_tags(rules: Iterable[Rule], undoings: Iterable[Undoing], lexicons: Iterable[Lexicon]) -> Iterator[Fault]:
    """Tags that nothing ever gives: what a rule or an undoing asks for by them would never be found, in silence."""
    given = {TagSpec(category) for category in _MADE} | {TagSpec("citizens", "people"), TagSpec("staff", "owned")}
    given.add(TagSpec("office", "government"))
    meanings = {meaning for lexicon in lexicons for trie in lexicon.tries for some in trie.meanings for meaning in some}
    for category, value in meanings:
        given |= {TagSpec(category), TagSpec(category, value)}
    for undoing in undoings:
        for spec in undoing.need.tags:
            if spec not in given:
                file, line, column = undoing.place.rsplit(":", 2)
                hint = _hint(spec, given)
                yield Fault(file, int(line), int(column), f"undoing {undoing.id}: no lexicon has the tag {spec}{hint}")
    for rule in rules:
        rungs = [rung.need for rung in rule.ladder if rung.need is not None]
        asked = [
            *rule.act,
            *(spec for need in (*rule.needs, *rule.unless, *rungs) for spec in (*need.tags, *need.rivals)),
        ]
        for spec in dict.fromkeys(asked):
            if spec not in given:
                yield _fault(rule, f"no lexicon has the tag {spec}{_hint(spec, given)}")


def _hint(spec: TagSpec, given: Iterable[TagSpec]) -> str:
    near = get_close_matches(str(spec), sorted(map(str, given)), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _fault(rule: Rule, message: str) -> Fault:
    """A fault at the rule's own place."""
    file, line, column = rule.places.get("", "rules:0:0").rsplit(":", 2)
    return Fault(file, int(line), int(column), f"rule {rule.id}: {message}")

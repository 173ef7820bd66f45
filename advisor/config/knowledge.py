"""Rules, lexicons and places from their files to what the engine is built from.

Shipped files come first; a user's folder adds rules and overrides them field by field by their id, and may
add languages or words to a language.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from advisor.config import cache
from advisor.config.documents import Document, load, validated
from advisor.detect import fold, forms, trie
from advisor.detect import knowledge as compiling
from advisor.detect.knowledge import (
    Affixes,
    Knowledge,
    Lexicon,
    Need,
    Row,
    Rule,
    Rung,
    TagSpec,
    Undoing,
    compile_places,
    gazetteer,
)
from advisor.detect.trie import Trie, parts_of
from advisor.errors import ConfigError, Fault
from advisor.model import Kind, Severity
from advisor.resources import shipped

_MADE = ("year", "citizens", "office", "staff")  # tags that the engine itself gives, from numbers and names
At = tuple[str | int, ...]  # where something stands in a document


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    """One word or a list of words."""
    return value.split() if isinstance(value, str) else [] if value is None else value


Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


def _severity(name: str) -> str:
    return str(Severity.of(name))


SeverityName = Annotated[
    str, AfterValidator(_severity), WithJsonSchema({"type": "string", "enum": [str(it) for it in Severity]})
]


class ExampleModel(_Strict):
    """An article of a few words, and what must be found in it."""

    title: str = ""
    text: str = ""
    lang: str | None = None
    published: str | None = None
    publisher: str | None = None
    official: Annotated[str | None, Field(description="code of the government whose own source this is")] = None
    issuer: Annotated[str | None, Field(description="expected: code of the government that speaks")] = None
    destination: Annotated[str | None, Field(description="expected: code of the country")] = None
    severity: SeverityName | None = None
    official_severity: SeverityName | None = None
    area: str | None = None
    means: Words | None = None
    deadline: str | None = None
    contact: str | None = None
    audience: str | None = None
    mission_status: str | None = None
    manner: str | None = None

    def example(self) -> dict[str, object]:
        """Only what was written."""
        written = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()}


_GIVEN = frozenset({"title", "text", "lang", "published", "publisher", "official"})
EXPECTED = frozenset(ExampleModel.model_fields) - _GIVEN  # what an example may say that must be found
Examples = dict[Literal["match", "no_match", "known_miss"], tuple[ExampleModel, ...]]


class NeedModel(_Strict):
    """A tag that must (or must not) stand near the act."""

    tag: Annotated[Words, Field(description="category or category/value; several: any of them")]
    within: Annotated[float, Field(gt=0, le=60, description="distance in words; punctuation adds to it")] = 12.0
    side: Annotated[Literal["any", "before", "after"], Field(description="of the act, or of `near`")] = "any"
    near: Annotated[str, Field(description="`act`, or the tag of an earlier need")] = "act"
    rivals: Annotated[Words, Field(description="tags that take the act for themselves when they stand nearer")] = ()

    def need(self) -> Need:
        specs = tuple(TagSpec.of(text) for text in self.tag)
        rivals = tuple(TagSpec.of(text) for text in self.rivals)
        return Need(specs, self.within, self.side, self.near, specs[0].category, rivals)


class RungModel(_Strict):
    """A step of the severity ladder; the last one has no tag."""

    is_: Annotated[SeverityName, Field(alias="is")]
    tag: Words = ()
    within: Annotated[float, Field(gt=0, le=60)] = 12.0
    side: Literal["any", "before", "after"] = "any"
    near: str = "act"

    def rung(self) -> Rung:
        severity = Severity.of(self.is_)
        if not self.tag:
            return Rung(severity)
        return Rung(severity, Need(tuple(TagSpec.of(text) for text in self.tag), self.within, self.side, self.near))


class RuleModel(_Strict):
    """One rule: what a text must say to carry an advisory of one kind."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    why: str = ""
    kind: Kind
    act: Words
    needs: tuple[NeedModel, ...] = ()
    unless: tuple[NeedModel, ...] = ()
    severity: Annotated[tuple[RungModel, ...], Field(min_length=1)]
    voice: Literal["any", "official"] = "any"
    opening: Annotated[
        Literal["clause", "colon"] | None, Field(description="the act begins its clause, as an imperative")
    ] = None
    headline: Annotated[bool, Field(description="read in headlines only")] = False
    destination: Annotated[float, Field(ge=0, le=10, description="least certainty of the destination")] = 0.0
    references: tuple[str, ...] = ()
    examples: Examples = {}

    def rule(self) -> Rule:
        return Rule(
            self.id, self.title, self.kind, tuple(TagSpec.of(text) for text in self.act),
            tuple(need.need() for need in self.needs), tuple(need.need() for need in self.unless),
            tuple(rung.rung() for rung in self.severity), self.voice, self.opening, self.headline, self.destination,
            why=self.why, references=self.references,
            examples={kind: tuple(item.example() for item in some) for kind, some in self.examples.items()},
        )  # fmt: skip


class UndoingModel(_Strict):
    """What takes an act back, in every rule."""

    id: str
    why: str = ""
    tag: Words
    within: Annotated[float, Field(gt=0, le=60)] = 6.0
    side: Literal["any", "before", "after"] = "any"
    near: str = "act"
    effect: Literal["drop", "recalled"] = "drop"
    kinds: tuple[Kind, ...] = ()
    headline: Annotated[bool, Field(description="in the headline it undoes the whole article")] = False

    def undoing(self) -> Undoing:
        need = Need(tuple(TagSpec.of(text) for text in self.tag), self.within, self.side, self.near)
        return Undoing(self.id, need, self.effect, frozenset(self.kinds or Kind), self.headline)


class AffixesModel(_Strict):
    at: Words = ()
    of: Words = ()
    plain: Words = ()
    by: Words = ()
    leaving: Annotated[Words, Field(alias="from", description="those of `at` that say from")] = ()
    reaching: Annotated[Words, Field(alias="to", description="those of `at` that say to")] = ()

    def affixes(self) -> Affixes:
        sides = (self.at, self.of, self.plain, self.by, self.leaving, self.reaching)
        return Affixes(*(tuple(fold.fold(affix) for affix in side) for side in sides))


class LexiconModel(_Strict):
    """One language; every other key of the file is a category of words."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    script: Literal["latin", "cyrillic", "arabic", "hebrew", "greek", "han", "kana", "hangul"]
    function_words: Words
    letters: Words = ()
    home: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$")] = None
    prefixes: AffixesModel = AffixesModel()
    suffixes: AffixesModel = AffixesModel()
    object_before: bool = False
    verb_last: bool = False
    adjective_after: bool = False
    verb_first: bool = False
    words: dict[str, Any]


def knowledge(user: Path | None = None) -> Knowledge:
    """Everything shipped, with the user's folder on top; ConfigError lists every fault of every file."""
    if user is not None and not user.is_dir():
        raise ConfigError(Fault(str(user), 0, 0, "is no folder; rules and lexicons of your own stand in a folder"))
    faults: list[Fault] = []
    folders = [shipped("config"), *([user] if user else [])]
    rules, undoings = _rules(folders, faults)
    if faults:
        with contextlib.suppress(ConfigError):
            _lexicons(folders, faults)
        raise ConfigError(*faults)
    words = [path for folder in folders for path in _lexicon_files(folder)]
    table = shipped("config/places/gazetteer.tsv")
    makers = [Path(module.__file__) for module in (fold, forms, trie, compiling) if module.__file__]
    lexicons = cache.compiled(f"lexicons-{cache.digest([*makers, *words])}", lambda: _plain_lexicons(folders))
    places = cache.compiled(f"places-{cache.digest([*makers, table])}", lambda: compile_places(_places(table)))
    known = {item[0]: _lexicon_from(item) for item in lexicons}
    if unknown := list(_unknown_tags(rules, known.values())):
        raise ConfigError(*unknown)
    return Knowledge(known, gazetteer(*places), rules, undoings)


def _unknown_tags(rules: Iterable[Rule], lexicons: Iterable[Lexicon]) -> Iterator[Fault]:
    """Tags that nothing ever gives: what a rule asks for by them would never be found, in silence."""
    given = {TagSpec(category) for category in _MADE} | {TagSpec("citizens", "people"), TagSpec("staff", "owned")}
    given.add(TagSpec("office", "government"))
    for lexicon in lexicons:
        for category, values in lexicon.entries.items():
            given |= {TagSpec(category), *(TagSpec(category, value) for value in values if value)}
    for rule in rules:
        rungs = [rung.need for rung in rule.ladder if rung.need is not None]
        asked = [
            *rule.act,
            *(spec for need in (*rule.needs, *rule.unless, *rungs) for spec in (*need.tags, *need.rivals)),
        ]
        for spec in dict.fromkeys(asked):
            if spec not in given:
                file, line, column = rule.places.get("", "rules:0:0").rsplit(":", 2)
                near = get_close_matches(str(spec), sorted(map(str, given)), 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield Fault(file, int(line), int(column), f"rule {rule.id}: no lexicon has the tag {spec}{hint}")


def _lexicon_files(folder: Path) -> list[Path]:
    return sorted((folder / "lexicons").glob("*.yaml"))


def _plain_lexicons(folders: Iterable[Path]) -> list[tuple[Any, ...]]:
    """Every lexicon as plain values, its tree included; ConfigError lists every fault."""
    faults: list[Fault] = []
    lexicons = _lexicons(folders, faults)
    if faults:
        raise ConfigError(*faults)
    return [_plain_lexicon(lexicon) for lexicon in lexicons.values()]


def _plain_lexicon(lexicon: Lexicon) -> tuple[Any, ...]:
    values = [getattr(lexicon, item.name) for item in dataclasses.fields(lexicon)]
    return tuple(
        dataclasses.astuple(value) if isinstance(value, Affixes) else value.root if isinstance(value, Trie) else value
        for value in values
    )


def _affixes(value: tuple[tuple[str, ...], ...]) -> Affixes:
    return Affixes(*value)


def _lexicon_from(values: tuple[Any, ...]) -> Lexicon:
    kinds: dict[str, Callable[[Any], Any]] = {"prefixes": _affixes, "suffixes": _affixes, "trie": Trie}
    names = [item.name for item in dataclasses.fields(Lexicon)]
    return Lexicon(**{name: kinds.get(name, lambda it: it)(value) for name, value in zip(names, values, strict=True)})


def schema() -> dict[str, Any]:
    """JSON Schema of a rules file, for completion and checks in an editor."""

    class RulesFile(_Strict):
        rules: tuple[RuleModel, ...] = ()
        undoing: tuple[UndoingModel, ...] = ()

    return RulesFile.model_json_schema(by_alias=True)


def _lexicons(folders: Iterable[Path], faults: list[Fault]) -> dict[str, Lexicon]:
    found: dict[str, Lexicon] = {}
    for folder in folders:
        for path in _lexicon_files(folder):
            try:
                lexicon = lexicon_of(load(path))
            except ConfigError as error:
                faults.extend(error.faults)
                continue
            found[lexicon.language] = (
                _joined(found[lexicon.language], lexicon) if lexicon.language in found else lexicon
            )
    return {language: lexicon.compiled() for language, lexicon in found.items()}


def lexicon_of(document: Document) -> Lexicon:
    """One lexicon file, not compiled yet."""
    model = validated(LexiconModel, document)
    return Lexicon(
        model.language, model.script, frozenset(map(fold.fold, model.function_words)), _entries(model, document),
        frozenset(model.letters), model.home, model.prefixes.affixes(), model.suffixes.affixes(),
        model.object_before,
        model.verb_last,
        model.adjective_after,
        model.verb_first,
    )  # fmt: skip


def _entries(model: LexiconModel, document: Document) -> dict[str, dict[str, tuple[str, ...]]]:
    faults: list[Fault] = []
    entries: dict[str, dict[str, tuple[str, ...]]] = {}
    for category, content in model.words.items():
        values = content if isinstance(content, dict) else {"": content}
        for value, phrases in values.items():
            path = ("words", category, value) if value else ("words", category)
            if not isinstance(phrases, list):
                faults.append(document.fault(path, f"{category}: a list of phrases is expected"))
                continue
            for index, phrase in enumerate(phrases):
                try:
                    parts_of(str(phrase))
                except ValueError as error:
                    faults.append(document.fault((*path, index), str(error)))
            entries.setdefault(category, {})[value] = tuple(str(phrase) for phrase in phrases)
    if faults:
        raise ConfigError(*faults)
    return entries


def _joined(shipped_one: Lexicon, user: Lexicon) -> Lexicon:
    """A user's lexicon of a known language adds words; it takes none away."""
    entries = {category: dict(values) for category, values in shipped_one.entries.items()}
    for category, values in user.entries.items():
        for value, phrases in values.items():
            mine = entries.setdefault(category, {})
            mine[value] = (*mine.get(value, ()), *phrases)
    return Lexicon(
        shipped_one.language, shipped_one.script, shipped_one.function_words | user.function_words, entries,
        shipped_one.letters | user.letters, user.home or shipped_one.home, shipped_one.prefixes, shipped_one.suffixes,
        shipped_one.object_before,
        shipped_one.verb_last,
        shipped_one.adjective_after,
        shipped_one.verb_first,
    )  # fmt: skip


def _rules(folders: Iterable[Path], faults: list[Fault]) -> tuple[tuple[Rule, ...], tuple[Undoing, ...]]:
    rules: dict[str, dict[str, Any]] = {}
    homes: dict[str, tuple[Document, At]] = {}
    written: dict[str, dict[str, tuple[Document, At]]] = {}  # which file each field of a rule comes from
    undoings: dict[str, Undoing] = {}
    for folder in folders:
        for path in sorted((folder / "rules").glob("*.yaml")):
            try:
                document = load(path)
                for key, content in _sections(document):
                    for index, item in enumerate(content or ()):
                        at: At = (key, index)
                        if key == "undoing":
                            undoing = validated(UndoingModel, document, item, at).undoing()
                            undoings[undoing.id] = undoing
                        else:
                            name = str(item.get("id", ""))
                            rules[name] = {**rules.get(name, {}), **item}
                            homes[name] = (document, at)
                            written.setdefault(name, {}).update(dict.fromkeys(item, (document, at)))
            except ConfigError as error:
                faults.extend(error.faults)
    built = []
    for name, content in rules.items():
        document, at = homes[name]
        try:
            rule = validated(RuleModel, document, content, at).rule()
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        faults.extend(_faults_of_rule(rule, document, at))
        built.append(dataclasses.replace(rule, places=_places_of(rule, homes[name], written[name].get("examples"))))
    return tuple(built), tuple(undoings.values())


def _places_of(rule: Rule, home: tuple[Document, At], examples: tuple[Document, At] | None) -> dict[str, str]:
    """Where the rule and each of its examples stand, for messages about them."""
    places = {"": home[0].place(home[1])}
    for kind, some in rule.examples.items() if examples else ():
        document, at = examples or home
        places |= {f"{kind}/{index}": document.place((*at, "examples", kind, index)) for index in range(len(some))}
    return places


def _sections(document: Document) -> Iterable[tuple[str, Any]]:
    if not isinstance(document.data, dict):
        raise ConfigError(document.fault((), "a rules file is a mapping with `rules:` or `undoing:`"))
    for key, content in document.data.items():
        if key not in {"rules", "undoing"}:
            raise ConfigError(document.fault((key,), f"unknown key {key!r} (known: rules, undoing)"))
        if not all(isinstance(item, dict) for item in content or ()):
            raise ConfigError(document.fault((key,), f"{key} is a list of mappings"))
        yield key, content


def _faults_of_rule(rule: Rule, document: Document, at: At) -> list[Fault]:
    faults = []
    if rule.ladder[-1].need is not None:
        faults.append(
            document.fault((*at, "severity"), f"rule {rule.id}: the last step of the ladder must have no tag")
        )
    names = {"act"}
    for index, need in enumerate(rule.needs):
        if need.near not in names:
            faults.append(
                document.fault((*at, "needs", index), f"rule {rule.id}: near {need.near!r} names no earlier need")
            )
        names.add(need.name)
    return faults


def _places(path: Path) -> Iterator[tuple[str, Row]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or (number == 1 and line.startswith("form\t")):
                continue
            fields = line.rstrip("\n").split("\t")
            if len(fields) < 4:
                raise ConfigError(Fault(str(path), number, 1, "form, code, role, languages and flags are expected"))
            form, code, role, languages, flags = (*fields, "")[:5]
            yield form, (code, role, languages, flags)

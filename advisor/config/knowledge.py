"""Lexicons and places from their files, with the rules of `rule_files`, to what the engine is built from.

Shipped files come first; a user's folder may add languages, or words to a language.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.config import cache, categories
from advisor.config.documents import Document, load, no_folder, validated
from advisor.config.rule_files import read_rules, unknown_tags
from advisor.config.rule_shapes import Strict, Words
from advisor.config.watchwords import with_words
from advisor.detect import fold, forms, places, trie
from advisor.detect import knowledge as compiling
from advisor.detect import phrases as writing
from advisor.detect.knowledge import Affixes, Knowledge, Lexicon, compile_places, gazetteer
from advisor.detect.phrases import parts_of
from advisor.detect.places import Row
from advisor.detect.trie import Packed, Trie
from advisor.errors import ConfigError, Fault
from advisor.resources import shipped


class AffixesModel(Strict):
    at: Words = ()
    of: Words = ()
    plain: Words = ()
    by: Words = ()
    leaving: Annotated[Words, Field(alias="from", description="those of `at` that say from")] = ()
    reaching: Annotated[Words, Field(alias="to", description="those of `at` that say to")] = ()

    def affixes(self) -> Affixes:
        sides = (self.at, self.of, self.plain, self.by, self.leaving, self.reaching)
        return Affixes(*(tuple(fold.fold(affix) for affix in side) for side in sides))


class LexiconModel(Strict):
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
    subject_behind: bool = False
    oblique: Words = ()
    words: dict[str, Any]


def knowledge(user: Path | None = None) -> Knowledge:
    """Everything shipped, with the user's folder on top; ConfigError lists every fault of every file."""
    if user is not None and (wrong := no_folder(user)):
        wrong = wrong.removeprefix(f"{user} ")
        raise ConfigError(Fault(str(user), 0, 0, f"{wrong}; rules and lexicons of your own stand in a folder"))
    faults: list[Fault] = [
        Fault(str(part), 0, 0, wrong.removeprefix(f"{part} "))
        for part in ((user / "rules", user / "lexicons") if user else ())
        if os.path.lexists(part) and (wrong := no_folder(part))
    ]
    if user is not None and not any(os.path.lexists(user / part) for part in ("rules", "lexicons")):
        faults += [
            Fault(str(path), 0, 0, f"is not read here; rules stand in {user / 'rules'}, words in {user / 'lexicons'}")
            for path in sorted(user.glob("*.yaml"))
        ]
    faults += [
        Fault(str(path), 0, 0, f"is not read; call it {path.stem}.yaml")
        for part in ("rules", "lexicons") if user is not None
        for path in sorted((user / part).glob("*.yml"))
    ]  # fmt: skip
    folders = [shipped("config"), *([user] if user else [])]
    rules, undoings, own = read_rules(folders, faults)
    if faults:
        with contextlib.suppress(ConfigError):
            _lexicons(folders, faults)
        raise ConfigError(*faults)
    words = [path for folder in folders for path in _lexicon_files(folder)]
    if user is not None and (mine := _lexicon_files(user)):
        known_words = categories.shipped(_lexicon_files(folders[0])), categories.asked(rules, undoings)
        if misspelt := list(categories.unknown(mine, *known_words)):
            raise ConfigError(*misspelt)
    table = shipped("config/places/gazetteer.tsv")
    makers = [Path(module.__file__) for module in (fold, forms, writing, places, trie, compiling) if module.__file__]
    lexicons = cache.compiled(f"lexicons-{cache.digest([*makers, *words])}", lambda: _plain_lexicons(folders))
    named = cache.compiled(f"places-{cache.digest([*makers, table])}", lambda: compile_places(_places(table)))
    known = {item[0]: _lexicon_from(item) for item in lexicons}
    if own:
        known = with_words(known, own)
    if user is not None and (
        unknown := list(unknown_tags(rules, undoings, known.values()))
    ):  # a test looks at the shipped ones
        raise ConfigError(*unknown)
    written = [path for folder in folders for path in sorted((folder / "rules").glob("*.yaml"))]
    engine = sorted(Path(trie.__file__).parent.glob("*.py"))
    return Knowledge(known, gazetteer(*named), rules, undoings, cache.fingerprint([*engine, *written, *words, table]))


def _lexicon_files(folder: Path) -> list[Path]:
    return sorted((folder / "lexicons").glob("*.yaml"))


def _plain_lexicons(folders: Iterable[Path]) -> list[tuple[Any, ...]]:
    """Every lexicon as plain values, its tree included; ConfigError lists every fault."""
    faults: list[Fault] = []
    lexicons = _lexicons(folders, faults)
    if faults:
        raise ConfigError(*faults)
    return [_plain_lexicon(lexicon.compiled()) for lexicon in lexicons.values()]


def _plain_lexicon(lexicon: Lexicon) -> tuple[Any, ...]:
    values = {item.name: getattr(lexicon, item.name) for item in dataclasses.fields(lexicon)}
    values |= {name: dataclasses.astuple(values[name]) for name in ("prefixes", "suffixes")}
    return tuple({**values, "tries": [tuple(trie.packed()) for trie in lexicon.tries]}.values())


def _lexicon_from(values: tuple[Any, ...]) -> Lexicon:
    fields = dict(zip((item.name for item in dataclasses.fields(Lexicon)), values, strict=True))
    prefixes, suffixes = (Affixes(*fields[name]) for name in ("prefixes", "suffixes"))
    tries = tuple(Trie(Packed(*packed), prefixes.all, suffixes.all) for packed in fields["tries"])
    return Lexicon(**{**fields, "prefixes": prefixes, "suffixes": suffixes, "tries": tries})


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
    return found


def lexicon_of(document: Document) -> Lexicon:
    """One lexicon file, not compiled yet."""
    model = validated(LexiconModel, document)
    if not all(form.removeprefix("-") for form in model.oblique):
        raise ConfigError(document.fault(("oblique",), "oblique: an ending has at least one letter"))
    return Lexicon(
        model.language, model.script, frozenset(map(fold.fold, model.function_words)), _entries(model, document),
        frozenset(model.letters), model.home, model.prefixes.affixes(), model.suffixes.affixes(),
        model.object_before,
        model.verb_last,
        model.adjective_after,
        model.verb_first,
        model.subject_behind,
        tuple(ending.lower() for ending in model.oblique),
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
        shipped_one.subject_behind or user.subject_behind,
        (*shipped_one.oblique, *user.oblique),
    )  # fmt: skip


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

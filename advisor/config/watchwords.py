"""Watchwords: an operator's own rules of a phrase and a place, from what is written to a rule and its words.

    watchwords:
      - id: airport-closed
        title: Airport closed
        phrases: [airport .. closed, airspace .. closed]
        named: [SY, LB]
        severity: severe

Phrases have the form of the lexicons', so nothing that can be written here can hang the engine. A phrase becomes a
tag of its own in every language that is written in its script; the shipped rules never see it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from advisor.config.rule_shapes import Examples, SeverityName, Strict, Words
from advisor.config.values import Countries
from advisor.detect.knowledge import Lexicon, Need, Rule, Rung, TagSpec, Watched
from advisor.detect.phrases import parts_of
from advisor.detect.tags import WATCH
from advisor.model import Kind, Severity

_NAME = r"^[a-z0-9][a-z0-9-]*$"
_OWN_KIND = r"^[a-z][a-z0-9-]*$"
_SENTENCE = 60.0  # words; as far as a need may reach
_SCRIPTS = {
    "LATIN": ("latin",), "CYRILLIC": ("cyrillic",), "ARABIC": ("arabic",), "HEBREW": ("hebrew",), "GREEK": ("greek",),
    "HANGUL": ("hangul",), "HIRAGANA": ("kana",), "KATAKANA": ("kana",), "CJK": ("han", "kana", "hangul"),
}  # fmt: skip


def _phrase(phrase: str) -> str:
    parts_of(phrase)  # ValueError says what is wrong with it
    return phrase


def _own(kind: str) -> str:
    if kind in set(Kind):
        raise ValueError(f"{kind!r} is Advisor's own kind; write a rule under `rules:`, or take another name")
    return kind


Phrases = tuple[Annotated[str, AfterValidator(_phrase)], ...]


class WatchwordModel(Strict):
    """What of a text is to be told although no government says it, or in words of one's own."""

    id: Annotated[str, Field(pattern=_NAME)]
    title: Annotated[str, Field(min_length=1, max_length=80, description="what messages call it")]
    why: str = ""
    kind: Annotated[
        str | None, AfterValidator(lambda it: it if it is None else _own(it)),
        Field(pattern=_OWN_KIND, min_length=3, max_length=20, description="for routes; default: the id"),
    ] = None  # fmt: skip
    phrases: Annotated[Phrases, Field(min_length=1, description="any of these, as in lexicons: a|b, word*, ..")]
    near: Annotated[Phrases, Field(description="one of these must stand near the phrase")] = ()
    within: Annotated[float, Field(gt=0, le=_SENTENCE, description="how near, in words")] = 12.0
    unless: Annotated[Phrases, Field(description="none of these in the same sentence")] = ()
    about: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$", description="the country, named or not")] = None
    named: Annotated[Countries, Field(description="one of these must be named; default: any country")] = frozenset()
    issuer: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$", description="the government that must speak")] = None
    severity: SeverityName = "moderate"
    undoing: Annotated[Words, Field(description="which of the shipped undoings count")] = (
        "negated", "denied", "recalled",
    )  # fmt: skip
    references: tuple[str, ...] = ()
    examples: Annotated[Examples, Field(default_factory=dict)]

    @model_validator(mode="after")
    def _whole(self) -> WatchwordModel:
        if self.about and self.named:
            raise ValueError("give `about` (always this country) or `named` (one of these must be named), not both")
        if self.kind is None and (len(self.id) > 20 or len(self.id) < 3 or not self.id[0].isalpha()):
            raise ValueError("id: without `kind` the id is the kind: 3 to 20 characters, a letter first")
        if self.kind is None:
            _own(self.id)
        return self

    def rule(self) -> Rule:
        near = (Need((TagSpec(f"{self._tag}:near"),), self.within, name="near"),) if self.near else ()
        unless = (Need((TagSpec(f"{self._tag}:unless"),), _SENTENCE),) if self.unless else ()
        return Rule(
            self.id, self.title, self.kind or self.id, (TagSpec(self._tag),), near, unless,
            (Rung(Severity.of(self.severity)),),
            watch=Watched(self.about, self.named, self.issuer, frozenset(self.undoing)),
            why=self.why, references=self.references,
            examples={kind: tuple(item.example() for item in some) for kind, some in self.examples.items()},
        )  # fmt: skip

    def words(self) -> dict[str, Phrases]:
        """The categories that its phrases belong in."""
        sides = {"": self.phrases, ":near": self.near, ":unless": self.unless}
        return {f"{self._tag}{side}": phrases for side, phrases in sides.items() if phrases}

    @property
    def _tag(self) -> str:
        return f"{WATCH}{self.id}"


def with_words(lexicons: Mapping[str, Lexicon], words: Mapping[str, Iterable[str]]) -> dict[str, Lexicon]:
    """The lexicons with the watchwords' phrases added to their trees, each in the languages of its script."""
    return {language: _with_words(lexicon, words) for language, lexicon in lexicons.items()}


def _with_words(lexicon: Lexicon, words: Mapping[str, Iterable[str]]) -> Lexicon:
    return lexicon.with_phrases(
        (phrase, (category, ""))
        for category, phrases in words.items()
        for phrase in phrases
        if _is_written(phrase, lexicon.script)
    )


def _is_written(phrase: str, script: str) -> bool:
    """Whether a text in `script` may hold the phrase; plain Latin names stand in texts of every script."""
    letters = [character for character in phrase if character.isalpha() and not character.isascii()]
    names = (unicodedata.name(letter, "").partition(" ")[0].partition("-")[0] for letter in letters)
    return all(script in _SCRIPTS.get(name, (script,)) for name in names)

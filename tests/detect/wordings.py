"""Sentences put together from what rules ask for: their phrases, with endings, attached letters and words between."""

from __future__ import annotations

import random
from collections.abc import Iterator

from advisor.config.documents import load
from advisor.config.knowledge import lexicon_of
from advisor.detect.knowledge import Knowledge, TagSpec
from advisor.detect.phrases import GAPS
from advisor.resources import shipped

_ENDINGS = {"arabic": ["", "", "ات", "ها"], "hebrew": ["", "", "ים", "ות"]}  # a word is of one script
_ENDINGS_ELSEWHERE = ["", "", "s", "en", "ы", "é"]


class Wordings:
    """Of one language; equal seeds give equal sentences."""

    def __init__(self, known: Knowledge, language: str, seed: int) -> None:
        self._lexicon = known.lexicons[language]
        self._entries = lexicon_of(load(shipped(f"config/lexicons/{language}.yaml"))).entries
        self._rules = [rule for rule in known.rules if rule.voice == "any"]
        self._names = known.places.speaking[language].split("\n")
        self._little = sorted(self._lexicon.function_words)
        self._draw = random.Random(seed)
        self._endings = _ENDINGS.get(self._lexicon.script, _ENDINGS_ELSEWHERE)
        self._space = "" if self._lexicon.script in {"han", "kana"} else " "

    def sentences(self, number: int) -> Iterator[str]:
        for _ in range(number):
            rule = self._draw.choice(self._rules)
            specs = [self._draw.choice(rule.act), *(self._draw.choice(need.tags) for need in rule.needs)]
            parts = [said for spec in specs if (said := self._said(spec))]
            if not parts or self._draw.random() < 0.4:
                parts.append(self._draw.choice(self._names).title())
            if self._draw.random() < 0.7:
                self._draw.shuffle(parts)
            yield self._joined(parts)

    def _said(self, spec: TagSpec) -> str | None:
        values = self._entries.get(spec.category, {})
        phrases = [phrase for value, some in values.items() if spec.value in (None, value) for phrase in some]
        return self._phrase(self._draw.choice(phrases)) if phrases else None

    def _phrase(self, phrase: str) -> str:
        words: list[str] = []
        for part in phrase.split():
            if part in GAPS:
                words += self._between(3 if part == ".." else 5)
            else:
                words.append(self._word(part))
        return self._space.join(words)

    def _word(self, part: str) -> str:
        word = self._draw.choice(part.split("|")).replace("_", " ")
        if word.endswith("*"):
            word = word[:-1] + (self._draw.choice(self._endings) if self._space else "")
        prefixes, suffixes = self._lexicon.prefixes.all, self._lexicon.suffixes.all
        if prefixes and self._draw.random() < 0.2:
            word = self._draw.choice(prefixes) + word
        return word + self._draw.choice(suffixes) if suffixes and self._draw.random() < 0.2 else word

    def _between(self, most: int) -> list[str]:
        return [self._draw.choice(self._little) for _ in range(self._draw.randint(0, most))]

    def _joined(self, parts: list[str]) -> str:
        said = parts[0]
        for part in parts[1:]:
            mark = self._draw.choice([",", ":", " "]) if self._draw.random() < 0.1 else ""
            said = self._space.join([said + mark, *self._between(3), part])
        return said.upper() if self._draw.random() < 0.2 else said

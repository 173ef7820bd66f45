"""Which languages a text is in: scripts first, then each language's function words and letters of its own.

Cheap enough for every article of the world, since the gate asks too. The declared language is a hint, never
a lock: feeds lie.
"""

from __future__ import annotations

import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from advisor.detect.fold import fold
from advisor.detect.knowledge import Lexicon

SAMPLE = 1000  # code points that decide
_WORDS = 500  # of them tell by their words
_LETTERS = 3  # of a kind that count; a name that is repeated is no language
_PROBED = 250  # of them tell the scripts
_SHARE = 0.25  # a script with a quarter of the letters counts
_NEAR_BEST = 0.6  # languages with this share of the best one's votes are read too
_LANE = 16  # bits: more than a sample has words
_NAMES = {
    "HANGUL": "hangul", "HIRAGANA": "kana", "KATAKANA": "kana", "CJK": "han", "CYRILLIC": "cyrillic",
    "ARABIC": "arabic", "HEBREW": "hebrew", "GREEK": "greek", "LATIN": "latin",
}  # fmt: skip


class _Scripts(dict[str, str]):
    """The script of each character, looked up once."""

    def __missing__(self, character: str) -> str:
        name = unicodedata.name(character, "") if character.isalpha() else ""
        script = self[character] = _NAMES.get(name.partition(" ")[0].partition("-")[0], "")
        return script


_SCRIPTS = _Scripts()


class Languages:
    """Built once from the lexicons."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._by_script: dict[str, list[str]] = {}
        lexicons = list(lexicons)
        self._places = {lexicon.language: place for place, lexicon in enumerate(lexicons)}
        # The languages that a word votes for, a lane of a long number each: adding numbers counts all of them at once.
        self._words: dict[str, int] = {}
        self._lanes = struct.Struct(f"<{len(lexicons)}H")
        self._letters: list[tuple[str, str]] = []
        for lexicon in lexicons:
            self._by_script.setdefault(lexicon.script, []).append(lexicon.language)
            self._letters.extend((letter, lexicon.language) for letter in lexicon.letters)
            vote = 1 << (_LANE * self._places[lexicon.language])
            for word in lexicon.function_words:
                self._words[word] = self._words.get(word, 0) + vote
        self._known = frozenset(self._words)

    def of(self, text: str, declared: str | None = None) -> tuple[str, ...]:
        """The languages of `text`, best first."""
        sample = text[:SAMPLE]
        scripts = {"latin"}
        if not sample.isascii():
            sample = unicodedata.normalize("NFC", sample).lower()
            scripts = _scripts_of(sample)
        candidates = [language for script in scripts for language in self._by_script.get(script, ())]
        if len(candidates) < 2:
            return tuple(candidates)
        words = fold(sample[:_WORDS]).split()
        if scripts != {"latin"}:
            words += sample[:_WORDS]  # characters are words where no spaces are
        counted = sum(map(self._words.__getitem__, self._known.intersection(words)))
        lanes = self._lanes.unpack(counted.to_bytes(self._lanes.size, "little"))
        votes = {language: float(lanes[self._places[language]]) for language in candidates}
        if not sample.isascii():
            for letter, language in self._letters:
                if letter in sample and language in votes:
                    votes[language] += 2 * min(sample.count(letter), _LETTERS)
        hint = (declared or "").split("-")[0].lower()
        if hint in votes:
            votes[hint] += 1.5 + 0.1 * votes[hint]
        return _chosen(votes, len(scripts) > 1)


def _scripts_of(sample: str) -> set[str]:
    counts: dict[str, float] = {"latin": 0, "kana": 0, "han": 0}
    for character, count in Counter(sample[:: 1 + len(sample) // _PROBED]).items():
        if script := _SCRIPTS[character]:
            counts[script] = counts.get(script, 0) + count
    if counts["kana"] >= 2 and counts["kana"] * 20 > counts["han"]:  # Japanese mixes kana and Chinese characters
        counts["kana"] += counts.pop("han")
    total = sum(counts.values())
    return {script for script, count in counts.items() if count and count >= _SHARE * total}


def _chosen(votes: Mapping[str, float], mixed: bool) -> tuple[str, ...]:
    """The best language and those near it; without any vote all are possible, as in a headline of names."""
    best = max(votes.values())
    if best == 0:
        return tuple(votes)
    near = [language for language, vote in votes.items() if vote >= _NEAR_BEST * best or (mixed and vote > 2)]
    return tuple(sorted(near, key=lambda language: -votes[language]))

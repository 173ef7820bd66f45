"""Which languages a text is in: scripts first, then each language's function words and letters of its own.

Cheap enough for every article of the world, since the gate asks too. The declared language is a hint, never
a lock: feeds lie.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence

from advisor.detect.alphabet import Letters
from advisor.detect.fold import fold
from advisor.detect.knowledge import Lexicon

SAMPLE = 1000  # code points that decide
_WORDS = 500  # of them tell by their words
_LETTERS = 3  # of a kind that count; a name that is repeated is no language
_PROBED = 250  # of them tell the scripts
_SHARE = 0.25  # a script with a quarter of the letters counts
_NEIGHBOURS = 3  # languages of one script that may all be read
_NEAR_BEST = 0.6  # languages with this share of the best one's votes are read too
_HEARD = 2  # in a text of several scripts, a language with more votes is read, too
_LANE = 16  # bits: more than a sample has words
_NAMES = {
    "HANGUL": "hangul", "HIRAGANA": "kana", "KATAKANA": "kana", "CJK": "han", "CYRILLIC": "cyrillic",
    "ARABIC": "arabic", "HEBREW": "hebrew", "GREEK": "greek", "LATIN": "latin",
}  # fmt: skip


_NO_LATIN = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2c00-\ufaff\ufb07-\U0010ffff]")  # in nearly no Latin text

# The bytes of cp1252 that are no letters, or letters of ASCII.
_MARKS = bytes(
    code for code in range(256) if not (char := bytes([code]).decode("cp1252", "replace")).isalpha() or char.isascii()
)
_LATIN: tuple[str, ...] = ("latin",)
_OTHER = 0  # what is no letter, or of a script that no lexicon is written in
_SCRIPTS = sorted({*_NAMES.values()})
_CODES = {script: code for code, script in enumerate(_SCRIPTS, _OTHER + 1)}


class _Coded(dict[str, int]):
    """The code of the script of each character, looked up once."""

    def __missing__(self, character: str) -> int:
        name = unicodedata.name(character, "") if character.isalpha() else ""
        script = _NAMES.get(name.partition(" ")[0].partition("-")[0], "")
        code = self[character] = _CODES.get(script, _OTHER)
        return code


_CODED = _Coded()


class Languages:
    """Built once from the lexicons."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        by_script: dict[str, list[Lexicon]] = {}
        for lexicon in lexicons:
            by_script.setdefault(lexicon.script, []).append(lexicon)
        self._scripts = {script: _Script(some) for script, some in by_script.items()}
        self._known: dict[tuple[str, ...], tuple[list[_Script], tuple[str, ...]]] = {}  # with the languages of all

    def of(self, text: str, declared: str | None = None, sure: bool = False) -> tuple[str, ...]:
        """The languages of `text`, best first; `sure`: without those that a word or two may name by chance."""
        sample = text[:SAMPLE]
        names = _LATIN
        if not (plain := _is_plain(sample)):
            sample = unicodedata.normalize("NFC", sample).lower()
            names = names if _NO_LATIN.search(sample) is None else _scripts_of(sample)
        scripts, languages = self._known.get(names) or self._among(names)
        if len(languages) < 2:
            return languages
        votes: list[float] = []
        for script in scripts:
            votes += script.votes(sample, alone=len(names) == 1, single=names != _LATIN, letters=not plain)
        hint = (declared or "").split("-")[0].lower()
        if hint in languages:
            if len(votes) <= _NEIGHBOURS and not any(votes):
                return tuple(sorted(languages, key=lambda language: language != hint))  # Russian in a Ukrainian feed
            place = languages.index(hint)
            votes[place] += 1.5 + 0.1 * votes[place]
        return _chosen(languages, votes, len(names) > 1, sure)

    def _among(self, names: tuple[str, ...]) -> tuple[list[_Script], tuple[str, ...]]:
        """The scripts of these names that lexicons are written in, and their languages."""
        scripts = [self._scripts[name] for name in names if name in self._scripts]
        found = self._known[names] = (scripts, tuple([language for script in scripts for language in script.languages]))
        return found


class _Script:
    """The languages of one script. A text of that script alone is folded in bytes, which is quicker."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self.languages = [lexicon.language for lexicon in lexicons]
        # The languages that a word votes for, a lane of a long number each: adding numbers counts all of them at once.
        self._lanes = struct.Struct(f"<{len(lexicons)}H")
        self._words: dict[str, int] = {}
        for place, lexicon in enumerate(lexicons):
            for word in lexicon.function_words:
                self._words[word] = self._words.get(word, 0) + (1 << (_LANE * place))
        self._alphabet = Letters([*sorted(self._words), *(lexicon.alphabet for lexicon in lexicons)])
        self._narrow = {self._alphabet.encode(word): lanes for word, lanes in self._words.items()}
        self._single = [(word, self._alphabet.encode(word)) for word in self._words if len(word) == 1]
        self._letters = [(letter, place) for place, some in enumerate(lexicons) for letter in sorted(some.letters)]

    def votes(self, sample: str, alone: bool, single: bool, letters: bool) -> list[float]:
        """What the words of `sample` say for each language, and its `letters`; `single`: characters are words, too."""
        telling = sample[:_WORDS]
        singles = [written for written in self._single if written[0] in telling] if single else ()
        if alone:
            narrow = self._narrow.keys() & [*self._alphabet.loose(telling).split(), *(narrow for _, narrow in singles)]
            counted = sum(map(self._narrow.__getitem__, narrow))
        else:
            known = self._words.keys() & [*fold(telling).split(), *(word for word, _ in singles)]
            counted = sum(map(self._words.__getitem__, known))
        votes: list[float] = [*self._lanes.unpack(counted.to_bytes(self._lanes.size, "little"))]
        if letters:
            for letter, place in self._letters:
                if letter in sample:
                    votes[place] += 2 * min(sample.count(letter), _LETTERS)
        return votes


def _is_plain(sample: str) -> bool:
    """Whether no letters but those of ASCII are there; newsrooms' quotation marks and dashes are none."""
    if sample.isascii():
        return True
    try:
        return not sample.encode("cp1252").translate(None, _MARKS)
    except UnicodeEncodeError:
        return False


def _scripts_of(sample: str) -> tuple[str, ...]:
    """The scripts that count, the one of most letters first."""
    coded = bytes(map(_CODED.__getitem__, sample[:: 1 + len(sample) // _PROBED]))
    counts: dict[str, float] = {script: coded.count(code) for script, code in _CODES.items()}
    if counts["kana"] >= 2 and counts["kana"] * 20 > counts["han"]:  # Japanese mixes kana and Chinese characters
        counts["kana"] += counts.pop("han")
    total = sum(counts.values())
    counting = [script for script, count in counts.items() if count and count >= _SHARE * total]
    return tuple(sorted(counting, key=lambda script: (-counts[script], script)))


def _chosen(languages: Sequence[str], votes: Sequence[float], mixed: bool, sure: bool) -> tuple[str, ...]:
    """The best language and those near it; without any vote all are possible, as in a headline of names."""
    best = max(votes)
    if best == 0:
        return tuple(languages)
    least = _NEAR_BEST * best
    if not sure:
        least = max(0.5, min(least, best - 1.0))  # two votes against one are chance: "a", "de"
    heard = _HEARD if mixed else best
    near = [some for some in zip(votes, languages, strict=True) if some[0] >= least or some[0] > heard]
    if len(near) > 1:
        near.sort(key=lambda some: -some[0])
    return tuple([language for _, language in near])

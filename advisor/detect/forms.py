"""The gazetteer's forms: ninety-five thousand names in a few hundred kilobytes.

A MARISA trie (S. Yata, https://www.s-yata.jp/marisa-trie/) of token sequences, each token closed by a space. What a
form means is a number of the gazetteer's table; what the number says is `knowledge`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import marisa_trie

from advisor.detect.phrases import words_of
from advisor.detect.recent import Recent
from advisor.detect.trie import Match

_NUMBER = "<I"

Affixes = tuple[tuple[str, ...], tuple[str, ...]]  # letters attached before, letters attached after
_NONE: Affixes = ((), ())
_PLAIN_HALF = 1000  # tokens remembered where nothing is attached: most languages share these, and most are no names


class _Step(NamedTuple):
    """A token as part of a form: the key so far, the letters attached, what ends here, and the words that go on."""

    key: str
    prefix: str
    suffix: str
    meanings: tuple[int, ...]
    following: frozenset[str]


class Forms:
    """Built once, from rows or from its own bytes; finds every form in a token sequence."""

    def __init__(self, packed: bytes) -> None:
        self._trie = marisa_trie.RecordTrie(_NUMBER).frombytes(packed)
        self._known: dict[Affixes, Recent[str, tuple[_Step, ...]]] = {}  # where tokens lead as the first of a form

    @staticmethod
    def packed(rows: Iterable[tuple[str, int]]) -> bytes:
        """Folded forms and the numbers of what they mean, ready for `Forms`."""
        keyed = (("".join(f"{word} " for word in words_of(form)), (number,)) for form, number in rows)
        return bytes(marisa_trie.RecordTrie(_NUMBER, keyed).tobytes())

    def matches(
        self, tokens: Sequence[str], prefixes: tuple[str, ...] = (), suffixes: tuple[str, ...] = ()
    ) -> list[Match]:
        """Every form in `tokens`; prefixes and suffixes are letters that may stand attached to its words."""
        affixes = (prefixes, suffixes)
        known = self._known.get(affixes)
        if known is None:
            known = self._known[affixes] = Recent(_PLAIN_HALF) if affixes == _NONE else Recent()
        begins: dict[str, tuple[_Step, ...]] = {}
        for token in dict.fromkeys(tokens):
            steps = known.now.get(token)
            if steps is None and (steps := known.get(token)) is None:
                steps = known[token] = tuple(self._steps("", token, affixes))
            if steps:
                begins[token] = steps
        found: list[Match] = []
        for first in [first for first, token in enumerate(tokens) if token in begins]:
            for step in begins[tokens[first]]:
                self._arrive(step, tokens, first, first, affixes, step.prefix, found)
        return found

    def _arrive(
        self, step: _Step, tokens: Sequence[str], first: int, at: int, affixes: Affixes, prefix: str,
        found: list[Match],
    ) -> None:  # fmt: skip
        """The token at `at` has led to `step`."""
        at += 1
        for meaning in step.meanings:
            found.append(Match(meaning, first, at, prefix, step.suffix))
        if step.following and at < len(tokens) and (tokens[at] in step.following or affixes != _NONE):
            for after in self._steps(step.key, tokens[at], affixes):
                self._arrive(after, tokens, first, at, affixes, prefix or after.prefix, found)

    def _steps(self, before: str, token: str, affixes: Affixes) -> Iterator[_Step]:
        """Where a token leads from the key `before`, with the letters that may be attached to it."""
        for word, prefix, suffix in [(token, "", "")] if affixes == _NONE else _spellings(token, *affixes):
            key = f"{before}{word} "
            if next(self._trie.iterkeys(key), None) is None:
                continue
            meanings = tuple(number for (number,) in self._trie.get(key, ()))
            following = frozenset(longer[len(key) : longer.index(" ", len(key))] for longer in self._longer(key))
            if prefix and len(word) == 1:  # מג'יבוטי: a letter before an apostrophe begins a name, alone it is none
                meanings = ()
            yield _Step(key, prefix, suffix, meanings, following)

    def _longer(self, key: str) -> Iterator[str]:
        return (longer for longer in self._trie.iterkeys(key) if len(longer) > len(key))


def _spellings(token: str, prefixes: Sequence[str], suffixes: Sequence[str]) -> list[tuple[str, str, str]]:
    """The words that a token may be, each with what is attached to it before and behind."""
    spellings = [(token, "", "")]
    spellings += [
        (token[len(prefix) :], prefix, "")
        for prefix in prefixes
        if token.startswith(prefix) and len(token) > len(prefix)
    ]
    spellings += [
        (token[: -len(suffix)], "", suffix)
        for suffix in suffixes
        if token.endswith(suffix) and len(token) > len(suffix)
    ]
    if prefixes:  # both at once: 주이스라엘대사관은
        spellings += [
            (token[len(prefix) : -len(suffix)], prefix, suffix)
            for prefix in prefixes
            if token.startswith(prefix)
            for suffix in suffixes
            if token.endswith(suffix) and len(token) > len(prefix) + len(suffix) + 1
        ]
    return spellings

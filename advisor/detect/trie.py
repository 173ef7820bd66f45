"""Phrases to meanings: one tree of tokens for all lexicon entries and places.

An entry is words with spaces between. `word*` stands for any ending, `a|b` for either word, `..` for up to
three words between. Entries are folded (`fold`) when they are added, so they meet the text. A leaf costs
one dictionary slot, which lets seventy thousand place names live in a few megabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from advisor.detect.fold import fold
from advisor.detect.text import UNSPACED

Node = dict[
    str, Any
]  # token -> Node or tuple of meanings; "" -> meanings; "*" -> lengths of stems; ".." -> Node

_WORD = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+\\*?|\\.\\.")
MAX_GAP = 3


class Match(NamedTuple):
    """A phrase found: its meaning, tokens `first` up to and excluding `last`, and what the last stem left over."""

    meaning: Any
    first: int
    last: int
    rest: str


def parts_of(phrase: str) -> list[tuple[str, ...]]:
    """The token sequences that `phrase` stands for; ValueError says what is wrong with it."""
    slots: list[list[tuple[str, ...]]] = []
    for word in phrase.split():
        if word == "..":
            slots.append([("..",)])
            continue
        options = []
        for option in word.split("|"):
            stem = option.endswith("*")
            pieces = _WORD.findall(fold(option.rstrip("*")))
            if not pieces:
                raise ValueError(f"{phrase!r} has a part without letters")
            if stem:
                pieces[-1] += "*"
            options.append(tuple(pieces))
        slots.append(options)
    if not slots or ("..",) in (slots[0][0], slots[-1][0]):
        raise ValueError(f"{phrase!r} must begin and end with a word")
    return [tuple(piece for option in choice for piece in option) for choice in product(*slots)]


class Trie:
    """Add phrases with their meanings, then find every one of them in a token sequence."""

    def __init__(self) -> None:
        self._root: Node = {}

    def add(self, phrase: str, meaning: Any) -> None:
        for parts in parts_of(phrase):
            self.add_tokens(parts, meaning)

    def add_tokens(self, parts: tuple[str, ...], meaning: Any) -> None:
        node = self._root
        for part in parts[:-1]:
            _note_stem(node, part)
            child = node.get(part)
            if not isinstance(child, dict):
                child = node[part] = {"": child} if child else {}
            node = child
        last = parts[-1]
        _note_stem(node, last)
        child = node.get(last)
        if isinstance(child, dict):
            child[""] = (*child.get("", ()), meaning)
        else:
            node[last] = (*(child or ()), meaning)

    def matches(self, tokens: tuple[str, ...], prefixes: tuple[str, ...] = ()) -> Iterator[Match]:
        """Every phrase in `tokens`; `prefixes` are letters that may stand attached before a word."""
        for first in range(len(tokens)):
            yield from _walk(self._root, tokens, first, first, 0, prefixes)


def _note_stem(node: Node, part: str) -> None:
    if part.endswith("*"):
        length = len(part) - 1
        lengths = node.get("*", ())
        if length not in lengths:
            node["*"] = tuple(sorted((*lengths, length)))


def _steps(node: Node, token: str) -> Iterator[tuple[Any, str]]:
    if (child := node.get(token)) is not None:
        yield child, ""
    for length in node.get("*", ()):
        if length > len(token):
            break
        if (child := node.get(token[:length] + "*")) is not None:
            yield child, token[length:]


def _walk(
    node: Node, tokens: tuple[str, ...], first: int, at: int, gap: int, prefixes: tuple[str, ...]
) -> Iterator[Match]:
    if at >= len(tokens):
        return
    token = tokens[at]
    for child, rest in _steps(node, token):
        yield from _arrive(child, tokens, first, at, rest, prefixes)
    for prefix in prefixes:
        if token.startswith(prefix) and len(token) > len(prefix) + 1:
            for child, rest in _steps(node, token[len(prefix) :]):
                yield from _arrive(child, tokens, first, at, rest, prefixes)
    if gap and gap <= MAX_GAP:
        yield from _walk(node, tokens, first, at + 1, gap + 1, prefixes)


def _arrive(
    child: Any, tokens: tuple[str, ...], first: int, at: int, rest: str, prefixes: tuple[str, ...]
) -> Iterator[Match]:
    if isinstance(child, tuple):
        for meaning in child:
            yield Match(meaning, first, at + 1, rest)
        return
    for meaning in child.get("", ()):
        yield Match(meaning, first, at + 1, rest)
    if len(child) > ("" in child) + ("*" in child):
        yield from _walk(child, tokens, first, at + 1, 0, prefixes)
    if (after := child.get("..")) is not None:
        yield from _walk(after, tokens, first, at + 1, 1, prefixes)

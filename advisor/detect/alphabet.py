"""Folded text as bytes, quickly: what the gate reads of every article of the world.

`fold` looks every character up; that is too slow for texts of which ninety-nine in a hundred are put away at once.
A language written with letters needs few distinct characters, so each gets a byte (Python's charmap codec), and
what folding does to it is one table of 256. Characters outside take the slow way, so the result is always `fold`'s.
Scripts with thousands of characters are folded and encoded as UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable

from advisor.detect.fold import fold

_ASCII = "".join(map(chr, range(128)))
_COMMON = "\xa0\xad\u200b\u200c\u200d\u200e\u200f\ufeff‘’“”„«»–—…•·€£°²،؛؟"  # met in every newsroom's text
_NEIGHBOURS = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿąćęłńśźżăâîșțşţğıčšžőű"
_TWO = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}  # one letter that becomes two
_UNASSIGNED = "\ufffe"  # what the charmap codec takes for no character


class _Plain(dict[int, str]):
    """What a character outside the alphabet becomes in it, found once for each."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, code: int) -> str:
        plain = self[code] = "".join(char if char in self._known else " " for char in fold(chr(code)))
        return plain


class Letters:
    """The alphabet of one language: `letters` are all that its lexicon is written with, folded or not."""

    def __init__(self, letters: Iterable[str]) -> None:
        wanted = dict.fromkeys([*"".join(letters).lower(), *map(fold, letters)])
        others = [char for char in (*"".join(wanted), *_COMMON, *_NEIGHBOURS) if ord(char) > 127 and char not in _TWO]
        known = (_ASCII + "".join(dict.fromkeys(others)))[:256]
        self._decoding = known.ljust(256, _UNASSIGNED)
        self._encoding = codecs.charmap_build(self._decoding)
        codes = {char: code for code, char in enumerate(known)}
        folded = [fold(char) for char in known]
        folding = [codes.get(char, 32) if len(char) == 1 else 32 for char in folded]
        self._folding = bytes([0, *folding[1:]]).ljust(256, b" ")  # NUL stays: borders of sentences are made of it
        self._dropped = bytes(code for code, char in enumerate(folded) if not char)
        self._strange = re.compile(f"[^{re.escape(known)}]+")
        self._plain = _Plain(codes)

    def encode(self, text: str) -> bytes:
        """`fold(text)` in this alphabet; letters of other scripts become spaces."""
        return _single(self.loose(text))

    def loose(self, text: str) -> bytes:
        """The same before `_single`: a space for each sign that is no letter."""
        if text.isascii():
            return text.encode().translate(self._folding, self._dropped)
        text = text.lower()
        for letter, two in _TWO.items():
            if letter in text:
                text = text.replace(letter, two)
        try:
            narrow = codecs.charmap_encode(text, "strict", self._encoding)[0]
        except UnicodeEncodeError:
            text = self._strange.sub(lambda match: match[0].translate(self._plain), text)
            narrow = codecs.charmap_encode(text, "strict", self._encoding)[0]
        return narrow.translate(self._folding, self._dropped)

    def decode(self, narrow: bytes) -> str:
        return codecs.charmap_decode(narrow, "replace", self._decoding)[0]


class Characters:
    """The scripts whose characters are too many for bytes: Chinese, Japanese, Korean."""

    def encode(self, text: str) -> bytes:
        """`fold(text)` as UTF-8."""
        text = text.lower()
        for mark in _MARKS:
            if mark in text:
                text = text.replace(mark, " ")
        if _UNLIKE.search(text):
            text = "\0".join(map(fold, text.split("\0")))
        return _single(text.encode("utf-8", "replace"))

    def decode(self, wide: bytes) -> str:
        return wide.decode("utf-8", "replace")


_MARKS = "，。、“”：；！？（）《》「」\n,.-:/()%\"'"  # what stands in nearly every text
# What folds to itself, and the border of sentences.
_UNLIKE = re.compile("[^ a-z0-9\0\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3]")


def _single(folded: bytes) -> bytes:
    """Punctuation and its space are one space; at the ends, one where there was any."""
    before, behind = folded[:1] == b" ", len(folded) > 1 and folded[-1:] == b" "
    return b" " * before + b" ".join(folded.split()) + b" " * behind


Alphabet = Letters | Characters

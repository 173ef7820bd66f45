"""Folded text as bytes, quickly: what the gate reads of every article of the world.

`fold` looks every character up; that is too slow for texts of which ninety-nine in a hundred are put away at once.
A script of letters has few distinct characters, so each gets a byte (Python's charmap codec), and what folding does
to it is one table of 256. Characters outside take the slow way, so the result is always `fold`'s.
Scripts with thousands of characters are folded and encoded as UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable

from advisor.detect.fold import fold
from advisor.detect.text import UNSPACED

CHARACTERS = {"han", "kana", "hangul"}  # scripts whose characters are too many for bytes
_UNSPACED_SCRIPTS = {"han", "kana"}
_ASCII = "".join(map(chr, range(128)))
_COMMON = "\xa0\xad\u200b\u200c\u200d\u200e\u200f\ufeff‘’“”„«»–—…•·€£°²،؛؟"  # met in every newsroom's text
_NEIGHBOURS = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿąćęłńśźżăâîșțşţğıčšžőűÉÀÖÜÅÄØÇÑŠŽŁİŞÁÓ"
_TWO = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}  # one letter that becomes two
_SIGNS = "’“”—–‘"  # in many texts that hold nothing else outside ASCII, and then all is quicker without them
_UNASSIGNED = "\ufffe"  # what the charmap codec takes for no character
_MOST_STRANGE = 8  # runs of characters outside the alphabet that are met one by one


class _Plain(dict[int, str]):
    """What a character outside the alphabet becomes in it, found once for each."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, code: int) -> str:
        plain = self[code] = "".join(char if char in self._known else " " for char in fold(chr(code)))
        return plain


def alphabet_of(script: str, letters: Iterable[str]) -> Alphabet:
    """The alphabet of the languages of one script, whose lexicons are written with `letters`."""
    return Characters(script in _UNSPACED_SCRIPTS) if script in CHARACTERS else Letters(letters)


class Letters:
    """The alphabet of one script: `letters` are all that its lexicons are written with, folded or not."""

    def __init__(self, letters: Iterable[str]) -> None:
        wanted = "".join(dict.fromkeys([*"".join(letters).lower(), *map(fold, letters)]))
        capitals = [char.upper() for char in wanted if len(char.upper()) == 1]  # so that no text need be lowered first
        others = [char for char in (*wanted, *capitals, *_COMMON, *_NEIGHBOURS) if ord(char) > 127 and char not in _TWO]
        folding = {char: fold(char) for char in others}
        others = [char for char in dict.fromkeys(others) if len(folding[char]) < 2]
        known = (_ASCII + "".join(others))[:256]
        self._decoding = known.ljust(256, _UNASSIGNED)
        self._encoding = codecs.charmap_build(self._decoding)
        codes = {char: code for code, char in enumerate(known)}
        folded = [fold(char) for char in known]
        table = bytes([0, *(codes.get(char, 32) for char in folded[1:])])
        self._folding = table.ljust(256, b" ")  # NUL stays: borders of sentences are made of it
        self._dropped = bytes(code for code, char in enumerate(folded) if not char)
        self._strange = re.compile(f"[^{re.escape(known)}]+")
        self._plain = _Plain(codes)

    def encode(self, text: str) -> bytes:
        """`fold(text)` in this alphabet; letters of other scripts become spaces."""
        return _single(self.loose(text))

    def loose(self, text: str) -> bytes:
        """The same with a space for each sign that is no letter."""
        if not text.isascii():
            for sign in _SIGNS:
                text = text.replace(sign, " ")
        if text.isascii():
            return text.encode().translate(self._folding)
        for letter, two in _TWO.items():
            if letter in text:
                text = text.replace(letter, two)
        return self._narrow(text).translate(self._folding, self._dropped)

    def _narrow(self, text: str) -> bytes:
        """A byte for each character; those outside the alphabet as they would be folded."""
        pieces = []
        for _ in range(_MOST_STRANGE):
            try:
                pieces.append(codecs.charmap_encode(text, "strict", self._encoding)[0])
                return b"".join(pieces)
            except UnicodeEncodeError as error:
                plain = text[error.start : error.end].translate(self._plain)
                pieces.append(codecs.charmap_encode(text[: error.start] + plain, "strict", self._encoding)[0])
                text = text[error.end :]
        text = self._strange.sub(lambda match: match[0].translate(self._plain), text)
        return b"".join([*pieces, codecs.charmap_encode(text, "strict", self._encoding)[0]])

    def decode(self, narrow: bytes) -> str:
        return codecs.charmap_decode(narrow, "replace", self._decoding)[0]


class Characters:
    """Chinese, Japanese, Korean.

    `unspaced`: characters are words, so that a space before one says nothing, and there is none.
    """

    def __init__(self, unspaced: bool) -> None:
        self._unspaced = unspaced

    def encode(self, text: str) -> bytes:
        """`fold(text)` as UTF-8."""
        if _UNLIKE.search(text):
            if _PIECES.search(text):
                text = "\0".join(map(fold, text.split("\0")))
            else:
                text = _UNLIKE.sub(lambda match: fold(match[0]), text)
        text = _SPACING.sub(" ", text)
        if self._unspaced:
            text = _BEFORE_CHARACTERS.sub("", text)
        return text.encode("utf-8", "replace").translate(_LOWERED)

    def decode(self, wide: bytes) -> str:
        return wide.decode("utf-8", "ignore")


_LOWERED = bytes(
    ord(char.lower()) if char.isascii() and char.isalnum() else code for code, char in enumerate(map(chr, range(256)))
)
_BLOCKS = (range(1, 0xC0), range(0x2000, 0x2070), range(0x3000, 0x3040), range(0x30FB, 0x30FC), range(0xFF00, 0xFF66))
_SPACES = re.escape("".join(char for block in _BLOCKS for char in map(chr, block) if fold(char) == " "))
_SPACING = re.compile(f"[{_SPACES}]+")
_BEFORE_CHARACTERS = re.compile(f" (?=[{UNSPACED}])")
_PIECES = re.compile("[\u1100-\u11ff\u3099\u309a]")
# What folds neither to itself nor to a space.
_UNLIKE = re.compile(f"[^{_SPACES}a-zA-Z0-9\0\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")


def _single(folded: bytes) -> bytes:
    """Punctuation and its space are one space."""
    return _SEVERAL.sub(b" ", folded)


_SEVERAL = re.compile(b"  +")

Alphabet = Letters | Characters

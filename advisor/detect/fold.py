"""Text as the lexicons see it: one spelling for what people write in many, with a way back to the original.

Lower case, no accents (Latin, Greek, Cyrillic, Arabic, Hebrew), one form of the Arabic and Persian letters
that writers mix, full width as half width, invisible characters dropped, everything that is no letter or
digit a space. Hangul, kana and Chinese characters stay as they are. Lexicons, places and articles pass
through the same table, so they meet.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

_SPECIAL = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l",
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "ς": "σ",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ۀ": "ه", "ک": "ك", "گ": "گ", "ـ": "", "ㆍ": " ",
}  # fmt: skip
_STRIPPED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")


def _fold_character(character: str) -> str:
    if (special := _SPECIAL.get(character)) is not None:
        return special
    category = unicodedata.category(character)
    if category in {"Mn", "Cf"}:  # accents of decomposed text, vowel points, zero width, text direction
        return ""
    if not (category[0] in "LN" or category in {"Mc", "Lm"}):
        return " "
    if category == "Nd":  # ۲۰۲۱, ٢٠٢١, ２０２１
        return str(unicodedata.digit(character))
    name = unicodedata.name(character, "")
    if name.startswith(_STRIPPED_SCRIPTS):
        base = unicodedata.normalize("NFKD", character.lower())
        kept = "".join(_SPECIAL.get(part, part) for part in base if unicodedata.category(part) != "Mn")
        return kept or character.lower()
    return unicodedata.normalize("NFKC", character).lower()


class _Table(dict[int, str]):
    """Folds each character once; about a thousand distinct ones occur in the news of the world."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """`text` as lexicons see it. Its length may differ from the original's; see `fold_with_map`."""
    if not text.isascii():
        if _PIECE.search(text):
            text = _DECOMPOSED.sub(_compose, text)
        if len(text.encode("utf-8", "replace")) - len(text) > len(text) // _FEW:
            return _translated(text)
        text = _FOREIGN.sub(_folded, text)  # the few others among ASCII: quicker than looking up every character
        if not text.isascii():
            return _translated(text)
    return text.encode().translate(_ASCII).decode()


def _translated(text: str) -> str:
    """`text` by the table. A long one has few distinct characters that change: replacing those is quicker."""
    if len(text) < _LONG:
        return text.translate(_TABLE)
    changing = {char: folded for char in set(text) if (folded := _TABLE[ord(char)]) != char}
    if any(_TABLE[ord(char)] != char for folded in changing.values() for char in folded):
        return text.translate(_TABLE)  # what one becomes would be changed again by another
    for char, folded in changing.items():
        text = text.replace(char, folded)
    return text


# Hangul syllables and voiced kana that arrive in pieces (NFD), as some publishing systems send them.
_DECOMPOSED = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\u3040-\u30ff][\u3099\u309a]")

_PIECE = re.compile("[\u1100-\u1112\u3099\u309a]")  # without it there is nothing to compose
_FOREIGN = re.compile("[^\x00-\x7f]")
_FEW = 8
_LONG = 400  # characters from which on it is worth while to see which ones there are
# A table of bytes: of text it would take ten times as long.
_ASCII = bytes(ord(char.lower()) if char.isalnum() else 32 for char in map(chr, range(128))).ljust(256)


def _folded(match: re.Match[str]) -> str:
    return _TABLE[ord(match[0])]


def _compose(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match.group())


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `origin[i]` is the offset in the original that gave folded character i."""

    text: str
    origin: tuple[int, ...] | None  # None: the offsets are equal


def fold_with_map(text: str) -> Folded:
    """`fold` with the way back; the map has one entry more than the text, for the end."""
    if text.isascii():
        return Folded(text.encode().translate(_ASCII).decode(), None)
    if all(len(_TABLE[ord(character)]) == 1 for character in set(_FOREIGN.findall(text))) and not _PIECE.search(text):
        return Folded(fold(text), None)
    pieces = [_TABLE[ord(character)] for character in text]
    for match in _DECOMPOSED.finditer(text):
        pieces[match.start()] = _compose(match)
        pieces[match.start() + 1 : match.end()] = [""] * (len(match.group()) - 1)
    folded = "".join(pieces)
    lengths = [len(piece) for piece in pieces]
    starts = accumulate(lengths, initial=0)
    origin = [0] * len(folded)
    for offset, (start, length) in enumerate(zip(starts, lengths, strict=False)):
        for inner in range(length):
            origin[start + inner] = offset
    return Folded(folded, (*origin, len(text)))

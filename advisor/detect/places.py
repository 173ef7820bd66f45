"""What the forms of the gazetteer mean: rows of four small numbers, a place made of one when it is met."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

Row = tuple[str, str, str, str]  # code, role, languages, flags; several languages or flags with commas between

_KEPT = 1_000  # places made; the news names few at a time


class Place(NamedTuple):
    """What a form of the gazetteer means."""

    code: str
    role: str  # name, adjective, people, city, region, issuer
    languages: frozenset[str]
    flags: frozenset[str]


class PackedPlaces(NamedTuple):
    """Rows as plain values, to be kept."""

    words: list[str]  # every distinct field
    numbers: bytes  # four for each row: where its fields stand in `words`


class Places:
    """Rows by number."""

    def __init__(self, packed: PackedPlaces) -> None:
        self._words = packed.words
        self._sets = [frozenset(word.split(",") if word else ()) for word in packed.words]
        self._numbers = array("H", packed.numbers)
        self._made: dict[int, Place] = {}

    def __len__(self) -> int:
        return len(self._numbers) // 4

    def __getitem__(self, number: int) -> Place:
        place = self._made.get(number)
        if place is None:
            code, role, languages, flags = self._numbers[4 * number : 4 * number + 4]
            place = Place(self._words[code], self._words[role], self._sets[languages], self._sets[flags])
            if len(self._made) > _KEPT:
                self._made.clear()
            self._made[number] = place
        return place


def packed(rows: Iterable[Row]) -> PackedPlaces:
    """`rows` in their order as plain values."""
    words: dict[str, int] = {}
    numbers = array("H", (words.setdefault(field, len(words)) for row in rows for field in row))
    return PackedPlaces(list(words), numbers.tobytes())

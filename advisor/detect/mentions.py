"""A country as a text names it. `where` finds all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.detect.tags import Tag

SEATS = frozenset({"name", "city", "region"})
_ACTING = SEATS | {"leader"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A country named in the text by tokens `first` up to and excluding `last`."""

    code: str
    roles: frozenset[str]
    first: int
    last: int
    flags: frozenset[str]
    cue: str = ""  # at: in, from, to it; of: belonging to it; by: done by it; with: bordering on it
    group: int = -1  # mentions coordinated with each other share a group
    way: str = ""  # from or to, where an ending says so, or a word behind: 수단에서 요르단으로

    @property
    def seat(self) -> bool:
        """A place where people can be, not a people or an office."""
        return bool(self.roles & SEATS)

    @property
    def acts(self) -> bool:
        """A country or who leads it, which a sentence can have for its subject."""
        return bool(self.roles & _ACTING)

    def in_group(self, group: int) -> Mention:
        """The same as one of a group; every mention becomes one of some group, so this is quicker than `replace`."""
        return Mention(self.code, self.roles, self.first, self.last, self.flags, self.cue, group, self.way)


def is_of_carrier(mention: Mention, carriers: Iterable[Tag], behind: bool = True) -> bool:
    """ "A Turkish navy ship", "samolot francuski": the adjective of a state's transport. `behind`: it may follow."""
    return any(
        0 <= tag.first - mention.last <= 1 or (behind and 0 <= mention.first - tag.last <= 1) for tag in carriers
    )

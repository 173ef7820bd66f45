"""A government's whole list of countries: how a source's document is to be read, what it lists, what is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from re import Pattern

from advisor.model.advisory import AnyKind, Kind, Severity

UNNAMED_PART = "parts of the country"  # an area where the publisher's words for it are not known


@dataclass(frozen=True, slots=True, order=True)
class Level:
    """How strongly a government warns: of the whole country first, then of its worst part.

    1 nothing special, 2 increased caution, 3 only essential travel, 4 no travel at all, 5 no travel and leave.
    """

    whole: int = 1
    part: int = 1

    def __str__(self) -> str:
        return f"{self.whole}" if self.part <= self.whole else f"{self.whole}, in parts {self.part}"


class Move(StrEnum):
    """What an announcement itself says about its level."""

    RAISED = "raised"
    LOWERED = "lowered"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Stated:
    """An act that fixed words of a publisher stand for."""

    kind: Kind
    severity: Severity
    words: str  # as they stand in the title


@dataclass(frozen=True, slots=True)
class Entry:
    """One country in a register, as the publisher lists it now."""

    country: str
    title: str
    text: str
    level: Level | None = None  # None: the source gives none that can be read
    wording: str = ""  # the words that gave the level, as they stand in the title or text
    area: str | None = None  # the words for the part that is meant, where only a part is
    link: str | None = None
    published: datetime | None = None
    move: Move | None = None
    lasting: bool = False  # the words about the move stay in the text for months
    moved_to: int | None = None  # the level that an announcement says it moved to, of the whole or of a part
    notice: bool = False  # a mail between the decisions: it may call, but says nothing about levels
    mute_title: bool = False  # of a notice: the title itself says nothing of now
    stands: bool = False  # of a notice: its calls to leave restate what has long been in force
    shared: bool = False  # it stands for several countries alike
    stated: tuple[Stated, ...] = ()  # of a notice: what its title means, whoever reads the rest
    revision: str = ""  # what the list itself says about its newest version: a date, a number
    details: tuple[str, ...] = ()  # addresses of the documents with the country's text


@dataclass(frozen=True, slots=True)
class HeldAct:
    """A call that the text of an entry makes, and when it was last seen there."""

    kind: AnyKind
    severity: Severity
    seen: datetime
    text: str = ""  # digest of the text that made it last
    others: tuple[str, ...] = ()  # of the texts that made it before: copies take turns


@dataclass(frozen=True, slots=True)
class Pending:
    """A level that is listed, but not believed yet."""

    level: Level
    since: datetime
    mass: bool = False  # it came with too many others: believed late, and never told
    steady: bool = False  # it came with a text that was new then, and nothing else was shown since


@dataclass(frozen=True, slots=True)
class Held:
    """What is believed about one country of a register."""

    country: str
    level: Level | None = None
    pending: Pending | None = None
    acts: tuple[HeldAct, ...] = ()
    texts: tuple[str, ...] = ()  # digests of the texts that were read, newest last: copies come back
    past: tuple[Pending, ...] = ()  # levels held before; `since`: until when
    revision: str = ""
    seen: datetime | None = None
    dated: datetime | None = None  # the newest date that the entry carried
    tried: datetime | None = None  # when its own page was last asked for, whether or not it answered


@dataclass(frozen=True, slots=True)
class CountryClue:
    """One way to know an entry's country: where its words or code stand, and what they mean."""

    paths: tuple[str, ...]
    find: Pattern[str] | None
    lookup: Callable[[str], tuple[str, ...]]  # countries of a code or name; empty: unknown
    every: bool = False  # an item may be about several countries


@dataclass(frozen=True, slots=True)
class LevelClue:
    """One way to know an entry's level from a field with a fixed vocabulary."""

    paths: tuple[str, ...]
    find: Pattern[str] | None
    values: dict[str, int]
    part: bool = False  # it speaks of a part of the country
    missing: int | None = None  # the level where the field is empty; None: unknown


@dataclass(frozen=True, slots=True)
class Prose:
    """How to know the level from sentences. In `whole` and `rest`, `{country}` stands for the country's own name."""

    phrases: tuple[tuple[Pattern[str], int], ...]
    whole: tuple[str, ...]  # the sentence is about the whole country
    rest: tuple[str, ...] = ()  # about what is left of it beside the parts named
    but: tuple[str, ...] = ()  # about the whole country except the parts named: of those nothing is said here
    lifted: Pattern[str] | None = None  # the sentence takes a warning back: it gives no level
    gone: Pattern[str] | None = None  # in the title: nothing is left of the warning
    paths: tuple[str, ...] = ()  # where these sentences stand; none: in the text
    missing: int | None = None  # the level where they are missing and the text is there; None: unknown


@dataclass(frozen=True, slots=True)
class Notices:
    """How items that are no decisions are read: mails of embassies."""

    drop: tuple[
        Pattern[str], ...
    ] = ()  # sentences that say nothing of now: levels restated, forms, "if you should see"
    standing: Pattern[str] | None = (
        None  # it restates a level at which people leave: so its calls to leave stand already
    )
    most: int = 3  # countries of a mail that speaks about each of them
    calls: tuple[tuple[Pattern[str], Kind, Severity], ...] = ()  # what words of a title stand for


@dataclass(frozen=True, slots=True)
class Paging:
    """A list that comes in pages: the parameter that counts entries, and how many a page holds at most."""

    parameter: str
    size: int


@dataclass(frozen=True, slots=True)
class Crawl:
    """A list whose countries have pages that only reading shows to be new: so many a poll, the riskiest first."""

    pages: int
    known: tuple[tuple[str, str], ...] = ()  # country and the name of its page: read first, and without the list too


@dataclass(frozen=True, slots=True)
class Shape:
    """How the documents of one register are read. Paths are those of `advisor.read.tree`."""

    name: str
    items: tuple[str, ...]
    country: tuple[CountryClue, ...]
    levels: tuple[LevelClue, ...] = ()
    prose: Prose | None = None
    only: tuple[str, Pattern[str]] | None = None  # which items are decisions about levels; the others are notices
    notices: Notices | None = None
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    area_find: Pattern[str] | None = None  # the words for the part within those of `area`
    link: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    offset: str = ""  # added to dates that carry no zone: "+09:00"
    dated: Pattern[str] | None = None  # the date within the words of `published`
    months: tuple[str, ...] = ()  # names of the months, where they are not English
    moves: tuple[tuple[Pattern[str], Move], ...] = ()  # looked for in the title, then in the text
    lasting: bool = False  # the words of `moves` stay in the text: alone they are no news
    moved_to: LevelClue | None = None
    revision: tuple[str, ...] = ()
    details: tuple[str, ...] = ()  # addresses of a country's own documents; `{field}` stands for a field of the entry
    slug: tuple[str, Pattern[str]] | None = None  # where the name of a country's page stands: `{slug}` in `details`
    page: Shape | None = None  # how that document is read
    paging: Paging | None = None
    crawl: Crawl | None = None
    html: bool = False  # a page; paths are CSS selectors
    rolling: bool = False  # shows the newest entries only: that others are missing says nothing
    complete: bool = True  # lists every country; False: only those that are warned of
    announces: bool = False  # a stream of decisions: each one speaks for itself
    decisions: bool = False  # its dates are those of decisions: a newer one says that the level moved
    leave: Severity = Severity.SEVERE  # of the call to leave that level 5 holds
    wordings: tuple[tuple[int, str], ...] = ()  # of levels whose field holds no words
    part_wording: str = ""  # what a warning of a part is called
    numbers: bool = False  # flags number every level that holds somewhere in the country
    rows: tuple[str, Pattern[str]] | None = None  # a row a region: the field that says which, and "the whole country"
    partly: Pattern[str] | None = None  # in the title: a part of the country is meant
    placeholder: Pattern[str] | None = None  # in the text: the entry is being published, its level says nothing
    wholly: Pattern[str] | None = None  # in the text: the whole country is meant
    language: str | None = None

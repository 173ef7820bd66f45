"""What the engine knows, as data: lexicons, places and rules. Who reads them from files is `config`'s business.

A tag is written `category` or `category/value` ("urge", "urge/order"); rules ask for tags, lexicons give them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import marisa_trie

from advisor.detect.forms import Forms
from advisor.detect.trie import Trie
from advisor.model import AnyKind, Kind, Severity

_SHORT = 8  # letters; shorter names run together are words of their own
_SPEAKING = frozenset({"people", "issuer"})


@dataclass(frozen=True, slots=True)
class Affixes:
    """Letters attached to a word and what they say: `at` (in, from, to), `of` (whose), `by` (who), `plain`."""

    at: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()  # those of `at` that say "from"
    reaching: tuple[str, ...] = ()  # those of `at` that say "to"

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(sorted({*self.at, *self.of, *self.plain, *self.by}, key=len, reverse=True))

    def cue(self, affix: str) -> str:
        return "at" if affix in self.at else "of" if affix in self.of else "by" if affix in self.by else ""

    def way(self, affix: str) -> str:
        return "from" if affix in self.leaving else "to" if affix in self.reaching else ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: how to know it, and its words by category and value."""

    language: str
    script: str
    function_words: frozenset[str]
    entries: Mapping[str, Mapping[str, tuple[str, ...]]]  # category -> value -> phrases; given up once compiled
    letters: frozenset[str] = frozenset()  # letters that only this language of its script has
    home: str | None = None  # the issuer meant by a ministry or "our citizens" without a name
    prefixes: Affixes = Affixes()
    suffixes: Affixes = Affixes()
    object_before: bool = False  # the place that is left stands before the verb without a preposition
    verb_last: bool = False  # the verb ends its clause, so that no place behind it belongs to it (Japanese, Korean)
    adjective_after: bool = False  # "embajada rusa": whose it is stands behind the noun as an adjective
    verb_first: bool = False  # the subject may stand right behind the word of telling (Arabic)
    alphabet: str = ""  # every character that the phrases are written with
    trie: Trie = field(default_factory=Trie, compare=False, repr=False)

    def compiled(self) -> Lexicon:
        """The same with its tree filled; the phrases live there from now on."""
        characters: dict[str, None] = {}
        for category, values in self.entries.items():
            for value, phrases in values.items():
                for phrase in phrases:
                    self.trie.add(phrase, (category, value))
                    characters.update(dict.fromkeys(phrase.lower()))
        return replace(self, entries={}, alphabet="".join(characters))


@dataclass(frozen=True, slots=True)
class Place:
    """What a form of the gazetteer means."""

    code: str
    role: str  # name, adjective, people, city, region, issuer
    languages: frozenset[str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class TagSpec:
    """`category` or `category/value`."""

    category: str
    value: str | None = None

    @classmethod
    def of(cls, text: str) -> TagSpec:
        category, _, value = text.partition("/")
        return cls(category, value or None)

    def __str__(self) -> str:
        return f"{self.category}/{self.value}" if self.value else self.category


@dataclass(frozen=True, slots=True)
class Need:
    """One of `tags` within a distance of the act (or of the tag called `near`), before it, after it or on any side."""

    tags: tuple[TagSpec, ...]
    within: float = 12.0
    side: str = "any"  # any, before, after; sooner: before it if there is one, else after it
    near: str = "act"  # "act", or the name of an earlier need
    name: str = ""  # for evidence, and for `near` of later needs
    rivals: tuple[TagSpec, ...] = ()  # when one of these stands nearer, the act is about them instead


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the severity ladder: the first rung whose need is met decides."""

    severity: Severity
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """What makes a rule a watchword, an operator's own: who and where are said by it, or named near its phrase."""

    about: str | None = None  # the country that it is always about; None: one that the text names
    named: frozenset[str] = frozenset()  # the countries of which one must be named; none given: any
    issuer: str | None = None  # the government that must speak; None: no government does
    undone_by: frozenset[str] = frozenset()  # ids of the undoings that count


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text must say to carry an advisory of one kind."""

    id: str
    title: str
    kind: AnyKind
    act: tuple[TagSpec, ...]
    needs: tuple[Need, ...]
    unless: tuple[Need, ...]
    ladder: tuple[Rung, ...]
    voice: str = "any"  # any; official: only where a government itself speaks
    opening: str | None = None  # "clause": the act opens its sentence or clause, as an imperative; "colon": behind one
    headline: bool = False  # only where the headline says so
    destination_near: float = 0.0  # the destination must stand within this distance of the act; 0: anywhere
    own: bool = False  # the people are the issuer's own only by what the sentences beside it say
    watch: Watched | None = None
    why: str = ""
    references: tuple[str, ...] = ()
    examples: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)  # "": the rule; "match/0": an example -> file:line:column


@dataclass(frozen=True, slots=True)
class Undoing:
    """What takes an act back: denial, speculation, recall ... `effect` is "drop" or "recalled"."""

    id: str
    need: Need
    effect: str = "drop"
    kinds: frozenset[AnyKind] = frozenset(Kind)
    headline: bool = False  # a headline that says so undoes the acts of the whole article

    def governs(self, rule: Rule) -> bool:
        """Whether it can undo what `rule` finds."""
        return rule.kind in self.kinds if rule.watch is None else self.id in rule.watch.undone_by


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every name of a place: forms whose meanings are numbers of `table`."""

    forms: Forms
    table: tuple[Place, ...]
    peoples: marisa_trie.Trie  # names of peoples and of offices, for the gate


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the engine is built from."""

    lexicons: Mapping[str, Lexicon]
    places: Gazetteer
    rules: tuple[Rule, ...]
    undoings: tuple[Undoing, ...]
    digest: str = ""  # of all that the answers depend on; another one means other rules


Row = tuple[str, str, str, str]  # code, role, languages, flags


def compile_places(rows: Iterable[tuple[str, Row]]) -> tuple[bytes, list[Row], bytes]:
    """Forms and what they mean as plain values: the forms, the table, the names of peoples and offices."""
    numbers: dict[Row, int] = {}
    forms = []
    peoples = set()
    for form, row in rows:
        number = numbers.setdefault(row, len(numbers))
        forms.append((form, number))
        if row[1] == "name" and form.isascii() and " " in form and len(form) > _SHORT:
            run_together = (*row[:3], ",".join(flag for flag in row[3].split(",") if flag != "cap"))
            forms.append((form.replace(" ", ""), numbers.setdefault(run_together, len(numbers))))  # #southsudan
        if row[1] in _SPEAKING:
            peoples.add(form)
    return Forms.packed(forms), list(numbers), marisa_trie.Trie(peoples).tobytes()


def gazetteer(forms: bytes, rows: Iterable[Row], peoples: bytes) -> Gazetteer:
    """The gazetteer from its plain values."""
    sets: dict[str, frozenset[str]] = {"": frozenset()}  # a few hundred distinct ones, each kept once

    def shared(words: str) -> frozenset[str]:
        return sets.get(words) or sets.setdefault(words, frozenset(words.split(",") if words else ()))

    table = tuple(Place(code, role, shared(languages), shared(flags)) for code, role, languages, flags in rows)
    return Gazetteer(Forms(forms), table, marisa_trie.Trie().frombytes(peoples))

"""What the engine knows, as data: lexicons, places and rules. Who reads them from files is `config`'s business.

A tag is written `category` or `category/value` ("urge", "urge/order"); rules ask for tags, lexicons give them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from advisor.detect.forms import Forms
from advisor.detect.places import PackedPlaces, Places, Row, packed
from advisor.detect.trie import Meaning, Trie
from advisor.model import AnyKind, Kind, Severity

BODIES = frozenset({"EU", "UN"})  # they speak and have staff; nobody leaves them
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
        return tuple(sorted({*self.at, *self.of, *self.plain, *self.by}, key=lambda affix: (-len(affix), affix)))

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
    subject_behind: bool = False  # "Покинуть Иран советует Польша": who acts may stand anywhere behind the verb
    oblique: tuple[str, ...] = ()  # endings of names that do not act, and articles before them: Россию, την Γερμανία
    alphabet: str = ""  # every character that the phrases are written with
    tries: tuple[Trie, ...] = ()  # the phrases, once compiled; those that an operator adds have a tree of their own

    def compiled(self) -> Lexicon:
        """The same with its phrases in a tree, where they live from now on."""
        return replace(self, entries={}).with_phrases(
            (phrase, (category, value))
            for category, values in self.entries.items()
            for value, phrases in values.items()
            for phrase in phrases
        )

    def with_phrases(self, phrases: Iterable[tuple[str, Meaning]]) -> Lexicon:
        """The same with more phrases."""
        more = list(phrases)
        characters = dict.fromkeys([*self.alphabet, *(char for phrase, _ in more for char in phrase.lower())])
        trie = Trie.of(more, self.prefixes.all, self.suffixes.all)
        return replace(self, alphabet="".join(characters), tries=(*self.tries, trie))


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
    destination_near: float = 0.0  # how sure the destination must be at least; 0: as any
    issuer_near: float = 0.0  # the same of who speaks
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
    behind: bool = False  # a sentence that says so undoes the acts of the one before it
    place: str = ""  # file:line:column

    def governs(self, rule: Rule) -> bool:
        """Whether it can undo what `rule` finds."""
        return rule.kind in self.kinds if rule.watch is None else self.id in rule.watch.undone_by


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every name of a place: forms whose meanings are numbers of `table`."""

    forms: Forms
    table: Places
    speaking: Mapping[str, str]  # for each language its names of peoples, offices and bodies of states, one a line


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the engine is built from."""

    lexicons: Mapping[str, Lexicon]
    places: Gazetteer
    rules: tuple[Rule, ...]
    undoings: tuple[Undoing, ...]
    digest: str = ""  # of all that the answers depend on; another one means other rules


def compile_places(rows: Iterable[tuple[str, Row]]) -> tuple[bytes, list[str], bytes, dict[str, str]]:
    """Forms and what they mean as plain values."""
    numbers: dict[Row, int] = {}
    forms = []
    speaking: dict[str, list[str]] = {}
    for form, row in rows:
        forms.append((form, numbers.setdefault(row, len(numbers))))
        if row[1] == "name" and form.isascii() and " " in form and len(form) > _SHORT:
            run_together = (*row[:3], ",".join(flag for flag in row[3].split(",") if flag != "cap"))
            forms.append((form.replace(" ", ""), numbers.setdefault(run_together, len(numbers))))  # #southsudan
        if row[1] in _SPEAKING or row[0] in BODIES:
            for language in row[2].split(","):
                speaking.setdefault(language, []).append(form)
    return Forms.packed(forms), *packed(numbers), {language: "\n".join(some) for language, some in speaking.items()}


def gazetteer(forms: bytes, words: list[str], numbers: bytes, speaking: Mapping[str, str]) -> Gazetteer:
    """The gazetteer from its plain values."""
    return Gazetteer(Forms(forms), Places(PackedPlaces(words, numbers)), speaking)

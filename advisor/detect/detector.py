"""An article to its advisories, each field with the span that proves it. Pure: same article, same answer.

The order of thought: gate, tokens, tags, places, heads (whose offices and people), frames (which acts, how
strong, undone by what), binding (who speaks, about where), and the article's one answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from advisor.detect import qualities
from advisor.detect.answers import answers_of
from advisor.detect.endless import without_endless
from advisor.detect.frames import Rules, by_category, frames_in
from advisor.detect.gate import Gate
from advisor.detect.heads import Head, heads_of
from advisor.detect.knowledge import Knowledge, Lexicon, Undoing
from advisor.detect.languages import SAMPLE, Languages
from advisor.detect.lists import shortened
from advisor.detect.named import names_two
from advisor.detect.reading import Reading
from advisor.detect.scene import Manners
from advisor.detect.scope import is_later
from advisor.detect.sense import (
    meant,
    without_families_of_citizens,
    without_staff_as_citizens,
    without_strangers,
    without_things_left,
)
from advisor.detect.story import read_sentences
from advisor.detect.tags import Tag, is_watch, tags_of
from advisor.detect.text import Text, read_text, split
from advisor.detect.where import mentions_of
from advisor.detect.whole import weigh
from advisor.detect.word_order import led, stretched, turned, undone_behind
from advisor.model import Advisory, Article

LONGEST = 200_000  # code points read in depth; what lies beyond is passed over, so that time stays bounded
_YEARS = frozenset(map(str, range(1950, 2100)))
_SOLAR = 621  # years from the Iranian calendar to ours
_MOST = 0.6  # of an article: a quick reading of so much saves nothing
_SURE = 4  # languages that a text may be in and still have a home government


class Detector:
    """Built once from knowledge; used from any thread."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        verb_final = [stretched(rule) for rule in knowledge.rules]
        self._plain = Rules(knowledge.rules)
        self._verb_final = Rules(verb_final)
        self._verb_last = Rules(turned(rule) for rule in verb_final)
        self._verb_first = Rules(led(rule) for rule in knowledge.rules)
        self._undone_behind = tuple(undone_behind(undoing) for undoing in knowledge.undoings)
        lexicons = list(knowledge.lexicons.values())
        self._languages = Languages(lexicons)
        self._own_rules = any(rule.watch is not None for rule in knowledge.rules)  # their countries need no name
        self._gate = Gate(lexicons, knowledge.rules, knowledge.places)
        self._apart = {category for category in _categories(lexicons) if is_watch(category) or is_later(category)}

    def worth_reading(self, title: str, text: str, language: str | None = None) -> bool:
        """The cheap gate: can this text, or the page behind it, carry an advisory?"""
        spoken = self._languages.of(f"{title}\n{text[:SAMPLE]}", language)
        return self._gate.opens(title, without_endless(text), spoken)

    def detect(
        self, article: Article, boilerplate: Callable[[str], Sequence[tuple[int, int]]] | None = None
    ) -> list[Advisory]:
        """The current advisories of an article.

        `boilerplate` finds the spans of title + newline + text that are not the article's own; it is asked only for
        the few articles in which a rule fires.
        """
        if not article.official and not self.may_fire(article):
            return []
        text = read_text(article.title, article.text[:LONGEST])
        languages = self._languages.of(text.original, article.language)
        if not self._may_name_both(article, text, languages):
            return []
        ignore = boilerplate(f"{article.title}\n{article.text[:LONGEST]}") if boilerplate else ()
        return [advisory for advisory in self._read_in(article, text, languages, ignore).advisories if advisory.current]

    def may_fire(self, article: Article) -> bool:
        """Whether any rule fires in a sentence that the gate leaves, whoever speaks and about wherever.

        Where the gate leaves most of the text, the deep reading says so at no greater cost.
        """
        spoken = self._languages.of(f"{article.title}\n{article.text[:SAMPLE]}", article.language)
        title, rest = self._gate.sentences(article.title, without_endless(article.text[:LONGEST]), spoken)
        if not title and not rest:
            return False
        if len(title) + len(rest) > _MOST * (len(article.title) + len(article.text)):
            return True
        reading = Reading(read_text(title, rest), spoken)
        manners = self._name(reading, (), credulous=True)
        text = reading.text
        rules, undoings = self._rules(manners), self._undoings(manners)
        return any(
            True
            for sentence, tags in zip(text.sentences, split(text, reading.tags), strict=True)
            for _ in frames_in(text, sentence, by_category(tags), rules, undoings, None)
        )

    def _may_name_both(self, article: Article, text: Text, languages: Sequence[str]) -> bool:
        """Whether a government and another country may be named at all, in the text or by what its source is."""
        if article.official or article.about or self._own_rules:
            return True
        spoken = [self._knowledge.lexicons[language] for language in languages]
        return names_two(text, self._knowledge.places, spoken, _home(spoken))

    def read(self, article: Article, ignore: Sequence[tuple[int, int]] = ()) -> Reading:
        """The deep reading, gate or no gate. `ignore` are spans of title + newline + text that are boilerplate."""
        text = read_text(article.title, article.text[:LONGEST])
        return self._read_in(article, text, self._languages.of(text.original, article.language), ignore)

    def _read_in(
        self, article: Article, text: Text, languages: tuple[str, ...], ignore: Sequence[tuple[int, int]]
    ) -> Reading:
        """The reading in the languages that the text is in for sure; where that finds nothing, in all it may be in.

        Little words of one language are others in the next: Romanian "la" is "to", and makes "La France" a place.
        """
        sure = self._languages.of(text.original, article.language, sure=True)
        reading = self._read(article, text, sure, ignore)
        if reading.advisories or sure == languages:
            return reading
        wider = self._read(article, text, languages, ignore)
        return wider if wider.advisories else reading

    def _read(
        self, article: Article, text: Text, languages: tuple[str, ...], ignore: Sequence[tuple[int, int]]
    ) -> Reading:
        if not text.tokens:
            return Reading(text)
        reading = Reading(text, languages)
        manners = self._name(reading, sorted(ignore))
        read_sentences(self._rules(manners), self._undoings(manners), article, reading, manners)
        weigh(reading)
        reading.status = qualities.mission_status(reading.text, reading.by_sentence, "status")
        reading.advisories = answers_of(reading, article)
        return reading

    def _rules(self, manners: Manners) -> Rules:
        if manners.verb_last:
            return self._verb_last
        if manners.verb_first:
            return self._verb_first
        return self._verb_final if manners.object_before else self._plain

    def _undoings(self, manners: Manners) -> Sequence[Undoing]:
        return self._undone_behind if manners.verb_last else self._knowledge.undoings

    def _name(self, reading: Reading, ignore: Sequence[tuple[int, int]], credulous: bool = False) -> Manners:
        """Fill in tags, mentions and heads; what the languages of the text do in their own way.

        `credulous`: names with two meanings are believed, because what would tell is out of sight.
        """
        text = reading.text
        spoken = [self._knowledge.lexicons[language] for language in reading.languages]
        manners = Manners(
            _home(spoken),
            any(lexicon.object_before for lexicon in spoken[:1]),
            any(lexicon.verb_last for lexicon in spoken[:1]),
            any(lexicon.verb_first for lexicon in spoken[:1]),
            any(lexicon.subject_behind for lexicon in spoken[:1]),
            spoken[0].oblique if spoken else (),
        )
        found = [tag for tag in tags_of(text, spoken) if not (ignore and _ignored(text, tag, ignore))]
        found = meant(text, found, manners.verb_last)
        tags = [tag for tag in found if tag.category not in self._apart]
        reading.mentions = mentions_of(text, tags, self._knowledge.places, spoken, credulous)
        text = reading.text = shortened(text, reading.mentions)
        found, tags = (
            without_things_left(text, without_staff_as_citizens(text, kept, reading.mentions), reading.mentions)
            for kept in (without_strangers(text, kept, reading.mentions) for kept in (found, tags))
        )
        reading.heads = heads_of(
            text, tags, reading.mentions, manners.verb_last, any(lexicon.adjective_after for lexicon in spoken)
        )
        years = _years(text, _SOLAR if reading.languages[:1] == ("fa",) else 0)
        made = dict.fromkeys([*found, *_tags_of_heads(reading.heads, tags), *years])
        known = sorted(made, key=lambda tag: (tag.first, tag.last, tag))
        reading.tags = without_families_of_citizens(
            text, known
        )  # now that peoples are known: "Greeks and their families"
        return manners


def _home(spoken: Sequence[Lexicon]) -> str | None:
    """Whose ministry is meant where none is named."""
    return spoken[0].home if spoken and len(spoken) <= _SURE else None


def _categories(lexicons: Iterable[Lexicon]) -> set[str]:
    """All that words may mean."""
    tries = (trie for lexicon in lexicons for trie in lexicon.tries)
    return {category for trie in tries for meanings in trie.meanings for category, _ in meanings}


def _ignored(text: Text, tag: Tag, spans: Sequence[tuple[int, int]]) -> bool:
    at = text.starts[tag.first]
    index = bisect_right(spans, (at, len(text.original))) - 1
    return index >= 0 and spans[index][0] <= at < spans[index][1]


def _tags_of_heads(heads: Sequence[Head], tags: Sequence[Tag]) -> list[Tag]:
    """Peoples and named offices serve rules as audiences and offices do."""
    known = {(tag.category, tag.value, tag.first, tag.last) for tag in tags}
    made = [Tag(head.category, head.value, head.first, head.last, "") for head in heads]
    made += [
        Tag("staff", "owned", head.first, head.last, "") for head in heads if head.category == "staff" and head.owner
    ]
    return [tag for tag in made if tag[:4] not in known]


def _years(text: Text, behind: int) -> list[Tag]:
    """The years that the text names; a calendar `behind` ours by so many has its own ("بهمن ۱۴۰۱" is 2022)."""
    own = {str(int(year) - behind): year for year in _YEARS} if behind else {}
    years = {token: own.get(token) or token.removesuffix("년") for token in set(text.tokens) if token[0].isdigit()}
    named = ((index, years[token]) for index, token in enumerate(text.tokens) if token in years)
    return [Tag("year", year, index, index + 1, "") for index, year in named if year in _YEARS]

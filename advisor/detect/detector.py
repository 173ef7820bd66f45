"""An article to its advisories, each field with the span that proves it. Pure: same article, same answer.

The order of thought: gate, tokens, tags, places, heads (whose offices and people), frames (which acts, how
strong, undone by what), binding (who speaks, about where), and the article's one answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from advisor.detect import qualities
from advisor.detect.answers import answers_of
from advisor.detect.binding import REGION, UNKNOWN, Binding, bind, taken_from
from advisor.detect.carried import carried
from advisor.detect.clauses import asks
from advisor.detect.echo import echoes, gapped
from advisor.detect.endless import without_endless
from advisor.detect.frames import Frame, Miss, Rules, by_category, frames_in
from advisor.detect.gate import Gate
from advisor.detect.heads import Head, heads_of
from advisor.detect.knowledge import BODIES, Knowledge, Lexicon, Undoing
from advisor.detect.languages import SAMPLE, Languages
from advisor.detect.listing import list_below
from advisor.detect.lists import ATTACHED_AND, shortened
from advisor.detect.mentions import Mention
from advisor.detect.named import names_two
from advisor.detect.opening import opening_of
from advisor.detect.reading import Reading
from advisor.detect.scene import AT_HOME, Candidate, Discourse, Manners, Scene, Spot, last_list
from advisor.detect.scope import is_later
from advisor.detect.sense import (
    meant,
    without_families_of_citizens,
    without_staff_as_citizens,
    without_strangers,
    without_things_left,
)
from advisor.detect.tags import Index, Tag, is_watch, tags_of
from advisor.detect.text import Sentence, Text, is_unspaced, read_text
from advisor.detect.watchwords import bind_watched
from advisor.detect.where import mentions_of
from advisor.detect.whole import weigh
from advisor.detect.word_order import led, stretched, turned, undone_behind
from advisor.model import Advisory, Article, Kind

LONGEST = 200_000  # code points read in depth; what lies beyond is passed over, so that time stays bounded
_YEARS = frozenset(map(str, range(1950, 2100)))
_SOLAR = 621  # years from the Iranian calendar to ours
_MOST_FRAMES = 48  # of one sentence; what repeats itself endlessly is bounded in time
_LEAD = 2  # sentences behind the headline that may go on from it
_ASKING, _BREAKS = frozenset("?？؟"), frozenset(",;:،؛、，–—")
_TITLE = 6  # sentences of a headline
_ENOUGH = 600  # frames of an article; what holds more is none, and is read only so far
_WEAKEST_ISSUER = 3.0
_WEAKEST_DESTINATION = 2.2
_WEAKEST_EVACUATION = 9.0
_MOST = 0.6  # of an article: a quick reading of so much saves nothing
_ASKED = frozenset({Kind.MISSION_CLOSURE, Kind.STAFF_DEPARTURE, Kind.EVACUATION})  # "Embassy in Minsk closing?"
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
            for sentence, tags in zip(text.sentences, _split(text, reading.tags), strict=True)
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
        _read_sentences(self._rules(manners), self._undoings(manners), article, reading, manners)
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
    named = ((index, own.get(token) or token.removesuffix("년")) for index, token in enumerate(text.tokens))
    return [Tag("year", year, index, index + 1, "") for index, year in named if year in _YEARS]


def _read_sentences(
    rules: Rules, undoings: Sequence[Undoing], article: Article, reading: Reading, manners: Manners
) -> None:
    """The body in its order, then the headline with what the body has made clear."""
    text = reading.text
    by_sentence = reading.by_sentence = _split(text, reading.tags)
    heads, mentions = _split(text, reading.heads), _split(text, reading.mentions)
    reading.places = mentions
    discourse = opening_of(reading)
    after_lead: tuple[Spot | None, Spot | None] = (None, None)
    offices: dict[str, Spot] = {}
    places: tuple[Candidate, ...] = ()
    title = [sentence for sentence in text.sentences if sentence.title]
    body = [sentence for sentence in text.sentences if not sentence.title]
    if discourse.title_destination and not all(
        rules.none_asks(by_category(by_sentence[sentence.index])) for sentence in title
    ):
        discourse.told_of[discourse.title_destination.code] += 1
    said: set[tuple[str, ...]] = set()
    takings: list[Spot] = []
    for sentence in body:
        words = text.tokens[sentence.first : sentence.last]
        if words in said or len(reading.bound) + len(reading.unbound) > _ENOUGH:
            continue  # says nothing new, and costs time
        said.add(words)
        index = by_category(by_sentence[sentence.index])
        if not mentions[sentence.index] and rules.none_asks(index):
            discourse.subject = None  # no act, and no country that could be remembered
            continue
        scene = _scene(text, article, sentence, index, (by_sentence, heads, mentions), manners)
        _read_one(rules, undoings, article, reading, scene, sentence, discourse)
        if discourse.taken is not None and (not takings or takings[-1] != discourse.taken):
            takings.append(discourse.taken)
        after_lead = (after_lead[0] or discourse.issuer, after_lead[1] or discourse.destination)
        offices = offices or dict(discourse.offices)
        places = places or discourse.places
    for sentence in title[:_TITLE]:
        index = by_category(by_sentence[sentence.index])
        scene = _scene(text, article, sentence, index, (by_sentence, heads, mentions), manners)
        lead = replace(replace_spots(discourse, *after_lead), offices=offices, places=places)
        _read_one(rules, undoings, article, reading, scene, sentence, lead)

    def scene_of(it: Sentence) -> Scene:
        return _scene(text, article, it, by_category(by_sentence[it.index]), (by_sentence, heads, mentions), manners)

    if rule := rules.telling_of(Kind.EVACUATION, "evacuate"):
        takings = [*_taken_in_headline(reading), *takings]
        reading.bound.extend(list(carried(reading, rule, takings, scene_of, discourse)))
    if title and body:
        _echo_headline(reading, [scene_of(it) for it in body[:_LEAD]])


def _echo_headline(reading: Reading, lead: Sequence[Scene]) -> None:
    """Who does the same as the headline tells, where the sentences before told nothing themselves."""
    told = [item for item in reading.bound if item[0].rule.watch is None]
    titled = [item for item in told if reading.text.sentences[item[0].sentence].title]
    for scene in lead:
        if any(frame.sentence == scene.sentence or _is_before(reading, frame, scene) for frame, _ in told):
            return
        reading.bound.extend(echoes(scene, titled, own_acts=False))


def _taken_in_headline(reading: Reading) -> list[Spot]:
    """Out of where the headline itself takes people."""
    return [
        _spot(binding.destinations[0], frame.sentence)
        for frame, binding in reading.bound
        if frame.act.category == "evacuate" and frame.recalled is None and reading.text.sentences[frame.sentence].title
    ]


def _is_before(reading: Reading, frame: Frame, scene: Scene) -> bool:
    """Whether a frame of the text itself stands before the scene."""
    return not reading.text.sentences[frame.sentence].title and frame.sentence < scene.sentence


def replace_spots(discourse: Discourse, issuer: Spot | None, destination: Spot | None) -> Discourse:
    """The discourse as the headline's reader knows it after the lead."""
    at_title = [replace_sentence(spot) for spot in (issuer, destination)]
    return replace(discourse, issuer=at_title[0], destination=at_title[1], title_issuer=None)


def replace_sentence(spot: Spot | None) -> Spot | None:
    return spot._replace(sentence=0) if spot else None


class _Placed(Protocol):
    @property
    def first(self) -> int: ...


Thing = TypeVar("Thing", bound=_Placed)


def _split(text: Text, things: Sequence[Thing]) -> list[list[Thing]]:
    """The things of each sentence."""
    parts: list[list[Thing]] = [[] for _ in text.sentences]
    for thing in things:
        parts[text.sentence_of[thing.first]].append(thing)
    return parts


def _scene(
    text: Text, article: Article, sentence: Sentence, by: Index,
    found: tuple[list[list[Tag]], list[list[Head]], list[list[Mention]]], manners: Manners,
) -> Scene:  # fmt: skip
    index = sentence.index
    tags, heads, mentions = found[0][index], found[1][index], found[2][index]
    below = list_below(text, sentence, found[0], found[2])
    return Scene(text, index, tags, heads, mentions, article.official, article.about, manners, below, by)


def _read_one(
    rules: Rules, undoings: Sequence[Undoing], article: Article, reading: Reading, scene: Scene,
    sentence: Sentence, discourse: Discourse,
) -> None:  # fmt: skip
    last: Binding | None = None
    told: tuple[int, Binding] | None = None  # the act bound before in this sentence: "leave Iran and not to go there"
    frames = frames_in(
        reading.text,
        sentence,
        scene.by,
        rules,
        undoings,
        article.published,
        reading.misses.append,
    )
    for frame in islice(frames, _MOST_FRAMES):
        if undone := _undone_elsewhere(undoings, reading, frame):
            where, undoing = undone
            reading.misses.append(Miss(frame.rule, frame.act, f"undone by the {where}: {undoing.id}"))
            continue
        if frame.rule.kind in _ASKED and sentence.title and asks(reading.text, sentence):
            reading.misses.append(Miss(frame.rule, frame.act, "it is asked, not told"))
            continue
        own_words = article.official or discourse.own_words or reading.text.quoted(frame.act.first) is not None
        if frame.rule.voice == "official" and not own_words:
            reading.misses.append(Miss(frame.rule, frame.act, "nobody official speaks here"))
            continue
        if frame.rule.watch is not None:
            watched = bind_watched(scene, discourse, frame, frame.rule.watch)
            if isinstance(watched, str):
                reading.unbound.append((frame, watched))
            else:
                reading.bound.append((frame, watched))
            continue
        before = told and frame.act.first > told[0] and _spot(told[1].destinations[0], scene.sentence)
        binding = bind(scene, replace(discourse, destination=before) if before else discourse, frame)
        if isinstance(binding, str):
            reading.unbound.append((frame, binding))
            discourse.of_region = discourse.of_region or binding == REGION
            if binding in UNKNOWN and frame.recalled is None and (left := taken_from(scene, discourse, frame)):
                discourse.taken = discourse.destination = left
        elif _is_uncertain(frame, binding.issuers[0].score, binding.destinations[0].score):
            reading.unbound.append((frame, "issuer or destination too uncertain"))
        else:
            reading.bound.append((frame, binding))
            discourse.of_region = False
            if frame.recalled is not None and discourse.told and discourse.told.code != binding.destinations[0].code:
                continue  # what is only remembered leads nowhere else
            discourse.place_of_kind[frame.rule.kind] = _spot(binding.destinations[0], scene.sentence)
            last = binding
            if frame.act.category == "evacuate" and frame.recalled is None:
                discourse.taken = _spot(binding.destinations[0], scene.sentence)
            told = told if told and told[0] < frame.act.first else (frame.act.first, binding)
    if not sentence.title:
        told_before = [item for item in reading.bound if item[0].rule.watch is None]
        own_acts = any(frame.sentence == scene.sentence for frame, _ in reading.unbound)
        reading.bound.extend([*echoes(scene, told_before, own_acts), *gapped(scene, told_before)])
    _remember(scene, discourse, last)


def _is_uncertain(frame: Frame, issuer: float, destination: float) -> bool:
    """Whether too little points at who and where; towns are evacuated everywhere, so both must not be guesses there."""
    people = frame.filled.get("citizens")
    anybody = frame.rule.kind == Kind.EVACUATION and people is not None and people.value == "citizens"
    if anybody and issuer + destination < _WEAKEST_EVACUATION:
        return True
    return issuer < _WEAKEST_ISSUER or destination < _WEAKEST_DESTINATION


def _undone_elsewhere(undoings: Sequence[Undoing], reading: Reading, frame: Frame) -> tuple[str, Undoing] | None:
    """What undoes an act from outside its sentence, and where it stands."""
    for undoing in undoings:
        if undoing.governs(frame.rule):
            if undoing.headline and _any_of(
                undoing, _headlines(reading, frame), partial(_stands_apart, reading, frame)
            ):
                return "headline", undoing
            if undoing.behind and _any_of(undoing, reading.by_sentence[frame.sentence + 1 : frame.sentence + 2]):
                return "sentence behind it", undoing
    return None


def _any_of(
    undoing: Undoing,
    sentences: Iterable[Sequence[Tag]],
    apart: Callable[[Sequence[Tag], Tag], bool] = lambda tags, tag: False,
) -> bool:
    categories = {spec.category for spec in undoing.need.tags}
    return any(tag.category in categories and not apart(tags, tag) for tags in sentences for tag in tags)


def _stands_apart(reading: Reading, frame: Frame, tags: Sequence[Tag], culprit: Tag) -> bool:
    """ "Qatar tells its citizens to leave, and a rumour about Turkey": what follows an act takes nothing of it back."""
    text = reading.text
    acts = [tag for tag in tags if tag.category == frame.act.category and tag.last <= culprit.first]
    if not acts or culprit.category == "expel":
        return False
    between = text.original[text.ends[acts[-1].last - 1] : text.starts[culprit.first]]
    if not _ASKING.isdisjoint(between):  # "Canada orders citizens out? Fake"
        return False
    joined = any(tag.category == "and" and acts[-1].last <= tag.first and tag.last <= culprit.first for tag in tags)
    spaced = is_unspaced(text.tokens[culprit.first]) and " " in between  # 越南吁公民撤离 中国押回嫌犯
    attached = culprit.language in {"ar", "he"} and text.tokens[culprit.first].startswith(ATTACHED_AND)
    return joined or spaced or attached or not _BREAKS.isdisjoint(between)


def _headlines(reading: Reading, frame: Frame) -> list[list[Tag]]:
    """Which names another kind of event: "US expels 60 diplomats", and the text says that they must leave."""
    sentences = reading.text.sentences
    titles = [reading.by_sentence[sentence.index] for sentence in sentences if sentence.title]
    # "45 diplomats must leave Moldova", and the lead says that they are thrown out
    staff = frame.act.category == "leave" and frame.rule.kind == Kind.STAFF_DEPARTURE
    if staff and sentences[frame.sentence].title:
        titles += [reading.by_sentence[len(titles)]] if len(titles) < len(sentences) else []
    return titles


def _remember(scene: Scene, discourse: Discourse, binding: Binding | None) -> None:
    """What the next sentence may refer to."""
    discourse.listed = last_list(scene.mentions) or discourse.listed
    for head in scene.heads:
        if head.category == "office" and head.owner and head.value != "government":
            discourse.offices[head.value] = Spot(head.owner.code, head.owner.first, head.owner.last, scene.sentence)
    discourse.subject = _only_subject(scene)
    if binding is not None:
        discourse.issuer = _spot(binding.issuers[0], scene.sentence)
        discourse.destination = discourse.told = _spot(binding.destinations[0], scene.sentence)
        discourse.places = binding.destinations
        discourse.told_of.update({place.code for place in binding.destinations})
        return
    seats = {head.seat.code for head in scene.heads if head.seat and head.value not in AT_HOME}
    topic = discourse.title_destination  # "In Syria ..., writes the embassy, which works in Beirut"
    topic = topic if topic and any(item.seat and item.code == topic.code for item in scene.mentions) else None
    for head in scene.heads:
        if head.category == "office" and head.owner and head.owner.code not in BODIES:
            discourse.issuer = Spot(head.owner.code, head.owner.first, head.owner.last, scene.sentence)
        elsewhere = topic is not None and head.seat is not None and head.seat.code != topic.code
        if head.seat and head.value not in AT_HOME and not elsewhere and (discourse.told is None or len(seats) == 1):
            discourse.destination = Spot(head.seat.code, head.seat.first, head.seat.last, scene.sentence)


def _only_subject(scene: Scene) -> Spot | None:
    """The one country that a sentence names as who acts, without a word that makes it a place."""
    acting = [item for item in scene.mentions if item.cue in {"", "by"} and item.roles & {"name", "city", "leader"}]
    codes = {item.code for item in acting}
    return Spot(acting[0].code, acting[0].first, acting[0].last, scene.sentence) if len(codes) == 1 else None


def _spot(candidate: Candidate, sentence: int) -> Spot:
    return Spot(candidate.code, candidate.first, candidate.last, sentence)

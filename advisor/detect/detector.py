"""An article to its advisories, each field with the span that proves it. Pure: same article, same answer.

The order of thought: gate, tokens, tags, places, heads (whose offices and people), frames (which acts, how
strong, undone by what), binding (who speaks, about where), and the article's one answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol, TypeVar

from advisor.detect import qualities
from advisor.detect.binding import Binding, bind, list_in
from advisor.detect.echo import echoes
from advisor.detect.frames import Frame, Miss, frames_in
from advisor.detect.gate import Gate
from advisor.detect.heads import Head, heads_of
from advisor.detect.knowledge import Knowledge, Need, Rule, Undoing
from advisor.detect.languages import SAMPLE, Languages
from advisor.detect.mentions import Mention, mentions_of, shortened
from advisor.detect.scene import Candidate, Discourse, Manners, Scene, Spot
from advisor.detect.scope import area_of, audience_of, is_later
from advisor.detect.tags import Tag, is_watch, tags_of
from advisor.detect.text import Sentence, Text, read_text
from advisor.detect.watchwords import bind_watched, watched_advisory
from advisor.model import Advisory, AnyKind, Article, Evidence, Kind, MissionStatus, Severity

LONGEST = 200_000  # code points read in depth; what lies beyond is passed over, so that time stays bounded
_YEAR = re.compile(r"(?:19[5-9]|20\d)\d")
_AT_HOME = frozenset({"government", "ministry", "leader"})  # where they sit is no place that people leave
_MOST_FRAMES = 48  # of one sentence; what repeats itself endlessly is bounded in time
_TITLE = 6  # sentences of a headline
_ENOUGH = 600  # frames of an article; what holds more is none, and is read only so far
_WEAKEST_ISSUER = 3.0
_WEAKEST_DESTINATION = 2.2
_SUBJECT_VERBS = frozenset({"urge", "evacuate", "withdraw", "close", "reopen", "lift", "say"})
_CLAUSE = 25.0  # tokens between a subject and the verb that ends its clause
_ACTS = frozenset({"leave", "evacuate", "withdraw", "close", "reopen", "lift", "no_travel", "no_essential_travel"})
_LISTED = 4  # countries that a sentence must list to be nothing but a list
_ITEMS, _ITEM_WORDS, _ANNOUNCED = 2, 2, 3  # least length of a list, words beside a name, sentences before it
_OPENING = 2  # sentences: the headline and the lead
_PLAINER = 2.5  # by how much a reading must be surer than its mirror image to silence it
_SURE = 4  # languages that a text may be in and still have a home government
_VERB_FINAL = 1.7  # how much further than in English the subject stands from a closing verb


@dataclass(slots=True)
class Reading:
    """Everything the engine saw in one article; `explain` shows it."""

    text: Text
    languages: tuple[str, ...] = ()
    tags: list[Tag] = field(default_factory=list)
    by_sentence: list[list[Tag]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    places: list[list[Mention]] = field(default_factory=list)  # the mentions of each sentence
    heads: list[Head] = field(default_factory=list)
    bound: list[tuple[Frame, Binding]] = field(default_factory=list)
    unbound: list[tuple[Frame, str]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    status: tuple[MissionStatus, Evidence] | None = None
    advisories: list[Advisory] = field(default_factory=list)


class Detector:
    """Built once from knowledge; used from any thread."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._verb_final = tuple(_stretched(rule) for rule in knowledge.rules)
        self._verb_last = tuple(_turned(rule) for rule in self._verb_final)
        self._undone_behind = tuple(_undone_behind(undoing) for undoing in knowledge.undoings)
        lexicons = list(knowledge.lexicons.values())
        self._languages = Languages(lexicons)
        self._gate = Gate(lexicons, knowledge.rules, knowledge.places.peoples)

    def worth_reading(self, title: str, text: str, language: str | None = None) -> bool:
        """The cheap gate: can this text, or the page behind it, carry an advisory?"""
        return self._gate.opens(title, text, self._languages.of(f"{title}\n{text[:SAMPLE]}", language))

    def detect(
        self, article: Article, boilerplate: Callable[[str], Sequence[tuple[int, int]]] | None = None
    ) -> list[Advisory]:
        """The current advisories of an article.

        `boilerplate` finds the spans of title + newline + text that are not the article's own; it is asked only for
        the few articles in which a rule fires.
        """
        if not article.official and not self._fires(article):
            return []
        ignore = boilerplate(f"{article.title}\n{article.text[:LONGEST]}") if boilerplate else ()
        return [advisory for advisory in self.read(article, ignore).advisories if advisory.current]

    def _fires(self, article: Article) -> bool:
        """Whether any rule fires in a sentence that the gate leaves, whoever speaks and about wherever."""
        spoken = self._languages.of(f"{article.title}\n{article.text[:SAMPLE]}", article.language)
        title, rest = self._gate.sentences(article.title, article.text[:LONGEST], spoken)
        if not title and not rest:
            return False
        reading = Reading(read_text(title, rest), spoken)
        manners = self._name(reading, (), credulous=True)
        text = reading.text
        by_sentence = _split(text, reading.tags)
        rules = self._rules(manners)
        return any(
            True
            for sentence in text.sentences
            for _ in frames_in(text, sentence, by_sentence[sentence.index], rules, self._undoings(manners), None)
        )

    def read(self, article: Article, ignore: Sequence[tuple[int, int]] = ()) -> Reading:
        """The deep reading, gate or no gate. `ignore` are spans of title + newline + text that are boilerplate."""
        text = read_text(article.title, article.text[:LONGEST])
        reading = Reading(text)
        if not text.tokens:
            return reading
        reading.languages = self._languages.of(text.original, article.language)
        manners = self._name(reading, sorted(ignore))
        _read_sentences(self._rules(manners), self._undoings(manners), article, reading, manners)
        _drop_mirrored(reading)
        _drop_denied(reading)
        reading.status = qualities.mission_status(text, reading.by_sentence, "status")
        reading.advisories = _answers(reading, article)
        return reading

    def _rules(self, manners: Manners) -> Sequence[Rule]:
        if manners.verb_last:
            return self._verb_last
        return self._verb_final if manners.object_before else self._knowledge.rules

    def _undoings(self, manners: Manners) -> Sequence[Undoing]:
        return self._undone_behind if manners.verb_last else self._knowledge.undoings

    def _name(self, reading: Reading, ignore: Sequence[tuple[int, int]], credulous: bool = False) -> Manners:
        """Fill in tags, mentions and heads; what the languages of the text do in their own way.

        `credulous`: names with two meanings are believed, because what would tell is out of sight.
        """
        text = reading.text
        spoken = [self._knowledge.lexicons[language] for language in reading.languages]
        manners = Manners(
            spoken[0].home if spoken and len(spoken) <= _SURE else None,
            any(lexicon.object_before for lexicon in spoken[:1]),
            any(lexicon.verb_last for lexicon in spoken[:1]),
            any(lexicon.verb_first for lexicon in spoken[:1]),
        )
        found = [tag for tag in tags_of(text, spoken) if not _ignored(text, tag, ignore)]
        tags = [tag for tag in found if not is_watch(tag) and not is_later(tag)]
        reading.mentions = mentions_of(text, tags, self._knowledge.places, spoken, credulous)
        text = reading.text = shortened(text, reading.mentions)
        reading.heads = heads_of(
            text, tags, reading.mentions, manners.verb_last, any(lexicon.adjective_after for lexicon in spoken)
        )
        made = {*found, *_tags_of_heads(reading.heads, tags), *_years(text)}
        reading.tags = sorted(made, key=lambda tag: (tag.first, tag.last))
        return manners


def _stretched(rule: Rule) -> Rule:
    """The rule for languages whose verb closes the sentence: what it needs stands further from it."""
    return replace(rule, needs=tuple(replace(need, within=_VERB_FINAL * need.within) for need in rule.needs))


def _turned(rule: Rule) -> Rule:
    """The rule for languages whose verb comes last: what stands before the act in English may stand behind it."""
    return replace(
        rule,
        needs=tuple(_before_the_clause(_on_any_side(need, "urge")) for need in rule.needs),
        unless=tuple(_on_any_side(need, "lift") for need in rule.unless),
    )


def _before_the_clause(need: Need) -> Need:
    """Who tells opens the clause, the word of telling closes it."""
    return replace(need, within=_CLAUSE) if need.near == "urge" and need.side == "before" else need


def _on_any_side(need: Need, category: str) -> Need:
    return replace(need, side="any") if any(spec.category == category for spec in need.tags) else need


def _undone_behind(undoing: Undoing) -> Undoing:
    """The undoing for languages whose verb comes last: "not" and "may" stand behind what they undo."""
    need = undoing.need
    if undoing.effect == "recalled":  # the year opens the sentence
        return replace(undoing, need=replace(need, within=_VERB_FINAL * need.within))
    return replace(undoing, need=replace(need, side="after")) if need.side == "before" else undoing


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


def _years(text: Text) -> list[Tag]:
    return [
        Tag("year", token, index, index + 1, "") for index, token in enumerate(text.tokens) if _YEAR.fullmatch(token)
    ]


def _read_sentences(
    rules: Sequence[Rule], undoings: Sequence[Undoing], article: Article, reading: Reading, manners: Manners
) -> None:
    """The body in its order, then the headline with what the body has made clear."""
    text = reading.text
    by_sentence = reading.by_sentence = _split(text, reading.tags)
    heads, mentions = _split(text, reading.heads), _split(text, reading.mentions)
    reading.places = mentions
    discourse = _opening(reading)
    after_lead: tuple[Spot | None, Spot | None] = (None, None)
    title = [sentence for sentence in text.sentences if sentence.title]
    body = [sentence for sentence in text.sentences if not sentence.title]
    said: set[tuple[str, ...]] = set()
    for sentence in body:
        words = text.tokens[sentence.first : sentence.last]
        if words in said or len(reading.bound) + len(reading.unbound) > _ENOUGH:
            continue  # says nothing new, and costs time
        said.add(words)
        scene = _scene(text, article, sentence, (by_sentence, heads, mentions), manners)
        _read_one(rules, undoings, article, reading, scene, sentence, discourse)
        after_lead = (after_lead[0] or discourse.issuer, after_lead[1] or discourse.destination)
    for sentence in title[:_TITLE]:
        scene = _scene(text, article, sentence, (by_sentence, heads, mentions), manners)
        lead = replace_spots(discourse, *after_lead)
        _read_one(rules, undoings, article, reading, scene, sentence, lead)


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
    text: Text, article: Article, sentence: Sentence,
    found: tuple[list[list[Tag]], list[list[Head]], list[list[Mention]]], manners: Manners,
) -> Scene:  # fmt: skip
    index = sentence.index
    tags, heads, mentions = found[0][index], found[1][index], found[2][index]
    below = _list_below(text, sentence, found[0], found[2])
    by: dict[str, list[Tag]] = {}
    for tag in tags:
        by.setdefault(tag.category, []).append(tag)
    return Scene(text, index, tags, heads, mentions, article.official, article.about, manners, below, by)


def _list_below(
    text: Text, sentence: Sentence, tags: list[list[Tag]], mentions: list[list[Mention]]
) -> tuple[Mention, ...]:
    """The countries of the list that follows: an item a line behind a colon, or in a sentence that only lists them."""
    sentences = text.sentences
    near = range(sentence.index + 1, min(sentence.index + _ANNOUNCED, len(sentences)))
    for index in near:
        if (listed := _only_listed(text, tags[index], mentions[index])) and not sentences[index].title:
            return listed
    begins = next((index for index in [*near, near.stop] if _is_item(sentences, mentions, index)), None)
    if begins is None or ":" not in text.between(sentences[begins].first - 1, sentences[begins].first):
        return ()
    items: list[Mention] = []
    for index in range(begins, len(sentences)):
        if not _is_item(sentences, mentions, index):
            break
        items.append(mentions[index][0])
    return tuple(items) if len(items) >= _ITEMS else ()


def _only_listed(text: Text, tags: list[Tag], mentions: list[Mention]) -> tuple[Mention, ...]:
    """ "The warning covers Bahrain, Egypt and Iran": a list of countries in a sentence without an act of its own."""
    if any(tag.category in _ACTS for tag in tags):
        return ()
    sizes = Counter(item.group for item in mentions if item.seat)
    group, size = max(sizes.items(), key=lambda item: item[1], default=(-1, 0))
    listed = tuple(item for item in mentions if item.group == group)
    if size < _LISTED or not listed:
        return ()
    first = listed[0].first
    announced = ":" in text.between(first - 1, first) if first else False
    return listed if announced or any(tag.category == "covers" for tag in tags) else ()


def _is_item(sentences: Sequence[Sentence], mentions: list[list[Mention]], index: int) -> bool:
    """A line that names a country and hardly anything else."""
    if index >= len(sentences) or sentences[index].title:
        return False
    named = [item for item in mentions[index] if item.seat]
    words = sentences[index].last - sentences[index].first
    return len(named) == 1 and words <= named[0].last - named[0].first + _ITEM_WORDS


def _opening(reading: Reading) -> Discourse:
    """What headline and counting say the article is about, before it is read."""
    text = reading.text
    discourse = Discourse()
    counts: Counter[str] = Counter()
    owners = {id(head.owner) for head in reading.heads}
    for mention in reading.mentions:
        if id(mention) in owners:
            continue
        if not mention.seat:
            if mention.roles == {"issuer"}:  # 邦人, 外務省: who speaks, not what it is about
                continue
            discourse.adjectives[mention.code] += 1
            discourse.topic_spans.setdefault(mention.code, (mention.first, mention.last))
            continue
        sentence = text.sentences[text.sentence_of[mention.first]]
        weight = 3 if sentence.title else 2 if sentence.index <= 3 else 1
        counts[mention.code] += weight + (1 if mention.cue == "at" else 0)
        discourse.topic_spans.setdefault(mention.code, (mention.first, mention.last))
    discourse.topics = counts
    for head in reading.heads:
        if head.owner and head.category == "citizens":
            discourse.people.setdefault(text.sentence_of[head.first], []).append(head.owner)
        if head.owner:
            discourse.speakers[head.owner.code] += {"office": 3, "staff": 2}.get(head.category, 0)
            discourse.speaker_spans.setdefault(head.owner.code, (head.owner.first, head.owner.last))
    for head in reading.heads:
        if head.owner and text.sentences[text.sentence_of[head.first]].title:
            discourse.title_issuer = Spot(head.owner.code, head.owner.first, head.owner.last, 0)
            break
    else:
        discourse.title_issuer = _whose_advice(reading) or _title_subject(reading)
    discourse.title_destination = _title_place(reading, discourse.title_issuer)
    return discourse


def _title_place(reading: Reading, issuer: Spot | None) -> Spot | None:
    """The country that the headline is about: the last one with "in" before it, else the first that does not speak."""
    text = reading.text
    owners = {id(head.owner) for head in reading.heads}
    chosen: Mention | None = None
    for mention in reading.mentions:
        if not text.sentences[text.sentence_of[mention.first]].title:
            break
        if id(mention) in owners or not mention.seat or (issuer and mention.code == issuer.code):
            continue
        if chosen is None or mention.cue == "at":
            chosen = mention
    return Spot(chosen.code, chosen.first, chosen.last, 0) if chosen else None


def _whose_advice(reading: Reading) -> Spot | None:
    """ "UK travel advice: Chad": the first of two countries, right before the advice, gives it."""
    title = [item for item in reading.mentions if reading.text.sentences[reading.text.sentence_of[item.first]].title]
    if len({mention.code for mention in title}) < 2 or title[0].cue:
        return None
    first = title[0]
    if any(tag.category == "advice" and tag.first == first.last for tag in reading.tags):
        return Spot(first.code, first.first, first.last, 0)
    return None


def _title_subject(reading: Reading) -> Spot | None:
    """The country that opens the headline right before its verb: "Norway closes ..."."""
    if not reading.mentions or not reading.text.sentences[0].title:
        return None
    first = reading.mentions[0]
    acts = {tag.first for tag in reading.tags if tag.category in _SUBJECT_VERBS}
    subject = first.first == 0 and first.seat and first.cue in {"", "by"} and first.last in acts
    beside = subject and reading.text.between(first.last - 1, first.last).isspace()
    return Spot(first.code, first.first, first.last, 0) if beside else None


def _read_one(
    rules: Sequence[Rule], undoings: Sequence[Undoing], article: Article, reading: Reading, scene: Scene,
    sentence: Sentence, discourse: Discourse,
) -> None:  # fmt: skip
    last: Binding | None = None
    told: tuple[int, Binding] | None = None  # the act bound before in this sentence: "leave Iran and not to go there"
    frames = frames_in(
        reading.text,
        sentence,
        scene.tags,
        rules,
        undoings,
        article.published,
        reading.misses.append,
    )
    for frame in islice(frames, _MOST_FRAMES):
        if undoing := _undone_by_headline(undoings, reading, frame):
            reading.misses.append(Miss(frame.rule, frame.act, f"undone by the headline: {undoing.id}"))
            continue
        if frame.rule.voice == "official" and not article.official and reading.text.quoted(frame.act.first) is None:
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
        elif binding.issuers[0].score < _WEAKEST_ISSUER or binding.destinations[0].score < _WEAKEST_DESTINATION:
            reading.unbound.append((frame, "issuer or destination too uncertain"))
        else:
            reading.bound.append((frame, binding))
            last = binding
            told = told if told and told[0] < frame.act.first else (frame.act.first, binding)
    if not sentence.title:
        reading.bound.extend(echoes(scene, [item for item in reading.bound if item[0].rule.watch is None]))
    _remember(scene, discourse, last)


def _undone_by_headline(undoings: Sequence[Undoing], reading: Reading, frame: Frame) -> Undoing | None:
    """The headline names another kind of event: "US expels 60 diplomats", and the text says that they must leave."""
    titles = [reading.by_sentence[sentence.index] for sentence in reading.text.sentences if sentence.title]
    for undoing in undoings:
        if undoing.headline and undoing.governs(frame.rule):
            categories = {spec.category for spec in undoing.need.tags}
            if any(tag.category in categories for tags in titles for tag in tags):
                return undoing
    return None


def _remember(scene: Scene, discourse: Discourse, binding: Binding | None) -> None:
    """What the next sentence may refer to."""
    discourse.listed = list_in(scene) or discourse.listed
    discourse.subject = _only_subject(scene)
    if binding is not None:
        discourse.issuer = _spot(binding.issuers[0], scene.sentence)
        discourse.destination = discourse.told = _spot(binding.destinations[0], scene.sentence)
        discourse.places = binding.destinations
        return
    for head in scene.heads:
        if head.category == "office" and head.owner:
            discourse.issuer = Spot(head.owner.code, head.owner.first, head.owner.last, scene.sentence)
        if head.seat and head.value not in _AT_HOME:
            discourse.destination = Spot(head.seat.code, head.seat.first, head.seat.last, scene.sentence)


def _only_subject(scene: Scene) -> Spot | None:
    """The one country that a sentence names as who acts, without a word that makes it a place."""
    acting = [item for item in scene.mentions if item.cue in {"", "by"} and item.roles & {"name", "city"}]
    codes = {item.code for item in acting}
    return Spot(acting[0].code, acting[0].first, acting[0].last, scene.sentence) if len(codes) == 1 else None


def _drop_mirrored(reading: Reading) -> None:
    """Where an article says plainly that A calls people out of B, a guess that B calls them out of A is one too many.

    Two governments that do call their people out of each other's country are both named beside their acts.
    """
    surest: dict[tuple[str, ...], float] = {}
    for _, binding in reading.bound:
        for pair, sure in _pairs(binding):
            surest[pair] = max(surest.get(pair, 0.0), sure)

    def guessed(binding: Binding) -> bool:
        return all(sure + _PLAINER < surest.get(pair[::-1], 0.0) for pair, sure in _pairs(binding))

    doubtful = [(frame, binding) for frame, binding in reading.bound if guessed(binding)]
    reading.unbound.extend((frame, "the article says plainly that it is the other way round") for frame, _ in doubtful)
    reading.bound = [item for item in reading.bound if item not in doubtful]


def _drop_denied(reading: Reading) -> None:
    """What the opening denies, the text only retells: "Iran dismisses reports ...", and then what the reports said."""
    text = reading.text
    denied = {
        (miss.rule.kind, mention.code)
        for miss in reading.misses
        if miss.clause == "undone: denied" and text.sentence_of[miss.act.first] < _OPENING
        for mention in reading.mentions
        if text.sentence_of[mention.first] == text.sentence_of[miss.act.first]
    }
    told = {  # the headline says so itself
        (frame.rule.kind, issuer.code)
        for frame, binding in reading.bound
        if text.sentences[frame.sentence].title
        for issuer in binding.issuers
    }
    retold = [
        (frame, binding)
        for frame, binding in reading.bound
        if all((frame.rule.kind, issuer.code) in denied - told for issuer in binding.issuers)
    ]
    reading.unbound.extend((frame, "the opening denies it") for frame, _ in retold)
    reading.bound = [item for item in reading.bound if item not in retold]


def _pairs(binding: Binding) -> list[tuple[tuple[str, str], float]]:
    """Each issuer with each destination, and how directly the text says them."""
    return [
        ((issuer.code, destination.code), issuer.score + destination.score)
        for issuer in binding.issuers
        for destination in binding.destinations
    ]


def _spot(candidate: Candidate, sentence: int) -> Spot:
    return Spot(candidate.code, candidate.first, candidate.last, sentence)


def _answers(reading: Reading, article: Article) -> list[Advisory]:
    """One advisory per issuer, destination and kind: the strongest wording, the official one apart."""
    answers: dict[tuple[str, str, AnyKind], Advisory] = {}
    for frame, binding in reading.bound:
        for issuer in binding.issuers:
            for destination in binding.destinations:
                advisory = _advisory(reading, article, frame, issuer, destination)
                key = (advisory.issuer, advisory.destination, advisory.kind)
                answers[key] = _merged(answers[key], advisory) if key in answers else advisory
    reopened = {
        (issuer.code, destination.code)
        for frame, binding in reading.bound
        if frame.act.category == "reopen" and frame.recalled is None
        for issuer in binding.issuers
        for destination in binding.destinations
    }
    for issuer_code, place in _shortened_by_headline(reading):
        answers.pop((issuer_code, place, Kind.DO_NOT_TRAVEL), None)
    for speaks, place in reopened:  # how a mission came to be closed, told beside its reopening
        answers.pop((speaks, place, Kind.MISSION_CLOSURE), None)
    return sorted(answers.values(), key=lambda item: (not item.current, min(proof.start for proof in item.evidence)))


def _shortened_by_headline(reading: Reading) -> set[tuple[str, str]]:
    """Where only the headline says "do not travel", and the text says "unless it is essential": headlines leave out."""
    told: dict[AnyKind, set[tuple[tuple[str, str], bool]]] = {Kind.DO_NOT_TRAVEL: set(), Kind.RECONSIDER_TRAVEL: set()}
    for frame, binding in reading.bound:
        title = reading.text.sentences[frame.sentence].title
        for pair, _ in _pairs(binding):
            told.get(frame.rule.kind, set()).add((pair, title))
    strong, mild = told[Kind.DO_NOT_TRAVEL], told[Kind.RECONSIDER_TRAVEL]
    return {pair for pair, title in strong if title and (pair, False) not in strong and (pair, False) in mild}


def _advisory(reading: Reading, article: Article, frame: Frame, issuer: Candidate, destination: Candidate) -> Advisory:
    if frame.rule.watch is not None:
        return watched_advisory(reading.text, frame, issuer, destination)
    text, rule = reading.text, frame.rule.id
    near = [index for index in (frame.sentence, frame.sentence + 1) if index < len(text.sentences)]
    proofs = [
        qualities.evidence(text, "issuer", issuer.first, issuer.last, rule),
        qualities.evidence(text, "destination", *_named_beside(reading, frame, destination), rule),
        qualities.evidence(text, "kind", frame.act.first, frame.act.last, rule),
    ]
    if frame.rung:
        proofs.append(qualities.evidence(text, "severity", frame.rung.first, frame.rung.last, rule))
    official = _official(text, article, frame)
    if official:
        proofs.append(qualities.evidence(text, "official_severity", frame.act.first, frame.act.last, rule))
        proofs.append(_own_words(text, frame))
    means = qualities.means_of(text, reading.by_sentence, near, frame.rule.kind, rule)
    proofs.extend(proof for _, proof in means)
    status = reading.status
    deadline = qualities.first_of(text, reading.by_sentence, "deadline", near, "deadline", rule)
    contact = qualities.contact_in(text, near, rule)
    tags = reading.by_sentence[frame.sentence]
    audience = audience_of(text, tags, frame)
    if audience:
        proofs.append(qualities.evidence(text, "audience", *audience[1], rule))
    area = area_of(text, tags, reading.places[frame.sentence], frame, destination)
    if area:
        proofs.append(qualities.evidence(text, "area", *area, rule))
    urge = frame.filled.get("urge")
    if urge:
        proofs.append(qualities.evidence(text, "manner", urge.first, urge.last, rule))
    proofs.append(_sentence_of(text, frame, "sentence"))
    proofs.extend(found[1] for found in (status, deadline) if found)
    return Advisory(
        issuer=issuer.code, destination=destination.code, kind=frame.rule.kind, severity=frame.severity,
        evidence=(*proofs, *([contact] if contact else [])), current=frame.recalled is None,
        official_severity=frame.severity if official else None, means=tuple(value for value, _ in means),
        mission_status=status[0] if status else None, deadline=deadline[1].quote if deadline else None,
        contact=contact.quote if contact else None, audience=audience[0] if audience else None,
        area=text.original[text.starts[area[0]] : text.ends[area[1] - 1]] if area else None,
        manner=_manner(frame),
    )  # fmt: skip


def _named_beside(reading: Reading, frame: Frame, destination: Candidate) -> tuple[int, int]:
    """Where the proving sentence itself names the place, else where the context does."""
    sentence = reading.text.sentences[frame.sentence]
    if sentence.first <= destination.first < sentence.last:
        return destination.first, destination.last
    for mention in reading.mentions:
        if mention.code == destination.code and mention.seat and sentence.first <= mention.first < sentence.last:
            return mention.first, mention.last
    return destination.first, destination.last


def _sentence_of(text: Text, frame: Frame, field: str) -> Evidence:
    """The sentence that proves the advisory, for people."""
    sentence = text.sentences[frame.sentence]
    return qualities.evidence(text, field, sentence.first, sentence.last, frame.rule.id)


def _own_words(text: Text, frame: Frame) -> Evidence:
    """The issuer's own words: the quotation that holds the call, else the sentence."""
    quotation = text.quoted(frame.act.first)
    if quotation is None:
        return _sentence_of(text, frame, "official_sentence")
    start, end = text.quotations[quotation]
    return Evidence("official_sentence", text.original[start:end], start, end, frame.rule.id)


def _manner(frame: Frame) -> str | None:
    """How the call is worded: the rung that decided it says more than the verb."""
    if frame.rung and frame.rung.category in {"consider", "urge"}:
        return frame.rung.value or frame.rung.category
    urge = frame.filled.get("urge")
    return urge.value if urge else None


def _official(text: Text, article: Article, frame: Frame) -> bool:
    """The issuer's own words: its own channel, or the whole call inside one quotation."""
    if article.official:
        return True
    quotation = text.quoted(frame.act.first)
    return quotation is not None and text.quoted(frame.anchor.first) == quotation


def _merged(known: Advisory, other: Advisory) -> Advisory:
    """The stronger wording leads; a current telling beats a recalled one."""
    if known.current != other.current:
        return known if known.current else other
    leading, following = (other, known) if other.severity > known.severity else (known, other)
    official = [item for item in (known.official_severity, other.official_severity) if item is not None]
    extra = [proof for proof in following.evidence if proof.field.startswith("official_")]
    manner = leading.manner
    if any(proof.field.startswith("official_") for proof in leading.evidence):
        extra = []
    elif extra:
        manner = following.manner
    part = following.area if leading.area is None and _in_headline(leading) else leading.area
    return replace(
        leading,
        area=part,
        audience=leading.audience or following.audience,
        official_severity=Severity(max(official)) if official else None,
        means=tuple(dict.fromkeys((*leading.means, *following.means))),
        deadline=leading.deadline or following.deadline,
        contact=leading.contact or following.contact,
        manner=manner,
        evidence=(*leading.evidence, *extra, *_missing(leading, following)),
    )


def _in_headline(advisory: Advisory) -> bool:
    """Headlines leave the part of the country out."""
    return any(proof.field == "sentence" and proof.start == 0 for proof in advisory.evidence)


def _missing(leading: Advisory, following: Advisory) -> list[Evidence]:
    """Proofs of fields that only the following telling knows, and of its further means."""
    proven = {proof.field for proof in leading.evidence}
    quoted = {(proof.field, proof.quote) for proof in leading.evidence}
    return [
        proof
        for proof in following.evidence
        if proof.field in {"deadline", "contact", "audience"} - proven
        or (proof.field == "area" and "area" not in proven and _in_headline(leading))
        or (proof.field == "means" and (proof.field, proof.quote) not in quoted)
    ]

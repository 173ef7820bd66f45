"""Sentence by sentence: what each tells, and what the next one may refer to.

The body comes first, in its order; the headline is read with what the body has made clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from advisor.detect.binding import REGION, UNKNOWN, Binding, bind, taken_from
from advisor.detect.carried import carried
from advisor.detect.clauses import asks, said_behind_colon
from advisor.detect.echo import echoes, gapped
from advisor.detect.elsewhere import undone_elsewhere
from advisor.detect.frames import Frame, Miss, Rules, by_category, frames_in
from advisor.detect.heads import Head
from advisor.detect.knowledge import BODIES, Undoing
from advisor.detect.listing import list_below
from advisor.detect.mentions import Mention
from advisor.detect.opening import opening_of
from advisor.detect.reading import Reading
from advisor.detect.scene import AT_HOME, Candidate, Discourse, Manners, Scene, Spot, last_list
from advisor.detect.tags import Index, Tag
from advisor.detect.text import Sentence, Text, split
from advisor.detect.watchwords import bind_watched
from advisor.model import Article, Kind

_MOST_FRAMES = 48  # of one sentence; what repeats itself endlessly is bounded in time
_LEAD = 2  # sentences behind the headline that may go on from it
_TITLE = 6  # sentences of a headline
_ENOUGH = 600  # frames of an article; what holds more is none, and is read only so far
_WEAKEST_ISSUER = 3.0
_WEAKEST_DESTINATION = 2.2
_WEAKEST_EVACUATION = 9.0
_ASKED = frozenset({Kind.MISSION_CLOSURE, Kind.STAFF_DEPARTURE, Kind.EVACUATION})  # "Embassy in Minsk closing?"


def read_sentences(
    rules: Rules, undoings: Sequence[Undoing], article: Article, reading: Reading, manners: Manners
) -> None:
    """The body in its order, then the headline with what the body has made clear."""
    text = reading.text
    by_sentence = reading.by_sentence = split(text, reading.tags)
    heads, mentions = split(text, reading.heads), split(text, reading.mentions)
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

    def scene_of(it: Sentence) -> Scene:
        by = by_category(by_sentence[it.index])
        return _scene(text, article, it, by, (by_sentence, heads, mentions), manners)

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
        lead = replace(_before_the_headline(discourse, *after_lead), offices=offices, places=places)
        _read_one(rules, undoings, article, reading, scene, sentence, lead)
    # Where no rule fires at all the article is not read: see `Detector.may_fire`.
    fired = bool(reading.bound or reading.unbound)
    if fired and (rule := rules.telling_of(Kind.EVACUATION, "evacuate")):
        takings = [*_taken_in_headline(reading), *takings]
        reading.bound.extend(list(carried(reading, rule, takings, scene_of, discourse)))
    if title and body:
        _echo_headline(reading, [scene_of(it) for it in body[:_LEAD]])


def _taken_in_headline(reading: Reading) -> list[Spot]:
    """Out of where the headline itself takes people."""
    return [
        _spot(binding.destinations[0], frame.sentence)
        for frame, binding in reading.bound
        if frame.act.category == "evacuate" and frame.recalled is None and reading.text.sentences[frame.sentence].title
    ]


def _echo_headline(reading: Reading, lead: Sequence[Scene]) -> None:
    """Who does the same as the headline tells, where the sentences before told nothing themselves."""
    told = [item for item in reading.bound if item[0].rule.watch is None]
    titled = [item for item in told if reading.text.sentences[item[0].sentence].title]
    for scene in lead:
        if any(frame.sentence == scene.sentence or _is_before(reading, frame, scene) for frame, _ in told):
            return
        reading.bound.extend(echoes(scene, titled, own_acts=False))


def _is_before(reading: Reading, frame: Frame, scene: Scene) -> bool:
    """Whether a frame of the text itself stands before the scene."""
    return not reading.text.sentences[frame.sentence].title and frame.sentence < scene.sentence


def _before_the_headline(discourse: Discourse, issuer: Spot | None, destination: Spot | None) -> Discourse:
    """The discourse as the headline's reader knows it after the lead."""
    at_title = [spot._replace(sentence=0) if spot else None for spot in (issuer, destination)]
    return replace(discourse, issuer=at_title[0], destination=at_title[1], title_issuer=None)


def _scene(
    text: Text, article: Article, sentence: Sentence, by: Index,
    found: tuple[list[list[Tag]], list[list[Head]], list[list[Mention]]], manners: Manners,
) -> Scene:  # fmt: skip
    index = sentence.index
    tags, heads, mentions = found[0][index], found[1][index], found[2][index]
    listed = partial(list_below, text, sentence, found[0], found[2])
    return Scene(text, index, tags, heads, mentions, article.official, article.about, manners, listed, by)


def _read_one(
    rules: Rules, undoings: Sequence[Undoing], article: Article, reading: Reading, scene: Scene,
    sentence: Sentence, discourse: Discourse,
) -> None:  # fmt: skip
    last: Binding | None = None
    told: tuple[int, Binding] | None = None  # the act bound before in this sentence: "leave Iran and not to go there"
    # A government's own page names the month of an order that stands; its date of publication may be older still.
    by = {category: tags for category, tags in scene.by.items() if category != "month" or not article.official}
    frames = frames_in(
        reading.text,
        sentence,
        by,
        rules,
        undoings,
        article.published,
        reading.misses.append,
    )
    for frame in islice(frames, _MOST_FRAMES):
        if undone := undone_elsewhere(undoings, reading, frame):
            where, undoing = undone
            reading.misses.append(Miss(frame.rule, frame.act, f"undone by the {where}: {undoing.id}"))
            continue
        if frame.rule.kind in _ASKED and sentence.title and asks(reading.text, sentence):
            reading.misses.append(Miss(frame.rule, frame.act, "it is asked, not told"))
            continue
        own_words = article.official or discourse.own_words or reading.text.quoted(frame.act.first) is not None
        spoken = own_words or frame.rule.voice != "official"
        if not spoken and not said_behind_colon(reading.text, by, sentence, frame.act):
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
        host = head.owner and discourse.told and head.owner.code == discourse.told.code  # it comments on what others do
        if head.category == "office" and head.owner and head.owner.code not in BODIES and not host:
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

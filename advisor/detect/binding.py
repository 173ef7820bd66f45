"""Who speaks, about where: the countries of a frame, from the words beside it, then from further away.

Every candidate competes openly with a score; the nearer reading wins, and `explain` can show the losers.
The scores order readings by how directly the text says them; only their order matters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from advisor.detect.frames import Frame, separation
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Kind

_MOST = 5  # readings of one role that are weighed against those of the other
_SUBJECT_REACH = 9.0
_MOVING = frozenset({"evacuate", "withdraw", "close", "leave"})
_ARRIVAL_REACH = 2
_TOLD = frozenset({"leave", "no_travel", "no_essential_travel"})
_THEIRS = 5.9  # more than who spoke before, less than who is named
_REGION, _BESIDE = 3.0, 8.0  # how near a region stands; the least score of a place that the act itself names
_MEANT_HERE, _MEANT_BEFORE = 8.7, 8.2  # "there" is the place of this sentence before it is that of another
_CLAUSE_MARKS = frozenset(",;–—")
_BOTH = 12.0  # between "both countries" and the act
_LISTED = 5.5
_CAPITAL, _POSSESSED = 2.0, -2.5  # "the capital of Chad" is where, "the interests of the US" is not
_CAUSE = 4.0
_SUBJECT_VERBS = frozenset({"urge", "evacuate", "withdraw", "close", "reopen", "lift"})
_SENTENCES_ON, _LEAD = 3, 4  # how far "among them 87 Croats" may follow; sentences for which the headline still speaks
_NAMED_BESIDE = 5.0
_BELOW = 7.0
_BEFORE, _ANAPHOR = "spoken of before", 2
_SUBJECT = "the subject of the sentence"
_TELLS = 7.0  # of a speaker that stands beside the word of telling
_PASSENGERS, _ON_BOARD = 5, 5.0  # so many countries listed so far from an evacuation are those of who is on board
_DATELINE = 3.0  # the punctuation behind "PARIS -" or "Sudan:" puts the next word further away
_VERB_REACH = 1.0
_MARKED_REACH = 12.0  # of a subject that a particle or a comma marks, in a language whose verb comes last
_DESTINATION_REACH = 7.0


_BODIES = frozenset({"EU", "UN"})  # they speak; nobody leaves them
_NEW_CLAUSE = "–—-;.,"
_TOPIC_MARK = re.compile(r"[:：|]| [-–—] ")  # "Mali: ...", "Burundi - Level 3"


class Candidate(NamedTuple):
    """One reading of a role; the span proves it."""

    score: float
    code: str
    first: int
    last: int
    why: str
    mention: Mention | None = None


class Spot(NamedTuple):
    """A country that was bound before, and where."""

    code: str
    first: int
    last: int
    sentence: int


@dataclass(slots=True)
class Discourse:
    """What the article has said so far, and what it is about."""

    topics: Counter[str] = field(default_factory=Counter)  # places, by weight
    adjectives: Counter[str] = field(default_factory=Counter)  # countries present only as "Russian" and the like
    topic_spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    speakers: Counter[str] = field(default_factory=Counter)  # whose offices, staff and citizens are named
    speaker_spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    issuer: Spot | None = None
    destination: Spot | None = None
    told: Spot | None = None  # the place of the last advisory
    places: tuple[Candidate, ...] = ()  # all its places
    subject: Spot | None = None  # the only country that a sentence names as who acts
    listed: tuple[Candidate, ...] = ()  # the last list of countries; "both countries" means it
    title_issuer: Spot | None = None
    title_destination: Spot | None = None
    people: dict[int, list[Mention]] = field(default_factory=dict)  # whose citizens each sentence names


@dataclass(frozen=True, slots=True)
class Manners:
    """What the languages of a text do in their own way."""

    home: str | None = None  # whose ministry is meant when none is named
    object_before: bool = False  # "Syrien zu verlassen": what is left stands before the act
    verb_last: bool = False  # what follows the act is another clause
    verb_first: bool = False  # "حثت كندا مواطنيها": who speaks stands behind the word of telling


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence with everything found in it."""

    text: Text
    sentence: int
    tags: Sequence[Tag]
    heads: Sequence[Head]
    mentions: Sequence[Mention]
    official: str | None
    about: str | None
    manners: Manners
    below: tuple[Mention, ...] = ()  # the countries of a list that this sentence announces, an item a line
    by: Mapping[str, Sequence[Tag]] = field(default_factory=dict)  # the tags by category

    def of(self, *categories: str) -> Iterator[Tag]:
        """The tags of these categories."""
        return chain.from_iterable(self.by.get(category, ()) for category in categories)


@dataclass(frozen=True, slots=True)
class Binding:
    issuers: tuple[Candidate, ...]
    destinations: tuple[Candidate, ...]


def bind(scene: Scene, discourse: Discourse, frame: Frame) -> Binding | str:
    """The issuers and destinations of `frame`, or the reason why there is none."""
    speaker = _speaker(scene, frame)
    audience = _audience_owner(scene, frame)
    if speaker and audience and speaker.code != audience.code and not _same_list(speaker, audience):
        return f"{speaker.code} speaks to people of {audience.code}"
    if _is_unnamed(scene, frame, speaker, audience):
        return "governments that are not named speak"
    both = next((tag for tag in scene.of("both") if _gap(scene, frame.act, *tag[2:4]) <= _BOTH), None)
    listed = discourse.listed if both else ()
    if both and listed and not speaker and not audience and not _is_place(scene, frame, both):
        place = max(_destinations(scene, discourse, frame, None, listed[0].code), key=lambda it: it.score, default=None)
        if place and place.code not in {item.code for item in listed}:
            return Binding(listed, _with_list(scene, place, {item.code for item in listed}))
    issuers = _best_of_each(_issuers(scene, discourse, frame, speaker, audience))
    if frame.rule.own:
        issuers = _whose_people_are_named(scene, discourse, issuers)
    if not issuers:
        return "no issuer"
    if both and listed and _is_place(scene, frame, both) and issuers[0].code not in {item.code for item in listed}:
        return Binding(_with_list(scene, issuers[0], {item.code for item in listed}), listed)
    pairs = [
        (issuer.score + destination.score - _homeward(audience, destination), issuer, destination)
        for issuer in issuers
        for destination in _best_of_each(_destinations(scene, discourse, frame, speaker, issuer.code))
        if destination.code not in {issuer.code, *_BODIES}
        and not _is_host(frame, speaker, issuer, destination)
        and not (issuer.why == _SUBJECT and _same_list(issuer, destination))  # "Berne et Stockholm": both speak
    ]
    if below := _listed_below(scene, frame, issuers, max((pair[2].score for pair in pairs), default=0.0)):
        return below
    if not pairs:
        return "no destination"
    _, issuer, destination = max(pairs, key=lambda pair: pair[0])
    if destination.score < (asked := frame.rule.destination_near) and (
        asked >= _BESIDE or not _told_just_before(scene, discourse, destination)
    ):
        return "no destination near the act"
    if destination.score < _BESIDE and frame.act.category in _TOLD and _about_region(scene, frame.act):
        return "a region is named, no country"
    if frame.act.category == "reopen" and _comes_home(scene, frame.act, issuer.code):
        return "who returns comes home"
    destinations = _with_list(scene, destination, {issuer.code})
    if _is_remembered_list(scene, discourse, destination):
        destinations = tuple(item for item in discourse.places if item.code != issuer.code)
    issuers_listed = _with_list(scene, issuer, {item.code for item in destinations})
    return Binding((*issuers_listed, *_offices_beside(scene, issuers_listed, destinations)), destinations)


def _is_remembered_list(scene: Scene, discourse: Discourse, destination: Candidate) -> bool:
    """ "... not to travel to Mali, Niger and Chad. Those who are there should leave": there is all of them."""
    remembered = destination.mention is None and destination.why == _BEFORE and discourse.told is not None
    return (
        remembered
        and len(discourse.places) > 1
        and scene.sentence - (discourse.told.sentence if discourse.told else 0) <= _ANAPHOR
        and destination.code in {item.code for item in discourse.places}
    )


def _listed_below(scene: Scene, frame: Frame, issuers: Sequence[Candidate], nearest: float) -> Binding | None:
    """ "... advises against travel to these eleven countries:", and then a country a line."""
    if nearest >= _BESIDE or frame.act.category not in _TOLD:
        return None
    places = {
        item.code: _of_mention(_BELOW, item, "in the list below")
        for item in scene.below
        if item.code != issuers[0].code
    }
    return Binding((issuers[0],), tuple(places.values())) if places else None


def _whose_people_are_named(scene: Scene, discourse: Discourse, issuers: Sequence[Candidate]) -> list[Candidate]:
    """Those issuers whose citizens are named in the sentences around, else the government named first there."""
    around = [*range(scene.sentence - 1, scene.sentence + _SENTENCES_ON), *([0] if scene.sentence < _LEAD else [])]
    named = [mention for sentence in around for mention in discourse.people.get(sentence, ())]
    codes = {mention.code for mention in named}
    sure = [issuer for issuer in issuers if issuer.code in codes]
    return sure or [
        _of_mention(_NAMED_BESIDE, mention, "whose people they are, a sentence away") for mention in named[:1]
    ]


def _is_host(frame: Frame, speaker: Candidate | None, issuer: Candidate, destination: Candidate) -> bool:
    """ "North Korea advises the embassies in Pyongyang to leave": who tells is who they are to leave."""
    tells = speaker is not None and "urge" in frame.filled and speaker.score >= _TELLS
    return tells and speaker is not None and speaker.code == destination.code != issuer.code


def _is_unnamed(scene: Scene, frame: Frame, speaker: Candidate | None, audience: Candidate | None) -> bool:
    """ "Several Western governments have urged their citizens to leave": nobody is named, whoever is beside it."""
    anchor = _telling(scene, frame)
    before = [tag for tag in scene.of("unnamed") if tag.last <= anchor.first]
    before = [tag for tag in before if separation(scene.text, anchor, tag) <= _SUBJECT_REACH]
    if not before:
        return False
    return all(item is None or item.first < before[-1].first for item in (speaker, audience))


def _homeward(audience: Candidate | None, destination: Candidate) -> float:
    """What is taken off a destination that is the home of those who leave: "Czech diplomats flew back to Prague"."""
    return 2.0 if audience is not None and audience.code == destination.code else 0.0


def _is_place(scene: Scene, frame: Frame, both: Tag) -> bool:
    """Whether "both countries" are where, not who."""
    led = any(0 <= both.first - tag.last <= 1 for tag in scene.of("at", "from", "to"))
    return led or both.first >= frame.act.last


def list_in(scene: Scene) -> tuple[Candidate, ...]:
    """The last list of countries in the sentence."""
    groups: dict[int, dict[str, Candidate]] = {}
    for mention in scene.mentions:
        if mention.roles & {"name", "city", "issuer"}:
            found = _of_mention(_LISTED, mention, "listed before")
            groups.setdefault(mention.group, {}).setdefault(mention.code, found)
    lists = [tuple(group.values()) for group in groups.values() if len(group) > 1]
    return lists[-1] if lists else ()


def _told_just_before(scene: Scene, discourse: Discourse, destination: Candidate) -> bool:
    """The sentence before told people about that place: "The German ministry, too, asks to leave"."""
    return discourse.told is not None and (
        discourse.told.code == destination.code and scene.sentence - discourse.told.sentence == 1
    )


def _about_region(scene: Scene, act: Tag) -> bool:
    """ "... to leave the Middle East": no one country is meant, whatever was spoken of before."""
    named = {token for mention in scene.mentions for token in range(mention.first, mention.last)}
    regions = [tag for tag in scene.of("region") if tag.first not in named]
    if scene.manners.object_before:
        return any(tag.last <= act.first and separation(scene.text, act, tag) <= _REGION for tag in regions)
    return any(tag.first >= act.last and separation(scene.text, act, tag) <= _REGION for tag in regions)


def _comes_home(scene: Scene, act: Tag, issuer: str) -> bool:
    """ "The embassy's staff returned to Berlin" reopens nothing in Beirut."""
    return any(
        mention.code == issuer
        and mention.cue == "at"
        and mention.seat
        and _gap(scene, act, mention.first, mention.last) <= 3
        for mention in scene.mentions
    )


def _best_of_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The strongest reading for each country, the strongest few countries."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.code not in best or candidate.score > best[candidate.code].score:
            best[candidate.code] = candidate
    return sorted(best.values(), key=lambda item: -item.score)[:_MOST]


def _same_list(one: Candidate, other: Candidate) -> bool:
    return one.mention is not None and other.mention is not None and one.mention.group == other.mention.group


def _with_list(scene: Scene, chosen: Candidate, without: set[str]) -> tuple[Candidate, ...]:
    """The chosen country and those coordinated with it."""
    if chosen.mention is None:
        return (chosen,)
    fellows = [chosen]
    for mention in scene.mentions:
        if mention.group == chosen.mention.group and mention.code not in without | {item.code for item in fellows}:
            fellows.append(
                Candidate(chosen.score, mention.code, mention.first, mention.last, "listed with it", mention)
            )
    return tuple(fellows)


def _offices_beside(scene: Scene, issuers: Sequence[Candidate], destinations: Sequence[Candidate]) -> list[Candidate]:
    """Offices listed with a country that speaks: "Germany's foreign ministry and the Netherlands called on ..."."""
    joiners = {token for tag in scene.of("and") for token in range(tag.first, tag.last)}
    known = {item.code for item in (*issuers, *destinations)}
    found = []
    for head in scene.heads:
        if head.category != "office" or head.owner is None or head.owner.code in known or head.value == "mission":
            continue
        first, last = min(head.first, head.owner.first), max(head.last, head.owner.last)
        for mention in (item.mention for item in issuers if item.mention):
            between = range(last, mention.first) if last <= mention.first else range(mention.last, first)
            if 0 < len(between) <= 2 and not joiners.isdisjoint(between):
                found.append(_of_mention(issuers[0].score, head.owner, "listed with it"))
                known.add(head.owner.code)
                break
    return found


def _gap(scene: Scene, tag: Tag, first: int, last: int) -> float:
    return separation(scene.text, tag, Tag("", "", first, last, ""))


def _used_heads(scene: Scene, frame: Frame) -> list[Head]:
    spans = {(tag.first, tag.last) for tag in frame.filled.values()}
    return [head for head in scene.heads if (head.first, head.last) in spans]


def _of_mention(score: float, mention: Mention, why: str) -> Candidate:
    return Candidate(score, mention.code, mention.first, mention.last, why, mention)


def _speaker(scene: Scene, frame: Frame) -> Candidate | None:
    """The government that stands as subject right before the word of telling."""
    anchor = _telling(scene, frame)
    best: tuple[float, Candidate] | None = None
    for head in scene.heads:
        if head.category == "office" and head.owner and head.last <= anchor.first:
            distance = _gap(scene, anchor, head.first, max(head.last, _end_of_list(scene, head.owner, anchor)))
            if distance <= _SUBJECT_REACH and (best is None or distance < best[0]):
                best = (distance, _of_mention(8.5 - 0.1 * distance, head.owner, "the office that speaks"))
    # "Spain urged its citizens", "London pulled out part of its staff": whose they are also acts.
    owners = {id(head.owner) for head in scene.heads if head.value != "ours"}
    owners |= {id(head.seat) for head in scene.heads}
    owners -= {id(head.owner) for head in scene.heads if head.owner and _acts_itself(scene, head, anchor)}
    places = {mention.code for mention in scene.mentions if mention.cue == "at"}
    marked = scene.manners.verb_last and any(mention.cue == "by" for mention in scene.mentions)
    opening = next((item.group for item in scene.mentions if item.seat and not item.cue and _opens(scene, item)), None)
    for mention in scene.mentions:
        if mention.last > anchor.first or id(mention) in owners or mention.cue in {"at", "of", "with"}:
            continue
        if marked and mention.cue != "by":
            continue
        if _heads_the_line(scene, mention) or _is_topic(scene, frame.act, mention):
            continue
        host = anchor.category == "urge" and _gap(scene, anchor, mention.first, mention.last) < 1
        if mention.code in places and not host:  # where it happens does not speak
            continue
        if not mention.roles & {"name", "city"}:
            continue
        if _others_told(scene, mention, anchor):
            continue  # "after the attack on Iran, Irish citizens are advised": whose people stand nearer is who speaks
        if _stands_in_the_way(scene, mention, anchor, best):
            continue  # "das Amt hat im Konflikt mit Russland seine Warnung verschärft": the office goes on speaking
        if opening not in {None, mention.group} and "," in scene.text.between(mention.last - 1, anchor.first):
            continue  # "India issues fresh Iran warning, urges citizens to leave": who opened goes on speaking
        distance = _gap(scene, anchor, mention.first, mention.last)
        if scene.manners.object_before and anchor is frame.act and distance < 1 and anchor.category == "leave":
            continue  # "das Personal hat Iran verlassen": the object, not the subject
        if distance <= (_MARKED_REACH if marked else 4.5) and (best is None or distance < best[0]):
            touching = distance < 1 and anchor.category in _SUBJECT_VERBS and not scene.manners.verb_last
            score = (8.6 if touching else 7.5) - 0.1 * distance
            best = (distance, _of_mention(score, mention, "the government that speaks"))
    if scene.manners.verb_first and anchor.category == "urge":
        best = _behind(scene, anchor, best)
    if marked and (topic := _opening_office(scene, anchor)) is not None:
        return topic
    return best[1] if best else None


def _opening_office(scene: Scene, anchor: Tag) -> Candidate | None:
    """The ministry that opens the sentence as its topic: what is told of others in between changes no subject."""
    first = scene.text.sentences[scene.sentence].first
    offices = [head for head in scene.heads if head.category == "office" and head.last <= anchor.first]
    for mention in scene.mentions:
        if any(head.first >= mention.last for head in offices):
            continue  # another office begins a clause of its own
        if (
            mention.first <= first + 1
            and "issuer" in mention.roles
            and mention.cue == "by"
            and mention.last <= anchor.first
        ):
            return _of_mention(8.4, mention, "the office that opens the sentence")
    return None


def _stands_in_the_way(scene: Scene, mention: Mention, anchor: Tag, office: tuple[float, Candidate] | None) -> bool:
    """Whether a bare name stands between an office and the level that the office sets, in one clause with it."""
    if office is None or anchor.category not in {"no_travel", "no_essential_travel"} or mention.last == anchor.first:
        return False
    before = office[1].last
    own_clause = any(
        mark in scene.text.between(token - 1, token) for token in range(before, mention.first + 1) for mark in ",;:"
    ) or any(before <= tag.first < mention.first for tag in scene.of("say", "and"))
    return office[1].why == "the office that speaks" and before <= mention.first and not own_clause


def _end_of_list(scene: Scene, owner: Mention, anchor: Tag) -> int:
    """Where "the governments of the US, Britain and Latvia" end, if before the word of telling."""
    return (
        max(item.last for item in scene.mentions if item.group == owner.group and item.last <= anchor.first)
        if (owner.last <= anchor.first)
        else 0
    )


def _others_told(scene: Scene, mention: Mention, anchor: Tag) -> bool:
    """Whether people of another country stand between a place and the word of telling."""
    return any(
        head.category == "citizens"
        and head.owner is not None
        and head.owner.code != mention.code
        and mention.last <= head.first
        and head.last <= anchor.first
        for head in scene.heads
    )


def _acts_itself(scene: Scene, head: Head, anchor: Tag) -> bool:
    """Whether the owner of people that stand behind the verb stands right before it."""
    owner = head.owner
    beside = owner is not None and owner.last <= anchor.first and _gap(scene, anchor, owner.first, owner.last) < 1
    return beside and head.category != "office" and head.first >= anchor.last


def _behind(scene: Scene, anchor: Tag, best: tuple[float, Candidate] | None) -> tuple[float, Candidate] | None:
    """The subject that follows its verb, if it stands nearer to it than what comes before."""
    limit = min(best[0] if best else _VERB_REACH, _VERB_REACH)
    spoken = [(head.first, head.last, head.owner) for head in scene.heads if head.category == "office" and head.owner]
    spoken += [
        (item.first, item.last, item) for item in scene.mentions if item.roles & {"name", "city"} and not item.cue
    ]
    for first, last, owner in spoken:
        distance = _gap(scene, anchor, first, last)
        if first >= anchor.last and distance < limit:
            limit, best = distance, (distance, _of_mention(8.5 - 0.1 * distance, owner, "the subject behind its verb"))
    return best


def _heads_the_line(scene: Scene, mention: Mention) -> bool:
    """ "Mali : la France conseille ...": countries before a colon, where another is named, are the topic."""
    text = scene.text
    group = [item for item in scene.mentions if item.group == mention.group]
    end = max(item.last for item in group)
    if end >= len(text.tokens) or group[0].first > text.sentences[scene.sentence].first + 1:
        return False
    others = any(other.group != mention.group and other.first >= end for other in scene.mentions)
    marked = _TOPIC_MARK.search(text.between(end - 1, end)) is not None
    return marked and (others or mention.seat)


def _is_topic(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Borno and Adamawa states - Do not travel": what stands before the dash is where, if no place follows."""
    marked = act.first > mention.last and _TOPIC_MARK.search(scene.text.between(act.first - 1, act.first)) is not None
    return marked and mention.seat and not any(other.first >= act.last and other.seat for other in scene.mentions)


def _telling(scene: Scene, frame: Frame) -> Tag:
    """The word of telling before the act, whether or not the rule asked for one."""
    if "urge" in frame.filled:
        return frame.filled["urge"]
    if scene.manners.verb_last:
        after = [tag for tag in scene.of("urge") if tag.first >= frame.act.last]
        return after[0] if after and separation(scene.text, after[0], frame.act) <= 8 else frame.act
    before = [tag for tag in scene.of("urge") if tag.last <= frame.act.first]
    near = [tag for tag in before if separation(scene.text, tag, frame.act) <= 8]
    return near[-1] if near else frame.act


def _audience_owner(scene: Scene, frame: Frame) -> Candidate | None:
    for head in _used_heads(scene, frame):
        # A government that closes another's mission is its host.
        if (head.category in {"citizens", "staff"} or head.value == "mission") and head.owner:
            return _of_mention(9.5, head.owner, "whose people they are")
    return None


def _issuers(
    scene: Scene, discourse: Discourse, frame: Frame, speaker: Candidate | None, audience: Candidate | None
) -> Iterable[Candidate]:
    if audience:
        yield audience
    if speaker:
        yield speaker
    used = _used_heads(scene, frame)
    for head in scene.heads:
        if head.owner is None:
            continue
        distance = _gap(scene, frame.anchor, head.first, head.last)
        base = {"office": 7.8, "staff": 6.5}.get(head.category, 6.0)
        yield _of_mention(
            base + (1.0 if head in used else 0.0) - 0.12 * distance, head.owner, f"owner of the {head.category}"
        )
    for mention in scene.mentions:
        distance = _gap(scene, frame.anchor, mention.first, mention.last)
        if mention.cue == "by" or (mention.last <= frame.anchor.first and _speaks_next(scene, mention)):
            yield _of_mention(7.6 - 0.1 * distance, mention, "by whom")
        elif mention.seat and mention.cue == "" and mention.last <= frame.anchor.first and _opens(scene, mention):
            yield _of_mention(6.3 - 0.02 * distance, mention, _SUBJECT)
        elif mention.seat and mention.cue == "" and distance <= 12 and _says_after(scene, mention):
            yield _of_mention(6.4 - 0.1 * distance, mention, "says so")
        elif mention.seat and mention.cue == "" and mention.last <= frame.anchor.first and distance <= 12:
            yield _of_mention(5.2 - 0.1 * distance, mention, "named before the act")
    bare = any(head.owner is None and head.category in {"office", "citizens", "staff"} for head in scene.heads)
    if scene.official:
        yield Candidate(6.2, scene.official, frame.act.first, frame.act.last, "the source is its own voice")
    if discourse.subject and _is_theirs(scene, discourse.subject):
        yield Candidate(_THEIRS, *discourse.subject[:3], "the subject of the sentence before")
    yield from _remembered(scene, discourse, 5.6 if bare else 4.2)
    if code := _only_speaker(discourse):
        yield Candidate(3.3, code, *discourse.speaker_spans[code], "speaks elsewhere in the article")
    if bare and scene.manners.home:
        head = next(head for head in scene.heads if head.owner is None)
        yield Candidate(4.4, scene.manners.home, head.first, head.last, "the home government of this language")


def _is_theirs(scene: Scene, subject: Spot) -> bool:
    """ "Latvia made a statement, too. Its ministry advises ...": whose ministry the sentence before says."""
    if scene.sentence - subject.sentence != 1:
        return False
    theirs = {tag.last for tag in scene.of("theirs")}
    return any(
        head.owner is None and head.category == "office" and not theirs.isdisjoint({head.first, head.first - 1})
        for head in scene.heads
    )


def _opens(scene: Scene, mention: Mention) -> bool:
    """Whether the mention, or the list it stands in, opens its sentence as a subject does, and not as a dateline."""
    text = scene.text
    group = [other for other in scene.mentions if other.group == mention.group]
    if group[0].first > text.sentences[scene.sentence].first + 1:
        return False
    last = group[-1].last
    return last < len(text.tokens) and text.distance(last - 1, last) < _DATELINE


def _only_speaker(discourse: Discourse) -> str | None:
    """The government whose offices and staff the article names, if no other comes near it."""
    ranked = discourse.speakers.most_common(2)
    if not ranked or not ranked[0][1] or (len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


def _says_after(scene: Scene, mention: Mention) -> bool:
    """ "Paris a dit", "..., ha annunciato Roma"; "urged Russia" is no speaker."""
    after = any(0 <= tag.first - mention.last <= 2 for tag in scene.of("say", "urge"))
    return after or any(0 <= mention.first - tag.last <= 1 for tag in scene.of("say"))


def _remembered(scene: Scene, discourse: Discourse, score: float) -> Iterable[Candidate]:
    if discourse.issuer and scene.sentence >= discourse.issuer.sentence:
        age = scene.sentence - discourse.issuer.sentence
        if age <= 8:
            yield Candidate(
                score - 0.15 * age, discourse.issuer.code, discourse.issuer.first, discourse.issuer.last, "spoke before"
            )
    if discourse.title_issuer:
        spot = discourse.title_issuer
        yield Candidate(score - 1.0, spot.code, spot.first, spot.last, "speaks in the headline")


def _destinations(
    scene: Scene, discourse: Discourse, frame: Frame, speaker: Candidate | None, issuer: str
) -> Iterable[Candidate]:
    act = frame.act
    used = _used_heads(scene, frame)
    named = {token for mention in scene.mentions for token in range(mention.first, mention.last)}
    here = next(
        (tag for tag in scene.of("here") if tag.first not in named and separation(scene.text, act, tag) <= 6),
        None,
    )
    owners = {id(head.owner) for head in scene.heads if head.owner is not None}
    speaking = {head.owner.group for head in used if head.owner is not None}
    if speaker and speaker.mention:
        speaking.add(speaker.mention.group)
    for head in scene.heads:
        if head.seat is not None:
            distance = _gap(scene, act, head.first, head.last)
            score = 9.0 if head in used else 8.5 if here else 6.8
            score += min(0.0, _direction(scene, act, head.seat))
            falling = 0.03 if here else 0.08
            yield _of_mention(score - falling * distance, head.seat, f"where the {head.category} is")
    sizes = Counter(mention.group for mention in scene.mentions)
    for mention in scene.mentions:
        if id(mention) in owners or _speaks_too(speaker, mention) or _speaks_next(scene, mention):
            continue
        if mention.cue in {"by", "with"} or (
            mention.group in speaking and mention.cue != "at"
        ):  # "the US and Britain urge their citizens"
            continue
        distance = _gap(scene, act, mention.first, mention.last)
        crowd = frame.rule.kind == Kind.EVACUATION and sizes[mention.group] >= _PASSENGERS
        if crowd and all(_gap(scene, act, *item) > _ON_BOARD for item in _spans_of(scene, mention.group)):
            continue
        if mention.seat:
            beside = (mention.first >= act.last and not scene.manners.verb_last) or mention.cue == "at"
            beside = beside or (scene.manners.object_before and distance <= 2.5 and _may_be_object(scene, mention, act))
            crossed = speaker is not None and mention.last <= speaker.first < act.first  # another clause begins between
            apart = _in_new_clause(scene, act, mention)
            near = distance <= _DESTINATION_REACH and beside and not crossed and not apart
            base = (
                9.4
                if near
                else 6.6
                if mention.cue == "at" or _heads_the_line(scene, mention) or _is_topic(scene, act, mention)
                else 3.6
                if apart
                else 4.8
            )
            if here and mention.cue in {"at", ""} and mention.last <= here.first and not near:
                base = _MEANT_HERE + 0.12 * distance - 0.03 * scene.text.distance(mention.last - 1, here.first)
            base += _direction(scene, act, mention) - (_CAUSE if _is_cause(scene, act, mention) else 0.0)
            if mention.cue == "of":
                base += _CAPITAL if _has_capital(scene, mention) else _POSSESSED
            yield _of_mention(
                base - (0.3 if near else 0.12) * distance, mention, "beside the act" if near else "in the sentence"
            )
        elif "adjective" in mention.roles:
            base = (
                8.6 if _has_capital(scene, mention) and distance <= _DESTINATION_REACH else 3.0
            )  # "the Lebanese capital"
            yield _of_mention(base - 0.1 * distance, mention, "its adjective")
    yield from _meant_by_here(scene, discourse, issuer, _MEANT_BEFORE if here else 3.9, here)
    if scene.about:
        yield Candidate(5.4, scene.about, act.first, act.last, "what the source is about")


def _spans_of(scene: Scene, group: int) -> list[tuple[int, int]]:
    return [(item.first, item.last) for item in scene.mentions if item.group == group]


def _in_new_clause(scene: Scene, act: Tag, mention: Mention) -> bool:
    """A bare name behind a comma begins something new: "recalls its staff, while Poland changes nothing"."""
    if mention.cue or mention.first < act.last:
        return False
    first = min(item.first for item in scene.mentions if item.group == mention.group and item.first >= act.last)
    return not _CLAUSE_MARKS.isdisjoint(scene.text.between(act.last - 1, first))


def _has_capital(scene: Scene, mention: Mention) -> bool:
    """ "The Lebanese capital", "Iran's capital", "the capital of Chad": the place is the country's."""
    return any(tag.first == mention.last or 0 <= mention.first - tag.last <= 1 for tag in scene.of("here"))


def _direction(scene: Scene, act: Tag, mention: Mention) -> float:
    """Who leaves goes from the place that counts: "flown from Gaza to Egypt", "staff moved to Cyprus"."""
    if act.category in _MOVING and _is_reached(scene, mention):
        return -6.0
    if (act.category, act.value) == ("close", "move") and _is_new_seat(scene, act, mention):
        return -6.0  # "works from Cyprus": the phrase itself leads to where the mission went
    words = _ways(scene, mention)
    if act.category in {"evacuate", "withdraw", "close"} and "from" in words:
        return 2.5
    if "to" not in words:
        return 0.0
    if act.category == "evacuate":  # a plane is sent "to" the place as well, unless another is named as left
        left = any("from" in _ways(scene, other) for other in scene.mentions if other.code != mention.code)
        return -6.0 if left else -3.0 if scene.manners.verb_last else 0.0
    return -6.0 if act.category in {"withdraw", "close", "leave"} else 0.0


def _ways(scene: Scene, mention: Mention) -> set[str]:
    """From, to: what the word before a place and its ending say."""
    words = {tag.category for tag in scene.of("from", "to") if tag.last == mention.first}
    return words | ({mention.way} if mention.way else set())


def _is_new_seat(scene: Scene, act: Tag, mention: Mention) -> bool:
    """Where the mission went: beside the phrase, or anywhere else than where it stands by the same sentence."""
    seats = {head.seat.code for head in scene.heads if head.value == "mission" and head.seat}
    touches = act.last == mention.first or act.first == mention.last
    return touches or (bool(seats) and mention.code not in seats)


def _is_reached(scene: Scene, mention: Mention) -> bool:
    """ "... arrived in Djibouti": the place where they are safe; its word stands before it, or behind it (Japanese)."""
    for tag in scene.of("arrive"):
        apart = tag.first - mention.last if scene.manners.verb_last else mention.first - tag.last
        inside = tag.first < mention.first and mention.last < tag.last  # "nach Zypern gebracht"
        if inside or 0 <= apart <= _ARRIVAL_REACH:
            return True
    return False


def _speaks_next(scene: Scene, mention: Mention) -> bool:
    """ "Norwegen rät ab – Dänemark: sofort ausreisen": a name before a colon speaks, unless it opens as the topic."""
    text = scene.text
    if mention.last >= len(text.tokens) or mention.first == text.sentences[scene.sentence].first or mention.cue:
        return False
    before = text.between(mention.first - 1, mention.first)
    return ":" in text.between(mention.last - 1, mention.last) and any(mark in before for mark in _NEW_CLAUSE)


def _is_cause(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "... due to tensions with Rwanda": why, not where."""
    return any(act.last <= tag.first and tag.last <= mention.first for tag in scene.of("cause"))


def _may_be_object(scene: Scene, mention: Mention, act: Tag) -> bool:
    return not scene.manners.verb_last or (mention.last <= act.first and mention.cue != "by")


def _speaks_too(speaker: Candidate | None, mention: Mention) -> bool:
    """ "Rusia y Turquía desaconsejan": what is listed with the speaker speaks as well."""
    return speaker is not None and speaker.mention is not None and speaker.mention.group == mention.group


def _meant_by_here(
    scene: Scene, discourse: Discourse, issuer: str, score: float, here: Tag | None
) -> Iterable[Candidate]:
    """What "the country" or "there" means, or what goes without saying."""
    known = [spot for spot in (discourse.destination, discourse.title_destination) if spot and spot.code != issuer]
    for rank, spot in enumerate(known):
        yield Candidate(score - 0.2 * rank, spot.code, spot.first, spot.last, _BEFORE)
    topics = [code for code, _ in discourse.topics.most_common() if code != issuer]
    if topics:
        first, last = discourse.topic_spans[topics[0]]
        yield Candidate(score - 0.5, topics[0], first, last, "what the article is about")
    related = [code for code, _ in discourse.adjectives.most_common() if code != issuer]
    if related:
        first, last = discourse.topic_spans[related[0]]
        yield Candidate(score - 1.4, related[0], first, last, "the country whose adjective the article uses")

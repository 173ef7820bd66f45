"""Who else takes people out, told without a word for it: "Kenya had three planes back", "a frigate came in with 182".

Such words are anything's in other news. Where the article has said that people are taken out of a place, a state's
planes, ships and buses with people are part of it; guests on board are nobody's evacuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from advisor.detect.binding import UNKNOWN, Binding
from advisor.detect.destinations import ways_of
from advisor.detect.echo import Bound
from advisor.detect.frames import Frame, by_category, separation
from advisor.detect.knowledge import BODIES, Rule
from advisor.detect.mentions import Mention, is_of_carrier
from advisor.detect.reading import Reading
from advisor.detect.scene import (
    Candidate,
    Discourse,
    Scene,
    Spot,
    heads_the_line,
    is_dateline,
    of_mention,
    opens,
    opens_clause,
)
from advisor.detect.tags import Tag
from advisor.detect.text import Sentence, Text
from advisor.model import Kind, Severity

_SCORE = 5.0
_LATER = 7.0  # from the act to a word that says that it is still to come
_DENIED = 6.0  # to a negation
_UNDOING = frozenset(
    {"deny", "speculate", "supposes", "ready", "if_needed", "private", "pleads", "demands", "drill", "fiction"}
    | {
        "urge",
        "expel",
        "migration",
        "retaliation",
        "relief",
        "incident",
        "local",
        "fight",
        "year",
        "forged",
    }
)
_STUCK = frozenset({"pleads", "speculate"})
_LED_TO = 4  # words from "who" to "unable to leave"
_OF_HEADLINES = frozenset({"fact_check", "untrue", "drill", "commemorates", "migration", "fiction", "expel"})
_VEHICLES = ("carrier", "vehicle")
_MOVING = frozenset({*_VEHICLES, "evacuate", "arrive"})
_SIGNS = 2  # of a state in one sentence, where nothing else says that people are taken out
_PEOPLE = ("people", "citizens", "staff")
_BEHIND = ("more", "at", "from", "to", "and", "also", "riding", "such_as", "arrive", "evacuate")  # "flew 24 to safety"
_BEFORE = ("riding", "at", "by", "from")  # what makes a vehicle one that people sit in
_OWNED = 3  # words between "Warsaw's" and its planes
_LED = 2  # words from it to the vehicle: "on a French plane"
_TOPICS, _NAMED_TWICE = 3, 4
_COUNTED = 2  # words between a number and who is counted
_DAYS = 31
_COUNTED_AT_ONCE = re.compile(r"\d+명")  # 28명이, in one word
_PERSONS = (("人",), ("名",), ("명",))  # what counts people where words are not parted


class Known(NamedTuple):
    """What the whole article says."""

    acting: frozenset[str]  # the governments whose offices or capitals do something
    left: frozenset[str]  # places out of which people may be taken
    topics: tuple[Spot, ...]  # the countries that the article is about, and that do nothing in it
    moved: bool  # whether it has any word for taking people out


def carried(
    reading: Reading, rule: Rule, takings: Sequence[Spot], scene_of: Callable[[Sentence], Scene], discourse: Discourse
) -> Iterator[Bound]:
    """What the sentences that have told of nothing else tell of taking people out.

    `rule` is what they are answered by; `takings` are the places out of which people are taken by other sentences,
    in their order; `discourse` says what the article is about.
    """
    titled = (tags for it, tags in zip(reading.text.sentences, reading.by_sentence, strict=True) if it.title)
    if any(tag.category in _OF_HEADLINES and tag.value != "label" for tags in titled for tag in tags):
        return
    told = {frame.sentence for frame, _ in reading.bound if frame.rule.watch is None}
    told |= {it.sentence for it, why in reading.unbound if why not in UNKNOWN and it.rule.watch is None}
    free = [
        it for it in reading.text.sentences if not it.title and it.index not in told and _may_move(reading, it.index)
    ]
    known = _known_of(reading, takings, discourse)
    spots = list(takings)
    for sentence in free if not spots else ():  # the first that says plainly enough who does it
        scene = scene_of(sentence)
        if (found := _plainly_left(scene, known, _counted_states(scene))) is not None:
            code, place = found
            known = known._replace(acting=known.acting | {code})
            spots.append(Spot(place.code, place.first, place.last, sentence.index))
            break
    for sentence in free if spots else ():
        earlier = [spot for spot in spots if spot.sentence <= sentence.index]
        yield from _of_sentence(reading, scene_of(sentence), rule, (earlier or spots[:1])[-1], known)


def _may_move(reading: Reading, sentence: int) -> bool:
    """Whether a sentence has any word for moving people, or tells of citizens behind one about vehicles."""
    found = {tag.category for tag in reading.by_sentence[sentence]}
    if not found.isdisjoint(_MOVING):
        return True
    return "citizens" in found and any(tag.category in _VEHICLES for tag in reading.by_sentence[max(sentence - 1, 0)])


def _of_sentence(reading: Reading, scene: Scene, rule: Rule, place: Spot, known: Known) -> Iterator[Bound]:
    """The evacuations of one sentence by those who act in it, out of `place` where it names none itself."""
    before = [tag for tag in reading.by_sentence[max(scene.sentence - 1, 0)] if tag.category in _VEHICLES]
    moves = _moves(scene) or (list(scene.of("citizens")) if before else [])
    if not moves or _is_of_other_news(scene) or _is_old(scene):
        return
    states = _counted_states(scene) or _counted_next(reading, scene) or _theirs(reading, scene)
    if not states:
        states = [it for it in _subjects(scene) if _comes_home(scene, it) or _is_own(scene, it)]
    counted = _numbered(scene)
    if not states and counted:
        home = scene.manners.home if scene.by.get("carrier") else None
        states = [item for item in _passengers(scene) if item.code in known.acting or item.code == home]
    left = [item for item in _left(scene) if item.code in known.left]
    places = [of_mention(_SCORE, left[0], "out of where they are taken")] if left else []
    places = places or [Candidate(_SCORE, place.code, place.first, place.last, "out of where others are taken")]
    speakers: dict[str, Candidate] = {}
    if left and counted and not states and not any(it.acts and not it.cue for it in scene.mentions):
        for told in _told_just_before(reading, scene):
            same = {told.destinations[0].code, left[0].code}
            speakers = {it.code: it for it in told.issuers if it.code not in same and len(same) > 1}
    for state in states:
        if state.code not in {places[0].code, place.code, *BODIES}:
            speakers.setdefault(state.code, of_mention(_SCORE, state, "whose planes, ships or buses they are"))
    act = moves[0]
    if any("people" in it.roles and it.code == places[0].code and it.cue != "by" for it in scene.mentions):
        return  # "brought 800 Afghans back to Herat"
    if speakers and not any(separation(scene.text, act, tag) <= _DENIED for tag in scene.of("not")):
        later = next((tag for tag in scene.of("notice") if tag.value == "later" and _is_near(scene, tag, act)), None)
        severity = Severity.SEVERE if later else Severity.EXTREME
        yield Frame(rule, act, {}, scene.sentence, severity, later), Binding(tuple(speakers.values()), tuple(places))


def _moves(scene: Scene) -> list[Tag]:
    """What carries people, else the words for taking them."""
    return list(scene.of(*_VEHICLES)) or list(scene.of("evacuate"))


def _counted_states(scene: Scene) -> list[Mention]:
    """The states that act where people are counted."""
    if not _numbered(scene):
        return []
    return list(_whose_vehicles(scene, list(scene.of("carrier")))) or list(_subjects(scene))


def _counted_next(reading: Reading, scene: Scene) -> list[Mention]:
    """ "Budapest has had two buses going. They carried 44 people": who acts where the next sentence counts them."""
    after = scene.sentence + 1
    if after >= len(reading.places) or not scene.by.keys() & set(_VEHICLES):
        return []
    named = [it for it in reading.places[after] if it.acts and it.cue in {"", "by"}]
    fights = any(tag.category in _UNDOING for tag in reading.by_sentence[after])
    if named or fights or not _numbers_of_people(scene.text, reading.by_sentence[after], reading.places[after], after):
        return []
    return list(_whose_vehicles(scene, list(scene.of("carrier")))) or list(_subjects(scene))


def _theirs(reading: Reading, scene: Scene) -> list[Mention]:
    """ "Pretoria took the land route. Its 78 reached Aswan by bus": the only one named in the sentence before."""
    first = scene.text.sentences[scene.sentence].first
    led = any(tag.first == first for tag in scene.of("theirs", "own"))
    before = (
        [it for it in reading.places[max(scene.sentence - 1, 0)] if it.acts and it.cue in {"", "by"}] if led else []
    )
    alone = len({it.code for it in before}) == 1
    return before[:1] if alone and _numbered(scene) else []


def _numbered(scene: Scene) -> bool:
    return bool(_numbers_of_people(scene.text, scene.tags, scene.mentions, scene.sentence))


def _left(scene: Scene) -> list[Mention]:
    """The places that people come from: "from Niamey", "the plane left Niamey", "ha partido de Niamey"."""
    going = {tag.last for tag in scene.of("leave")}
    going |= {tag.first + 1 for tag in scene.of("evacuate") if tag.value == "own"}  # "left Tel Aviv with 220 on board"
    owners = {id(head.owner) for head in scene.heads}
    seats = [item for item in scene.mentions if item.seat and id(item) not in owners]
    plain = [item for item in seats if "from" in ways_of(scene, item) or item.first in going]
    of = {tag.last for tag in scene.of("of")}
    return plain or [item for item in seats if item.cue == "of" and "city" in item.roles and item.first in of]


def _plainly_left(scene: Scene, known: Known, states: Sequence[Mention]) -> tuple[str, Mention | Spot] | None:
    """Who takes people, and from where, by a sentence that nothing else of the article helps to understand."""
    moves = _moves(scene) or list(scene.of("arrive"))
    if not moves or _is_of_other_news(scene) or _is_old(scene) or not _numbered(scene):
        return None
    signs = Counter(it.code for it in states)
    signs.update({head.owner.code for head in scene.heads if head.category == "office" and head.owner})
    people = {head.owner.code for head in scene.heads if head.category == "citizens" and head.owner}
    offices = any(head.category == "office" and head.owner is None for head in scene.heads)
    signs.update(people)
    if len(people) == 1 and (offices or scene.by.get("carrier")):
        signs.update(people)  # "the frigate came in with 272 Chinese", "209 Italians, the ministry said"
    signs.update({it.code for it in states if _comes_home(scene, it)})
    code, number = signs.most_common(1)[0] if signs else ("", 0)
    left = _left(scene)
    title = known.topics[0].code if known.topics else ""
    titled = bool(states) and title != code and any(item.seat and item.code == title for item in scene.mentions)
    enough = number >= _SIGNS or (number and known.moved and left) or (number and titled and scene.by.get("carrier"))
    soldiers = any(tag.value == "military" and tag.category == "others" for tag in scene.tags)
    if not enough or soldiers or any(it.code == code for it in left):
        return None
    place = next(iter(left), None) or next((spot for spot in known.topics if spot.code != code), None)
    return (code, place) if place else None


def _known_of(reading: Reading, takings: Iterable[Spot], discourse: Discourse) -> Known:
    lists = {head.owner.group for head in reading.heads if head.owner and head.category == "office"}
    offices = {it.code for it in reading.mentions if it.group in lists}  # "the embassies of Chile and Peru"
    passed = {edge for tag in reading.tags if tag.category in {"via", "arrive"} for edge in (tag.first, tag.last)}
    capitals = {it.code for it in reading.mentions if "capital" in it.flags and _acts_somewhere(it, passed)}
    titled = {
        item.code for sentence, found in zip(reading.text.sentences, reading.places, strict=True) for item in found
        if sentence.title and item.seat
    }  # fmt: skip
    moved = any(tag.category == "evacuate" for tag in reading.tags)
    topics = [discourse.title_destination] if discourse.title_destination else []
    for code, weight in discourse.topics.most_common(_TOPICS):
        if weight >= _NAMED_TWICE and code not in offices | capitals:
            topics.append(Spot(code, *discourse.topic_spans[code], 0))
    left = frozenset({spot.code for spot in takings} | titled)
    return Known(frozenset(offices | capitals), left, tuple(topics), moved)


def _acts_somewhere(capital: Mention, passed: Collection[int]) -> bool:
    """Whether a capital may stand for its government: no little word makes it a place, and nobody passes by it."""
    return capital.cue in {"", "by"} and capital.first not in passed and capital.last not in passed


def _told_just_before(reading: Reading, scene: Scene) -> list[Binding]:
    """The evacuation that the sentence before told last."""
    return [
        binding
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.EVACUATION and scene.sentence - frame.sentence == 1
    ][-1:]


def _is_of_other_news(scene: Scene) -> bool:
    """Plans, denials, fighting, bodies, and staff that is moved without anybody else."""
    staff = bool(scene.by.get("staff")) and not scene.by.get("citizens")
    found = (tag for tag in scene.tags if tag.category in _UNDOING or tag.value == "dead")
    return (
        staff
        or _is_of_locals(scene)
        or any(not (tag.category in _STUCK and _says_of_whom(scene, tag)) for tag in found)
    )


def _says_of_whom(scene: Scene, tag: Tag) -> bool:
    """ "143 people who had been unable to leave Fiji": why those who are taken out were still there."""
    people = {word.last for word in scene.of("people", "citizens")}
    return any(0 < tag.first - word.first <= _LED_TO and word.first in people for word in scene.of("relative"))


def _is_of_locals(scene: Scene) -> bool:
    """ "Opens a corridor to take civilians out": whose they are, and how many, nobody says."""
    named = scene.by.get("citizens") or scene.by.get("people") or _numbered(scene)
    return not named and any(tag.value == "locals" for tag in scene.of("others"))


def _is_near(scene: Scene, tag: Tag, act: Tag) -> bool:
    return separation(scene.text, tag, act) <= _LATER


def _is_old(scene: Scene) -> bool:
    """ "Last year": but "back in Nairobi" is no memory."""
    begins = {item.first for item in scene.mentions}
    return any(tag.last not in begins for tag in scene.of("recall"))


def _whose_vehicles(scene: Scene, vehicles: Sequence[Tag]) -> Iterator[Mention]:
    """ "A Pakistani frigate came in with 182", "самолет ВВС Турции"; not "on a Pakistani frigate"."""
    if scene.manners.verb_last:
        return
    for mention in scene.mentions:
        if _possesses(scene, mention, vehicles):
            yield mention
            continue
        if mention.cue not in {"", "of"} or not mention.roles & {"adjective", "name"}:
            continue
        if not is_of_carrier(mention, vehicles, behind="adjective" in mention.roles or mention.cue == "of"):
            continue
        group = [item.first for item in scene.mentions if item.group == mention.group]
        near = [tag.first for tag in scene.of(*_VEHICLES) if abs(tag.first - mention.first) <= _LED + 1]
        begins = min(*group, *near, mention.first)
        sits = any(0 <= begins - tag.last < _LED for tag in scene.of(*_BEFORE))
        if not sits and not any(tag.last == begins for tag in scene.of("of")):
            yield mention


def _possesses(scene: Scene, mention: Mention, vehicles: Sequence[Tag]) -> bool:
    """ "Warsaw's three Boeings go on": a possessive at the head of the sentence, and vehicles behind it."""
    opens_it = mention.cue == "of" and mention.acts and mention.first == scene.text.sentences[scene.sentence].first
    return opens_it and any(0 < tag.first - mention.last <= _OWNED for tag in vehicles)


def _subjects(scene: Scene) -> Iterator[Mention]:
    """ "Rome sent its own plane", "the Dutch had a frigate bring out 32": countries and peoples that act."""
    articles = {tag.last for tag in scene.of("article", "the")}
    first = scene.text.sentences[scene.sentence].first
    for mention in scene.mentions:
        people = "people" in mention.roles and mention.first in articles and mention.first <= first + 1
        able = mention.acts or people
        if not able or mention.cue not in {"", "by"} or is_dateline(scene.text, mention):
            continue
        if heads_the_line(scene, mention) and mention.cue != "by":
            continue
        if scene.manners.verb_last and mention.cue != "by":
            continue
        if mention.cue == "by" or opens(scene, mention) or opens_clause(scene, mention) or people:
            yield mention


def _passengers(scene: Scene) -> Iterator[Mention]:
    """ "Thirty Malaysians came across on the ship": people who are counted."""
    yield from (head.owner for head in scene.heads if head.category == "citizens" and head.owner)


def _comes_home(scene: Scene, subject: Mention) -> bool:
    """ "Kenya had three planes back in Nairobi"."""
    return any(item is not subject and item.code == subject.code and item.cue == "at" for item in scene.mentions)


def _is_own(scene: Scene, subject: Mention) -> bool:
    """ "Madrid says that a plane is to leave for some Spaniards": its own people."""
    return any(
        head.category == "citizens" and ((head.owner and head.owner.code == subject.code) or head.value == "ours")
        for head in scene.heads
    )


def _numbers_of_people(text: Text, tags: Sequence[Tag], mentions: Sequence[Mention], index: int) -> list[int]:
    """Where numbers stand that count people: before a word for them, or where nothing else is counted."""
    sentence = text.sentences[index]
    by = by_category(tags)
    vehicles = {token for name in _VEHICLES for tag in by.get(name, ()) for token in range(tag.first, tag.last)}
    worded = {tag.first: tag.last for tag in by.get("count", ())}
    people = {tag.first for name in _PEOPLE for tag in by.get(name, ())}
    people |= {item.first for item in mentions if "people" in item.roles}
    behind = {tag.first for name in _BEHIND for tag in by.get(name, ())}
    ours = {tag.first for name in ("own", "theirs") for tag in by.get(name, ())}
    found = []
    token = sentence.first
    while token < sentence.last:
        if _COUNTED_AT_ONCE.match(text.tokens[token]) and token not in vehicles:
            found.append(token)
        begins, end = token, worded.get(token, token + 1 if text.tokens[token].isdigit() else token)
        if end == token or token in vehicles:
            token += 1
            continue
        while end < sentence.last and text.tokens[end].isdigit() and text.between(end - 1, end) != ". ":
            end += 1
        token = end
        named = any(at in people for at in range(end, end + _COUNTED + 1)) or text.tokens[end : end + 1] in _PERSONS
        own = any(at in ours for at in range(end, end + _COUNTED))
        if named or own or _stands_alone(text, sentence.last, begins, end, behind):
            found.append(begins)
    return found


def _stands_alone(text: Text, last: int, begins: int, end: int, behind: set[int]) -> bool:
    """ "With 182, ...", "flew 24 to safety": neither a date nor a measure."""
    number = "".join(text.tokens[begins:end])
    mark = text.between(end - 1, end) if end < last else "."
    if "%" in mark or ":" in mark or (end < len(text.tokens) and text.tokens[end] in {"percent", "per"}):
        return False
    named = begins > 0 and text.original[text.starts[begins - 1]].isupper()
    if number.isdigit() and int(number) <= _DAYS and named:
        return False  # "June 18"
    return end in behind or bool(mark.strip())  # where words are not parted, a unit follows: 10点

"""What the article as a whole makes of its single readings: a guess gives way to what is said plainly elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from advisor.detect.binding import PRIVATE, Binding, speaks_to_people
from advisor.detect.clauses import in_another_clause
from advisor.detect.frames import Frame, by_category
from advisor.detect.mentions import Mention
from advisor.detect.reading import Reading
from advisor.detect.scene import (
    BEFORE,
    LISTED_WITH,
    TOPIC,
    WHERE_THEY_ARE,
    WHOSE,
    WHOSE_CITIZENS,
    WHOSE_NEARBY,
    Candidate,
    Spot,
)
from advisor.detect.tags import Tag
from advisor.model import AnyKind, Kind

_BESIDE = 8.0  # the least score of a place that the act itself names
_ALIKE = 1.0  # as sure as another, nearly
_PLAINER = 2.5  # by how much a reading must be surer than its mirror image to silence it
_TAKEN_OUT = frozenset({Kind.EVACUATION, Kind.STAFF_DEPARTURE})  # whoever denies one speaks of the other as well
_GOVERNING = frozenset({"name", "issuer", "leader"})  # what a university's town is not
_OPENING = 2  # sentences: the headline and the lead
_LIFTED = frozenset({"advice", "departure", "no_travel", "no_essential_travel"})  # what "lift" may stand with
_PASSENGERS = 3  # countries in a list of who is on board; two may well fly their people out together
_CAME_FROM = "where they came from"
_TRAVELLERS = frozenset({"people", "citizens"})
_ON_BOARD = frozenset({WHOSE, LISTED_WITH, WHOSE_NEARBY, WHOSE_CITIZENS})


def weigh(reading: Reading) -> None:
    """Move what does not hold from `reading.bound` to `reading.unbound`, each with the reason."""
    _drop_mirrored(reading)
    _drop_denied(reading)
    _drop_expelled(reading)
    _drop_thrown_out(reading)
    _drop_taken_privately(reading)
    _drop_lifted(reading)
    _drop_told(reading)
    _drop_guests(reading)
    _follow_back(reading)
    _drop_passing(reading)
    _drop_fellows(reading)
    _drop_places_that_speak(reading)
    _drop_echoes(reading)


def _without(reading: Reading, goes: Callable[[Frame, Candidate, Candidate], bool], reason: str) -> None:
    """Take out the issuers for which every pair goes; with the last of them the reading itself."""
    kept: list[tuple[Frame, Binding]] = []
    for frame, binding in reading.bound:
        issuers = tuple(
            issuer
            for issuer in binding.issuers
            if not all(goes(frame, issuer, place) for place in binding.destinations)
        )
        if issuers:
            kept.append((frame, replace(binding, issuers=issuers)))
        if len(issuers) < len(binding.issuers):
            reading.unbound.append((frame, reason))
    reading.bound = kept


def _drop_guests(reading: Reading) -> None:
    """Who is named among the evacuated only, while another government's flight takes them: guests on board."""
    acting = _acting(reading)
    rescued = {
        place.code
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.EVACUATION
        for issuer in binding.issuers
        if issuer.code in acting
        for place in binding.destinations
    }

    named = _named_as_people(reading)

    def is_guest(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        on_board = frame.rule.kind == Kind.EVACUATION and issuer.why in _ON_BOARD
        as_people = issuer.mention is not None and issuer.mention.group in named
        return on_board and as_people and issuer.code not in acting and place.code in rescued

    _without(reading, is_guest, "they travel with another government's flight")


def _follow_back(reading: Reading) -> None:
    """ "Special flight from Amman", and the text says that they came there from Israel: it is Israel that they left."""
    ways = _ways_on(reading)
    called = {
        place.code
        for frame, binding in reading.bound
        if frame.rule.kind != Kind.EVACUATION
        for place in binding.destinations
    }
    bound: list[tuple[Frame, Binding]] = []
    for frame, binding in reading.bound:
        back = binding
        if frame.rule.kind == Kind.EVACUATION:
            issuers = {issuer.code for issuer in binding.issuers}
            left = {place.code for place in binding.destinations}
            known = {code: spot for code, spot in ways.items() if code not in called | issuers}
            back = _out_of(binding, {code: spot for code, spot in known.items() if spot.code not in issuers | left})
        if back is not binding:
            reading.unbound.append((frame, "they only change planes there"))
        bound.append((frame, back))
    reading.bound = bound


def _drop_passing(reading: Reading) -> None:
    """ "Plane with evacuees of Kabul lands", and "the plane, coming from Baku, ...": a place named once, in passing."""
    titled = {
        (issuer.code, place.code)
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.EVACUATION and reading.text.sentences[frame.sentence].title
        for issuer in binding.issuers
        for place in binding.destinations
        if place.score >= _BESIDE
    }
    named = Counter(code for places in reading.places for code in {item.code for item in places})

    def is_passed(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        weak = frame.rule.kind == Kind.EVACUATION and place.score < _BESIDE and named[place.code] == 1
        flown = any(tag.category == "carrier" for tag in reading.by_sentence[frame.sentence])
        weak = weak and (flown or _is_left(reading, place) or place.code in _reached(reading, frame.sentence))
        return weak and any(code == issuer.code and other != place.code for code, other in titled)

    _without(reading, is_passed, "they only pass through")


def _out_of(binding: Binding, ways: Mapping[str, Spot]) -> Binding:
    """The same act out of where people came from to its places."""
    if not any(place.code in ways for place in binding.destinations):
        return binding
    places = {
        found.code: found
        for place in binding.destinations
        for spot in [ways.get(place.code)]
        for found in [Candidate(place.score, spot.code, spot.first, spot.last, _CAME_FROM) if spot else place]
    }
    return replace(binding, destinations=tuple(places.values()))


def _ways_on(reading: Reading) -> dict[str, Spot]:
    """Where people were taken, or went, to change planes; and the country that they came from."""
    ways: dict[str, Spot] = {}
    for frame, binding in reading.bound:
        if frame.rule.kind in _TAKEN_OUT and frame.recalled is None:
            first = binding.destinations[0]
            if first.why not in {BEFORE, WHERE_THEY_ARE} and not _is_left(reading, first):
                continue
            spot = Spot(first.code, first.first, first.last, frame.sentence)
            own = {item.code for item in (*binding.issuers, *binding.destinations)}
            ways |= dict.fromkeys(_reached(reading, frame.sentence) - own, spot)
    for sentence, places in enumerate(reading.places):
        if (left := _left_for_good(reading, sentence, places)) is not None:
            ways |= dict.fromkeys(_reached(reading, sentence) - {left.code}, left)
    return {code: spot for code, spot in ways.items() if spot.code not in ways}


def _is_left(reading: Reading, place: Mention | Candidate) -> bool:
    """Whether a word before a place, or its ending, says that people come from there."""
    mention = place.mention if isinstance(place, Candidate) else place
    tags = reading.by_sentence[reading.text.sentence_of[place.first]]
    led = any(tag.category == "from" and tag.last == place.first for tag in tags)
    return led or (mention is not None and mention.way == "from")


def _left_for_good(reading: Reading, sentence: int, places: Sequence[Mention]) -> Spot | None:
    """ "The passengers had come by road from Israel to Jordan": the one country that a sentence says people left."""
    lists = Counter(it.group for it in places)  # "planes from Australia and New Zealand"
    found = {it.code: it for it in places if it.seat and lists[it.group] == 1 and _is_left(reading, it)}
    one = next(iter(found.values())) if len(found) == 1 and _are_passengers(reading, sentence) else None
    return Spot(one.code, one.first, one.last, sentence) if one else None


def _are_passengers(reading: Reading, sentence: int) -> bool:
    """Whether a sentence tells of those who are taken out, and not of refugees: "600,000 people fled into Chad"."""
    issuers = {
        issuer.code for frame, binding in reading.bound if frame.rule.kind in _TAKEN_OUT for issuer in binding.issuers
    }
    text = reading.text
    heads = (head for head in reading.heads if head.category == "citizens" and text.sentence_of[head.first] == sentence)
    if any(head.value == "ours" or (head.owner and head.owner.code in issuers) for head in heads):
        return True
    tags = reading.by_sentence[sentence]
    known = {tag.last for tag in tags if tag.category in {"article", "the", "own", "theirs"}}
    return any(tag.category == "them" or (tag.category in _TRAVELLERS and tag.first in known) for tag in tags)


def _reached(reading: Reading, sentence: int) -> set[str]:
    """Where people arrive by that sentence, or go."""
    by = by_category(reading.by_sentence[sentence])
    left = {tag.last for tag in by.get("from", ())}
    to = {tag.last for tag in by.get("to", ())}
    there = [item for item in reading.places[sentence] if item.seat and item.first not in left and item.way != "from"]
    gone = {item.code for item in there if item.first in to or item.way == "to"}
    return gone | {
        item.code
        for item in there
        for tag in by.get("arrive", ())
        if (tag.first < item.first and item.last < tag.last) or 0 <= item.first - tag.last <= 1
        or 0 <= tag.first - item.last <= 1
    }  # fmt: skip


def _drop_fellows(reading: Reading) -> None:
    """ "Australia and New Zealand send planes to Noumea": who does the same about the same place is not where."""
    acts: dict[tuple[AnyKind, str], set[str]] = {}
    for frame, binding in reading.bound:
        for issuer in binding.issuers:
            acts.setdefault((frame.rule.kind, issuer.code), set()).update(it.code for it in binding.destinations)

    def is_fellow(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        kind = frame.rule.kind
        shared = acts[kind, issuer.code] & acts.get((kind, place.code), set())
        return place.score < _BESIDE and bool(shared - {issuer.code, place.code})

    _without(reading, is_fellow, "they do the same together")


def _drop_places_that_speak(reading: Reading) -> None:
    """Whose offices nobody names, and out of which others call their people, is a place and calls nobody itself."""
    acting = _acting(reading)
    surest: dict[str, float] = {}
    for _, binding in reading.bound:
        for (issuer, place), sure in pairs_of(binding):
            if issuer in acting:
                surest[place] = max(surest.get(place, 0.0), sure)

    def is_place(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        guessed = issuer.score + place.score + _PLAINER < surest.get(issuer.code, 0.0)
        return frame.rule.watch is None and guessed and issuer.code not in acting

    _without(reading, is_place, "others call their people out of there")


def _named_as_people(reading: Reading) -> set[int]:
    """The lists of countries that stand right at the word for their people: "45 citizens of Peru and Chile"."""
    owned = [(head, head.owner) for head in reading.heads if head.category == "citizens" and head.owner]
    beside = {own.group for head, own in owned if own.last + 1 >= head.first and own.first <= head.last + 1}
    return {group for group in beside if len({it.code for it in reading.mentions if it.group == group}) >= _PASSENGERS}


def _acting(reading: Reading) -> set[str]:
    """The countries whose offices or staff the article names."""
    return {head.owner.code for head in reading.heads if head.owner and head.category in {"office", "staff"}}


def _drop_mirrored(reading: Reading) -> None:
    """Where an article says plainly that A calls people out of B, a guess that B calls them out of A is one too many.

    "Kyiv wakes to shuttered embassies" is such a guess; they are those of others.
    Two governments that do call their people out of each other's country are both named beside their acts.
    """
    surest: dict[tuple[str, ...], float] = {}
    pointed: dict[tuple[str, ...], float] = {}  # where something in the sentence, or before it, points at the place
    for _, binding in reading.bound:
        for pair, sure in pairs_of(binding):
            surest[pair] = max(surest.get(pair, 0.0), sure)
            if any(place.code == pair[1] and place.why != TOPIC for place in binding.destinations):
                pointed[pair] = max(pointed.get(pair, 0.0), sure)

    def guessed(frame: Frame, binding: Binding) -> bool:
        if frame.rule.kind == Kind.MISSION_CLOSURE and all(place.why == TOPIC for place in binding.destinations):
            return all(sure < pointed.get(pair[::-1], 0.0) + _ALIKE for pair, sure in pairs_of(binding))
        return all(sure + _PLAINER < surest.get(pair[::-1], 0.0) for pair, sure in pairs_of(binding))

    doubtful = [(frame, binding) for frame, binding in reading.bound if guessed(frame, binding)]
    reading.unbound.extend((frame, "the article says plainly that it is the other way round") for frame, _ in doubtful)
    reading.bound = [item for item in reading.bound if item not in doubtful]


def _drop_denied(reading: Reading) -> None:
    """What the opening denies, the text only retells: "Iran dismisses reports ...", and then what the reports said."""
    text = reading.text
    said = {frame.act for frame, _ in reading.bound}  # another rule reads the same words, and no denial reaches it
    denied = {
        (kind, mention.code)
        for miss in reading.misses
        if miss.clause == "undone: denied" and text.sentence_of[miss.act.first] < _OPENING and miss.act not in said
        for kind in (_TAKEN_OUT if miss.rule.kind in _TAKEN_OUT else {miss.rule.kind})
        for mention in reading.places[text.sentence_of[miss.act.first]]
        if not _of_another_clause(reading, mention, miss.act)
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


def _of_another_clause(reading: Reading, mention: Mention, act: Tag) -> bool:
    """ "Poland: Poles must leave ... Korean firms do not": a denial there says nothing of Poland."""
    index = by_category(reading.by_sentence[reading.text.sentence_of[act.first]])
    return in_another_clause(reading.text, index, Tag("", "", mention.first, mention.last, ""), act)


def _drop_expelled(reading: Reading) -> None:
    """ "Diplomats ordered out of Chisinau", and the lead says that they are thrown out: the headline says no more."""
    sentences = reading.text.sentences
    lead = next((sentence.index for sentence in sentences if not sentence.title), None)
    expelled = any(
        miss.clause == "undone: expelled" and reading.text.sentence_of[miss.act.first] == lead
        for miss in reading.misses
    )

    def is_headline(frame: Frame) -> bool:
        return frame.rule.kind == Kind.STAFF_DEPARTURE and sentences[frame.sentence].title

    told = [item for item in reading.bound if item[0].rule.kind == Kind.STAFF_DEPARTURE and not is_headline(item[0])]
    if expelled and not told:
        reading.unbound.extend(
            (frame, "the lead says that they are expelled") for frame, _ in reading.bound if is_headline(frame)
        )
        reading.bound = [item for item in reading.bound if not is_headline(item[0])]


def _drop_thrown_out(reading: Reading) -> None:
    """ "Moldova tells 45 Russian diplomats to go. They must leave by Monday": whose host tells them are thrown out.

    What their own government does, by its name or by an office of its own, is its own order.
    """
    sentences = reading.text.sentences
    hosts = {(why, frame.sentence) for frame, why in reading.unbound if frame.rule.kind == Kind.STAFF_DEPARTURE}

    def is_told_by_host(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        if frame.rule.kind != Kind.STAFF_DEPARTURE or _acts_by_name(reading, frame.sentence, issuer.code):
            return False
        told = [at for why, at in hosts if why == speaks_to_people(place.code, issuer.code)]
        if sentences[frame.sentence].title:
            return any(at <= _OPENING for at in told)
        return any(0 <= frame.sentence - at <= 1 for at in told)

    _without(reading, is_told_by_host, "their host tells them to go")


def _acts_by_name(reading: Reading, sentence: int, code: str) -> bool:
    """Whether a country stands in a sentence by its name, or, in the text, by an office of its own."""
    owners = {id(head.owner) for head in reading.heads}  # "pracowników ambasady Rosji"
    here = (item for item in reading.places[sentence] if item.code == code and id(item) not in owners)
    named = any(item.acts and item.cue in {"", "by"} for item in here)
    offices = (head for head in reading.heads if reading.text.sentence_of[head.first] == sentence)
    own = any(head.category == "office" and head.owner and head.owner.code == code for head in offices)
    return named or (own and not reading.text.sentences[sentence].title)


def _drop_taken_privately(reading: Reading) -> None:
    """ "Leeds brings students home", and the text says that its university does: no state takes them out."""
    sentences = reading.text.sentences
    private = any(why == PRIVATE for frame, why in reading.unbound if not sentences[frame.sentence].title)
    told = {
        pair
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.EVACUATION and not sentences[frame.sentence].title
        for pair, _ in pairs_of(binding)
    }

    def is_private(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        titled = frame.rule.kind == Kind.EVACUATION and sentences[frame.sentence].title
        by_name = issuer.mention is not None and (
            issuer.mention.roles & _GOVERNING or "capital" in issuer.mention.flags
        )
        return private and titled and not by_name and (issuer.code, place.code) not in told

    _without(reading, is_private, PRIVATE)


def _drop_lifted(reading: Reading) -> None:
    """What a sentence names as lifted is no act of its own: "the order for families to leave has been rescinded"."""
    lifted = [
        (frame.sentence, advice, {it.code for it in binding.issuers})
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.EASING
        for name, advice in frame.filled.items()
        if name in _LIFTED
    ]

    def is_lifted(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        return frame.rule.kind != Kind.EASING and any(
            frame.sentence == sentence and issuer.code in issuers
            and frame.act.first < advice.last and advice.first < frame.act.last
            for sentence, advice, issuers in lifted
        )  # fmt: skip

    _without(reading, is_lifted, "it is lifted")


def _drop_echoes(reading: Reading) -> None:
    """ "Kuwait and the Emirates followed. The Emirates renewed a travel ban": what they did is told right behind."""
    own = {
        (frame.sentence, issuer.code, place.code)
        for frame, binding in reading.bound
        if frame.act.category != "follows"
        for issuer in binding.issuers
        for place in binding.destinations
    }

    def is_told_next(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        return frame.act.category == "follows" and (frame.sentence + 1, issuer.code, place.code) in own

    _without(reading, is_told_next, "what they did is told in the next sentence")


def _drop_told(reading: Reading) -> None:
    """ "Told its nationals to evacuate": who is told to do it is not taken out by the same words."""
    told = {
        (frame.act, issuer.code)
        for frame, binding in reading.bound
        if frame.rule.kind == Kind.LEAVE and frame.act.category == "evacuate"
        for issuer in binding.issuers
    }

    def is_told(frame: Frame, issuer: Candidate, place: Candidate) -> bool:
        return frame.rule.kind == Kind.EVACUATION and (frame.act, issuer.code) in told

    _without(reading, is_told, "they are told to do it themselves")


def pairs_of(binding: Binding) -> list[tuple[tuple[str, str], float]]:
    """Each issuer with each destination, and how directly the text says them."""
    return [
        ((issuer.code, destination.code), issuer.score + destination.score)
        for issuer in binding.issuers
        for destination in binding.destinations
    ]

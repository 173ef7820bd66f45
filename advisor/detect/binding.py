"""Who speaks, about where: the countries of a frame, from the words beside it, then from further away.

Every candidate competes openly with a score; the nearer reading wins, and `explain` can show the losers.
The scores order readings by how directly the text says them; only their order matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advisor.detect.addressed import addresses_others, people_before
from advisor.detect.destinations import destinations_of, leaves_from
from advisor.detect.frames import TOLD, Frame, separation
from advisor.detect.knowledge import BODIES
from advisor.detect.mentions import Mention
from advisor.detect.private import privately_taken
from advisor.detect.scene import (
    ANAPHOR,
    BEFORE,
    BEHIND,
    LISTED_WITH,
    NAMED,
    OFFICE_SPEAKS,
    SPEAKS,
    SUBJECT,
    WHOSE,
    WHOSE_NEARBY,
    Candidate,
    Discourse,
    Scene,
    Spot,
    gap,
    of_mention,
    used_heads,
)
from advisor.detect.speakers import audience_owner, has_carrier, issuers_of
from advisor.detect.subject import speaker_of, telling
from advisor.detect.tags import Tag
from advisor.detect.text import is_unspaced
from advisor.detect.unnamed import listed_behind, unnamed_anywhere, unnamed_subject
from advisor.model import Kind

REGION = "a region is named, no country"
PRIVATE = "no state takes them out"
_NO_ISSUER, _NOBODY, _UNNAMED = "no issuer", "nobody who speaks near the act", "governments that are not named speak"
_NOWHERE, _NO_DESTINATION = "no destination near the act", "no destination"
UNKNOWN = frozenset(
    {_NO_DESTINATION, _NO_ISSUER, _NOBODY, _UNNAMED, _NOWHERE}
)  # why nothing is known of who takes people out
_ONLY_REMEMBERED = 5.0  # a place that nothing in the sentence points at
_SPOKEN_OF = 3.8  # of a place that was spoken of before
_GUESSED = 5.7  # an issuer that nothing in the sentence names
_MOST = 5  # readings of one role that are weighed against those of the other
_REGION, _BESIDE = 3.0, 8.0  # how near a region stands; the least score of a place that the act itself names
_SEATED = 2.0  # between people and the region they are in
_TELLS_THERE = 5.5  # a government that tells; countries named before it, where verbs come last, are where
_VERB_LAST = 1.7  # places stand further from the verb there
_MISSION_AT_HOME = 6.0  # no country has an embassy in its own capital
_BOTH = 12.0  # between "both countries" and the act
_SENTENCES_ON, _LEAD = 3, 4  # how far "among them 87 Croats" may follow; sentences for which the headline still speaks
_NAMED_BESIDE = 5.0
_BELOW = 7.0
_SAYS = 3  # words from a country to its verb
_LIST = 3  # countries that say which ones of a region are meant
_PLAINLY = 3.0  # how far behind the place beside the act another may lie
_TELLS = 7.0  # of a speaker that stands beside the word of telling
_ACTS_PLAINLY = frozenset({SPEAKS, OFFICE_SPEAKS})
_TWO = 2  # "both countries"
_ACTS_HERE = frozenset({SUBJECT, SPEAKS, "by whom"})
_ACTS_ITSELF = frozenset({SUBJECT, "who"})
_SUBJECT = 6.0  # of a subject in one sentence with its act
_BARE = frozenset({SUBJECT, NAMED, BEHIND})  # names that nothing marks as speaking


@dataclass(frozen=True, slots=True)
class Binding:
    issuers: tuple[Candidate, ...]
    destinations: tuple[Candidate, ...]


def bind(scene: Scene, discourse: Discourse, frame: Frame) -> Binding | str:
    """The issuers and destinations of `frame`, or the reason why there is none."""
    if privately_taken(scene, frame):
        return PRIVATE
    speaker = speaker_of(scene, frame)
    audience = audience_owner(scene, frame)
    bare = frame.rule.opening == "colon" and frame.act.category == "leave" and "citizens" not in frame.filled
    if bare and addresses_others(scene, frame):
        return "it is said to somebody else"
    if "them" in frame.filled:
        audience = people_before(scene, discourse, speaker)
        if audience is None:
            return "it is not said who they are"
    if speaker and (whose := _people_of_unnamed_office(scene, frame, speaker)) and audience in {None, whose}:
        speaker, audience = None, whose
    crossed = speaker and audience and speaker.code not in {audience.code, *BODIES}  # a UN convoy carries anybody
    if speaker and audience and crossed and not _same_list(speaker, audience):
        return speaks_to_people(speaker.code, audience.code)
    if speaker and frame.rule.kind == Kind.STAFF_DEPARTURE and _acts_on_nothing_before(scene, frame, speaker):
        return "the mission belongs to what was told before"
    if frame.rule.kind == Kind.STAFF_DEPARTURE and frame.act.category == "evacuate" and _is_agent(scene, frame):
        return "the mission takes others out"
    if frame.rule.kind == Kind.MISSION_CLOSURE and _arranges(scene, frame):
        return "the mission moves others"
    both = next((tag for tag in scene.of("both") if _means_both(scene, frame.act, tag)), None)
    if any(head.category == "staff" and head.seat is not None for head in used_heads(scene, frame)):
        both = None  # "families in Tehran come home, and no official may visit the three countries"
    listed = (_two_named_before(scene, both) or discourse.listed) if both else ()
    if both and listed and not speaker and not audience and not _is_place(scene, frame, both):
        place = max(
            destinations_of(scene, discourse, frame, None, listed[0].code), key=lambda it: it.score, default=None
        )
        if place and place.code not in {item.code for item in listed}:
            return Binding(listed, _with_list(scene, place, {item.code for item in listed}))
    if unnamed_subject(scene, frame, speaker, audience):
        return _of_unnamed(scene, discourse, frame) or _UNNAMED
    issuers = _best_of_each(issuers_of(scene, discourse, frame, speaker, audience))
    if frame.rule.kind == Kind.EVACUATION:  # a convoy of theirs carries anybody's people
        issuers = [issuer for issuer in issuers if issuer.code not in BODIES]
    if frame.rule.own:
        issuers = _whose_people_are_named(scene, discourse, issuers)
    if not issuers:
        return _NO_ISSUER
    if issuers[0].score < frame.rule.issuer_near:
        return _NOBODY
    if issuers[0].score < _GUESSED and unnamed_anywhere(scene, frame):
        return _of_unnamed(scene, discourse, frame) or _UNNAMED
    if both and len(discourse.places) > 1 and _is_place(scene, frame, both):  # "these countries": those told of before
        listed = discourse.places
    others = issuers[0].code not in {item.code for item in listed}
    verb_last = scene.manners.verb_last and issuers[0].score >= _TELLS_THERE
    if both and listed and others and (verb_last or _is_place(scene, frame, both)):
        return Binding(_with_list(scene, issuers[0], {item.code for item in listed}), listed)
    pairs = [
        (issuer.score + destination.score - _homeward(frame, audience, destination), issuer, destination)
        for issuer in issuers
        for destination in _places_for(scene, discourse, frame, speaker, issuer)
        if destination.code not in {issuer.code, *BODIES}
        and not _is_host(scene, frame, speaker, issuer, destination)
        and not _is_where_the_speaker_sits(speaker, issuer, destination)
        and not _is_home_of_another(frame, issuers, issuer, destination)
        and not (issuer.why in _BARE and _same_list(issuer, destination))  # "Berne et Stockholm": both speak
    ]
    if below := _listed_below(scene, frame, issuers, max((pair[2].score for pair in pairs), default=0.0)):
        return below
    if not pairs:
        return _NO_DESTINATION
    _, issuer, destination = max(pairs, key=lambda pair: pair[0])
    if _host_speaks(scene, frame, speaker, issuer, destination):
        return "their host says so"
    if destination.score < (asked := frame.rule.destination_near) and (
        asked >= _BESIDE or not _told_just_before(scene, discourse, destination)
        if frame.rule.kind != Kind.EVACUATION
        else not _taken_before(scene, discourse, destination)
    ):
        return _NOWHERE
    elsewhere = destination.first < frame.act.last and destination.why != BEFORE and not scene.manners.object_before
    in_part = destination.mention is not None and "name" not in destination.mention.roles  # "avoid central Beirut"
    if frame.act.category == "keep_away" and (elsewhere or in_part):
        return "it is something else that people are to keep away from"
    if destination.score < _BESIDE and frame.act.category in TOLD and _about_region(scene, frame):
        return REGION
    if frame.act.category == "evacuate" and destination.score < _ONLY_REMEMBERED and _about_region(scene, frame):
        return REGION
    if discourse.of_region and destination.score < _ONLY_REMEMBERED and frame.act.category in TOLD:
        return REGION
    if frame.act.category == "leave" and _others_leave(scene, frame, issuer, destination):
        return "another country is told to leave"
    if frame.act.category == "reopen" and _comes_home(scene, frame.act, issuer.code):
        return "who returns comes home"
    from_there = issuer.why == WHOSE and leaves_from(scene, issuer)
    if frame.rule.kind == Kind.EVACUATION and (from_there or _takes_locals(scene, audience, issuer, destination)):
        return "people of the place itself are taken out"  # "110 Afghans evacuated from Kabul"
    destinations = _with_list(scene, destination, {issuer.code})
    if _is_remembered_list(scene, discourse, frame, destination):
        destinations = tuple(item for item in discourse.places if item.code != issuer.code)
        named = {item.code for item in scene.mentions if "adjective" in item.roles}  # "on the Pakistani side"
        destinations = tuple(item for item in destinations if item.code in named) or destinations
    acts = speaker if frame.rule.kind == Kind.EVACUATION and speaker and speaker.code == issuer.code else issuer
    issuers_listed = _with_list(scene, acts, {item.code for item in destinations})  # others on board have no part in it
    with_offices = (*issuers_listed, *_offices_beside(scene, issuers_listed, destinations))
    return Binding((*with_offices, *_also_carrying(scene, frame, with_offices, destinations)), destinations)


def _also_carrying(
    scene: Scene, frame: Frame, issuers: Sequence[Candidate], destinations: Sequence[Candidate]
) -> list[Candidate]:
    """ "A Danish plane landed with 38 Swedes and 21 Danes": whose plane it is takes its own people out as well."""
    if frame.rule.kind != Kind.EVACUATION:
        return []
    known = {item.code for item in (*issuers, *destinations)}
    aboard = {head.owner.code for head in scene.heads if head.category == "citizens" and head.owner}
    people = {id(head.owner) for head in scene.heads if head.category == "citizens"}
    able = (it for it in scene.mentions if it.code in aboard - known and id(it) not in people)
    whose = {it.code: it for it in able if has_carrier(scene, it)}
    return [of_mention(_NAMED_BESIDE, item, "whose plane it is") for item in whose.values()]


def _is_home_of_another(frame: Frame, issuers: Sequence[Candidate], issuer: Candidate, destination: Candidate) -> bool:
    """이탈리아도 자국민을 로마로 데려왔다: whoever acts brings people home, and no one else takes them from there."""
    if frame.rule.kind != Kind.EVACUATION or issuer.score >= _GUESSED:
        return False
    acting = (other for other in issuers if other.why in _ACTS_HERE and other.score > issuer.score)
    return any(other.code == destination.code for other in acting)


def speaks_to_people(speaker: str, audience: str) -> str:
    """Why nothing is read from a host that tells the people of another country something."""
    return f"{speaker} speaks to people of {audience}"


def _is_agent(scene: Scene, frame: Frame) -> bool:
    """ "A convoy arranged by their embassy": a mission behind "by" is not what is taken out."""
    office = next((tag for tag in frame.filled.values() if tag.category == "office"), None)
    if office is None or scene.manners.verb_last or any(tag.category == "staff" for tag in frame.filled.values()):
        return False
    return any(0 <= office.first - tag.last <= 1 and tag.first >= frame.act.last for tag in scene.of("by"))


def _arranges(scene: Scene, frame: Frame) -> bool:
    """已由大使馆安排，从木姐转往腊戌: a mission right behind "by" acts, and does not move itself."""
    office = next((tag for tag in frame.filled.values() if tag.category == "office"), None)
    unspaced = office is not None and is_unspaced(scene.text.tokens[office.first])
    return office is not None and unspaced and any(tag.last == office.first for tag in scene.of("by"))


def _acts_on_nothing_before(scene: Scene, frame: Frame, speaker: Candidate) -> bool:
    """ "Brazil closed its embassy and Mexico will send a ship": who acts behind "and" acts on no embassy before it."""
    office = next((tag for tag in frame.filled.values() if tag.category == "office"), None)
    if office is None or speaker.why != SPEAKS or scene.manners.verb_last or frame.act.last <= speaker.first:
        return False
    return any(office.last <= tag.first and tag.last == speaker.first for tag in scene.of("and"))


def _takes_locals(scene: Scene, audience: Candidate | None, issuer: Candidate, destination: Candidate) -> bool:
    """ "The plane chartered by Uruguay landed with 40 Afghans evacuated from Kabul": not its own people."""
    if audience is None or scene.manners.verb_last:
        return False
    return audience.code == destination.code and issuer.code != audience.code


def _places_for(
    scene: Scene, discourse: Discourse, frame: Frame, speaker: Candidate | None, issuer: Candidate
) -> list[Candidate]:
    """Where the issuer may call from; where the act itself names its own country, no other that is only remembered."""
    places = _best_of_each(destinations_of(scene, discourse, frame, speaker, issuer.code))
    if not places or places[0].code != issuer.code or places[0].score < _BESIDE:
        return places
    if places[0].mention is None or "name" not in places[0].mention.roles:  # "..., they said in Ottawa"
        return places
    return [place for place in places if place.score > places[0].score - _PLAINLY]


def _is_remembered_list(scene: Scene, discourse: Discourse, frame: Frame, destination: Candidate) -> bool:
    """ "... not to travel to Mali, Niger and Chad. Those who are there should leave": there is all of them.

    But people are taken out of where others were before, whatever lists of advice stand between.
    """
    if frame.act.category == "evacuate" and discourse.taken is not None:
        return False
    remembered = destination.mention is None and destination.why == BEFORE and discourse.told is not None
    return (
        remembered
        and len(discourse.places) > 1
        and scene.sentence - (discourse.told.sentence if discourse.told else 0) <= ANAPHOR
        and destination.code in {item.code for item in discourse.places}
    )


def _listed_below(scene: Scene, frame: Frame, issuers: Sequence[Candidate], nearest: float) -> Binding | None:
    """ "... advises against travel to these eleven countries:", and then a country a line."""
    if nearest >= _BESIDE or frame.act.category not in TOLD | {"lift", "close"}:
        return None
    places = {
        item.code: of_mention(_BELOW, item, "in the list below") for item in scene.below if item.code != issuers[0].code
    }
    return Binding((issuers[0],), tuple(places.values())) if places else None


def _whose_people_are_named(scene: Scene, discourse: Discourse, issuers: Sequence[Candidate]) -> list[Candidate]:
    """Those issuers whose citizens are named in the sentences around, else the government named first there."""
    around = [*range(scene.sentence - 1, scene.sentence + _SENTENCES_ON), *([0] if scene.sentence < _LEAD else [])]
    named = [mention for sentence in around for mention in discourse.people.get(sentence, ())]
    home = {item.code for item in scene.mentions if item.cue == "at" and item.seat}  # "landed in Prague, Prague said"
    codes = {mention.code for mention in named} | home
    plainly = [it for it in issuers if it.why in _ACTS_PLAINLY and it.score >= _TELLS]  # "France evacuated 491 people"
    near = (scene.sentence, scene.sentence + 1)
    ahead = {mention.code for sentence in near for mention in discourse.people.get(sentence, ())}
    if not plainly and not ahead & {issuer.code for issuer in issuers}:
        plainly = [it for it in issuers if it.why in _ACTS_ITSELF and it.score >= _SUBJECT]
    sure = plainly or [issuer for issuer in issuers if issuer.code in codes]
    return sure or [of_mention(_NAMED_BESIDE, mention, WHOSE_NEARBY) for mention in named[:1]]


def _is_host(scene: Scene, frame: Frame, speaker: Candidate | None, issuer: Candidate, destination: Candidate) -> bool:
    """ "North Korea advises the embassies in Pyongyang to leave": who tells is who they are to leave."""
    told = "urge" in frame.filled or telling(scene, frame).category == "urge"
    tells = speaker is not None and told and speaker.score >= _TELLS
    return tells and speaker is not None and speaker.code == destination.code != issuer.code


def _is_where_the_speaker_sits(speaker: Candidate | None, issuer: Candidate, destination: Candidate) -> bool:
    """ "MSZ w Warszawie odradza": the capital of who speaks is where nobody else calls from either."""
    if speaker is None or speaker.score < _TELLS or speaker.code != destination.code or issuer.code == speaker.code:
        return False
    return destination.mention is not None and "capital" in destination.mention.flags


def _host_speaks(
    scene: Scene, frame: Frame, speaker: Candidate | None, issuer: Candidate, destination: Candidate
) -> bool:
    """ "Russia's foreign ministry said that Moldovan diplomats in Moscow should pack": their host says so.

    Of those whose people they are, no office and no other word of the sentence speaks.
    """
    if issuer.why != WHOSE or (speaker is not None and speaker.code != destination.code):
        return False
    offices = [head for head in scene.heads if head.category == "office" and head.owner and head.value != "mission"]
    if any(head.owner and head.owner.code == issuer.code for head in offices):
        return False
    act = frame.act
    if any(head.owner and head.owner.code == destination.code and head.last <= act.first for head in offices):
        return True
    # "Amerikaner sollen Haiti verlassen, teilte die Botschaft mit": what stands before the verb says nothing behind it.
    says = {tag.first for tag in scene.of("say") if tag.first < act.first or not scene.manners.object_before}
    hosts = (it for it in scene.mentions if it.code == destination.code and "name" in it.roles and it.cue in {"", "by"})
    if scene.text.sentences[scene.sentence].title:
        return False
    if any(it.last <= act.first and not says.isdisjoint(range(it.last, it.last + _SAYS)) for it in hosts):
        return True
    if frame.rule.kind != Kind.EVACUATION or not scene.manners.object_before or scene.manners.verb_last:
        return False  # elsewhere the subject stands by its verb
    return any(
        it.cue == "" and "name" in it.roles and it.code != issuer.code and it.last <= issuer.first
        for it in scene.mentions[:1]
    )


def _people_of_unnamed_office(scene: Scene, frame: Frame, speaker: Candidate) -> Candidate | None:
    """ "MAE recomandă cetățenilor moldoveni": a ministry without a country is that of the citizens it tells."""
    if speaker.mention is None or "home" not in speaker.mention.flags:
        return None
    begins = scene.text.sentences[scene.sentence].first
    for head in scene.heads:
        told = speaker.last <= head.first or head.first - begins <= 1  # "Словенцам в Израиле МИД советует ..."
        owner = head.owner if head.category == "citizens" and told else None
        if owner and head.last <= frame.act.first and "name" not in owner.roles and owner.code != speaker.code:
            return of_mention(9.5, owner, WHOSE)
    return None


def _of_unnamed(scene: Scene, discourse: Discourse, frame: Frame) -> Binding | None:
    """The countries that the text lists as those who call, about the place beside the act."""
    place = max(destinations_of(scene, discourse, frame, None, ""), key=lambda item: item.score, default=None)
    if place is None or place.score < (_SPOKEN_OF if scene.below else _BESIDE):
        return None
    listed = listed_behind(scene, frame, place)
    return Binding(listed, (place,)) if listed else None


def _homeward(frame: Frame, audience: Candidate | None, destination: Candidate) -> float:
    """What is taken off a destination that is the home of those who leave: "Czech diplomats flew back to Prague"."""
    if audience is None or audience.code != destination.code:
        return 0.0
    return _MISSION_AT_HOME if frame.rule.kind in {Kind.MISSION_CLOSURE, Kind.STAFF_DEPARTURE} else 2.0


def _means_both(scene: Scene, act: Tag, both: Tag) -> bool:
    """Near the act, and no place is named between: "leave Iran, after advice against travel to either country"."""
    between = range(act.last, both.first)
    named = any(item.seat and item.first in between for item in scene.mentions)
    reach = _BOTH * (_VERB_LAST if scene.manners.verb_last else 1.0)
    return gap(scene, act, *both[2:4]) <= reach and not named


def _two_named_before(scene: Scene, both: Tag) -> tuple[Candidate, ...]:
    """The only two countries where people are that the sentence itself names before "both countries"."""
    before = [item for item in scene.mentions if item.last <= both.first and item.seat and item.cue in {"at", "of"}]
    places = {item.code: of_mention(_SPOKEN_OF, item, "named before") for item in before if "name" in item.roles}
    return tuple(places.values()) if len(places) == _TWO else ()


def _is_place(scene: Scene, frame: Frame, both: Tag) -> bool:
    """Whether "both countries" are where, not who."""
    led = any(0 <= both.first - tag.last <= 1 for tag in scene.of("at", "from", "to"))
    led = led or any(tag.first == both.last for tag in scene.of("at_after"))  # 4か国の危険情報
    return led or both.first >= frame.act.first  # also as a word of its phrase


def _taken_before(scene: Scene, discourse: Discourse, destination: Candidate) -> bool:
    """ "Thousands were taken out of Sudan. France has flown 388 people to Djibouti": out of there, too."""
    taken = discourse.taken is not None and discourse.taken.code == destination.code
    title = discourse.title_destination
    taken = taken or (title is not None and title.code == destination.code and destination.mention is not None)
    return taken or _told_just_before(scene, discourse, destination)


def taken_from(scene: Scene, discourse: Discourse, frame: Frame) -> Spot | None:
    """The place beside an act of which nobody is known to have done it: "5,347 people were taken out of Sudan"."""
    places = destinations_of(scene, discourse, frame, None, "")
    place = max(places, key=lambda item: item.score, default=None)
    if frame.act.category != "evacuate" or place is None or place.score < _BESIDE or place.mention is None:
        return None
    if any(head.category == "citizens" and head.owner and head.owner.code == place.code for head in scene.heads):
        return None  # pilgrims of theirs, refugees
    return Spot(place.code, place.first, place.last, scene.sentence)


def _told_just_before(scene: Scene, discourse: Discourse, destination: Candidate) -> bool:
    """The sentence before told people about that place: "The German ministry, too, asks to leave"."""
    return discourse.told is not None and (
        discourse.told.code == destination.code and scene.sentence - discourse.told.sentence == 1
    )


def _lists_behind(scene: Scene, act: Tag) -> bool:
    sizes = Counter(mention.group for mention in scene.mentions if mention.seat and mention.first >= act.last)
    return any(size >= _LIST for size in sizes.values())


def _about_region(scene: Scene, frame: Frame) -> bool:
    """ "... to leave the Middle East", "its citizens in the Gulf": no one country is meant, whatever was told."""
    act = frame.act
    if _lists_behind(scene, act):  # "to eight countries of Africa (Djibouti, Eritrea ...)"
        return False
    named = {token for mention in scene.mentions for token in range(mention.first, mention.last)}
    regions = [tag for tag in scene.of("region") if tag.first not in named]
    regions += [tag for tag in scene.of("unnamed") if tag.first == act.last]  # "leave several countries"
    people = frame.filled.get("citizens")
    if people is not None and any(separation(scene.text, people, tag) <= _SEATED for tag in regions):
        return True
    if scene.manners.object_before:
        return any(tag.last <= act.first and separation(scene.text, act, tag) <= _REGION for tag in regions)
    return any(tag.first >= act.last and separation(scene.text, act, tag) <= _REGION for tag in regions)


def _others_leave(scene: Scene, frame: Frame, issuer: Candidate, destination: Candidate) -> bool:
    """ "The UN calls for Russia to leave Ukraine": who is to leave stands between the telling and the act."""
    told = frame.filled.get("urge")
    if told is None or not frame.filled.keys() <= {"urge", "office"}:  # where people are named, it is they
        return False
    speaking = issuer.mention.group if issuer.mention else None
    return any(
        told.last <= mention.first < mention.last <= frame.act.first
        for mention in scene.mentions
        if "name" in mention.roles and mention.code not in {issuer.code, destination.code} and mention.group != speaking
    )


def _comes_home(scene: Scene, act: Tag, issuer: str) -> bool:
    """ "The embassy's staff returned to Berlin" reopens nothing in Beirut."""
    return any(
        mention.code == issuer
        and mention.cue == "at"
        and mention.seat
        and gap(scene, act, mention.first, mention.last) <= 3
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
    groups = {chosen.mention.group, *_lies_in(scene, chosen.mention)}
    edges = {tag.first for tag in scene.of("bordering_after") if tag.value == "one"}
    for mention in scene.mentions:
        if mention.last in edges and mention.cue == "with":
            continue  # 柬埔寨与泰国接壤的省份: provinces of Cambodia
        if mention.group in groups and mention.code not in without | {item.code for item in fellows}:
            fellows.append(Candidate(chosen.score, mention.code, mention.first, mention.last, LISTED_WITH, mention))
    return tuple(fellows)


def _lies_in(scene: Scene, place: Mention) -> Iterator[int]:
    """ "To Kashmir in India and to Pakistan": the list goes on from the country that a part of it lies in."""
    if "name" not in place.roles:
        behind = (item for item in scene.mentions if 0 <= item.first - place.last <= 1 and item.code == place.code)
        yield from (item.group for item in behind if item.cue in {"at", "of"})


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
                found.append(of_mention(issuers[0].score, head.owner, LISTED_WITH))
                known.add(head.owner.code)
                break
    return found

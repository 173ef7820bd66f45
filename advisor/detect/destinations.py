"""About where: the countries that a frame may mean, each with how directly the text says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from advisor.detect.frames import TOLD, Frame, separation
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention, is_of_carrier
from advisor.detect.scene import (
    AT_HOME,
    BEFORE,
    TOPIC,
    Candidate,
    Discourse,
    Scene,
    Spot,
    across_while,
    gap,
    heads_the_line,
    is_antecedent,
    is_gapped,
    is_inverted,
    is_topic,
    is_why,
    names_the_flight,
    of_mention,
    opens,
    opens_clause,
    speaks_next,
    used_heads,
)
from advisor.detect.tags import Tag
from advisor.model import Kind

_MOVING = frozenset({"evacuate", "withdraw", "close", "leave"})
_MOVED = frozenset({"move", "abroad"})  # values of "close" that lead to where the mission went
_ARRIVAL_REACH = 2
_MEANT_HERE, _MEANT_BEFORE = 8.7, 8.2  # "there" is the place of this sentence before it is that of another
_BARE = 0.4  # a name without a word that makes it a place is meant by "there" less likely
_THIS_COUNTRY = 9.2  # "avoid this country"
_ACTS = ("leave", "evacuate", "no_travel", "no_essential_travel")
_HELPING = 0.8
_SAID_THERE = 5.0
_AUXILIARY = 1  # words between a subject and its verb
_GONE_THERE = 3.0
_OTHER_CLAUSE = 3.0
_FLOWN_AGE = 6  # sentences between two evacuations from one place
_AHEAD = 2  # words between the act and its place
_OF_OTHER_ACT, _OWN_PLACE = 3.0, 6
_CLAUSE_MARKS = frozenset(",;，；–—؛")
_CAPITAL, _POSSESSED = 2.0, -2.5  # "the capital of Chad" is where, "the interests of the US" is not
_CAUSE = 4.0
_PASSENGERS, _ON_BOARD = 5, 5.0  # so many countries listed so far from an evacuation are those of who is on board
_DESTINATION_REACH = 7.0
_SINGLED_OUT = 4.0
_LAST_AND_TITLE = 2  # places that go without saying
_LIST = 3  # countries


def destinations_of(
    scene: Scene, discourse: Discourse, frame: Frame, speaker: Candidate | None, issuer: str
) -> Iterable[Candidate]:
    act = frame.act
    used = used_heads(scene, frame)
    named = {token for mention in scene.mentions for token in range(mention.first, mention.last)}
    here = next(
        (
            tag
            for tag in scene.of("here")
            if named.isdisjoint(range(tag.first, tag.last)) and separation(scene.text, act, tag) <= 6
        ),
        None,
    )
    owners = {id(head.owner) for head in scene.heads if head.owner is not None}
    speaking = {head.owner.group for head in used if head.owner is not None}
    if speaker and speaker.mention:
        speaking.add(speaker.mention.group)
    for head in scene.heads:
        at_home = head.value in AT_HOME and head.owner is not None and act.category == "evacuate"
        if head.seat is not None and head.value != "leader" and not (at_home and head not in used):
            distance = gap(scene, act, head.first, head.last)
            score = 9.0 if head in used else 8.5 if here else 6.8
            score += min(0.0, _direction(scene, act, head.seat))
            score -= _HELPING if _only_helps(scene, frame, head) else 0.0
            abroad = head.value == "mission" or head.category == "citizens"
            score -= _SAID_THERE if not abroad and _says_there(scene, act, head.seat) else 0.0
            score -= _GONE_THERE if head not in used and _went_there(scene, discourse, act, head.seat) else 0.0
            score -= _OTHER_CLAUSE if head not in used and _in_clause_of_other(scene, act, head) else 0.0
            falling = 0.03 if here else 0.08
            yield of_mention(score - falling * distance, head.seat, f"where the {head.category} is")
    sizes = Counter(mention.group for mention in scene.mentions)
    missions = {
        head.seat.code for head in scene.heads if head.seat and (head.value == "mission" or head.category == "citizens")
    }
    following = {
        item.group
        for item in scene.mentions
        for tag in scene.of("same")
        if (tag.first == item.last and "," not in scene.text.between(tag.first - 1, tag.first))
        or (tag.last == item.first and item.cue in {"", "by"})  # "podobnie postąpiło Tokio"
    }
    alone = len({mention.code for mention in scene.mentions if mention.seat}) == 1
    for mention in scene.mentions:
        if id(mention) in owners or _speaks_too(speaker, mention) or speaks_next(scene, mention):
            continue
        if mention.group in following or is_inverted(scene, mention, act):
            continue  # 中国吁公民勿前往马里 法国跟进
        if mention.last <= act.first and (opens_clause(scene, mention) or is_antecedent(scene, mention, act)):
            continue
        if act.category == "evacuate" and is_gapped(scene, mention):
            continue
        if mention.cue in {"by", "with"} or (
            mention.group in speaking and mention.cue != "at"
        ):  # "the US and Britain urge their citizens"
            continue
        flown = frame.rule.kind in {Kind.EVACUATION, Kind.LEAVE} and not mention.cue
        if flown and is_of_carrier(mention, scene.of("carrier"), behind=False):
            continue  # 프랑스 군용기로: whose plane it is
        distance = gap(scene, act, mention.first, mention.last)
        if act.category == "evacuate" and mention.cue == "of" and _is_of_the_act(act, mention):
            yield of_mention(9.4, mention, "within the act")  # "ha despegado de Tel Aviv con 210 a bordo"
            continue
        if names_the_flight(mention, act):
            yield of_mention(9.0, mention, "out of where the flight is")
            continue
        crowd = frame.rule.kind == Kind.EVACUATION and sizes[mention.group] >= _PASSENGERS
        if crowd and all(gap(scene, act, *item) > _ON_BOARD for item in _spans_of(scene, mention.group)):
            continue
        if mention.seat:
            beside = (mention.first >= act.last and not scene.manners.verb_last) or mention.cue == "at"
            beside = beside or (scene.manners.object_before and distance <= 2.5 and _may_be_object(scene, mention, act))
            crossed = speaker is not None and mention.last <= speaker.first < act.first  # another clause begins between
            apart = _in_new_clause(scene, act, mention)
            if beside and not crossed and (_is_singled_out(scene, mention) or _is_listed_at_end(scene, mention)):
                apart, distance = False, min(distance, _SINGLED_OUT)
            apart = apart or _follows_the_verb(scene, act, mention)
            near = distance <= _DESTINATION_REACH and beside and not crossed and not apart
            base = (
                9.4
                if near
                else 6.6
                if mention.cue == "at" or heads_the_line(scene, mention) or is_topic(scene, act, mention)
                else 3.6
                if apart
                else 4.8
            )
            spoke = discourse.told is not None and discourse.speakers[mention.code] and not mention.cue
            whole = here is not None and mention.cue == "of" and (alone or 0 <= here.first - mention.last <= 1)
            meant = mention.cue in {"at", ""} or whole  # "throughout the whole of Haiti"
            meant = meant and not _does_itself(scene, mention)
            if here and meant and mention.last <= here.first and not near and not spoke:
                apart_from_here = 0.03 * scene.text.distance(mention.last - 1, here.first)
                base = _MEANT_HERE + 0.12 * distance - min(apart_from_here, _MEANT_HERE - _MEANT_BEFORE - 0.1)
                base -= 0.0 if mention.cue or opens(scene, mention) else _BARE
            if mention.code not in missions and _says_there(scene, act, mention):
                base -= _SAID_THERE
            if near and (_is_of_other_act(scene, act, mention) or _is_where_it_is_said(scene, act, mention)):
                base -= _OF_OTHER_ACT
            base -= _GONE_THERE if _went_there(scene, discourse, act, mention) else 0.0
            base += _direction(scene, act, mention) - (_CAUSE if _is_cause(scene, discourse, act, mention) else 0.0)
            if mention.cue == "of" and not whole:
                base += _CAPITAL if _has_capital(scene, mention) else _POSSESSED
            yield of_mention(
                base - (0.3 if near else 0.12) * distance, mention, "beside the act" if near else "in the sentence"
            )
        elif "adjective" in mention.roles and not is_of_carrier(mention, scene.of("carrier")):
            yield of_mention(3.0 - 0.1 * distance, mention, "its adjective")
    kept_away = here is not None and act.category == "keep_away" and separation(scene.text, act, here) < 1
    known = _THIS_COUNTRY if kept_away else _MEANT_BEFORE if here else 3.9
    reached = {
        item.code
        for item in scene.mentions
        if act.category in {"evacuate", "withdraw"} and _is_reached(scene, item) and not _calls_for(scene, act, item)
    } - ({discourse.told.code} if discourse.told else set())
    # "Denmark, Norway to close Kabul embassies": neither is where
    fellows = discourse.title_issuers if issuer in discourse.title_issuers else frozenset[str]()
    groups = {item.group for item in scene.mentions if item.code == issuer and "adjective" in item.roles}
    beside_it = {item.code for item in scene.mentions if item.group in groups}  # "British and Dutch tourists"
    known_of = replace(discourse, destination=None) if _is_only_passed(discourse, frame) else discourse
    yield from _meant_by_here(scene, known_of, {issuer, *reached, *fellows, *beside_it}, known, here)
    told = discourse.place_of_kind.get(frame.rule.kind) if act.category == "evacuate" and here is None else None
    if told and told.code not in {issuer, *reached} and 0 < scene.sentence - told.sentence <= _FLOWN_AGE:
        yield Candidate(known + 0.1, told.code, told.first, told.last, BEFORE)  # other news stood in between
    if scene.about:
        yield Candidate(5.4, scene.about, act.first, act.last, "what the source is about")


def _is_of_the_act(act: Tag, mention: Mention) -> bool:
    """ "Ha despegado de Tel Aviv con 210 a bordo", "saca a 26 personas de Damasco": the act's own "de" is "from"."""
    inside = act.first < mention.first and mention.last < act.last
    return inside or (act.value == "counted" and mention.first == act.last)


def _went_there(scene: Scene, discourse: Discourse, act: Tag, place: Mention) -> bool:
    """ "Norway shut its embassy, and its diplomats are in Ankara": a clause about the staff, after another country."""
    if act.category != "close" or place.first < act.last or discourse.told is None or scene.manners.verb_last:
        return False
    joined = [tag for tag in scene.of("and") if act.last <= tag.first and tag.last <= place.first]
    theirs = any(
        head.category == "staff" and joined[-1].last <= head.first and head.last <= place.first
        for head in scene.heads if joined
    )  # fmt: skip
    seated = any(head.value == "mission" and head.seat is place for head in scene.heads)
    return theirs and not seated and discourse.told.code != place.code


def _in_clause_of_other(scene: Scene, act: Tag, head: Head) -> bool:
    """ "Paris warns of travel to the country, and Vienna asked its citizens to leave Iraq": beyond ", and Vienna"."""
    between = (item for item in scene.mentions if item.acts and act.last <= item.first < head.first)
    return any(opens_clause(scene, item) for item in between)


def _only_helps(scene: Scene, frame: Frame, head: Head) -> bool:
    """ "Filipinos in Ukraine will be helped by the embassy in Poland": people leave where they are."""
    told = frame.rule.kind in {Kind.EVACUATION, Kind.LEAVE} and head.category == "office"
    return told and any(other.category == "citizens" and other.seat is not None for other in scene.heads)


def _says_there(scene: Scene, act: Tag, seat: Mention) -> bool:
    """ "An official in Geneva says that ...": the place is where it was said."""
    beside = scene.text.between(seat.last - 1, seat.last) == " " if seat.last < len(scene.text.tokens) else False
    said = beside and any(0 <= tag.first - seat.last <= 1 and tag is not act for tag in scene.of("say"))
    return said and seat.cue == "at" and not scene.manners.verb_last


def _is_where_it_is_said(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "The embassy in Amman advises against travel to Syria": what follows the act is where, not the office's seat."""
    if act.category not in TOLD or mention.last > act.first:
        return False
    seated = any(head.seat is mention and head.category == "office" for head in scene.heads)
    return seated and any(
        other.seat and other.cue == "at" and other.code != mention.code and 0 <= other.first - act.last <= _AHEAD
        for other in scene.mentions
    )


def _is_singled_out(scene: Scene, mention: Mention) -> bool:
    """ "The Middle East, especially to Israel", "some countries, among them Syria": as near as the word before it."""
    first = min(item.first for item in scene.mentions if item.group == mention.group)
    return mention.cue == "at" and any(0 <= first - tag.last <= 1 for tag in scene.of("such_as"))


def _is_listed_at_end(scene: Scene, mention: Mention) -> bool:
    """ "Avoid seven countries, where ...: Israel, Jordan and Iraq", "..., which are Chad, Mali and Niger"."""
    group = [item for item in scene.mentions if item.group == mention.group]
    first = group[0].first
    announced = first and ":" in scene.text.between(first - 1, first)
    announced = announced or any(0 <= first - tag.last <= 1 for tag in scene.of("covers"))
    return bool(announced) and len(group) >= _LIST and group[-1].last >= scene.text.sentences[scene.sentence].last - 1


def _spans_of(scene: Scene, group: int) -> list[tuple[int, int]]:
    return [(item.first, item.last) for item in scene.mentions if item.group == group]


def _in_new_clause(scene: Scene, act: Tag, mention: Mention) -> bool:
    """A bare name behind a comma begins something new: "recalls its staff, while Poland changes nothing"."""
    if mention.first >= act.last and any(
        act.last <= tag.first and tag.last <= mention.first for tag in scene.of("but")
    ):
        return True  # "has closed, but its staff work from Addis Ababa"
    if mention.cue or mention.first < act.last:
        return False
    if across_while(scene, act, mention.first):
        return True
    first = min(item.first for item in scene.mentions if item.group == mention.group and item.first >= act.last)
    return not _CLAUSE_MARKS.isdisjoint(scene.text.between(act.last - 1, first))


def _follows_the_verb(scene: Scene, act: Tag, mention: Mention) -> bool:
    """Where verbs come last, a place behind the act is of the next clause, if another stands before it."""
    if not scene.manners.verb_last or mention.first < act.last:
        return False
    return any(item.seat and item.last <= act.first and item.code != mention.code for item in scene.mentions)


def _has_capital(scene: Scene, mention: Mention) -> bool:
    """ "The Lebanese capital", "Iran's capital", "the capital of Chad": the place is the country's."""
    return any(tag.first == mention.last or 0 <= mention.first - tag.last <= 1 for tag in scene.of("here"))


def _direction(scene: Scene, act: Tag, mention: Mention) -> float:
    """Who leaves goes from the place that counts: "flown from Gaza to Egypt", "staff moved to Cyprus"."""
    if act.category in _MOVING and _is_reached(scene, mention) and not _calls_for(scene, act, mention):
        return -6.0
    if act.category == "evacuate" and mention.cue != "of" and "from" not in ways_of(scene, mention):
        same = (item for item in scene.mentions if item.code == mention.code and item is not mention)
        if any(_is_reached(scene, item) and not _calls_for(scene, act, item) for item in same):
            return -6.0  # アゼルバイジャンの首都バクーに到着
    if act.category == "close" and act.value in _MOVED and _is_new_seat(scene, act, mention):
        return -6.0  # "works from Cyprus": the phrase itself leads to where the mission went
    moves = scene.of("close") if act.category != "close" else ()
    if any(tag.value in _MOVED and 0 <= mention.first - tag.last <= 1 for tag in moves):
        return -6.0  # "reduced its team, who work from Cyprus"
    if act.category in _MOVING and _is_behind_the_way(scene, mention):
        return -6.0
    if act.category in _MOVING and _is_on_the_way(scene, mention):
        return -5.8  # "taken to Egypt through Rafah": on the way, but nearer to where they left
    if (act.category, act.value) == ("evacuate", "landed") and mention.first == act.last:
        return -6.0  # "carried 311 to Jordan"
    words = ways_of(scene, mention) | _way_of_its_city(scene, mention)
    inside = act.first < mention.first and mention.last < act.last  # "هواپیما ۲۸ تن را به جده برد"
    if act.category == "evacuate" and inside and "to" in words and scene.manners.object_before:
        return -6.0
    behind = act.category == "departure" and mention.first >= act.last
    taken = act.category in {"evacuate", "withdraw"} or (act.category == "close" and act.value in _MOVED)
    if (behind or taken) and "from" in words:  # what closes is not where its work is done from
        return -6.0 if _is_behind_mission(scene, act, mention) else 2.5
    if "to" not in words:
        return 0.0
    if act.category == "evacuate":  # a plane is sent "to" the place as well, unless another is named as left
        others = [other for other in scene.mentions if other.code != mention.code]
        left = any("from" in ways_of(scene, other) or _is_on_the_way(scene, other) for other in others)
        left = left or any(tag.last == other.first for tag in scene.of("leave") for other in others)  # "leave Cairo"
        left = left or any(other.seat and other.cue == "at" and not ways_of(scene, other) for other in others)
        left = left or any(other.seat and other.cue == "of" and _is_of_the_act(act, other) for other in others)
        left = left or any(_is_said_first(act, other, mention) for other in others)
        left = left or any(
            head.seat is not None
            and head.seat.code != mention.code
            and head.category in {"office", "staff", "citizens"}
            for head in scene.heads
        )  # "staff of the embassy in Kabul were flown to Doha"
        aboard = any(act.first <= tag.first and tag.last <= mention.first for tag in scene.of("people", "citizens"))
        flown = aboard and mention.first >= act.first and not scene.manners.verb_last
        flown = flown or _carries_there(scene, act, mention)
        return -6.0 if left or flown else -3.0 if scene.manners.verb_last else 0.0  # "lifted 888 people to Larnaca"
    if act.category == "leave" and _is_not_entered(scene, mention):
        return 0.0
    return -6.0 if act.category in {"withdraw", "close", "leave"} else 0.0


def _is_said_first(act: Tag, other: Mention, mention: Mention) -> bool:
    """ "Évacués de Port-Vila vers Nouméa", "taken mercredi de Port-Vila": a town that "of" leads, before the goal."""
    return other.cue == "of" and "city" in other.roles and act.last <= other.first and other.last <= mention.first


def _is_behind_mission(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Withdrew the staff of its embassy in Bamako and will work from Senegal": the seat stands between."""
    return act.category == "withdraw" and any(
        head.seat is not None and head.value == "mission" and head.seat.code != mention.code
        and act.last <= head.first and head.seat.last <= mention.first
        and any(head.last <= tag.first and tag.last <= mention.first for tag in scene.of("and"))
        for head in scene.heads
    )  # fmt: skip


def _is_not_entered(scene: Scene, mention: Mention) -> bool:
    """ "Do not travel to Lebanon; those there should leave": who must not go to it must leave it, too."""
    return any(
        0 <= (tag.first - mention.last if scene.manners.verb_last else mention.first - tag.last) <= 1
        for tag in scene.of("no_travel", "no_essential_travel")
    )


def leaves_from(scene: Scene, issuer: Candidate) -> bool:
    """Whether people are taken out of that country alone; "tourists from Slovakia" only says whose they are."""
    seats = (item for item in scene.mentions if item.seat and item != issuer.mention)
    places = [item for item in seats if "from" in ways_of(scene, item)]
    return bool(places) and {item.code for item in places} == {issuer.code}


def ways_of(scene: Scene, mention: Mention) -> set[str]:
    """From, to: what the word before a place and its ending say."""
    fellows = [item for item in scene.mentions if item.group == mention.group and item.first <= mention.first]
    begins = {item.first for item in fellows}
    words = {tag.category for tag in scene.of("from", "to") if tag.last in begins}
    return words | {item.way for item in fellows if item.way}


def _carries_there(scene: Scene, act: Tag, mention: Mention) -> bool:
    """自国民をサントドミンゴへ運んでいる: where verbs come last, between people and the verb stands where they go."""
    touches = scene.manners.verb_last and 0 <= act.first - mention.last <= 1
    return touches and any(tag.last <= mention.first for tag in scene.of("citizens", "people"))


def _way_of_its_city(scene: Scene, country: Mention) -> set[str]:
    """アゼルバイジャンのバクーに移した: the country that only says where the city is goes the city's way."""
    for item in scene.mentions:
        its_city = item.code == country.code and "city" in item.roles
        if country.cue == "of" and its_city and 0 <= item.first - country.last <= 1:
            return ways_of(scene, item)
    return set()


def _is_on_the_way(scene: Scene, mention: Mention) -> bool:
    """ "Through Lithuania or Poland": a word of passage leads the list, or follows it where verbs come last."""
    fellows = [item for item in scene.mentions if item.group == mention.group]
    first, last = fellows[0].first, fellows[-1].last
    for tag in scene.of("via"):
        apart = tag.first - last if scene.manners.verb_last else first - tag.last
        if 0 <= apart <= _ARRIVAL_REACH:
            return True
    return False


def _is_behind_the_way(scene: Scene, mention: Mention) -> bool:
    """ "Through Rafah to Egypt": the place that follows the passage is where they go."""
    if mention.cue != "at" or not scene.of("via"):
        return False
    return any(
        other.group != mention.group and 0 < mention.first - other.last <= 1 and _is_on_the_way(scene, other)
        for other in scene.mentions
    )


def _is_new_seat(scene: Scene, act: Tag, mention: Mention) -> bool:
    """Where the mission went: beside the phrase, or anywhere else than where it stands by the same sentence."""
    if act.value == "abroad" and act.first < mention.first and mention.last < act.last:
        return True  # "çalışmalarını Beyrut'tan sürdürecek"
    seats = {head.seat.code for head in scene.heads if head.value == "mission" and head.seat}
    if mention.last == act.first and seats == {mention.code}:
        new = any(act.first < item.first <= act.last + 1 for item in scene.mentions)  # and its little word
        if new or not any(item.seat and item.code != mention.code for item in scene.mentions):
            return False  # "the embassy in Benin moves to Togo", "zieht nach Lomé um", "moves"
    touches = any(
        item.code == mention.code
        and (act.last == item.first or act.first == item.last)
        and not _is_named_before_new_seat(scene, item)
        for item in scene.mentions
    )  # "moved to Yaounde, in neighbouring Cameroon"
    return touches or (bool(seats) and mention.code not in seats)


def _is_named_before_new_seat(scene: Scene, place: Mention) -> bool:
    """ "переносит работу посольства в Ливане в Никосию": the mission stands in the first, and goes to the second."""
    seated = any(head.value == "mission" and head.seat and head.seat.first == place.first for head in scene.heads)
    return seated and any(
        item.seat and item.cue == "at" and item.code != place.code and 0 < item.first - place.last <= 1
        for item in scene.mentions
    )


def _is_reached(scene: Scene, mention: Mention) -> bool:
    """ "... arrived in Djibouti": the place where they are safe; its word stands before it, or behind it (Japanese)."""
    for tag in scene.of("arrive"):
        apart = tag.first - mention.last if scene.manners.verb_last else mention.first - tag.last
        inside = tag.first < mention.first and mention.last < tag.last  # "nach Zypern gebracht"
        between = range(tag.last, mention.first)  # "reached Delhi from Tel Aviv": it is Delhi that is reached
        if inside or (0 <= apart <= _ARRIVAL_REACH and not any(it.first in between for it in scene.mentions)):
            return True
    return False


def _calls_for(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Ships arrive in Beirut to pick up citizens": where they come to is where people leave, if no other is named."""
    beside = act.category == "evacuate" and 0 <= act.first - mention.last <= _ARRIVAL_REACH
    one = any(tag.first < act.last and act.first < tag.last for tag in scene.of("arrive"))  # the verb is their coming
    one = one or any(
        head.category == "citizens" and 0 <= tag.first - head.last <= 2 and tag.last <= mention.first
        for tag in scene.of("arrive")
        for head in scene.heads
    )  # "eleven citizens reached Djibouti aboard ..."
    return beside and not one and not any(item.seat and item.first >= act.last for item in scene.mentions)


def _is_cause(scene: Scene, discourse: Discourse, act: Tag, mention: Mention) -> bool:
    """ "... due to tensions with Rwanda": why, not where."""
    if scene.manners.verb_last:  # ロシアを巡る懸念
        causes = [tag for tag in scene.of("cause") if tag.last <= act.first]
        return any(0 <= tag.first - mention.last <= 1 for tag in causes) or _says_why(scene, discourse, act, mention)
    behind = any(act.last <= tag.first and tag.last <= mention.first for tag in scene.of("cause"))
    return behind or (mention.last <= act.first and _opens_with_cause(scene, act, mention))


def _says_why(scene: Scene, discourse: Discourse, act: Tag, mention: Mention) -> bool:
    """ "イスラエルの攻撃激化を受け、レバノン...": why, when a place outside that clause, or told before, says where."""
    others = [item for item in scene.mentions if item.seat and item.code != mention.code]
    known = discourse.told is not None and discourse.told.code != mention.code and mention.cue != "at"
    return is_why(scene, act, mention) and (known or any(not is_why(scene, act, item) for item in others))


def _opens_with_cause(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Amid tension between Russia and Ukraine, Greece advises ... to Ukraine": why, if a place stands behind."""
    first = scene.text.sentences[scene.sentence].first
    leads = [tag for tag in scene.of("cause") if tag.first <= first + 1 and tag.last <= mention.first]
    if not leads or any(item.last <= leads[0].first for item in scene.mentions):
        return False
    within = _CLAUSE_MARKS.isdisjoint(scene.text.between(leads[0].last - 1, mention.first))
    return within and any(item.seat and item.cue in {"at", "of"} and item.first >= act.last for item in scene.mentions)


def _is_of_other_act(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Leave Iran and avoid travel to Israel": Iran stands at the first act, and the second has a place of its own."""
    if scene.manners.object_before or scene.manners.verb_last or mention.last > act.first:
        return False
    first = min(item.first for item in scene.mentions if item.group == mention.group)
    others = any(0 <= first - tag.last <= 1 and tag.last <= act.first for tag in scene.of(*_ACTS))
    return others and any(
        item.seat and item.cue == "at" and item.group != mention.group and 0 <= item.first - act.last <= _OWN_PLACE
        for item in scene.mentions
    )


def _may_be_object(scene: Scene, mention: Mention, act: Tag) -> bool:
    return not scene.manners.verb_last or (mention.last <= act.first and mention.cue != "by")


def _does_itself(scene: Scene, mention: Mention) -> bool:
    """ "Latvia closes two Belarus crossings, Oslo tells Norwegians there to go": who acts is not where "there" is."""
    acts = scene.of("close", "lift", "evacuate", "withdraw", "reopen", "urge")
    behind = any(0 <= tag.first - mention.last <= _AUXILIARY for tag in acts)  # "España ha sacado del país ..."
    return not mention.cue and opens(scene, mention) and behind


def _speaks_too(speaker: Candidate | None, mention: Mention) -> bool:
    """ "Rusia y Turquía desaconsejan": what is listed with the speaker speaks as well."""
    return speaker is not None and speaker.mention is not None and speaker.mention.group == mention.group


def _is_only_passed(discourse: Discourse, frame: Frame) -> bool:
    """ "Poles from Kathmandu are home. The plane left Delhi. The Czechs sent their own": nothing told of Delhi."""
    return frame.rule.kind == Kind.EVACUATION and discourse.told is None and discourse.title_destination is not None


def _is_what_is_told_of(scene: Scene, discourse: Discourse, last: Spot, title: Spot) -> bool:
    """Whether the headline's place has been told of more than the last one, where those taken out may have landed."""
    told_of = discourse.told_of
    return scene.sentence > last.sentence and told_of[title.code] > max(1, told_of[last.code])


def _meant_by_here(
    scene: Scene, discourse: Discourse, elsewhere: Collection[str], score: float, here: Tag | None
) -> Iterable[Candidate]:
    """What "the country" or "there" means, or what goes without saying; nowhere of `elsewhere`."""
    known = [
        spot for spot in (discourse.destination, discourse.title_destination) if spot and spot.code not in elsewhere
    ]
    if here is None and len(known) == _LAST_AND_TITLE and _is_what_is_told_of(scene, discourse, *known):
        known = known[::-1]
    for rank, spot in enumerate(known):
        yield Candidate(score - 0.2 * rank, spot.code, spot.first, spot.last, BEFORE)
    topics = [code for code, _ in discourse.topics.most_common() if code not in elsewhere]
    if topics:
        first, last = discourse.topic_spans[topics[0]]
        yield Candidate(score - 0.5, topics[0], first, last, TOPIC)
    related = [code for code, _ in discourse.adjectives.most_common() if code not in elsewhere]
    if related:
        first, last = discourse.topic_spans[related[0]]
        yield Candidate(score - 1.4, related[0], first, last, "the country whose adjective the article uses")

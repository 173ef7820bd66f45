"""Offices, citizens and staff: whose they are and where they stand.

"the Russian Embassy in Damascus" is one head with owner RU and seat SY; "Britons in Lebanon" is one with
owner GB and seat LB; "the embassy" alone has neither and waits for the discourse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.detect.knowledge import BODIES
from advisor.detect.mentions import Mention
from advisor.detect.peoples import ACTS, alone, peoples
from advisor.detect.tags import Tag
from advisor.detect.text import Text, is_unspaced

CATEGORIES = frozenset({"office", "citizens", "staff"})
_GOING = frozenset({"leave", "evacuate", "withdraw"})
_HAILING = frozenset({"citizens", "travellers"})
_UNOWNED = frozenset({"citizens", "travellers", "folk"})
_PAUSES = frozenset(",;、，،")
_OWNER_REACH = 3.1  # tokens and punctuation between "Russian" and "embassy"
_OWN_REACH = 6.1  # between "Britain" and "its non-essential staff", which it has evacuated
_FROM_HOME = 3  # words from "tourists" to the country they come from
_MOVED = 3  # words between taking out and who is taken
_SEAT_REACH = 7.0
_NEIGHBOURS = 40  # tokens, characters where a word is no token: places farther away are no head's
_COMMAS = frozenset(",،")
_APOSTROPHES = frozenset("'’")
_NOUNS = CATEGORIES | {"others"}
_COMPANY_REACH = 2  # words between "company" and the adjective that is its own
_SPEAKING = frozenset({"government", "ministry", "leader"})
_COMPOUNDS = frozenset({"ours", "part", "plain", "families"})  # 우크라 자국민: a name before them says where


@dataclass(frozen=True, slots=True)
class Head:
    """A noun that a government or its people hide behind."""

    category: str  # office, citizens, staff
    value: str
    first: int
    last: int
    owner: Mention | None = None
    seat: Mention | None = None


def heads_of(
    text: Text,
    tags: Sequence[Tag],
    mentions: Sequence[Mention],
    owner_before: bool = False,
    adjective_after: bool = False,
) -> list[Head]:
    """Every office, audience and staff of the text; peoples ("Britons") and named offices are heads themselves.

    `owner_before`: the language puts whose it is before the noun only (Japanese, Korean, Turkish).
    `adjective_after`: an adjective behind the noun says whose it is (Romance and Semitic languages, Persian, Polish).
    """
    bare = [Head(tag.category, tag.value, tag.first, tag.last) for tag in tags if tag.category in CATEGORIES]
    covered = {(head.first, head.last) for head in bare}
    nouns = peoples(text, tags, mentions, adjective_after, owner_before)
    edges = {edge for tag in tags if tag.category in _NOUNS for edge in (tag.first, tag.last)}
    for mention in mentions:
        if (mention.first, mention.last) in covered:
            continue
        if id(mention) in nouns or (
            "people" in mention.roles and "name" not in mention.roles and alone(text, mention, edges)
        ):
            bare.append(Head("citizens", "people", mention.first, mention.last, owner=mention))
        elif "issuer" in mention.roles or mention.code in BODIES:
            bare.append(Head("office", "government", mention.first, mention.last, owner=mention))
    owns = {tag.last for tag in tags if tag.category == "own"}
    joiners = {token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)}
    possessed = {token for tag in tags if tag.category == "own" for token in range(tag.first, tag.last + 2)}
    acts = {token for tag in tags if tag.category in ACTS for token in range(tag.first, tag.last)}
    going = {token for tag in tags if tag.category in _GOING for token in range(tag.first, tag.last)}
    moved = {
        token
        for tag in tags
        if adjective_after and tag.category == "evacuate"
        for token in range(tag.first, tag.last + _MOVED)
    }  # "retirou 277 cidadãos da Ucrânia": out of there
    toward = {token for tag in tags if tag.category == "at" for token in range(tag.first, tag.last)}
    of_companies = _of_companies(tags, mentions)
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_sentence.setdefault(text.sentence_of[mention.first], []).append(mention)
    fellows: dict[int, list[Head]] = {}
    for head in bare:
        fellows.setdefault(text.sentence_of[head.first], []).append(head)
    heads = [
        _placed(
            text,
            head,
            fellows[text.sentence_of[head.first]],
            [
                _seen_from(head, mention, not owner_before and _is_own(head, possessed, moved), acts, toward)
                for mention in by_sentence.get(text.sentence_of[head.first], [])
                if abs(mention.first - head.first) <= _NEIGHBOURS
                if head.category == "office" or id(mention) not in of_companies
            ],
            acts,
            going,
            owner_before,
            adjective_after,
            owns,
            joiners,
        )
        for head in bare
    ]
    placed: dict[int, list[Head]] = {}
    for head in heads:
        placed.setdefault(text.sentence_of[head.first], []).append(head)
    completed = (_completed(head, placed[text.sentence_of[head.first]]) for head in heads)
    return sorted(completed, key=lambda head: head.first)


def _completed(head: Head, heads: Sequence[Head]) -> Head:
    """What a longer phrase of the same thing says, its part says too: "some U.S. diplomatic staff" and "staff"."""
    if head.owner is not None:
        return head
    for other in heads:
        owner = other.owner if other.category == head.category else None
        if owner and other.first <= min(head.first, owner.first) and max(head.last, owner.last) <= other.last:
            return replace(head, owner=owner, seat=head.seat or other.seat)
    return head


def _of_companies(tags: Sequence[Tag], mentions: Sequence[Mention]) -> set[int]:
    """Which mentions, by identity, say what a company is, not the staff: "شركة نفط فرنسية", "a US oil firm".

    Looked up by token: an article may name a thousand companies.
    """
    companies = [tag for tag in tags if tag.category == "others" and tag.value == "company"]
    begins = {tag.first for tag in companies}
    near = {at for tag in companies for at in range(tag.first - _COMPANY_REACH, tag.last + _COMPANY_REACH + 1)}

    def is_of_company(mention: Mention) -> bool:
        if "adjective" not in mention.roles:
            return "name" in mention.roles and mention.last in begins
        return not near.isdisjoint(range(mention.first, mention.last + 1))

    return {id(mention) for mention in mentions if is_of_company(mention)}


def _is_own(head: Head, possessed: set[int], moved: set[int]) -> bool:
    """Whether what "of" names behind the head is where they are, since whose they are is said or plain."""
    taken = head.category == "citizens" and head.first in moved
    owned = not possessed.isdisjoint(range(head.first, head.last))  # "las familias de sus diplomáticos" is one phrase
    return head.value in {"ours", "people"} or owned or taken


def _seen_from(head: Head, mention: Mention, own: bool, acts: set[int], toward: set[int]) -> Mention:
    """What "of" says where one word means both "of" and "from" (Romance languages)."""
    if mention.cue == "of" and not toward.isdisjoint(range(mention.last, head.first)):
        return replace(mention, cue="")  # "ordena salir de Bagdad al personal"
    if mention.first < head.last:
        return mention
    if own and mention.seat and mention.cue == "of":
        return replace(
            mention, cue="at"
        )  # "ses diplomates d'Ukraine": what is one's own is not Ukraine's; it stands there
    if not acts.isdisjoint(range(head.last, mention.first)):  # "el Gobierno ha evacuado de Siria"
        cue = "" if mention.cue == "of" else mention.cue
        return replace(mention, cue=cue, roles=mention.roles - {"adjective"})
    return mention


def _placed(
    text: Text,
    head: Head,
    heads: Sequence[Head],
    mentions: Sequence[Mention],
    acts: set[int],
    going: set[int],
    owner_before: bool,
    adjective_after: bool,
    owns: set[int],
    joiners: set[int],
) -> Head:
    if adjective_after and head.category == "staff":
        mentions = [_left_first(mention, head) for mention in mentions]
    possible = [mention for mention in mentions if mention.first < head.last] if owner_before else mentions
    if owner_before and head.value == "ours":
        acting = min((item.first for item in mentions if item.cue == "by"), default=head.first)
        possible = [it for it in possible if it.cue or it.first < acting or it.last >= head.first]
    own_staff = head.category == "staff" and head.first in owns
    part_of_staff = head.value == "part" and any(_is_plain_beside(other, head) for other in heads)
    owner = head.owner or _owner(text, head, heads, possible, adjective_after, joiners)
    owner = owner or _home(head, mentions, acts, going)
    if owner is None and (own_staff or part_of_staff):
        subject = _subject_of(text, head, mentions, acts, owner_before)
        if subject and (own_staff or subject.cue == "by" or "capital" in subject.flags):  # not "UK supermajor BP"
            owner = subject
    seat = _seat(text, head, heads, [mention for mention in mentions if mention is not owner], owner, acts)
    mission = any(other.value == "mission" and other.first == head.first for other in heads)  # also "embassy staff"
    if owner is not None and mission and (city := _city_between(mentions, owner, head)) is not None:
        owner, seat = None, city  # 파키스탄 라호르 영사관
    touches = owner is not None and mission and _named_right_before(owner, head)
    if owner is not None and touches and (state := _right_before(text, mentions, owner, owner_before)):
        owner, seat = state, owner  # "UK Libya embassy"
    elif owner is not None and touches:
        actor = next((item for item in mentions if _acts_on(item, owner, acts)), None)
        if actor is not None:  # "Britain cuts Niger embassy staff", "Spain reopens Kyiv embassy"
            owner, seat = actor, owner
    if owner is not None and owner.first in owns and owner.last == head.first and head.category != "citizens":
        owner, seat = None, owner  # "close their Yemeni embassies"
    told = seat is not None and not (owner_before and owner is not None and owner.last == head.first)
    by_form = owner is not None and (_is_seat_by_form(owner, head) or (owner_before and owner.roles == {"city"}))
    if owner is not None and not told and by_form and _stands_somewhere(owner, head):
        owner, seat = None, owner  # "the Damascus embassy": a city without a possessive is where it stands
    if owner is None and seat is not None and head.value in {"ministry", "government"} and _is_beside(text, seat, head):
        owner, seat = seat, None  # "the foreign ministry in Washington"
    if owner is not None and head.value == "abroad" and _named_right_before(owner, head):
        actor = next((item for item in mentions if _acts_before(item, owner, acts)), None)
        if actor is not None:  # 意大利专机接回尼日尔侨民
            owner, seat = actor, owner
    compound = owner is not None and (mission or head.value in _COMPOUNDS) and "name" in owner.roles
    if owner_before and owner is not None and compound and not owner.cue:
        actors = [
            item for item in mentions if item.cue == "by" and item.last <= owner.first and item.code != owner.code
        ]
        at_home = {item.code for item in mentions if "city" in item.roles}  # 米、ヒューストンの中国総領事館閉鎖を命令
        if actors and owner.last == head.first and actors[-1].code not in at_home:
            owner, seat = actors[-1], owner  # 米、ニジェール大使館を閉鎖
    return Head(head.category, head.value, head.first, head.last, owner, seat)


def _left_first(mention: Mention, head: Head) -> Mention:
    """ "La salida de Haití de personal": in Romance languages whose staff they are stands behind them."""
    left = mention.cue == "of" and mention.last < head.first and "name" in mention.roles
    return replace(mention, cue="at") if left else mention


def _stands_somewhere(owner: Mention, head: Head) -> bool:
    """ "The Damascus embassy", "Abuja staff": a city says where they are, not whose."""
    return head.value == "mission" or (head.category == "staff" and owner.last == head.first)


def _city_between(mentions: Sequence[Mention], owner: Mention, head: Head) -> Mention | None:
    """A city of the supposed owner beside its name: the country is said for the city's sake."""
    if "name" not in owner.roles or owner.cue:
        return None
    cities = (item for item in mentions if item.code == owner.code and "city" in item.roles)
    return next((item for item in cities if owner.last <= item.first < head.first), None)


def _named_right_before(mention: Mention, head: Head) -> bool:
    """A name, no adjective and no possessive, touches the head from the left."""
    return mention.last == head.first and not mention.cue and "adjective" not in mention.roles and mention.seat


def _right_before(text: Text, mentions: Sequence[Mention], place: Mention, owner_before: bool) -> Mention | None:
    """Another country whose name touches a place from the left, in no list with it."""
    cues = {"", "by"} if owner_before else {"", "by", "at"}  # 주이란 인도 대사관: at Iran, whose is India's

    def possesses(item: Mention) -> bool:
        """ "Fransa'nın Nijer Büyükelçiliği": an ending stands between, which says no more than whose it is."""
        ending = owner_before and item.cue == "of" and item.last + 1 == place.first
        return ending and text.between(item.last - 1, item.last) in _APOSTROPHES

    return next(
        (
            item
            for item in mentions
            if (possesses(item) or (item.last == place.first and item.cue in cues))
            and item.code != place.code and item.group != place.group
            and "city" not in item.roles and not text.parted(place.first)
        ),
        None,
    )  # fmt: skip


def _acts_on(subject: Mention, place: Mention, acts: set[int]) -> bool:
    between = range(subject.last, place.first)
    return subject.seat and not subject.cue and 0 < len(between) <= 3 and not acts.isdisjoint(between)


def _acts_before(subject: Mention, place: Mention, acts: set[int]) -> bool:
    """Whether another country, and the verb of an act behind it, stand before the place."""
    between = range(subject.last, place.first)
    other = subject.code != place.code and not subject.cue and bool(subject.roles & {"name", "leader"})
    return other and not acts.isdisjoint(between)


def _is_seat_by_form(mention: Mention, head: Head) -> bool:
    metonym = mention.cue == "of" and "capital" in mention.flags  # "Moscow's embassy", but "Shanghai's consulate"
    return "city" in mention.roles and not metonym and mention.last <= head.first


def _is_beside(text: Text, mention: Mention, head: Head) -> bool:
    """ "The foreign ministry in Washington", "in Riga the foreign ministry", but not 外交部將利馬旅遊警示."""
    before = mention.cue == "at" and mention.last <= head.first <= mention.last + 1
    apart = 0 if is_unspaced(text.tokens[mention.first]) else 1
    return "capital" in mention.flags and (before or head.last <= mention.first <= head.last + apart)


def _between(mention: Mention, head: Head) -> range:
    return range(mention.last, head.first) if mention.last <= head.first else range(head.last, mention.first)


def _clear(mention: Mention, head: Head, heads: Sequence[Head]) -> bool:
    """No other head stands between; "Russian citizens and the embassy" gives the embassy no owner."""
    between = _between(mention, head)
    return not any(other.first in between for other in heads if other is not head and other.owner is not mention)


def _parted(text: Text, mention: Mention, head: Head, mentions: Sequence[Mention]) -> bool:
    """Whether a comma closes what the mention belongs to before the head comes."""
    if any(item.group == mention.group and mention.first < item.first <= head.first for item in mentions):
        return False
    return not _COMMAS.isdisjoint(text.between(mention.last - 1, mention.last))


def _parted_by_space(text: Text, mention: Mention, head: Head) -> bool:
    """Whether the space of a headline in a script without spaces stands between."""
    if not text.sentences[text.sentence_of[head.first]].title or not is_unspaced(text.tokens[head.first]):
        return False
    return any(text.between(token - 1, token).isspace() for token in range(mention.last, head.first + 1))


def _joined_only(mention: Mention, head: Head, mentions: Sequence[Mention], joiners: set[int]) -> bool:
    """Whether "and" leads from the mention's words over to the head's, and nothing of its list stands behind it."""
    if not mention.seat or any(item.group == mention.group and item.first > mention.first for item in mentions):
        return False
    return not joiners.isdisjoint(range(mention.last, head.first))


def _longer_by_a_city(text: Text, mention: Mention, head: Head, mentions: Sequence[Mention]) -> int:
    """ "Almanya'nın Tel Aviv Büyükelçiliği", "its Port Sudan embassy": a city of two words parts no more than one."""
    if is_unspaced(text.tokens[head.first]):
        return 0  # ロシアの侵攻に備えキーウの大使館: every character is a token
    cities = [item for item in mentions if "city" in item.roles and mention.last <= item.first]
    return max((item.last - item.first - 1 for item in cities if item.last <= head.first), default=0)


def _owner(
    text: Text,
    head: Head,
    heads: Sequence[Head],
    mentions: Sequence[Mention],
    adjective_after: bool,
    joiners: set[int],
) -> Mention | None:
    ranked = []
    for mention in mentions:
        if mention.first < head.last and head.first < mention.last:
            if (mention.cue != "at" or mention.roles & {"people", "adjective"}) and "city" not in mention.roles:
                ranked.append((-1.0, mention))  # inside: "some U.S. diplomatic staff"
            continue
        before = mention.last <= head.first
        near, far = (mention.last - 1, head.first) if before else (head.last - 1, mention.first)
        distance = text.distance(near, far) - 1 - _longer_by_a_city(text, mention, head, mentions)
        if head.value == "ours" and mention.roles <= {"city", "region"}:
            continue  # whose "our people" are no city says
        if distance > _OWNER_REACH or not _clear(mention, head, heads):
            continue
        if head.category == "staff" and "city" in mention.roles and mention.last != head.first:
            continue  # "families of Abuja staff": where they are
        if "city" in mention.roles and any(_leads_to(other, mention) for other in mentions):
            continue  # 驻黎巴嫩首都贝鲁特的大使馆: where it stands
        compound = not adjective_after and (
            head.value in _SPEAKING or (head.value == "mission" and _is_compound(text, mention, head))
        )
        touching = before and distance <= 0.1 and compound and "name" in mention.roles
        if touching and head.value == "leader" and mention.cue == "at" and is_unspaced(text.tokens[mention.first]):
            continue  # 驻海地大使: where the ambassador is
        if touching and mention.cue == "at" and any(_stands_in(other, mention) for other in heads):
            continue  # "Finom w Libanie ministerstwo radzi": where the Finns are
        if mention.cue == "with":
            continue  # "the border with Iraq": a neighbour owns nothing here
        if before and mention.seat and head.category in {"staff", "office"} and _parted(text, mention, head, mentions):
            continue  # "in Adana, southern Turkey, and their families"
        if before and mention.seat and head.category == "citizens" and _parted_by_space(text, mention, head):
            continue  # 美重申委內瑞拉警示 籲公民離境
        if before and head.value in _UNOWNED and _joined_only(mention, head, mentions, joiners):
            continue  # "not to travel to Syria's north and those already there to leave"
        if mention.cue in {"at", "by"} and not (touching or (before and "adjective" in mention.roles)):
            continue  # but "to American diplomats", "updates to U.S. government employees"
        if before:
            if "adjective" in mention.roles or mention.cue == "of":
                ranked.append((distance, mention))
            elif mention.roles & {"name", "issuer", "people"} or (mention.seat and distance <= 1):
                city = mention.roles & {"city", "region"} and not mention.roles & {"name"} and head.value == "mission"
                ranked.append((distance + (2.5 if city else 0.5 if mention.seat else 0), mention))
        elif mention.cue == "of" or (adjective_after and "adjective" in mention.roles):
            ranked.append((distance + 0.2, mention))
        elif distance <= 0.6 and "name" in mention.roles and _PAUSES.isdisjoint(text.between(near, far)):
            ranked.append((distance + 0.6, mention))  # "посольство России", "سفارة روسيا"
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def _home(head: Head, mentions: Sequence[Mention], acts: set[int], going: set[int]) -> Mention | None:
    """ "Tourists from Slovakia were flown out of Niger": where they come from says whose they are.

    Only where the sentence names another place that is left, and no country that acts before them: "Slovakia flies
    tourists from Niger" tells where they are.
    """
    if head.category != "citizens" or head.value not in _HAILING:
        return None
    home = next((item for item in mentions if 0 < item.first - head.last <= _FROM_HOME and item.way == "from"), None)
    if home is None or "name" not in home.roles or not acts.isdisjoint(range(head.last, home.first)):
        return None
    if any(not item.cue and item.acts and item.last <= head.first for item in mentions):
        return None

    def is_left(place: Mention) -> bool:
        if not place.seat or place.code == home.code or place.group == home.group or place.way == "to":
            return False
        if place.cue == "at" and place.first == home.last + 1:
            return True  # "Touristen aus der Slowakei in Niger"
        if place.way == "from":
            between = range(home.last, place.first) if home.last <= place.first else range(place.last, head.first)
            return not going.isdisjoint(between)
        behind = home.last <= place.first and place.cue in {"", "at"}
        return behind and not going.isdisjoint({place.first - 1, place.last})

    return home if any(map(is_left, mentions)) else None


def _is_plain_beside(other: Head, head: Head) -> bool:
    """ "non-essential staff", "موظفيها غير الأساسيين": a part of staff that is called so."""
    return other.value == "plain" and other.first <= head.last and head.first <= other.last


def _subject_of(text: Text, head: Head, mentions: Sequence[Mention], acts: set[int], verb_last: bool) -> Mention | None:
    """ "Britain has evacuated its non-essential staff": the country that acts, with nothing but its verb between."""
    before = [
        item
        for item in mentions
        if item.last <= head.first
        and (item.cue == "by" if verb_last else not acts.isdisjoint(range(item.last, head.first)))
    ]
    subject = before[-1] if before else None
    capital = subject is not None and "capital" in subject.flags  # "Washington on Saturday ordered its staff out"
    if subject is None or (subject.cue and not verb_last) or not (capital or "name" in subject.roles):
        return None
    return subject if text.distance(subject.last - 1, head.first) - 1 <= _OWN_REACH else None


def _stands_in(other: Head, place: Mention) -> bool:
    """Whether the people of another country stand right before the place: "to Finns in Lebanon"."""
    foreign = other.category == "citizens" and other.owner is not None and other.owner.code != place.code
    return foreign and 0 <= place.first - other.last <= 1


def _leads_to(country: Mention, city: Mention) -> bool:
    """ "In Lebanon's capital Beirut": the country before its city says that it is a place."""
    return country.code == city.code and country.cue == "at" and 0 <= city.first - country.last <= 2


def _is_compound(text: Text, mention: Mention, head: Head) -> bool:
    """ "To US embassy": a name and its noun, as English puts them; nobody is at the US."""
    return text.tokens[mention.first].isascii() and text.between(mention.last - 1, head.first) == " "


def _seat(
    text: Text,
    head: Head,
    heads: Sequence[Head],
    mentions: Sequence[Mention],
    owner: Mention | None,
    acts: set[int],
) -> Mention | None:
    ranked = []
    for mention in mentions:
        if (
            not mention.seat
            or mention.cue == "by"
            or mention.way == "to"
            or (owner is not None and (mention.code == owner.code or mention.group == owner.group))
        ):
            continue  # what is listed with the owner owns missions as well
        if head.first <= mention.first and mention.last <= head.last:
            return mention  # "part of its Kabul embassy staff"
        before = mention.last <= head.first
        if before and mention.cue != "at" and not acts.isdisjoint(range(mention.last, head.first)):
            continue  # "Spain reopens Kyiv embassy": who acts is not where
        near, far = (mention.last - 1, head.first) if before else (head.last - 1, mention.first)
        distance = text.distance(near, far) - 1
        if mention.cue == "at" and not before and distance <= _SEAT_REACH and _clear(mention, head, heads):
            ranked.append((distance, mention))
        elif before and distance <= (
            2.1 if mention.cue == "at" else 0.6 if owner is not None else 0.1 if "city" in mention.roles else -1
        ):
            ranked.append((distance + 0.5, mention))
        elif (
            _stands_right_behind(text, near, far)
            and not before
            and owner is not None
            and (head.category == "office" or _is_ezafe(text, head))
        ):
            ranked.append((distance + 1.0, mention))
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def _is_ezafe(text: Text, head: Head) -> bool:
    """ "چینی‌های میانمار": a Persian plural, written with the vowel that binds it to where they are."""
    return head.value == "people" and text.tokens[head.last - 1].endswith(("های", "هاي"))


def _stands_right_behind(text: Text, near: int, far: int) -> bool:
    """Whether nothing stands between, not even the comma after which something new begins."""
    return text.distance(near, far) <= 1.6 and _PAUSES.isdisjoint(text.between(near, far))

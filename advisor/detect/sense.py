"""Words that mean something else where they stand: tags that their neighbours take back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_SCALE = {"no_travel", "no_essential_travel", "repatriation"}
_BOTH_REPATRIATIONS = {"repatriation/voluntary", "repatriation/mandatory"}
_EXPLAINED = _SCALE | {"leave", "withdraw", "evacuate"}  # what a sentence about a scale does not call for
_LEVELS = frozenset({"no_travel", "no_essential_travel"})
_NO_PART = {
    "no_travel": {"lift"},
    "no_essential_travel": {"lift"},
    "via": {"here"},
    "shelter": {"no_travel"},  # "advises against going out" is no "against going"
    "staff": {"not", "others", "citizens"},  # "staff not needed", "diplomatic team"
    "now": {"urge", "consider"},  # "как можно скорее" is no "можно"
    "notice": {"speculate"},  # "said it would" announces
    "consider": {"speculate"},  # "may consider leaving" is advice
}  # what no word of such a phrase is
_COUNTING = frozenset({"counted", "landed"})
_ABOARD = 3  # tokens from "a plane took off with" to who is aboard; who "returned home from" stands right before
_STAFF_BEFORE = 10  # tokens
_FROM_THERE = 6  # tokens of the place that stands between who takes people out and the verb
_BESIDE_CITIZENS = 3  # tokens between citizens and their families
_LEFT = frozenset({"here", "region", "area", "unnamed"})  # what people leave, besides named places
_BESIDE_LEAVING = frozenset({"after_leaving", "now", "means", "cause", "while", "at", "from", "deadline", "say"})
_PLACE_REACH = 8  # tokens from the verb to the place: "leave the troubled West African nation"


def meant(text: Text, tags: list[Tag], verb_last: bool) -> list[Tag]:
    """The tags that mean what their words say."""
    tags = _without_former_levels(without_families_of_citizens(text, tags), verb_last)
    tags = _without_holiday_flights(_without_uncounted(text, tags))
    tags = _without_scales(text, _without_parts(_without_expelled_staff(tags)))
    tags = _without_rescuers(_without_implied_audience(text, tags))
    return _without_counts(text, _without_raising(tags))


def without_families_of_citizens(text: Text, tags: list[Tag]) -> list[Tag]:
    """ "Citizens and their families" are no staff, unless the sentence tells of staff as well."""
    families = {(tag.first, tag.last) for tag in tags if tag[:2] == ("staff", "families")}
    others = (tag for tag in tags if tag.category == "staff" and (tag.first, tag.last) not in families)
    staffed = {text.sentence_of[tag.first] for tag in others}
    ends = sorted(tag.last for tag in tags if tag.category == "citizens")

    def of_citizens(tag: Tag) -> bool:
        if tag.category != "staff" or text.sentence_of[tag.first] in staffed:
            return False
        before = bisect_right(ends, tag.first)
        return before > 0 and tag.first - ends[before - 1] <= _BESIDE_CITIZENS

    return [tag for tag in tags if not of_citizens(tag)]


def _without_uncounted(text: Text, tags: list[Tag]) -> list[Tag]:
    """ "Flew 388 people to Djibouti": such a phrase tells of people taken out only where it counts them."""
    if not any(tag.category == "evacuate" and tag.value in _COUNTING for tag in tags):
        return tags
    words = {token for tag in tags if tag.category == "count" for token in range(tag.first, tag.last)}

    def counts(tag: Tag) -> bool:
        return any(text.tokens[token][0].isdigit() or token in words for token in range(tag.first, tag.last))

    return [tag for tag in tags if tag.value not in _COUNTING or tag.category != "evacuate" or counts(tag)]


def _without_holiday_flights(tags: list[Tag]) -> list[Tag]:
    """ "A plane with tourists from Turkey landed" is any day's flight; with citizens or students, an evacuation."""
    flights = [tag for tag in tags if tag[:2] == ("evacuate", "aboard")]
    if not flights:
        return tags
    students = {tag.first for tag in tags if tag[:2] == ("audience", "students")}
    tourists = {tag.first for tag in tags if tag[:2] == ("citizens", "travellers")} - students
    idle = {tag for tag in flights if not tourists.isdisjoint(range(tag.first - 1, tag.last + _ABOARD))}
    return [tag for tag in tags if tag not in idle]


def _without_expelled_staff(tags: list[Tag]) -> list[Tag]:
    """ "Orders its non-essential diplomats to leave": no host tells apart who is needed when it throws people out."""
    kept = [tag for tag in tags if tag[:2] == ("audience", "non-emergency staff")]
    families = [tag for tag in tags if tag[:2] == ("staff", "families")]

    def is_own(tag: Tag) -> bool:
        told_apart = any(tag.first <= it.first and it.last <= tag.last for it in kept)
        of_families = any(it.first < tag.first < it.last for it in families)  # "families of diplomats must leave"
        return tag.category == "expel" and (told_apart or of_families)

    return [tag for tag in tags if not is_own(tag)] if kept or families else tags


def _without_former_levels(tags: list[Tag], verb_last: bool) -> list[Tag]:
    """ "Raised from level 3 to level 4": only the new level is advice."""
    former = [tag for tag in tags if tag.category == "former"]
    if not former:
        return tags

    def is_former(tag: Tag) -> bool:
        if tag.category not in _EXPLAINED:
            return False
        beside = {it.first for it in former} if verb_last else {it.last for it in former}
        if any(it.first <= tag.first and tag.last <= it.last for it in former):
            return True
        if tag.category not in _LEVELS:
            return False
        over = any(it.first < tag.last and tag.first < it.last for it in former)
        return over or (tag.last if verb_last else tag.first) in beside

    return [tag for tag in tags if not is_former(tag)]


def _without_parts(tags: list[Tag]) -> list[Tag]:
    """ "Cancel their trips" lifts nothing, "through the territory of Jordan" is not "there": words of a phrase."""
    wholes = [tag for tag in tags if tag.category in _NO_PART]
    parts = {category for whole in wholes for category in _NO_PART[whole.category]}
    nots = {tag.first for tag in tags if tag.category == "not"}

    def is_part(tag: Tag) -> bool:
        if tag.category == "lift" and not nots.isdisjoint(range(tag.first, tag.last)):
            return False  # "avråder inte längre från resor"
        return tag.category in parts and any(
            tag.category in _NO_PART[whole.category]
            and whole.first <= tag.first
            and tag.last <= whole.last
            and tag.last - tag.first < whole.last - whole.first
            for whole in wholes
        )

    return [tag for tag in tags if not is_part(tag)]


def _without_scales(text: Text, tags: list[Tag]) -> list[Tag]:
    """A sentence that goes through all levels ("restraint, advice to leave, ban") explains them and calls nobody."""
    levels: dict[int, set[str]] = {}
    for tag in tags:
        if tag.category in _SCALE:
            found = levels.setdefault(text.sentence_of[tag.first], set())
            found.update({tag.category, f"{tag.category}/{tag.value}"})
    explained = {sentence for sentence, found in levels.items() if found >= _SCALE or found >= _BOTH_REPATRIATIONS}
    return [tag for tag in tags if tag.category not in _EXPLAINED or text.sentence_of[tag.first] not in explained]


def _without_implied_audience(text: Text, tags: list[Tag]) -> list[Tag]:
    """ "退避を勧告" implies citizens as its audience, unless the sentence says before that staff are told."""
    spans = [(tag.first, tag.last) for tag in tags if tag[:2] == ("staff", "diplomatic")]
    acts = {(tag.first, text.sentence_of[tag.first]) for tag in tags if tag.category == "leave"}
    staff = {(text.sentence_of[tag.first], tag.first) for tag in tags if tag.category == "staff"}

    def is_implied(tag: Tag) -> bool:
        sentence = text.sentence_of[tag.first]
        if tag.category == "citizens" and any(first < tag.first < last for first, last in spans):
            return True  # the "workers in" of "embassy workers in Yemen"
        if tag.category != "citizens" or not any(tag.first <= first < tag.last for first, at in acts if at == sentence):
            return False
        return any(at == sentence and 0 < tag.first - first <= _STAFF_BEFORE for at, first in staff)

    return [tag for tag in tags if not is_implied(tag)]


def _without_rescuers(tags: list[Tag]) -> list[Tag]:
    """ "Special forces evacuated the embassy's staff": soldiers right before the verb take people out."""
    acts = {tag.first for tag in tags if tag.category == "evacuate"}
    helping = {tag.first: tag.last for tag in tags if tag.category == "at" or tag[:2] == ("notice", "done")}
    leading = {tag.first for tag in tags if tag.category == "from"}
    flown = {token for tag in tags if tag.category == "means" for token in range(tag.first, tag.last)}

    def rescues(tag: Tag) -> bool:
        if tag[:2] != ("others", "military"):
            return False
        if tag.first in flown and tag.last - 1 in flown:
            return True  # "вивезла військовим літаком громадянку"
        from_there = tag.last in leading and any(0 < act - tag.last <= _FROM_THERE for act in acts)  # 军方从苏丹撤离了
        return tag.last in acts or helping.get(tag.last, -1) in acts or from_there

    return [tag for tag in tags if not rescues(tag)]


def _without_raising(tags: list[Tag]) -> list[Tag]:
    """ "رفع درجة التحذير": a verb that lifts and raises lifts no level that stands right behind it."""
    levels = {tag.first for tag in tags if tag.category == "raised"}
    raising = [tag for tag in tags if tag.category == "raised"]  # "lifted its warning to level 3"

    def raises(tag: Tag) -> bool:
        return tag.last in levels or any(it.first <= tag.first and tag.last <= it.last for it in raising)

    return [tag for tag in tags if tag.category != "lift" or not raises(tag)]


def _without_counts(text: Text, tags: list[Tag]) -> list[Tag]:
    """ "21 countries" are not "the country": a number before it counts."""
    return [tag for tag in tags if tag.category != "here" or not tag.first or not text.tokens[tag.first - 1].isdigit()]


def _with_families(text: Text, tags: list[Tag], edges: set[int]) -> list[Tag]:
    """ "Planes bring French families back": families are a nation's own, where no mission or its staff is spoken of."""
    spoken = {
        text.sentence_of[tag.first]
        for tag in tags
        if tag[:2] == ("office", "mission") or (tag.category == "staff" and tag.value != "families")
    }
    flown = {text.sentence_of[tag.first] for tag in tags if tag.category == "evacuate"} - spoken

    def is_nation(tag: Tag) -> bool:
        beside = tag.first in edges or -tag.last in edges
        return tag[:2] == ("staff", "families") and beside and text.sentence_of[tag.first] in flown

    return [tag._replace(category="citizens", value="folk") if is_nation(tag) else tag for tag in tags]


def without_strangers(text: Text, tags: list[Tag], mentions: Sequence[Mention]) -> list[Tag]:
    """ "Irish workers" are citizens, "workers" may be anybody's: such words count beside a nationality only."""
    if not any(tag[:2] in {("citizens", "folk"), ("staff", "families")} for tag in tags):
        return tags
    nations = [item for item in mentions if item.roles & {"adjective", "people"}]
    edges = {item.last for item in nations} | {-item.first for item in nations}
    tags = _with_families(text, tags, edges)

    def is_strange(tag: Tag) -> bool:
        return tag[:2] == ("citizens", "folk") and tag.first not in edges and -tag.last not in edges

    return [tag for tag in tags if not is_strange(tag)]


def without_staff_as_citizens(text: Text, tags: list[Tag], mentions: Sequence[Mention]) -> list[Tag]:
    """ "הדיפלומטים הישראלים": a word for people that is an adjective, too, says whose the diplomats before it are.

    What is part of a country's name is no staff either.
    """
    named = {token for item in mentions if "name" in item.roles for token in range(item.first + 1, item.last)}
    tags = [tag for tag in tags if tag.category != "staff" or tag.first not in named]  # "Сполучені Штати"
    staff = {tag.last for tag in tags if tag[:2] == ("staff", "diplomatic")}
    begins = {item.first for item in mentions if "adjective" in item.roles and item.first in staff}
    own = {first for first in begins if text.between(first - 1, first) == " "}
    return [tag for tag in tags if tag.category != "citizens" or tag.first not in own] if own else tags


def without_things_left(text: Text, tags: list[Tag], mentions: Sequence[Mention]) -> list[Tag]:
    """ "Leave bags at home" calls nobody out: in languages where one verb does both, what follows it tells.

    A lexicon that lists such verbs (`parts_with`) lists what may follow them in a call, too (`after_leaving`).
    """
    verbs = {tag.last for tag in tags if tag.category == "parts_with"}
    if not verbs:
        return tags
    beside = {tag.first for tag in tags if tag.category in _BESIDE_LEAVING}
    ends = {tag.first for tag in tags if tag.category in {"at", "from", "by"}}  # "leave bags at the embassy in Mali"
    near = {tag.first for tag in tags if tag.category in _LEFT or tag[:2] == ("office", "mission")}
    near |= {item.first for item in mentions}

    def leaves_a_thing(tag: Tag) -> bool:
        behind = tag.last
        if tag.category != "leave" or behind not in verbs or behind >= len(text.tokens):
            return False
        if text.sentence_of[behind] != text.sentence_of[tag.first] or text.between(behind - 1, behind).strip():
            return False  # a mark ends the clause
        if behind in beside:
            return False
        until = next((token for token in range(behind, behind + _PLACE_REACH) if token in ends), behind + _PLACE_REACH)
        return near.isdisjoint(range(behind, until))

    return [tag for tag in tags if not leaves_a_thing(tag)]

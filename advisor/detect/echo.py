"""Who does "the same": acts that a text tells once and then only points at ("Britain followed suit").

The pointing word stands for the acts bound last; who is named beside it speaks, about the same place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from advisor.detect.binding import Binding
from advisor.detect.frames import Frame, separation
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention
from advisor.detect.scene import Candidate, Scene, is_gapped, opens, opens_clause
from advisor.detect.tags import Tag
from advisor.detect.text import is_unspaced
from advisor.model import Kind

Bound = tuple[Frame, Binding]

_REACH = 7.0  # of the one who does the same
_AGE = 2  # sentences between the act and the word that points at it
_SCORE = 5.0
_CALLS = frozenset({Kind.LEAVE, Kind.DO_NOT_TRAVEL, Kind.RECONSIDER_TRAVEL, Kind.SHELTER})  # "similar advice" is one
_DEEDS = frozenset({Kind.EVACUATION, Kind.MISSION_CLOSURE, Kind.EASING})
_APPEALS = frozenset({"urge"})
_SAID = ("urge", "advice")
_UNDOING = frozenset({"not", "deny", "speculate", "stays"})
_UNDONE_WITHIN = 4.0
_MISSION = frozenset({Kind.MISSION_CLOSURE, Kind.STAFF_DEPARTURE})
_WITH_ITS_MISSION = 3  # words between "the same" and "its embassy"
_TIME = 4  # words that say when
_POINTING = frozenset({"same", "same_call", "follows"})
_CALL_AGE = 5  # sentences between a call and "a similar call"
_FOLLOWS = 2  # words between a country and "followed"
_OPENING = 4  # words before the owner of what opens a sentence
_FROM_WHOM = 6.0  # from "a similar call" to "from Ottawa"
_OWN = frozenset(
    {"urge", "say", "leave", "evacuate", "withdraw", "close", "reopen", "lift", "no_travel", "no_essential_travel"}
    | {"citizens", "office", "staff", "shelter", "not", "deny", "speculate", "such_as", "others", "departure"}
)  # what a clause of its own would hold


def echoes(scene: Scene, bound: Sequence[Bound], own_acts: bool) -> Iterator[Bound]:
    """The acts of `bound`, the latest last, that others named in this sentence do too.

    `own_acts`: the sentence tells of acts itself; then "likewise" only leads over to them.
    """
    last: list[Bound] = []
    for tag in scene.tags:
        if any("," in scene.text.between(token - 1, token) for token in range(tag.first + 1, tag.last)):
            continue  # a comma ends what points
        if tag.category not in _POINTING or any(_undoes(scene, other, tag) for other in scene.tags):
            continue
        if tag.category == "same" and any(_overlap(tag, call) for call in scene.of("same_call")):
            continue  # "un appel identique": of the call alone
        words = _words(scene, tag)
        if words or not last:  # "a like call came from Oslo, and Bern followed suit"
            last = _meant(scene, bound, tag, words, own_acts) or last
        told = last
        known = {item.code for _, binding in told for item in (*binding.issuers, *binding.destinations)}
        known |= {
            it.code
            for frame, own in bound
            if frame.sentence == scene.sentence and not _goes_on_with(scene, tag, frame, told)
            for it in own.issuers
        }
        speakers = tuple(
            Candidate(_SCORE, mention.code, mention.first, mention.last, "does the same", mention)
            for mention in _beside(scene, tag) or (_from_whom(scene, tag) if words else ())
            if mention.code not in known
        )
        kinds = set()
        for frame, binding in told if speakers else ():
            if frame.rule.kind not in kinds:
                kinds.add(frame.rule.kind)
                again = replace(frame, act=tag, filled={}, sentence=scene.sentence, rung=None)
                yield again, Binding(speakers, binding.destinations)


def _overlap(one: Tag, other: Tag) -> bool:
    return one.first < other.last and other.first < one.last


def _of_mission(scene: Scene, tag: Tag) -> bool:
    """ "Italy did the same with its embassy": the act is one that missions undergo."""
    heads = (head for head in scene.heads if head.value == "mission" and head.first >= tag.last)
    own = {edge for word in scene.of("own", "theirs") for edge in (word.first, word.last)}
    return any(
        not own.isdisjoint({head.first, head.last}) and head.first - tag.last <= _WITH_ITS_MISSION for head in heads
    )


def _goes_on_with(scene: Scene, tag: Tag, frame: Frame, told: Sequence[Bound]) -> bool:
    """ "Britain took the same step and told its people to stay in": "and" leads over to an act of another kind."""
    joined = any(tag.last <= word.first and word.last <= frame.act.first for word in scene.of("and"))
    return joined and frame.rule.kind not in {item.rule.kind for item, _ in told}


def gapped(scene: Scene, bound: Sequence[Bound]) -> Iterator[Bound]:
    """ "Denmark reopened its embassy on Monday, the Netherlands on 29 April": who does the same without the verb."""
    here = [item for item in bound if item[0].sentence == scene.sentence]
    if scene.manners.verb_last or not here:
        return
    frame, binding = here[-1]
    first = binding.issuers[0].mention
    named = first is not None and first.cue in {"", "by", "of"} and first.last <= frame.act.first
    known = {item.code for _, own in here for item in (*own.issuers, *own.destinations)}
    busy = [tag for tag in scene.tags if tag.category in _OWN]
    flown = frame.act.category == "evacuate"
    speakers = tuple(
        Candidate(_SCORE, mention.code, mention.first, mention.last, "does the same", mention)
        for mention in scene.mentions
        if named and mention.first >= frame.act.last and mention.code not in known
        and (_stands_for_clause(scene, mention, busy) or (flown and is_gapped(scene, mention)))
    )  # fmt: skip
    if speakers:
        yield replace(frame, filled={}, rung=None), Binding(speakers, binding.destinations)


def _stands_for_clause(scene: Scene, mention: Mention, busy: Sequence[Tag]) -> bool:
    """A country that opens what stands between two commas, where nothing but a time follows."""
    text, last = scene.text, scene.text.sentences[scene.sentence].last
    if "name" not in mention.roles or mention.cue or mention.last >= last or is_unspaced(text.tokens[mention.first]):
        return False
    articles = {tag.first for tag in scene.of("article", "the")}
    begins = mention.first - 1 if mention.first - 1 in articles else mention.first
    if "," not in text.between(begins - 1, begins) or "-" in text.between(mention.last - 1, mention.last):
        return False  # "die US-Interessen"
    end = mention.last
    while end < last and not {",", ";", ":"} & set(text.between(end - 1, end)) and end - mention.last <= _TIME:
        end += 1
    within = range(mention.first, end)
    others = any(item is not mention and item.first in within for item in scene.mentions)
    return 0 < end - mention.last <= _TIME and not others and not any(tag.first in within for tag in busy)


def _undoes(scene: Scene, other: Tag, tag: Tag) -> bool:
    return other.category in _UNDOING and separation(scene.text, other, tag) <= _UNDONE_WITHIN


def _words(scene: Scene, tag: Tag) -> frozenset[str]:
    """What kinds of words a pointing phrase names: "similar appeals", "the same warning"; "the same step" is none."""
    if tag.category == "same_call":
        return _APPEALS
    within = (other for other in scene.of(*_SAID) if tag.first <= other.first and other.last <= tag.last)
    return frozenset("urge" if other.value == "urge" else "advice" for other in within)


def _meant(scene: Scene, bound: Sequence[Bound], tag: Tag, words: frozenset[str], own_acts: bool) -> list[Bound]:
    """The acts that the tag stands for: appeals are calls to leave, warnings are said; no embassy that has moved."""
    if not words and not own_acts and _of_mission(scene, tag):
        return _last_of(scene, bound, _MISSION)
    if not words:
        return _told_last(scene, bound, tag, own_acts)
    calls = [item for item in bound if item[0].rule.kind in _CALLS]
    if here := [it for it in calls if it[0].sentence == scene.sentence and it[0].act.last <= tag.first]:
        return here[-1:]
    told: list[Bound] = []
    if words >= _APPEALS:
        told = _told_last(scene, [item for item in bound if item[0].rule.kind == Kind.LEAVE], tag, False)
        told = told or ([] if own_acts else _last_of(scene, bound, frozenset({Kind.LEAVE})))
    told = told or _told_last(scene, calls, tag, False)
    return told or _told_last(scene, [item for item in bound if item[0].rule.kind not in _DEEDS], tag, own_acts)


def _told_last(scene: Scene, bound: Sequence[Bound], tag: Tag, own_acts: bool) -> list[Bound]:
    """The act of this sentence before the tag, else right behind it, else those of the last sentence that had some."""
    here = [item for item in bound if item[0].sentence == scene.sentence]
    before = [item for item in here if item[0].act.last <= tag.first]
    if before:
        return before[-1:]
    over = (item for item in here if _leads_over(scene, tag, item[0].act))
    if behind := [item for item in over if not _goes_on_with(scene, tag, item[0], ())]:
        return behind[:1]  # "joined the US in urging its citizens to leave"
    if own_acts:
        return []
    earlier = max((frame.sentence for frame, _ in bound if frame.sentence < scene.sentence), default=-_AGE - 1)
    if scene.sentence - earlier > _AGE:
        return []
    return [item for item in bound if item[0].sentence == earlier]


def _leads_over(scene: Scene, tag: Tag, act: Tag) -> bool:
    """Whether one clause holds both, the tag first."""
    within = (scene.text.between(token - 1, token) for token in range(tag.last, act.first + 1))
    return separation(scene.text, tag, act) <= _REACH and not any("," in mark or "،" in mark for mark in within)


def _last_of(scene: Scene, bound: Sequence[Bound], kinds: Collection[str]) -> list[Bound]:
    """The last acts of these kinds: other news may stand between a call and "a similar call"."""
    calls = [item for item in bound if item[0].rule.kind in kinds and item[0].sentence < scene.sentence]
    last = max((frame.sentence for frame, _ in calls), default=-_CALL_AGE - 1)
    return [item for item in calls if item[0].sentence == last and scene.sentence - last <= _CALL_AGE]


def _who_follows(scene: Scene, tag: Tag) -> list[Mention]:
    """ "Germany followed within hours": who opens the clause, where nothing but a time stands behind."""
    text, last = scene.text, scene.text.sentences[scene.sentence].last
    if tag.first == text.sentences[scene.sentence].first:  # "Anche il Canada.": nothing else is said
        lone = [item for item in scene.mentions if "name" in item.roles and item.last == last and not item.cue]
        within = [item for item in scene.mentions if lone and item.group == lone[-1].group]
        return within if within and within[0].first - tag.last <= 1 else []
    closed = tag.last >= last or not text.between(tag.last - 1, tag.last).isspace()
    if tag.last - tag.first == 1 and not closed and not text.tokens[tag.last].isdigit():
        return []
    able = [
        item
        for item in scene.mentions
        if (
            item.acts
            and item.cue in {"", "by", "of"}
            and 0 <= tag.first - item.last <= _FOLLOWS
            and (opens(scene, item) or opens_clause(scene, item) or _behind_semicolon(scene, item))
        )
        or _stands_for_noun(scene, tag, item)  # "celle de l'Australie a suivi"
    ]
    return [item for item in scene.mentions if able and item.group == able[-1].group and item.last <= tag.first]


def _behind_semicolon(scene: Scene, mention: Mention) -> bool:
    """ "... to leave Mali; Norway and Sweden too": the list that the mention stands in opens its clause."""
    first = min(item.first for item in scene.mentions if item.group == mention.group)
    if first - 1 in {word.first for word in scene.of("article")}:
        first -= 1
    return ";" in scene.text.between(first - 1, first)


def _stands_for_noun(scene: Scene, tag: Tag, mention: Mention) -> bool:
    """ "Die US-Botschaft ist geschlossen, die australische folgte", "A da Coreia já lá está": no noun is said.

    Nothing stands between it and the word that points.
    """
    ends = {mention.last, *(word.last for word in scene.of("of_after") if word.first == mention.last)}
    if tag.first not in ends or any(head.owner is mention for head in scene.heads):
        return False  # also "Australia's has followed"
    articles = {word.last for word in scene.of("article")}
    return mention.cue == "of" or (not mention.cue and "adjective" in mention.roles and mention.first in articles)


def _opens_as_place(scene: Scene, tag: Tag, mention: Mention) -> bool:
    """ "In Wien klingt es genauso", "À Vienne, même son de cloche": a capital, for those who govern there."""
    opens_ = mention.first <= scene.text.sentences[scene.sentence].first + 1
    return opens_ and mention.cue == "at" and "capital" in mention.flags and tag.first - mention.last <= _FOLLOWS


def _governs_there(scene: Scene, tag: Tag, head: Head) -> bool:
    """ "Un apel identic a lansat și ministerul de externe de la Chișinău": a ministry by the capital it sits in."""
    capital = head.seat is not None and "capital" in head.seat.flags and head.owner is None
    near = separation(scene.text, tag, Tag("", "", head.first, head.last, "")) <= _REACH
    return capital and near and head.value in {"ministry", "government"}


def _owns_the_opening(scene: Scene, mention: Mention) -> bool:
    """ "Le conseil de Berlin aux Allemands est le même": the owner of what opens the sentence."""
    near = mention.first - scene.text.sentences[scene.sentence].first <= _OPENING
    return mention.cue == "of" and (opens(scene, mention) or (mention.acts and near))


def _from_whom(scene: Scene, tag: Tag) -> list[Mention]:
    """ "A similar call came from Ottawa": the place right behind says who calls."""
    opens_ = tag.first == scene.text.sentences[scene.sentence].first  # "Same message in Dublin", "même appel à Madrid"
    from_ = {word.last for word in scene.of("from", "of", "by", *(["at"] if opens_ else []))}
    behind = [
        item
        for item in scene.mentions
        if "name" in item.roles or "capital" in item.flags
        if item.first >= tag.last and (item.first in from_ or item.way == "from")
        if separation(scene.text, tag, Tag("", "", item.first, item.last, "")) <= _FROM_WHOM
    ]
    return [item for item in scene.mentions if behind and item.group == behind[0].group]


def _beside(scene: Scene, tag: Tag) -> list[Mention]:
    """The country nearest to the tag that can speak, and those listed with it."""
    if tag.category == "follows":
        return _who_follows(scene, tag)
    if tag.category == "same_call" and (callers := _from_whom(scene, tag)):
        return callers
    first = scene.text.sentences[scene.sentence].first
    able = [
        mention
        for mention in scene.mentions
        if (
            mention.cue in {"", "by"} or _owns_the_opening(scene, mention) or _stands_for_noun(scene, tag, mention)
        )  # "Berlin's advice"
        and not tag.first <= mention.first < tag.last  # "joined the US in urging": who had spoken before
        and (mention.roles & {"name", "issuer", "people", "city"} or _stands_for_noun(scene, tag, mention))
        and (
            separation(scene.text, tag, Tag("", "", mention.first, mention.last, "")) <= _REACH
            or (mention.first == first and mention.acts)  # "France, which has 1,100 citizens there, did likewise"
        )
    ]
    able += [
        head.owner
        for head in scene.heads
        if head.owner
        and head.owner.cue != "at"
        and not tag.first <= head.owner.first < tag.last
        and separation(scene.text, tag, Tag("", "", head.first, head.last, "")) <= _REACH
    ]
    able = able or [head.seat for head in scene.heads if head.seat and _governs_there(scene, tag, head)]
    able = able or [item for item in scene.mentions if _opens_as_place(scene, tag, item)]
    if not able:
        return []
    nearest = min(able, key=lambda it: separation(scene.text, tag, Tag("", "", it.first, it.last, "")))
    return [mention for mention in able if mention.group == nearest.group]

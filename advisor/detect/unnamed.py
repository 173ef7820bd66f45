"""Governments that speak without being named: "several countries urge their citizens to leave".

Nobody is answered for them, unless the text says who they are: together with one that is named ("France and several
other countries"), in a list behind the call ("among them are Italy and Japan"), or in a list below it.
"""

from __future__ import annotations

from collections.abc import Iterable

from advisor.detect.frames import Frame, separation
from advisor.detect.lists import ATTACHED_AND
from advisor.detect.mentions import Mention
from advisor.detect.scene import SUBJECT_REACH, WHOSE, Candidate, Scene, of_mention
from advisor.detect.subject import telling
from advisor.detect.tags import Tag

_WITH_OTHERS = 3  # tokens between "France" and "several other countries": "and", ", along with"
_ANNOUNCED, _PLAIN = 2, 3  # countries that a list needs with and without a word that announces it
_RELATIVE = 8  # tokens (characters, in Japanese) from the call to the noun that it qualifies
_LISTED = 7.0


def unnamed_subject(scene: Scene, frame: Frame, *named: Candidate | None) -> Tag | None:
    """The words for governments that are not named, if they are who calls; `named` are those that may call instead."""
    if told := frame.filled.get("citizens"):  # "Calls to leave - Several countries have told their citizens ..."
        between = [tag for tag in scene.of("unnamed") if frame.act.last <= tag.first and tag.last <= told.first]
        if between:
            return between[0]
    if (staff := frame.filled.get("staff")) and not any(item is not None and item.why == WHOSE for item in named):
        owners = [tag for tag in scene.of("unnamed") if tag.first <= staff.first and staff.last <= tag.last]
        if owners:  # "the departure of Western diplomats"
            return owners[0]
    anchor = telling(scene, frame)
    before = [tag for tag in scene.of("unnamed") if tag.first < anchor.first and tag.last <= anchor.last]
    if scene.manners.verb_last:  # "自国民に退避を呼びかけている国"
        behind = [tag for tag in scene.of("unnamed") if tag.first > anchor.first and tag.last > anchor.last]
        before += [
            tag for tag in behind if tag.first - anchor.last <= _RELATIVE and not _parted(scene, anchor.last, tag.first)
        ]
    if scene.manners.verb_first:
        before += [tag for tag in scene.of("unnamed") if 0 <= tag.first - anchor.last <= 1]
    before = [tag for tag in before if separation(scene.text, anchor, tag) <= SUBJECT_REACH]
    if not before:
        return None
    if any(item is not None and item.first >= before[-1].first for item in named) or _with_named(scene, before[-1]):
        return None
    return before[-1]


def _parted(scene: Scene, last: int, first: int) -> bool:
    """Whether a comma parts the call from who is named behind it: 国外へと求め、他国も続いた."""
    return any(mark in scene.text.between(token - 1, token) for token in range(last, first + 1) for mark in "、,")


def unnamed_anywhere(scene: Scene, frame: Frame) -> bool:
    """Whether such governments may be who calls, however far away; then who spoke before does not speak here."""
    anchor = telling(scene, frame)
    led = {tag.last for tag in scene.of("at")}  # "travel to countries such as Iran"
    return any(
        (scene.manners.verb_last or tag.first < anchor.first) and tag.first not in led and not _with_named(scene, tag)
        for tag in scene.of("unnamed")
    )


def _with_named(scene: Scene, others: Tag) -> bool:
    """ "France and several other countries": who is named speaks with them."""
    joiners = {token for tag in scene.of("and", "such_as") for token in range(tag.first, tag.last)}
    first = min(tag.first for tag in scene.of("unnamed") if tag.first <= others.first <= tag.last)
    attached = scene.text.tokens[first].startswith(ATTACHED_AND)
    between = [range(mention.last, first) for mention in scene.mentions if mention.cue in {"", "by"}]
    return any(len(words) <= _WITH_OTHERS and joiners.issuperset(words) and (words or attached) for words in between)


def listed_behind(scene: Scene, frame: Frame, place: Candidate) -> tuple[Candidate, ...]:
    """Who the unnamed are: the list behind the place in the same sentence, or the list below it."""
    least = _ANNOUNCED if any(tag.first >= frame.act.last for tag in scene.of("such_as")) else _PLAIN
    behind = max(place.last, frame.act.last)
    groups: dict[int, dict[str, Mention]] = {}
    for mention in scene.mentions:
        if mention.first >= behind and mention.cue == "" and mention.roles & {"name", "city"}:
            groups.setdefault(mention.group, {}).setdefault(mention.code, mention)
    lists = [[*group.values()] for group in groups.values() if len(group) >= least and place.code not in group]
    return _speakers(lists[0] if lists else _listed_before(scene) or scene.below, place)


def _listed_before(scene: Scene) -> list[Mention]:
    """ "Almanya ve Fransa'nın da aralarında olduğu bir dizi ülke": a list that a word behind it makes part of them."""
    unnamed = {tag.first for tag in scene.of("unnamed")}
    ends = {tag.first for tag in scene.of("such_as") if not unnamed.isdisjoint({tag.last, tag.last + 1})}
    groups = {mention.group for mention in scene.mentions if not ends.isdisjoint({mention.last, mention.last + 1})}
    return [mention for mention in scene.mentions if mention.group in groups]


def _speakers(listed: Iterable[Mention], place: Candidate) -> tuple[Candidate, ...]:
    found = {item.code: of_mention(_LISTED, item, "listed as those who call") for item in listed}
    return tuple(candidate for code, candidate in found.items() if code != place.code)

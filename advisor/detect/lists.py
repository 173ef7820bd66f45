"""Lists of places, such as "Yemen, Libya and Iran": which stand in one, and how long it counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import NamedTuple

from advisor.detect.mentions import SEATS, Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_VERBS = frozenset({"say", "urge", "evacuate", "withdraw", "close", "reopen", "lift"})
_LITTLE = frozenset({"article", "at", "of"})
_LEADING = 2  # words that lead a place: "in den"
_PAUSES = frozenset(",;")
_BRACKETS = 3  # words before a place in brackets
_SHARED = frozenset({"at", "of", "by", "with"})  # cues behind the last of a list that serve them all
_NO_ITEM = frozenset(
    {"urge", "say", "leave", "evacuate", "withdraw", "close", "reopen", "lift", "no_travel", "no_essential_travel"}
    | {"citizens", "office", "staff", "shelter", "not", "deny", "cause", "such_as"}
)
_OWNED = frozenset({"citizens", "staff", "office"})
_PART_OF_ITEM = 8  # characters that may name the part of a country in a list
_LIST = 3  # places; two may be a topic and a speaker
_ASIDE = 4  # words between two places of a list that say who says so
_FOLLOWS = 6  # words from the first of "; Norway and Sweden too" to "too"
_JOINER = 3  # words between two places of a list
_HAN = re.compile("[\u4e00-\u9fff]")
_HEADLINE_COMMA = "、,"
_LIST_MARKS = ",،、，・·‧∙ㆍ/&;"
ATTACHED_AND = ("و", "ו")  # "سوريا ولبنان": the joiner is a letter of the next word ...
_AND_ATTACHED = ("와", "과")  # ... or, in Korean, of the word before


class _Words(NamedTuple):
    """The tokens that matter between places."""

    joiners: set[int]
    articles: set[int]
    little: set[int]  # articles and prepositions, which stand in lists and join nothing
    verbs: set[int]  # ... of acts and of their people: no list goes on over them
    ends: set[int]  # where those end: "não viajem a" leads the first of a list
    parts: set[int]
    also: set[int]  # where "also" ends
    people: set[int]  # where words for people and offices begin
    follow: set[int]  # where words for doing the same begin


def in_lists(text: Text, tags: Sequence[Tag], mentions: list[Mention], verb_last: bool) -> list[Mention]:
    """Number lists such as "Yemen, Libya and Iran"; a cue before the first serves them all."""
    words = _Words(
        joiners={token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)},
        articles={tag.first for tag in tags if tag.category == "article"},
        little={
            token
            for tag in tags
            if tag.category in _LITTLE and tag.last <= tag.first + _LEADING
            for token in range(tag.first, tag.last)
        },
        verbs=_in_acts(tags, mentions),
        ends={tag.last for tag in tags if tag.category in _NO_ITEM},
        parts={token for tag in tags if tag.category == "part" for token in range(tag.first, tag.last)},
        also={tag.last for tag in tags if tag.category == "also"},
        people={tag.first for tag in tags if tag.category in _OWNED},
        follow={tag.first for tag in tags if tag.category == "follows"},
    )
    meanings: dict[int, list[Mention]] = {}  # one word may name several places: סיני is Sinai and Chinese
    for mention in mentions:
        meanings.setdefault(mention.first, []).append(mention)
    grouped: list[Mention] = []
    solid: Mention | None = None  # the last that is more than a character that may be a country
    group = groups = -1
    for mention in mentions:
        previous = grouped[-1] if grouped else None
        if previous is not None and previous.first == mention.first:
            group = previous.group
        elif previous is not None and _joined(text, words, previous, mention):
            group = previous.group
            if not mention.cue or mention.cue == previous.cue:
                mention = replace(mention, cue=mention.cue or previous.cue)
        elif previous is not None and (
            _in_its_country(text, previous, mention)
            or any(_in_brackets(text, previous, it) for it in meanings[mention.first])
        ):
            group, mention = previous.group, replace(mention, cue=previous.cue)
        elif solid is not None and _enumerated(text, words.verbs, solid, mention):
            group = solid.group
        elif verb_last and previous is not None and _enumerates_governments(text, previous, mention):
            group = previous.group
        else:
            group = groups = groups + 1
        grouped.append(mention.in_group(group))
        if "abbr" not in mention.flags:
            solid = grouped[-1]
    for index in range(len(grouped) - 1, 0, -1):  # the particle behind the last serves them all
        left, right = grouped[index - 1 : index + 1]
        if left.group == right.group and (not left.cue or left.cue == right.cue) and right.cue in _SHARED:
            grouped[index - 1] = replace(left, cue=right.cue, way=left.way or right.way)
    clauses = {tag.first for tag in tags if tag.category in _VERBS}
    if verb_last:
        return grouped
    coming = {tag.first for tag in tags if tag.category == "notice"}  # "in Yemen and France will follow"
    return _without_false_lists(text, words.joiners, clauses, coming, _ended_by_and(text, words.joiners, grouped))


def _in_acts(tags: Sequence[Tag], mentions: Sequence[Mention]) -> set[int]:
    """The tokens of acts and of their people; "told them not to go to Israel, to" ends before the list."""
    places = {mention.first for mention in mentions}
    acting = [range(tag.first, tag.last) for tag in tags if tag.category in _NO_ITEM]
    return {token for act in acting for token in takewhile(lambda token: token not in places, act)}


def shortened(text: Text, mentions: Sequence[Mention]) -> Text:
    """The text with each list of places as long as its first: fifteen countries part no verb from its subject."""
    sizes = Counter(mention.group for mention in mentions)
    inside: set[int] = set()
    for left, right in pairwise(mentions):
        if left.group == right.group and sizes[left.group] >= _LIST and left.last <= right.first <= left.last + _JOINER:
            inside.update(range(left.last, right.last))
    if not inside:
        return text
    position = [0.0]
    for token in range(1, len(text.tokens)):
        step = 0.0 if token in inside else text.position[token] - text.position[token - 1]
        position.append(position[-1] + step)
    return replace(text, position=tuple(position))


def _ended_by_and(text: Text, joiners: set[int], mentions: list[Mention]) -> list[Mention]:
    """ "Between Iran and Israel, India has ...": "and" stands before the last of a list; what follows is another."""
    last = max((mention.group for mention in mentions), default=0)
    for index in range(2, len(mentions)):
        before, left, right = mentions[index - 2 : index + 1]
        if not before.group == left.group == right.group:
            continue
        closed = not joiners.isdisjoint(range(before.last, left.first))
        comma = left.last == right.first and "," in text.between(left.last - 1, right.first)
        goes_on = index + 1 < len(mentions) and mentions[index + 1].group == right.group
        if closed and comma and not goes_on:
            last += 1
            mentions[index] = replace(right, group=last, cue="" if right.cue == left.cue else right.cue)
    return mentions


def _without_false_lists(
    text: Text, joiners: set[int], verbs: set[int], coming: set[int], mentions: list[Mention]
) -> list[Mention]:
    """Two places in the middle of a sentence are no list when a new clause begins with the second: nothing but a comma
    stands between them ("выехать из Бейрута, Париж готовит корабль"), or its verb follows (", and Spain said ...").
    """
    sizes = Counter(mention.group for mention in mentions)
    last = max(sizes, default=0)
    for index in range(1, len(mentions)):
        left, right = mentions[index - 1 : index + 1]
        if left.group != right.group or sizes[left.group] != 2 or left.code == right.code:
            continue
        gap = text.between(left.last - 1, right.first)
        if not left.cue and ";" not in gap:
            continue
        comma = not _PAUSES.isdisjoint(gap)
        begins = ";" in gap or right.last in verbs or _goes_on(text, joiners, right)
        if right.last in coming or (comma and begins):
            last += 1
            mentions[index] = replace(right, group=last, cue="" if right.cue == left.cue else right.cue)
    return mentions


def _goes_on(text: Text, joiners: set[int], mention: Mention) -> bool:
    """Whether a plain word follows in the same clause."""
    after = mention.last
    if after >= len(text.tokens) or after in joiners or not same_sentence(text, mention.first, after):
        return False
    return text.between(after - 1, after) == " "


def _enumerated(text: Text, verbs: set[int], left: Mention, right: Mention) -> bool:
    """Whether the ideographic comma joins them, though a part of the first is named: 阿富汗部分省份、尼日利亚."""
    between = range(left.last, right.first)
    if not same_sentence(text, left.first, right.first) or len(between) > _PART_OF_ITEM:
        return False
    if not between and left.code == right.code:  # 埃及西奈半岛
        return not text.between(left.last - 1, right.first)
    if not between or left.cue == "by":
        return False
    enumerated = any("、" in text.between(token - 1, token) for token in range(left.last, right.first + 1))
    return enumerated and verbs.isdisjoint(between) and bool(left.roles & SEATS and right.roles & SEATS)


def _in_its_country(text: Text, town: Mention, country: Mention) -> bool:
    """ "In Cotonou, Benin, ...": the country behind its town stands there as the town does."""
    beside = town.last == country.first and text.between(town.last - 1, country.first) == ", "
    return beside and town.code == country.code and bool(town.cue) and "city" in town.roles and not country.cue


def _in_brackets(text: Text, left: Mention, right: Mention) -> bool:
    """ "Myanmar (Burma), Iran", "Egypt (including Sinai) and Jordan": what brackets add does not end a list."""
    if (
        left.code != right.code
        or right.first - left.last > _BRACKETS
        or not same_sentence(text, left.first, right.first)
    ):
        return False
    opened = [mark for token in range(left.last, right.first + 1) for mark in text.between(token - 1, token)]
    return "(" in opened and ")" not in opened


def _enumerates_governments(text: Text, left: Mention, right: Mention) -> bool:
    """米国、英国、日本政府: the office at the end is that of the last in the list."""
    beside = left.last == right.first and text.between(left.last - 1, right.first) in {"、", "・"}
    return beside and not left.cue and "name" in left.roles and right.roles == {"issuer"}


def _alike(left: Mention, right: Mention) -> bool:
    """Whether two mentions can stand in one list: two names, two peoples, a country and a part of another."""
    together = left.roles | right.roles
    mixed = {"name", "region"} <= together <= {"name", "region", "city"} or (  # "Israel, Gaza, Jordan"
        "adjective" in together and any("name" in it.roles and "upper" in it.flags for it in (left, right))
    )  # "the US and German embassies"
    return bool(left.roles & right.roles) or (left.code != right.code and mixed)


def _joined(text: Text, words: _Words, left: Mention, right: Mention) -> bool:
    if not same_sentence(text, left.first, right.first) or not _alike(left, right):
        return False
    if ";" in text.between(left.last - 1, right.first) and any(
        right.last <= token <= right.last + _FOLLOWS for token in words.follow
    ):
        return False  # "... to leave Mali; Norway and Sweden too"
    if _goes_on_behind_an_aside(text, words, left, right):
        return True
    joiners, articles = words.joiners, words.articles
    between = [token for token in range(left.last, right.first) if token not in words.parts]
    leading = words.little | articles
    if (
        sum(token not in leading for token in between) > 2
        or len(between) > 1 + _LEADING
        or any(token not in joiners and len(text.tokens[token]) > 3 for token in between)
    ):
        return False
    if not words.verbs.isdisjoint(between):  # "... سوريا، كما دعا الأردن": a verb begins a clause
        return False
    gap = text.between(left.last - 1, right.first)
    if ":" in gap:  # "Afghanistan : la Norvège et le Danemark ferment ..."
        return False
    has_joiner = any(token in joiners and token not in words.little for token in between)  # "Ukraine are the US, ..."
    if between:
        marked = any(mark in gap for mark in _LIST_MARKS)
        return has_joiner or (marked and (articles.issuperset(between) or _led_alike(words, left, right)))
    if not gap:  # 英仏, 丹麦挪威
        han = (
            _HAN.fullmatch(text.tokens[right.first]) is not None and _HAN.fullmatch(text.tokens[left.first]) is not None
        )
        names = "name" in left.roles & right.roles and left.code != right.code
        theirs = left.cue == "at" and right.last in words.people  # 在苏丹英国公民
        return ("abbr" in left.flags and "abbr" in right.flags) or (
            han and names and not theirs and not (left.flags | right.flags) & {"abbr", "homograph"}
        )
    if left.cue == "by" and right.cue != "by" and any(mark in gap for mark in _HEADLINE_COMMA):
        return False
    if "," in gap and text.tokens[right.first].startswith("ו"):
        return False  # "..., וצרפת": a comma before an attached "and" begins a clause in Hebrew
    attached = text.tokens[right.first].startswith(ATTACHED_AND) or text.tokens[left.last - 1].endswith(_AND_ATTACHED)
    return attached or any(mark in gap for mark in _LIST_MARKS)


def _goes_on_behind_an_aside(text: Text, words: _Words, left: Mention, right: Mention) -> bool:
    """ "The US and Latvia, according to media also Denmark": "also" behind a comma goes on with the list."""
    between = range(left.last, right.first)
    led = right.first in words.also and 1 < len(between) <= _ASIDE and not right.cue
    return led and "," in text.between(left.last - 1, left.last)


def _led_alike(words: _Words, left: Mention, right: Mention) -> bool:
    """ "In Israel, in Jordan and in Iran", "nach Israel, in den Iran", "viaje a Israel, ao Irã": each is led alike."""
    led = (words.little | words.articles).issuperset(range(left.last, right.first))
    alike = left.cue == right.cue or (not left.cue and left.first in words.ends)
    return led and alike and bool(right.cue) and (left.way == right.way or not left.way or not right.way)


def same_sentence(text: Text, left: int, right: int) -> bool:
    return text.sentence_of[left] == text.sentence_of[right]

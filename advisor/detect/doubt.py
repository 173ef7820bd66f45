"""Names with two meanings ("Georgia", "Jordan", a lone 美): which of them are places here, and which place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from advisor.detect.mentions import Mention
from advisor.detect.named import without_those_of_others
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_ABBREVIATION_NEIGHBOURS = frozenset(
    {"at", "office", "citizens", "staff", "urge", "say", "evacuate", "withdraw", "close", "leave", "from", "to"}
    | {"reopen", "lift", "no_travel", "no_essential_travel", "advice"}
)
_JOINED = frozenset({"", "·", "‧", "ㆍ", "・"})  # between abbreviations: 美英法, 美·英·佛
_HAN = re.compile("[\u4e00-\u9fff]")
_BEHIND_LISTS = frozenset("一二两兩三四五六七八九多等各在对對将將国國军軍方联聯両側首外")
_HEADS = frozenset({"office", "citizens", "staff"})
_MOVING = frozenset({"at", "leave", "evacuate", "withdraw", "from", "to"})
_WHOLE = frozenset({"say", "urge", "deny", "speculate", "notice", "now"})
Edges = set[tuple[str, int]]  # where words that need a country begin and end
_ALIKE = 2  # countries beside a doubtful name that make a list of countries
_DOUBTFUL = frozenset({"homograph", "weak", "abbr"})
_BEHIND_SUBJECTS = '、，,"“「『'  # marks behind what opens a headline


def believed_of(text: Text, tags: Sequence[Tag], mentions: Sequence[Mention], credulous: bool) -> list[Mention]:
    """Those that are meant, one where a form means several; all of them where a reader is `credulous`."""
    support = Counter(mention.code for mention in mentions if not mention.flags & _DOUBTFUL)
    listed = {item.group for item in mentions if "name" in item.roles and not item.flags & _DOUBTFUL}
    runs = _runs_of_abbreviations(text, mentions, {tag.first for tag in tags})
    edges = _neighbours(tags) | _subjects_of_headline(text, tags)
    inside = _inside_phrases(tags)
    return _one_each(
        [
            mention
            for mention in without_those_of_others(text, mentions)
            if not ("abbr" in mention.flags and mention.first in inside)
            and (
                credulous
                or _believed(text, edges, mention, support, runs)
                or (mention.group in listed and "name" in mention.roles and "abbr" not in mention.flags)
            )
        ],
        support,
    )


def _neighbours(tags: Sequence[Tag]) -> Edges:
    """Where words that need a country begin and end, and where any word ends."""
    edges = {
        edge
        for tag in tags
        if tag.category in _ABBREVIATION_NEIGHBOURS
        for edge in (("begin", tag.first), ("end", tag.last))
        if edge[0] == "begin" or tag.category not in _HEADS  # 外交大臣比尔斯特伦: a person's name follows
    }
    edges |= {("other", tag.last) for tag in tags}
    edges |= {
        ("begin", tag.first)
        for tag in tags
        if tag.category == "object" or (tag.category == "carrier" and tag.last > tag.first + 1)
    }  # 美将缅甸旅行警告提升至最高级, 仏海軍
    edges |= {("office", tag.first) for tag in tags if tag.category == "office" and tag.last == tag.first + 1}
    return edges | {("long", tag.last) for tag in tags if tag.category in _MOVING and tag.last > tag.first + 1}


def _subjects_of_headline(text: Text, tags: Sequence[Tag]) -> Edges:
    """Where a particle follows one character alone, behind a space of the headline: 南スーダン情勢 独は大使館閉鎖."""
    title = text.sentences[0]
    ends = {tag.first for tag in tags if tag.category == "by_after" and title.title and tag.first < title.last}
    return {
        ("begin", end)
        for end in ends
        if end == title.first + 1 or (end > title.first + 1 and text.between(end - 2, end - 1).isspace())
    }


def _inside_phrases(tags: Sequence[Tag]) -> set[int]:
    """Tokens of longer words of telling and the like: 布 in 宣布 is no country."""
    return {
        token
        for tag in tags
        if tag.category in _WHOLE and tag.last > tag.first + 1
        for token in range(tag.first, tag.last)
    }


def _believed(text: Text, edges: Edges, mention: Mention, support: Mapping[str, int], runs: set[int]) -> bool:
    if "abbr" in mention.flags:
        if mention.first and text.tokens[mention.first - 1].isdigit():
            return False  # 14日 is a date
        return _beside_cue(text, edges, mention) or _opens_headline(text, mention) or mention.first in runs
    if mention.flags & {"homograph", "weak"}:
        if "people" in mention.roles and mention.first and text.tokens[mention.first - 1].isdigit():
            return True  # "150 Poles"
        inside = ("office", mention.first) in edges and mention.last == mention.first + 1  # 인도대사관
        return bool(mention.cue) or support[mention.code] > 0 or inside or _beside_cue(text, edges, mention)
    return True


def _runs_of_abbreviations(text: Text, mentions: Sequence[Mention], begins: set[int]) -> set[int]:
    """Where abbreviations stand side by side and so prove each other: 美英法三国, but not 哈西娜."""
    first = {mention.first: mention for mention in mentions if "abbr" in mention.flags}
    runs: set[int] = set()
    for start, mention in first.items():
        follower = first.get(mention.last)
        if follower and follower.code != mention.code and text.between(mention.last - 1, mention.last) in _JOINED:
            after = follower.last
            while after in first and not text.between(after - 1, after):
                after = first[after].last
            if not (after in begins or _word_ends(text, after)):
                continue
            runs |= {start, follower.first}
    return runs


def _word_ends(text: Text, after: int) -> bool:
    """Whether no character of the same word follows, as far as characters can tell."""
    if after >= len(text.tokens) or text.between(after - 1, after) or not _HAN.fullmatch(text.tokens[after]):
        return True
    return text.tokens[after] in _BEHIND_LISTS


def _opens_headline(text: Text, mention: Mention) -> bool:
    """Whether an abbreviation stands alone before a comma or a quotation: 米、大使館を閉鎖; 英仏、...; 美 "..."."""
    sentence = text.sentences[text.sentence_of[mention.first]]
    if mention.first - sentence.first > 1 or mention.last >= sentence.last:
        return False
    ends = range(mention.last, min(sentence.first + 3, sentence.last))
    return any(any(mark in text.between(end - 1, end) for mark in _BEHIND_SUBJECTS) for end in ends)


def _beside_cue(text: Text, edges: Edges, mention: Mention) -> bool:
    """Whether a word that needs a country ends right before the mention or begins right behind it."""
    if ("end", mention.first) in edges and not text.parted(
        mention.first
    ):  # 赴巴, but 前往巴基斯坦: a word of two characters takes a whole name
        return "abbr" not in mention.flags or ("long", mention.first) not in edges
    inside = "abbr" in mention.flags and ("other", mention.first) not in edges and _inside_word(text, mention)
    return ("begin", mention.last) in edges and not inside


def _inside_word(text: Text, mention: Mention) -> bool:
    """Whether another Chinese character stands right before an abbreviation: 日 in 同日 and 18日."""
    before = mention.first - 1
    if before < 0 or text.between(before, mention.first):
        return False
    return text.tokens[before].isdigit() or bool(_HAN.fullmatch(text.tokens[before]))


def _one_each(mentions: list[Mention], support: Mapping[str, int]) -> list[Mention]:
    """Where one form means several countries, what fits its list and what the article names elsewhere win."""
    chosen: dict[tuple[int, int], Mention] = {}
    fellows = Counter((item.group, role) for item in mentions if not item.flags & _DOUBTFUL for role in item.roles)
    for mention in mentions:
        key = (mention.first, mention.last)
        rival = chosen.get(key)
        if rival is None or _rank(mention, support, fellows) > _rank(rival, support, fellows):
            chosen[key] = mention
    return sorted(chosen.values(), key=lambda item: item.first)


def _rank(
    mention: Mention, support: Mapping[str, int], fellows: Mapping[tuple[int, str], int]
) -> tuple[bool, int, bool, bool, bool]:
    """How likely it is meant: Oman and Amman are one word in Arabic, and countries are listed with countries."""
    doubtful = bool(mention.flags & {"homograph", "weak"})
    countries, cities = (fellows.get((mention.group, role), 0) for role in ("name", "city"))
    return (
        "name" in mention.roles and countries >= _ALIKE and countries > 2 * cities,
        support[mention.code],
        mention.cue == "at" and mention.seat,
        not doubtful,
        "capital" in mention.flags or "name" in mention.roles,
    )

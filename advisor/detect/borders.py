"""A border named by the two countries it parts is in both: "the border between Chad and Libya", "Thai-Lao border"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_JOINER = 1  # words between the two
_APART = -2  # of a mention that stands in no list
_GROUND = frozenset({"name"})


def with_borders(text: Text, tags: Sequence[Tag], mentions: list[Mention]) -> list[Mention]:
    """The two countries of a border stand there as places, in one list; a headline about one of them means that."""
    before = {tag.last for tag in tags if tag.category == "border_between"}
    behind = {tag.first for tag in tags if tag.category == "bordering_after"}
    if not before and not behind:
        return mentions
    titled = {item.code for item in mentions if text.sentences[text.sentence_of[item.first]].title}
    found = list(mentions)
    for index, (left, right) in enumerate(pairwise(mentions)):
        beside = 0 <= right.first - left.last <= _JOINER and left.code != right.code and left.roles & right.roles
        if beside and (left.first in before or (right.last in behind and "adjective" in left.roles)):
            meant = titled & {left.code, right.code}
            alone = meant if len(meant) == 1 and not text.sentences[text.sentence_of[left.first]].title else None
            found[index : index + 2] = [
                replace(item, roles=_GROUND, cue="with", group=_APART)
                if alone and item.code not in alone
                else replace(item, roles=_GROUND, cue="at", group=left.group)
                for item in (left, right)
            ]
    return found

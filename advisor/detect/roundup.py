"""Round-ups of what several governments do about one place: each item opens with who acts, "JAPAN: two buses ..."."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_ITEMS = 2  # governments that open an item, at least
_MARKS = ":："


def with_actors(text: Text, tags: Sequence[Tag], mentions: list[Mention]) -> list[Mention]:
    """The countries that open an item act, if the headline says where it happens: "Who gets whom out of Iran".

    Where it does not say so plainly ("Khartoum exodus"), the lead must; or half of the items must name the same place:
    "JAPAN: two buses left Tehran".
    """
    starts = {sentence.first for sentence in text.sentences if not sentence.title}
    titles = {sentence.index for sentence in text.sentences if sentence.title}
    where = {item.code for item in mentions if item.cue == "at" and text.sentence_of[item.first] in titles}
    items = [item for item in mentions if item.first in starts and item.code not in where and _is_head(text, item)]
    if items and _one_speaks(tags, mentions, items[0].first):
        return mentions
    actors = {item.code for item in items}
    if not where and len(actors) > _ITEMS:
        where = _where_of_lead(text, mentions, items[0]) - actors
    if not where and len(actors) > _ITEMS:
        named = {(text.sentence_of[it.first], it.code) for it in mentions if it.seat and it.code not in actors}
        code, sentences = Counter(code for _, code in named).most_common(1)[0] if named else ("", 0)
        where = {code} if 2 * sentences >= len(actors) else set()
    if not where or len(actors) < _ITEMS:
        return mentions
    heads = {id(item) for item in items}
    return [replace(item, cue="by") if id(item) in heads else item for item in mentions]


def _one_speaks(tags: Sequence[Tag], mentions: Sequence[Mention], before: int) -> bool:
    """ "Niger : que conseille le Quai d'Orsay ? Mali : ...": where one ministry speaks first, the items are where."""
    ministries = any(tag[:2] == ("office", "ministry") and tag.last <= before for tag in tags)
    return ministries or any("issuer" in item.roles and item.last <= before for item in mentions)


def _where_of_lead(text: Text, mentions: Sequence[Mention], item: Mention) -> set[str]:
    """The one place that headline and lead name, of which the lead says "in" or "from": before the first item."""
    titled = {it.code for it in mentions if it.seat and text.sentences[text.sentence_of[it.first]].title}
    lead = {it.code for it in mentions if it.cue == "at" and it.first < item.first}
    return titled & lead if len(titled & lead) == 1 else set()


def _is_head(text: Text, mention: Mention) -> bool:
    inside = mention.last < len(text.tokens) and "name" in mention.roles and not mention.cue
    return inside and any(mark in text.between(mention.last - 1, mention.last) for mark in _MARKS)

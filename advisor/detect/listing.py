"""Lists of countries that stand apart from the sentence that announces them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Sentence, Text

_ACTS = frozenset({"leave", "evacuate", "withdraw", "close", "reopen", "lift", "no_travel", "no_essential_travel"})
_BETWEEN = 3  # words between two countries of one list: "Gaza and the occupied West Bank"
_SHORT = 8  # words beside the countries
_LISTED = 3  # countries that a sentence must list to be nothing but a list
_ITEMS, _ITEM_WORDS, _ANNOUNCED = 2, 2, 3  # least length of a list, words beside a name, sentences before it
_FAR = 8  # sentences before a list that says what it lists: "The warning covers Bahrain, Egypt and Iran"


def list_below(
    text: Text, sentence: Sentence, tags: list[list[Tag]], mentions: list[list[Mention]]
) -> tuple[Mention, ...]:
    """The countries of the list that follows: an item a line behind a colon, or in a sentence that only lists them."""
    sentences = text.sentences
    near = range(sentence.index + 1, min(sentence.index + _ANNOUNCED, len(sentences)))
    announced = any(tag.category == "covers" for tag in tags[sentence.index])  # "... are the following."
    for index in near:
        follows = announced and index == sentence.index + 1
        if (listed := _only_listed(text, sentences[index], tags[index], mentions[index], follows)) and not sentences[
            index
        ].title:
            return listed
        if any(tag.category in _ACTS for tag in tags[index]):
            break  # what is listed further down is listed for what is told here
    for index in range(near.stop, min(sentence.index + _FAR, len(sentences))):
        covers = any(tag.category == "covers" for tag in tags[index])
        if covers and (listed := _only_listed(text, sentences[index], tags[index], mentions[index], False)):
            return listed
        if covers and (items := _items_from(text, sentences, mentions, index + 1)):
            return items
    begins = next((index for index in [*near, near.stop] if _is_item(sentences, mentions, index)), None)
    return _items_from(text, sentences, mentions, begins) if begins is not None else ()


def _items_from(
    text: Text, sentences: Sequence[Sentence], mentions: list[list[Mention]], begins: int
) -> tuple[Mention, ...]:
    """The countries that follow a colon, one a line."""
    if begins >= len(sentences) or ":" not in text.between(sentences[begins].first - 1, sentences[begins].first):
        return ()
    items: list[Mention] = []
    for index in range(begins, len(sentences)):
        if not _is_item(sentences, mentions, index):
            break
        items.append(mentions[index][0])
    return tuple(items) if len(items) >= _ITEMS else ()


def _only_listed(
    text: Text, sentence: Sentence, tags: list[Tag], mentions: list[Mention], follows: bool
) -> tuple[Mention, ...]:
    """ "The warning covers Bahrain, Egypt and Iran": a list of countries in a sentence without an act of its own."""
    if not mentions:
        return ()
    covers = any(tag.category == "covers" for tag in tags)
    if any(tag.category in _ACTS and not (covers and tag.category == "lift") for tag in tags):
        return ()
    if any(
        tag.category == "such_as" and tag.first <= sentence.first + 1 for tag in tags
    ):  # "Among them are", "they include"
        return _bare(sentence, mentions)
    sizes = Counter(item.group for item in mentions if item.seat)
    group, size = max(sizes.items(), key=lambda item: item[1], default=(-1, 0))
    listed = tuple(item for item in mentions if item.group == group)
    if size < _LISTED or not listed:
        return ()
    first = listed[0].first
    announced = follows or (":" in text.between(first - 1, first) if first else False)
    return _continued(listed, mentions) if announced or covers else ()


def _continued(listed: tuple[Mention, ...], mentions: list[Mention]) -> tuple[Mention, ...]:
    """ "Israel, the West Bank and Gaza, Jordan ...": an "and" within a list does not end it."""
    cues = {"", listed[0].cue}
    around = [item for item in mentions if item.seat and item.cue in cues]
    after, before = [listed[-1]], [listed[0]]
    for item in around:
        if 0 <= item.first - after[-1].last <= _BETWEEN:
            after.append(item)
    for item in reversed(around):
        if 0 <= before[-1].first - item.last <= _BETWEEN:
            before.append(item)
    return (*reversed(before[1:]), *listed, *after[1:])


def _bare(sentence: Sentence, mentions: list[Mention]) -> tuple[Mention, ...]:
    """The countries of a short sentence that says nothing of what happens in them."""
    listed = tuple(item for item in mentions if item.seat and not item.cue)
    others = len(mentions) - len(listed)
    return listed if not others and sentence.last - sentence.first <= _SHORT + 3 * len(listed) else ()


def _is_item(sentences: Sequence[Sentence], mentions: list[list[Mention]], index: int) -> bool:
    """A line that names a country and hardly anything else."""
    if index >= len(sentences) or sentences[index].title:
        return False
    named = [item for item in mentions[index] if item.seat]
    words = sentences[index].last - sentences[index].first
    one = len({item.code for item in named}) == 1  # "Palestinian Territories (Gaza)"
    return one and words <= named[-1].last - named[0].first + _ITEM_WORDS

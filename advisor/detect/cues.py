"""In what way a place stands in its sentence: at, of, by, from or to it, as little words and endings say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from advisor.detect.knowledge import Lexicon
from advisor.detect.lists import same_sentence
from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Sentence, Text, is_unspaced

_VERBS = frozenset({"urge", "evacuate", "withdraw", "close", "reopen"})
_CUE_REACH = 3.6  # "in war-torn northern Syria"
_CUES = {
    "at": "at",
    "of": "of",
    "by": "by",
    "cause": "",
    "bordering": "with",
    "via": "at",
    "object": "at",
    "aboard": "with",
}  # categories of little words before a place
_SUBJECT_FIRST = re.compile("[\u3041-\u309f\uac00-\ud7a3]")  # hiragana, hangul
_WAYS = {"from_after": "from", "to_after": "to"}
_PAUSES = frozenset(",;،؛，")
_LIST = 3  # places: one that speaks and two that are spoken of
_STATIONED = frozenset("驻駐")  # 据中国驻马里使馆: whoever stands before it has a mission there, and is nowhere
_OURS = "imiz"  # "vatandaşlarımız" are those of whoever writes
_PEOPLE = 2  # words from a list to the people in it
_HEADLINE_COMMA = "、,"
_LONGEST_SUBJECT = 12  # tokens before the first comma


def cued(text: Text, tags: Sequence[Tag], lexicons: Sequence[Lexicon], mentions: list[Mention]) -> list[Mention]:
    """Find the little word that says in what way each place stands in its sentence."""
    before: dict[int, Tag] = {}
    after: dict[int, str] = {}
    ways = {tag.first: _WAYS[tag.category] for tag in tags if tag.category in _WAYS}
    leading = {tag.last: tag.category for tag in tags if tag.category in {"from", "to"}}
    tag: Tag | None
    first = lexicons[0].language if lexicons else ""
    articles = {tag.last for tag in tags if tag.category == "article" and tag.language == first}
    carriers = {token for tag in tags if tag.category == "carrier" for token in range(tag.first, tag.last)}
    peoples = {tag.first for tag in tags if tag.category in {"citizens", "staff"}}
    for tag in tags:
        if tag.category in _CUES:
            if tag.language != first and tag.last in articles:
                continue  # Romanian "la" is "to", but the text is French first
            rival = before.get(tag.last)
            if rival is None or tag.first < rival.first:  # "out of" says more than "of"
                before[tag.last] = tag
        elif tag.category.endswith("_after") and tag.category not in _WAYS:
            after.setdefault(tag.first, _CUES[tag.category.removesuffix("_after")])  # the longest comes first
    for tag in tags:  # "İsrail de", apart, is "Israel, too"; "İsrail'de" is "in Israel"
        if tag.category == "also" and tag.first and text.between(tag.first - 1, tag.first) == " ":
            after.pop(tag.first, None)
    taken = {token for mention in mentions for token in range(mention.first, mention.last)}
    heads = {
        token for tag in tags if tag.category in {"office", "citizens", "staff"} for token in range(tag.first, tag.last)
    }
    clauses = {tag.first for tag in tags if tag.category == "clause"}  # "à noter que Berlin": nobody is at Berlin
    if lexicons and lexicons[0].subject_behind:  # "i tisdags uppmanade Norge": nobody is in Norway
        clauses |= {tag.first for tag in tags if tag.category in _VERBS and tag.last == tag.first + 1}
    announced = {tag.last: tag.first for tag in tags if tag.category == "such_as"}  # "entre ellos Italia" is nowhere
    own = {tag.last for tag in tags if tag.category in {"own", "theirs"}}
    advice = {tag.first for tag in tags if tag.category == "advice"}
    former = {tag.first for tag in tags if tag.category == "former"}
    offices = {tag.first for tag in tags if tag.category == "office"}  # "at the US embassy": nobody is at the US
    leading_at = {first for first, tag in before.items() if tag.category == "at"}
    verb_last = any(lexicon.verb_last for lexicon in lexicons)
    listed_at = {item.group for item in mentions if item.first in leading_at and not verb_last}  # 在伊朗和以色列的公民
    cued = []
    for mention in mentions:
        way = mention.way or ways.get(mention.last, "")
        cue = mention.cue or after.get(mention.last, "")
        owns = mention.last + 1 in offices and not is_unspaced(text.tokens[mention.last])  # "at Ireland's embassy"
        led = mention.first in leading_at or (mention.group in listed_at and is_unspaced(text.tokens[mention.first]))
        if cue == "of" and not mention.cue and led and not owns:
            cue = "at"  # 在伊朗的中国公民
        if cue == "of" and mention.cue and mention.first in before and before[mention.first].category == "bordering":
            cue = "with"  # "المناطق المحاذية لغينيا": the letter before the name only joins it on
        if cue in {"", "by"} and mention.last in former and "name" in mention.roles:
            cue = "at"  # 과테말라는 1단계에서 2단계로 조정됐다
        if not cue and mention.first in own and mention.last in advice:
            cue = "at"  # "has raised its Uganda advisory"
        if not cue and (
            _heads_headline(text, carriers, mentions, mention)
            or (verb_last and _opens_with_comma(text, tags, mention, mentions, after))
        ):
            cue = "by"
        stationed = mention.last < len(text.tokens) and text.tokens[mention.last] in _STATIONED
        if not cue and not stationed:
            for end in range(mention.first, max(-1, mention.first - 4), -1):
                if end < mention.first and not _PAUSES.isdisjoint(text.between(end, end + 1)):
                    break  # "given the lack of fuel, Paris has advised": Paris is of nothing
                if end and _spaced_headline(text, end):
                    break  # 中国公民暂勿前往 法国跟进
                begins = announced.get(end, end)
                of_people = mention.last in peoples or mention.first in peoples
                if of_people and begins in before and before[begins].category == "object":
                    break  # 将中国公民撤至, 把300名波兰人, but 将苏丹的公民: whose people they are
                if end in announced and not (begins in before and text.between(begins - 1, begins).isspace()):
                    break
                tag = before.get(begins)  # "in each of Italy and France", "في كل من تركيا"
                if (
                    tag
                    and text.distance(end - 1, mention.first) <= _CUE_REACH
                    and same_sentence(text, tag.first, mention.first)
                ):
                    at_office = end < mention.first and text.behind(mention.last) in offices
                    cue = "" if at_office else _CUES[tag.category]
                    way = way or leading.get(end, "")  # "aus der umkämpften Hauptstadt Juba"
                    break
                if end - 1 in taken or end - 1 in heads or end - 1 in clauses:
                    break
        changed = cue != mention.cue or way != mention.way
        cued.append(replace(mention, cue=cue, way=way) if changed else mention)
    return cued


def _opens_with_comma(
    text: Text, tags: Sequence[Tag], mention: Mention, mentions: Sequence[Mention], after: Mapping[int, str]
) -> bool:
    """Whether it is the subject "Almanya, ..." and not the first of a list "Almanya, Fransa ve ..."."""
    if mention.first != text.sentences[text.sentence_of[mention.first]].first or mention.last >= len(text.tokens):
        return False
    if "," not in text.between(mention.last - 1, mention.last):
        return False
    listed = [item for item in mentions if item.first == mention.last and item.roles & mention.roles - {"city"}]
    heads = {tag.first for tag in tags if tag[:2] in {("office", "mission"), ("office", "leader")}}
    if all(item.cue or after.get(item.last) or item.last in heads for item in listed):
        return True  # "Fransa, Burkina Faso Büyükelçisi'ni ..."
    return _speaks_before_a_list(text, tags, mention, mentions, after)


def _speaks_before_a_list(
    text: Text, tags: Sequence[Tag], mention: Mention, mentions: Sequence[Mention], after: Mapping[int, str]
) -> bool:
    """ "ABD, Lübnan ve Suriye'deki vatandaşlarına": its citizens in a list of places, and nobody else to speak."""
    joiners = {token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)}
    row: list[Mention] = [mention]
    rest: list[Mention] = []
    for item in mentions:
        if item.first < row[-1].last or not same_sentence(text, mention.first, item.first):
            continue
        beside = item.first == row[-1].last and "," in text.between(item.first - 1, item.first)
        joined = item.first > row[-1].last and joiners.issuperset(range(row[-1].last, item.first))
        if not rest and (beside or joined):
            row.append(item)
        else:
            rest.append(item)
    end = row[-1].last
    if rest or len(row) < _LIST or after.get(end) != "at":
        return False
    people = [tag for tag in tags if tag.category in {"citizens", "staff"} and end < tag.first <= end + _PEOPLE]
    ours = any(_OURS in word for tag in people for word in text.tokens[tag.first : tag.last])
    return bool(people) and not ours


def _spaced_headline(text: Text, token: int) -> bool:
    """Whether the space before a token parts two clauses, as it does in headlines of scripts that have no spaces."""
    if not text.sentences[text.sentence_of[token]].title or not text.between(token - 1, token).isspace():
        return False
    return is_unspaced(text.tokens[token - 1]) and is_unspaced(text.tokens[token])


def _heads_headline(text: Text, carriers: set[int], mentions: Sequence[Mention], mention: Mention) -> bool:
    """Whether it stands before the first comma of a Japanese or Korean headline, where the subject stands.

    With others and with what carries their arms: 米英仏、..., メキシコ軍、..., but not with a noun between.
    """
    title = text.sentences[0]
    if not title.title or mention.last >= title.last or not _SUBJECT_FIRST.search(_written(text, title.last)):
        return False
    ends = range(mention.last, min(title.first + _LONGEST_SUBJECT, title.last))
    end = next((at for at in ends if any(mark in text.between(at - 1, at) for mark in _HEADLINE_COMMA)), None)
    if end is None:
        return False
    if mention.first - title.first <= 1 and end - mention.last <= (1 if _is_lone_abbreviation(mention, title) else 0):
        return True
    named = {token for item in mentions if item.last <= end for token in range(item.first, item.last)}
    return all(token in named or token in carriers for token in range(title.first, end))


def _is_lone_abbreviation(mention: Mention, title: Sentence) -> bool:
    return "abbr" in mention.flags and mention.last - title.first == 1


def _written(text: Text, last: int) -> str:
    return text.original[: text.ends[last - 1]]

"""Places in a text: which country each name, adjective, people or city means, and the little words beside it.

Names with two meanings ("Georgia", "Jordan", a lone 美) need support from their neighbourhood or from the
rest of the article. Who owns an office and where it stands is `heads`' business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from advisor.detect.knowledge import Gazetteer, Lexicon
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_CUE_REACH = 3.6  # "in war-torn northern Syria"
_ABBREVIATION_NEIGHBOURS = frozenset(
    {"at", "office", "citizens", "staff", "urge", "say", "evacuate", "withdraw", "close", "leave", "from", "to"}
    | {"reopen", "lift", "no_travel", "no_essential_travel", "advice"}
)
_CUES = {
    "at": "at",
    "of": "of",
    "by": "by",
    "cause": "",
    "bordering": "with",
}  # categories of little words before a place
_SEATS = frozenset({"name", "city", "region"})
_OWNING = frozenset({"name", "adjective"})
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]+")
_VERBS = frozenset({"say", "urge", "evacuate", "withdraw", "close", "reopen", "lift"})
_PAUSES = frozenset(",;")
_NO_ITEM = frozenset(
    {"urge", "say", "leave", "evacuate", "withdraw", "close", "reopen", "lift", "no_travel", "no_essential_travel"}
    | {"citizens", "office", "shelter", "not", "deny"}
)
_PART_OF_ITEM = 8  # characters that may name the part of a country in a list
_LIST = 3  # places; two may be a topic and a speaker
_JOINER = 3  # words between two places of a list
_WEAK = frozenset({"weak"})
_HAN = re.compile("[\u4e00-\u9fff]")
_BEHIND_LISTS = frozenset("一二两兩三四五六七八九多等各在对對将將国國军軍方联聯両側首外")
_MOVING = frozenset({"at", "leave", "evacuate", "withdraw", "from", "to"})
_WHOLE = frozenset({"say", "urge", "deny", "speculate", "notice", "now"})
_SUBJECT_FIRST = re.compile("[\u3041-\u309f\uac00-\ud7a3]")  # hiragana, hangul
_WAYS = {"from_after": "from", "to_after": "to"}
_HEADLINE_COMMA = "、,"
_LIST_MARKS = ",،、，・·‧∙ㆍ/&;"
_SAYS = frozenset({"urge", "withdraw", "close", "evacuate", "departure"})  # what a headline's subject does
ATTACHED_AND = ("و", "ו")  # "سوريا ولبنان": the joiner is a letter of the next word ...
_AND_ATTACHED = ("와", "과")  # ... or, in Korean, of the word before


@dataclass(frozen=True, slots=True)
class Mention:
    """A country named in the text by tokens `first` up to and excluding `last`."""

    code: str
    roles: frozenset[str]
    first: int
    last: int
    flags: frozenset[str]
    cue: str = ""  # at: in, from, to it; of: belonging to it; by: done by it; with: bordering on it
    group: int = -1  # mentions coordinated with each other share a group
    way: str = ""  # from or to, where an ending says so, or a word behind: 수단에서 요르단으로

    @property
    def seat(self) -> bool:
        """A place where people can be, not a people or an office."""
        return bool(self.roles & _SEATS)


def mentions_of(
    text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon], credulous: bool = False
) -> list[Mention]:
    """The places of the text, longest names first, with cues and groups; doubtful ones dropped unless `credulous`."""
    named = _at_home(text, tags, _longest(_raw(text, tags, places, lexicons)))
    verb_last = any(lexicon.verb_last for lexicon in lexicons[:1])
    found = _grouped(text, tags, _cued(text, tags, lexicons, named), verb_last)
    found = _of_fuller_names(text, found)
    support = Counter(mention.code for mention in found if not mention.flags & {"homograph", "weak", "abbr"})
    listed = {item.group for item in found if "name" in item.roles and not item.flags & {"homograph", "weak", "abbr"}}
    runs = _runs_of_abbreviations(text, found, {tag.first for tag in tags})
    found = [mention for mention in found if not _of_another(text, mention, found)]
    edges = {
        edge
        for tag in tags
        if tag.category in _ABBREVIATION_NEIGHBOURS
        for edge in (("begin", tag.first), ("end", tag.last))
    }
    edges |= {("other", tag.last) for tag in tags}
    edges |= {("long", tag.last) for tag in tags if tag.category in _MOVING and tag.last > tag.first + 1}
    whole = {
        token
        for tag in tags
        if tag.category in _WHOLE and tag.last > tag.first + 1
        for token in range(tag.first, tag.last)
    }
    found = [mention for mention in found if "abbr" not in mention.flags or mention.first not in whole]  # 布 in 宣布
    return _one_each(
        [
            mention
            for mention in found
            if credulous
            or _believed(text, edges, mention, support, runs)
            or (mention.group in listed and "name" in mention.roles and "abbr" not in mention.flags)
        ],
        support,
    )


def _of_fuller_names(text: Text, mentions: list[Mention]) -> list[Mention]:
    """外交部 is Taiwan's where the article also writes 外交部領事事務局."""
    fuller = [item for item in mentions if "issuer" in item.roles and "home" not in item.flags]

    def meant(short: Mention) -> Mention:
        words = text.tokens[short.first : short.last]
        if any(
            other.code == short.code and text.tokens[other.first : other.first + len(words)] == words
            for other in fuller
        ):
            return short
        for other in fuller:
            if other.code != short.code and text.tokens[other.first : other.first + len(words)] == words:
                return replace(short, code=other.code)
        return short

    return [meant(item) if "home" in item.flags else item for item in mentions]


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


def _raw(text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon]) -> Iterable[Mention]:
    languages = {lexicon.language for lexicon in lexicons}
    prefixes = tuple({affix for lexicon in lexicons for affix in lexicon.prefixes.all})
    suffixes = tuple({affix for lexicon in lexicons for affix in lexicon.suffixes.all})
    idioms = [(tag.first, tag.last) for tag in tags if tag.category == "idiom"]
    small = text.original.islower()  # a writer without capitals
    advice = {tag.first for tag in tags if tag.category == "advice"}
    for match in places.forms.matches(text.tokens, prefixes, suffixes):
        place = places.table[match.meaning]
        if not place.languages & languages:
            continue
        slug = match.first == 0 and match.last in advice  # "canada travel advice: Kuwait", as addresses name it
        if not small and not slug and not _case_fits(text, match.first, match.last, place.flags):
            continue
        if text.sentence_of[match.first] != text.sentence_of[match.last - 1]:
            continue
        span = (match.first, match.last)
        if any(first <= span[0] and span[1] <= last and (first, last) != span for first, last in idioms):
            continue  # a turkey sandwich; an idiom that is nothing but the name hides other words, not the place
        if _inside_katakana(text, match.first, match.last):
            continue
        cue = next(
            (
                cue
                for lexicon in lexicons
                if (cue := lexicon.prefixes.cue(match.prefix) or lexicon.suffixes.cue(match.suffix))
            ),
            "",
        )
        flags = place.flags | _WEAK if small and "upper" in place.flags else place.flags  # "us" is a pronoun, too
        way = next((way for lexicon in lexicons if (way := lexicon.suffixes.way(match.suffix))), "")
        yield Mention(place.code, frozenset({place.role}), match.first, match.last, flags, cue, way=way)


def _case_fits(text: Text, first: int, last: int, flags: frozenset[str]) -> bool:
    written = text.original[text.starts[first] : text.ends[last - 1]]
    if "upper" in flags:
        return written.isupper()
    if "cap" in flags:
        return not written[:1].islower()
    return True


def _of_another(text: Text, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a generic word for the home ministry belongs to another country: フランス外務省, משרד החוץ הצרפתי."""
    if "home" not in mention.flags:
        return False
    for other in mentions:
        if other.code == mention.code or "home" in other.flags or other.cue == "at" or not other.roles & _OWNING:
            continue
        if other.last == mention.first and text.between(other.last - 1, mention.first) in {"", " "}:
            return True
        if other.first == mention.last and not mention.cue and text.between(mention.last - 1, other.first) in {"", " "}:
            return True  # a particle closes it: "외교부도 이란에"
    return False


def _inside_katakana(text: Text, first: int, last: int) -> bool:
    """Whether a katakana name is only a piece of a longer katakana word (タイ in タイトル)."""
    tokens = text.tokens

    def runs_on(left: int, right: int) -> bool:
        return (
            right < len(tokens)
            and bool(_KATAKANA.fullmatch(tokens[left] + tokens[right]))
            and (text.ends[left] == text.starts[right])
        )

    return runs_on(last - 1, last) or (first > 0 and runs_on(first - 1, first))


def _longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Longest spans win; equal spans of one country merge their roles."""
    merged: dict[tuple[int, int, str], Mention] = {}
    for mention in mentions:
        key = (mention.first, mention.last, mention.code)
        if known := merged.get(key):
            roles, flags, cue = known.roles | mention.roles, known.flags & mention.flags, known.cue or mention.cue
            merged[key] = replace(known, roles=roles, flags=flags, cue=cue)
        else:
            merged[key] = mention
    kept: list[Mention] = []
    taken: dict[int, tuple[int, int]] = {}
    for mention in sorted(merged.values(), key=lambda item: (item.first - item.last, item.first)):
        span = (mention.first, mention.last)
        if all(taken.get(token, span) == span for token in range(*span)):
            kept.append(mention)
            taken.update(dict.fromkeys(range(*span), span))
    return sorted(kept, key=lambda item: (item.first, item.last))


def _at_home(text: Text, tags: Sequence[Tag], mentions: list[Mention]) -> list[Mention]:
    """Without ministries that the word beside gives to another country: "Ministerstwo Spraw Zagranicznych Niemiec"."""
    of = {(tag.first, tag.last) for tag in tags if tag.category == "of"}  # "το ΥΠΕΞ της Κύπρου"
    there = {tag.first for tag in tags if tag.category == "here"}  # "the foreign ministry of that country"
    ministries = [(tag.first, tag.last) for tag in tags if tag[:2] == ("office", "ministry")]
    spoken_of = {mention.code for mention in mentions if text.sentences[text.sentence_of[mention.first]].title}
    governments = [(tag.first, tag.last) for tag in tags if tag[:2] == ("office", "government")]
    home = next((mention.code for mention in mentions if "home" in mention.flags), None)
    kept: list[Mention] = []
    others = _opens_for_others(text, tags, mentions, home)  # the ministry spoken of last is that of another country
    for mention in mentions:
        if "home" not in mention.flags:
            theirs = _qualifies(
                mention, ministries
            ) or (  # "Grecia recomienda ...": "el Gobierno griego", "el Ministerio"
                mention.code in spoken_of and _qualifies(mention, governments)
            )
            others = mention.code != home and (others or theirs)
            kept.append(mention)
        elif mention.last in there or any(_gives_away(text, mention, other, of) for other in mentions):
            others = True
        elif not others:
            kept.append(mention)
    return kept


def _opens_for_others(text: Text, tags: Sequence[Tag], mentions: list[Mention], home: str | None) -> bool:
    """ "ABD, ... istedi" in the headline, and home is nowhere named but by a bare "the ministry": it is theirs."""
    if not mentions or any(mention.code == home and "home" not in mention.flags for mention in mentions):
        return False
    first = mentions[0]
    in_title = text.sentences[text.sentence_of[first.first]].title
    if not in_title or "home" in first.flags or "name" not in first.roles or first.first > 1:
        return False
    behind = text.between(first.last - 1, first.last) if first.last < len(text.tokens) else ""
    return "," in behind or any(tag.first == first.last and tag.category in _SAYS for tag in tags)


def _qualifies(mention: Mention, ministries: list[tuple[int, int]]) -> bool:
    """Whether an adjective makes a ministry that of its country: "le ministère néerlandais des Affaires étrangères"."""
    return "adjective" in mention.roles and any(
        first <= mention.last and mention.first <= last for first, last in ministries
    )


def _gives_away(text: Text, ministry: Mention, other: Mention, of: set[tuple[int, int]]) -> bool:
    if other.code == ministry.code:
        return False
    if (ministry.last, other.first) in of:
        return "name" in other.roles
    if other.last == ministry.first:
        return "adjective" in other.roles
    if "capital" in other.flags and other.first == ministry.last + 1 and len(text.tokens[ministry.last]) < 3:
        return True  # "utrikesdepartementet i Washington"
    after = other.first == ministry.last and not ministry.cue and bool(other.roles & {"name", "adjective"})
    return after and text.between(ministry.last - 1, other.first).isspace()


def _cued(text: Text, tags: Sequence[Tag], lexicons: Sequence[Lexicon], mentions: list[Mention]) -> list[Mention]:
    """Find the little word that says in what way each place stands in its sentence."""
    before: dict[int, Tag] = {}
    after: dict[int, str] = {}
    ways = {tag.first: _WAYS[tag.category] for tag in tags if tag.category in _WAYS}
    leading = {tag.last: tag.category for tag in tags if tag.category in {"from", "to"}}
    tag: Tag | None
    for tag in tags:
        if tag.category in _CUES:
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
    announced = {tag.last - 1 for tag in tags if tag.category == "such_as"}  # "entre ellos Italia" is nowhere
    offices = {tag.first for tag in tags if tag.category == "office"}  # "at the US embassy": nobody is at the US
    cued = []
    verb_last = any(lexicon.verb_last for lexicon in lexicons)
    for mention in mentions:
        way = mention.way or ways.get(mention.last, "")
        cue = mention.cue or after.get(mention.last, "")
        if cue == "of" and not mention.cue and mention.first in before and before[mention.first].category == "at":
            cue = "at"  # 在伊朗的中国公民
        if not cue and (
            _heads_headline(text, mention) or (verb_last and _opens_with_comma(text, mention, mentions, after))
        ):
            cue = "by"
        if not cue:
            for end in range(mention.first, max(-1, mention.first - 4), -1):
                if end - 1 in announced:
                    break
                tag = before.get(end)
                if (
                    tag
                    and text.distance(end - 1, mention.first) <= _CUE_REACH
                    and _same_sentence(text, tag.first, mention.first)
                ):
                    at_office = end < mention.first and mention.last in offices
                    cue = "" if at_office else _CUES[tag.category]
                    way = way or leading.get(end, "")  # "aus der umkämpften Hauptstadt Juba"
                    break
                if end - 1 in taken or end - 1 in heads or end - 1 in clauses:
                    break
        cued.append(replace(mention, cue=cue, way=way))
    return cued


def _opens_with_comma(text: Text, mention: Mention, mentions: Sequence[Mention], after: Mapping[int, str]) -> bool:
    """Whether it is the subject "Almanya, ..." and not the first of a list "Almanya, Fransa ve ..."."""
    if mention.first != text.sentences[text.sentence_of[mention.first]].first or mention.last >= len(text.tokens):
        return False
    if "," not in text.between(mention.last - 1, mention.last):
        return False
    listed = [item for item in mentions if item.first == mention.last and item.roles & mention.roles - {"city"}]
    return all(item.cue or after.get(item.last) for item in listed)


def _heads_headline(text: Text, mention: Mention) -> bool:
    """Whether it stands before the first comma of a Japanese or Korean headline, where the subject stands."""
    title = text.sentences[0]
    if not title.title or mention.first - title.first > 1 or mention.last >= title.last:
        return False
    end = mention.last + (1 if "abbr" in mention.flags and mention.last - title.first == 1 else 0)
    written = text.original[: text.ends[title.last - 1]]
    ends = [index for index in (mention.last, end) if index < title.last]
    return bool(_SUBJECT_FIRST.search(written)) and any(
        mark in text.between(index - 1, index) for index in ends for mark in _HEADLINE_COMMA
    )


def _same_sentence(text: Text, left: int, right: int) -> bool:
    return text.sentence_of[left] == text.sentence_of[right]


def _grouped(text: Text, tags: Sequence[Tag], mentions: list[Mention], verb_last: bool) -> list[Mention]:
    """Number lists such as "Yemen, Libya and Iran"; a cue before the first serves them all."""
    joiners = {token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)}
    articles = {tag.first for tag in tags if tag.category == "article"}
    verbs = {token for tag in tags if tag.category in _NO_ITEM for token in range(tag.first, tag.last)}
    grouped: list[Mention] = []
    solid: Mention | None = None  # the last that is more than a character that may be a country
    group = groups = -1
    for mention in mentions:
        previous = grouped[-1] if grouped else None
        if previous is not None and previous.first == mention.first:
            group = previous.group
        elif previous is not None and _joined(text, joiners, articles, verbs, previous, mention):
            group = previous.group
            if not mention.cue or mention.cue == previous.cue:
                mention = replace(mention, cue=mention.cue or previous.cue)
        elif solid is not None and _enumerated(text, verbs, solid, mention):
            group = solid.group
        elif verb_last and previous is not None and _enumerates_governments(text, previous, mention):
            group = previous.group
        else:
            group = groups = groups + 1
        grouped.append(replace(mention, group=group))
        if "abbr" not in mention.flags:
            solid = grouped[-1]
    for index in range(len(grouped) - 1, 0, -1):  # the particle behind the last serves them all
        left, right = grouped[index - 1 : index + 1]
        if left.group == right.group and (not left.cue or left.cue == right.cue) and right.cue in {"at", "of", "by"}:
            grouped[index - 1] = replace(left, cue=right.cue, way=left.way or right.way)
    clauses = {tag.first for tag in tags if tag.category in _VERBS}
    return grouped if verb_last else _without_false_lists(text, joiners, clauses, grouped)


def _without_false_lists(text: Text, joiners: set[int], verbs: set[int], mentions: list[Mention]) -> list[Mention]:
    """Two places in the middle of a sentence are no list when a new clause begins with the second: nothing but a comma
    stands between them ("выехать из Бейрута, Париж готовит корабль"), or its verb follows (", and Spain said ...").
    """
    sizes = Counter(mention.group for mention in mentions)
    last = max(sizes, default=0)
    for index in range(1, len(mentions)):
        left, right = mentions[index - 1 : index + 1]
        if left.group != right.group or sizes[left.group] != 2 or not left.cue:
            continue
        comma = not _PAUSES.isdisjoint(text.between(left.last - 1, right.first))
        if comma and (right.last in verbs or (left.last == right.first and _goes_on(text, joiners, right))):
            last += 1
            mentions[index] = replace(right, group=last, cue="" if right.cue == left.cue else right.cue)
    return mentions


def _goes_on(text: Text, joiners: set[int], mention: Mention) -> bool:
    """Whether a plain word follows in the same clause."""
    after = mention.last
    if after >= len(text.tokens) or after in joiners or not _same_sentence(text, mention.first, after):
        return False
    return text.between(after - 1, after) == " "


def _enumerated(text: Text, verbs: set[int], left: Mention, right: Mention) -> bool:
    """Whether the ideographic comma joins them, though a part of the first is named: 阿富汗部分省份、尼日利亚."""
    between = range(left.last, right.first)
    if not _same_sentence(text, left.first, right.first) or len(between) > _PART_OF_ITEM:
        return False
    if not between and left.code == right.code:  # 埃及西奈半岛
        return not text.between(left.last - 1, right.first)
    if not between or left.cue == "by":
        return False
    enumerated = any("、" in text.between(token - 1, token) for token in range(left.last, right.first + 1))
    return enumerated and verbs.isdisjoint(between) and bool(left.roles & _SEATS and right.roles & _SEATS)


def _enumerates_governments(text: Text, left: Mention, right: Mention) -> bool:
    """米国、英国、日本政府: the office at the end is that of the last in the list."""
    beside = left.last == right.first and text.between(left.last - 1, right.first) in {"、", "・"}
    return beside and not left.cue and "name" in left.roles and right.roles == {"issuer"}


def _alike(left: Mention, right: Mention) -> bool:
    """Whether two mentions can stand in one list: two names, two peoples, a country and a part of another."""
    parts = {"name", "region"}
    return bool(left.roles & right.roles) or (left.code != right.code and left.roles | right.roles == parts)


def _joined(text: Text, joiners: set[int], articles: set[int], verbs: set[int], left: Mention, right: Mention) -> bool:
    if not _same_sentence(text, left.first, right.first) or not _alike(left, right):
        return False
    between = range(left.last, right.first)
    if len(between) > 2 or any(token not in joiners and len(text.tokens[token]) > 3 for token in between):
        return False
    if not verbs.isdisjoint(between):  # "... سوريا، كما دعا الأردن": a verb begins a clause
        return False
    gap = text.between(left.last - 1, right.first)
    if ":" in gap:  # "Afghanistan : la Norvège et le Danemark ferment ..."
        return False
    has_joiner = any(token in joiners and token not in articles for token in between)  # "Ukraine are the US, ..."
    if between:
        return has_joiner or (articles.issuperset(between) and any(mark in gap for mark in _LIST_MARKS))
    if not gap:  # 英仏, 丹麦挪威
        han = (
            _HAN.fullmatch(text.tokens[right.first]) is not None and _HAN.fullmatch(text.tokens[left.first]) is not None
        )
        names = "name" in left.roles & right.roles and left.code != right.code
        return ("abbr" in left.flags and "abbr" in right.flags) or (
            han and names and not (left.flags | right.flags) & {"abbr", "homograph"}
        )
    if left.cue == "by" and right.cue != "by" and any(mark in gap for mark in _HEADLINE_COMMA):
        return False
    if "," in gap and text.tokens[right.first].startswith("ו"):
        return False  # "..., וצרפת": a comma before an attached "and" begins a clause in Hebrew
    attached = text.tokens[right.first].startswith(ATTACHED_AND) or text.tokens[left.last - 1].endswith(_AND_ATTACHED)
    return attached or any(mark in gap for mark in _LIST_MARKS)


Edges = set[tuple[str, int]]  # where words that need a country begin and end


def _believed(text: Text, edges: Edges, mention: Mention, support: Mapping[str, int], runs: set[int]) -> bool:
    if "abbr" in mention.flags:
        if mention.first and text.tokens[mention.first - 1].isdigit():
            return False  # 14日 is a date
        return _beside_cue(text, edges, mention) or _opens_headline(text, mention) or mention.first in runs
    if mention.flags & {"homograph", "weak"}:
        return bool(mention.cue) or support[mention.code] > 0 or _beside_cue(text, edges, mention)
    return True


def _runs_of_abbreviations(text: Text, mentions: Sequence[Mention], begins: set[int]) -> set[int]:
    """Where abbreviations stand side by side and so prove each other: 美英法三国, but not 哈西娜."""
    first = {mention.first: mention for mention in mentions if "abbr" in mention.flags}
    runs: set[int] = set()
    for start, mention in first.items():
        follower = first.get(mention.last)
        if follower and follower.code != mention.code and not text.between(mention.last - 1, mention.last):
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
    """Whether an abbreviation stands alone before the first comma: 米、大使館を閉鎖; 英仏、...; 美, ..."""
    sentence = text.sentences[text.sentence_of[mention.first]]
    if mention.first - sentence.first > 1 or mention.last >= sentence.last:
        return False
    ends = range(mention.last, min(sentence.first + 3, sentence.last))
    return any(any(mark in text.between(end - 1, end) for mark in "、，,") for end in ends)


def _beside_cue(text: Text, edges: Edges, mention: Mention) -> bool:
    """Whether a word that needs a country ends right before the mention or begins right behind it."""
    if ("end", mention.first) in edges:  # 赴巴, but 前往巴基斯坦: a word of two characters takes a whole name
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
    """Where one form means several countries, the one that the article names elsewhere wins, then the first."""
    chosen: dict[tuple[int, int], Mention] = {}
    for mention in mentions:
        key = (mention.first, mention.last)
        rival = chosen.get(key)
        if rival is None or _rank(mention, support) > _rank(rival, support):
            chosen[key] = mention
    return sorted(chosen.values(), key=lambda item: item.first)


def _rank(mention: Mention, support: Mapping[str, int]) -> tuple[int, int, int, int]:
    doubtful = bool(mention.flags & {"homograph", "weak"})
    return (
        support[mention.code],
        mention.cue == "at" and mention.seat,
        not doubtful,
        "capital" in mention.flags or "name" in mention.roles,
    )

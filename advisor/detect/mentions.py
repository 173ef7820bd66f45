"""Places in a text: which country each name, adjective, people or city means, and the little words beside it.

Names with two meanings ("Georgia", "Jordan", a lone 美) need support from their neighbourhood or from the
rest of the article. Who owns an office and where it stands is `heads`' business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from advisor.detect.knowledge import Lexicon, Place
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.detect.trie import Trie

_CUE_REACH = 3.6  # "in war-torn northern Syria"
_ABBREVIATION_NEIGHBOURS = frozenset(
    {"at", "office", "citizens", "staff", "urge", "say", "evacuate", "withdraw", "close", "leave", "from", "to"}
)
_SEATS = frozenset({"name", "city", "region"})
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]+")
_LIST_MARKS = ",،、，・/&;"
_ATTACHED_AND = ("و", "ו")  # "سوريا ولبنان": the joiner is a letter of the next word ...
_AND_ATTACHED = ("와", "과")  # ... or, in Korean, of the word before


@dataclass(frozen=True, slots=True)
class Mention:
    """A country named in the text by tokens `first` up to and excluding `last`."""

    code: str
    roles: frozenset[str]
    first: int
    last: int
    flags: frozenset[str]
    cue: str = ""  # at: in, from, to it; of: belonging to it; by: done by it
    group: int = -1  # mentions coordinated with each other share a group

    @property
    def seat(self) -> bool:
        """A place where people can be, not a people or an office."""
        return bool(self.roles & _SEATS)


def mentions_of(text: Text, tags: Sequence[Tag], places: Trie, lexicons: Sequence[Lexicon]) -> list[Mention]:
    """The places of the text, longest names first, doubtful ones dropped, with cues and groups."""
    found = _grouped(
        text, tags, _cued(text, tags, lexicons, _at_home(text, _longest(_raw(text, tags, places, lexicons))))
    )
    support = Counter(mention.code for mention in found if not mention.flags & {"homograph", "weak", "abbr"})
    return _one_each([mention for mention in found if _believed(text, tags, mention, support)], support)


def _raw(text: Text, tags: Sequence[Tag], places: Trie, lexicons: Sequence[Lexicon]) -> Iterable[Mention]:
    languages = {lexicon.language for lexicon in lexicons}
    prefixes = tuple({affix for lexicon in lexicons for affix in lexicon.prefixes.all})
    suffixes = tuple({affix for lexicon in lexicons for affix in lexicon.suffixes.all})
    hidden = [(tag.first, tag.last) for tag in tags if tag.category == "idiom"]
    for match in places.matches(text.tokens, prefixes, suffixes):
        place: Place = match.meaning
        if not place.languages & languages or not _case_fits(text, match.first, match.last, place.flags):
            continue
        if text.sentence_of[match.first] != text.sentence_of[match.last - 1]:
            continue
        if any(first <= match.first and match.last <= last for first, last in hidden):
            continue
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
        yield Mention(place.code, frozenset({place.role}), match.first, match.last, place.flags, cue)


def _case_fits(text: Text, first: int, last: int, flags: frozenset[str]) -> bool:
    written = text.original[text.starts[first] : text.ends[last - 1]]
    if "upper" in flags:
        return written.isupper()
    if "cap" in flags:
        return not written[:1].islower()
    return True


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


def _at_home(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Without ministries that the word beside gives to another country: "Ministerstwo Spraw Zagranicznych Niemiec"."""
    return [
        mention
        for mention in mentions
        if "home" not in mention.flags or not any(_gives_away(text, mention, other) for other in mentions)
    ]


def _gives_away(text: Text, ministry: Mention, other: Mention) -> bool:
    if other.code == ministry.code:
        return False
    if other.last == ministry.first:
        return "adjective" in other.roles
    after = other.first == ministry.last and bool(other.roles & {"name", "adjective"})
    return after and text.between(ministry.last - 1, other.first).isspace()


def _cued(text: Text, tags: Sequence[Tag], lexicons: Sequence[Lexicon], mentions: list[Mention]) -> list[Mention]:
    """Find the little word that says in what way each place stands in its sentence."""
    before: dict[int, Tag] = {}
    after: dict[int, str] = {}
    tag: Tag | None
    for tag in tags:
        if tag.category in {"at", "of", "by"}:
            before.setdefault(tag.last, tag)  # the longest: "out of" is no "of"
        elif tag.category in {"at_after", "of_after", "by_after"}:
            after[tag.first] = tag.category.removesuffix("_after")
    taken = {token for mention in mentions for token in range(mention.first, mention.last)}
    heads = {
        token for tag in tags if tag.category in {"office", "citizens", "staff"} for token in range(tag.first, tag.last)
    }
    cued = []
    for mention in mentions:
        cue = mention.cue or after.get(mention.last, "")
        if not cue:
            for end in range(mention.first, max(-1, mention.first - 4), -1):
                tag = before.get(end)
                if (
                    tag
                    and text.distance(end - 1, mention.first) <= _CUE_REACH
                    and _same_sentence(text, tag.first, mention.first)
                ):
                    cue = tag.category
                    break
                if end - 1 in taken or end - 1 in heads:
                    break
        cued.append(replace(mention, cue=cue))
    return cued


def _same_sentence(text: Text, left: int, right: int) -> bool:
    return text.sentence_of[left] == text.sentence_of[right]


def _grouped(text: Text, tags: Sequence[Tag], mentions: list[Mention]) -> list[Mention]:
    """Number lists such as "Yemen, Libya and Iran"; a cue before the first serves them all."""
    joiners = {token for tag in tags if tag.category == "and" for token in range(tag.first, tag.last)}
    grouped: list[Mention] = []
    group = -1
    for mention in mentions:
        previous = grouped[-1] if grouped else None
        if previous is not None and previous.first == mention.first:
            group = previous.group
        elif previous is not None and _joined(text, joiners, previous, mention):
            group = previous.group
            if not mention.cue or mention.cue == previous.cue:
                mention = replace(mention, cue=mention.cue or previous.cue)
        else:
            group += 1
        grouped.append(replace(mention, group=group))
    return grouped


def _joined(text: Text, joiners: set[int], left: Mention, right: Mention) -> bool:
    if not _same_sentence(text, left.first, right.first) or bool(left.roles & right.roles) is False:
        return False
    between = range(left.last, right.first)
    if len(between) > 2 or any(token not in joiners and len(text.tokens[token]) > 3 for token in between):
        return False
    gap = text.between(left.last - 1, right.first)
    if ":" in gap:  # "Afghanistan : la Norvège et le Danemark ferment ..."
        return False
    has_joiner = any(token in joiners for token in between)
    if between:
        return has_joiner
    attached = text.tokens[right.first].startswith(_ATTACHED_AND) or text.tokens[left.last - 1].endswith(_AND_ATTACHED)
    return attached or any(mark in gap for mark in _LIST_MARKS)


def _believed(text: Text, tags: Sequence[Tag], mention: Mention, support: Mapping[str, int]) -> bool:
    if "abbr" in mention.flags:
        return _beside_cue(tags, mention)
    if mention.flags & {"homograph", "weak"}:
        return bool(mention.cue) or support[mention.code] > 0 or _beside_cue(tags, mention)
    return True


def _beside_cue(tags: Sequence[Tag], mention: Mention) -> bool:
    return any(
        tag.category in _ABBREVIATION_NEIGHBOURS and (tag.last == mention.first or tag.first == mention.last)
        for tag in tags
    )


def _one_each(mentions: list[Mention], support: Mapping[str, int]) -> list[Mention]:
    """Where one form means several countries, the one that the article names elsewhere wins, then the first."""
    chosen: dict[tuple[int, int], Mention] = {}
    for mention in mentions:
        key = (mention.first, mention.last)
        rival = chosen.get(key)
        if rival is None or _rank(mention, support) > _rank(rival, support):
            chosen[key] = mention
    return sorted(chosen.values(), key=lambda item: item.first)


def _rank(mention: Mention, support: Mapping[str, int]) -> tuple[int, int, int]:
    doubtful = bool(mention.flags & {"homograph", "weak"})
    return (support[mention.code], not doubtful, "capital" in mention.flags or "name" in mention.roles)

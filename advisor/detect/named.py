"""Which names of places stand in a text, longest first, and which country a ministry is of that has no name of its own.

What the little words beside them say is `cues`' business, whether doubtful ones are meant is `doubt`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from advisor.detect.knowledge import Gazetteer, Lexicon
from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.detect.trie import Match

_OWNING = frozenset({"name", "adjective"})
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]+")
_KATAKANA_BLOCK = "\u30a1", "\u30fc"
_WEAK = frozenset({"weak"})
_CLOSING = re.compile(r"\s*[,;.)]")
_OWNED_BY = frozenset("の的両两兩")  # between a country and its ministry
_MINISTRIES = frozenset("省部")  # how words for ministries end
_SAYS = frozenset({"urge", "withdraw", "close", "evacuate", "departure"})  # what a headline's subject does


def named(text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon]) -> list[Mention]:
    """Every name of a place in the text, the longest where several overlap; without cues and groups."""
    return _at_home(text, tags, _namesakes(text, _longest(_raw(text, tags, places, lexicons))))


def names_two(text: Text, places: Gazetteer, lexicons: Sequence[Lexicon], known: str | None) -> bool:
    """Whether the text may name two countries, or one beside the one that is `known`.

    It may seem to name more than `named` finds: nothing is known yet of idioms, neighbours and doubtful names.
    """
    languages = {lexicon.language for lexicon in lexicons}
    affixes = _affixes(lexicons)
    small = text.original.islower()
    countries = {known} if known else set()
    for sentence in text.sentences:
        for match in places.forms.matches(text.tokens[sentence.first : sentence.last], *affixes):
            first, last = sentence.first + match.first, sentence.first + match.last
            place = places.table[match.meaning]
            fits = small or first == 0 or _case_fits(text, first, last, place.flags)
            if fits and not place.languages.isdisjoint(languages):
                countries.add(place.code)
        if len(countries) > 1:
            return True
    return False


def without_those_of_others(text: Text, mentions: Sequence[Mention]) -> list[Mention]:
    """Without generic words for the home ministry that belong to another country: フランス外務省."""
    return [mention for mention in mentions if not _of_another(text, mention, mentions)]


def _of_another(text: Text, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a generic word for the home ministry belongs to another country: フランス外務省, משרד החוץ הצרפתי."""
    if "home" not in mention.flags:
        return "issuer" in mention.roles and any(
            other.cue == "of" and "name" in other.roles and other.code != mention.code
            and (other.last == mention.first or text.tokens[other.last : mention.first] == ("s",))
            for other in mentions
        )  # fmt: skip  # "Pakistan's Foreign Office"
    for other in mentions:
        if other.code == mention.code or "home" in other.flags or other.cue == "at" or not other.roles & _OWNING:
            continue
        if other.last == mention.first and text.between(other.last - 1, mention.first) in {"", " "}:
            return True
        if other.last + 1 == mention.first and _belongs(text, other, mention):
            return True
        if other.first == mention.last and not mention.cue and text.between(mention.last - 1, other.first) in {"", " "}:
            return True  # a particle closes it: "외교부도 이란에"
    return False


def _belongs(text: Text, owner: Mention, office: Mention) -> bool:
    """Whether one small character makes a ministry another country's: ドイツの外務省, 米英両外務省."""
    together = not text.between(owner.last - 1, owner.last) and not text.between(owner.last, office.first)
    return together and text.tokens[owner.last] in _OWNED_BY and text.tokens[office.last - 1] in _MINISTRIES


def of_fuller_names(text: Text, mentions: list[Mention], home: str | None) -> list[Mention]:
    """外交部 is Taiwan's where the article also writes 外交部領事事務局, or 國人 as only Taiwan does."""
    fuller = [item for item in mentions if "issuer" in item.roles and "home" not in item.flags]
    own = {item.first for item in mentions if "home" in item.flags and item.code == home}  # UD is Sweden's and Norway's
    homes = {item.code for item in mentions if "home" in item.flags and item.first not in own}
    away = homes.pop() if len(homes) == 1 and home not in {item.code for item in fuller} else None

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
        return replace(short, code=away) if away and short.code == home else short

    return [meant(item) if "home" in item.flags else item for item in mentions]


def _raw(text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon]) -> Iterator[Mention]:
    languages = {lexicon.language for lexicon in lexicons}
    idioms = [(tag.first, tag.last) for tag in tags if tag.category == "idiom"]
    inside = {token for first, last in idioms for token in range(first, last)}
    small = text.original.islower()  # a writer without capitals
    advice = {tag.first for tag in tags if tag.category == "advice"}
    for match in places.forms.matches(text.tokens, *_affixes(lexicons)):
        place = places.table[match.meaning]
        if place.languages.isdisjoint(languages):
            continue
        slug = match.first == 0 and match.last in advice  # "canada travel advice: Kuwait", as addresses name it
        if not small and not slug and not _case_fits(text, match.first, match.last, place.flags):
            continue
        if text.sentence_of[match.first] != text.sentence_of[match.last - 1]:
            continue
        span = (match.first, match.last)
        if match.first in inside and any(
            first <= span[0] and span[1] <= last and (first, last) != span for first, last in idioms
        ):
            continue  # a turkey sandwich; an idiom that is nothing but the name hides other words, not the place
        if _inside_katakana(text, match.first, match.last):
            continue
        cue, way = _attached(match, lexicons) if match.prefix or match.suffix else ("", "")
        if cue == "at" and place.role == "issuer":
            cue = way = ""  # 미국대사관을: an office is no place where another one stands
        flags = place.flags | _WEAK if small and "upper" in place.flags else place.flags  # "us" is a pronoun, too
        yield Mention(place.code, frozenset({place.role}), match.first, match.last, flags, cue, way=way)


def _affixes(lexicons: Sequence[Lexicon]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The letters that may stand attached to a name, before it and behind it."""
    prefixes = dict.fromkeys(affix for lexicon in lexicons for affix in lexicon.prefixes.all)
    suffixes = dict.fromkeys(affix for lexicon in lexicons for affix in lexicon.suffixes.all)
    return tuple(prefixes), tuple(suffixes)


def _attached(match: Match, lexicons: Sequence[Lexicon]) -> tuple[str, str]:
    """The cue and the way that letters attached to a name give it."""
    cues = (lexicon.prefixes.cue(match.prefix) or lexicon.suffixes.cue(match.suffix) for lexicon in lexicons)
    ways = (lexicon.prefixes.way(match.prefix) or lexicon.suffixes.way(match.suffix) for lexicon in lexicons)
    return next(filter(None, cues), ""), next(filter(None, ways), "")


def _case_fits(text: Text, first: int, last: int, flags: frozenset[str]) -> bool:
    if "upper" in flags:
        return text.original[text.starts[first] : text.ends[last - 1]].isupper()
    if "mixed" in flags and text.original[text.starts[first] : text.ends[last - 1]].isupper():
        return False  # DACA, beside Daca
    return "cap" not in flags or not text.original[text.starts[first]].islower()


def _inside_katakana(text: Text, first: int, last: int) -> bool:
    """Whether a katakana name is only a piece of a longer katakana word (タイ in タイトル)."""
    tokens = text.tokens
    begins, ends = _KATAKANA_BLOCK
    if not (begins <= tokens[first][0] <= ends or begins <= tokens[last - 1][0] <= ends):
        return False  # at no cost for nearly all names
    if not (_KATAKANA.match(tokens[first]) or _KATAKANA.match(tokens[last - 1])):
        return False

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


def _namesakes(text: Text, mentions: list[Mention]) -> list[Mention]:
    """ "In Santa Cruz, Bolivia, ...": a town of that name lies in the country behind it, too."""

    def lies_in(town: Mention, country: Mention) -> bool:
        behind = text.behind(country.last)
        closed = behind < 0 or bool(_CLOSING.match(text.between(country.last - 1, behind)))
        beside = town.last == country.first and text.between(town.last - 1, country.first) == ", "
        return closed and beside and "name" in country.roles and not country.roles & {"people", "adjective"}

    def is_listed(before: Mention | None, town: Mention) -> bool:
        listed = before is not None and before.last == town.first and before.roles == {"city"}
        return listed and text.between(town.first - 1, town.first) == ", "  # "Doha, Dubai, Kuwait": a list

    rows = zip([None, *mentions], mentions, mentions[1:], strict=False)
    theirs = {
        id(town): country.code
        for before, town, country in rows
        if _is_town(town) and lies_in(town, country) and not is_listed(before, town)
    }
    return [replace(item, code=theirs[id(item)]) if id(item) in theirs else item for item in mentions]


def _is_town(mention: Mention) -> bool:
    return mention.roles == {"city"} and "capital" not in mention.flags


def _at_home(text: Text, tags: Sequence[Tag], mentions: list[Mention]) -> list[Mention]:
    """Without ministries that the word beside gives to another country: "Ministerstwo Spraw Zagranicznych Niemiec"."""
    advice = {tag.first for tag in tags if tag.category == "advice"}
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
        elif mention.first in advice and any(_speaks_before(text, other, mention) for other in mentions):
            continue  # 美國國務院重申，委內瑞拉旅遊警示維持: the warning is that of who speaks
        elif mention.last in there or any(_gives_away(text, mention, other, of) for other in mentions):
            others = True
        elif not others:
            kept.append(mention)
    return kept


def _speaks_before(text: Text, other: Mention, mention: Mention) -> bool:
    """Whether the office of another country stands before it in the sentence."""
    before = other.last <= mention.first and text.sentence_of[other.first] == text.sentence_of[mention.first]
    return before and "issuer" in other.roles and "home" not in other.flags and other.code != mention.code


def _opens_for_others(text: Text, tags: Sequence[Tag], mentions: list[Mention], home: str | None) -> bool:
    """ "ABD, ... istedi" in the headline, and home is nowhere named but by a bare "the ministry": it is theirs."""
    office = next((item for item in mentions if "home" in item.flags), None)
    if office is None:
        return False
    told = [item for item in mentions if text.sentence_of[item.first] <= text.sentence_of[office.first]]
    if any(item.code == home and "home" not in item.flags for item in told):
        return False
    first = mentions[0]
    in_title = text.sentences[text.sentence_of[first.first]].title
    able = "name" in first.roles or "capital" in first.flags
    if not in_title or "home" in first.flags or not able or first.first > 1:
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
        return bool(other.roles & {"adjective", "people"})  # "Γάλλος ΥΠΕΞ"
    if "capital" in other.flags and other.first == ministry.last + 1 and len(text.tokens[ministry.last]) < 3:
        return True  # "utrikesdepartementet i Washington"
    after = other.first == ministry.last and not ministry.cue and bool(other.roles & {"name", "adjective"})
    return after and text.between(ministry.last - 1, other.first).isspace()

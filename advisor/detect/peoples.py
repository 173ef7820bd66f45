"""Which words for a nation are people: "told the Irish to leave", "219 brasileiros", but not "Irish pubs"."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text

# Acts between a head and a place, or behind one of a people.
ACTS = frozenset({"leave", "evacuate", "withdraw", "close", "reopen", "lift", "urge", "say"})
_BEHIND_ONE = frozenset({"here", "urge", "relative", "now", "leave"})  # behind one of a people; not "any US company"
_OPENED = frozenset({"urge", "withdraw", "close", "reopen"})  # verbs behind "Dutch" at the very start
_COUNTED_ALIKE = ("ish", "ch", "ese", "ss")  # English plurals that do not tell: "200 Irish evacuated"
_COUNTED = ("os", "as", "es", "is", "ns", "ni", "ista", "aista")  # how words for people end behind a number
_QUALIFIED = frozenset({"office", "citizens", "staff", "others"})  # nouns that a nationality may stand before
_ARABIC = range(0x0600, 0x0700)
_ADJECTIVE_PEOPLES = range(0x0590, 0x0700)  # scripts whose plural adjectives are the names of peoples


def _is_hebrew_name(text: Text, mention: Mention) -> bool:
    """מצרים: Egypt far more often than Egyptians."""
    return "name" in mention.roles and ord(text.tokens[mention.first][0]) in _ADJECTIVE_PEOPLES


def alone(text: Text, mention: Mention, edges: set[int]) -> bool:
    """Whether an Arabic or Hebrew plural, adjective and people alike, stands alone: not المواطنين الكويتيين."""
    if ord(text.tokens[mention.first][0]) not in _ADJECTIVE_PEOPLES or _is_hebrew_name(text, mention):
        return False
    return edges.isdisjoint({mention.first, mention.last})


def _named_before(text: Text, earlier: Sequence[Mention], mention: Mention) -> bool:
    sentence = text.sentence_of[mention.first]
    return any(item.code == mention.code and text.sentence_of[item.first] == sentence for item in earlier)


def peoples(
    text: Text, tags: Sequence[Tag], mentions: Sequence[Mention], adjective_after: bool, owner_before: bool
) -> set[int]:
    """Which mentions name people. Where one word is adjective and person, an article makes it a noun ("los rusos").

    The lexicons of such languages list these little words as `the`; nothing but them, a number, or the beginning
    of the sentence stands before the noun, while an adjective follows what it qualifies.
    """
    articles = {tag.last for tag in tags if tag.category == "the"}
    verbs = {tag.last for tag in tags if tag.category in {"urge", "evacuate"}}  # "quer britânicos fora", plural only
    verbs -= {tag.last for tag in tags if tag.category == "carrier"}  # "um voo militar francês": the flight is French
    told = {tag.first for tag in tags if tag.category in _OPENED}
    behind = {tag.first for tag in tags if tag.category in {"at", "from"}}
    acts = behind | {tag.first for tag in tags if tag.category in ACTS or tag.category in {"not", "shelter", "there"}}
    definite = {tag.last for tag in tags if tag.category == "article"}
    titles = {tag.first for tag in tags if tag.category in {"office", "staff"}}
    counts = {tag.last for tag in tags if tag.category == "count"}
    each = {tag.last for tag in tags if tag.category == "each"}
    goes_on = acts | {tag.first for tag in tags if tag.category in _BEHIND_ONE}
    qualified = {tag.first for tag in tags if tag.category in _QUALIFIED}
    nouns: set[int] = set()
    groups: set[int] = set()  # "britanicos y alemanes": the second is what the first is
    for index, mention in enumerate(mentions):
        if "people" not in mention.roles:
            lone = owner_before and text.behind(mention.last) not in qualified
            if _is_counted_singular(text, counts, mention, lone):
                nouns.add(id(mention))
            continue
        first, next_ = mention.first, text.behind(mention.last)
        counted = first > 0 and (text.tokens[first - 1].isdigit() or first in counts)  # "the 150 or so Japanese"
        counted = counted and text.between(first - 1, first) == " "
        if "name" in mention.roles:  # Polish Włochy is Italy before it is Italians
            if counted or (first in verbs and _named_before(text, mentions[:index], mention)):
                nouns.add(id(mention))  # "66 Czechów", "Warschau ruft Polen zur Ausreise auf"
            continue
        opens = first == 0 or text.sentence_of[first - 1] != text.sentence_of[first] or text.tokens[first - 1].isdigit()
        noun = first in articles or (articles and opens)
        noun = noun or (first in verbs and text.tokens[first].endswith(("s", "i")))
        noun = noun or (opens and next_ in told)  # "Dutch told to leave"
        noun = noun or (first in each and next_ in goes_on)  # "any American there should leave"
        noun = noun or (counted and text.tokens[first].endswith(_COUNTED))  # "219 brasileiros", "25 suomalaista"
        noun = noun or (adjective_after and counted)  # "quattordici greci"
        noun = noun or (counted and text.tokens[first].endswith("er") and not _is_capital(text, next_))  # "9 Schweizer"
        alike = text.tokens[first].endswith(_COUNTED_ALIKE) and next_ in acts
        noun = noun or (alike and (counted or first in definite))  # "told the Irish to leave"
        noun = noun or (next_ in behind and (first in verbs or not adjective_after))  # "for Maltese in Tripoli"
        noun = noun or text.tokens[first].endswith(("ii", "lor"))  # the article of Romanian is an ending
        if next_ in titles:  # "ο Τούρκος πρόεδρος"
            continue
        if "adjective" not in mention.roles or noun or mention.group in groups:
            nouns.add(id(mention))
            groups.add(mention.group)
    return nouns


def _is_capital(text: Text, token: int) -> bool:
    """Whether the word of that token, if there is one, begins with a capital: "21 Schweizer Soldaten"."""
    return token >= 0 and text.original[text.starts[token]].isupper()


def _is_counted_singular(text: Text, counts: set[int], mention: Mention, lone: bool) -> bool:
    """ "ألف فرنسي", "۲۰ ایرانی", "300 Polonyalı": behind a number stands one of a people, elsewhere an adjective.

    `lone`: nothing that the adjective could belong to follows, where it stands before its noun (Turkish).
    """
    first = mention.first
    if "adjective" not in mention.roles or "name" in mention.roles or not first:
        return False
    if not (lone or ord(text.tokens[first][0]) in _ARABIC) or text.between(first - 1, first) != " ":
        return False
    return text.tokens[first - 1].isdigit() or first in counts

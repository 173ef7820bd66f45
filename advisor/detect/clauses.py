"""Where one clause ends and another begins: what is said in one undoes nothing in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.detect.lists import ATTACHED_AND
from advisor.detect.tags import Index, Tag
from advisor.detect.text import Sentence, Text, is_unspaced

_PARTING = ("while", "but")  # words between two clauses that say their own
_LEADING_ON = ("clause", "relative")  # words that go on with what was said
COMMAS = frozenset(",،，")
_QUESTIONS = frozenset("?？؟")
_OWN_ACTS = ("evacuate", "withdraw", "close")
_APART, _CLOSE = 2, 2  # tokens between an act and a denial of another, and from the denial to its own
_DENYING = frozenset({"deny", "stays", "untrue"})
_GOVERNED = 4  # tokens from a denial to the act that it takes back
_STOPS = (";", "؛", "；", " – ", " — ", " - ", "…")


def asks(text: Text, sentence: Sentence) -> bool:
    """ "Embassy closing? What we know": whoever asks does not know."""
    end = sentence.last
    behind = text.between(end - 1, end) if end < len(text.tokens) else text.original[text.ends[end - 1] :]
    return not _QUESTIONS.isdisjoint(behind.split("\n")[0])


def said_behind_colon(text: Text, index: Index, sentence: Sentence, act: Tag) -> bool:
    """ "The embassy had said on Monday: leave Iran now": somebody's own words, though no marks stand round them."""
    colons = (token for token in range(act.first, sentence.first, -1) if ":" in text.between(token - 1, token))
    colon = next(colons, sentence.first)
    return any(tag.last <= colon for tag in index.get("say", ()))


def in_another_clause(text: Text, index: Index, culprit: Tag, anchor: Tag) -> bool:
    """ "France calls its citizens home, while Iran denies ...": what another clause says undoes nothing here."""
    left, right = (culprit, anchor) if culprit.last <= anchor.first else (anchor, culprit)
    if any(left.last <= tag.first and tag.last <= right.first for name in _PARTING for tag in index.get(name, ())):
        return True
    commas = []
    for token in range(left.last, right.first + 1):
        mark = text.between(token - 1, token)
        if any(stop in mark for stop in _STOPS):
            return True
        if not COMMAS.isdisjoint(mark):
            commas.append(token)
    if culprit is right and _takes_back_its_own(text, index, culprit, anchor):
        return True
    if culprit is right and culprit.category == "deny" and _is_joined_on(text, culprit):
        return True
    if culprit is right and culprit.category in _DENYING and _meanwhile(index, anchor, culprit):
        return True
    if not commas:
        return False
    if culprit is left and culprit.category == "deny" and any(tag.first in commas for tag in index.get("urge", ())):
        return True  # "Delhi denies rumours of closure, urges citizens to leave"
    if culprit is left and _is_news_of_rumours(index, culprit, commas, anchor):
        return True
    if culprit is left:
        return _is_aside(text, index, culprit) or (culprit.category == "lift" and _tells(index, commas[-1], anchor))
    if any("，" in text.between(token - 1, token) for token in commas):
        # Chinese goes on behind a comma, 呼吁公民回国，这是谣言; a condition opens what follows, 已撤侨，如有需要将增派
        return culprit.category == "if_needed"
    begins = commas[0]  # "citizens must leave, the junta denies danger", but not "reports that they must, are false"
    return not _follows(index, _LEADING_ON, begins) and not _is_subordinate(index, anchor)


def _meanwhile(index: Index, anchor: Tag, culprit: Tag) -> bool:
    """ "UK warns against travel to Israel as Iran dismisses claims": who does something else meanwhile."""
    return any(anchor.last <= tag.first < tag.last < culprit.first for tag in index.get("meanwhile", ()))


def tells_next(index: Index, act: Tag, filled: Mapping[str, Tag]) -> bool:
    """ "... families to go home and told citizens to avoid the plant": behind "and" others hear another act."""
    urge, audience = filled.get("urge"), filled.get("citizens")
    if urge is None or audience is None or not act.last <= urge.first < audience.first:
        return False
    return any(tag.last == urge.first for tag in index.get("and", ()))


def _is_joined_on(text: Text, tag: Tag) -> bool:
    """ "تدعو مواطنيها إلى المغادرة ونفت ...", "وبغداد تنفي": the "and" within a word goes on."""
    begins = text.tokens[tag.first - 1 : tag.first + 1]
    return tag.language in {"ar", "he"} and any(word.startswith(ATTACHED_AND) for word in begins)


def _is_news_of_rumours(index: Index, culprit: Tag, commas: Sequence[int], anchor: Tag) -> bool:
    """가짜뉴스 난무하는 말리, 프랑스 자국민에 출국 권고: rumours have one clause, the call another."""
    rumour = any(tag.first < culprit.last and culprit.first < tag.last for tag in index.get("fact_check", ()))
    if not rumour or commas[-1] <= culprit.last:  # right before the comma it is a label
        return False
    ahead = [name for name in ("urge", "citizens") if any(tag.first >= commas[-1] for tag in index.get(name, ()))]
    return len(ahead) == 2 and commas[-1] <= anchor.first


def _takes_back_its_own(text: Text, index: Index, culprit: Tag, anchor: Tag) -> bool:
    """呼吁公民离开 称不会派军机撤侨: behind a comma or the space of a headline, a denial with an act of its own."""
    if culprit.category not in {"not", "deny"} or anchor.category in _OWN_ACTS:
        return False
    if culprit.category == "deny" and any(
        tag.first < culprit.last and culprit.first < tag.last for name in _OWN_ACTS for tag in index.get(name, ())
    ):
        return True  # "has ordered its staff out but will not close the embassy"
    if culprit.category == "deny" and _has_its_own_object(text, index, culprit, anchor):
        return True
    parted = any(
        mark == " " or not COMMAS.isdisjoint(mark)
        for token in range(anchor.last, culprit.first + 1)
        if is_unspaced(text.tokens[token]) and is_unspaced(text.tokens[token - 1])
        for mark in [text.between(token - 1, token)]
    )
    return parted and any(
        0 <= tag.first - culprit.last <= _GOVERNED for name in _OWN_ACTS for tag in index.get(name, ())
    )


def _has_its_own_object(text: Text, index: Index, denial: Tag, anchor: Tag) -> bool:
    """ "Ankara urges Turks to leave as a German firm denies an exit": what the denial governs stands behind it."""
    return denial.first - anchor.last >= _APART and any(
        0 <= tag.first - denial.last <= _CLOSE
        and COMMAS.isdisjoint(text.original[text.ends[denial.last - 1] : text.starts[tag.first]])
        for name in ("leave", *_OWN_ACTS)
        for tag in index.get(name, ())
    )


def _tells(index: Index, begins: int, anchor: Tag) -> bool:
    """ "Bank lifts forecast, krone slips, Danes told to leave Chad": the last clause has its own word of telling."""
    own = any(begins <= tag.first <= anchor.first for tag in index.get("urge", ()))
    return own and any(begins <= tag.first for tag in index.get("citizens", ()))


def _is_aside(text: Text, index: Index, culprit: Tag) -> bool:
    """ "Although it is not evacuating, ...", "..., which is not closed, ...": the comma behind it ends what it says."""
    begins = _clause_begins(text, culprit)
    first = begins == 0 or text.sentence_of[begins - 1] != text.sentence_of[begins]
    return _follows(index, ("but",), begins) or (not first and _follows(index, ("relative",), begins))


def _is_subordinate(index: Index, act: Tag) -> bool:
    """ "Reports that the embassies of Chad left, are false": what is said of the reports is said of the act."""
    names = ("clause", "relative", "such_as")
    return any(tag.last <= act.first for name in names for tag in index.get(name, ()))


def _clause_begins(text: Text, tag: Tag) -> int:
    """The first token behind the comma before the tag, or of its sentence."""
    token = tag.first
    while token and text.sentence_of[token - 1] == text.sentence_of[tag.first]:
        if not COMMAS.isdisjoint(text.between(token - 1, token)):
            break
        token -= 1
    return token


def _follows(index: Index, names: Sequence[str], token: int) -> bool:
    """Whether such a word opens the clause that begins there."""
    return any(0 <= tag.first - token <= 1 for name in names for tag in index.get(name, ()))

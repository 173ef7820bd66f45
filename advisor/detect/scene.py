"""One sentence with everything found in it, what the article has said so far, and readings of a role.

Shared by who speaks (`speakers`), about where (`destinations`) and the pair of both (`binding`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from advisor.detect.frames import Frame, separation
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Kind

SUBJECT_REACH = 9.0
AT_HOME = frozenset({"government", "ministry", "leader"})  # where they sit is no place that people leave
WHERE_THEY_ARE, WHOSE_CITIZENS = "where the citizens is", "owner of the citizens"  # as heads say them
BEFORE, ANAPHOR = "spoken of before", 2
SUBJECT = "the subject of the sentence"
SPEAKS, OFFICE_SPEAKS = "the government that speaks", "the office that speaks"
NAMED = "named before the act"
OWN_FLIGHTS = frozenset({"own", "flight", "counted", "landed"})  # values of "evacuate" that need no passengers named
BEHIND = "the subject behind what is theirs"  # "close their embassies France and Italy", in a free word order
WHOSE, WHOSE_NEARBY = "whose people they are", "whose people they are, a sentence away"
LISTED_WITH = "listed with it"
TOPIC = "what the article is about"  # nothing in the sentence points there
_LISTED = 5.5
_WHY = 4  # words between "because of" and whose doing it is
_DATELINE_WORDS = 6  # "VILNIUS, Feb 24 (Reuters)" and the dash behind
_DASHES = (" - ", " – ", " — ", "--")
_DATELINE = 3.0  # the punctuation behind "PARIS -" or "Sudan:" puts the next word further away
_LED_IN = 4  # words before the comma
_SEMICOLONS = frozenset(";；؛")
_CLAUSE_ENDS = frozenset(",;、，–—")
_NEW_CLAUSE = "–—-;.,"
_TOPIC_MARK = re.compile(r"[:：|]| [-–—] ")  # "Mali: ...", "Burundi - Level 3"


class Candidate(NamedTuple):
    """One reading of a role; the span proves it."""

    score: float
    code: str
    first: int
    last: int
    why: str
    mention: Mention | None = None


class Spot(NamedTuple):
    """A country that was bound before, and where."""

    code: str
    first: int
    last: int
    sentence: int


@dataclass(slots=True)
class Discourse:
    """What the article has said so far, and what it is about."""

    topics: Counter[str] = field(default_factory=Counter)  # places, by weight
    adjectives: Counter[str] = field(default_factory=Counter)  # countries present only as "Russian" and the like
    topic_spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    speakers: Counter[str] = field(default_factory=Counter)  # whose offices, staff and citizens are named
    speaker_spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    issuer: Spot | None = None
    destination: Spot | None = None
    told: Spot | None = None  # the place of the last advisory
    taken: Spot | None = None  # out of where people have been taken, whoever did it
    told_of: Counter[str] = field(default_factory=Counter)  # how many sentences told of each place
    places: tuple[Candidate, ...] = ()  # all its places
    place_of_kind: dict[Kind | str, Spot] = field(default_factory=dict)  # the place of the last advisory of each kind
    subject: Spot | None = None  # the only country that a sentence names as who acts
    listed: tuple[Candidate, ...] = ()  # the last list of countries; "both countries" means it
    title_issuer: Spot | None = None
    title_issuers: frozenset[str] = frozenset()  # those who stand in one list with it
    title_destination: Spot | None = None
    own_words: bool = False  # the headline is of a government's own page: "canada travel advice: Chad"
    offices: dict[str, Spot] = field(default_factory=dict)  # whose ministry, whose mission ... was spoken of last
    of_region: bool = False  # a call was about a region, and none since about a country
    people: dict[int, list[Mention]] = field(default_factory=dict)  # whose citizens each sentence names


@dataclass(frozen=True, slots=True)
class Manners:
    """What the languages of a text do in their own way."""

    home: str | None = None  # whose ministry is meant when none is named
    object_before: bool = False  # "Syrien zu verlassen": what is left stands before the act
    verb_last: bool = False  # what follows the act is another clause
    verb_first: bool = False  # "حثت كندا مواطنيها": who speaks stands behind the word of telling
    subject_behind: bool = False  # "Покинуть Иран советует Польша": who acts may stand anywhere behind the verb
    oblique: tuple[str, ...] = ()  # endings of names that do not act, and articles before them


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence with everything found in it."""

    text: Text
    sentence: int
    tags: Sequence[Tag]
    heads: Sequence[Head]
    mentions: Sequence[Mention]
    official: str | None
    about: str | None
    manners: Manners
    listed: Callable[[], tuple[Mention, ...]] = tuple  # looks for what is `below`
    by: Mapping[str, Sequence[Tag]] = field(default_factory=dict)  # the tags by category

    @property
    def below(self) -> tuple[Mention, ...]:
        """The countries of a list that this sentence announces, an item a line."""
        return self.listed()

    def of(self, *categories: str) -> Iterator[Tag]:
        """The tags of these categories."""
        return chain.from_iterable(self.by.get(category, ()) for category in categories)


def gap(scene: Scene, tag: Tag, first: int, last: int) -> float:
    return separation(scene.text, tag, Tag("", "", first, last, ""))


def is_inverted(scene: Scene, mention: Mention, act: Tag) -> bool:
    """ "Am Montag flogen die USA 74 Menschen aus", "haalde Nederland 60 mensen op": the subject inside the act."""
    if not scene.manners.object_before or scene.manners.verb_last or act.category not in {"evacuate", "withdraw"}:
        return False
    articles = {tag.first for tag in scene.of("relative", "article")}
    begins = mention.first - 1 if mention.first - 1 in articles else mention.first
    able = "name" in mention.roles or "capital" in mention.flags
    return able and not mention.cue and begins == act.first + 1 and mention.last < act.last


def across_while(scene: Scene, act: Tag, token: int) -> bool:
    """ "Qatar calls its people home, while Oman ...": beyond "while" stands a clause of its own."""
    left, right = (act.last, token) if act.last <= token else (token + 1, act.first)
    return any(left <= tag.first and tag.last <= right for tag in scene.of("while"))


def across_semicolon(scene: Scene, act: Tag, token: int) -> bool:
    """Whether a semicolon stands between: "Oslo closed its embassy; Bern tells its citizens to leave"."""
    left, right = (act.last, token) if act.last <= token else (token + 1, act.first)
    between = (scene.text.between(at - 1, at) for at in range(left, right + 1))
    return any(not _SEMICOLONS.isdisjoint(mark) for mark in between)


def has_own_subject(scene: Scene, act: Tag) -> bool:
    """Whether a country that may act opens what stands between a semicolon and the act."""
    articles = {tag.first for tag in scene.of("article", "the")}
    for item in scene.mentions:
        begins = item.first - 1 if item.first - 1 in articles else item.first
        marked = begins > 0 and not _SEMICOLONS.isdisjoint(scene.text.between(begins - 1, begins))
        able = item.acts and item.cue in {"", "by"} and item.last <= act.first
        if marked and able and not across_semicolon(scene, act, item.first):
            return True
    return False


def home_terms(scene: Scene, act: Tag) -> list[Tag]:
    """The words of an act that only the home government of the language uses: 여행금지, 退避勧告."""
    home = scene.manners.home
    told = {head.owner.code for head in scene.heads if head.category == "citizens" and head.owner}
    if home is None or (told and home not in told):  # 프랑스, 자국민에 출국 권고: the French are told
        return []
    if len({item.code for item in scene.mentions} - {home}) > 1 or any(scene.of("others")):
        return []  # 베네수엘라 여행금지…미국 국무부: another may mean its own
    return [tag for tag in scene.of("home_term") if tag.first < act.last and act.first < tag.last]


def used_heads(scene: Scene, frame: Frame) -> list[Head]:
    spans = {(tag.first, tag.last) for tag in frame.filled.values()}
    return [head for head in scene.heads if (head.first, head.last) in spans]


def of_mention(score: float, mention: Mention, why: str) -> Candidate:
    return Candidate(score, mention.code, mention.first, mention.last, why, mention)


def last_list(mentions: Iterable[Mention]) -> tuple[Candidate, ...]:
    """The last list of countries in a sentence."""
    groups: dict[int, dict[str, Candidate]] = {}
    for mention in mentions:
        if mention.roles & {"name", "city", "issuer"}:
            found = of_mention(_LISTED, mention, "listed before")
            groups.setdefault(mention.group, {}).setdefault(mention.code, found)
    lists = [tuple(group.values()) for group in groups.values() if len(group) > 1]
    return lists[-1] if lists else ()


def heads_the_line(scene: Scene, mention: Mention) -> bool:
    """ "Mali : la France conseille ...": countries before a colon, where another is named, are the topic."""
    text = scene.text
    if mention.cue == "by":
        return False
    group = [item for item in scene.mentions if item.group == mention.group]
    end = max(item.last for item in group)
    if end >= len(text.tokens) or group[0].first > text.sentences[scene.sentence].first + 1:
        return False
    others = any(other.group != mention.group and other.first >= end for other in scene.mentions)
    marked = _TOPIC_MARK.search(text.between(end - 1, end)) is not None
    return marked and (others or mention.seat)


def names_the_flight(mention: Mention, act: Tag) -> bool:
    """ "The Lebanon evacuation flight" is one out of there; "the UK evacuation flight" is theirs."""
    flight = act[:2] == ("evacuate", "flight") and mention.last == act.first
    return flight and "name" in mention.roles and "upper" not in mention.flags


def is_topic(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "Borno and Adamawa states - Do not travel": what stands before the dash is where, if no place follows."""
    marked = act.first > mention.last and _TOPIC_MARK.search(scene.text.between(act.first - 1, act.first)) is not None
    return marked and mention.seat and not any(other.first >= act.last and other.seat for other in scene.mentions)


def speaks_next(scene: Scene, mention: Mention) -> bool:
    """ "Norwegen rät ab – Dänemark: sofort ausreisen": a name before a colon speaks, unless it opens as the topic."""
    text = scene.text
    if mention.last >= len(text.tokens) or mention.first == text.sentences[scene.sentence].first or mention.cue:
        return False
    before = text.between(mention.first - 1, mention.first)
    return ":" in text.between(mention.last - 1, mention.last) and any(mark in before for mark in _NEW_CLAUSE)


def opens(scene: Scene, mention: Mention) -> bool:
    """Whether the mention, or the list it stands in, opens its sentence as a subject does, and not as a dateline."""
    text = scene.text
    group = [other for other in scene.mentions if other.group == mention.group]
    if is_dateline(text, group[-1]):
        return False
    if group[0].first > text.sentences[scene.sentence].first + 1 and not _is_led_in(scene, group[0]):
        return False
    last = group[-1].last
    return last < len(text.tokens) and text.distance(last - 1, last) < _DATELINE


def is_dateline(text: Text, mention: Mention) -> bool:
    """ "VILNIUS, Feb 24 (Reuters) - ...", "KYIV/MOSCOW - ...": where the report was written."""
    sentence = text.sentences[text.sentence_of[mention.first]]
    if "city" not in mention.roles or mention.first > sentence.first + 2 or sentence.title:
        return False
    for token in range(mention.last, min(mention.last + _DATELINE_WORDS, sentence.last)):
        if any(mark in text.between(token - 1, token) for mark in _DASHES):
            return True
    return False


def opens_clause(scene: Scene, mention: Mention) -> bool:
    """ "Germany flew its citizens home, and Sweden sent soldiers": a bare name behind comma and joiner acts next."""
    before = mention.first - 1
    if mention.cue or scene.manners.verb_last or before <= scene.text.sentences[scene.sentence].first:
        return False
    joined = any(tag.first == before == tag.last - 1 for tag in scene.of("and", "while"))
    marked = joined and "," in scene.text.between(before - 1, before)
    return marked and not any(item.group == mention.group and item.first < mention.first for item in scene.mentions)


def is_gapped(scene: Scene, mention: Mention) -> bool:
    """ "Poland flew 99 of its citizens home and Italy another 150": the verb goes without saying, and so does who."""
    if mention.cue or "name" not in mention.roles or scene.manners.verb_last:
        return False
    joined = any(tag.last == mention.first for tag in scene.of("and"))
    further = any(tag.first == mention.last for tag in scene.of("more"))
    counted = mention.last < len(scene.text.tokens) and scene.text.tokens[mention.last].isdigit()
    return joined and (further or counted) and scene.text.between(mention.last - 1, mention.last) == " "


def is_why(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ "İran yanlısı milislerin saldırıları nedeniyle ...": in a clause that says why, where its word comes last.

    Elsewhere its word comes first: "... because of Iranian plans to harm Israelis".
    """
    if not scene.manners.verb_last:
        return any(act.last <= tag.first and 0 <= mention.first - tag.last <= _WHY for tag in scene.of("cause"))
    causes = (tag for tag in scene.of("cause") if mention.last <= tag.first and tag.last <= act.first)
    return any(_CLAUSE_ENDS.isdisjoint(scene.text.between(mention.last - 1, tag.first)) for tag in causes)


def is_antecedent(scene: Scene, mention: Mention, act: Tag) -> bool:
    """ "... follows the example of Washington and London, which told their citizens to leave": "which" is they."""
    end = max(item.last for item in scene.mentions if item.group == mention.group)
    if mention.cue == "with" or not end < act.first or scene.manners.verb_last:
        return False
    ours = [head for head in scene.heads if head.value == "ours" and head.owner is None]
    owned = any(tag.first > end for tag in scene.of("own", "theirs")) or any(head.first > end for head in ours)
    relative = any(tag.first == end for tag in scene.of("relative"))
    return owned and relative and "," in scene.text.between(end - 1, end)


def _is_led_in(scene: Scene, mention: Mention) -> bool:
    """ "De igual forma, India ...", "On Friday, India ...": a few words and a comma lead over to the subject."""
    words = mention.first - scene.text.sentences[scene.sentence].first
    if scene.manners.verb_last or words > _LED_IN:
        return False
    if "," not in scene.text.between(mention.first - 1, mention.first):
        return False
    return not any(other.first < mention.first for other in scene.mentions)

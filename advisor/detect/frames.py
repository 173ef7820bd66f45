"""Rules over tags: which acts a sentence carries, who and what fills their needs, what undoes them, how strong.

A frame says nothing yet about countries; `binding` adds who speaks and about where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from advisor.detect.clauses import COMMAS, in_another_clause, tells_next
from advisor.detect.dates import is_past
from advisor.detect.knowledge import Need, Rule, TagSpec, Undoing
from advisor.detect.tags import Index, Tag
from advisor.detect.text import Sentence, Text
from advisor.model import AnyKind, Kind, Severity

_YEAR_REACH, _MONTH_REACH = 20.0, 5.0
_SINCE_YEAR, _SINCE_DAY = 1, 2  # words between "since" and the time: "sedan den 5 november"
_OPENING = 3  # words before the year that opens a sentence and dates all of it: "When in February 2022 ..."
_MOST_ACTS = 16  # of a rule in one sentence; what repeats itself more often says nothing new, and costs time
_OBJECTS = frozenset({"citizens", "staff", "office", "traffic"})  # "fly .. citizens", "suspended visa services"
_TOGETHER = 3.5
_OBJECT_REACH = 3  # tokens: "evacuating the 1,800 citizens"
_THEIR_FAMILIES = 2  # words from "and": "and members of their families"
_SPOKEN = frozenset({"now", "urge", "imperative"})  # what an act's own phrase may say beside the act: "told to leave"
_COLONS = ":："
_OBJECT = 2  # words: a country and its ending
_OPENERS = ':;,.-–—"“‘«„(!|：，「'
_STANDING = frozenset({Kind.LEAVE, Kind.DO_NOT_TRAVEL, Kind.RECONSIDER_TRAVEL})
TOLD = frozenset({"leave", "no_travel", "no_essential_travel"})  # acts of those who are told, not of who tells them
_ENDED_ACTS = ("close", "evacuate", "withdraw")  # what a reopening ends


@dataclass(frozen=True, slots=True)
class Frame:
    """A rule that fired on an act."""

    rule: Rule
    act: Tag
    filled: Mapping[str, Tag]
    sentence: int
    severity: Severity
    rung: Tag | None  # what decided the severity, None for the rule's base
    recalled: Tag | None = None  # what marks it as an old act

    @property
    def anchor(self) -> Tag:
        """The word of telling where there is one, else the act: subjects stand near it."""
        return self.filled.get("urge", self.act)


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule whose act was there and that did not fire, with the clause that failed."""

    rule: Rule
    act: Tag
    clause: str
    culprit: Tag | None = None


OnMiss = Callable[[Miss], None]


class Rules:
    """Rules in their order, found by what they take for their act: most sentences hold no act at all."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._asking: dict[str, set[int]] = {}
        for number, rule in enumerate(self._rules):
            for spec in rule.act:
                self._asking.setdefault(spec.category, set()).add(number)

    def telling_of(self, kind: Kind, category: str) -> Rule | None:
        """The first rule of that kind whose act is of that category."""
        alike = (rule for rule in self._rules if rule.kind == kind)
        return next((rule for rule in alike if category in {act.category for act in rule.act}), None)

    def none_asks(self, index: Index) -> bool:
        """Whether the sentence holds no act of any rule."""
        return self._asking.keys().isdisjoint(index)

    def asking(self, index: Index) -> list[Rule]:
        """Those whose act may be in a sentence."""
        categories = self._asking.keys() & index
        return [self._rules[number] for number in sorted({n for some in categories for n in self._asking[some]})]


def by_category(tags: Iterable[Tag]) -> dict[str, list[Tag]]:
    """The tags of one sentence as rules look them up."""
    index: dict[str, list[Tag]] = {}
    for tag in tags:
        index.setdefault(tag.category, []).append(tag)
    return index


def separation(text: Text, one: Tag, other: Tag) -> float:
    """How far two tags stand apart; 0 when they touch or overlap."""
    if one.first < other.last and other.first < one.last:
        return 0.0
    left, right = (one, other) if one.last <= other.first else (other, one)
    return text.distance(left.last - 1, right.first) - 1


def frames_in(
    text: Text,
    sentence: Sentence,
    index: Index,
    rules: Rules,
    undoings: Sequence[Undoing],
    published: datetime | None,
    miss: OnMiss = lambda _: None,
) -> Iterator[Frame]:
    """Every rule that fires on the tags of one sentence; what nearly fired goes to `miss`."""
    for rule in rules.asking(index):
        for act in islice(fitting(index, rule.act), _MOST_ACTS):
            frame = _try(text, sentence, index, rule, act, undoings, published, miss)
            if frame is not None:
                yield frame


def fitting(index: Index, specs: Sequence[TagSpec]) -> Iterator[Tag]:
    """The tags of a sentence that one of `specs` asks for, each once."""
    for number, spec in enumerate(specs):
        earlier = [other.value for other in specs[:number] if other.category == spec.category]
        for tag in index.get(spec.category, ()):
            if spec.value in (None, tag.value) and tag.value not in earlier and None not in earlier:
                yield tag


def _try(
    text: Text,
    sentence: Sentence,
    index: Index,
    rule: Rule,
    act: Tag,
    undoings: Sequence[Undoing],
    published: datetime | None,
    miss: OnMiss,
) -> Frame | None:
    if rule.headline and not sentence.title:
        miss(Miss(rule, act, "no headline"))
        return None
    if rule.opening and not _opens(text, index, sentence, act, rule.opening):
        miss(Miss(rule, act, "the act does not open its clause"))
        return None
    filled: dict[str, Tag] = {}
    for need in rule.needs:
        found = nearest(text, index, need, filled.get(need.near, act), act)
        if found is None and act.category == "leave" and any(spec.category in _SPOKEN for spec in need.tags):
            found = _within(index, need, act)
        if found is None:
            miss(Miss(rule, act, f"no {_words(need)} within {need.within:g}"))
            return None
        rival = _rival(text, index, need, found, filled.get(need.near, act), act)
        if rival is not None:
            miss(Miss(rule, act, f"{rival.category} stands nearer than {found.category}", rival))
            return None
        filled[need.name or found.category] = found
    if tells_next(index, act, filled):
        miss(Miss(rule, act, "what is told stands behind the word of telling", filled["urge"]))
        return None
    for need in rule.unless:
        culprit = nearest(text, index, need, filled.get(need.near, act), act)
        led_over = culprit is not None and culprit.category == "traffic" and _begins_anew(index, act, culprit)
        acts = culprit is not None and any(_is_agent(text, act, tag, culprit) for tag in filled.values())
        apart = culprit is not None and _beyond_while(index, act, culprit)
        acts = acts or (culprit is not None and _is_ridden(index, culprit))
        if culprit is not None and not led_over and not acts and not apart:
            miss(Miss(rule, act, f"{_words(need)} stands near", culprit))
            return None
    dated = rule.watch is None or "recalled" in rule.watch.undone_by
    standing = rule.kind in _STANDING and "since" in index
    recalled = _old_date(text, index, act, published, standing, rule.kind) if dated else None
    for undoing in undoings:
        if not undoing.governs(rule):
            continue
        culprit = _undone_by(text, index, undoing, act, filled)
        if culprit is not None and undoing.effect == "drop":
            miss(Miss(rule, act, f"undone: {undoing.id}", culprit))
            return None
        recalled = recalled or culprit
    severity, rung = _climb(text, index, rule, act, filled)
    return Frame(rule, act, filled, sentence.index, severity, rung, recalled)


def nearest(text: Text, index: Index, need: Need, anchor: Tag, act: Tag) -> Tag | None:
    """The tag that meets `need`, None if none does."""
    if need.side == "sooner":
        sooner = nearest(text, index, replace(need, side="before"), anchor, act)
        return sooner or nearest(text, index, replace(need, side="any"), anchor, act)
    best: tuple[float, Tag] | None = None
    for tag in fitting(index, need.tags):
        if tag is act or _part_of(tag, act) or (tag.category == "not" and _negates_other(text, index, tag, act)):
            continue
        if tag.value == "families" and _of_citizens(index, tag):
            continue
        if (need.side == "before" and tag.first >= anchor.first) or (need.side == "after" and tag.last <= anchor.last):
            continue
        distance = separation(text, anchor, tag)
        if distance <= need.within and (best is None or distance < best[0]):
            best = (distance, tag)
    return best[1] if best else None


def _is_ridden(index: Index, company: Tag) -> bool:
    """ "Came home on a Qatar Airways flight, bringing to 90 the number repatriated": whose seats a state has taken."""
    if company.value != "company":
        return False
    planes = (tag for name in ("carrier", "vehicle") for tag in index.get(name, ()))
    hired = "office" in index and any(tag.first == company.last for tag in planes)  # "a SpiceJet plane, Delhi said"
    return hired or any(0 <= company.first - tag.last <= 1 for tag in index.get("aboard", ()))


def _of_citizens(index: Index, families: Tag) -> bool:
    """ "The Danes and their families": dependants of citizens, not of the staff of a mission."""
    joined = [word for word in index.get("and", ()) if 0 <= families.first - word.last <= _THEIR_FAMILIES]
    return any(tag.first < word.first <= tag.last + 1 for word in joined for tag in index.get("citizens", ()))


def _begins_anew(index: Index, act: Tag, thing: Tag) -> bool:
    """ "The embassy is closed and visa services are suspended": "and" leads over to what the next verb is about."""
    ahead = [tag for tag in index.get("and", ()) if act.last <= tag.first and tag.last <= thing.first]
    return bool(ahead) and any(act.first < tag.first and thing.last <= tag.first for tag in index.get(act.category, ()))


def _beyond_while(index: Index, act: Tag, culprit: Tag) -> bool:
    """ "Denmark asks its citizens to stay in, while Italy flies its own out": a clause apart."""
    left, right = (culprit, act) if culprit.last <= act.first else (act, culprit)
    return any(left.last <= tag.first and tag.last <= right.first for tag in index.get("while", ()))


def _negates_other(text: Text, index: Index, negation: Tag, act: Tag) -> bool:
    """ "Asks them not to go out and advises against all travel": the "not" of one advice takes back no other.

    "Not to wait and to leave" is urgency, and 不宜前往，宜尽速离境 ends its "not" with the comma.
    """
    if any("，" in text.between(token, token + 1) for token in range(negation.last - 1, act.first)):
        return True
    return any(
        tag.first <= negation.first and negation.last <= tag.last <= act.first - (name != "now")
        for name in ("no_travel", "shelter", "now")
        for tag in index.get(name, ())
    )


def _part_of(tag: Tag, act: Tag) -> bool:
    """Whether the tag is made of the act's own words; what fills a gap in its phrase, or is its object, is not."""
    inside = tag.first >= act.first and tag.last <= act.last
    opens = tag.first == act.first and (act.category, tag.category) != ("evacuate", "citizens")  # 자국민 70명 대피
    return inside and (opens or (tag.last == act.last and tag.category not in _OBJECTS))


def _rival(text: Text, index: Index, need: Need, found: Tag, anchor: Tag, act: Tag) -> Tag | None:
    """A tag that takes the act for itself because it stands nearer than the one found."""
    if not need.rivals:
        return None
    distance = separation(text, anchor, found)
    for tag in fitting(index, need.rivals):
        if tag is act or _coordinated(text, index, found, tag) or _is_agent(text, act, found, tag):
            continue
        inside = act.first < tag.first and tag.last < act.last  # "help citizens leave" as one phrase names its object
        # "the embassy is evacuating 1,800 citizens": what follows is the object, however near the subject stands
        object_ = act.category == "evacuate" and found.last <= act.first and 0 <= tag.first - act.last <= _OBJECT_REACH
        if inside or object_ or separation(text, anchor, tag) < distance:
            return tag
    return None


def _is_agent(text: Text, act: Tag, found: Tag, tag: Tag) -> bool:
    """ "British troops evacuated 200 citizens": who stands before the act takes out those who stand behind it."""
    moved = act.category == "evacuate" and found.category == "citizens" and tag.value == "military"
    if moved and tag.first < act.last and act.first < tag.last:
        return True  # "un avión del Ejército": its plane
    return moved and tag.last <= act.first and 0 <= text.distance(act.last - 1, found.first) - 1 <= 2 * _OBJECT_REACH


def _coordinated(text: Text, index: Index, one: Tag, other: Tag) -> bool:
    """ "Embassy staff and citizens": neither takes the act from the other; overlapping words neither."""
    if one.first < other.last and other.first < one.last:
        return True
    left, right = (one, other) if one.last <= other.first else (other, one)
    if any(left.last <= tag.first and 0 <= right.first - tag.last <= _TOGETHER for tag in index.get("such_as", ())):
        return True  # "more than 300 people, among them all diplomats"
    joined = any(left.last <= tag.first and tag.last <= right.first for tag in index.get("and", ()))
    if any(left.last <= tag.first and tag.last <= right.first for tag in index.get("urge", ())):
        return False  # "let its families go and advised Danes against travel"
    return joined and separation(text, one, other) <= _TOGETHER


def _undone_by(text: Text, index: Index, undoing: Undoing, act: Tag, filled: Mapping[str, Tag]) -> Tag | None:
    need = undoing.need
    anchors = [act]
    if need.near == "any":
        anchors += [tag for name, tag in filled.items() if name in {"urge", "close"}]
    elif need.near in filled:
        anchors = [filled[need.near]]
    for anchor in anchors:
        culprit = nearest(text, index, need, anchor, act)
        if culprit is None or culprit in filled.values() or in_another_clause(text, index, culprit, anchor):
            continue
        if culprit.category == "pleads" and _asks_people(index, culprit):
            continue
        if undoing.effect != "recalled" or not (_of_another_act(index, culprit, act) or _still_holds(index, culprit)):
            return culprit
    return None


def _asks_people(index: Index, plea: Tag) -> bool:
    """ "Japan asks its citizens to leave": whoever is asked stands inside the phrase, and did not ask for it."""
    return any(plea.first < tag.first and tag.last < plea.last for tag in index.get("citizens", ()))


def _still_holds(index: Index, time: Tag) -> bool:
    """ "Has advised against travel since 2006": that time is when it began."""
    return any(tag.first <= time.first <= tag.last + 1 for tag in index.get("since", ()))


def _of_another_act(index: Index, recall: Tag, act: Tag) -> bool:
    """ "Reopens after closing last year": what is recalled is the closing."""
    return act.category in {"reopen", "returned"} and any(
        recall.first <= tag.first and tag.last <= recall.last for name in _ENDED_ACTS for tag in index.get(name, ())
    )


def _climb(text: Text, index: Index, rule: Rule, act: Tag, filled: Mapping[str, Tag]) -> tuple[Severity, Tag | None]:
    for rung in rule.ladder:
        if rung.need is None:
            return rung.severity, None
        if any(spec.category == act.category and spec.value in (None, act.value) for spec in rung.need.tags):
            return rung.severity, act
        found = nearest(text, index, rung.need, filled.get(rung.need.near, act), act) or _within(index, rung.need, act)
        if found is not None:
            return rung.severity, found
    raise AssertionError(f"rule {rule.id} has a ladder without a base")  # the loader guarantees one


def _within(index: Index, need: Need, act: Tag) -> Tag | None:
    """A word of the act's own phrase that says how strongly: "get out now", 尽快离开."""
    inside = (tag for tag in fitting(index, need.tags) if act.first <= tag.first and tag.last <= act.last)
    return next((tag for tag in inside if tag is not act), None)


def _opens(text: Text, index: Index, sentence: Sentence, act: Tag, how: str) -> bool:
    """Whether the act begins its clause, or stands right behind a colon."""
    if act.first == sentence.first:
        return how == "clause"
    gap = text.between(act.first - 1, act.first)
    if any(mark in gap for mark in (_COLONS if how == "colon" else _OPENERS)):
        return True
    return how == "colon" and _leads_behind_colon(text, index, sentence, act)


def _leads_behind_colon(text: Text, index: Index, sentence: Sentence, act: Tag) -> bool:
    """ "Avustralya: İran'ı hemen terk edin": what is to be left, or how soon, stands between the colon and the act."""
    hurry = {token for tag in index.get("now", ()) for token in range(tag.first, tag.last)}
    others = 0
    for token in range(act.first - 1, sentence.first, -1):
        others += token not in hurry
        if others > _OBJECT:
            return False
        gap = text.between(token - 1, token)
        if any(mark in gap for mark in _COLONS):
            if any(token <= tag.first < act.first for tag in index.get("citizens", ())):
                return False  # "Haïti : les Canadiens quittent ...": they go, and nobody tells them to
            called = any(tag.last == token for tag in index.get("citizens", ()))  # "X to its citizens: ..."
            asked = any(act.first <= tag.first and tag.last <= act.last for tag in index.get("imperative", ()))
            marked = called or token in hurry or others == _OBJECT or asked  # "Norwegen: Iran verlassen" leaves it open
            return marked and not any(token <= tag.first < act.first for tag in index.get("urge", ()))
        if not COMMAS.isdisjoint(gap):
            return False
    return False


def _old_date(
    text: Text, index: Index, act: Tag, published: datetime | None, standing: bool, kind: AnyKind
) -> Tag | None:
    """A year before the publication's, or a month that is past, standing near the act, dates the act.

    `standing`: advice that holds "since 2006" is not of the past. What is lifted or reopened now began in some month.
    """
    if published is None:
        return None
    for tag in index.get("year", ()):
        if standing and _is_when_it_began(index, tag, _SINCE_YEAR):
            continue
        if int(tag.value) < published.year - (published.month == 1):
            return tag if _opens_sentence(text, tag) or separation(text, act, tag) <= _YEAR_REACH else None
    for tag in index.get("month", ()) if kind != Kind.EASING else ():
        if (standing and _is_when_it_began(index, tag, _SINCE_DAY)) or in_another_clause(text, index, tag, act):
            continue
        if _dates(text, index, tag, act) and is_past(text, tag, published):
            return tag
    return None


def _dates(text: Text, index: Index, month: Tag, act: Tag) -> bool:
    """Whether the month says when: it opens the sentence, or stands by the act, with no reason between."""
    if _opens_sentence(text, month):
        return True
    return separation(text, act, month) <= _MONTH_REACH and not any(
        act.last <= tag.first and tag.last <= month.first for tag in index.get("cause", ())
    )


def _is_when_it_began(index: Index, time: Tag, reach: int) -> bool:
    """ "Since 2006", "2006年から": the word stands on either side."""
    return any(
        0 <= time.first - tag.last <= reach or tag.first <= time.last <= tag.last for tag in index.get("since", ())
    )


def _opens_sentence(text: Text, tag: Tag) -> bool:
    return tag.first - text.sentences[text.sentence_of[tag.first]].first <= _OPENING


def _words(need: Need) -> str:
    side = "" if need.side == "any" else f" {need.side} it"
    return " or ".join(str(spec) for spec in need.tags) + side

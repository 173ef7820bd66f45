"""What undoes an act from outside its sentence: the headline, or the sentence behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from advisor.detect.frames import Frame
from advisor.detect.knowledge import Undoing
from advisor.detect.lists import ATTACHED_AND
from advisor.detect.reading import Reading
from advisor.detect.tags import Tag
from advisor.detect.text import Text, is_unspaced
from advisor.model import Kind

_ASKING, _BREAKS = frozenset("?？؟"), frozenset(",;:،؛、，–—")
_ACTS = ("leave", "evacuate", "withdraw", "close", "no_travel", "no_essential_travel", "shelter")
_CLAUSE_ENDS = frozenset(",;،؛、，；–—?？؟")
_TRAILS = frozenset("…")  # a break only before whoever speaks next: 자국민에 출국 촉구…이란 "가짜 뉴스"


def undone_elsewhere(undoings: Sequence[Undoing], reading: Reading, frame: Frame) -> tuple[str, Undoing] | None:
    """What undoes an act from outside its sentence, and where it stands."""
    for undoing in undoings:
        if undoing.governs(frame.rule):
            if undoing.headline and _any_of(
                undoing, _headlines(reading, frame), partial(_stands_apart, reading, frame)
            ):
                return "headline", undoing
            if undoing.behind and _any_of(undoing, _taking_back(reading, frame)):
                return "sentence behind it", undoing
    return None


def _any_of(
    undoing: Undoing,
    sentences: Iterable[Sequence[Tag]],
    apart: Callable[[Sequence[Tag], Tag], bool] = lambda tags, tag: False,
) -> bool:
    categories = {spec.category for spec in undoing.need.tags}
    return any(tag.category in categories and not apart(tags, tag) for tags in sentences for tag in tags)


def _stands_apart(reading: Reading, frame: Frame, tags: Sequence[Tag], culprit: Tag) -> bool:
    """ "Qatar tells its citizens to leave, and a rumour about Turkey": what follows an act takes nothing of it back."""
    text = reading.text
    told = [tag for sentence in text.sentences if sentence.title for tag in reading.by_sentence[sentence.index]]
    names = {frame.act.category, *(() if culprit.category == "commemorates" else _ACTS)}  # "Kabul airlift, a year on"
    acts = [tag for tag in told if tag.category in names and tag.last <= culprit.first]
    if culprit.category == "expel":
        return False
    if not acts:
        return culprit.category == "fact_check" and _goes_on_with_a_call(reading, told, culprit)
    between = text.original[text.ends[acts[-1].last - 1] : text.starts[culprit.first]]
    if not _ASKING.isdisjoint(between):  # "Canada orders citizens out? Fake"
        return False
    # "as misinformation spreads", but "as part of a drill"
    joining = {"and"} if culprit.category == "drill" else {"and", "while", "meanwhile", "cause"}
    joined = any(tag.category in joining and acts[-1].last <= tag.first and tag.last <= culprit.first for tag in tags)
    spaced = is_unspaced(text.tokens[culprit.first]) and " " in between  # 越南吁公民撤离 中国押回嫌犯
    attached = culprit.language in {"ar", "he"} and text.tokens[culprit.first].startswith(ATTACHED_AND)
    if not _TRAILS.isdisjoint(between) and _is_told_by_another(reading, acts[-1], culprit):
        return True
    return joined or spaced or attached or not _BREAKS.isdisjoint(between)


def _goes_on_with_a_call(reading: Reading, told: Sequence[Tag], culprit: Tag) -> bool:
    """ "Misinformation rife in Niger; US tells citizens to leave": a clause that says where, then one with who acts."""
    text = reading.text
    act = next((tag for tag in told if tag.category in _ACTS and tag.first >= culprit.last), None)
    if act is None:
        return False
    breaks = [token for token in range(culprit.last, act.first) if _is_parted(text, token)]
    if not breaks:
        return False
    sentences = sorted({text.sentence_of[culprit.first], text.sentence_of[act.first]})
    places = [item for sentence in sentences for item in reading.places[sentence]]
    begins = text.sentences[text.sentence_of[culprit.first]].first
    named = any(begins <= item.first < breaks[0] for item in places)
    acting = [item.first for item in places] + [head.first for head in reading.heads]
    return named and any(breaks[-1] <= token < act.first for token in acting)


def _is_parted(text: Text, token: int) -> bool:
    """Whether a mark that ends a clause, other than a colon, or a space where words have none, stands before it."""
    mark = text.between(token - 1, token)
    spaced = mark.isspace() and is_unspaced(text.tokens[token]) and is_unspaced(text.tokens[token - 1])
    return spaced or not _CLAUSE_ENDS.isdisjoint(mark) or " - " in mark


def _is_told_by_another(reading: Reading, act: Tag, culprit: Tag) -> bool:
    """Whether a country stands between the dots behind the act and what would undo it."""
    text = reading.text
    places = [item for item in reading.places[text.sentence_of[culprit.first]] if item.first >= act.last]
    return any(
        item.last <= culprit.first
        and not _TRAILS.isdisjoint(text.original[text.ends[act.last - 1] : text.starts[item.first]])
        for item in places
    )


def _taking_back(reading: Reading, frame: Frame) -> list[list[Tag]]:
    """The sentence behind, unless it tells what another government says: "Minsk called the notice a hoax"."""
    text, here = reading.text, frame.sentence
    told = {head.owner.code for head in reading.heads if head.owner and text.sentence_of[head.first] == here}
    told |= {item.code for item in reading.places[here] if not item.seat or item.cue in {"", "by", "of"}}
    behind = reading.by_sentence[here + 1 : here + 2]
    denying = {item.code for places in reading.places[here + 1 : here + 2] for item in places if item.cue in {"", "by"}}
    return behind if denying <= told else []


def _headlines(reading: Reading, frame: Frame) -> list[list[Tag]]:
    """Which names another kind of event: "US expels 60 diplomats", and the text says that they must leave."""
    sentences = reading.text.sentences
    titles = [reading.by_sentence[sentence.index] for sentence in sentences if sentence.title]
    # "45 diplomats must leave Moldova", and the lead says that they are thrown out
    staff = frame.act.category == "leave" and frame.rule.kind == Kind.STAFF_DEPARTURE
    if staff and sentences[frame.sentence].title:
        titles += [reading.by_sentence[len(titles)]] if len(titles) < len(sentences) else []
    return titles

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
_LABELS = frozenset(":：|–—…")  # behind "fact check"
_OPENS_WITH = frozenset(":|–—…\"“„«'‘")  # behind "FAKE" at the very start
_DENYING = frozenset({"not", "deny"})
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
    if culprit.value == "label" and not _is_label(text, culprit):
        return True
    if culprit.category == "fact_check" and _calls_plainly(text, told, culprit):
        return True
    if not acts:
        return False
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


def _is_label(text: Text, word: Tag) -> bool:
    """ "FAKE: embassy closes", "No, Canada has not ..."; a word like this anywhere else is part of the news."""
    marked = not _OPENS_WITH.isdisjoint(text.between(word.last - 1, word.last))
    answers = word.last - word.first > 1 and "," in text.between(0, 1)
    return word.first == 0 and (marked or answers)


def _calls_plainly(text: Text, told: Sequence[Tag], culprit: Tag) -> bool:
    """ "Misinformation rife in Niger, US tells citizens to leave": a call, neither asked nor denied, without a label.

    "Fact check: ..." is one; a call that is missed costs more than a rumour that is told.
    """
    label = text.between(culprit.last - 1, culprit.last) if culprit.last < len(text.tokens) else ""
    if culprit.first and not any(tag.first >= culprit.last for tag in told):
        label += text.between(culprit.first - 1, culprit.first)  # "... 출국 명령…가짜 뉴스"
    title = text.original[: text.starts[culprit.first]] + text.original[text.starts[culprit.first] :].split("\n")[0]
    if not _LABELS.isdisjoint(label) or " - " in label or not _ASKING.isdisjoint(title):
        return False
    checked = [tag for tag in told if tag.category == "fact_check"]
    within = [tag for tag in told if any(it.first < tag.last and tag.first < it.last for it in checked)]
    rumours = {
        (tag.first, tag.last) for tag in checked
    }  # 偽情報 as a whole denies nothing, "No, Canada has not told" does
    denials = [tag for tag in within if tag.category in _DENYING and (tag.first, tag.last) not in rumours]
    own = [tag for tag in told if tag in denials or tag not in within]
    categories = {tag.category for tag in own if tag.category not in _ACTS or text.quoted(tag.first) is None}
    return "urge" in categories and not categories.isdisjoint(_ACTS) and categories.isdisjoint(_DENYING)


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
    # "45 diplomats must leave Moldova", and the lead says that they are thrown out; what follows it tells of the same
    staff = frame.act.category in {"leave", "departure"} and frame.rule.kind == Kind.STAFF_DEPARTURE
    if staff and titles and frame.sentence <= len(titles) + 1:
        titles += [reading.by_sentence[len(titles)]] if len(titles) < len(sentences) else []
    return titles

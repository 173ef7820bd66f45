"""Who does "the same": acts that a text tells once and then only points at ("Britain followed suit").

The pointing word stands for the acts bound last; who is named beside it speaks, about the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from advisor.detect.binding import Binding
from advisor.detect.frames import Frame, separation
from advisor.detect.mentions import Mention
from advisor.detect.scene import Candidate, Scene
from advisor.detect.tags import Tag

Bound = tuple[Frame, Binding]

_REACH = 7.0  # of the one who does the same
_AGE = 2  # sentences between the act and the word that points at it
_SCORE = 5.0
_UNDOING = frozenset({"not", "deny", "speculate"})
_UNDONE_WITHIN = 4.0


def echoes(scene: Scene, bound: Sequence[Bound], own_acts: bool) -> Iterator[Bound]:
    """The acts of `bound`, the latest last, that others named in this sentence do too.

    `own_acts`: the sentence tells of acts itself; then "likewise" only leads over to them.
    """
    for tag in scene.tags:
        if tag.category != "same" or any(_undoes(scene, other, tag) for other in scene.tags):
            continue
        told = _told_last(scene, bound, tag, own_acts)
        known = {item.code for _, binding in told for item in (*binding.issuers, *binding.destinations)}
        known |= {it.code for frame, own in bound if frame.sentence == scene.sentence for it in own.issuers}
        speakers = tuple(
            Candidate(_SCORE, mention.code, mention.first, mention.last, "does the same", mention)
            for mention in _beside(scene, tag)
            if mention.code not in known
        )
        kinds = set()
        for frame, binding in told if speakers else ():
            if frame.rule.kind not in kinds:
                kinds.add(frame.rule.kind)
                again = replace(frame, act=tag, filled={}, sentence=scene.sentence, rung=None)
                yield again, Binding(speakers, binding.destinations)


def _undoes(scene: Scene, other: Tag, tag: Tag) -> bool:
    return other.category in _UNDOING and separation(scene.text, other, tag) <= _UNDONE_WITHIN


def _told_last(scene: Scene, bound: Sequence[Bound], tag: Tag, own_acts: bool) -> list[Bound]:
    """The act of this sentence before the tag, else right behind it, else those of the last sentence that had some."""
    here = [item for item in bound if item[0].sentence == scene.sentence]
    before = [item for item in here if item[0].act.last <= tag.first]
    if before:
        return before[-1:]
    if behind := [item for item in here if separation(scene.text, tag, item[0].act) <= _REACH]:
        return behind[:1]  # "joined the US in urging its citizens to leave"
    if own_acts:
        return []
    earlier = max((frame.sentence for frame, _ in bound if frame.sentence < scene.sentence), default=-_AGE - 1)
    if scene.sentence - earlier > _AGE:
        return []
    return [item for item in bound if item[0].sentence == earlier]


def _beside(scene: Scene, tag: Tag) -> list[Mention]:
    """The country nearest to the tag that can speak, and those listed with it."""
    able = [
        mention
        for mention in scene.mentions
        if mention.cue in {"", "by"}
        and not tag.first <= mention.first < tag.last  # "joined the US in urging": who had spoken before
        and mention.roles & {"name", "issuer", "people", "city"}
        and separation(scene.text, tag, Tag("", "", mention.first, mention.last, "")) <= _REACH
    ]
    able += [
        head.owner
        for head in scene.heads
        if head.owner
        and head.owner.cue != "at"
        and not tag.first <= head.owner.first < tag.last
        and separation(scene.text, tag, Tag("", "", head.first, head.last, "")) <= _REACH
    ]
    if not able:
        return []
    nearest = min(able, key=lambda it: separation(scene.text, tag, Tag("", "", it.first, it.last, "")))
    return [mention for mention in able if mention.group == nearest.group]

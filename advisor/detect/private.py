"""Companies, universities and charities that take people out themselves: no state does, whoever else is named."""

from __future__ import annotations

from advisor.detect.frames import Frame, separation
from advisor.detect.scene import Scene
from advisor.detect.tags import Tag
from advisor.detect.text import is_unspaced
from advisor.model import Kind

_TAKEN = frozenset({Kind.EVACUATION, Kind.STAFF_DEPARTURE})
_MOVING = ("close", "urge", "while", "relative")  # what begins a clause of its own
_REACH = 12.0
_CHARACTERS = 2.5  # that make a word where none are parted
_ATTACHED = ("ل", "ب", "ל", "ב", "מ")  # prefixes that make it somebody's or somewhere: "طائرة تابعة للشركة"
_ARTICLE = 2  # words between "with" and "tour operators"


def privately_taken(scene: Scene, frame: Frame) -> Tag | None:
    """Who takes people out without being a state, if the sentence says so."""
    if frame.rule.kind not in _TAKEN:
        return None
    act = frame.act
    reach = _REACH * (_CHARACTERS if is_unspaced(scene.text.tokens[act.first]) else 1.0)
    for tag in scene.of("private"):
        distance = separation(scene.text, tag, act)
        if tag.value == "by":
            if distance <= reach:
                return tag
        elif tag.last <= act.first:
            between = range(tag.last, act.first)
            if distance <= reach and not _is_led(scene, tag) and not _is_parted(scene, between, act):
                return tag
        elif scene.manners.verb_first and tag.first - act.last <= 1:
            return tag
    return None


def _is_led(scene: Scene, tag: Tag) -> bool:
    """ "With tour operators", "employees of the company", "said at the university": it does not act itself."""
    if tag.language in {"ar", "he"} and scene.text.tokens[tag.first].startswith(_ATTACHED):
        return True
    return any(0 <= tag.first - it.last < _ARTICLE for it in scene.of("at", "of", "by", "from", "to", "via", "urge"))


def _is_parted(scene: Scene, between: range, act: Tag) -> bool:
    """Whether a state, or an act of its own, stands between it and the act."""
    if any(it is not act and it.first in between and it.last <= act.first for it in scene.of(*_MOVING)):
        return True
    whose = {head.owner.first for head in scene.heads if head.category != "office" and head.owner}  # 한국인 직원
    unmarked = set() if scene.manners.verb_last else {""}  # its particle would say that it acts
    states = [it for it in scene.mentions if it.acts and it.cue in {"", "by"}]
    states = [it for it in states if it.cue in {"by", *unmarked} or it.first not in whose]
    followed = {head.first for head in scene.heads if head.category != "office"}  # 中方员工: whose they are
    offices = [head for head in scene.heads if head.category == "office" and head.last not in followed]
    return any(it.first in between for it in states) or any(head.first in between for head in offices)

"""Who acts behind the verb: right behind it in Arabic, and anywhere where words stand freely.

"Покинуть Иран своим гражданам советует Польша", "Vor Reisen warnt auch Estland".
"""

from __future__ import annotations

from advisor.detect.frames import Frame
from advisor.detect.mentions import Mention
from advisor.detect.scene import Candidate, Scene, gap, of_mention
from advisor.detect.tags import Tag

_REACH = 1.0
_TOLD = 4.0  # from an act to the word of telling behind it
_BETWEEN = ("citizens", "own", "theirs", "also", "and", "article", "now", "staff", "at", "from", "of")
_LEADING = ("at", "of", "from", "to")
_NOUNS = frozenset({"flight", "counted", "landed", "own", "aboard", "move", "abroad"})  # values that are no verbs
_WHY = "the subject behind its verb"


def right_behind(scene: Scene, anchor: Tag, best: tuple[float, Candidate] | None) -> tuple[float, Candidate] | None:
    """The subject that follows its verb, if it stands nearer to it than what comes before."""
    limit = min(best[0] if best else _REACH, _REACH)
    spoken = [(head.first, head.last, head.owner) for head in scene.heads if head.category == "office" and head.owner]
    spoken += [
        (item.first, item.last, item)
        for item in scene.mentions
        if item.roles & {"name", "city", "leader"} and not item.cue
    ]
    joiners = {token for tag in scene.of("and") for token in range(tag.first, tag.last)}
    for first, last, owner in spoken:
        little = sum(token in joiners for token in range(anchor.last, first))  # "دعت كل من البحرين وقطر"
        distance = gap(scene, anchor, first, last) - little
        inside = first == anchor.first + 1 and last < anchor.last  # "شطبت برلين مصر من قائمة": in the gap of its phrase
        if (first >= anchor.last or inside) and distance < limit:
            limit, best = distance, (distance, of_mention(8.5 - 0.1 * distance, owner, _WHY))
    return best


def freely_behind(scene: Scene, frame: Frame, anchor: Tag) -> Candidate | None:
    """A bare name behind the word of telling or the act, with little words between; nobody has acted before it."""
    verb = anchor
    if anchor.category != "urge":
        told = (tag for tag in scene.of("urge") if tag.first >= frame.act.last)
        verb = next((tag for tag in told if gap(scene, frame.act, tag.first, tag.last) <= _TOLD), anchor)
    acted = any(head.category == "office" and head.owner and head.last <= verb.first for head in scene.heads)
    led = any(tag.last == verb.last for tag in scene.of(*_LEADING))  # "trabalha a partir do Qatar"
    if acted or led or (verb is frame.act and (verb.category == "leave" or verb.value in _NOUNS)):
        return None
    passed = {token for name in _BETWEEN for tag in scene.of(name) for token in range(tag.first, tag.last)}
    for mention in scene.mentions:
        if mention.first < verb.last:
            continue
        if not mention.cue and mention.roles & {"name", "leader"} and _may_act(scene, frame, mention):
            between = range(verb.last, mention.first)
            near = sum(token not in passed for token in between) <= _REACH
            return (
                of_mention(7.0 - 0.1 * len(between), mention, _WHY) if near and _in_one(scene, verb, mention) else None
            )
        passed.update(range(mention.first, mention.last))
    return None


def _in_one(scene: Scene, verb: Tag, mention: Mention) -> bool:
    """Whether no mark parts the name from the verb."""
    return all(scene.text.between(token - 1, token).isspace() for token in range(verb.last, mention.first + 1))


def _may_act(scene: Scene, frame: Frame, mention: Mention) -> bool:
    """Whether neither the form of a name, nor the article before it, nor the act behind it says that it does not."""
    if is_oblique(scene, mention):
        return False
    if any(tag.last == mention.first for tag in scene.of(*_LEADING, "leave", "arrive")):
        return False
    told = (tag for tag in scene.of("citizens") if mention.last <= tag.first < frame.act.first)
    return not (scene.manners.object_before and mention.last <= frame.act.first) or any(told)  # "sollen Mali verlassen"


def is_oblique(scene: Scene, mention: Mention) -> bool:
    """Whether the ending of a name, or the article before it, is of a case in which nobody acts."""
    text, oblique = scene.text, scene.manners.oblique
    endings = tuple(form[1:] for form in oblique if form.startswith("-"))
    name = text.original[text.starts[mention.first] : text.ends[mention.last - 1]].lower()
    before = mention.first - 1
    article = text.original[text.starts[before] : text.ends[before]].lower() if before >= 0 else ""
    return name.endswith(endings) or article in oblique

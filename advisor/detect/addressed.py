"""Whom a call addresses: people named before ("them"), or another government ("Mali to France: leave Mali")."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.detect.frames import Frame
from advisor.detect.mentions import Mention
from advisor.detect.scene import WHOSE_NEARBY, Candidate, Discourse, Scene, of_mention

_COLONS = frozenset(":：")
_THEM, _THEIRS = 2, 8.0  # sentences in which "them" are named; whose people they are


def addresses_others(scene: Scene, frame: Frame) -> bool:
    """ "Mali à la France : quittez le Mali", "Turkey: leave Syria, Ankara tells Israel": no government to its people.

    Besides who speaks, and where its office sits, no other country stands before the colon, and behind it none but the
    one to be left and those listed with it; nor is it said "to" somebody who is no country.
    """
    first = scene.text.sentences[scene.sentence].first
    colon = next(
        (token for token in range(frame.act.first, first, -1) if _COLONS & set(scene.text.between(token - 1, token))),
        first,
    )
    seats = {head.seat.code for head in scene.heads if head.category == "office" and head.seat and head.last <= colon}
    before = [item for item in scene.mentions if item.last <= colon and item.code not in seats]
    codes = {item.code for item in before}
    behind = [item for item in scene.mentions if item.first >= colon and item.code not in codes]
    known = {item.first for item in scene.mentions} | {tag.first for tag in scene.tags}
    led = any(first < tag.last < colon and tag.last not in known for tag in scene.of("at"))  # "Macron au Hezbollah :"
    return led or _are_apart(before) or _are_apart(behind)


def _are_apart(mentions: Sequence[Mention]) -> bool:
    """Whether they are several countries, and no list."""
    return len({item.code for item in mentions}) > 1 and len({item.group for item in mentions}) > 1


def people_before(scene: Scene, discourse: Discourse, speaker: Candidate | None) -> Candidate | None:
    """ "Some 120 Japanese live in Mali. Their embassy has advised them to leave": whose people were named before.

    Their own government must be who tells them; landlords, hosts and rebels do so, too.
    """
    for sentence in range(scene.sentence, scene.sentence - _THEM - 1, -1):
        people = {mention.code: mention for mention in discourse.people.get(sentence, ())}
        own = [mention for code, mention in people.items() if _told_by_own(scene, discourse, speaker, code)]
        if people:
            return of_mention(_THEIRS, own[0], WHOSE_NEARBY) if len(own) == 1 else None
    return None


def _told_by_own(scene: Scene, discourse: Discourse, speaker: Candidate | None, code: str) -> bool:
    """Whether the government of these people tells them: it speaks, its mission does, or it just did."""
    if speaker is not None:
        return speaker.code == code
    offices = [head for head in scene.heads if head.category == "office"]
    if any(head.owner is None and head.value == "mission" for head in offices):
        return True
    spoke = [spot.code for spot in (discourse.subject, discourse.issuer, discourse.title_issuer) if spot]
    return not offices and spoke[:1] == [code]

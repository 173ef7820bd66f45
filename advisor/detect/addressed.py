"""Whom a call addresses: people named before ("them"), or another government ("Mali to France: leave Mali")."""

from __future__ import annotations

from advisor.detect.frames import Frame
from advisor.detect.scene import WHOSE_NEARBY, Candidate, Discourse, Scene, of_mention

_COLONS = frozenset(":：")
_THEM, _THEIRS = 2, 8.0  # sentences in which "them" are named; whose people they are


def addresses_others(scene: Scene, frame: Frame) -> bool:
    """ "Mali à la France : quittez le Mali", "Turkey: leave Syria, Ankara tells Israel": no government to its people.

    One country, or one office, stands between the beginning and the colon, and another one behind it.
    """
    first = scene.text.sentences[scene.sentence].first
    colon = next(
        (token for token in range(frame.act.first, first, -1) if _COLONS & set(scene.text.between(token - 1, token))),
        first,
    )
    offices = [head for head in scene.heads if head.category == "office" and head.last <= colon]
    seats = {id(head.seat) for head in offices if head.seat}  # "the US embassy in Beirut:"
    before = [item for item in scene.mentions if item.last <= colon and id(item) not in seats]
    behind = {item.code for item in scene.mentions if item.first >= colon}
    seated = [head.seat for head in offices if head.seat]
    spans = [(item.first, item.last) for item in (*before, *seated)] + [(head.first, head.last) for head in offices]
    begins = min((start for start, _ in spans), default=colon)
    little = scene.of("article", "the", "and", "of", "of_after", "at")
    known = {token for start, end in spans for token in range(start, end)}
    known |= {token for tag in little for token in range(tag.first, tag.last)}
    speaks = bool(offices) or any(item.cue != "at" and item.first <= first + 1 for item in before)
    alone = speaks and any(end == colon for _, end in spans) and known.issuperset(range(begins, colon))
    codes, lists = {item.code for item in before}, {item.group for item in before}
    several = len(codes) > 1 and len(lists) > 1  # "UK and France: leave Niger" is one list
    return not alone or several or len(behind - codes) > 1


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

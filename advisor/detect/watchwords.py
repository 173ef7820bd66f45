"""An operator's own rules of a phrase and a place: who and where, when one of them has fired.

They ride the path of all rules: their phrases are tags, the gate looks for them, frames fire, undoings undo. Only
the binding is simpler, and nothing here touches what the shipped rules answer. How they are written is `config`'s.
"""

from __future__ import annotations

from collections.abc import Iterable

from advisor.detect import qualities
from advisor.detect.binding import Binding
from advisor.detect.frames import Frame, separation
from advisor.detect.knowledge import Watched
from advisor.detect.mentions import Mention
from advisor.detect.scene import Candidate, Discourse, Scene, Spot
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Advisory, Evidence

_BODIES = frozenset({"EU", "UN"})
_SAID = 9.0  # certainty; nothing competes


def bind_watched(scene: Scene, discourse: Discourse, frame: Frame, watched: Watched) -> Binding | str:
    """Who speaks, if the rule asks for somebody, and about where; or what is missing."""
    issuer = _issuer(scene, discourse, frame, watched)
    if issuer is None:
        return f"{watched.issuer} neither speaks nor is named beside it"
    places = _places(scene, discourse, frame, watched, issuer.code)
    if not places:
        wanted = " or ".join(sorted(watched.named)) or "a country"
        return f"{wanted} is not named in the text"
    return Binding((issuer,), places)


def _issuer(scene: Scene, discourse: Discourse, frame: Frame, watched: Watched) -> Candidate | None:
    act = frame.act
    if watched.issuer is None:
        return Candidate(_SAID, str(frame.rule.kind), act.first, act.last, "no government speaks")
    if scene.official == watched.issuer:
        return Candidate(_SAID, watched.issuer, act.first, act.last, "the source is its own voice")
    named = [item for item in scene.mentions if item.code == watched.issuer and item.cue != "at"]
    if named:
        return _nearest(scene, act, named, "named beside it")
    if (spot := discourse.title_issuer) and spot.code == watched.issuer:
        return Candidate(_SAID, spot.code, spot.first, spot.last, "speaks in the headline")
    return None


def _places(scene: Scene, discourse: Discourse, frame: Frame, watched: Watched, issuer: str) -> tuple[Candidate, ...]:
    """The country that the rule gives, else those named nearest: beside it, in the headline, in the article."""
    act = frame.act
    if watched.about:
        return (Candidate(_SAID, watched.about, act.first, act.last, "given by the rule"),)

    def fits(code: str) -> bool:
        return code not in _BODIES and code != issuer and (not watched.named or code in watched.named)

    here = [item for item in scene.mentions if fits(item.code) and item.roles != {"issuer"}]
    if here:
        chosen = _nearest(scene, act, here, "named beside it")
        group = chosen.mention.group if chosen.mention else -1
        listed = {item.code: item for item in reversed(here) if item.group == group and item.code != chosen.code}
        return (chosen, *(_of(item, "listed with it") for item in reversed(listed.values())))
    spots: Iterable[Spot] = [spot for spot in (discourse.title_destination, discourse.destination) if spot]
    for spot in spots:
        if fits(spot.code):
            return (Candidate(_SAID, spot.code, spot.first, spot.last, "spoken of before"),)
    for code, _ in discourse.topics.most_common():
        if fits(code):
            return (Candidate(_SAID, code, *discourse.topic_spans[code], "what the article is about"),)
    return ()


def _nearest(scene: Scene, act: Tag, mentions: Iterable[Mention], why: str) -> Candidate:
    def apart(item: Mention) -> tuple[bool, float]:
        return not item.seat, separation(scene.text, act, Tag("", "", item.first, item.last, ""))

    return _of(min(mentions, key=apart), why)


def _of(mention: Mention, why: str) -> Candidate:
    return Candidate(_SAID, mention.code, mention.first, mention.last, why, mention)


def watched_advisory(text: Text, frame: Frame, issuer: Candidate, destination: Candidate) -> Advisory:
    """The answer with its proofs; what no government says has no proof of an issuer."""
    rule = frame.rule
    sentence = text.sentences[frame.sentence]
    proofs: list[Evidence] = []
    if rule.watch is not None and rule.watch.issuer is not None:
        proofs.append(qualities.evidence(text, "issuer", issuer.first, issuer.last, rule.id))
    proofs.append(qualities.evidence(text, "destination", destination.first, destination.last, rule.id))
    proofs.append(qualities.evidence(text, "kind", frame.act.first, frame.act.last, rule.id))
    proofs.append(qualities.evidence(text, "sentence", sentence.first, sentence.last, rule.id))
    return Advisory(
        issuer=issuer.code, destination=destination.code, kind=rule.kind, severity=frame.severity,
        evidence=tuple(proofs), current=frame.recalled is None, label=rule.title,
    )  # fmt: skip

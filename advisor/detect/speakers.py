"""Who speaks: the governments that a frame may come from, each with how directly the text says so."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.detect.frames import TOLD, Frame
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention, is_of_carrier
from advisor.detect.scene import (
    BEHIND,
    NAMED,
    OWN_FLIGHTS,
    SUBJECT,
    WHOSE,
    Candidate,
    Discourse,
    Scene,
    Spot,
    across_semicolon,
    across_while,
    gap,
    has_own_subject,
    heads_the_line,
    home_terms,
    is_antecedent,
    is_dateline,
    is_inverted,
    is_why,
    names_the_flight,
    of_mention,
    opens,
    opens_clause,
    speaks_next,
    used_heads,
)
from advisor.detect.tags import Tag
from advisor.detect.text import is_unspaced
from advisor.model import Kind

_ADJECTIVE = frozenset({"adjective"})  # "par la frontière rwandaise": nobody does anything
_HOME, _NAMED_INSTEAD = 4.4, 0.6  # the home government, and what it loses where another's people are named
_THEIRS = 5.9  # more than who spoke before, less than who is named
_UNMARKED = 1.0
_SAME_OFFICE, _OFFICE_AGE = 5.75, 8  # more than who spoke last; sentences
_AFTERWARDS = 3.0
_ASIDE = 10  # words between a subject and the end of an aside
_RELATIVE = 3  # words from "that" to who did it
_TAKING = frozenset({Kind.EVACUATION, Kind.STAFF_DEPARTURE})
_LISTED_PEOPLE = 6  # tokens between two peoples that are taken together: "42 Japanese and 5 Taiwanese"
_AMONG = 2  # words between "among them" and who they are
_FLIGHTS = 5  # words between "China's" and what its flights did
_SAID_SO = 5.9  # more than who spoke before, less than the subject of the sentence
_OWNED_REACH = 4  # words between a subject and what is its own


def audience_owner(scene: Scene, frame: Frame) -> Candidate | None:
    """Whose people are told or taken out."""
    for head in used_heads(scene, frame):
        if frame.rule.kind == Kind.EVACUATION and (guests := _beside_locals(scene, head)):
            return of_mention(9.5, guests, WHOSE)
        if frame.rule.kind == Kind.EVACUATION and (own := _beside_own(scene, head)):
            return of_mention(9.5, own, WHOSE)
        if frame.rule.kind == Kind.EVACUATION and _is_guest(scene, head):
            continue
        # A government that closes another's mission is its host.
        if (head.category in {"citizens", "staff"} or head.value == "mission") and head.owner:
            return of_mention(9.5, head.owner, WHOSE)
        if head.category == "citizens" and (owner := _said_just_before(scene, head)):
            return of_mention(9.5, owner, WHOSE)
    told = _told_right_before(scene, frame)
    return of_mention(9.5, told, WHOSE) if told else None


def _is_guest(scene: Scene, head: Head) -> bool:
    """ "The Italian air force carried 99 people, among them 21 Americans": who flies them names itself before."""
    among = any(0 <= head.first - tag.last <= _AMONG and tag.first > 0 for tag in scene.of("such_as"))
    carriers = (item for item in scene.mentions if item.last <= head.first and has_carrier(scene, item))
    return among and any(head.owner is not None and item.code != head.owner.code for item in carriers)


def _beside_own(scene: Scene, head: Head) -> Mention | None:
    """外務省は日本人42人と台湾人5人を運んだと発表: whose office tells it takes its own, the others are guests."""
    telling = {it.owner.code for it in scene.heads if it.category == "office" and it.owner}
    if head.category != "citizens" or head.owner is None or head.owner.code in telling:
        return None
    for other in scene.heads:
        left, right = sorted((head, other), key=lambda it: it.first)
        joined = any(left.last <= tag.first and tag.last <= right.first for tag in scene.of("and"))
        own = other.category == "citizens" and other.owner is not None and other.owner.code in telling
        if own and joined and right.first - left.last <= _LISTED_PEOPLE:
            return other.owner
    return None


def _beside_locals(scene: Scene, head: Head) -> Mention | None:
    """ "Finland evacuates 130 Afghans and all Finns still in Afghanistan": its own, not those of the place."""
    owner = head.owner
    places = {mention.code for mention in scene.mentions if mention.cue == "at" and mention.seat}
    if owner is None or head.category != "citizens" or owner.code not in places:
        return None
    others = (other.owner for other in scene.heads if other.category == "citizens" and other.owner)
    return next((other for other in others if other.code not in places), None)


def _told_right_before(scene: Scene, frame: Frame) -> Mention | None:
    """ "Malaysians should put off all travel": whoever stands right before "should" is told, whatever the rule asks."""
    if scene.manners.verb_first:
        return None
    starts = {tag.first for tag in scene.of("urge") if tag.last <= frame.act.first and tag.value == "advise"}
    owners = (head.owner for head in scene.heads if head.category == "citizens" and head.last in starts and head.owner)
    return next(owners, None)


def _said_just_before(scene: Scene, head: Head) -> Mention | None:
    """ "τους Κύπριους πολίτες που βρίσκονται εκεί": those who are there are those named right before."""
    owners = (
        other.owner for other in scene.heads if other.category == "citizens" and 0 <= head.first - other.last <= 1
    )
    return next((owner for owner in owners if owner is not None), None)


def issuers_of(
    scene: Scene, discourse: Discourse, frame: Frame, speaker: Candidate | None, audience: Candidate | None
) -> Iterable[Candidate]:
    if audience:
        yield audience
    if speaker:
        yield speaker
    used = used_heads(scene, frame)
    alone = has_own_subject(scene, frame.act)
    for head in scene.heads:
        if head.owner is None or across_while(scene, frame.act, head.first):
            continue
        if alone and across_semicolon(scene, frame.act, head.first):
            continue
        if frame.rule.kind == Kind.EVACUATION and (_is_guest(scene, head) or _beside_own(scene, head)):
            continue
        if head.category == "citizens" and is_why(scene, frame.act, head.owner):
            continue
        behind = head.owner.first >= frame.act.last and head.owner.acts
        if behind and head not in used and opens_clause(scene, head.owner):
            continue  # "Peru fetched its tourists, and Chile shut its consulate"
        if _in_relative_clause(scene, frame, head) and head not in used:
            continue  # "Spain took its staff out in a helicopter that the EU had hired"
        distance = gap(scene, frame.anchor, head.first, head.last)
        base = {"office": 7.8, "staff": 6.5}.get(head.category, 6.0)
        score = base + (1.0 if head in used else 0.0) - 0.12 * distance
        if head.category == "office" and head.first >= frame.act.last and _has_said(scene, head):
            score = max(score, _SAID_SO)
        yield of_mention(score, head.owner, f"owner of the {head.category}")
    theirs = {edge for tag in scene.of("theirs") for edge in (tag.first, tag.last)}
    left = {token for tag in scene.of("leave", "withdraw") for token in range(tag.first, tag.last)}
    possessed = [
        it.last  # "their families, Oslo says ...", but not "their families left Mali"
        for it in scene.heads
        if it.owner is None and it.last not in left and not theirs.isdisjoint({it.first, it.last})
    ]
    for mention in scene.mentions:
        if across_while(scene, frame.act, mention.first) or is_why(scene, frame.act, mention):
            continue
        if alone and across_semicolon(scene, frame.act, mention.first):
            continue
        if names_the_flight(mention, frame.act) or is_dateline(scene.text, mention) or _in_aside(scene, mention):
            continue
        distance = gap(scene, frame.anchor, mention.first, mention.last)
        if mention.seat and not mention.cue and _is_behind_theirs(scene, mention, possessed):
            yield of_mention(8.4, mention, BEHIND)
        if frame.rule.kind == Kind.EVACUATION and has_carrier(scene, mention):
            carried = 7.4 if frame.act.value in OWN_FLIGHTS else 6.1
            yield of_mention(carried - 0.05 * distance, mention, "whose ships or planes they are")
        if is_inverted(scene, mention, frame.act):
            yield of_mention(7.5, mention, SUBJECT)
        if frame.act.value in OWN_FLIGHTS and _qualifies(scene, mention, frame.act):
            yield of_mention(8.0, mention, "whose evacuation it is")
        if _is_of_next_clause(scene, frame.act, mention):
            continue
        if frame.act.value in OWN_FLIGHTS and _whose_flights(scene, mention, frame.act):
            yield of_mention(7.2, mention, "whose evacuation it is")
        by = mention.cue == "by" and mention.roles != _ADJECTIVE
        if by or (mention.last <= frame.anchor.first and speaks_next(scene, mention)):
            later = _AFTERWARDS if _begins_behind(scene, frame.anchor, mention) else 0.0
            yield of_mention(7.6 - later - 0.1 * distance, mention, "by whom")
        elif is_antecedent(scene, mention, frame.act):
            yield of_mention(8.4 - 0.1 * distance, mention, "who")
        elif frame.rule.kind in _TAKING and is_people_acting(scene, mention, frame.act):
            yield of_mention(6.3 - 0.02 * distance, mention, SUBJECT)
        elif mention.last <= frame.anchor.first and mention.acts and opens_clause(scene, mention):
            yield of_mention(6.6 - 0.02 * distance, mention, SUBJECT)
        elif mention.acts and mention.cue == "" and mention.last <= frame.anchor.first and opens(scene, mention):
            yield of_mention(6.3 - 0.02 * distance, mention, SUBJECT)
        elif mention.acts and mention.cue == "" and distance <= 12 and _says_after(scene, mention):
            yield of_mention(6.4 - 0.1 * distance, mention, "says so")
        elif mention.cue == "at" and distance <= 12 and not scene.manners.verb_last and _is_told_there(scene, mention):
            yield of_mention(6.4 - 0.1 * distance, mention, "said there")
        elif mention.acts and mention.cue == "" and mention.last <= frame.anchor.first and distance <= 12:
            unmarked = _UNMARKED if scene.manners.verb_last else 0.0  # its particle would say that it is the subject
            yield of_mention(5.2 - unmarked - 0.1 * distance, mention, NAMED)
    for term in home_terms(scene, frame.act):
        yield Candidate(_HOME, str(scene.manners.home), term.first, term.last, "whose level it is")
    bare = any(head.owner is None and head.category in {"office", "citizens", "staff"} for head in scene.heads)
    if scene.official:
        yield Candidate(6.2, scene.official, frame.act.first, frame.act.last, "the source is its own voice")
    if discourse.subject and _is_theirs(scene, discourse.subject):
        yield Candidate(_THEIRS, *discourse.subject[:3], "the subject of the sentence before")
    yield from _of_same_office(scene, discourse, frame.anchor)
    yield from _remembered(scene, discourse, 5.6 if bare and not _is_named_before_theirs(scene) else 4.2)
    if code := _only_speaker(discourse):
        yield Candidate(3.3, code, *discourse.speaker_spans[code], "speaks elsewhere in the article")
    named = any(head.owner for head in scene.heads if head.category == "citizens")  # "... appealed to the Austrians"
    home = scene.manners.home
    if bare and home and not _is_of_subject(scene) and not _is_told_to_avoid(scene, frame.act, home):
        head = next(head for head in scene.heads if head.owner is None)
        score = _HOME - (_NAMED_INSTEAD if named else 0.0)
        yield Candidate(score, home, head.first, head.last, "the home government of this language")


def _is_told_to_avoid(scene: Scene, act: Tag, home: str) -> bool:
    """ "Ведомство велело в Россию и Белоруссию не ездить": a place in a list of places does not call itself."""
    if act.category not in TOLD or not any(scene.of("no_travel")):
        return False
    groups = {item.group for item in scene.mentions if item.code == home and item.cue == "at"}
    return any(item.group in groups and item.seat and item.code != home for item in scene.mentions)


def _is_of_subject(scene: Scene) -> bool:
    """ "ایتالیا درهای سفارت خود را گشود": its own embassy is that of the country that acts, not the one at home."""
    own = {edge for tag in scene.of("own") for edge in (tag.first, tag.last)}
    bare = [it for it in scene.heads if it.owner is None and it.category in {"office", "citizens", "staff"}]
    acting = any(item.acts and item.cue in {"", "by"} for item in scene.mentions)
    return acting and all(not own.isdisjoint({head.first, head.last}) for head in bare)


def is_people_acting(scene: Scene, mention: Mention, act: Tag) -> bool:
    """ "The Japanese have a plane on its way to collect ...": a people that opens the sentence for its government."""
    if "people" not in mention.roles or mention.cue or mention.last > act.first:
        return False
    first = scene.text.sentences[scene.sentence].first
    own = (tag for tag in scene.of("own", "evacuate") if "own" in {tag.category, tag.value})
    if mention.first == first and any(tag.first >= mention.last for tag in own):
        return True  # "Британцы вывезли своих дипломатов": no article, but its own
    articles = {tag.last for tag in scene.of("article", "the")}
    return mention.first in articles and mention.first <= first + 1


def _begins_behind(scene: Scene, anchor: Tag, mention: Mention) -> bool:
    """Where verbs come last: whoever is marked as subject behind it, behind a comma, acts in the next clause."""
    if not scene.manners.verb_last or mention.first < anchor.last:
        return False
    parted = any("," in mark or "、" in mark for mark in _marks(scene, anchor.last, mention.first))
    return parted and any(item.cue == "by" and item.last <= anchor.first for item in scene.mentions)


def _marks(scene: Scene, first: int, last: int) -> Iterable[str]:
    """What stands between the tokens from `first` to `last`."""
    return (scene.text.between(token - 1, token) for token in range(first, last + 1))


def _in_aside(scene: Scene, mention: Mention) -> bool:
    """ "Washington, in a quarrel with neighbouring Iran, ordered its staff out": between two commas nobody acts."""
    text, verbs = scene.text, [tag for tag in scene.tags if tag.category in {"urge", "say"}]
    if mention.last >= len(text.tokens) or "," not in text.between(mention.last - 1, mention.last):
        return False
    return any(
        "," in text.between(item.last - 1, item.last)
        and not any(item.last <= tag.first < mention.first for tag in verbs)
        for item in scene.mentions
        if item.acts and not item.cue and item.group != mention.group and 0 < mention.first - item.last <= _ASIDE
    )


def _in_relative_clause(scene: Scene, frame: Frame, head: Head) -> bool:
    """Whether "that" or "which" stands right before a government behind the act, and a subject before it."""
    before = any(item.acts and not item.cue and item.last <= frame.act.first for item in scene.mentions)
    words = (tag for tag in scene.of("relative", "clause") if tag.first >= frame.act.last)
    led = any(0 <= head.first - tag.last <= _RELATIVE for tag in words)
    return before and led and head.category == "office" and not _has_said(scene, head)


def _is_of_next_clause(scene: Scene, act: Tag, mention: Mention) -> bool:
    """ドイツ、渡航中止を勧告　フランスは...: behind the space of a headline another acts."""
    if not scene.manners.verb_last or mention.first < act.last or not is_unspaced(scene.text.tokens[mention.first]):
        return False
    return any(scene.text.between(token - 1, token).isspace() for token in range(act.last + 1, mention.first + 1))


def _has_said(scene: Scene, head: Head) -> bool:
    """ "..., the Thai foreign ministry said": whoever ends the sentence so has said all of it."""
    return any(0 <= tag.first - head.last <= 1 or 0 <= head.first - tag.last <= 1 for tag in scene.of("say"))


def _is_behind_theirs(scene: Scene, mention: Mention, possessed: Iterable[int]) -> bool:
    """The subject behind "their families", unless one stands before them: "Paris told its citizens to leave Mali"."""
    ends = [end for end in possessed if 0 <= mention.first - end <= 1]
    first = min(ends, default=0)
    before = (it for it in scene.mentions if it.seat and not it.cue and 0 < first - it.last <= _OWNED_REACH)
    return bool(ends) and all(heads_the_line(scene, it) for it in before)


def _is_named_before_theirs(scene: Scene) -> bool:
    """ "600 Pakistanis crossed in buses hired by their embassy": whose embassy the sentence itself says."""
    ends = {tag.last for tag in scene.of("own", "theirs")}
    bare = [it for it in scene.heads if it.owner is None and it.category in {"office", "staff"}]
    named = [it for it in scene.heads if it.owner is not None and it.category == "citizens"]
    return bool(bare and named) and all(it.first in ends and named[0].last <= it.first for it in bare)


def _qualifies(scene: Scene, mention: Mention, act: Tag) -> bool:
    """ "An Irish evacuation flight", "vol d'évacuation irlandais", "эвакуационный рейс Словакии"."""
    if any(0 <= mention.first - tag.last <= 1 for tag in scene.of("riding")):
        return False  # "two Poles left on board of a French evacuation plane"
    apart = 1 if mention.cue == "of" else 0  # "Evakuierungsflug der Slowakei"
    behind = 0 <= mention.first - act.last <= apart and not scene.manners.verb_last
    behind = behind and not any(tag.last == act.last for tag in scene.of("riding"))  # "got 17 out on French aircraft"
    whose = mention.roles & {"adjective", "people"} or "upper" in mention.flags
    whose = whose or (behind and act.value == "flight" and "name" in mention.roles and mention.cue in {"", "of"})
    return bool(whose) and (mention.last == act.first or behind)


def _whose_flights(scene: Scene, mention: Mention, act: Tag) -> bool:
    """ "China's first two flights left with 480 on board": a possessive that opens the sentence, and flights behind."""
    first = scene.text.sentences[scene.sentence].first
    theirs = mention.cue == "of" and mention.first == first and "name" in mention.roles
    return theirs and 0 < act.first - mention.last <= _FLIGHTS


def has_carrier(scene: Scene, mention: Mention) -> bool:
    """ "A Turkish navy ship", "самолет ВВС Турции": the state's own transport acts for it."""
    if not mention.roles & {"adjective", "name"} or mention.cue in {"at", "with"}:
        return False
    behind = not scene.manners.verb_last and ("adjective" in mention.roles or mention.cue == "of")
    return is_of_carrier(mention, scene.of("carrier"), behind)


def _is_theirs(scene: Scene, subject: Spot) -> bool:
    """ "Latvia made a statement, too. Its ministry advises ...": whose ministry, or diplomats, the one before says."""
    if scene.sentence - subject.sentence != 1:
        return False
    theirs = {tag.last for tag in scene.of("theirs")}
    return any(
        head.owner is None and not theirs.isdisjoint({head.first, head.first - 1})
        and (head.category == "office" or (head.category, head.value) == ("staff", "diplomatic"))
        for head in scene.heads
    )  # fmt: skip


def _only_speaker(discourse: Discourse) -> str | None:
    """The government whose offices and staff the article names, if no other comes near it."""
    ranked = discourse.speakers.most_common(2)
    if not ranked or not ranked[0][1] or (len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


def _says_after(scene: Scene, mention: Mention) -> bool:
    """ "Paris a dit", "..., ha annunciato Roma"; "urged Russia" is no speaker."""
    after = any(0 <= tag.first - mention.last <= 2 for tag in scene.of("say", "urge"))
    return after or any(0 <= mention.first - tag.last <= 1 for tag in scene.of("say"))


def _is_told_there(scene: Scene, mention: Mention) -> bool:
    """ "В Японии заявили, что ...": the government of the place where it is said."""
    country = "name" in mention.roles or "capital" in mention.flags
    # "Those in Iran are told ...", "he said in Paris": whoever stands before may be the one who speaks
    others = any(head.seat is mention or head.last <= mention.first for head in scene.heads)
    return country and not others and any(tag.first == mention.last for tag in scene.of("say"))


def _of_same_office(scene: Scene, discourse: Discourse, anchor: Tag) -> Iterable[Candidate]:
    """ "The ministry says" after another country's president was named: the ministry spoken of before."""
    for head in scene.heads:
        spot = discourse.offices.get(head.value) if head.category == "office" and head.owner is None else None
        if any(max(it.first - head.last, head.first - it.last) <= 2 and "name" in it.roles for it in scene.mentions):
            continue  # "سفارت مجازی ایالات متحده": a country stands right by it
        if any(it.category == "staff" and it.owner and it.last <= head.first for it in scene.heads):
            continue  # "New Zealand's diplomats left and the mission has moved": theirs
        if spot is not None and scene.sentence - spot.sentence <= _OFFICE_AGE:
            score = _SAME_OFFICE - 0.005 * gap(scene, anchor, head.first, head.last)
            yield Candidate(score, spot.code, spot.first, spot.last, f"whose {head.value} was spoken of")


def _remembered(scene: Scene, discourse: Discourse, score: float) -> Iterable[Candidate]:
    if discourse.issuer and scene.sentence >= discourse.issuer.sentence:
        age = scene.sentence - discourse.issuer.sentence
        if age <= 8:
            yield Candidate(
                score - 0.15 * age, discourse.issuer.code, discourse.issuer.first, discourse.issuer.last, "spoke before"
            )
    if discourse.title_issuer:
        spot = discourse.title_issuer
        yield Candidate(score - 1.0, spot.code, spot.first, spot.last, "speaks in the headline")

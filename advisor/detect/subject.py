"""The government that stands as subject beside the word of telling, before it or behind it."""

from __future__ import annotations

from advisor.detect import behind
from advisor.detect.frames import Frame, separation
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention
from advisor.detect.scene import (
    OFFICE_SPEAKS,
    SPEAKS,
    SUBJECT_REACH,
    Candidate,
    Scene,
    across_semicolon,
    across_while,
    gap,
    has_own_subject,
    heads_the_line,
    home_terms,
    is_dateline,
    is_topic,
    names_the_flight,
    of_mention,
    opens,
)
from advisor.detect.tags import Tag
from advisor.detect.text import is_unspaced

_SUBJECT_VERBS = frozenset({"urge", "evacuate", "withdraw", "close", "reopen", "lift"})
_VERBS_BEFORE_THEM = frozenset({"urge", "lift", "withdraw"})  # "رفعت الكويت حظر السفر"
_LEFT = 3  # words between what is left and the verb
_BESIDE_ADVICE = 2  # words between an adjective and the advice
_MARKED_REACH = 12.0  # of a subject that a particle or a comma marks, in a language whose verb comes last


def speaker_of(scene: Scene, frame: Frame) -> Candidate | None:
    """The government that stands as subject right before the word of telling."""
    anchor = telling(scene, frame)
    best: tuple[float, Candidate] | None = None
    alone = has_own_subject(scene, frame.act)
    for head in scene.heads:
        if alone and across_semicolon(scene, frame.act, head.first):
            continue
        if head.category == "office" and head.owner and head.last <= anchor.first:
            distance = gap(scene, anchor, head.first, max(head.last, _end_of_list(scene, head.owner, anchor)))
            if distance <= SUBJECT_REACH and (best is None or distance < best[0]):
                best = (distance, of_mention(8.5 - 0.1 * distance, head.owner, OFFICE_SPEAKS))
    # "Spain urged its citizens", "London pulled out part of its staff": whose they are also acts.
    owners = {id(head.owner) for head in scene.heads if head.value != "ours"}
    owners |= {id(head.seat) for head in scene.heads}
    owners -= {id(head.owner) for head in scene.heads if head.owner and _acts_itself(scene, head, anchor)}
    places = {mention.code for mention in scene.mentions if mention.cue == "at"}
    marked = scene.manners.verb_last and any(mention.cue == "by" for mention in scene.mentions)
    opening = next((item.group for item in scene.mentions if item.seat and not item.cue and opens(scene, item)), None)
    for mention in scene.mentions:
        if alone and across_semicolon(scene, frame.act, mention.first):
            continue
        if mention.last > anchor.first or id(mention) in owners or mention.cue in {"at", "of", "with"}:
            continue
        if marked and mention.cue != "by":
            continue
        if (
            _is_object(scene, mention)
            or _is_in_aside(scene, mention)
            or _in_another_statement(scene, mention.last, anchor)
        ):
            continue
        if is_dateline(scene.text, mention) or heads_the_line(scene, mention) or is_topic(scene, frame.act, mention):
            continue
        host = anchor.category in {"urge", "close"} and gap(scene, anchor, mention.first, mention.last) < 1.5
        if mention.code in places and not host:  # where it happens does not speak
            continue
        speaks = mention.roles & {"name", "city", "leader"} or _is_of_advice(scene, mention, anchor)
        if not speaks or names_the_flight(mention, frame.act):
            continue
        if _others_told(scene, mention, anchor):
            continue  # "after the attack on Iran, Irish citizens are advised": whose people stand nearer is who speaks
        if _stands_in_the_way(scene, mention, anchor, best):
            continue  # "das Amt hat im Konflikt mit Russland seine Warnung verschärft": the office goes on speaking
        if opening not in {None, mention.group} and _goes_on_behind(scene, mention, anchor):
            continue  # "India issues fresh Iran warning, urges citizens to leave": who opened goes on speaking
        opened = opening not in {None, mention.group}
        if opened and scene.manners.subject_behind and behind.is_oblique(scene, mention):
            continue  # "Стокгольм счёл Турцию безопасной и снял": its form says that it does not act
        if opening is not None and _is_object_of_opener(scene, mention, opening):
            continue
        before = (it for it in scene.mentions if it.last == mention.first and it.seat and not it.cue)
        if scene.manners.verb_first and any(before):
            continue  # "أدرجت المكسيك الإكوادور في قائمة": who acts stands right behind the verb
        distance = gap(scene, anchor, mention.first, mention.last)
        if scene.manners.object_before and anchor is frame.act and distance < 1 and anchor.category == "leave":
            continue  # "das Personal hat Iran verlassen": the object, not the subject
        if _is_left(scene, frame, mention, anchor) or _has_level(scene, frame, mention):
            continue
        if distance <= (_MARKED_REACH if marked else 4.5) and (best is None or distance < best[0]):
            touching = distance < 1 and anchor.category in _SUBJECT_VERBS and not scene.manners.verb_last
            score = (8.6 if touching else 7.5) - 0.1 * distance
            best = (distance, of_mention(score, mention, SPEAKS))
    left = {tag.first for tag in scene.of("leave")}  # "غادرت لبنان": what follows it is left
    if scene.manners.verb_first and anchor.category in _VERBS_BEFORE_THEM and anchor.first not in left:
        best = behind.right_behind(scene, anchor, best)
    if best is None and scene.manners.subject_behind:
        return behind.freely_behind(scene, frame, anchor)
    if marked and (topic := _opening_office(scene, anchor)) is not None:
        return topic
    return best[1] if best else None


def _is_object_of_opener(scene: Scene, mention: Mention, opening: int) -> bool:
    """ "Ottawa sort le Kenya de sa liste rouge": who opens the sentence, one word, and a bare country behind it."""
    if mention.group == opening or mention.cue or scene.manners.verb_last or scene.manners.verb_first:
        return False
    starts = {tag.first for tag in scene.of("article") if tag.last == mention.first} | {mention.first}
    no_verbs = {tag.first for tag in scene.of("and", "say", "clause", "relative", "while", "but", "also", "cause")}
    verbs = {item.last for item in scene.mentions if item.group == opening} - no_verbs
    return any(start - 1 in verbs and scene.text.between(start - 2, start - 1).isspace() for start in starts)


def _goes_on_behind(scene: Scene, mention: Mention, anchor: Tag) -> bool:
    """Whether a comma or "and" leads from the mention to the verb: "Lisbon advises against Congo and asks citizens"."""
    joined = any(tag.first == mention.last and tag.last == anchor.first for tag in scene.of("and"))
    return joined or "," in scene.text.between(mention.last - 1, anchor.first)


def _is_of_advice(scene: Scene, mention: Mention, anchor: Tag) -> bool:
    """ "A German travel warning asks people to put off journeys", "an American order for staff to go": whose it is."""
    if "adjective" not in mention.roles:
        return False
    ordered = anchor.category == "urge" and mention.last == anchor.first
    advice = scene.of("advice")
    return ordered or any(
        0 <= tag.first - mention.last <= _BESIDE_ADVICE and tag.last <= anchor.first for tag in advice
    )


def _is_object(scene: Scene, mention: Mention) -> bool:
    """ "Planes reach Noumea to fetch tourists", "those who wanted to leave Benin were flown out"."""
    return mention.first > 0 and any(
        tag.last == mention.first and scene.text.between(mention.first - 1, mention.first) == " "
        for tag in scene.of("arrive", "leave")
    )


def _has_level(scene: Scene, frame: Frame, mention: Mention) -> bool:
    """ "베네수엘라 카라카스 등 '철수권고'로": what stands before a level that the home government names is where."""
    if mention.cue == "by" or not scene.manners.verb_last or not home_terms(scene, frame.act):
        return False
    between = range(mention.last, frame.act.first)
    known = {token for tag in scene.of("and") for token in range(tag.first, tag.last)}
    known |= {token for item in scene.mentions for token in range(item.first, item.last)}
    marks = (scene.text.between(token - 1, token) for token in range(mention.last, frame.act.first + 1))
    return known.issuperset(between) and not any("," in mark or "、" in mark for mark in marks)


def _is_left(scene: Scene, frame: Frame, mention: Mention, anchor: Tag) -> bool:
    """ "Amerikaner sollen Haiti sofort verlassen, teilte die Botschaft mit": what is left stands before the verb."""
    act = frame.act
    before = act.category == "leave" and mention.last <= act.first and anchor.first >= act.last
    object_before = scene.manners.object_before and not scene.manners.verb_last
    return object_before and before and gap(scene, act, mention.first, mention.last) <= _LEFT


def _is_in_aside(scene: Scene, mention: Mention) -> bool:
    """ "Washington, in a quarrel with old Iran, ordered ...": what closes an aside is not who acts behind it."""
    led = {mention.first - tag.last for tag in scene.of("cause")}
    if 0 in led and scene.manners.subject_behind:
        return True  # "Вслед за Россией покинуть Чад рекомендовал Казахстан"
    closes = scene.text.behind(mention.last)
    return not led.isdisjoint({0, 1}) and closes >= 0 and "," in scene.text.between(mention.last - 1, closes)


def _in_another_statement(scene: Scene, last: int, anchor: Tag) -> bool:
    """印度促侨民离伊 英使馆改线上办公: who acts before the space of a headline does not act behind it."""
    parted = [token for token in range(last, anchor.first) if scene.text.parted(token)]
    return bool(parted) and any(
        last <= tag.first < parted[-1] for name in _SUBJECT_VERBS | {"leave"} for tag in scene.of(name)
    )


def _opening_office(scene: Scene, anchor: Tag) -> Candidate | None:
    """The ministry that opens the sentence as its topic: what is told of others in between changes no subject."""
    first = scene.text.sentences[scene.sentence].first
    offices = [head for head in scene.heads if head.category == "office" and head.last <= anchor.first]
    for mention in scene.mentions:
        if any(head.first >= mention.last for head in offices):
            continue  # another office begins a clause of its own
        if (
            mention.first <= first + 1
            and "issuer" in mention.roles
            and mention.cue == "by"
            and mention.last <= anchor.first
        ):
            return of_mention(8.4, mention, "the office that opens the sentence")
    return None


def _stands_in_the_way(scene: Scene, mention: Mention, anchor: Tag, office: tuple[float, Candidate] | None) -> bool:
    """Whether a bare name stands between an office and the level that the office sets, in one clause with it."""
    if office is None or anchor.category not in {"no_travel", "no_essential_travel"} or mention.last == anchor.first:
        return False
    before = office[1].last
    own_clause = any(
        mark in scene.text.between(token - 1, token) for token in range(before, mention.first + 1) for mark in ",;:"
    ) or any(before <= tag.first < mention.first for tag in scene.of("say", "and"))
    return office[1].why == OFFICE_SPEAKS and before <= mention.first and not own_clause


def _end_of_list(scene: Scene, owner: Mention, anchor: Tag) -> int:
    """Where "the governments of the US, Britain and Latvia" end, if before the word of telling."""
    return (
        max(item.last for item in scene.mentions if item.group == owner.group and item.last <= anchor.first)
        if (owner.last <= anchor.first)
        else 0
    )


def _others_told(scene: Scene, mention: Mention, anchor: Tag) -> bool:
    """Whether people of another country stand between a place and the word of telling."""
    return any(
        head.category == "citizens"
        and head.owner is not None
        and head.owner.code != mention.code
        and mention.last <= head.first
        and head.last <= anchor.first
        for head in scene.heads
    )


def _acts_itself(scene: Scene, head: Head, anchor: Tag) -> bool:
    """Whether the owner of people that stand behind the verb stands right before it."""
    owner = head.owner
    if owner is None or owner.last > anchor.first:
        return False
    little = 1 if is_unspaced(scene.text.tokens[owner.first]) else 0  # 肯尼亚也暂停了使馆的服务
    beside = gap(scene, anchor, owner.first, owner.last) < 1 + little
    closed = head.value == "mission" and anchor.category == "close"
    own = head.category != "office" or closed
    return beside and own and head.first >= anchor.first  # also within: "ruft Bürger zur Ausreise auf"


def telling(scene: Scene, frame: Frame) -> Tag:
    """The word of telling before the act, whether or not the rule asked for one."""
    if "urge" in frame.filled:
        return frame.filled["urge"]
    if scene.manners.verb_last:
        after = [tag for tag in scene.of("urge") if tag.first >= frame.act.last]
        return after[0] if after and separation(scene.text, after[0], frame.act) <= 8 else frame.act
    alike = [tag for tag in scene.of("same") if tag.last <= frame.act.first]
    before = [
        tag
        for tag in scene.of("urge")
        # also "told the embassy to reduce its staff", as one phrase
        if (tag.last <= frame.act.first or tag.first < frame.act.first < tag.last)
        and not across_while(scene, frame.act, tag.first)
        and not _in_another_statement(scene, tag.last, frame.act)
        and not any(it.first <= tag.first and tag.last <= it.last for it in alike)  # "the same advice" tells of another
    ]
    near = [tag for tag in before if separation(scene.text, tag, frame.act) <= 8]
    return near[-1] if near else frame.act

"""What headline and counting say an article is about, before its sentences are read."""

from __future__ import annotations

from collections import Counter

from advisor.detect.knowledge import BODIES
from advisor.detect.mentions import Mention, is_of_carrier
from advisor.detect.reading import Reading
from advisor.detect.scene import Discourse, Spot, last_list

_ADVICE = frozenset({"advice", "no_travel", "no_essential_travel"})
_FIRST_OF_ASIA = "\u1100"  # Korean, Japanese, Chinese letters come behind it
_VERB = 3  # words of a headline's verb: "has again extended its"
_CALLING = frozenset({"urge", "leave", "evacuate", "withdraw", "close", "no_travel", "no_essential_travel", "shelter"})
_SUBJECT_VERBS = frozenset({"urge", "evacuate", "withdraw", "close", "reopen", "lift", "say"})


def opening_of(reading: Reading) -> Discourse:
    """What headline and counting say the article is about, before it is read."""
    text = reading.text
    discourse = Discourse()
    counts: Counter[str] = Counter()
    owners = {id(head.owner) for head in reading.heads}
    carriers = [tag for tag in reading.tags if tag.category == "carrier"]
    for mention in reading.mentions:
        if id(mention) in owners:
            continue
        if not mention.seat:
            if mention.roles <= {"issuer", "leader"} or is_of_carrier(mention, carriers):
                continue  # 邦人, 外務省, a French plane: who speaks or acts, not what it is about
            discourse.adjectives[mention.code] += 1
            discourse.topic_spans.setdefault(mention.code, (mention.first, mention.last))
            continue
        sentence = text.sentences[text.sentence_of[mention.first]]
        weight = 3 if sentence.title else 2 if sentence.index <= 3 else 1
        counts[mention.code] += weight + (1 if mention.cue == "at" else 0)
        discourse.topic_spans.setdefault(mention.code, (mention.first, mention.last))
    discourse.topics = counts
    for head in reading.heads:
        if head.owner and head.owner.code in BODIES:
            continue  # the United Nations are spoken of wherever there is war
        if head.owner and head.category == "citizens":
            discourse.people.setdefault(text.sentence_of[head.first], []).append(head.owner)
        if head.owner:
            discourse.speakers[head.owner.code] += {"office": 3, "staff": 2}.get(head.category, 0)
            discourse.speaker_spans.setdefault(head.owner.code, (head.owner.first, head.owner.last))
    for head in reading.heads:
        named = head.owner and head.owner.code not in BODIES
        if head.owner and named and text.sentences[text.sentence_of[head.first]].title:
            discourse.title_issuer = Spot(head.owner.code, head.owner.first, head.owner.last, 0)
            break
    else:
        discourse.title_issuer = (advice := _whose_advice(reading)) or _title_subject(reading)
        discourse.own_words = advice is not None
    discourse.title_issuers = _title_issuers(reading, discourse.title_issuer)
    discourse.title_destination = _title_place(reading, discourse.title_issuer)
    discourse.taken = _left_in_headline(reading, discourse)
    titled = (item for item in reading.mentions if text.sentences[text.sentence_of[item.first]].title)
    discourse.listed = last_list(titled)
    return discourse


def _left_in_headline(reading: Reading, discourse: Discourse) -> Spot | None:
    """The one place of a headline about an evacuation: "Airlift from Kabul goes on"."""
    text = reading.text
    titles = [sentence.index for sentence in text.sentences if sentence.title]
    places = {
        item.code
        for item in reading.mentions
        if item.seat and text.sentence_of[item.first] in titles and item.code not in discourse.title_issuers
    }
    told = any(tag.category == "evacuate" and text.sentence_of[tag.first] in titles for tag in reading.tags)
    return discourse.title_destination if told and len(places) == 1 else None


def _title_place(reading: Reading, issuer: Spot | None) -> Spot | None:
    """The country that the headline is about: the last one with "in" before it, else the first that does not speak."""
    text = reading.text
    owners = {id(head.owner) for head in reading.heads}
    reached = {tag.last for tag in reading.tags if tag.category == "arrive" or tag[:2] == ("close", "move")}
    chosen: Mention | None = None
    titled = (item for item in reading.mentions if text.sentences[text.sentence_of[item.first]].title)
    left = any(item.seat and item.way == "from" for item in titled)
    for mention in reading.mentions:
        if left and mention.way == "to":
            continue  # "Kabil'den kalkan uçak İstanbul'a indi"
        if not text.sentences[text.sentence_of[mention.first]].title:
            break
        if id(mention) in owners or not mention.seat or (issuer and mention.code == issuer.code):
            continue
        gone_to = mention.first in reached or mention.way == "to"  # "..., moves to Ankara", "Mersin'e getirildi"
        if chosen is None or (mention.cue == "at" and not gone_to):
            chosen = mention
            if _is_topic(reading, mention):
                break
    return Spot(chosen.code, chosen.first, chosen.last, 0) if chosen else None


def _is_topic(reading: Reading, mention: Mention) -> bool:
    """ "Haiti: Henry still waiting in Puerto Rico": a colon makes it the topic where nobody calls in the headline."""
    text = reading.text
    opens = mention.first == 0 and not mention.cue and text.behind(mention.last) >= 0
    if not opens or ":" not in text.between(mention.last - 1, mention.last):
        return False
    title = (tags for sentence, tags in zip(text.sentences, reading.by_sentence, strict=True) if sentence.title)
    return all(tag.category not in _CALLING for tags in title for tag in tags)


def _title_issuers(reading: Reading, issuer: Spot | None) -> frozenset[str]:
    """All who speak with it: "Denmark, Norway to close ..."."""
    groups = {
        item.group for item in reading.mentions if issuer and (item.code, item.first) == (issuer.code, issuer.first)
    }
    return frozenset(item.code for item in reading.mentions if item.group in groups and "name" in item.roles)


def _whose_advice(reading: Reading) -> Spot | None:
    """ "UK travel advice: Chad": the first of two countries, right before the advice, gives it."""
    title = [item for item in reading.mentions if reading.text.sentences[reading.text.sentence_of[item.first]].title]
    if len({mention.code for mention in title}) < 2 or title[0].cue:
        return None
    first = title[0]
    if any(tag.category == "advice" and tag.first == first.last for tag in reading.tags):
        return Spot(first.code, first.first, first.last, 0)
    return None


def _title_subject(reading: Reading) -> Spot | None:
    """The country that opens the headline before its verb: "Norway closes ...", or "ABD, ..." where a mark says so."""
    if not reading.mentions or not reading.text.sentences[0].title:
        return None
    first = reading.mentions[0]
    acts = {tag.first for tag in reading.tags if tag.category in _SUBJECT_VERBS}
    subject = first.first == 0 and first.acts and first.cue in {"", "by"} and first.last in acts
    beside = subject and reading.text.between(first.last - 1, first.last).isspace()
    advice = {tag.first for tag in reading.tags if tag.category in _ADVICE}  # "South Korea extends travel ban on ..."
    named = first.first == 0 and first.acts and not first.cue and first.last not in advice  # "Chad travel advisory"
    named = named and reading.text.tokens[0] < _FIRST_OF_ASIA  # there the object stands first
    told = named and not advice.isdisjoint(_behind_the_verb(first))
    beside = beside or (told and reading.text.between(first.last - 1, first.last).isspace())
    marked = first.first == 0 and first.acts and first.cue == "by"
    return Spot(first.code, first.first, first.last, 0) if beside or marked else None


def _behind_the_verb(subject: Mention) -> range:
    """The tokens where what a headline's subject does something to may stand."""
    return range(subject.last + 1, subject.last + 1 + _VERB)

"""The gate and the quick first reading may let too much through, never too little."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from advisor.config.documents import load
from advisor.config.knowledge import knowledge, lexicon_of
from advisor.detect import Detector
from advisor.detect.alphabet import CHARACTERS, Characters, Letters, alphabet_of
from advisor.detect.fold import fold
from advisor.detect.gate import Gate
from advisor.detect.named import names_two
from advisor.detect.phrases import words_of
from advisor.detect.reading import Reading
from advisor.model import Advisory, Article
from advisor.resources import shipped
from tests.detect.wordings import Wordings

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.jsonl"))
_NEWS = "По словам посла, «страну» пора покидать — сейчас… L’été à Zürich, İstanbul’da „heute“ große Łódź Ærø e\u0301t\u0435\u0308"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


def current(deep: Reading) -> list[Advisory]:
    """What the deep reading answers, gate or no gate."""
    return [advisory for advisory in deep.advisories if advisory.current]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_the_deep_reading_answers_passes_the_gate(detector: Detector, path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        article = Article(item["title"], item["text"], language=item["lang"])
        deep = current(detector.read(article))
        assert detector.detect(article) == deep, item["id"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_where_two_countries_are_meant_two_may_be_named(detector: Detector, path: Path) -> None:
    known = knowledge()
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        deep = detector.read(Article(item["title"], item["text"], language=item["lang"]))
        spoken = [known.lexicons[language] for language in deep.languages]
        if len({mention.code for mention in deep.mentions}) > 1:
            assert names_two(deep.text, known.places, spoken, None), item["id"]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("language", sorted(knowledge().lexicons))
def test_letters_in_bytes_are_the_folded_text(language: str, form: str) -> None:
    lexicon = knowledge().lexicons[language]
    if lexicon.script in CHARACTERS:
        pytest.skip("is encoded as UTF-8")
    written = lexicon_of(load(shipped(f"config/lexicons/{language}.yaml"))).entries
    phrases = [phrase for values in written.values() for some_phrases in values.values() for phrase in some_phrases]
    lexicons = knowledge().lexicons.values()
    alphabet = alphabet_of(lexicon.script, [some.alphabet for some in lexicons if some.script == lexicon.script])
    assert isinstance(alphabet, Letters)
    for phrase in phrases:
        text = unicodedata.normalize(form, phrase.upper() if form == "NFKC" else phrase)
        assert alphabet.decode(alphabet.encode(text)).split() == fold(text).split(), phrase


@given(some.text() | some.text(alphabet=_NEWS))
@settings(max_examples=300, deadline=None)
def test_characters_of_other_alphabets_become_spaces_and_nothing_else_is_lost(text: str) -> None:
    letters = set("abcdefghijklmnopqrstuvwxyz0123456789абвгдежзиклмнопрстуфхцчшщъыьэюя")
    alphabet = Letters(letters)
    text = text.replace("\0", " ")  # stays, for borders
    expected = "".join(char if char in letters else " " for char in fold(text))
    assert alphabet.decode(alphabet.encode(text)).split() == expected.split()


@given(some.text() | some.text(alphabet="使馆撤離，。！ＡＢc\u3000ｱが\u304b\u3099한\u1112\u1161\u11ab「」-İ\u200b"))
@settings(max_examples=300, deadline=None)
def test_characters_that_are_too_many_for_bytes_are_the_folded_text(text: str) -> None:
    text = text.replace("\0", " ").encode("utf-8", "replace").decode()
    for alphabet in (Characters(unspaced=False), Characters(unspaced=True)):
        assert words_of(alphabet.decode(alphabet.encode(text))) == words_of(fold(text))


def test_a_sentence_said_a_thousand_times_passes_the_gate_once() -> None:
    known = knowledge()
    gate = Gate(list(known.lexicons.values()), known.rules, known.places)
    said = "France urges its citizens to leave Niger. Bread is dear. "
    _, once = gate.sentences("", said, ["en"])
    assert (
        gate.sentences("", said * 1000, ["en"])[1].strip()
        == once.strip()
        == "France urges its citizens to leave Niger."
    )


def test_a_body_of_states_speaks_for_the_gate_as_it_does_for_the_reading(detector: Detector) -> None:
    said = detector.detect(Article("EU calls for leaving Niger at once", ""))
    assert [(it.issuer, it.destination) for it in said] == [("EU", "NE")]
    assert detector.detect(Article("UN calls for Russia to leave Ukraine", "")) == []  # an army, not its people


@pytest.mark.parametrize("language", sorted(knowledge().lexicons))
def test_where_a_rule_fires_the_gate_opens_however_it_is_worded(language: str, detector: Detector) -> None:
    known = knowledge()
    gate = Gate(list(known.lexicons.values()), known.rules, known.places)
    fired = 0
    for number, said in enumerate(Wordings(known, language, seed=1).sentences(60)):
        article = Article(said, "", language=language) if number % 2 else Article("", said, language=language)
        deep = detector.read(article)
        if any(frame.rule.voice == "any" for frame, _ in (*deep.bound, *deep.unbound)):
            fired += 1
            assert any(gate.sentences(article.title, article.text, deep.languages)), said
    assert fired > 20  # else nothing is shown


# Sentences that say nothing: beside them the quick first reading decides, and not the deep one alone.
_BEFORE, _BEHIND = (
    "\n".join(f"{number} {number + 1} {number + 5}." for number in numbers)
    for numbers in (range(10, 40, 6), range(100, 500, 6))
)


@pytest.mark.parametrize("language", sorted(knowledge().lexicons))
def test_what_fires_amid_other_text_passes_the_quick_first_reading(language: str, detector: Detector) -> None:
    fired = 0
    for said in Wordings(knowledge(), language, seed=2).sentences(60):
        article = Article("", f"{_BEFORE}\n{said}.\n{_BEHIND}", language=language)
        deep = detector.read(article)
        if any(frame.rule.voice == "any" for frame, _ in (*deep.bound, *deep.unbound)):
            fired += 1
            assert detector.may_fire(article), said
        assert detector.detect(article) == current(deep), said
    assert fired > 20  # else nothing is shown


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_amid_other_text_are_answered_as_the_deep_reading_answers_them(detector: Detector, path: Path) -> None:
    answered = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        for text in (f"{item['text']}\n{_BEHIND}", f"{_BEFORE}\n{item['text']}\n{_BEHIND}"):
            article = Article(item["title"], text, language=item["lang"])
            deep = current(detector.read(article))
            answered += bool(deep)
            assert detector.detect(article) == deep, item["id"]
    assert answered


def test_words_sought_far_around_one_act_are_found_though_another_asks_only_for_near_ones(detector: Detector) -> None:
    said = Article("", "trekke han tilbake ha frarader over ambassadepersonell", language="no")
    assert any(frame.rule.id == "diplomats-withdrawn" for frame, _ in detector.read(said).unbound)
    assert detector.may_fire(said)

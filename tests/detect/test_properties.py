"""What holds for every text: proofs slice, spelling does not matter, nothing crashes, time is bounded."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Article, Kind

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.jsonl"))
HEADLINES = [
    ("en", "US tells its citizens to leave Lebanon now"),
    ("en", "Britain's embassy in Bamako urges Britons to leave Mali"),
    ("fr", "La France appelle ses ressortissants à quitter le Mali « sans délai »"),
    ("de", "Auswärtiges Amt fordert Deutsche auf, den Iran zu verlassen"),
    ("ru", "Посольство России в Сирии призвало россиян покинуть страну"),
    ("ko", "외교부, 레바논 체류 국민에 출국 권고"),
]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(knowledge())


def triples(detector: Detector, title: str, text: str = "", language: str | None = None) -> set[tuple[str, str, str]]:
    answers = detector.detect(Article(title, text, language=language))
    return {(answer.issuer, answer.destination, str(answer.kind)) for answer in answers}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_proof_is_a_slice_of_the_text_and_issuer_and_destination_have_one(file: Path, detector: Detector) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        whole = f"{item['title']}\n{item['text']}"
        for answer in detector.detect(Article(item["title"], item["text"], language=item["lang"])):
            assert {"issuer", "destination", "kind"} <= {proof.field for proof in answer.evidence}
            for proof in answer.evidence:
                assert whole[proof.start : proof.end] == proof.quote, (item["id"], proof)


@pytest.mark.parametrize(("language", "headline"), HEADLINES)
def test_quotes_composition_and_zero_width_characters_do_not_matter(
    language: str, headline: str, detector: Detector
) -> None:
    answer = triples(detector, headline)
    assert answer
    spellings = {
        "curly": headline.replace("'", "’").replace('"', "“"),
        "NFD": unicodedata.normalize("NFD", headline),
        "NFC": unicodedata.normalize("NFC", headline),
        "marks": headline.replace(" ", " \u200e"),
        "soft hyphen": headline.replace("e", "e\u00ad"),
        "wrong language": headline,
    }
    for name, spelling in spellings.items():
        assert triples(detector, spelling, language="xx" if name == "wrong language" else language) == answer, name


@pytest.mark.parametrize(("language", "headline"), HEADLINES[:5])
def test_a_headline_in_capitals_says_the_same(language: str, headline: str, detector: Detector) -> None:
    assert triples(detector, headline.upper(), language=language) == triples(detector, headline, language=language)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(title=st.text(max_size=80), text=st.text(max_size=400), language=st.sampled_from([None, "en", "zh", "??", ""]))
def test_no_text_of_any_unicode_crashes(detector: Detector, title: str, text: str, language: str | None) -> None:
    whole = f"{title}\n{text}"
    reading = detector.read(Article(title, text, language=language))
    for answer in reading.advisories:
        assert all(whole[proof.start : proof.end] == proof.quote for proof in answer.evidence)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_article_that_ends_anywhere_is_read(file: Path, detector: Detector) -> None:
    cut = random.Random(20140727)
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        title, text = item["title"], item["text"]
        detector.read(Article(title[: cut.randrange(len(title) + 1)], "", language=item["lang"]))
        detector.read(Article(title, text[: cut.randrange(len(text) + 1)], language=item["lang"]))


_MANNERS = """
import json, sys
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Article

detector = Detector(knowledge())
for line in open(sys.argv[1], encoding="utf-8"):
    item = json.loads(line)
    print(detector.detect(Article(item["title"], item["text"], language=item["lang"])))
"""


def test_the_same_article_has_the_same_answer_after_a_restart() -> None:
    examples = Path(__file__).parent / "examples" / "tr.jsonl"  # full of words that advise or order
    answers = [
        subprocess.run(
            [sys.executable, "-c", _MANNERS, str(examples)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1] != b""


WORDS = st.sampled_from(
    [
        "US",
        "Britain",
        "embassy",
        "citizens",
        "leave",
        "evacuate",
        "Lebanon",
        "Syria",
        "not",
        "told",
        "urges",
        "“",
        "”",
        ".",
        ",",
        ":",
        "—",
        "the",
        "of",
        "in",
        "now",
        "使馆",
        "撤离",
        "公民",
        "в",
        "из",
        "МИД",
        "граждан",
        "покинуть",
        "السفارة",
        "مغادرة",
        "Ausreise",
        "verlassen",
        "\n",
        "\u200f",
        "黎巴嫩",
        "2011",
        "?",
        "!",
        "(",
        ")",
        "-",
    ]
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.lists(WORDS, max_size=60))
def test_no_salad_of_its_own_words_crashes_it(detector: Detector, words: list[str]) -> None:
    text = " ".join(words)
    for answer in detector.read(Article("", text)).advisories:
        assert answer.issuer != answer.destination
        assert all(f"\n{text}"[proof.start : proof.end] == proof.quote for proof in answer.evidence)


SHAPES = {
    "sentences": "The embassy urged citizens to leave. ",
    "one word": "leave",
    "one line": "citizens leave ",
    "a call without end": "France urges its citizens to leave Niger, ",
    "no spaces": "使馆提醒公民撤离",
    "brackets": "(",
    "quotes": "“",
    "dots": "a.b",
    "mixed scripts": "embassy посольство 使馆 السفارة leave покинуть 撤离 مغادرة ",
    "direction marks": "\u202eembassy\u202c \u200fcitizens\u200e leave\u2066 ",
    "zero width": "c\u200bi\u200ct\u200di\ufeffzens l\u00adeave ",
    "left-overs of HTML": "<p>&nbsp;<a href='#'>citizens</a>&amp;<br/>leave</p>\n",
    "accents without end": "e\u0301\u0301\u0301",
    "names": "Iran Iraq Syria ",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("title", ["", "US urges citizens to leave Lebanon"])
def test_twice_the_text_takes_about_twice_the_time(shape: str, title: str, detector: Detector) -> None:
    def seconds(length: int) -> float:
        text = shape * (length // len(shape))
        began = time.process_time()
        detector.detect(Article(title, text, language="zz"))
        return time.process_time() - began

    seconds(1_000)
    once, twice = (min(seconds(length) for _ in range(2)) for length in (10_000, 20_000))
    assert twice < 3.2 * once + 0.02


@pytest.mark.parametrize(
    "text", ["The embassy urged citizens to leave. " * 140_000, "leave" * 20_000], ids=["5 MB", "one word"]
)
def test_what_is_longer_than_any_article_is_still_answered(text: str, detector: Detector) -> None:
    answers = detector.detect(Article("US urges citizens to leave Lebanon", text))
    assert ("US", "LB", Kind.LEAVE) in {(it.issuer, it.destination, it.kind) for it in answers}


def test_no_text_is_no_advisory(detector: Detector) -> None:
    assert detector.detect(Article("", "")) == detector.detect(Article(" \u200b", "\n\n\ufeff")) == []


def test_a_call_repeated_without_end_is_read_only_so_far(detector: Detector) -> None:
    endless = detector.read(Article("Notice", "France urges its citizens to leave Niger, " * 5000))
    assert [(it.issuer, it.destination, it.kind) for it in endless.advisories] == [("FR", "NE", Kind.LEAVE)]
    assert len(endless.bound) + len(endless.unbound) < 1000


def test_a_sentence_said_twice_is_read_once(detector: Detector) -> None:
    text = "France urges its citizens to leave Niger.\n"
    assert len(detector.read(Article("Notice", text * 50)).bound) == len(detector.read(Article("Notice", text)).bound)

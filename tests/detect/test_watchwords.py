"""An operator's own rules of a phrase and a place: what they find, and that they change nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from advisor.cli.lines import article_of
from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.errors import ConfigError
from advisor.model import Advisory, Article, Kind, Severity, government

AIRPORT = """
  - id: airport-closed
    title: Airport closed
    phrases: [airport .. close*, airspace ... close*, аэропорт* .. закрыт*, 机场关闭]
    unless: [reopen*]
    severity: severe
"""
SITE = "  - {id: our-site, title: Al Furat named, phrases: [al furat], about: SY, undoing: []}\n"
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.jsonl"))


def detector(folder: Path, watchwords: str) -> Detector:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "own.yaml").write_text(f"watchwords:\n{watchwords}")
    return Detector(knowledge(folder))


def found(engine: Detector, title: str, text: str = "", **more: object) -> list[tuple[str, str, str]]:
    return [
        (government(it.issuer) or "-", it.destination, str(it.kind))
        for it in engine.detect(Article(title, text, **more))  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("title", "text", "places"),
    [
        ("Damascus airport closed after strikes", "", ["SY"]),
        ("Аэропорт Дамаска закрыт", "", ["SY"]),
        ("大马士革机场关闭", "", ["SY"]),
        ("Strikes in Syria", "Flights were cancelled. The airport was closed on Friday.", ["SY"]),
        ("Airports in Syria and Lebanon closed", "", []),  # "airports" is not the phrase
        ("Airspace over Syria and Lebanon closed", "", ["SY", "LB"]),
        ("Airport closed", "", []),  # where, nobody says
        ("Damascus airport closed, to reopen on Monday", "", []),
        ("Syria denies that the airport was closed", "", []),
        ("Damascus airport was closed in 2013", "", []),
        ("Damascus: a new airport lounge", "", []),
    ],
)
def test_a_phrase_beside_a_country_is_found_in_every_language_it_is_written_in(
    title: str, text: str, places: list[str], tmp_path: Path
) -> None:
    published = article_of({"published": "2024-12-06"}).published
    answers = found(detector(tmp_path, AIRPORT), title, text, published=published)
    assert answers == [("-", place, "airport-closed") for place in places]


def test_what_no_government_says_has_no_issuer_and_no_proof_of_one(tmp_path: Path) -> None:
    (answer,) = detector(tmp_path, AIRPORT).detect(Article("Damascus airport closed after strikes", ""))
    assert government(answer.issuer) is None
    assert (answer.severity, answer.label, answer.official_severity) == (Severity.SEVERE, "Airport closed", None)
    proofs = {proof.field: proof.quote for proof in answer.evidence}
    assert proofs == {
        "destination": "Damascus", "kind": "airport closed", "sentence": "Damascus airport closed after strikes",
    }  # fmt: skip


def test_a_fixed_country_needs_no_name_and_a_bare_name_is_not_undone(tmp_path: Path) -> None:
    engine = detector(tmp_path, SITE)
    assert found(engine, "Rockets hit near Al-Furat") == [("-", "SY", "our-site")]
    assert found(engine, "Not far from Al Furat, Iraq says, all is calm") == [("-", "SY", "our-site")]


def test_only_the_countries_asked_for_count(tmp_path: Path) -> None:
    engine = detector(
        tmp_path, "  - {id: airport-closed, title: x, phrases: [airport closed], named: [SY, 'region:sahel']}\n"
    )
    assert found(engine, "Bamako airport closed") == [("-", "ML", "airport-closed")]
    assert found(engine, "Oslo airport closed") == []
    assert found(engine, "Oslo airport closed", "The flight from Syria was the last.") == [
        ("-", "SY", "airport-closed")
    ]


def test_a_government_that_must_speak_is_named_and_proved(tmp_path: Path) -> None:
    engine = detector(tmp_path, "  - {id: visa-stop, title: x, issuer: RU, phrases: [suspend* .. visas]}\n")
    assert found(engine, "Russia suspends all visas for citizens of Chad") == [("RU", "TD", "visa-stop")]
    assert found(engine, "France suspends all visas for citizens of Chad") == []
    assert found(engine, "We suspend all visas in Chad", official="RU") == [("RU", "TD", "visa-stop")]


def test_a_second_phrase_can_be_asked_for_near_the_first(tmp_path: Path) -> None:
    engine = detector(
        tmp_path, "  - {id: bridge-shut, title: x, phrases: [bridge], near: [shut, blocked], within: 5, about: IQ}\n"
    )
    assert found(engine, "The bridge over the Tigris is shut") == [("-", "IQ", "bridge-shut")]
    assert found(engine, "The bridge is open, and shops all over the old part of the town are shut") == []


def test_no_idiom_of_the_lexicons_hides_a_phrase(tmp_path: Path) -> None:
    engine = detector(tmp_path, "  - {id: press-call, title: x, phrases: [press conference], about: SY}\n")
    assert found(engine, "A press conference in the embassy") == [("-", "SY", "press-call")]


def test_a_phrase_opens_the_gate_so_that_the_page_behind_a_summary_is_fetched(tmp_path: Path) -> None:
    assert detector(tmp_path, AIRPORT).worth_reading("Damascus airport closed", "")
    assert not Detector(knowledge()).worth_reading("Damascus airport closed", "")


@pytest.mark.slow
def test_the_shipped_rules_answer_the_same_with_and_without_watchwords(tmp_path: Path) -> None:
    # Words that the shipped rules read too, so that every tag of a watchword stands beside one of theirs.
    greedy = "  - {id: greedy, title: x, phrases: [citizens, embassy, leave, the, to, in, de, la, в, и, 的, 在, 국민], about: AQ}\n"
    plain, watching = Detector(knowledge()), detector(tmp_path, greedy)
    for file in EXAMPLES:
        for line in file.read_text(encoding="utf-8").splitlines()[::3]:
            article = article_of(json.loads(line))
            mine = [answer for answer in watching.detect(article) if isinstance(answer.kind, Kind)]
            assert mine == plain.detect(article), article.title


def test_without_watchwords_nothing_of_them_is_there() -> None:
    known = knowledge()
    assert all(rule.watch is None for rule in known.rules)
    tries = [trie for lexicon in known.lexicons.values() for trie in lexicon.tries]
    categories = {category for trie in tries for some in trie.meanings for category, _ in some}
    assert categories
    assert not any(category.startswith("watch:") for category in categories)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{id: x-y, title: x, phrases: []}", "phrases: give at least one"),
        ("{id: x-y, title: x, phrases: ['.. closed']}", "must begin and end with a word"),
        ("{id: x-y, title: x, phrases: ['!!']}", "has a part without letters"),
        ("{id: x-y, title: x, kind: leave, phrases: [a]}", "'leave' is Advisor's own kind"),
        ("{id: leave-told, title: x, phrases: [a]}", "'leave-told' is the id of a rule already"),
        ("{id: x-y, title: x, phrases: [a], about: SY, named: [LB]}", "give `about` (always this country) or `named`"),
        ("{id: x-y, title: x, phrases: [a], undoing: [negatd]}", "no undoing is called 'negatd' (known: "),
        ("{id: x-y, title: x, phrases: [a], pattern: '(a+)+'}", "unknown key 'pattern'"),
        ("{id: a-name-that-is-far-too-long, title: x, phrases: [a]}", "without `kind` the id is the kind"),
        ("{id: x-y, title: x, phrases: ['" + " .. ".join("abcdef") + "']}", "at most 24 words and 3 gaps"),
        ("{id: x-y, title: x, phrases: ['" + " ".join(["a|b|c|d|e|f|g|h"] * 12) + "']}", "stands for over 1000 wordings"),
        ("{id: x-y, title: x, phrases: ['stay|stays home|in shelter|home']}", "join the words of one alternative with _"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(entry: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        detector(tmp_path, f"  - {entry}\n")
    assert fault in str(raised.value)
    assert f"{tmp_path}/rules/own.yaml:2:" in str(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("a* ... a* ... a* ... zebra", "a aa aaa "),
        ("a|a*|aa|aaa ... a*|aa* ... a* ... b", "aaaa aaa "),
        ("中 ... 中 ... 国", "中"),
        ("x*", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    ],
)
def test_no_phrase_hangs_the_engine_whatever_the_text(phrase: str, text: str, tmp_path: Path) -> None:
    engine = detector(tmp_path, f"  - {{id: nasty, title: x, phrases: ['{phrase}'], about: SY}}\n")
    engine.detect(Article("warm", "up"))
    article = Article("中国" if "中" in text else "The the of", (text * 100_000)[:100_000])
    began = time.perf_counter()
    answers: list[Advisory] = engine.detect(article)
    assert time.perf_counter() - began < 20
    assert len(answers) <= 1

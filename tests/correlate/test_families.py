"""Copies of one text are one voice."""

from __future__ import annotations

import random
from pathlib import Path

from advisor.correlate import alike, digest, families
from tests.correlate.conftest import call

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
STORY = " ".join(
    f"The embassy said in statement {n} that citizens in district {n * 7} should leave by road {n * 3}."
    for n in range(30)
)
CHINESE = (
    "中国驻叙利亚大使馆提醒在叙中国公民尽快利用现有商业航班回国或离境，目前叙利亚局势持续恶化，请密切关注安全形势。"
)


def test_the_five_seed_articles_come_from_four_families() -> None:
    reports = [call(path.stem, digest=digest("", path.read_text(encoding="utf-8"))) for path in SEEDS]
    assert len(SEEDS) == 5
    assert len(families(reports)) == 4


def test_a_shortened_copy_with_another_headline_is_still_a_copy() -> None:
    assert alike(digest("Leave now, says embassy", STORY), digest("Embassy tells people to go", STORY[:1500]))


def test_two_texts_that_share_a_quotation_are_independent() -> None:
    quote = "The embassy reminds citizens of the possibility of leaving the country using commercial flights"
    ours = digest("A", quote + " " + " ".join(f"apple{n} pear{n} plum{n}" for n in range(60)))
    theirs = digest("B", quote + " " + " ".join(f"red{n} green{n} blue{n}" for n in range(60)))
    assert not alike(ours, theirs)


def test_chinese_needs_no_spaces() -> None:
    assert alike(digest("快讯", CHINESE), digest("", CHINESE[:-6]))
    assert not alike(
        digest("", CHINESE),
        digest("", "美国国务院周五下令驻尼日尔大使馆非紧急人员撤离，并建议公民重新考虑前往该国。"),
    )


def test_nothing_is_like_an_empty_text() -> None:
    assert digest("", " -- ") == ""
    assert not alike("", "")


def test_a_paper_without_a_name_stands_for_its_source_and_a_government_is_never_a_copy() -> None:
    text = digest("", STORY)
    reports = [
        call("ap", digest=text),
        call("bbc", digest=text, hours=1),
        call("mfa", official=True, digest=text),
    ]
    assert families(reports) == (("ap", "bbc"), ("mfa",)) or families(reports) == (("mfa",), ("ap", "bbc"))


def test_families_do_not_depend_on_order() -> None:
    words = STORY.split()
    reports = [call(f"p{n}", hours=n, digest=digest("", " ".join(words[n * 40 : n * 40 + 300]))) for n in range(6)]
    shuffled = random.Random(5).sample(reports, len(reports))
    assert families(reports) == families(shuffled)

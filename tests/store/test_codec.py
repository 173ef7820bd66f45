"""Values come back from text as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from advisor.model import AlertChange, Article, Reason, Source
from advisor.store.codec import dump, load, load_all
from tests.correlate.conftest import Story, call, story
from tests.store.conftest import NOW

__all__ = ["story"]


def test_a_change_with_everything_in_it_comes_back_equal(story: Story) -> None:
    story.hears(call(means=("land", "sea"), official_severity="moderate", deadline="by Friday"))
    (change,) = story.hears(call("ap", kind="easing", severity="minor", hours=5))
    assert change.reason is Reason.EASED
    assert load(AlertChange, dump(change)) == change


def test_defaults_are_not_written_and_unknown_fields_not_read() -> None:
    article = Article("Title", "Text", published=NOW)
    text = dump(article)
    assert "complete" not in text
    assert load(Article, text[:-1] + ',"mood":"grim"}') == article


def test_durations_and_sequences_travel() -> None:
    sources = (Source("a", "https://a.example", every=timedelta(minutes=7)),)
    assert load_all(Source, dump(sources)) == sources
    assert load_all(Source, None) == ()


def test_a_field_that_an_old_row_lacks_takes_its_default() -> None:
    @dataclass(frozen=True)
    class Grown:
        name: str
        age: int = 3

    assert load(Grown, '{"name":"x"}') == Grown("x")

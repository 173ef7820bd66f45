"""Registers whose list leads to further documents: a country's own page, further pages of the list."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from advisor.config.settings import catalogue
from advisor.model import Document, Failure, Kind, Source, SourceState
from advisor.model.register import Held, Level
from advisor.pipeline.registers import Taken, read_pages, take
from tests.whole.test_registers import detector

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCES = {source.id: source for source, _ in catalogue()}


class Site:
    """A publisher's documents by address, and what was asked of it."""

    def __init__(self, name: str) -> None:
        self.source: Source = SOURCES[name]
        self.pages: dict[str, object] = {}
        self.asked: list[str] = []
        self.held: dict[str, Held] = {}

    def fetch(self, url: str) -> Document | None:
        self.asked.append(url)
        page = self.pages.get(url)
        return None if page is None else Document(url, NOON, json.dumps(page).encode())

    def poll(self, body: object, at: datetime) -> Taken:
        assert self.source.shape is not None
        document = Document(self.source.url, at, json.dumps(body).encode())
        self.asked.clear()
        listing = read_pages(document, self.source, self.source.shape, self.fetch)
        taken = take(listing, document, self.source, self.held, detector(), self.fetch, at)
        self.held |= {item.country: item for item in taken.held}
        return taken


def said(taken: Taken) -> list[tuple[str, list[str]]]:
    return [
        (item.reports[0].advisory.destination, [str(report.advisory.kind) for report in item.reports])
        for item in taken.incoming if item.id not in taken.standing
    ]  # fmt: skip


def index(**revisions: str) -> dict[str, object]:
    children = [
        {"title": f"{slug.title()} travel advice", "base_path": f"/foreign-travel-advice/{slug}",
         "api_path": f"/api/content/foreign-travel-advice/{slug}", "public_updated_at": at,
         "details": {"country": {"slug": slug, "name": slug.title()}}}
        for slug, at in revisions.items()
    ]  # fmt: skip
    return {"links": {"children": children}}


def page(slug: str, status: str, text: str = "Read all the advice.") -> dict[str, object]:
    return {"title": f"{slug.title()} travel advice", "details": {
        "country": {"slug": slug, "name": slug.title()}, "alert_status": [status] if status else [],
        "change_description": "", "parts": [{"slug": "warnings-and-insurance", "body": f"<p>{text}</p>"}],
    }}  # fmt: skip


def address(slug: str) -> str:
    return f"https://www.gov.uk/api/content/foreign-travel-advice/{slug}"


def test_a_countrys_page_is_fetched_when_the_index_says_it_is_new_and_until_its_level_holds() -> None:
    site = Site("gb-fcdo")
    site.pages = {address("mali"): page("mali", ""), address("togo"): page("togo", "")}
    assert said(site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON)) == []
    assert len(site.asked) == 2
    site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON + HOUR)
    assert site.asked == []
    site.pages[address("mali")] = page("mali", "avoid_all_travel_to_whole_country")
    renewed = index(mali="2026-03-01T13:00:00Z", togo="2026-01-01T00:00:00Z")
    assert said(site.poll(renewed, NOON + HOUR * 2)) == []
    assert said(site.poll(renewed, NOON + HOUR * 3)) == [("ML", ["do_not_travel"])]
    assert site.asked == [address("mali")]
    assert said(site.poll(renewed, NOON + HOUR * 4)) == []
    assert site.asked == []


def test_a_page_that_cannot_be_fetched_is_owed_and_is_no_news() -> None:
    site = Site("gb-fcdo")
    site.pages = {address("mali"): page("mali", "avoid_all_travel_to_parts")}
    first = site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON)
    assert first.unread == 1
    site.pages[address("togo")] = page("togo", "avoid_all_travel_to_whole_country")
    second = site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON + HOUR)
    assert (second.unread, said(second)) == (0, [])
    assert site.held["TG"].level == Level(4, 4)


def test_a_call_in_a_renewed_page_is_told_at_once() -> None:
    site = Site("gb-fcdo")
    site.pages = {address("mali"): page("mali", "avoid_all_travel_to_whole_country")}
    site.poll(index(mali="2026-01-01T00:00:00Z"), NOON)
    text = "If you are a British national in Mali, you should leave immediately by commercial plane."
    site.pages[address("mali")] = page("mali", "avoid_all_travel_to_whole_country", text)
    taken = site.poll(index(mali="2026-03-01T12:30:00Z"), NOON + HOUR)
    assert said(taken) == [("ML", [str(Kind.LEAVE)])]


def test_a_new_page_that_cannot_be_read_is_named_and_makes_the_list_read_in_part() -> None:
    site = Site("gb-fcdo")
    site.pages = {address("mali"): page("mali", ""), address("togo"): page("togo", "")}
    site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON)
    del site.pages[address("mali")]
    renewed = index(mali="2026-03-01T13:00:00Z", togo="2026-01-01T00:00:00Z")
    taken = site.poll(renewed, NOON + HOUR)
    assert (taken.partly, taken.unread, taken.sentence) == (True, 1, "no page could be read of ML")
    site.pages[address("mali")] = page("mali", "")
    assert not site.poll(renewed, NOON + HOUR * 2).partly


def test_pages_that_are_all_gone_are_not_all_asked_for_at_every_poll_and_each_has_its_turn() -> None:
    site = Site("gb-fcdo")
    gone = Failure(SourceState.DEAD, "404", NOON)
    site.fetch = lambda url: site.asked.append(url) or gone  # type: ignore[func-returns-value,method-assign]
    slugs = ["afghanistan", "albania", "algeria", "angola", "argentina", "armenia", "austria", "bahrain", "belarus",
             "belgium", "belize", "benin", "bhutan", "bolivia", "botswana", "brazil", "bulgaria", "burundi", "cambodia",
             "cameroon", "canada", "chad", "chile", "china", "colombia", "cuba", "cyprus", "denmark", "djibouti",
             "ecuador"]  # fmt: skip
    listed = index(**dict.fromkeys(slugs, "2026-01-01T00:00:00Z"))
    asked = set()
    for number in range(6):
        assert site.poll(listed, NOON + number * timedelta(minutes=10)).partly
        assert len(site.asked) == 20
        asked.update(site.asked)
    assert len(asked) == len(slugs)


def lowered(text: str, level: str = "avoid_all_travel_to_whole_country") -> tuple[Site, Taken, dict[str, object]]:
    """Mali called upon people to leave; its page now lists no level any more and says `text`."""
    site = Site("gb-fcdo")
    leave = "If you are a British national in Mali, you should leave immediately by commercial plane."
    site.pages = {address("mali"): page("mali", level), address("togo"): page("togo", "")}
    site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON)
    site.pages[address("mali")] = page("mali", level, leave)
    site.poll(index(mali="2026-03-01T12:30:00Z", togo="2026-01-01T00:00:00Z"), NOON + HOUR)
    site.pages[address("mali")] = page("mali", "", text)
    renewed = index(mali="2026-03-01T14:00:00Z", togo="2026-01-01T00:00:00Z")
    return site, site.poll(renewed, NOON + HOUR * 2), renewed


def test_a_level_that_fell_is_believed_at_once_and_proved_where_the_page_takes_it_back_in_words() -> None:
    lifted = "The FCDO no longer advises against all travel to Mali."
    site, taken, renewed = lowered(lifted)
    assert said(taken) == [("ML", ["easing"])]  # nothing stands beside it: not "do not travel"
    (report,) = taken.incoming[0].reports
    assert report.advisory.quote("sentence") == lifted.rstrip(".")
    assert said(site.poll(renewed, NOON + HOUR * 50)) == []


def test_a_level_that_fell_beside_words_about_something_else_waits_two_days() -> None:
    site, taken, renewed = lowered("The FCDO has lifted its call for British nationals to leave Mali.")
    assert said(taken) == [("ML", ["easing", "do_not_travel"])]
    assert said(site.poll(renewed, NOON + HOUR * 40)) == []
    assert said(site.poll(renewed, NOON + HOUR * 50)) == [("ML", ["easing"])]


def test_a_level_that_fell_without_a_word_waits_two_days() -> None:
    site, taken, renewed = lowered("Read all the advice.")
    assert said(taken) == []
    assert said(site.poll(renewed, NOON + HOUR * 50)) == [("ML", ["easing"])]

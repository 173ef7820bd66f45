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


def test_a_level_that_fell_is_proved_by_the_words_that_lift_it() -> None:
    site = Site("gb-fcdo")
    level = "avoid_all_travel_to_whole_country"
    site.pages = {address("mali"): page("mali", level), address("togo"): page("togo", "")}
    site.poll(index(mali="2026-01-01T00:00:00Z", togo="2026-01-01T00:00:00Z"), NOON)
    lifted = "The FCDO no longer advises against all travel to Mali."
    site.pages[address("mali")] = page("mali", "", lifted)
    renewed = index(mali="2026-03-01T13:00:00Z", togo="2026-01-01T00:00:00Z")
    assert said(site.poll(renewed, NOON + HOUR)) == []
    (told,) = site.poll(renewed, NOON + HOUR * 50).incoming
    (report,) = [report for report in told.reports if report.advisory.kind is Kind.EASING]
    assert report.advisory.quote("sentence") == lifted.rstrip(".")


def test_a_part_of_a_country_is_named_in_the_publishers_words() -> None:
    site = Site("gb-fcdo")
    site.pages = {address("mali"): page("mali", "")}
    site.poll(index(mali="2026-01-01T00:00:00Z"), NOON)
    words = "FCDO advises against all travel to:</p><ul><li>the Gao region</li><li>within 5km of a border</li></ul><p>Find out"
    site.pages[address("mali")] = page("mali", "avoid_all_travel_to_parts", words)
    renewed = index(mali="2026-03-01T12:30:00Z")
    site.poll(renewed, NOON + HOUR)
    (told,) = site.poll(renewed, NOON + HOUR * 2).incoming
    assert [report.advisory.area for report in told.reports] == ["the Gao region; within 5km of a border"]


def test_a_call_without_a_page_for_people_links_to_the_document_that_makes_it() -> None:
    site = Site("it-maeci")
    mali = "https://www.viaggiaresicuri.it/schede_paese/MLI.json"
    listed = [{"codice": "MLI", "nome": "Mali"}]
    nodes = {"Avviso": {"contenuto": "<p>Prudenza in Mali.</p>"}}
    site.pages = {mali: {"infoPrimopiano": {"nodi": nodes}}}
    site.poll(listed, NOON)
    nodes["Avviso"]["contenuto"] = "<p>Si invitano i connazionali a lasciare immediatamente il Mali.</p>"
    (told,) = site.poll(listed, NOON + HOUR).incoming
    assert told.article.link == mali


def test_an_easing_quotes_the_words_that_lift_the_call() -> None:
    site = Site("gb-fcdo")
    text = "The British Embassy has temporarily withdrawn its staff from Mali."
    site.pages = {address("mali"): page("mali", "avoid_all_travel_to_whole_country", text)}
    site.poll(index(mali="2026-01-01T00:00:00Z"), NOON)
    lifted = "British embassy staff have returned to Mali: the temporary withdrawal of staff is lifted."
    site.pages[address("mali")] = page("mali", "avoid_all_travel_to_whole_country", lifted)
    (told,) = site.poll(index(mali="2026-03-01T12:30:00Z"), NOON + HOUR).incoming
    (easing,) = [report.advisory for report in told.reports if report.advisory.kind is Kind.EASING]
    assert "lifted" in (easing.quote("sentence") or "")


def test_a_list_without_dates_has_its_pages_read_in_turn() -> None:
    def italian(text: str) -> dict[str, object]:
        return {
            "updateDate": "2026-01-06T23:00:00Z",
            "infoPrimopiano": {"nodi": {"Avviso": {"contenuto": f"<p>{text}</p>"}}},
        }

    site = Site("it-maeci")
    listed = [{"codice": "MLI", "nome": "Mali"}, {"codice": "TGO", "nome": "Togo"}]
    mali, togo = (f"https://www.viaggiaresicuri.it/schede_paese/{code}.json" for code in ("MLI", "TGO"))
    site.pages = {mali: italian("Prudenza in Mali."), togo: italian("Prudenza in Togo.")}
    site.poll(listed, NOON)
    assert site.asked == [mali, togo]
    site.pages[mali] = italian("Si invitano i connazionali a lasciare immediatamente il Mali.")
    assert said(site.poll(listed, NOON + HOUR)) == [("ML", [str(Kind.LEAVE)])]
    assert site.asked == [mali]  # the others once a day
    site.poll(listed, NOON + HOUR * 24)
    assert set(site.asked) == {mali, togo}


def dutch(count: int, *, first: int = 0, red: str = "") -> list[dict[str, str]]:
    codes = ["AFG", "ALB", "DZA", "AGO", "ARG", "ARM", "AUS", "AUT", "AZE", "BHS"]
    return [
        {"isocode": code, "location": code, "lastmodified": "2026-01-01T00:00:00Z",
         "introduction": f"De kleurcode van het reisadvies voor {code} is {'rood' if code == red else 'groen'}."}
        for code in codes[first : first + count]
    ]  # fmt: skip


def test_a_full_page_of_a_list_is_followed_by_the_next_one() -> None:
    site = Site("nl-bz")
    full = [dict(row, isocode=row["isocode"]) for row in dutch(8)] * 25
    second = site.source.url.replace("offset=0", "offset=200")
    site.pages[second] = dutch(2, first=8, red="BHS")
    site.poll(full, NOON)
    assert site.asked == [second]
    assert site.held["BS"].level == Level(4, 4)


def test_a_list_with_a_page_missing_is_read_as_far_as_it_goes_and_says_so() -> None:
    site = Site("nl-bz")
    assert site.source.shape is not None
    body = json.dumps(dutch(8) * 25).encode()
    listing = read_pages(Document(site.source.url, NOON, body), site.source, site.source.shape, site.fetch)
    assert (listing.state, len(listing.entries)) == (SourceState.TRUNCATED, 8)
    assert "page 2" in listing.sentence

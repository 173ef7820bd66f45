"""A ministry with two hundred pages and no list of levels: a few pages a poll, the risky first, a template no news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from advisor.config.settings import catalogue
from advisor.model import Document, Failure, Source, SourceState
from advisor.model.register import Held, Level
from advisor.pipeline.registers import PLACE, Taken, read_pages, take
from tests.read.test_page_registers import irish, swiss
from tests.whole.test_registers import detector, replayed
from tests.whole.test_registers import told as heard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCES = {source.id: source for source, _ in catalogue()}
FAR = ["Albania", "Algeria", "Andorra", "Angola", "Argentina", "Armenia", "Austria", "Bahrain", "Barbados", "Belgium",
       "Belize", "Benin", "Bhutan", "Bolivia", "Brazil", "Bulgaria", "Cambodia", "Canada", "Chile", "Colombia", "Croatia",
       "Cyprus", "Denmark", "Egypt", "Estonia", "Fiji", "Finland", "Gabon", "Gambia", "Ghana", "Greece", "Guyana"]  # fmt: skip


class Ministry:
    """An index and pages that a test changes, polled the way the service does."""

    def __init__(self, *countries: str) -> None:
        self.source: Source = SOURCES["ie-dfa"]
        self.countries = countries
        self.levels = dict.fromkeys(countries, "Normal Precautions")
        self.texts = dict.fromkeys(countries, "Take care.")
        self.refuses: SourceState | None = None
        self.index = True
        self.held: dict[str, Held] = {}
        self.asked: list[str] = []

    def fetch(self, url: str) -> Document | Failure:
        country = url.rstrip("/").rsplit("/", 1)[1].title()
        self.asked.append(country)
        if self.refuses:
            return Failure(self.refuses, "it asks for proof of being human", NOON)
        if country not in self.levels:
            return Failure(SourceState.DEAD, "404", NOON)
        body = f"<html><body>{irish(self.levels[country], self.texts[country], country)}</body></html>"
        return Document(url, NOON, body.encode())

    def poll(self, at: datetime, watched: frozenset[str] = frozenset()) -> Taken:
        assert self.source.shape is not None
        links = "".join(
            f'<a href="/en/dfa/overseas-travel/advice/{name.lower()}/">{name}</a>' for name in self.countries
        )
        page = f"<!doctype html><body>{links if self.index else 'Nothing.'}</body>"
        document = Document(self.source.url, at, page.encode())
        self.asked.clear()
        listing = read_pages(document, self.source, self.source.shape, self.fetch)
        taken = take(listing, document, self.source, self.held, detector(), self.fetch, at, watched)
        self.held |= {item.country: item for item in taken.held}
        return taken

    def polls(self, number: int, start: datetime, every: timedelta = timedelta(minutes=15)) -> list[Taken]:
        return [self.poll(start + every * turn) for turn in range(number)]


def told(*polls: Taken) -> list[tuple[str, list[str]]]:
    return [
        (item.reports[0].advisory.destination, [str(report.advisory.kind) for report in item.reports])
        for taken in polls for item in taken.incoming if item.id not in taken.standing
    ]  # fmt: skip


def test_each_poll_reads_a_few_pages_until_all_are_known_and_says_how_far_it_is() -> None:
    ministry = Ministry(*FAR, "Mali", "Iraq")
    first = ministry.poll(NOON)
    assert ministry.asked[:2] == ["Mali", "Iraq"]  # where something may be at stake
    assert len(ministry.asked) == 20
    assert first.sentence == "20 of 34 countries' pages read so far"
    second = ministry.poll(NOON + HOUR / 4)
    assert len(ministry.asked) == 14
    assert (second.sentence, second.incoming) == ("", ())
    ministry.poll(NOON + HOUR / 2)
    assert ministry.asked == []


def test_risky_and_watched_pages_come_round_every_hour_the_others_once_a_day() -> None:
    ministry = Ministry("Mali", "Ghana", "Fiji")
    ministry.levels["Ghana"] = "Avoid non-essential travel"
    ministry.poll(NOON)
    ministry.poll(NOON + HOUR)
    assert sorted(ministry.asked) == ["Ghana", "Mali"]
    ministry.poll(NOON + HOUR * 2, watched=frozenset({"FJ"}))
    assert ministry.asked[0] == "Fiji"
    ministry.poll(NOON + HOUR * 30)
    assert sorted(ministry.asked) == ["Fiji", "Ghana", "Mali"]


def test_a_level_is_told_once_it_was_seen_again_and_not_only_waited_for() -> None:
    ministry = Ministry("Mali", "Ghana", "Fiji")
    ministry.poll(NOON)
    ministry.levels["Mali"] = "Do Not Travel"
    assert told(ministry.poll(NOON + HOUR)) == []
    ministry.refuses = SourceState.UNREACHABLE
    ministry.poll(NOON + HOUR * 3)
    ministry.refuses = None
    assert told(ministry.poll(NOON + HOUR * 4)) == [("ML", ["do_not_travel"])]
    assert told(ministry.poll(NOON + HOUR * 5)) == []


def test_a_new_call_on_a_page_is_told_when_it_is_first_seen() -> None:
    ministry = Ministry("Mali", "Ghana")
    ministry.poll(NOON)
    ministry.texts["Mali"] = "Irish citizens in Mali should leave the country immediately by commercial flight."
    assert told(ministry.poll(NOON + HOUR)) == [("ML", ["leave"])]
    assert told(ministry.poll(NOON + HOUR * 2)) == []


def test_a_page_first_read_after_the_list_was_known_is_a_baseline() -> None:
    ministry = Ministry(*FAR)
    ministry.levels["Guyana"] = "Do Not Travel"
    assert told(*ministry.polls(3, NOON)) == []
    assert ministry.held["GY"].level == Level(4, 4)


def test_a_new_template_trickles_in_and_is_held_back() -> None:
    ministry = Ministry(*FAR)
    ministry.polls(3, NOON)
    ministry.levels = dict.fromkeys(ministry.countries, "Do Not Travel")
    polls = ministry.polls(8, NOON + HOUR * 25)
    assert told(*polls) == []
    assert any(taken.suspect and "no government does that" in taken.sentence for taken in polls)


def test_pages_that_stop_giving_a_level_are_said_and_no_fall() -> None:
    ministry = Ministry(*FAR)
    ministry.polls(3, NOON)
    ministry.levels = dict.fromkeys(ministry.countries, "No summary found")
    taken = ministry.poll(NOON + HOUR * 25)
    assert (taken.suspect, told(taken)) == (True, [])
    assert "layout has changed" in (taken.sentence or taken.fault) or "gives a level for only" in taken.fault


def test_a_site_that_lets_the_list_through_and_no_page_is_blocked_and_left_alone_soon() -> None:
    ministry = Ministry(*FAR)
    ministry.refuses = SourceState.BLOCKED
    taken = ministry.poll(NOON)
    assert taken.failure is not None
    assert taken.failure.state is SourceState.BLOCKED
    assert "no country's page" in taken.failure.sentence
    assert len(ministry.asked) == 3
    assert PLACE not in ministry.held


def test_addresses_that_are_gone_do_not_keep_the_others_from_being_read() -> None:
    ministry = Ministry("Mali", *FAR)
    for name in FAR[:20]:
        del ministry.levels[name]
    ministry.polls(3, NOON)
    assert ministry.held["GY"].level == Level(1, 1)
    assert ministry.held["AL"].level is None


def test_without_its_list_the_pages_known_by_name_are_read_and_that_is_said() -> None:
    ministry = Ministry("Mali", "Iraq")
    ministry.index = False
    taken = ministry.poll(NOON)
    assert ministry.held["ML"].level == Level(1, 1)
    assert taken.fault == ""
    assert "Mali" in ministry.asked


def test_captured_pages_of_one_country_are_replayed_like_a_list(tmp_path: Path) -> None:
    leave = "Irish citizens in Mali should leave the country immediately by commercial means."
    pages = [("Normal Precautions", "Fine."), ("Do Not Travel", "Serious."), ("Do Not Travel", "Serious."),
             ("Do Not Travel", leave), ("Do Not Travel", leave)]  # fmt: skip
    bodies = [f"<!doctype html><html><body>{irish(level, text)}</body></html>" for level, text in pages]
    changes, said = replayed(tmp_path, "ie-dfa", *bodies)
    assert (heard(changes), said) == (
        [("opened", "ML", ["do_not_travel"]), ("escalated", "ML", ["leave", "do_not_travel"])], []
    )  # fmt: skip


def test_a_captured_page_of_a_list_that_is_not_crawled_is_replayed_too(tmp_path: Path) -> None:
    body = f"<!doctype html><html><body>{swiss('Von Reisen nach Niger wird abgeraten.')}</body></html>"
    changes, _ = replayed(tmp_path, "ch-eda", body, body)
    assert [(change.alert.destination, change.message) for change in changes] == [("NE", None)]

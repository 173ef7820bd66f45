"""What is true about each source is shown, since when and in a sentence, and told to the operator once, in groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from advisor.clock import utc_now
from advisor.config.settings import load_settings
from advisor.model import SourceState
from advisor.service import Service
from tests.read.test_register_reading import japan, mail
from tests.read.test_telegram_reading import HEAD, words
from tests.whole.test_path import CALL, TEXT, advisor, now
from tests.whole.world import Answer, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Shifted:
    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def build(clock: Shifted) -> Iterator[Callable[[Path], Service]]:
    made: list[Service] = []

    def start(file: Path) -> Service:
        made.append(Service.build(load_settings(file), clock))
        return made[-1]

    yield start
    for service in made:
        service.close()


Build = Callable[[Path], Service]


def items(clock: Shifted, *titles: str) -> list[tuple[str, str, str]]:
    return [(title, "A fine evening.", format_datetime(clock())) for title in titles]


def state(service: Service, source: str = "courier-feed") -> tuple[SourceState, str]:
    row = next(row for row in service.store.sources() if row.id == source)
    return row.state, row.sentence


def operator(world: World) -> list[str]:
    return [title for path, title, _ in world.pushes if path == "/operator"]


def test_a_feed_whose_window_rolled_past_what_was_read_is_in_a_gap_for_a_day(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed"))
    world.feed("/courier/feed", *items(clock, "a", "b", "c"))
    service.once()
    clock.by += HOUR
    world.feed("/courier/feed", *items(clock, "b", "c", "d"))
    service.once()
    assert state(service)[0] is SourceState.FRESH
    clock.by += HOUR
    world.feed("/courier/feed", *items(clock, "x", "y", "z"))
    service.once()
    kind, sentence = state(service)
    assert kind is SourceState.GAP
    assert "may be missed" in sentence
    clock.by += HOUR
    service.once()
    assert state(service)[0] is SourceState.GAP
    clock.by += DAY
    world.feed("/courier/feed", *items(clock, "y", "z", "zz"))
    service.once()
    assert state(service)[0] is SourceState.FRESH


def test_a_feed_that_was_lively_and_falls_silent_is_quiet_and_the_operator_hears(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed", receivers=("phone", "operator")))
    titles: list[str] = []
    for number in range(12):
        titles = [*titles[-5:], f"news {number}"]
        world.feed("/courier/feed", *items(clock, *titles))
        service.once()
        clock.by += 3 * HOUR
    clock.by += 15 * HOUR
    service.once()
    assert state(service)[0] is SourceState.UNCHANGED  # 18 hours: five times three is not a day yet
    clock.by += 12 * HOUR
    service.once()
    kind, sentence = state(service)
    assert kind is SourceState.QUIET
    assert sentence == "nothing new for 30 hours; until then at most 3 hours"
    assert operator(world) == ["Advisor: source courier-feed has gone quiet"]
    world.feed("/courier/feed", *items(clock, *titles[-3:], "back"))
    clock.by += HOUR
    service.once()
    assert operator(world)[1:] == ["Advisor: source courier-feed is read again"]


def test_a_feed_that_moved_for_good_is_read_there_and_says_so_until_its_address_is_changed(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed"))
    world.answers["/courier/feed"] = Answer(b"", 301, headers={"Location": f"{world.address}/new"})
    world.feed("/new", *items(clock, "a", "b", "c"))
    service.once()
    for _ in range(2):
        kind, sentence = state(service)
        assert kind is SourceState.REDIRECTED
        assert f"{world.address}/new: change its address" in sentence
        clock.by += HOUR
        service.once()
    assert [path for path, _ in world.gets] == ["/courier/feed", "/new", "/new", "/new"]
    del world.answers["/new"]
    world.feed("/courier/feed", *items(clock, "a", "b", "c", "d"))
    for _ in range(4):
        clock.by += 12 * HOUR
        service.once()
    assert state(service)[0] in {SourceState.FRESH, SourceState.REDIRECTED, SourceState.UNCHANGED}
    assert world.gets[-1][0] == "/courier/feed"


def test_a_feed_that_moved_within_its_host_is_asked_there_with_its_password(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    file = world.settings(tmp_path, "/courier/feed")
    file.write_text(file.read_text().replace("feed: 'http://", "feed: 'http://bob:secret@"))
    world.answers["/courier/feed"] = Answer(b"", 301, headers={"Location": "/courier/new"})
    world.feed("/courier/new", *items(clock, "a", "b", "c"))
    service = build(file)
    for _ in range(2):
        service.once()
        clock.by += HOUR
    asked = [(path, headers.get("authorization")) for path, headers in world.gets]
    assert [path for path, _ in asked] == ["/courier/feed", "/courier/new", "/courier/new"]
    assert {said for _, said in asked} == {"Basic Ym9iOnNlY3JldA=="}
    assert "secret" not in state(service)[1]


def test_what_is_wrong_with_some_items_is_said_while_nothing_changes(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed"))
    world.feed("/courier/feed", ("a", "", now()), ("b", "", now()), ("c", "", "Thu, 01 Jan 1970 00:00:00 GMT"))
    service.once()
    sentence = state(service)[1]
    assert "before 1990" in sentence
    clock.by += HOUR
    service.once()
    assert state(service) == (SourceState.UNCHANGED, sentence)


def test_what_is_undated_stays_so_while_nothing_changes(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed"))
    world.feed("/courier/feed", *[(title, "x", "") for title in "abc"])
    for _ in range(2):
        service.once()
        assert state(service)[0] is SourceState.UNDATED
        clock.by += HOUR


def test_a_host_that_is_not_reached_for_a_week_is_dead(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed"))
    world.feed("/courier/feed", *items(clock, "a", "b", "c"))
    service.once()
    world.answers["/courier/feed"] = Answer(b"", 503)
    for _ in range(9):
        clock.by += DAY
        service.once()
    kind, sentence = state(service)
    assert kind is SourceState.DEAD
    assert "not read since" in sentence
    world.feed("/courier/feed", *items(clock, "a", "b", "c", "d"))
    clock.by += DAY
    service.once()
    assert state(service)[0] is SourceState.FRESH


def official(file: Path, **issuers: str) -> Path:
    text = file.read_text()
    for name, issuer in issuers.items():
        text = text.replace(f"id: '{name}-feed'", f"id: '{name}-feed', official: {issuer}")
    file.write_text(text)
    return file


def test_troubles_of_one_round_are_one_message_and_so_is_their_end(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    paths = ("/a/feed", "/b/feed", "/c/feed")
    service = build(world.settings(tmp_path, *paths, receivers=("phone", "operator")))
    for path in paths:
        world.feed(path, *items(clock, "a", "b", "c"))
    service.once()
    saved = dict(world.answers)
    world.answers["/a/feed"] = world.answers["/b/feed"] = Answer(b"", 503)
    for _ in range(4):
        clock.by += HOUR
        service.once()
    ((path, title, body),) = world.pushes
    assert (path, title) == ("/operator", "Advisor: 2 of 3 sources cannot be read")
    assert "a-feed: unreachable since" in body
    assert "b-feed: unreachable since" in body
    world.answers.update(saved)
    for path in paths:
        world.feed(path, *items(clock, "a", "b", "c", "d"))
    clock.by += HOUR
    service.once()
    assert operator(world)[1:] == ["Advisor: 2 sources are read again"]
    clock.by += HOUR
    service.once()
    assert len(operator(world)) == 2


def test_only_a_government_without_any_source_left_rings(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    paths = ("/one/feed", "/two/feed", "/press/feed")
    file = official(world.settings(tmp_path, *paths, receivers=("phone", "operator")), one="FR", two="FR")
    service = build(file)
    for path in paths:
        world.feed(path, *items(clock, "a", "b", "c"))
    service.once()
    world.answers["/one/feed"] = Answer(b"", 503)
    for _ in range(4):
        clock.by += HOUR
        service.once()
    world.answers["/two/feed"] = Answer(b"<html>Sign in</html>", 401)
    for _ in range(4):
        clock.by += HOUR
        service.once()
    rows = {row.title: row.loudness.value for row in service.store.deliveries()}
    assert rows == {
        "Advisor: source one-feed cannot be read": "notify",
        "Advisor: no source of FR can be read any more": "wake",
    }
    world.feed("/one/feed", *items(clock, "a", "b", "c", "d"))
    clock.by += 2 * HOUR
    service.once()
    assert operator(world)[2:] == ["Advisor: source one-feed is read again; FR is heard again"]


def dutch(*codes: str, red: str = "") -> Answer:
    rows = [
        {"isocode": code, "location": code, "lastmodified": "2026-01-01T00:00:00Z", "introduction":
         f"De kleurcode van het reisadvies voor {code} is {'rood' if code == red else 'groen'}."}
        for code in codes
    ]  # fmt: skip
    return Answer(json.dumps(rows).encode(), kind="application/json")


@pytest.fixture
def paged(world: World, tmp_path: Path) -> Path:
    """A list of two pages, read by the Dutch list's description."""
    file = world.settings(tmp_path, "/list", receivers=("phone", "operator"))
    text = (
        file.read_text()
        .replace("feed: '", "register: nl-bz, official: NL, url: '")
        .replace("/list'", "/list?offset=0'")
    )
    file.write_text(text)
    world.answers["/list?offset=0"] = dutch(*["AFG", "ALB", "DZA", "AGO"] * 50)
    world.answers["/list?offset=200"] = dutch("MLI", "TGO")
    return file


def test_what_changed_on_a_further_page_is_seen_although_the_first_is_the_same(
    world: World, paged: Path, clock: Shifted, build: Build
) -> None:
    service = build(paged)
    service.once()
    world.answers["/list?offset=200"] = dutch("MLI", "TGO", red="MLI")
    for _ in range(3):
        clock.by += HOUR
        service.once()
    assert [title for _, title, _ in world.pushes] == ["MALI: Netherlands advises against all travel"]


def test_a_stream_of_decisions_that_does_not_reach_back_to_the_last_look_is_in_a_gap(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    def listed(*numbers: int) -> Answer:
        return Answer(japan(*(mail(str(number), "R10", "0233", f"休館日 {number}", "") for number in numbers)).encode())

    file = world.settings(tmp_path, "/mails", receivers=("phone", "operator"))
    file.write_text(file.read_text().replace("feed: '", "register: jp-mofa, official: JP, url: '"))
    service = build(file)
    world.answers["/mails"] = listed(1, 2, 3)
    service.once()
    world.answers["/mails"] = listed(3, 4, 5)
    clock.by += HOUR
    service.once()
    assert state(service, "mails")[0] is SourceState.FRESH
    world.answers["/mails"] = listed(8, 9, 10)
    clock.by += 3 * DAY
    service.once()
    assert state(service, "mails")[0] is SourceState.GAP
    assert operator(world) == ["Advisor: source mails may have missed something"]


def test_the_operator_hears_of_a_government_that_is_read_in_part_only(
    world: World, paged: Path, clock: Shifted, build: Build
) -> None:
    service = build(paged)
    service.once()
    world.answers["/list?offset=200"] = world.answers["/list?offset=0"]  # a server that does not turn pages
    for _ in range(2):
        clock.by += HOUR
        service.once()
    assert state(service, "list") == (
        SourceState.TRUNCATED, "page 2 of the list repeats the pages before: what follows cannot be read"
    )  # fmt: skip
    assert operator(world) == ["Advisor: source list is read in part only"]
    world.answers["/list?offset=200"] = dutch("MLI", "TGO")
    clock.by += HOUR
    service.once()
    assert operator(world)[1:] == ["Advisor: source list is read again"]


def test_troubles_that_take_turns_are_told_although_none_of_them_lasts(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed", receivers=("phone", "operator")))
    world.feed("/courier/feed", *items(clock, "a", "b", "c"))
    service.once()
    for number in range(6):
        world.answers["/courier/feed"] = Answer(b"", 503 if number % 2 else 403)
        clock.by += 10 * timedelta(minutes=1)
        service.once()
    assert operator(world) == ["Advisor: source courier-feed cannot be read"]


def test_the_operator_hears_of_a_server_that_asks_for_hours_without_us_before_the_second_try(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    service = build(world.settings(tmp_path, "/courier/feed", receivers=("phone", "operator")))
    world.feed("/courier/feed", *items(clock, "a", "b", "c"))
    service.once()
    world.answers["/courier/feed"] = Answer(b"", 429, headers={"Retry-After": "99999999999999999999"})
    clock.by += timedelta(minutes=30)
    service.once()
    clock.by += timedelta(minutes=1)
    service.once()
    assert operator(world) == ["Advisor: source courier-feed cannot be read"]
    world.feed("/courier/feed", *items(clock, "a", "b", "c", "d"))
    clock.by += 25 * HOUR
    service.once()
    assert operator(world)[1:] == ["Advisor: source courier-feed is read again"]


def test_a_gap_in_an_official_channel_is_told_although_it_is_read_in_part_only(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    file = world.settings(tmp_path, "/s/embassy", receivers=("phone", "operator"))
    file.write_text(file.read_text().replace("feed: '", "official: RU, telegram: '"))
    service = build(file)
    unseen = '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'

    def show(*numbers: int) -> None:
        posts = "".join(
            f'<div class="tgme_widget_message" data-post="embassy/{number}">{words("Fine.") if number % 9 else unseen}'
            f'<time datetime="{clock():%Y-%m-%dT%H:%M:%S+00:00}"></time></div>'
            for number in numbers
        )
        world.answers["/s/embassy"] = Answer(f"<html>{HEAD}{posts}</html>".encode(), kind="text/html")

    for newest in (6, 9, 10):
        show(*range(newest - 3, newest + 1))
        clock.by += 30 * timedelta(minutes=1)
        service.once()
    assert operator(world) == ["Advisor: source s-embassy is read in part only"]
    show(*range(901, 905))
    clock.by += HOUR
    service.once()
    assert state(service, "s-embassy")[0] is SourceState.GAP
    assert operator(world)[1:] == ["Advisor: source s-embassy may have missed something"]


# --- coverage ---------------------------------------------------------------------------------------------------


def test_no_alert_comes_with_how_many_official_sources_were_read(world: World, tmp_path: Path) -> None:
    paths = ("/one/feed", "/two/feed", "/press/feed")
    extra = "watch: {destinations: [ML, LB], mine: [FR]}\n"
    file = official(world.settings(tmp_path, *paths, extra=extra), one="FR", two="GB")
    world.feed("/one/feed", ("a", "b", now()))
    world.feed("/press/feed", ("a", "b", now()))
    assert advisor("poll", "--config", file).returncode == 0
    for words_ in ("sources", "alerts"):
        done = advisor(words_, "--config", file)
        assert "Lebanon, Mali: nothing new; 1 of 2 official sources read (not: two-feed)" in done.stderr
        assert "FR: nothing new; 1 of 1 official source read" in done.stderr
    done = advisor("sources", "coverage", "--config", file)
    assert done.stdout.splitlines()[0].startswith("Lebanon, Mali: nothing new")
    done = advisor("sources", "coverage", "--json", "--config", file)
    assert '"about": "ML"' in done.stdout
    world.feed("/one/feed", (CALL, TEXT, now()))
    advisor("poll", "--config", file)
    done = advisor("alerts", "--json", "--config", file)
    assert all(line.startswith("{") for line in done.stdout.splitlines())


def test_a_silent_line_a_day_says_what_was_read(world: World, tmp_path: Path, clock: Shifted, build: Build) -> None:
    extra = "watch: {destinations: [ML]}\ndaily: {to: [phone], at: '07:30'}\n"
    service = build(official(world.settings(tmp_path, "/one/feed", extra=extra), one="FR"))
    world.feed("/one/feed", *items(clock, "a", "b", "c"))
    midnight = utc_now().replace(hour=0, minute=0) + DAY
    clock.by = midnight - utc_now()
    service.once()
    assert world.pushes == []
    for _ in range(3):
        clock.by = midnight - utc_now() + 8 * HOUR
        service.once()
    ((_, title, body),) = world.pushes
    assert title == "Advisor: nothing new in the last 24 hours"
    assert body.splitlines() == [
        "Mali: nothing new; 1 of 1 official source read",
        "Sent once a day, so that silence means something. A call comes by itself, at once.",
    ]
    assert [row.loudness.value for row in service.store.deliveries()] == ["digest"]
    clock.by += HOUR
    (fine,) = items(clock, "d")
    world.feed("/one/feed", (CALL, TEXT, fine[2]), fine)
    service.once()
    (told,) = (alert.id for alert in service.store.alerts())
    lines = []
    for pause in (23 * HOUR, DAY, DAY):
        clock.by += pause
        service.once()
        lines.append((world.pushes[-1][1], world.pushes[-1][2].splitlines()[0]))
    read = "1 of 1 official source read"
    assert lines[0] == ("Advisor: the last 24 hours", f"Mali: {told} in the last 24 hours; {read}")
    assert (
        lines[1:]
        == [("Advisor: nothing new in the last 24 hours", f"Mali: nothing new, {told} still stands; {read}")] * 2
    )
    clock.by += 9 * DAY
    service.once()
    assert world.pushes[-1][2].splitlines()[0] == f"Mali: nothing new; {read}"


def test_a_daily_line_to_nobody_or_at_no_time_is_a_fault_with_its_line(world: World, tmp_path: Path) -> None:
    for extra, words_ in (
        ("daily: {to: [nobody]}\n", "no receiver is called 'nobody'"),
        ("daily: {to: [phone], at: 7h}\n", "07:30"),
    ):
        done = advisor("check", "--config", world.settings(tmp_path, "/one/feed", extra=extra))
        assert done.returncode == 2
        assert words_ in done.stderr
        assert "advisor.yaml:" in done.stderr


# --- channels ---------------------------------------------------------------------------------------------------


def channel(*numbers: int, calls: int = 0) -> Answer:
    posts = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="embassy/{number}">'
        f"{words(CALL + '. ' + TEXT if number == calls else f'Opening hours {number}')}"
        f'<a class="tgme_widget_message_date"><time datetime="{datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}">x</time></a>'
        "</div></div>"
        for number in numbers
    )
    body = f'<html><body>{HEAD}<section class="tgme_channel_history">{posts}</section></body></html>'
    return Answer(body.encode(), kind="text/html")


def pictures(*numbers: int) -> Answer:
    posts = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="embassy/{number}">'
        '<a class="tgme_widget_message_photo_wrap"></a></div></div>'
        for number in numbers
    )
    body = f'<html><body>{HEAD}<section class="tgme_channel_history">{posts}</section></body></html>'
    return Answer(body.encode(), kind="text/html")


@pytest.fixture
def embassy(world: World, tmp_path: Path) -> Iterator[Service]:
    """A service whose one source is a channel, read at a mirror that lies on this machine."""
    file = world.settings(tmp_path, "/s/embassy")
    file.write_text(file.read_text().replace("feed: '", "official: FR, telegram: '"))
    service = Service.build(load_settings(file), Shifted())
    yield service
    service.close()


def test_a_burst_longer_than_the_page_is_read_back_to_what_is_known(world: World, embassy: Service) -> None:
    clock = embassy.clock
    assert isinstance(clock, Shifted)
    world.answers["/s/embassy"] = channel(*range(1, 21))
    embassy.once()
    world.answers["/s/embassy"] = channel(*range(61, 81))
    world.answers["/s/embassy?before=61"] = channel(*range(41, 61))
    world.answers["/s/embassy?before=41"] = channel(*range(21, 41), calls=25)
    world.answers["/s/embassy?before=21"] = channel(*range(1, 21))
    clock.by += HOUR
    embassy.once()
    assert [path for path, _ in world.gets][1:] == [
        "/s/embassy", "/s/embassy?before=61", "/s/embassy?before=41", "/s/embassy?before=21"
    ]  # fmt: skip
    assert len(world.pushes) == 1
    assert state(embassy, "s-embassy")[0] is SourceState.FRESH


def test_a_burst_longer_than_five_pages_is_a_gap(world: World, embassy: Service) -> None:
    clock = embassy.clock
    assert isinstance(clock, Shifted)
    world.answers["/s/embassy"] = channel(*range(1, 21))
    embassy.once()
    world.answers["/s/embassy"] = channel(*range(981, 1001))
    for before in range(981, 1, -20):
        world.answers[f"/s/embassy?before={before}"] = channel(*range(before - 20, before))
    clock.by += HOUR
    embassy.once()
    assert len(world.gets) == 7
    assert state(embassy, "s-embassy")[0] is SourceState.GAP


def test_a_call_behind_a_page_of_pictures_is_read(world: World, embassy: Service) -> None:
    clock = embassy.clock
    assert isinstance(clock, Shifted)
    world.answers["/s/embassy"] = channel(*range(1, 21))
    embassy.once()
    world.answers["/s/embassy"] = pictures(*range(22, 42))
    world.answers["/s/embassy?before=22"] = channel(*range(2, 22), calls=21)
    clock.by += HOUR
    embassy.once()
    assert len(world.pushes) == 1
    assert state(embassy, "s-embassy")[0] is SourceState.FRESH


def test_a_page_of_pictures_that_leads_to_nothing_known_is_a_gap_and_is_read_back_once(
    world: World, embassy: Service
) -> None:
    clock = embassy.clock
    assert isinstance(clock, Shifted)
    world.answers["/s/embassy"] = channel(*range(1, 21))
    embassy.once()
    world.answers["/s/embassy"] = pictures(*range(981, 1001))
    for before in range(981, 1, -20):
        world.answers[f"/s/embassy?before={before}"] = pictures(*range(before - 20, before))
    clock.by += HOUR
    embassy.once()
    assert (len(world.gets), state(embassy, "s-embassy")[0]) == (7, SourceState.GAP)
    world.answers["/s/embassy"] = pictures(*range(982, 1002))
    clock.by += HOUR
    embassy.once()
    assert [path for path, _ in world.gets[7:]] == ["/s/embassy"]


def test_a_channel_that_took_its_old_posts_away_has_no_gap(world: World, embassy: Service) -> None:
    clock = embassy.clock
    assert isinstance(clock, Shifted)
    world.answers["/s/embassy"] = channel(*range(1, 21))
    embassy.once()
    world.answers["/s/embassy"] = channel(30, 31, 32, calls=31)
    world.answers["/s/embassy?before=30"] = channel()
    clock.by += HOUR
    embassy.once()
    assert len(world.pushes) == 1
    assert state(embassy, "s-embassy")[0] is SourceState.FRESH

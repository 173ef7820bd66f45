"""Clocks that jump, receivers that hang or die, sites that are slow: nothing is lost, nothing rings without end."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from advisor.config.settings import load_settings
from advisor.model import Attempt, Outcome
from advisor.pipeline import poller
from advisor.service import Service
from advisor.store import DeliveryState
from tests.whole.conftest import Build, Shifted
from tests.whole.test_daemon import until
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import Answer, World

DAY = timedelta(days=1)
PAGE = f"<html><body><article><h1>x</h1><p>{TEXT} {'Fighting went on near Gao. ' * 20}</p></article></body></html>"


def test_a_clock_put_back_by_a_day_stops_no_source(world: World, tmp_path: Path, clock: Shifted, build: Build) -> None:
    world.feed("/courier/feed.xml")
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    clock.by = DAY
    assert service.once() == 1
    clock.by = timedelta()
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service.once()
    assert len(world.pushes) == 1


def test_a_clock_put_back_by_a_day_holds_no_message_back(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [500]
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    clock.by = DAY
    service.once()
    clock.by = timedelta()
    service.once()
    assert len(world.pushes) == 1


def test_a_clock_that_runs_days_ahead_does_not_make_news_old(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", ("Football: Lyon wins", "A fine evening.", now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    clock.by = 3 * DAY
    service.once()
    clock.by += timedelta(minutes=5)
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service.once()
    assert len(world.pushes) == 1


def test_a_pass_ends_although_its_sources_are_due_again_before_it_is_over(
    world: World, tmp_path: Path, build: Build
) -> None:
    paths = [f"/p{number}/feed" for number in range(10)]  # of one host, each to be read every second
    for path in paths:
        world.feed(path, (CALL, TEXT, now()))
        world.answers[path].after = 0.5
    service = build(world.settings(tmp_path, *paths))
    assert service.once() <= 2 * len(paths)
    assert len(world.pushes) == 1
    before = len(world.gets)
    service.once()  # what was given back is polled by the next one
    assert len(world.gets) > before


def test_a_message_that_waited_for_days_is_tried_more_than_once(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    for claim in service.store.claim_due(clock(), "x", DAY, 9):
        service.poller.poll(claim)
    clock.by = 2 * DAY
    world.push_status["/phone"] = [500]
    service.once()
    clock.by += timedelta(minutes=1)
    service.once()
    assert len(world.pushes) == 1


def test_many_receivers_that_hang_since_a_reload_hold_up_no_other(world: World, tmp_path: Path, build: Build) -> None:
    world.feed("/courier/feed.xml")
    file = world.settings(tmp_path, "/courier/feed.xml")
    service = build(file)
    silent = socket.create_server(("127.0.0.1", 0), backlog=64)  # takes connections and never answers
    names = [f"silent{number}" for number in range(20)]
    targets = "".join(f"  {name}: {{url: 'json://127.0.0.1:{silent.getsockname()[1]}/?rto=8'}}\n" for name in names)
    text = file.read_text().replace("receivers:\n", f"receivers:\n{targets}")
    file.write_text(text.replace("to: [phone]", f"to: [{', '.join(names)}, phone]"))
    stop, reload = threading.Event(), threading.Event()
    daemon = threading.Thread(target=service.run, args=(stop, reload, lambda: load_settings(file)))
    daemon.start()
    try:
        reload.set()
        until(lambda: len(service.settings.receivers) == 21)
        world.feed("/courier/feed.xml", (CALL, TEXT, now()))
        until(lambda: world.pushes)
        hanging = [row for row in service.store.deliveries() if row.receiver != "phone"]
        assert {attempt.outcome for row in hanging for attempt in row.attempts} == {None}
    finally:
        stop.set()
        daemon.join()
        silent.close()


def test_two_dead_receivers_do_not_tell_each_other_without_end(world: World, tmp_path: Path, build: Build) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status = {"/phone": [401] * 1000, "/mail": [401] * 1000}
    service = build(world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "mail")))
    service.once()
    assert len(service.store.deliveries()) <= 4


def test_a_receiver_that_never_answers_is_not_rung_all_day(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    sent: list[datetime] = []

    class Silent:
        receiver = service.sender.channels["phone"].receiver
        budget = service.sender.channels["phone"].budget
        ready = service.sender.channels["phone"].ready

        def send(self, message: object, loudness: object) -> Attempt:
            sent.append(clock())
            return Attempt(Outcome.AMBIGUOUS, "no answer")

    service.sender = replace(service.sender, channels={"phone": Silent()})  # type: ignore[dict-item]
    service.once()
    for _ in range(24 * 12):
        clock.by += timedelta(minutes=5)
        for delivery in service.sender.claim("me"):
            service.sender.send(delivery)
    assert 4 <= len(sent) <= 12


def test_an_item_that_turns_into_a_call_days_later_is_told(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    old = format_datetime(datetime.now(UTC) - 5 * DAY)
    item = (
        "<rss version='2.0'><channel><title>t</title><item><title>Travel advice for Mali</title><guid>mali</guid>"
        f"<description>%s</description><pubDate>{old}</pubDate></item></channel></rss>"
    )
    harmless = "The roads in the north are poor in the rainy season and the rivers run high."
    world.answers["/courier/feed.xml"] = Answer((item % harmless).encode())
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    clock.by = timedelta(minutes=5)
    world.answers["/courier/feed.xml"] = Answer((item % TEXT).encode())
    service.once()
    assert len(world.pushes) == 1
    for text in (harmless, TEXT, harmless, TEXT):
        clock.by += timedelta(minutes=5)
        world.answers["/courier/feed.xml"] = Answer((item % text).encode())
        service.once()
    said = [title.rpartition(": ")[2] for _, title, _ in world.pushes]
    call = "France urges its citizens to leave now"
    assert said == [call, "the words are no longer at their source", call], "gone and back are told once"


def summary(world: World, name: str, title: str, *, date: str | None = None) -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>{title}</title><description>Read more about citizens and the embassy in Bamako</description>"
        f"<guid isPermaLink='false'>{name}</guid><link>{world.address}/{name}.html</link>{dated}</item>"
    )


def feed(*items: str) -> Answer:
    return Answer(f"<rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>".encode())


def test_a_second_item_of_the_same_few_words_has_its_own_page_read(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    calm = PAGE.replace(TEXT, "The consular section is closed on Monday for a holiday.")
    world.answers["/a.html"] = Answer(calm.encode(), kind="text/html")
    world.answers["/b.html"] = Answer(PAGE.encode(), kind="text/html")
    first = summary(world, "a", "Embassy alert: citizens should leave?", date=now(30))
    world.answers["/courier/feed.xml"] = feed(first)
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    assert "/a.html" in [path for path, _ in world.gets]
    clock.by = timedelta(minutes=5)
    world.answers["/courier/feed.xml"] = feed(
        summary(world, "b", "Embassy alert: citizens should leave?", date=now()), first
    )
    service.once()
    assert "/b.html" in [path for path, _ in world.gets]
    assert len(world.pushes) == 1


def test_an_undated_item_whose_page_is_gone_is_not_asked_for_for_ever(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.answers["/courier/feed.xml"] = feed(summary(world, "gone", "Embassy alert: citizens should leave?"))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    for _ in range(5):
        service.once()
        clock.by += timedelta(hours=1)
    assert [path for path, _ in world.gets].count("/gone.html") == 1


def test_pages_that_cannot_be_read_are_a_sentence_in_the_state(world: World, tmp_path: Path, build: Build) -> None:
    world.answers["/down.html"] = Answer(b"", status=503)
    world.answers["/courier/feed.xml"] = feed(
        summary(world, "down", "Embassy alert: citizens should leave?", date=now())
    )
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    (row,) = service.store.sources()
    assert "1 item or the page behind still to be read" in row.sentence


def test_slow_pages_are_read_in_several_polls_and_none_is_lost(
    world: World, tmp_path: Path, clock: Shifted, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "_FOR_PAGES", 1.0)
    names = [f"slow{number}" for number in range(5)]
    calm = PAGE.replace(TEXT, "The consular section is closed on Monday for a holiday.")
    for name in names:
        text = PAGE if name == names[-1] else calm
        world.answers[f"/{name}.html"] = Answer(text.encode(), kind="text/html", after=0.6)
    world.answers["/courier/feed.xml"] = feed(
        *(summary(world, name, f"Embassy alert {name}: citizens should leave?", date=now()) for name in names)
    )
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    for _ in range(4):
        began = time.monotonic()
        service.once()
        assert time.monotonic() - began < 3
        clock.by += timedelta(minutes=5)
    assert len(world.pushes) == 1
    assert sorted(path for path, _ in world.gets if "slow" in path) == [f"/{name}.html" for name in names]


def test_a_feed_that_takes_too_long_to_understand_is_read_over_several_polls(
    world: World, tmp_path: Path, clock: Shifted, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "_FOR_PAGES", 0.5)
    monkeypatch.setattr(poller, "_FOR_ITEMS", 0.5)
    world.feed("/courier/feed.xml", *((f"Slow {n}", "harmless", now()) for n in range(4)), (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    detector = service.poller.detector

    class Slow:
        worth_reading = detector.worth_reading

        def detect(self, article: object) -> object:
            time.sleep(0.6)
            return detector.detect(article)  # type: ignore[arg-type]

    service.poller = replace(service.poller, detector=Slow())  # type: ignore[arg-type]
    service.once()
    assert world.pushes == []
    for _ in range(2):
        clock.by += timedelta(minutes=5)
        service.once()
    assert len(world.pushes) == 1


def test_an_item_that_advisor_stumbles_over_does_not_take_its_neighbours_along(
    world: World, tmp_path: Path, build: Build
) -> None:
    world.feed("/courier/feed.xml", ("Poison", "harmless", now()), (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    detector = service.poller.detector

    class Stumbling:
        worth_reading = detector.worth_reading

        def detect(self, article: object) -> object:
            if article.title == "Poison":  # type: ignore[attr-defined]
                raise ZeroDivisionError
            return detector.detect(article)  # type: ignore[arg-type]

    service.poller = replace(service.poller, detector=Stumbling())  # type: ignore[arg-type]
    service.once()
    assert len(world.pushes) == 1


def test_passwords_in_a_sources_address_do_not_reach_the_receivers(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    file = world.settings(tmp_path, "/courier/feed.xml")
    canary = "s3cr3t-canary"
    file.write_text(file.read_text().replace(world.address, f"http://user:{canary}@{world.host}"))
    service = build(file)
    for _ in range(5):
        service.once()
        clock.by += DAY
    assert any("cannot be read" in title for _, title, _ in world.pushes)
    assert canary not in json.dumps(world.pushes)


def test_a_fallback_added_later_is_not_told_what_was_refused_days_ago(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [401]
    file = world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator"))
    build(file).once()
    clock.by = 3 * DAY
    file.write_text(file.read_text().replace("to: [phone]", "to: [phone]\n    fallback: {to: operator}"))
    build(file).once()
    assert not [title for _, title, _ in world.pushes if title.startswith("MALI")]


def test_a_database_locked_for_long_is_no_end_of_the_service(
    world: World, tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))

    def busy(*_: object) -> None:
        raise sa.exc.TimeoutError("QueuePool limit of size 1 overflow 0 reached, connection timed out")

    failing = [True]
    real = service.store._database.writer.pool.connect
    monkeypatch.setattr(service.store._database.writer.pool, "connect", lambda: busy() if failing[0] else real())
    stop = threading.Event()
    daemon = threading.Thread(target=service.run, args=(stop,))
    daemon.start()
    time.sleep(2)
    alive = daemon.is_alive()
    failing[0] = False
    try:
        assert alive
        until(lambda: world.pushes)
    finally:
        stop.set()
        daemon.join()


def test_a_message_sent_while_the_database_is_locked_is_not_sent_again(
    world: World, tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    channel = service.sender.channels["phone"]
    other = sqlite3.connect(tmp_path / "advisor.db", check_same_thread=False, isolation_level=None)

    class Locking:
        receiver, budget, ready = channel.receiver, channel.budget, channel.ready

        def send(self, message: object, loudness: object) -> Attempt:
            attempt = channel.send(message)  # type: ignore[arg-type]
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(13, lambda: other.execute("COMMIT")).start()
            return attempt

    service.sender = replace(service.sender, channels={"phone": Locking()})  # type: ignore[dict-item]
    service.once()
    other.close()
    (row,) = service.store.deliveries()
    assert row.state is DeliveryState.DELIVERED


def test_who_lost_its_claim_while_it_waited_for_the_receivers_pace_sends_nothing(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    service, other = build(file), build(file)
    for claim in service.store.claim_due(clock(), "x", DAY, 9):
        service.poller.poll(claim)
    (delivery,) = service.sender.claim("me")
    pace = service.sender.channels["phone"].pace
    pace.apart = 4.0
    pace.wait()  # a message has just gone
    waiting = threading.Thread(target=service.sender.send, args=(delivery,))
    waiting.start()
    time.sleep(1)
    clock.by = -DAY  # the machine's clock is put back, and the lease is taken for one of a clock that ran ahead
    other.once()
    waiting.join()
    ((_, _, body),) = world.pushes
    assert "may have reached you before" not in body


def test_more_due_sources_than_places_are_all_polled_without_waiting_for_the_next_second(
    world: World, tmp_path: Path
) -> None:
    paths = tuple(f"/p{number}/feed.xml" for number in range(100))
    for path in paths:
        world.feed(path, ("A quiet day", "Nothing happened.", now()))
    file = world.settings(tmp_path, *paths)
    file.write_text(file.read_text().replace("every: 1s", "every: 1h").replace("fetch: {", "fetch: {at_once: 1, "))
    service, stop = Service.build(load_settings(file)), threading.Event()
    daemon = threading.Thread(target=service.run, args=(stop,))
    daemon.start()
    try:  # one a second it would be, if the one place waited for its tick
        until(lambda: len({path for path, _ in world.gets}) == 100, 60)
    finally:
        stop.set()
        daemon.join()


def test_an_alarm_that_reaches_nobody_says_so_at_the_highest_level_and_ends_as_failed_once(
    world: World, tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status = {"/phone": [401] * 3, "/operator": [401] * 3}
    file = world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator"))

    def run(stop: threading.Event) -> bool:
        service = build(file)
        service.look_every, service.unheard_for = 0.1, 0.2
        return service.run(stop)

    assert run(threading.Event()) is False
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert any("nobody-reached" in line and "phone" in line and "401" in line for line in said)
    stop = threading.Event()
    threading.Timer(2, stop.set).start()
    assert run(stop) is True, "told already"


def test_somebody_who_hears_is_enough(world: World, tmp_path: Path, build: Build) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status = {"/phone": [401] * 3}
    service = build(world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator")))
    service.once()
    assert service.warden.look() is True

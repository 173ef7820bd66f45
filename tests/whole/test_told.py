"""What people are told, when, and in what company: through the command line, from feeds to the telephone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.store import DeliveryState
from tests.whole.conftest import Build, Shifted
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import Answer, World

HARMLESS = "The roads in the north are poor in the rainy season and the rivers run high."
OTHERS = {
    "GB": (
        "Britain urges its citizens to leave Mali",
        "Britain urged its citizens on Friday to leave Mali immediately.",
    ),
    "DE": (
        "Germany urges its citizens to leave Mali",
        "Germany urged its citizens on Friday to leave Mali immediately.",
    ),
    "NO": ("Norway urges its citizens to leave Chad", "Norway urged its citizens on Friday to leave Chad immediately."),
}


def item(text: str, *, title: str = "Mali: what we know", date: str | None = None) -> Answer:
    return Answer(
        f"<rss version='2.0'><channel><title>t</title><item><title>{title}</title><guid>mali</guid>"
        f"<description>{text}</description><pubDate>{date or now()}</pubDate></item></channel></rss>".encode()
    )


def titles(world: World, path: str = "/phone") -> list[str]:
    return [title for where, title, _ in world.pushes if where == path]


# --- texts that change ------------------------------------------------------------------------------------


def test_a_text_that_no_longer_calls_is_told_as_that_and_once(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    date = now()
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    for text in (HARMLESS, TEXT, HARMLESS):
        world.answers["/courier/feed.xml"] = item(text, date=date)
        service.once()
        clock.by += timedelta(minutes=5)
    assert titles(world) == [
        "MALI: France urges its citizens to leave now",
        "UPDATE 1, MALI: France: the words are no longer at their source",
    ]
    assert "no all-clear" in world.pushes[1][2]
    assert "courier: “The French foreign minist" in world.pushes[1][2], "the proof of what it said stays"
    for text in (TEXT, HARMLESS, TEXT, HARMLESS, TEXT):
        world.answers["/courier/feed.xml"] = item(text, date=date)
        service.once()
        clock.by += timedelta(minutes=5)
    assert titles(world)[2:] == ["UPDATE 2, MALI: France urges its citizens to leave now"], (
        "said again, and then silence"
    )


def test_a_summary_that_changes_has_its_page_read_before_its_words_count_as_gone(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    def listed(summary: str) -> Answer:
        return Answer(
            f"<rss version='2.0'><channel><title>t</title><item><title>{CALL}</title><guid>mali</guid><link>{world.address}/a.html"
            f"</link><description>{summary}</description><pubDate>{date}</pubDate></item></channel></rss>".encode()
        )

    date = now()
    page = f"<html><body><article><h1>x</h1><p>%s {'Fighting went on near Gao. ' * 20}</p></article></body></html>"
    world.answers["/a.html"] = Answer((page % TEXT).encode(), kind="text/html")
    world.answers["/courier/feed.xml"] = listed("A call from Paris")
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    clock.by = timedelta(minutes=5)
    world.answers["/courier/feed.xml"] = listed("More on the weather")
    service.once()
    assert len(world.pushes) == 1


def test_replay_tells_an_edited_article_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"id": "a", "published": f"2021-11-05T1{hour}:00Z", "title": "Mali", "text": text, "publisher": "courier"}
        for hour, text in enumerate((HARMLESS, TEXT, HARMLESS))
    ]
    file = tmp_path / "past.jsonl"
    file.write_text("\n".join(json.dumps(fields) for fields in lines))
    assert main(["replay", "--json", str(file)]) == 0
    changes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(change["reason"], change["message"] is not None) for change in changes] == [
        ("opened", True),
        ("corrected", True),
    ]


# --- when ------------------------------------------------------------------------------------------------


def test_a_silence_holds_what_waits_for_another_try_as_well(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [503]
    file = world.settings(tmp_path, "/courier/feed.xml")
    service = build(file)
    service.once()
    assert main(["silence", "add", "--destination", "ML", "--for", "1h", "--config", str(file)]) == 0
    clock.by = timedelta(minutes=5)
    service.once()
    assert world.pushes == []
    assert main(["silence", "expire", "1", "--config", str(file)]) == 0
    service.once()
    assert len(world.pushes) == 1


def test_a_silence_holds_no_withdrawal_and_nothing_that_tells_more(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    service = build(file)
    service.once()
    assert main(["retract", service.store.alerts()[0].id, "--why", "an old text", "--config", str(file)]) == 0
    elsewhere = (CALL.replace("Mali", "Niger"), TEXT.replace("in Mali", "in Mali and Niger"), now(1))
    world.feed("/courier/feed.xml", elsewhere)
    assert main(["silence", "add", "--destination", "ML", "--for", "1h", "--config", str(file)]) == 0
    clock.by = timedelta(minutes=5)
    service.once()
    assert any("false alarm" in title for title in titles(world))
    assert any("NIGER" in title for title in titles(world))


def with_receiver(file: Path, **keys: str) -> Path:
    more = "".join(f", {name}: {value}" for name, value in keys.items())
    file.write_text(file.read_text().replace("/phone'}", f"/phone'{more}}}"))
    return file


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%H:%M")


def test_a_digest_gathers_until_its_time_and_comes_once_through_restarts(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    file = with_receiver(world.settings(tmp_path, "/courier/feed.xml"), digest=f"'{in_an_hour()}'")
    file.write_text(file.read_text() + "    as: digest\n")
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    build(file).once()
    world.feed("/courier/feed.xml", (CALL, TEXT, now()), (*OTHERS["GB"], now()), (*OTHERS["NO"], now()))
    clock.by = timedelta(minutes=30)
    service = build(file)
    service.once()
    assert world.pushes == []
    clock.by = timedelta(minutes=61)
    for _ in range(2):
        build(file).once()
    (told,) = world.pushes
    assert told[1] == "DIGEST: Mali, Chad"
    assert [line for line in told[2].splitlines() if " · " in line and not line.startswith(" ")] == [
        line for line in told[2].splitlines() if line.startswith(("Mali: ", "Chad: "))
    ]
    assert told[2].count("Mali: ") == 2
    assert told[2].count("Chad: ") == 1


def test_the_night_holds_a_notice_and_a_second_publisher_who_makes_it_ring_breaks_it(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    start = (datetime.now(UTC) - timedelta(hours=1)).strftime("%H:%M")
    file = with_receiver(
        world.settings(tmp_path, "/courier/feed.xml", "/herald/feed.xml"), quiet=f"'{start}-{in_an_hour()}'"
    )
    world.feed("/courier/feed.xml", (*OTHERS["NO"], now()))
    world.feed("/herald/feed.xml", ("Football: Lyon wins", "A fine evening.", now()))
    service = build(file)
    service.once()
    assert world.pushes == []
    (row,) = service.store.deliveries(state=DeliveryState.OWED)
    assert row.attempts == ()
    clock.by = timedelta(minutes=5)
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.feed(
        "/herald/feed.xml",
        (
            "Paris wants the French out of Mali",
            "The foreign ministry in Paris told French nationals to get out of Mali now.",
            now(),
        ),
    )
    service.once()
    assert titles(world) == ["MALI: France urges its citizens to leave now"]
    clock.by = timedelta(minutes=62)
    service.once()
    assert titles(world)[1:] == ["CHAD: Norway urges its citizens to leave now"]


def test_after_the_first_government_the_others_come_in_one_message(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    file = world.settings(tmp_path, "/courier/feed.xml")
    file.write_text(file.read_text() + "    roll_up: 2h\n")
    listed = [(CALL, TEXT, now())]
    service = build(file)
    for step, issuer in enumerate((None, "GB", "DE")):
        listed += [(*OTHERS[issuer], now())] if issuer else []
        world.feed("/courier/feed.xml", *listed)
        clock.by = timedelta(minutes=10 * step)
        service.once()
    assert titles(world) == ["MALI: France urges its citizens to leave now"]
    clock.by = timedelta(minutes=131)
    service.once()
    assert len(world.pushes) == 2
    assert titles(world)[1] == "MALI: United Kingdom urges its citizens to leave now; also Germany"
    assert "Second government in 48 h (after FR)" in world.pushes[1][2]


def test_an_update_of_the_first_government_does_not_call_it_the_second(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now(40)))
    service = build(world.settings(tmp_path, "/courier/feed.xml"))
    service.once()
    clock.by = timedelta(minutes=5)
    world.feed("/courier/feed.xml", (*OTHERS["GB"], now(20)))
    service.once()
    clock.by = timedelta(minutes=10)
    world.feed(
        "/courier/feed.xml",
        ("France closes its embassy in Mali", "France closed its embassy in Mali on Friday.", now()),
    )
    service.once()
    assert "Second government in 48 h (after FR)." in world.pushes[1][2]
    assert titles(world)[2] == "UPDATE 1, MALI: France closes, suspends or moves its mission"
    assert "Since then also: GB." in world.pushes[2][2]
    assert "government in 48 h" not in world.pushes[2][2]


def test_what_is_told_late_names_the_sources_that_do_not_reach_back(
    world: World, tmp_path: Path, clock: Shifted, build: Build
) -> None:
    quiet = [(f"Council meets {n}", "About roads.", now(600)) for n in range(4)]
    world.feed("/courier/feed.xml", *quiet)
    world.feed("/herald/feed.xml", *quiet)
    service = build(world.settings(tmp_path, "/courier/feed.xml", "/herald/feed.xml"))
    service.once()
    clock.by = timedelta(days=5)
    day = format_datetime(datetime.now(UTC) + timedelta(days=2))
    world.feed(
        "/herald/feed.xml",
        *[(f"Later {n}", "About bridges.", format_datetime(datetime.now(UTC) + clock.by)) for n in range(4)],
    )
    service.once()
    clock.by += timedelta(minutes=2)
    world.feed("/courier/feed.xml", (CALL, TEXT, day), *quiet)
    for claim in service.store.claim_due(clock(), "x", timedelta(minutes=5), 9):
        service.poller.poll(claim)
    service.once()
    assert any(title.startswith("LATE, MALI") for title in titles(world)) or titles(world) == []

"""From a feed to one push, through the real command line, a real store, a real receiver."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.whole.world import Answer, World

CALL = "France urges its citizens to leave Mali immediately"
TEXT = (
    "The French foreign ministry on Friday urged French citizens in Mali to leave the country immediately "
    "on commercial flights."
)


def now(minutes: int = 5) -> str:
    return format_datetime(datetime.now(UTC) - timedelta(minutes=minutes))


def advisor(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advisor", *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )


def test_one_call_in_one_feed_is_one_push_with_its_proof(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    done = advisor("poll", "--config", world.settings(tmp_path, "/courier/feed.xml"))
    assert done.returncode == 0, done.stderr
    ((path, title, body),) = world.pushes
    assert path == "/phone"
    assert title == "MALI: France urges its citizens to leave now"
    assert "urged French citizens in Mali to leave" in body
    assert "Way out: commercial flights" in body


def test_a_second_run_over_the_same_database_pushes_nothing(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    advisor("poll", "--config", file)
    world.feed("/courier/feed.xml", (CALL, TEXT, now()), ("Football: Lyon wins", "A fine evening.", now()))
    (tmp_path / "advisor.db").touch()
    done = advisor("poll", "--config", file)
    assert done.returncode == 0
    assert len(world.pushes) == 1


def test_several_publishers_of_one_event_are_one_push(world: World, tmp_path: Path) -> None:
    for name in ("courier", "herald", "gazette"):
        world.feed(
            f"/{name}/feed.xml", (f"{CALL}, {name} reports", TEXT.replace("Friday", f"Friday, the {name} says,"), now())
        )
    advisor("poll", "--config", world.settings(tmp_path, "/courier/feed.xml", "/herald/feed.xml", "/gazette/feed.xml"))
    assert len(world.pushes) == 1


def test_old_news_is_recorded_and_not_told(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now(60 * 24 * 30)))
    file = world.settings(tmp_path, "/courier/feed.xml")
    advisor("poll", "--config", file)
    assert world.pushes == []
    (alert,) = [json.loads(line) for line in advisor("alerts", "--config", file, "--json").stdout.splitlines()]
    assert (alert["issuer"], alert["destination"], alert["kinds"]) == ("FR", "ML", ["leave"])


def test_the_page_behind_a_summary_is_read_when_the_summary_is_worth_it(world: World, tmp_path: Path) -> None:
    page = f"<html><body><article><h1>x</h1><p>{TEXT} {'Fighting went on near Gao. ' * 20}</p></article></body></html>"
    world.answers["/courier/1.html"] = Answer(page.encode(), kind="text/html")
    feed = (
        "<rss version='2.0'><channel><title>t</title><item><title>Paris and the embassy in Bamako</title>"
        "<description>What citizens who leave should know ...</description>"
        f"<link>{world.address}/courier/1.html</link><pubDate>{now()}</pubDate></item></channel></rss>"
    )
    world.answers["/courier/feed.xml"] = Answer(feed.encode())
    advisor("poll", "--config", world.settings(tmp_path, "/courier/feed.xml"))
    assert [title for _, title, _ in world.pushes] == ["MALI: France urges its citizens to leave now"]


def test_a_page_that_cannot_be_read_is_tried_again_and_nothing_is_lost(world: World, tmp_path: Path) -> None:
    feed = (
        "<rss version='2.0'><channel><title>t</title><item><title>Paris and the embassy in Bamako</title>"
        "<description>What citizens who leave should know ...</description>"
        f"<link>{world.address}/courier/1.html</link><pubDate>{now()}</pubDate></item></channel></rss>"
    )
    world.answers["/courier/feed.xml"] = Answer(feed.encode(), headers={"ETag": '"1"'})
    world.answers["/courier/1.html"] = Answer(b"", status=503)
    file = world.settings(tmp_path, "/courier/feed.xml")
    advisor("poll", "--config", file)
    assert world.pushes == []
    page = f"<html><body><article><h1>x</h1><p>{TEXT} {'Fighting went on near Gao. ' * 20}</p></article></body></html>"
    world.answers["/courier/1.html"] = Answer(page.encode(), kind="text/html")
    later(file)
    assert len(world.pushes) == 1
    assert "if-none-match" not in world.gets[-2][1]  # asked without condition, since something was still to be read


def later(file: Path, hours: int = 1) -> None:
    """One pass with a clock that is ahead."""
    code = (
        "import sys;from datetime import timedelta;from pathlib import Path;from advisor.clock import utc_now;"
        "from advisor.config.settings import load_settings;from advisor.service import Service;"
        "s=Service.build(load_settings(Path(sys.argv[1])),lambda:utc_now()+timedelta(hours=int(sys.argv[2])));s.once();s.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(file), str(hours)], check=True, timeout=60)


def test_a_bad_neighbour_is_a_state_and_the_others_are_read(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.answers["/login/feed.xml"] = Answer(b"<html><body>Please log in</body></html>", kind="text/html")
    world.answers["/empty/feed.xml"] = Answer(b"")
    world.answers["/cut/feed.xml"] = Answer(b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>Har")
    world.answers["/down/feed.xml"] = Answer(b"", status=503)
    paths = [f"/{name}/feed.xml" for name in ("courier", "login", "empty", "cut", "down", "missing")]
    file = world.settings(tmp_path, *paths)
    assert advisor("poll", "--config", file).returncode == 0
    assert len(world.pushes) == 1
    rows = [json.loads(line) for line in advisor("sources", "--config", file, "--json").stdout.splitlines()]
    states = {row["source"].removesuffix("-feed.xml"): row["state"] for row in rows}
    assert states["courier"] == "fresh"
    assert states["missing"] == "dead"
    assert states["down"] == "unreachable"
    assert {states["login"], states["empty"]} <= {"not-a-feed", "blocked", "empty"}
    assert states["cut"] in {"truncated", "not-a-feed", "empty"}
    assert all(row["sentence"] for row in rows if row["state"] != "fresh")


def test_a_receiver_that_fails_is_tried_again_and_gets_the_message_once(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [500, 503]
    file = world.settings(tmp_path, "/courier/feed.xml")
    assert advisor("poll", "--config", file).returncode == 0
    assert world.pushes == []
    (owed,) = [json.loads(line) for line in advisor("deliveries", "--config", file, "--json").stdout.splitlines()]
    assert owed["state"] == "owed"
    assert owed["attempts"][0]["outcome"] == "retry"
    later(file, hours=1)
    later(file, hours=2)
    later(file, hours=3)
    assert len(world.pushes) == 1


def test_a_receiver_that_refuses_for_good_is_told_to_the_operator(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [401]
    advisor("poll", "--config", world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator")))
    ((path, title, body),) = world.pushes
    assert path == "/operator"
    assert "phone did not get" in title
    assert "401" in body


def test_a_receiver_that_is_gone_for_a_moment_still_gets_the_message(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.push_status["/phone"] = [404, 403]
    file = world.settings(tmp_path, "/courier/feed.xml", receivers=("phone", "operator"))
    advisor("poll", "--config", file)
    later(file, hours=1)
    later(file, hours=2)
    assert [path for path, _, _ in world.pushes] == ["/phone"]


def test_a_full_or_read_only_disk_is_an_error_that_names_the_database(world: World, tmp_path: Path) -> None:
    file = world.settings(tmp_path, "/courier/feed.xml")
    file.write_text(file.read_text().replace(f"sqlite:///{tmp_path}/advisor.db", "sqlite:////proc/advisor.db"))
    done = advisor("poll", "--config", file)
    assert done.returncode == 1
    assert "/proc" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_withdrawal_is_told_and_the_withdrawn_call_is_not_sent_again(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    advisor("poll", "--config", file)
    shown = json.loads(advisor("alerts", "--json", "--config", file).stdout)
    assert shown["told"] is True
    withdrawn = advisor("retract", shown["alert"], "--why", "a film", "--config", file)
    assert (withdrawn.returncode, "those who were told" in withdrawn.stdout) == (0, True)
    assert "nothing to take care of" in advisor("ack", shown["alert"], "--config", file).stderr
    advisor("poll", "--config", file)
    assert len(world.pushes) == 2
    assert "withdrawn" in world.pushes[1][1]
    call, withdrawal = sorted(
        json.loads(line)["delivery"] for line in advisor("deliveries", "--json", "--config", file).stdout.splitlines()
    )
    refused = advisor("deliveries", "--resend", str(call), "--config", file)
    assert refused.returncode == 1
    assert f"withdrawn since; its last word is {withdrawal}" in refused.stderr
    assert advisor("deliveries", "--resend", str(withdrawal), "--config", file).returncode == 0


def test_a_call_that_a_silence_holds_is_shown_as_waiting_until_it_goes_out(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    file = world.settings(tmp_path, "/courier/feed.xml")
    assert advisor("silence", "add", "--kind", "leave", "--config", file).returncode == 0
    held = advisor("poll", "--config", file)
    assert "1 owed" in held.stdout
    assert json.loads(advisor("alerts", "--json", "--config", file).stdout)["waiting"] is True
    assert advisor("alerts", "--config", file).stdout.splitlines()[1].endswith("waits")
    advisor("silence", "expire", "1", "--config", file)
    assert "messages: 1 delivered" in advisor("poll", "--config", file).stdout
    assert json.loads(advisor("alerts", "--json", "--config", file).stdout)["waiting"] is False
    assert "messages: none" in advisor("poll", "--config", file).stdout


def test_an_old_call_is_recorded_and_shown_as_not_told(world: World, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now(minutes=12 * 24 * 60)))
    file = world.settings(tmp_path, "/courier/feed.xml")
    advisor("poll", "--config", file)
    shown = json.loads(advisor("alerts", "--json", "--config", file).stdout)
    assert shown["told"] is False
    assert "nobody was told of it" in advisor("retract", shown["alert"], "--why", "old", "--config", file).stdout
    advisor("poll", "--config", file)
    assert world.pushes == []

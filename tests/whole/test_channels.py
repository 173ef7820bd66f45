"""The real daemon and real addresses: Slack and Telegram over TLS, mail over SMTP, a webhook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advisor.store import DeliveryRow, DeliveryState, open_store
from tests.whole.post import PostOffice
from tests.whole.test_daemon import end, until
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.tls import SLACK, TELEGRAM, Vendors
from tests.whole.world import World

SLACK_SECRET, TELEGRAM_SECRET = "TIiajkdnlazkcOXrIdevi7FQ", "abcdefghijklmnop_QRSTUV-canary"
SLACK_URL = f"slack://T1JJ3T3L2/A1BRTD4JD/{SLACK_SECRET}/#alarms"
TELEGRAM_URL = f"tgram://123456789:{TELEGRAM_SECRET}/12315544"


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Vendors]:
    made = Vendors(tmp_path)
    yield made
    made.close()


@pytest.fixture
def post() -> Iterator[PostOffice]:
    made = PostOffice()
    yield made
    made.close()


def settings(world: World, folder: Path, receivers: dict[str, str], *feeds: str) -> Path:
    file = world.settings(folder, *(feeds or ("/courier/feed.xml",)))
    text = file.read_text().partition("receivers:\n")[0]
    targets = "".join(f"  {name}: {{url: '{url}'}}\n" for name, url in receivers.items())
    routed = ", ".join(name for name in receivers if name != "operator")
    file.write_text(f"{text}receivers:\n{targets}routes:\n  - to: [{routed}]\n")
    return file


def advisor(vendors: Vendors, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advisor", *map(str, words)],
        capture_output=True, text=True, timeout=60, check=False, env=vendors.environment,
    )  # fmt: skip


def deliveries(folder: Path) -> list[DeliveryRow]:
    with open_store(f"sqlite:///{folder}/advisor.db", datetime.now(UTC)) as store:
        return store.deliveries()


def start(vendors: Vendors, file: Path, level: str = "DEBUG") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "advisor", "run", "--config", str(file), "--log-level", level],
        stderr=subprocess.PIPE, text=True, env=vendors.environment,
    )  # fmt: skip


def test_one_call_reaches_slack_telegram_mail_and_a_webhook_and_no_secret_reaches_log_or_database(
    world: World, vendors: Vendors, post: PostOffice, tmp_path: Path
) -> None:
    hostile = TEXT.replace("The French", "<!channel> @everyone The French")
    world.feed("/courier/feed.xml", (CALL, hostile, now()))
    canary = "feed-canary-7f3a91"
    receivers = {"chat": SLACK_URL, "phone": TELEGRAM_URL, "mail": post.url, "hook": f"json://{world.host}/hook"}
    file = settings(world, tmp_path, receivers)
    text = file.read_text().replace("http://", f"http://user:{canary}@")
    file.write_text(text.replace("feed.xml', publisher", f"feed.xml?token={canary}', publisher"))
    world.answers[f"/courier/feed.xml?token={canary}"] = world.answers["/courier/feed.xml"]
    daemon = start(vendors, file)
    try:
        until(lambda: vendors.of(SLACK) and vendors.of(TELEGRAM) and post.mails and world.pushes)
        daemon.send_signal(signal.SIGTERM)
        _, log = daemon.communicate(timeout=40)
    finally:
        end(daemon)
    assert daemon.returncode == 0, log
    assert vendors.refused == []
    ((_, _, hook),) = world.pushes
    (slack,), (telegram,), (mail,) = vendors.of(SLACK), vendors.of(TELEGRAM), post.mails
    assert slack.path.endswith(SLACK_SECRET)
    assert TELEGRAM_SECRET in telegram.path
    assert telegram.fields["chat_id"] == 12315544
    body = mail.get_body()
    assert body is not None
    assert mail["Subject"].startswith("[Mali] France urges its citizens to leave now [FR-ML-")
    for said in (hook, json.dumps(slack.fields), telegram.fields["text"], body.get_content()):
        assert "urged French citizens in Mali to leave" in " ".join(said.split())
    assert "<!channel>" not in json.dumps(slack.fields)
    assert "@everyone" not in hook + telegram.fields["text"]
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("advisor.db*")).decode("latin-1")
    shown = advisor(vendors, "sources", "--config", file, "--json").stdout
    for secret in (SLACK_SECRET, TELEGRAM_SECRET, canary):
        assert secret not in log
        assert secret not in kept
        assert secret not in shown


def test_telegram_says_how_long_to_wait_and_is_not_asked_before(world: World, vendors: Vendors, tmp_path: Path) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    asked = b'{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 77}}'
    vendors.answers[TELEGRAM] = [(429, asked)]
    file = settings(world, tmp_path, {"phone": TELEGRAM_URL})
    assert advisor(vendors, "poll", "--config", file).returncode == 0
    (row,) = deliveries(tmp_path)
    assert row.next_attempt_at is not None
    assert timedelta(seconds=60) < row.next_attempt_at - datetime.now(UTC) <= timedelta(seconds=77)
    assert len(vendors.of(TELEGRAM)) == 1


def test_telegram_is_silent_for_a_digest_only(world: World, vendors: Vendors, tmp_path: Path) -> None:
    file = settings(world, tmp_path, {"phone": TELEGRAM_URL})
    for loudness in ("wake", "notify", "digest"):
        assert advisor(vendors, "notify-test", "phone", "--as", loudness, "--config", file).returncode == 0
    assert [sent.fields["disable_notification"] for sent in vendors.of(TELEGRAM)] == [False, False, True]


@pytest.mark.parametrize(
    ("dead", "alive", "answer"),
    [
        (TELEGRAM, SLACK, (400, b'{"ok": false, "error_code": 400, "description": "Bad Request: chat not found"}')),
        (TELEGRAM, SLACK, (401, b'{"ok": false, "error_code": 401, "description": "Unauthorized"}')),
        (SLACK, TELEGRAM, (401, b"invalid_token")),
    ],
)
def test_a_final_no_is_told_through_another_receiver_and_can_be_sent_again(
    world: World, vendors: Vendors, tmp_path: Path, dead: str, alive: str, answer: tuple[int, bytes]
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    vendors.answers[dead] = [answer]
    phone, operator = (TELEGRAM_URL, SLACK_URL) if dead == TELEGRAM else (SLACK_URL, TELEGRAM_URL)
    file = settings(world, tmp_path, {"phone": phone, "operator": operator})
    advisor(vendors, "poll", "--config", file)
    (told,) = vendors.of(alive)
    assert "receiver phone did not get FR-ML-" in json.dumps(told.fields)
    (row,) = [row for row in deliveries(tmp_path) if row.receiver == "phone"]
    assert row.state is DeliveryState.REFUSED
    assert len(vendors.of(dead)) == 1, "a final no is not asked again"
    assert advisor(vendors, "deliveries", "--config", file, "--resend", str(row.id)).returncode == 0
    advisor(vendors, "poll", "--config", file)
    (row,) = [row for row in deliveries(tmp_path) if row.receiver == "phone"]
    assert row.state is DeliveryState.DELIVERED
    assert len(vendors.of(dead)) == 2


def three_calls(world: World) -> None:
    """Three messages: three governments, three countries."""
    for name, people, where in (
        ("France", "French", "Mali"),
        ("Germany", "German", "Sudan"),
        ("Japan", "Japanese", "Haiti"),
    ):
        text = TEXT.replace("French", people).replace("Mali", where)
        world.feed(
            f"/{where.lower()}/feed.xml", (f"{name} urges its citizens to leave {where} immediately", text, now())
        )


THREE = ("/mali/feed.xml", "/sudan/feed.xml", "/haiti/feed.xml")


@pytest.mark.parametrize("how", ["run", "poll"])
def test_a_mail_target_that_is_paced_does_not_hold_up_the_others(
    world: World, vendors: Vendors, post: PostOffice, tmp_path: Path, how: str
) -> None:
    three_calls(world)
    file = settings(world, tmp_path, {"mail": post.url, "hook": f"json://{world.host}/hook"}, *THREE)
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor", how, "--config", str(file)], env={**os.environ, **vendors.environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: len(world.pushes) == 3)
        assert len(post.mails) < 3, "Apprise waits 5.5 s between two mails"
        if how == "poll":
            assert process.wait(40) == 0
            assert len(post.mails) == 3
    finally:
        process.kill()
        process.wait()


def test_a_message_that_cannot_be_read_blocks_nobody_and_is_told_in_plain_words(
    world: World, vendors: Vendors, tmp_path: Path
) -> None:
    import sqlite3

    three_calls(world)
    world.push_status["/hook"] = [500, 500, 500]
    file = settings(world, tmp_path, {"hook": f"json://{world.host}/hook"}, *THREE)
    advisor(vendors, "poll", "--config", file)
    assert world.pushes == []
    with sqlite3.connect(tmp_path / "advisor.db") as database:
        database.execute("update changes set change = '{\"damaged' where alert_id like 'FR-ML-%'")
        database.execute("update deliveries set next_attempt_at = created_at, title = null, body = null")
    database.close()
    time.sleep(1.1)  # the sources are due again
    done = advisor(vendors, "poll", "--config", file)
    assert done.returncode == 0, done.stderr
    assert len(world.pushes) == 3
    titles = sorted(title for _, title, _ in world.pushes)
    assert any(title.startswith("Advisor: FR-ML-") for title in titles)
    assert any(title.startswith("SUDAN: Germany") for title in titles)

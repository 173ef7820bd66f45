"""One attempt at one receiver, over real HTTP and SMTP, and what its end means."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import apprise
import pytest

from advisor.deliver.channel import AddressError, open_channel
from advisor.deliver.loudness import rings
from advisor.model import Loudness, Message, Outcome, Receiver
from tests.whole.post import PostOffice

MESSAGE = Message("SYRIA: Russia reminds its citizens they can leave", "Embassy: “…”")


class _Target(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        last = self.path.rpartition("/")[2]
        if last == "hang":
            time.sleep(2.5)
            return
        if last == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(int(last))
        if last == "307":
            self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(b'{"ok": false, "parameters": {"retry_after": 17}}')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Target)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("200", Outcome.DELIVERED), ("500", Outcome.RETRY), ("503", Outcome.RETRY), ("429", Outcome.RETRY),
        ("502", Outcome.AMBIGUOUS), ("504", Outcome.AMBIGUOUS), ("401", Outcome.REFUSED), ("403", Outcome.REFUSED), ("404", Outcome.REFUSED),
        ("hang?rto=1", Outcome.AMBIGUOUS), ("reset", Outcome.AMBIGUOUS),
    ],
)  # fmt: skip
def test_the_end_of_an_attempt_is_named(target: str, path: str, outcome: Outcome) -> None:
    attempt = open_channel(Receiver("x", f"json://{target}/{path}")).send(MESSAGE)
    assert attempt.outcome is outcome
    assert attempt.sentence


def test_the_servers_own_delay_is_kept(target: str) -> None:
    attempt = open_channel(Receiver("x", f"json://{target}/429")).send(MESSAGE)
    assert attempt.retry_after == timedelta(seconds=17)


def test_a_redirect_is_not_followed(target: str) -> None:
    assert open_channel(Receiver("x", f"json://{target}/307")).send(MESSAGE).outcome is not Outcome.DELIVERED


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1:1/",
        "json://no-such-host.invalid/",
        "mailto://127.0.0.1:1/?from=a@b.org&to=c@d.org&mode=insecure",
    ],
)
def test_what_was_never_reached_is_tried_again(url: str) -> None:
    assert open_channel(Receiver("x", url)).send(MESSAGE).outcome is Outcome.RETRY


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense://x", "does not understand"), ("tgram://x", "does not understand"), ("not a url", "does not understand"),
        ("json://x/?retry=3", "remove retry="), ("json://x/?optional=yes", "remove optional="),
        ("json://x/?overflow=split", "remove overflow="), ("tgram://123456789:abcdefg_hijklmnop/1/2", "2 targets"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_work_is_refused_with_a_remedy(url: str, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        open_channel(Receiver("x", url))


def test_a_token_is_neither_shown_nor_logged_even_at_debug() -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from advisor.deliver.channel import open_channel\n"
        "from advisor.model import Message, Receiver\n"
        "channel = open_channel(Receiver('x', 'tgram://123456789:abcdefg_hijklmnop/12315544/?cto=0.2&rto=0.2'))\n"
        "print(channel.shown, channel.send(Message('a', 'b')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "tgram://" in done.stdout
    assert "hijklmnop" not in done.stdout + done.stderr


@pytest.fixture
def office() -> Iterator[PostOffice]:
    made = PostOffice()
    yield made
    made.close()


def test_mail_arrives_with_its_subject_and_no_header_can_be_injected(office: PostOffice) -> None:
    attempt = open_channel(Receiver("x", office.url)).send(Message("[Syria] x\r\nBcc: evil@example.org", "body"))
    assert attempt.outcome is Outcome.DELIVERED
    (mail,) = office.mails
    assert mail["Subject"].startswith("[Syria] x")
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("450 4.2.1 greylisted, come back", "250 accepted", Outcome.RETRY),
        ("550 5.1.1 no such user", "250 accepted", Outcome.REFUSED),
        ("250 known", "451 4.3.0 later", Outcome.RETRY),
        ("250 known", "554 5.7.1 refused", Outcome.REFUSED),
        ("250 known", None, Outcome.AMBIGUOUS),
        (None, "250 accepted", Outcome.AMBIGUOUS),
    ],
)
def test_what_a_mail_server_says_decides_whether_it_is_tried_again(
    office: PostOffice, rcpt: str | None, data: str | None, outcome: Outcome
) -> None:
    office.rcpt, office.data = [rcpt], [data]
    assert open_channel(Receiver("x", office.url)).send(MESSAGE).outcome is outcome


# --- how loud -------------------------------------------------------------------------------------------


class _Desk(http.server.BaseHTTPRequestHandler):
    """Takes what push services are sent, and keeps it."""

    priorities: list[Any] = []  # noqa: RUF012

    def do_POST(self) -> None:
        fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.priorities.append(fields.get("priority") or self.headers["X-Priority"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def desk() -> Iterator[str]:
    _Desk.priorities.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("address", "priorities"),
    [
        ("ntfy://{}/alarms", ["max", None, "low"]),
        ("gotify://{}/abcdefghijklmno", [10, 5, 3]),
        ("gotify://{}/abcdefghijklmno?priority=high", [8, 8, 8]),  # what the operator says, holds
        ("json://{}/hook", [None, None, None]),  # cannot be told
    ],
)
def test_what_wakes_is_urgent_at_the_receiver_and_a_digest_is_not(
    desk: str, address: str, priorities: list[Any]
) -> None:
    channel = open_channel(Receiver("phone", address.format(desk)))
    for loudness in (Loudness.WAKE, Loudness.NOTIFY, Loudness.DIGEST):
        assert channel.send(MESSAGE, loudness).outcome is Outcome.DELIVERED
    assert _Desk.priorities == priorities


@pytest.mark.parametrize(
    "address",
    [
        "bark://host/device", "barks://host/device", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "fcm://key@project/device", "gotifys://host/abcdefghijklmno", f"join://{'a' * 32}/{'b' * 32}",
        "nctalk://user:word@host/room", "nctalks://user:word@host/room", "ntfys://topic", "opsgenie://apikey-aaaaaaaaaa",
        "pagerduty://integration@key", "pagertree://int_xxxxxxxxxxx", f"pover://{'u' * 30}@{'t' * 30}",
        f"prowl://{'w' * 40}", f"psafer://{'z' * 20}", f"psafers://{'z' * 20}", "tgram://123456789:abcdefg_hijklmnop/1",
    ],
)  # fmt: skip
def test_every_service_takes_its_own_words_for_how_loud(address: str) -> None:
    scheme = address.partition("://")[0]
    open_channel(Receiver("phone", address))
    usual = apprise.Apprise.instantiate(address).url()
    for loudness in Loudness:
        if said := rings(scheme, loudness):
            asked = f"{address}{'&' if '?' in address else '?'}{said[0]}={said[1]}"
            changed = apprise.Apprise.instantiate(asked).url() != usual
            assert changed or loudness is Loudness.NOTIFY, f"{scheme} does not know {said}"


@pytest.fixture
def summer() -> Iterator[None]:
    """A machine on local time, in summer; the variable says when it is winter."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "UTC-2")
        time.tzset()
        yield
    time.tzset()


def test_in_the_night_on_which_clocks_go_back_a_message_does_not_wait_an_hour_for_the_one_before(
    summer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = PostOffice()
    channel = open_channel(Receiver("duty", post.url))
    assert channel.send(MESSAGE).outcome is Outcome.DELIVERED
    monkeypatch.setenv("TZ", "UTC-1")
    time.tzset()
    later = threading.Thread(target=channel.send, args=(MESSAGE,), daemon=True)
    later.start()
    later.join(60)  # mail servers want some seconds between two messages
    arrived = len(post.mails)
    post.close()
    assert arrived == 2


def test_messages_of_one_target_are_as_far_apart_as_its_service_asks_for() -> None:
    post = PostOffice()
    channel = open_channel(Receiver("duty", post.url))
    assert channel.pace.apart > 1
    channel.pace.apart = 0.5
    began = time.monotonic()
    for _ in range(3):
        channel.send(MESSAGE)
    post.close()
    assert time.monotonic() - began >= 1
    assert len(post.mails) == 3


def test_a_service_that_names_a_time_by_its_own_clock_holds_nothing_up_where_ours_was_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from apprise.plugins.discord import NotifyDiscord

    arrived: list[float] = []

    class Discord(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            arrived.append(time.monotonic())
            self.send_response(204)
            self.send_header("X-RateLimit-Remaining", "0")
            self.send_header("X-RateLimit-Reset", str(int(time.time()) + 86_400))  # in a second, by their clock
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Discord)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(NotifyDiscord, "notify_url", f"http://127.0.0.1:{server.server_port}")
    channel = open_channel(Receiver("chat", f"discord://{'1' * 18}/{'t' * 60}"))
    assert [channel.send(MESSAGE).outcome for _ in range(2)] == [Outcome.DELIVERED] * 2
    server.shutdown()
    server.server_close()
    first, second = arrived
    assert 1 < second - first < 20, "some seconds are left between them"


def test_receivers_that_hang_hold_up_no_other_however_many_they_are(target: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:  # takes connections and never answers
        address = f"json://127.0.0.1:{silent.getsockname()[1]}/?rto=60"
        channels = [open_channel(Receiver(f"silent{number}", address)) for number in range(40)]
        hanging = [threading.Thread(target=channel.send, args=(MESSAGE,), daemon=True) for channel in channels]
        for thread in hanging:
            thread.start()
        assert open_channel(Receiver("x", f"json://{target}/200")).send(MESSAGE).outcome is Outcome.DELIVERED
        assert all(thread.is_alive() for thread in hanging)


def test_an_answer_that_drips_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.deliver.channel._ANSWER", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                while True:
                    connection.sendall(b"H")
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        attempt = open_channel(Receiver("x", f"json://127.0.0.1:{server.getsockname()[1]}/")).send(MESSAGE)
    assert attempt.outcome is Outcome.AMBIGUOUS

"""How fast a call becomes a push, beside a plain script of httpx + feedparser + re + Apprise; and a burst.

    python -m tools.benchmark_push [--calls 40] [--alerts 1000] [--receivers 20]

One push: from the moment when the feed with the new item has been handed out to the moment when the receiver has read
the push, both taken by the server, for the real daemon and for the plain script in turns. Burst: so many alerts are
owed to so many receivers at once, a message each; then a more severe call is published while they go out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from pathlib import Path
from xml.sax.saxutils import escape

from advisor import correlate
from advisor.model import Advisory, Article, Dating, Evidence, Kind, Loudness, Owed, Report, Severity, Source
from advisor.store import Incoming, open_store
from tools.chaos_calls import calls

ROOT = Path(__file__).parents[1]

PLAIN = """
import re, sys, time
import apprise, feedparser, httpx
feed, push = sys.argv[1:]
verbs, whom = "urges?|orders?|tells?|advises?", "citizens|nationals|staff"
rule = re.compile(rf"\\b({verbs}) (its|their|all) ({whom})[^.]{{0,80}}\\bleave\\b", re.I)
target, seen = apprise.Apprise(), set()
target.add(push)
with httpx.Client(trust_env=False) as client:
    while True:
        for entry in feedparser.parse(client.get(feed).content).entries:
            if entry.id not in seen:
                seen.add(entry.id)
                if rule.search(f"{entry.title} {entry.summary}"):
                    target.notify(title=entry.title, body=f"{entry.summary}\\n{entry.get('link', '')}")
        time.sleep(0.5)
"""


# --- the server, a process of its own ---------------------------------------------------------------------------


async def _serve(wire: Connection) -> None:
    feeds: dict[str, list[tuple[str, str, str]]] = {}
    events: list[tuple[float, str, str]] = []  # when, path, what was new there or the push's title

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while request := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                method, path, _ = request.split(" ", 2)
                length = next(
                    (int(line[15:]) for line in request.lower().split("\r\n") if line[:15] == "content-length:"), 0
                )
                body = await reader.readexactly(length) if length else b""
                if method == "POST":
                    events.append((time.monotonic(), path, json.loads(body)["title"]))
                answer = _feed(path, feeds.get(path, [])) if method == "GET" else b""
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(answer)
                )
                writer.write(answer)
                await writer.drain()
                if method == "GET" and feeds.get(path):
                    events.append((time.monotonic(), path, feeds[path][-1][0]))
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=512)
    wire.send(server.sockets[0].getsockname()[1])
    while True:
        while not wire.poll():
            await asyncio.sleep(0.005)
        what, *rest = wire.recv()
        if what == "publish":
            feeds.setdefault(rest[0], []).append(rest[1])
        elif what == "events":
            wire.send(events[rest[0] :])
        else:
            return


def _feed(path: str, items: list[tuple[str, str, str]]) -> bytes:
    """The newest forty calls above forty ordinary items."""
    date = f"{datetime.now(UTC) - timedelta(days=1):%a, %d %b %Y} 09:00:00 GMT"
    quiet = [
        (f"Council number {n} meets", "The council talks about roads, schools and the budget. " * 15, date)
        for n in range(40)
    ]
    body = "".join(
        f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
        f"<guid isPermaLink='false'>{escape(path + title)}</guid><pubDate>{at}</pubDate></item>"
        for title, text, at in [*reversed(items[-40:]), *quiet]
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{body}</channel></rss>".encode()


class Server:
    """Feeds and receivers in a process of their own."""

    def __init__(self) -> None:
        self._wire, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs,), daemon=True)
        self._process.start()
        self.host = f"127.0.0.1:{self._wire.recv()}"

    def publish(self, path: str, title: str, text: str) -> None:
        self._wire.send(("publish", path, (title, text, format_datetime(datetime.now(UTC) - timedelta(minutes=1)))))

    def events(self, since: int = 0) -> list[tuple[float, str, str]]:
        self._wire.send(("events", since))
        found: list[tuple[float, str, str]] = self._wire.recv()
        return found

    def close(self) -> None:
        self._wire.send(("end",))
        self._process.join()


def _run(wire: Connection) -> None:
    asyncio.run(_serve(wire))


def _settings(folder: Path, server: Server, receivers: list[str]) -> Path:
    targets = "\n".join(f"  {name}: {{url: 'json://{server.host}/{name}'}}" for name in receivers)
    file = folder / "advisor.yaml"
    file.write_text(
        f"database: sqlite:///{folder}/advisor.db\n"
        f"sources:\n  - {{feed: 'http://{server.host}/advisor', every: 1s, id: courier}}\n"
        f"fetch: {{allow_networks: ['127.0.0.0/8']}}\n"
        f"receivers:\n{targets}\nroutes:\n  - to: [{', '.join(receivers)}]\n"
    )
    return file


def _start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, stderr=subprocess.DEVNULL)


def _until(true: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: did not happen in {seconds:.0f} s")
        time.sleep(0.02)


# --- one push -------------------------------------------------------------------------------------------------------


def one_push(count: int, rng: random.Random) -> dict[str, list[float]]:
    """Milliseconds from the feed's answer to the push's arrival, of the daemon and of the plain script in turns."""
    server, made = Server(), calls(rng)
    took: dict[str, list[float]] = {"advisor": [], "plain": []}
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as name:
        file = _settings(Path(name), server, ["phone"])
        server.publish("/advisor", "Nothing new", "All is quiet.")
        server.publish("/plain", "Nothing new", "All is quiet.")
        running = [
            _start("-m", "advisor", "run", "--config", str(file)),
            _start("-c", PLAIN, f"http://{server.host}/plain", f"json://{server.host}/plain-phone"),
        ]
        try:
            _until(lambda: {path for _, path, _ in server.events()} >= {"/advisor", "/plain"}, 30, "first polls")
            time.sleep(2)
            for number in range(count * 2):
                who = ("advisor", "plain")[number % 2]
                phone = "/phone" if who == "advisor" else "/plain-phone"
                _, title, text = next(made)
                before = len(server.events())
                server.publish(f"/{who}", title, text)
                arrived: list[float] = []

                def there(before: int = before, phone: str = phone, arrived: list[float] = arrived) -> bool:
                    arrived += [at for at, path, _ in server.events(before) if path == phone]
                    return bool(arrived)

                _until(there, 20, f"the push of {who}")
                seen = next(at for at, path, new in server.events(before) if path == f"/{who}" and new == title)
                took[who].append((arrived[0] - seen) * 1000)
                time.sleep(rng.uniform(0.1, 0.6))
        finally:
            for process in running:
                process.terminate()
                process.wait()
            server.close()
    return took


# --- burst ----------------------------------------------------------------------------------------------------------


def owe(file: Path, alerts: int, receivers: list[str]) -> float:
    """Write so many alerts with a message each for every receiver; seconds for that."""
    now = datetime.now(UTC)
    codes = [f"{a}{b}" for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    sentence = "The ministry urged its citizens to leave the country."
    proof = tuple(Evidence(name, sentence, 0, len(sentence), "bench") for name in ("issuer", "destination", "sentence"))
    items = []
    for number in range(alerts):
        issuer, place = codes[number % 20], codes[100 + number // 20]
        advisory = Advisory(
            issuer=issuer, destination=place, kind=Kind.LEAVE, severity=Severity.MODERATE, evidence=proof
        )
        article = Article(
            title=f"{issuer} on {place}",
            text=sentence,
            source_id="wire",
            keys=(f"k{number}",),
            published=now,
            dating=Dating.EXACT,
        )
        report = Report(
            advisory, f"a{number}", "wire", "wire", False, now, article.title, f"https://example.org/{number}"
        )
        items.append(Incoming(f"a{number}", article, "d", (report,), (advisory,)))
    with open_store(f"sqlite:///{file.parent}/advisor.db", now) as store:
        store.sync_sources([Source("wire", "https://wire.example")], now)
        (claim,) = store.claim_due(now, "bench", timedelta(minutes=5), 1)
        began = time.monotonic()
        store.accept(
            claim, items, now=now, next_poll_at=now,
            decide=lambda reports, known, taken: correlate.decide(reports, known, now, taken=taken),
            owe=lambda told: [Owed(name, Loudness.NOTIFY, (change,)) for change in told for name in receivers],
        )  # fmt: skip
        return time.monotonic() - began


def burst(alerts: int, count: int, rng: random.Random) -> list[str]:
    server = Server()
    receivers = [f"r{number}" for number in range(count)]
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as name:
        file = _settings(Path(name), server, receivers)
        server.publish("/advisor", "Nothing new", "All is quiet.")
        wrote = owe(file, alerts, receivers)
        daemon = _start("-m", "advisor", "run", "--config", str(file))
        try:

            def pushes() -> list[tuple[float, str, str]]:
                return [event for event in server.events() if event[1] != "/advisor"]

            _until(lambda: len(pushes()) >= alerts * count // 4, 600, "a quarter of the burst")
            _, title, text = next(calls(rng))
            server.publish("/advisor", title, text)
            _until(lambda: len(pushes()) >= (alerts + 1) * count, 1200, "the burst")
            events, arrived = server.events(), pushes()
        finally:
            daemon.terminate()
            daemon.wait()
            server.close()
    seen = next(at for at, path, new in events if path == "/advisor" and new == title)
    severe = [at for at, _, said in arrived if title.split(" urges")[0] in said and " leave now" in said]
    span = arrived[-1][0] - arrived[0][0]
    behind = sum(seen < at < max(severe) for at, _, _ in arrived) - len(severe)
    twice = sum(times - 1 for times in Counter((path, said) for _, path, said in arrived).values())
    return [
        f"burst: {alerts} alerts x {count} receivers = {alerts * count} messages, written in {wrote:.1f} s",
        f"  delivered in {span:.1f} s, {len(arrived) / span:.0f} messages/s, {twice} of them twice",
        f"  a more severe call published meanwhile: {len(severe)} of {count} receivers have it after "
        f"{(max(severe) - seen) * 1000:.0f} ms (first {(min(severe) - seen) * 1000:.0f} ms), "
        f"{behind} of {alerts * count * 3 // 4} others went out before",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--receivers", type=int, default=20)
    options = parser.parse_args()
    rng = random.Random(1)
    if options.calls:
        took = one_push(options.calls, rng)
        print(f"one push, feed read -> push accepted, ms, {options.calls} each{'median':>10}{'p95':>8}")
        for name, times in took.items():
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"  {name:46}{statistics.median(times):10.1f}{p95:8.1f}")
    if options.alerts:
        print("\n".join(burst(options.alerts, options.receivers, rng)))


if __name__ == "__main__":
    main()

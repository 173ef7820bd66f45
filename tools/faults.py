"""A server that lies, hangs and breaks, and the real service that reads it: what is shown, and does it recover?

    python -m tools.faults [NAME ...]

Every fault is a source of one service. All are read well once, then each shows its fault for four rounds, then all are
well again with a call to leave in them. The table says for each fault which state was shown, in which words, whether
the operator heard of it and of its end, and whether the call was told afterwards. Beside them stands a source without
any fault, whose call must be told in the middle of it all. Ends with 1 if anything is not as it should be.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from advisor.config.settings import load_settings
from advisor.poll import Fetcher
from advisor.service import Service

HOUR = timedelta(hours=1)
_ROUNDS, _STEP = 4, timedelta(minutes=40)
_DEADLINE = "2s"
_TURNS = "turns.example"  # a name whose address becomes a private one

# Who is told to leave which country, a pair a source, so that every call is an event of its own.
_PEOPLE = {"France": "French", "Germany": "German", "Italy": "Italian", "Norway": "Norwegian", "Poland": "Polish"}
_PLACES = ("Mali", "Niger", "Chad", "Sudan", "Haiti", "Lebanon", "Yemen")


@dataclass
class Clock:
    """The service's clock, which a run puts forward."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


# --- what goes over the wire ------------------------------------------------------------------------------------------


@dataclass
class Wire:
    """One connection with what the server knows."""

    connection: socket.socket
    clock: Clock
    path: str
    port: int
    stopped: threading.Event

    def send(self, *parts: bytes) -> None:
        self.connection.sendall(b"".join(parts))

    def answer(self, body: bytes, status: str = "200 OK", date: datetime | None = None, **headers: str) -> None:
        said = {"Content-Type": "application/rss+xml", "Content-Length": str(len(body)),
                "Date": format_datetime(date or self.clock(), usegmt=False), **{
                    name.replace("_", "-"): value for name, value in headers.items()}}  # fmt: skip
        self.send(head(status, said), body)

    def slowly(self, data: bytes, pause: float = 0.15) -> None:
        for number in range(len(data)):
            if self.stopped.wait(pause):
                return
            self.send(data[number : number + 1])


def head(status: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("latin-1")


def feed(
    clock: Callable[[], datetime], name: str, numbers: Sequence[int], call: str = "", ahead: timedelta = timedelta()
) -> bytes:
    """An RSS feed of `numbers`, the newest first, with a call to leave on top if there is one."""
    date = format_datetime(clock() - timedelta(minutes=5) + ahead)
    items = [(f"{name} weather {number}", "A fine evening.") for number in sorted(numbers, reverse=True)]
    items = [(call, f"{call}, the foreign ministry said."), *items] if call else items
    body = "".join(
        f"<item><guid isPermaLink='false'>{name}-{title}</guid><title>{title}</title><description>{text}</description>"
        f"<pubDate>{date}</pubDate></item>"
        for title, text in items
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{name}</title>{body}</channel></rss>".encode()


@dataclass(frozen=True)
class Fault:
    """What a source does while it is broken, and which states are true to show."""

    name: str
    does: Callable[[Wire], None]
    shows: tuple[str, ...]
    told: bool = True  # the operator must hear of it
    host: str = "127.0.0.1"


def _drip_headers(wire: Wire) -> None:
    wire.slowly(head("200 OK", {"Content-Type": "application/rss+xml", "X-Padding": "x" * 2000}))


def _drip_body(wire: Wire) -> None:
    wire.send(head("200 OK", {"Content-Type": "application/rss+xml", "Content-Length": "5000"}))
    wire.slowly(feed(wire.clock, "drip", range(60)))


def _hang(wire: Wire) -> None:
    wire.stopped.wait(60)


def _reset(wire: Wire) -> None:
    wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    wire.connection.close()


def _challenge(wire: Wire) -> None:
    page = (
        b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"
    )
    wire.answer(page, Content_Type="text/html")


def _login(wire: Wire) -> None:
    page = b"<html><body><form action='/login'><input name='user'><input type='password' name='p'></form></body></html>"
    wire.answer(page, Content_Type="text/html")


def _gzip_bomb(wire: Wire) -> None:
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join([press.compress(b"\0" * 2**20) for _ in range(200)]) + press.flush()
    wire.answer(body, Content_Encoding="gzip")


def _entity_bomb(wire: Wire) -> None:
    layers = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))
    wire.answer(f"<!DOCTYPE rss [<!ENTITY a0 'ha'>{layers}]><rss><channel><title>&a8;</title></channel></rss>".encode())


def _redirect_loop(wire: Wire) -> None:
    wire.answer(b"", "302 Found", Location=f"http://127.0.0.1:{wire.port}{wire.path}?again")


def _redirect_private(wire: Wire) -> None:
    wire.answer(b"", "302 Found", Location="http://10.0.0.1/secrets")


def _too_short(wire: Wire) -> None:
    body = feed(wire.clock, "short", range(8))
    wire.send(head("200 OK", {"Content-Type": "application/rss+xml", "Content-Length": str(len(body) + 5000)}), body)


def _cut(wire: Wire) -> None:
    body = feed(wire.clock, "cut", range(8))
    wire.answer(body[: len(body) * 2 // 3])


def _fifty_megabytes(wire: Wire) -> None:
    wire.send(head("200 OK", {"Content-Type": "application/rss+xml", "Content-Length": str(50 * 2**20)}))
    _pour(wire, 50 * 2**20)


def _endless(wire: Wire) -> None:
    wire.send(head("200 OK", {"Content-Type": "application/rss+xml"}), b"<rss><channel>")
    _pour(wire, 10**12)


def _pour(wire: Wire, size: int) -> None:
    block = b"<item><title>x</title></item>" * 2000
    for _ in range(size // len(block)):
        if wire.stopped.is_set():
            return
        wire.send(block)


def _status(status: str, **headers: str) -> Callable[[Wire], None]:
    return lambda wire: wire.answer(b"try again later", status, Content_Type="text/plain", **headers)


def _etag(wire: Wire) -> None:
    wire.answer(feed(lambda: _FIXED, wire.path.strip("/"), range(5)), ETag=f'"{time.monotonic_ns()}"')


def _skewed(wire: Wire) -> None:
    behind = wire.clock() - timedelta(hours=5)
    wire.answer(feed(wire.clock, wire.path.strip("/"), range(5), ahead=timedelta(hours=9)), date=behind)


def _rolled(wire: Wire) -> None:
    start = 1000 + int(wire.clock.by.total_seconds())
    wire.answer(feed(wire.clock, wire.path.strip("/"), range(start, start + 5)))


def _moved(wire: Wire) -> None:
    wire.answer(b"", "301 Moved Permanently", Location=f"http://127.0.0.1:{wire.port}/elsewhere{wire.path}")


_FIXED = datetime.now(UTC)
FAULTS = (
    Fault("slow-headers", _drip_headers, ("unreachable",)),
    Fault("slow-body", _drip_body, ("unreachable",)),
    Fault("hang", _hang, ("unreachable",)),
    Fault("reset", _reset, ("unreachable",)),
    Fault("429-retry-after", _status("429 Too Many Requests", Retry_After="1800"), ("unreachable",)),
    Fault("503", _status("503 Service Unavailable"), ("unreachable",)),
    Fault("403", _status("403 Forbidden"), ("blocked",)),
    Fault("410-gone", _status("410 Gone"), ("dead",)),
    Fault("challenge-page", _challenge, ("blocked",)),
    Fault("login-page", _login, ("blocked",)),
    Fault("empty-body", lambda wire: wire.answer(b""), ("empty",)),
    Fault("empty-json", lambda wire: wire.answer(b"[]"), ("empty", "not-a-feed")),
    Fault("gzip-bomb", _gzip_bomb, ("refused",)),
    Fault("entity-bomb", _entity_bomb, ("refused",)),
    Fault("redirect-loop", _redirect_loop, ("refused",)),
    Fault("redirect-private", _redirect_private, ("refused",)),
    Fault("dns-turns-private", _hang, ("refused",), host=_TURNS),
    Fault("length-too-long", _too_short, ("unreachable", "truncated")),
    Fault("cut-in-the-middle", _cut, ("truncated",), told=False),
    Fault("50-megabytes", _fifty_megabytes, ("refused",)),
    Fault("endless-body", _endless, ("refused", "unreachable")),
    Fault("not-http", lambda wire: wire.send(b"SSH-2.0-OpenSSH_9.2\r\n"), ("unreachable",)),
    Fault("moved-for-good", _moved, ("redirected",), told=False),
    Fault("changing-etag", _etag, ("unchanged",), told=False),
    Fault("skewed-dates", _skewed, ("fresh", "unchanged", "undated"), told=False),
    Fault("rolled-window", _rolled, ("gap",), told=False),
)


# --- the world --------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """One server: every publisher by its path, and the telephones that are pushed to."""

    clock: Clock
    faults: Sequence[Fault]
    broken: bool = False
    called: bool = False
    pushes: list[tuple[str, str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.by_path = {f"/{fault.name}": fault for fault in self.faults}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        with contextlib.suppress(OSError, ValueError), connection:
            request = b""
            while b"\r\n\r\n" not in request and (chunk := connection.recv(65536)):
                request += chunk
            method, path = request.decode("latin-1").split(" ", 2)[:2]
            if method == "POST":
                self._push(connection, path, request)
                return
            self._get(Wire(connection, self.clock, path, self.port, self.stopped))

    def _push(self, connection: socket.socket, path: str, request: bytes) -> None:
        header, _, body = request.partition(b"\r\n\r\n")
        size = int(header.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < size and (chunk := connection.recv(65536)):
            body += chunk
        said = json.loads(body)
        self.pushes.append((path, said["title"], said["message"]))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _get(self, wire: Wire) -> None:
        name = wire.path.partition("?")[0].rpartition("/")[2]
        fault = self.by_path.get(f"/{name}")
        if fault is not None and self.broken and not wire.path.startswith("/elsewhere/"):
            fault.does(wire)
            return
        says = self.called or (fault is None and self.broken)
        wire.answer(feed(self.clock, name, range(1, 7) if says else range(5), call=self.call(name) if says else ""))

    def call(self, name: str) -> str:
        """The call that a source makes: nobody else speaks of this country for these people."""
        names = [*(fault.name for fault in self.faults), "neighbour"]
        number = names.index(name)
        country = list(_PEOPLE)[number % len(_PEOPLE)]
        return f"{country} urges its citizens to leave {_PLACES[number // len(_PEOPLE)]} immediately"

    def resolve(self, host: str, port: int) -> list[tuple[Any, ...]]:
        address = host if host != _TURNS else "10.0.0.5" if self.broken else "127.0.0.1"
        return socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)

    def close(self) -> None:
        self.stopped.set()
        self._listener.close()

    def settings(self, folder: Path) -> Path:
        lines = [
            f"  - {{id: {name}, publisher: {name}, every: 1m, feed: 'http://{host}:{self.port}/{name}'}}"
            for name, host in [*((fault.name, fault.host) for fault in self.faults), ("neighbour", "127.0.0.1")]
        ]
        path = folder / "advisor.yaml"
        path.write_text(
            f"database: sqlite:///{folder}/faults.db\nsources:\n" + "\n".join(lines) + "\n"
            f"fetch: {{allow_networks: ['127.0.0.0/8'], deadline: {_DEADLINE}}}\n"
            f"receivers:\n  phone: {{url: 'json://127.0.0.1:{self.port}/phone'}}\n"
            f"  operator: {{url: 'json://127.0.0.1:{self.port}/operator'}}\nroutes: [{{to: phone}}]\n"
        )
        return path


# --- the run ----------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """What one fault came to."""

    fault: Fault
    state: str = ""
    sentence: str = ""
    heard: bool = False
    recovered: str = ""
    heard_again: bool = False
    called: bool = False

    @property
    def is_right(self) -> bool:
        shown = self.state in self.fault.shows and (bool(self.sentence) or self.state in {"fresh", "unchanged"})
        told = not self.fault.told or (self.heard and self.heard_again)
        return shown and told and self.recovered in {"fresh", "unchanged", "gap", "redirected"} and self.called


def run(faults: Sequence[Fault], folder: Path) -> tuple[list[Row], bool]:
    """Each fault's row, and whether the neighbour's call was told in the middle of them."""
    clock = Clock()
    world = World(clock, faults)
    service = Service.build(load_settings(world.settings(folder)), clock)
    fetcher = Fetcher("https://faults.example", ["127.0.0.0/8"], resolve=world.resolve)
    service.poller = replace(service.poller, fetcher=fetcher)
    rows = {fault.name: Row(fault) for fault in faults}
    try:
        service.once()
        world.broken = True
        for _ in range(_ROUNDS):
            clock.by += _STEP
            service.once()
        for row in service.store.sources():
            if row.id in rows:
                rows[row.id].state, rows[row.id].sentence = str(row.state), row.sentence
        neighbour = any(
            world.call("neighbour").split(" ")[0] in title for path, title, _ in world.pushes if path == "/phone"
        )
        before = len(world.pushes)
        for name, row in rows.items():
            row.heard = any(path == "/operator" and name in f"{title}\n{body}" for path, title, body in world.pushes)
        world.broken, world.called = False, True
        clock.by += 8 * HOUR
        service.once()
        clock.by += HOUR
        service.once()
        _after(rows, world, service, before)
    finally:
        world.close()
        fetcher.close()
        service.close()
    return list(rows.values()), neighbour


def _after(rows: dict[str, Row], world: World, service: Service, before: int) -> None:
    later = world.pushes[before:]
    states = {row.id: str(row.state) for row in service.store.sources()}
    told = {(alert.issuer, alert.destination): alert for alert in service.store.alerts()}
    by_title = {report.title: alert for alert in told.values() for report in alert.reports}
    for name, row in rows.items():
        row.recovered = states[name]
        row.heard_again = any(path == "/operator" and name in f"{title}\n{body}" for path, title, body in later)
        alert = by_title.get(world.call(name))
        row.called = alert is not None and alert.told_severity is not None


def table(rows: Sequence[Row]) -> str:
    """The rows as text: one line a fault."""
    cells = [("fault", "state shown", "operator", "recovered", "its call", "sentence")]
    for row in rows:
        heard = "told, told again" if row.heard and row.heard_again else "told" if row.heard else "-"
        mark = "" if row.is_right else "  <-- WRONG"
        called = "told" if row.called else "LOST"
        cells.append((row.fault.name, row.state, heard, row.recovered, called, row.sentence[:110] + mark))
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]) for line in cells
    )


def main(names: Sequence[str]) -> int:
    logging.getLogger("advisor").setLevel(logging.CRITICAL)
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    with tempfile.TemporaryDirectory(prefix="advisor-faults-") as folder:
        rows, neighbour = run(chosen, Path(folder))
    print(table(rows))
    wrong = sum(not row.is_right for row in rows)
    fate = "told" if neighbour else "LOST"
    print(f"\n{len(rows)} faults, {wrong} wrong; the neighbour's call was {fate} in the middle of them")
    return 1 if wrong or not neighbour else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

__all__ = ["FAULTS", "Fault", "main", "run", "table"]

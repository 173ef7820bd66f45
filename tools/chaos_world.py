"""Publishers and receivers for `tools.chaos`: one server on loopback, and a list of what every receiver accepted.

A receiver answers as its mood says: a status, `hang`, `reset`, `slow`, `murder` (of the sender); "accept and ..." means
that it has kept the message before.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

_ALERT = re.compile(r"\b([A-Z]{2}-[A-Z]{2})-[0-9a-f]{4}\b")
AGAIN = "may have reached you before"
RECEIVERS = ("north", "south")
_PACED = "south"  # by a service that wants some time between two messages
PUBLISHERS = ("courier", "herald", "gazette")


def address_of(receiver: str, host: str) -> str:
    """Where a receiver is reached."""
    return f"pinglet://key@{host}/team/{receiver}" if receiver == _PACED else f"json://{host}/{receiver}"


@dataclass(frozen=True, slots=True)
class Push:
    """One message that a receiver accepted."""

    receiver: str
    pairs: frozenset[str]  # "FR-ML"
    title: str
    body: str
    at: float

    @property
    def again(self) -> bool:
        return AGAIN in self.body


@dataclass(slots=True)
class World:
    """Everything outside the service."""

    murder: Callable[[], None] = lambda: None  # kills whoever sends
    feeds: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    feed_status: dict[str, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    moods: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    pushes: list[Push] = field(default_factory=list)
    served: dict[str, float] = field(default_factory=dict)  # feed -> when it was last read in full
    gate: threading.Event = field(default_factory=threading.Event)  # closed: connections wait in the backlog
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    def open(self) -> str:
        """Starts the server; its address without the scheme."""
        self.gate.set()
        self._server = _Server(("127.0.0.1", 0), _handler(self), self.gate)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        if self._server and self._thread:
            self.gate.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def feed(self, path: str) -> bytes:
        items = "".join(
            f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
            f"<guid isPermaLink='false'>{escape(path + title)}</guid><pubDate>{date}</pubDate></item>"
            for title, text, date in self.feeds[path][-200:]
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()

    def accept(self, receiver: str, title: str, body: str) -> None:
        self.pushes.append(Push(receiver, frozenset(_ALERT.findall(body)), title, body, time.monotonic()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], gate: threading.Event) -> None:
        super().__init__(address, handler)
        self._gate = gate

    def get_request(self) -> tuple[socket.socket, object]:
        self._gate.wait(20)
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a sender that was killed


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = world.feed_status[self.path].popleft() if world.feed_status[self.path] else 200
            body = world.feed(self.path) if status == 200 else b""
            self._answer(status, body, "application/rss+xml")
            if status == 200:
                world.served[self.path] = time.monotonic()

        def do_POST(self) -> None:
            receiver = self.path.rpartition("/")[2]
            fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            mood = world.moods[receiver].popleft() if world.moods[receiver] else "accept"
            if mood.startswith("accept") or mood == "slow":
                world.accept(receiver, fields["title"], fields["message"])
            self._behave(mood.removeprefix("accept and "))

        def _behave(self, mood: str) -> None:
            if mood == "slow":
                time.sleep(0.8)
                self._answer(200)
            elif mood == "hang":
                time.sleep(4)
            elif mood == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif mood == "murder":
                world.murder()
            elif mood == "answer and murder":
                self._answer(200)
                world.murder()
            elif mood.isdigit():
                self._answer(int(mood), b'{"retry_after": 1}' if mood == "429" else b"")
            else:
                self._answer(200)

        def _answer(self, status: int, body: bytes = b"", kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler

"""A scripted server on loopback: a test says what bytes go over the wire, and when."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import trustme

from advisor.poll import Fetcher, Limits

Answer = Callable[[socket.socket, str, dict[str, str]], None]


class Server:
    """Answers each connection with `answer(connection, path, headers)` in a thread of its own."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.stopped = threading.Event()
        self._answer = answer
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
                    head += chunk
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1] if " " in lines[0] else ""
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:]) if name
                }
                self.requests.append((path, headers))
                self._answer(connection, path, headers)
        connection.close()

    def close(self) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(2)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers that end with the test."""
    started: list[Server] = []

    def start(answer: Answer, context: ssl.SSLContext | None = None) -> Server:
        started.append(Server(answer, context))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """Bytes of a whole response."""

    def build(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
        fields = {"content-length": str(len(body)), **{k.replace("_", "-"): v for k, v in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body

    return build


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    limits = Limits(wire_bytes=200_000, inflated_bytes=300_000, spacing=Limits().spacing * 0)
    with Fetcher("https://example.org/advisor", ["127.0.0.0/8"], limits) as built:
        yield built


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def now() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return now

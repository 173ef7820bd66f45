"""Thousands of publishers on loopback, for tools/benchmark_poll.py: each host 127.x.y.z serves a feed of its own.

A feed has 40 items and about 37 KB, of the prose of Python's own manual, and an ETag; the connection is closed after
each answer, as with hosts that are asked every few minutes.
"""

from __future__ import annotations

import contextlib
import random
import socket
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from pydoc_data.topics import topics
from xml.sax.saxutils import escape

import trustme

ITEMS = 40
_KEPT = 2_000  # feeds made before anyone asks: making them would slow down whoever is measured on the same processors
_WORDS = " ".join(" ".join(text.split()) for text in topics.values())
_START = datetime.now(UTC).replace(microsecond=0)


def address(number: int) -> str:
    """The host of feed `number`."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


@lru_cache(maxsize=_KEPT)
def body_of(host: str) -> bytes:
    """The feed of a host, the same at every call."""
    draw = random.Random(host)
    items = []
    for number in range(ITEMS):
        title, text = (_piece(draw, size) for size in (60, 530))
        day = format_datetime(_START - timedelta(hours=number), usegmt=True)
        link = f"https://{host}/world/2026/{draw.randrange(10**9)}/{title[:30].replace(' ', '-')}"
        items.append(
            f'<item><title>{escape(title)}</title><link>{escape(link)}</link><guid isPermaLink="true">{escape(link)}'
            f"</guid><pubDate>{day}</pubDate><category>world</category><description>{escape(f'<p>{escape(text)}</p>')}"
            "</description></item>\n"
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>News of {host}</title>'
        f"<link>https://{host}/</link><language>en</language>\n{''.join(items)}</channel></rss>\n"
    ).encode()


def _piece(draw: random.Random, size: int) -> str:
    at = draw.randrange(len(_WORDS) - size - 60)
    return _WORDS[_WORDS.index(" ", at) + 1 :][:size].strip()


class Publishers:
    """Serves until the process ends; `port` and, for https, `authority` (a file) tell how to reach it."""

    def __init__(self, *, tls: bool, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        self._ca = trustme.CA() if tls else None
        if self._ca:
            self._ca.cert_pem.write_to_path(self.authority)
        self._listener = socket.create_server(("0.0.0.0", 0), backlog=1024)  # every 127.x.y.z
        self.port: int = self._listener.getsockname()[1]
        for _ in range(12):
            threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            connection.settimeout(30)
            with contextlib.suppress(OSError):
                self._answer(connection)
            connection.close()

    def _answer(self, connection: socket.socket) -> None:
        host = connection.getsockname()[0]
        if self._ca:
            connection = self._context(host).wrap_socket(connection, server_side=True)
        with connection:
            head = b""
            while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
                head += chunk
            tag = f'"{host}"'
            if b"if-none-match: " + tag.encode() in head.lower():
                connection.sendall(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\nConnection: close\r\n\r\n".encode())
            else:
                body = body_of(host)
                connection.sendall(
                    f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )

    @lru_cache(maxsize=20_000)  # noqa: B019  (lives as long as the process)
    def _context(self, host: str) -> ssl.SSLContext:
        assert self._ca is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(host).configure_cert(context)
        return context


def main() -> None:
    import sys

    for number in range(min(int(sys.argv[1]), _KEPT)):
        body_of(address(number))
    with tempfile.TemporaryDirectory() as folder:
        served = Publishers(tls="--tls" in sys.argv, folder=Path(folder))
        print(served.port, served.authority, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

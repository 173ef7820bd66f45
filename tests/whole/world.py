"""A small world for tests of the whole path: publishers on loopback, a telephone, and the operator's file."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

CALL = "Embassy tells Ruritanians"


@dataclass
class Answer:
    """What a path of the world answers."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/rss+xml"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0  # seconds before it answers


class World:
    """One server that is every publisher and every telephone; a test changes what it answers."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer] = {}
        self.pushes: list[tuple[str, str, str]] = []  # path, title, body
        self.gets: list[tuple[str, dict[str, str]]] = []
        self.push_status: dict[str, list[int]] = {}  # path -> statuses to answer before 200
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.gets.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
                answer = world.answers.get(self.path, Answer(b"gone", 404, "text/plain"))
                time.sleep(answer.after)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                self.send_header("Content-Length", str(len(answer.body)))
                for key, value in answer.headers.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def do_POST(self) -> None:
                fields = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                statuses = world.push_status.get(self.path, [])
                status = statuses.pop(0) if statuses else 200
                if status == 200:
                    world.pushes.append((self.path, fields["title"], fields["message"]))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.address = f"http://{self.host}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def feed(self, path: str, *items: tuple[str, str, str]) -> None:
        """Serve an RSS feed of (title, description, RFC 822 date) at `path`."""
        body = "".join(
            f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
            f"<guid isPermaLink='false'>{escape(path + title)}</guid><pubDate>{date}</pubDate></item>"
            for title, text, date in items
        )
        self.answers[path] = Answer(
            f"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{body}</channel></rss>".encode()
        )

    def settings(self, folder: Path, *paths: str, extra: str = "", receivers: tuple[str, ...] = ("phone",)) -> Path:
        """An operator's file that reads `paths`, each a publisher of its own, and pushes to `receivers`."""
        sources = "\n".join(
            f"  - {{feed: '{self.address}{path}', publisher: '{path.strip('/').partition('/')[0]}', every: 1s, "
            f"id: '{path.strip('/').replace('/', '-')}'}}"
            for path in paths
        )
        targets = "\n".join(f"  {name}: {{url: 'json://{self.host}/{name}'}}" for name in receivers)
        routed = ", ".join(name for name in receivers if name != "operator")
        file = folder / "advisor.yaml"
        file.write_text(
            f"database: sqlite:///{folder}/advisor.db\nsources:\n{sources}\n"
            f"fetch: {{allow_networks: ['127.0.0.0/8']}}\n{extra}"
            f"receivers:\n{targets}\nroutes:\n  - to: [{routed}]\n"
        )
        return file

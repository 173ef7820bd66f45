"""`advisor demo`: the seeds as real feeds on loopback, the real daemon against them, the push as it arrives.

Nothing in the pipeline knows that it is a demonstration: it gets a configuration, a database in a temporary
folder and a clock. The seeds are of December 2024, so that clock starts then; everything else is as in service.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from advisor.clock import Clock, utc_now
from advisor.config.documents import load
from advisor.config.running import Settings
from advisor.config.settings import settings_from_text
from advisor.resources import shipped
from advisor.service import Service

_AFTER = timedelta(minutes=20)  # the demo's clock starts so long after the last publication
_PATIENCE = 60.0  # seconds until the demo gives up
_SETTLED = 1.5  # seconds without a further push before the demo ends
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Publication:
    """One seed as its publisher would serve it."""

    path: str
    title: str
    text: str
    summary: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Publisher:
    id: str
    name: str
    format: str
    full: bool
    publications: tuple[Publication, ...]


def publishers(folder: Path) -> tuple[Publisher, ...]:
    """The seeds of a folder with what its manifest says of them."""
    manifest = load(folder / "manifest.yaml").data
    return tuple(
        Publisher(
            entry["id"], entry["name"], entry["format"], entry["full"] == "true",
            tuple(_publication(folder, entry["id"], number, item) for number, item in enumerate(entry["articles"], 1)),
        )
        for entry in manifest["publishers"]
    )  # fmt: skip


def _publication(folder: Path, publisher: str, number: int, item: Mapping[str, str]) -> Publication:
    text = (folder / item["file"]).read_text(encoding="utf-8")
    published = datetime.fromisoformat(item["published"]).astimezone(UTC)
    return Publication(f"/{publisher}/{number}.html", item["title"], text, item.get("summary", ""), published)


# --- the publishers' sites ------------------------------------------------------------------------------


def site(them: tuple[Publisher, ...], base: str) -> dict[str, tuple[str, bytes]]:
    """Every address of the loopback site: content type and body."""
    pages: dict[str, tuple[str, bytes]] = {}
    for publisher in them:
        make = _rss if publisher.format == "rss" else _atom
        kind = "application/rss+xml" if publisher.format == "rss" else "application/atom+xml"
        pages[f"/{publisher.id}/feed.xml"] = (f"{kind}; charset=utf-8", make(publisher, base))
        for publication in publisher.publications:
            pages[publication.path] = ("text/html; charset=utf-8", _page(publisher, publication))
    return pages


def _rss(publisher: Publisher, base: str) -> bytes:
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _text(channel, "title", publisher.name)
    _text(channel, "link", f"{base}/{publisher.id}/")
    _text(channel, "description", f"{publisher.name}, as served by the demonstration")
    for publication in publisher.publications:
        item = ET.SubElement(channel, "item")
        _text(item, "title", publication.title)
        _text(item, "link", base + publication.path)
        _text(item, "guid", base + publication.path)
        _text(item, "pubDate", format_datetime(publication.published))
        _text(item, "description", _paragraphs(publication.text) if publisher.full else publication.summary)
    return bytes(ET.tostring(rss, encoding="utf-8", xml_declaration=True))


def _atom(publisher: Publisher, base: str) -> bytes:
    feed = ET.Element("feed", xmlns=_ATOM)
    _text(feed, "title", publisher.name)
    _text(feed, "id", f"{base}/{publisher.id}/")
    _text(feed, "updated", publisher.publications[0].published.isoformat())
    for publication in publisher.publications:
        entry = ET.SubElement(feed, "entry")
        _text(entry, "title", publication.title)
        _text(entry, "id", base + publication.path)
        ET.SubElement(entry, "link", href=base + publication.path)
        _text(entry, "published", publication.published.isoformat())
        _text(entry, "updated", publication.published.isoformat())
        if publisher.full:
            _text(entry, "content", _paragraphs(publication.text)).set("type", "html")
        else:
            _text(entry, "summary", publication.summary)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = text
    return child


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())


def _page(publisher: Publisher, publication: Publication) -> bytes:
    title = escape(publication.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {escape(publisher.name)}</title>'
        f'<meta property="article:published_time" content="{publication.published.isoformat()}"></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/world'>World</a> <a href='/subscribe'>Subscribe</a></nav>"
        f"<article><h1>{title}</h1>{_paragraphs(publication.text)}</article>"
        f"<footer>© {escape(publisher.name)}</footer></body></html>"
    ).encode()


@contextmanager
def serving(pages: Callable[[str], dict[str, tuple[str, bytes]]]) -> Iterator[str]:
    """A real HTTP server on loopback; yields its address."""
    content: dict[str, tuple[str, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = content.get(self.path)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", found[0] if found else "text/plain")
            self.send_header("Content-Length", str(len(found[1]) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(found[1])

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the daemon's own log says what was read."""

    with _running(Handler) as address:
        content.update(pages(address))
        yield address


@dataclass(slots=True)
class Inbox:
    """A receiver that keeps what arrives, as a telephone would."""

    show: Callable[[str, str], None]
    pushes: list[tuple[str, str]] = field(default_factory=list)
    last: float = 0.0

    def accept(self, title: str, body: str) -> None:
        self.pushes.append((title, body))
        self.last = time.monotonic()
        self.show(title, body)


@contextmanager
def receiving(inbox: Inbox) -> Iterator[str]:
    """A real local receiver for Apprise's json:// messages; yields host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            fields = json.loads(self.rfile.read(length) or b"{}")
            inbox.accept(str(fields.get("title", "")), str(fields.get("message", "")))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the inbox shows the message itself."""

    with _running(Handler) as address:
        yield address.removeprefix("http://")


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- the demonstration ----------------------------------------------------------------------------------


def clock_from(start: datetime) -> Clock:
    """A clock that runs as ours does and shows `start` now."""
    offset = start - utc_now()
    return lambda: utc_now() + offset


def configuration(them: tuple[Publisher, ...], site_address: str, inbox_address: str, folder: Path) -> Settings:
    """The demonstration's settings, written as an operator would write them."""
    sources = "\n".join(
        f"  - feed: {site_address}/{publisher.id}/feed.xml\n    publisher: {publisher.id}" for publisher in them
    )
    text = (
        f"database: sqlite:///{folder}/demo.db\nsources:\n{sources}\n"
        'fetch: {contact: "the demonstration on this machine", allow_networks: ["127.0.0.0/8"]}\n'
        f"receivers:\n  phone: {{url: 'json://{inbox_address}/'}}\nroutes:\n  - to: phone\n"
    )
    return settings_from_text(text, "demonstration", folder)


def run(once: bool, say: Callable[[str], None], stop: threading.Event | None = None) -> int:
    """Serve, watch, show. With `once` it ends after the delivery: 0 when a push arrived."""
    them = publishers(shipped("seeds"))
    newest = max(publication.published for publisher in them for publication in publisher.publications)
    stop = stop or threading.Event()
    inbox = Inbox(lambda title, body: say(_framed(title, body)))
    with (
        tempfile.TemporaryDirectory(prefix="advisor-demo-") as folder,
        serving(lambda base: site(them, base)) as address,
        receiving(inbox) as phone,
    ):
        clock = clock_from(newest + _AFTER)
        say(f"Serving {len(them)} publishers' feeds at {address}; the seeds are of {newest:%d %b %Y}, so is the clock")
        settings = configuration(them, address, phone, Path(folder))
        service = Service.build(settings, clock)
        daemon = threading.Thread(target=service.run, args=(stop,), name="daemon")
        daemon.start()
        try:
            if once:
                _until_settled(service, inbox)
            else:
                say("Watching. Ctrl+C ends the demonstration.")
                stop.wait()
        except KeyboardInterrupt:
            say("Stopping.")
        finally:
            unread = service.unread()
            stop.set()
            daemon.join()
    articles = sum(len(publisher.publications) for publisher in them)
    pushes = "1 push" if len(inbox.pushes) == 1 else f"{len(inbox.pushes)} pushes"
    say(f"{articles} publications of {len(them)} publishers: {pushes}")
    for sentence in unread:
        say(f"not read: {sentence}")
    return 0 if inbox.pushes and not unread else 1


def _until_settled(service: Service, inbox: Inbox) -> None:
    """Until every source was read, something was pushed and nothing more follows."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if inbox.pushes and service.idle() and time.monotonic() - inbox.last > _SETTLED:
            return
        time.sleep(0.05)


def _framed(title: str, body: str) -> str:
    line = "─" * 78
    return f"\n{line}\n{title}\n\n{body}\n{line}\n"

"""Thousands of damaged feeds through the reading processes: none may crash, hang, or take a neighbour along.

    python -m tools.fuzz_feeds [--count 10000] [--seed 1]

Each is one of the seeds below (RSS, Atom, RDF, JSON Feed, CAP, Telegram, a page), damaged a few times: bytes cut,
doubled, swapped, replaced; tags nested, doubled and left open; encodings mixed. After every twentieth a whole feed must
still be read as before. The same seed damages alike. Prints how the readings ended; fails on any that is no state.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256

from advisor.model import Document, Format, Source, Validators
from advisor.pipeline.readers import Readers, Unreadable

NOW = datetime(2026, 3, 3, tzinfo=UTC)
DEADLINE = 10.0  # seconds for one document; what takes longer is a hang
_ITEM = (
    "<item><title>Zürich: fighting &amp; more</title><link>https://courier.example/1?a=1&amp;b=2</link>"
    "<guid isPermaLink='false'>g1</guid><pubDate>Mon, 02 Mar 2026 10:00:00 AEDT</pubDate><dc:creator>Me</dc:creator>"
    "<description>&lt;p&gt;The embassy tells citizens to leave&lt;/p&gt;</description>"
    "<content:encoded><![CDATA[<p>One</p><ul><li><a href='x'>Two</a></li></ul><script>3</script>]]></content:encoded></item>"
)
_SPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    "xmlns:media='http://search.yahoo.com/mrss/'"
)
SEEDS: dict[str, tuple[Format, str]] = {
    "rss": (
        Format.FEED,
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0' {_SPACES}><channel><title>t</title><ttl>5</ttl>"
        f"<language>en</language>{_ITEM}{_ITEM.replace('g1', 'g2')}</channel></rss>",
    ),
    "rss with a document type": (
        Format.FEED,
        "<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'x.dtd'><rss version='0.91'><channel><title>t</title>"
        "<item><title>&eacute;</title><link>https://courier.example/</link></item></channel></rss>",
    ),
    "atom": (
        Format.FEED,
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'><title>t</title><entry><title type='html'>A &amp;amp; B</title>"
        "<link href='/a' rel='alternate'/><id>urn:1</id><updated>2026-03-02T10:00:00+11:00</updated><summary>S</summary>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p></div></content></entry></feed>",
    ),
    "rdf": (
        Format.FEED,
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='x'><title>t</title></channel>"
        "<item rdf:about='y'><title>T</title><link>https://courier.example/</link><dc:date>2026-03-02</dc:date></item></rdf:RDF>",
    ),
    "json": (
        Format.FEED,
        '{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":1,"url":"https://courier.example/1",'
        '"title":"T","content_html":"<p>One</p>","date_published":"2026-03-02T10:00:00Z"},{"id":"2","content_text":"x"}]}',
    ),
    "cap": (
        Format.FEED,
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>1</identifier><sender>s</sender>"
        "<sent>2026-03-02T10:00:00+00:00</sent><status>Actual</status><msgType>Alert</msgType><info><language>en</language>"
        "<headline>H</headline><description>D</description><area><areaDesc>A</areaDesc></area></info></alert>",
    ),
    "telegram": (
        Format.TELEGRAM,
        "<html><body><div class='tgme_widget_message' data-post='a/1'><div class='tgme_widget_message_text'>Leave <b>now</b></div>"
        "<a class='tgme_widget_message_date'><time datetime='2026-03-02T10:00:00+00:00'></time></a></div></body></html>",
    ),
    "page": (
        Format.PAGE,
        "<!doctype html><html lang='de'><head><title>T</title><meta property='article:published_time' content='2026-03-02'>"
        "</head><body><article><h1>T</h1><p>One paragraph of some words.</p><table><tr><td>x</td></tr></table></article></body></html>",
    ),
}  # fmt: skip
_BITS = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"&#0;", b"&#x110000;", b"&bomb;",
    b"<item>", b"</item>", b"<entry>", b"</rss>", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"<?xml version='1.1'?>", b"\x80\x81", b"{", b"}",
    b"[[[[[", b'"', b"xmlns:a='b'", b"xml:base='http://[::1'", b"encoding='utf-16'", b"encoding='hex'", b"99999999999999999999", b"1e999",
    "\ud55c\u202e\u0301".encode(), b"http://[", b"javascript:x", b"9999-99-99T99:99:99Z", b"<svg>", b"<math>", b"<div>" * 700, b"<a " * 300,
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7", "shift_jis", "cp037")
_TYPES = (
    None, "text/xml", "application/rss+xml; charset=utf-8", "text/html; charset=iso-8859-1", "application/json", "text/xml; charset=bogus",
    "application/xml; charset=utf-16", "x" * 500,
)  # fmt: skip


def damaged(draw: random.Random) -> tuple[Document, Source]:
    """One of the seeds, with up to eight damages."""
    kind, text = SEEDS[draw.choice(list(SEEDS))]
    body = text.encode(draw.choice(_ENCODINGS), "replace")
    for _ in range(draw.randrange(9)):
        body = _hurt(body, draw)[:400_000]
    source = Source("fuzz", "https://courier.example/feed", kind, official=draw.choice((None, "DE")))
    return _document(body, draw.choice(_TYPES)), source


def _hurt(body: bytes, draw: random.Random) -> bytes:
    at, to = sorted(draw.randrange(len(body) + 1) for _ in range(2))
    near = min(to, at + draw.choice((1, 8, 200)))
    return draw.choice((
        lambda: body[:at] + body[near:],
        lambda: body[:at],
        lambda: body[:at] + body[at:near] * draw.choice((2, 3, 50)) + body[near:],
        lambda: body[:at] + draw.choice(_BITS) + body[at:],
        lambda: body[:at] + draw.choice(_BITS) * draw.choice((2, 100)) + body[near:],
        lambda: body[:at] + draw.randbytes(near - at) + body[near:],
        lambda: body[:at] + body[at:near][::-1] + body[near:],
        lambda: body[:at] + body[at:near].upper() + body[near:],
        lambda: body[at:to] + body[:at] + body[to:],
    ))()  # fmt: skip


def _document(body: bytes, content_type: str | None) -> Document:
    return Document(
        "https://courier.example/feed", NOW, body, content_type, Validators(sha256=sha256(body).hexdigest()),
        server_date=NOW,
    )  # fmt: skip


def fuzz(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """How the reading of each damaged document ended: a state, or what went wrong with us (with its bytes)."""
    whole = _document(SEEDS["rss"][1].encode(), None)
    neighbour = Source("neighbour", "https://courier.example/feed")
    readers = Readers(deadline=DEADLINE)
    draw = random.Random(seed)
    expected = readers.read(whole, neighbour)

    def one(number: int, document: Document, source: Source) -> tuple[str, bytes]:
        try:
            ended = str(readers.read(document, source).state)
        except Unreadable as guilty:
            return f"UNREADABLE {guilty}", document.body
        except Exception as error:  # noqa: BLE001  (this is what it looks for)
            return f"FAULT {str(error).strip().splitlines()[-1]}", document.body
        if number % 20 == 0 and readers.read(whole, neighbour) != expected:
            return "NEIGHBOUR read otherwise", document.body
        return ended, b""

    try:
        with ThreadPoolExecutor(2) as pool:
            for start in range(0, count, 500):  # so that memory does not grow with the count
                batch = [(number, *damaged(draw)) for number in range(start, min(start + 500, count))]
                yield from pool.map(lambda item: one(*item), batch)
    finally:
        readers.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    began = time.monotonic()
    ended: Counter[str] = Counter()
    for state, body in fuzz(options.count, options.seed):
        ended[state] += 1
        if body:
            name = f"fuzz-{sha256(body).hexdigest()[:12]}.bin"
            with open(name, "wb") as kept:
                kept.write(body)
            print(f"{state}: {name}", flush=True)
    print(f"{options.count} documents in {time.monotonic() - began:.0f} s: " + ", ".join(
        f"{count} {state}" for state, count in ended.most_common()
    ))  # fmt: skip
    sys.exit(any(not state.islower() for state in ended))


if __name__ == "__main__":
    main()

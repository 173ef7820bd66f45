"""The fast reader says what feedparser says, over every feed that it takes on itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model import Document, Source
from advisor.read import read, thin
from advisor.read.feed import read_with_feedparser

NOW = datetime(2026, 3, 3, tzinfo=UTC)
TYPES = (None, "text/xml", "application/rss+xml; charset=utf-8", "application/xml; charset=iso-8859-1", "text/html")
SOURCES = (Source("s", "https://courier.example/feed"), Source("s", "https://mfa.example/feed", official="DE"))

WORDS = (
    "Fighting near Gao", "Embassy says: leave", "  spaced \n out  ", "", "Zürich – Genève", "Ã©tÃ© mojibake", "\x85 old quotes \x93",
    "R&amp;D &lt;b&gt;bold&lt;/b&gt;", "<![CDATA[<p>One <b>two</b></p><p>three</p>]]>", "&#233;&#x2014;&#195;&#169;", "中文 текст",
    "<!-- remark -->after", "&lt;ul&gt;&lt;li&gt;&lt;a href='x'&gt;Other&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;", "x]]&gt;y",
    "https://courier.example/a?b=1&amp;c=2", "https:///three", "/relative/path", "urn:uuid:1", "a &amp;copy; b", "<i>markup</i>", "&nbsp;",
)  # fmt: skip
DATES = (
    "Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02T10:00:00Z", "2026-03-02", "2 Mar 2026 10:00 AEDT", "soon", "", "2016/6/29 15:07:41",
)  # fmt: skip
LINKS = (
    "https://courier.example/a", "https://courier.example/b?x=1&amp;y=2", "relative", "", " https://courier.example/sp ",
    "https:////slashes", "HTTPS://Courier.example/C#top",
)  # fmt: skip


def one(*options: str) -> st.SearchStrategy[str]:
    return st.sampled_from(options)


def element(name: str, texts: tuple[str, ...], attributes: tuple[str, ...] = ("",)) -> st.SearchStrategy[str]:
    return st.builds(lambda text, attribute: f"<{name}{attribute}>{text}</{name}>", one(*texts), one(*attributes))


RSS_PARTS = st.one_of(
    element("title", WORDS, ("", " type='html'")),
    element("link", LINKS, ("", "", " href='https://courier.example/h'")),
    element("guid", (*LINKS, *WORDS), ("", " isPermaLink='false'", " isPermaLink='true'", " ispermalink='False'")),
    element("pubDate", DATES),
    element("dc:date", DATES),
    element("description", WORDS, ("", "", "", " type='text'")),
    element("content:encoded", WORDS),
    element("source", WORDS, ("", " url='https://other.example/'", " url=''")),
    element("category", WORDS, ("", " domain='x'")),
    element("dc:creator", WORDS),
    element("media:title", WORDS),
    one(
        "<enclosure url='https://courier.example/a.mp3' type='audio/mpeg'/>",
        "<enclosure url='https://courier.example/a.cap' type='application/cap+xml'/>",
        "<media:content url='x'><media:credit>Me</media:credit><media:thumbnail url='y'/></media:content>",
        "<media:group><media:description>Words</media:description></media:group>",
        "<author>me@x.example (Me)</author>", "<slash:comments>3</slash:comments>", "<odd>1</odd>", "loose text",
        "<title xml:lang='fr'>Un</title>", "<dc:language>fr</dc:language>", "<atom:link href='https://x.example/'/>", "<!-- c -->",
    ),
)  # fmt: skip
ATOM_PARTS = st.one_of(
    element("title", WORDS, ("", " type='text'", " type='html'", " type='xhtml'")),
    element("id", (*LINKS, *WORDS)),
    element("published", DATES),
    element("updated", DATES),
    element("summary", WORDS, ("", " type='html'", " type='text/plain'")),
    element("content", WORDS, ("", " type='html'", " type='HTML'", " src='https://x.example/'", " type='image/png'")),
    element("rights", WORDS),
    one(
        "<link href='https://courier.example/a'/>", "<link rel='alternate' type='text/html' href='https://courier.example/b'/>",
        "<link rel='Self' href='https://courier.example/self'/>", "<link rel='enclosure' type='application/cap+xml' href='/c'/>",
        "<link href='https:////x'/>", "<link rel='alternate' type='application/pdf' href='https://courier.example/p'/>", "<link>x</link>",
        "<link rel='related' type='application/cap+xml' href='https://courier.example/c.cap'>text</link>",
        "<author><name>Me</name><uri>https://me.example</uri></author>", "<category term='x'/>",
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p></div></content>",
        "<source><title>Elsewhere</title></source>", "<media:thumbnail url='x'/>",
    ),
)  # fmt: skip
FEED_PARTS = one(
    "<title>The Courier</title>", "<title>Zürich &amp; more</title>", "<link>https://courier.example/</link>", "<language>en-GB</language>",
    "<language>fr_CA</language>", "<ttl>60</ttl>", "<ttl x='1'>5</ttl>", "<ttl>soon</ttl>", "<image><title>Logo</title><url>x</url></image>",
    "<description>All of it</description>", "<atom:link rel='self' href='https://courier.example/feed'/>", "<generator>g</generator>",
    "<textInput><title>Search</title></textInput>", "<sy:updatePeriod>hourly</sy:updatePeriod>", "",
)  # fmt: skip
NAMESPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:slash='http://purl.org/rss/1.0/modules/slash/' "
    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:atom='http://www.w3.org/2005/Atom'"
)
PROLOGS = one(
    "", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='UTF-8'?>\n", "\ufeff<?xml version='1.0' encoding='utf-8'?>",
    "<?xml version='1.0' encoding='iso-8859-1'?>", "<!DOCTYPE rss>", "\n",
)  # fmt: skip


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """Feeds of every common shape, most with one oddity or none."""
    atom = draw(st.booleans())
    parts = ATOM_PARTS if atom else RSS_PARTS
    items = draw(
        st.lists(st.lists(parts, max_size=6, unique_by=lambda part: part.split(">")[0].split(" ")[0]), max_size=4)
    )
    about = draw(st.lists(FEED_PARTS, max_size=3, unique_by=lambda part: part.split(">")[0]))
    lang = draw(one("", "", " xml:lang='de-AT'", " lang='x'", " xml:base='https://base.example/'"))
    tag = "entry" if atom else "item"
    inside = "".join(about) + "".join(f"<{tag}>{''.join(item)}</{tag}>" for item in items)
    if atom:
        whole = f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}{lang}>{inside}</feed>"
    else:
        version = draw(one("2.0", "2.0", "2.0", "0.91"))
        whole = f"<rss version='{version}' {NAMESPACES}{lang}><channel>{inside}</channel></rss>"
    return (draw(PROLOGS) + whole).encode()


def same(body: bytes, content_type: str | None) -> bool:
    """Whether the fast reader took it on; if so it must agree."""
    if thin.items_of(body, content_type) is None:
        return False
    for source in SOURCES:
        document = Document(source.url, NOW, body, content_type)
        assert read(document, source) == read_with_feedparser(document, source)
    return True


@settings(max_examples=400, deadline=None)
@given(feeds(), st.sampled_from(TYPES))
def test_both_readers_say_the_same_of_any_feed(body: bytes, content_type: str | None) -> None:
    same(body, content_type)


@settings(max_examples=150, deadline=None)
@given(feeds(), st.randoms(use_true_random=False))
def test_both_readers_say_the_same_of_damaged_feeds(body: bytes, draw: random.Random) -> None:
    for _ in range(draw.randrange(1, 4)):
        at, to = sorted(draw.randrange(len(body) + 1) for _ in range(2))
        to = min(to, at + 30)
        body = draw.choice(
            (body[:at] + body[to:], body[:at] + body[at:to] * 2 + body[to:], body[:at] + b"\x80" + body[at:])
        )
    same(body, None)


PLAIN = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>The Courier</title><link>https://courier.example/</link><atom:link href="https://courier.example/feed" rel="self"/>
<language>en</language><ttl>15</ttl><image><url>x</url><title>Logo</title><link>y</link></image>
<item><title>Zürich: fighting</title><link>https://courier.example/1</link><guid>https://courier.example/1</guid>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate><dc:creator>Me</dc:creator><category>World</category>
<description>&lt;p&gt;One&lt;/p&gt;</description><content:encoded><![CDATA[<p>One</p><p>Two</p>]]></content:encoded>
<media:thumbnail url="z"/></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>t</title><id>urn:1</id><updated>2026-03-02T10:00:00Z</updated>
<entry><title type="html">A &amp;amp; B</title><link href="https://courier.example/1"/><id>urn:2</id>
<published>2026-03-02T10:00:00Z</published><updated>2026-03-02T11:00:00Z</updated><author><name>Me</name></author>
<summary>S</summary><content type="html">&lt;p&gt;Words&lt;/p&gt;</content></entry></feed>"""


@pytest.mark.parametrize("feed", [PLAIN, ATOM])
@pytest.mark.parametrize("content_type", [None, "text/xml", "application/rss+xml; charset=utf-8"])
def test_ordinary_feeds_are_read_without_feedparser(feed: str, content_type: str | None) -> None:
    assert same(feed.encode(), content_type)


@pytest.mark.parametrize("oddity", [
    ("<channel>", "<channel><item><title>1<title></item>"),
    ("<title>Zürich: fighting", "<title>Zürich <b>x</b>"),
    ("<description>", "<description>twice</description><description>"),
    ('encoding="UTF-8"', 'encoding="windows-1252"'),
    ("<rss ", "<!DOCTYPE rss SYSTEM 'x'><rss "),
    ("<item>", "<item xml:base='https://base.example/'>"),
    ("Zürich", "ZÃ¼rich"),
    ("</channel>", f"</channel><!--{'x' * 3000}-->"),
])  # fmt: skip
def test_what_feedparser_treats_in_its_own_way_is_left_to_it(oddity: tuple[str, str]) -> None:
    changed = PLAIN.replace(*oddity)
    assert changed != PLAIN
    assert thin.items_of(changed.encode(), None) is None or same(changed.encode(), None)

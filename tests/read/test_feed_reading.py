"""Feeds of all families, whole and broken, as articles and states."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model import Dating, Document, Source, SourceState
from advisor.read import read

NOW = datetime(2026, 4, 28, 12, tzinfo=UTC)
URL = "https://news.example/feed.xml"
PRESS = Source("press", URL, publisher="example", language="en")

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>World</title><language>en-GB</language><ttl>15</ttl>
<item><title>Embassy &amp;amp; consulate <![CDATA[&lt;i>closed</i>]]></title><link>/a?x=1&amp;y=2</link><guid>id-1</guid>
<pubDate>Tue, 28 Apr 2026 10:15:00 AEST</pubDate>
<description>&lt;p&gt;First&#8217;s &lt;b&gt;word&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Second&lt;br/&gt;line.&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;</description></item>
<item><title>Second</title><link>https://news.example/b</link><guid isPermaLink="false">id-2</guid>
<pubDate>Tue, 28 Apr 2026</pubDate><description>Short ...</description>
<content:encoded><![CDATA[<p>The whole story of the second.</p>]]></content:encoded></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Avis</title>
<entry><title type="html">&lt;b&gt;Mali&lt;/b&gt;</title><id>tag:x,2026:1</id><link href="https://gov.example/mali"/>
<published>2024-01-01T00:00:00Z</published><updated>2026-04-28T09:00:00+02:00</updated>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un.</p><p>Deux.</p></div></summary></entry></feed>"""

RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title></channel>
<item rdf:about="https://news.example/r"><title>From RDF</title><link>https://news.example/r</link><dc:date>2026-04-28T08:00:00Z</dc:date>
<description>Text.</description></item></rdf:RDF>"""

JSON = b"""{"version":"https://jsonfeed.org/version/1.1","title":"J","language":"de","items":[
{"id":7,"url":"https://news.example/j","title":"Aus JSON","content_html":"<p>Eins.</p><p>Zwei.</p>","date_published":"2026-04-28T10:00:00Z"},
{"id":"8","content_text":"Nur Text.\\n\\nMehr.","date_published":"2026-04-27"}]}"""


def reading(body, source=PRESS, **document):
    return read(Document(url=source.url, fetched_at=NOW, body=body, **document), source)


def test_rss_items_become_clean_articles():
    result = reading(RSS, content_type="application/rss+xml")
    first, second = result.articles
    assert (result.state, result.title, result.ttl) == (SourceState.FRESH, "World", timedelta(minutes=15))
    assert first.title == "Embassy & consulate closed"
    assert first.text == "First’s word.\n\nSecond\nline."
    assert first.link == "https://news.example/a?x=1&y=2"
    assert first.keys[:2] == ("guid:id-1", "link:https://news.example/a?x=1&y=2")
    assert first.keys[-1].startswith("digest:")
    assert (first.published, first.dating) == (datetime(2026, 4, 28, 0, 15, tzinfo=UTC), Dating.EXACT)
    assert (first.language, first.publisher, first.source_id) == ("en", "example", "press")
    assert not first.complete
    assert second.text == "The whole story of the second."
    assert second.complete
    assert (second.published, second.dating) == (datetime(2026, 4, 28, tzinfo=UTC), Dating.DAY)


def test_a_government_that_renews_a_text_is_dated_by_the_renewal():
    official = Source("gov", URL, official="FR")
    (article,) = reading(ATOM, official).articles
    assert article.published == datetime(2026, 4, 28, 7, tzinfo=UTC)
    assert (article.title, article.text, article.language) == ("Mali", "Un.\n\nDeux.", "fr")
    assert article.official == "FR"


def test_a_newspapers_later_edit_does_not_make_an_article_new():
    assert reading(ATOM).articles[0].published == datetime(2024, 1, 1, tzinfo=UTC)


def test_rdf_is_read():
    (article,) = reading(RDF).articles
    assert (article.title, article.text) == ("From RDF", "Text.")
    assert article.published == datetime(2026, 4, 28, 8, tzinfo=UTC)


def test_json_feed_is_read():
    result = reading(JSON)
    first, second = result.articles
    assert (result.title, first.language) == ("J", "de")
    assert (first.title, first.text, first.keys[0]) == ("Aus JSON", "Eins.\n\nZwei.", "guid:7")
    assert (second.title, second.text, second.dating) == ("Nur Text.", "Mehr.", Dating.DAY)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", SourceState.EMPTY),
        (b" \r\n\t", SourceState.EMPTY),
        (b"\xef\xbb\xbf", SourceState.EMPTY),
        (b"\0\0\0\0", SourceState.EMPTY),
        (b"[]", SourceState.EMPTY),
        (b"{}", SourceState.EMPTY),
        (b'{"a": 1}', SourceState.NOT_A_FEED),
        (b'[{"title": 1}]', SourceState.NOT_A_FEED),
        (b'{"items": [', SourceState.NOT_A_FEED),
        (b"[" * 100_000, SourceState.NOT_A_FEED),
        (b"<!doctype html><html><body><p>Welcome</p></body></html>", SourceState.NOT_A_FEED),
        (b"just words", SourceState.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n\0\0\0", SourceState.NOT_A_FEED),
        (b"<rss version='2.0'><channel><title>t</title></channel></rss>", SourceState.EMPTY),
        (
            b"<rss version='2.0'><channel><item><title>t</title></item></channel></rss>",
            SourceState.UNDATED,
        ),
    ],
)
def test_what_is_no_news_is_a_state_and_never_nothing_new(body, state):
    result = reading(body)
    assert result.state is state
    assert result.sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_entity_declarations_are_refused_in_any_encoding(encoding):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!-- c --><!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"/>'
    assert reading(bomb.encode(encoding)).state is SourceState.REFUSED


def test_an_article_about_entities_is_no_bomb():
    body = RSS.replace(b"The whole story", b"Write &lt;!ENTITY x> or <!ENTITY y>")
    assert len(reading(body).articles) == 2


def test_a_feed_that_breaks_off_keeps_its_whole_items():
    cut = RSS[: RSS.index(b"The whole story")]
    result = reading(cut)
    assert result.state is SourceState.TRUNCATED
    assert [article.keys[0] for article in result.articles] == ["guid:id-1"]


def test_a_feed_with_a_stray_ampersand_is_whole():
    result = reading(RSS.replace(b"<title>Second", b"<title>Second & third"))
    assert result.state is SourceState.FRESH
    assert result.articles[1].title == "Second & third"


def item(title, guid="", link="", date="Tue, 28 Apr 2026 10:00:00 GMT"):
    guid = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    link = f"<link>{link}</link>" if link else ""
    return f"<item><title>{title}</title>{guid}{link}<pubDate>{date}</pubDate></item>"


def rss(*items):
    return f"<rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>".encode()


def test_different_items_under_one_guid_are_kept_apart():
    articles = reading(rss(item("One", "same"), item("Two", "same"), item("Three", "other"))).articles
    assert [article.title for article in articles] == ["One", "Two", "Three"]
    assert len({article.keys[0] for article in articles}) == 3
    assert articles[2].keys[0] == "guid:other"


def test_an_exact_repetition_is_one_article():
    assert len(reading(rss(item("One", "a"), item("One", "a"))).articles) == 1


def test_an_item_without_id_and_link_is_known_by_its_words():
    (article,) = reading(rss(item("Alone"))).articles
    assert article.keys[0].startswith("digest:")
    assert article.link is None


def test_a_changed_text_keeps_its_id_and_changes_its_digest():
    (before,) = reading(rss(item("Stay", "a"))).articles
    (after,) = reading(rss(item("Leave", "a"))).articles
    assert before.keys[0] == after.keys[0]
    assert before.keys[-1] != after.keys[-1]


def test_items_with_dates_that_cannot_be_true_are_kept_and_told():
    later, zero = "Tue, 28 Apr 2026 15:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"
    result = reading(rss(item("Later", date=later), item("Now"), item("Zero", date=zero)))
    assert [(a.title, a.dating, a.published is None) for a in result.articles] == [
        ("Later", Dating.FUTURE, True), ("Now", Dating.EXACT, False), ("Zero", Dating.ANCIENT, True),
    ]  # fmt: skip
    assert result.state is SourceState.FRESH
    told = "of 3 items 1 dated in the future, 1 dated before 1990: for them counts when they were first seen"
    assert result.sentence == told


def test_a_feed_of_which_no_date_can_be_true_says_why():
    result = reading(rss(item("Later", date="Tue, 28 Apr 2026 15:00:00 GMT")))
    assert result.state is SourceState.UNDATED
    assert result.sentence == "none of 1 items carries a date that can be used (1 dated in the future)"


def test_the_future_is_what_lies_ahead_of_the_server_when_our_clock_is_slow():
    body = rss(item("Later", date="Tue, 28 Apr 2026 15:00:00 GMT"))
    assert reading(body, server_date=NOW + timedelta(hours=3)).articles[0].dating is Dating.EXACT


@pytest.mark.parametrize(
    ("encoding", "header", "text"),
    [
        ("windows-1251", "application/xml; charset=windows-1251", "Посольство призывает граждан"),
        ("koi8-r", "application/xml; charset=koi8-r", "Посольство призывает граждан"),
        ("utf-8", "application/xml", "Посольство призывает граждан"),
        ("utf-16", "application/xml", "السفارة تدعو رعاياها"),
        ("utf-8-sig", "text/xml", "大使館 退避勧告"),
        ("iso-8859-1", "text/xml; charset=iso-8859-1", "L'ambassade évacue"),
    ],
)
def test_charsets_are_found_by_header_mark_or_prolog(encoding, header, text):
    body = rss(item(text)).decode().encode(encoding)
    assert reading(body, content_type=header).articles[0].title == text


def test_a_charset_that_nothing_names_is_detected():
    words = "Посольство призывает российских граждан немедленно покинуть страну"
    body = rss(item(words)).decode().encode("cp1251")
    assert reading(body, content_type="text/xml").articles[0].title == words


@pytest.mark.parametrize("prolog", ["", "<?xml version='1.0'?>", "<?xml version='1.0' encoding='UTF-8'?>"])
@pytest.mark.parametrize("kind", ["text/xml", "text/xml; charset=utf-8"])
def test_a_broken_character_does_not_turn_a_feed_into_another_charset(prolog, kind):
    words = "Посольство призывает граждан покинуть страну"
    body = (prolog + rss(item(words)).decode()).replace("страну", "страну~").encode().replace(b"~", b"\xd0")
    assert reading(body, content_type=kind).articles[0].title.startswith(words)


def test_the_prolog_names_the_charset():
    body = "<?xml version='1.0' encoding='windows-1251'?>" + rss(item("Посольство")).decode()
    assert reading(body.encode("cp1251"), content_type="text/xml").articles[0].title == "Посольство"


AGGREGATED = b"""<rss version="2.0"><channel><title>"leave" - Aggregator</title>
<item><title>Embassy closes - The Daily Example</title><link>https://agg.example/1</link><guid>CBM1</guid>
<pubDate>Tue, 28 Apr 2026 10:00:00 GMT</pubDate>
<description>&lt;ol&gt;&lt;li&gt;&lt;a href="x"&gt;Embassy closes&lt;/a&gt; Daily&lt;/li&gt;&lt;li&gt;&lt;a href="y"&gt;France orders citizens out of Mali&lt;/a&gt; Other&lt;/li&gt;&lt;/ol&gt;</description>
<source url="https://www.daily.example">The Daily Example</source></item></channel></rss>"""


def test_an_aggregators_item_is_its_publishers_and_carries_no_words_of_other_stories():
    source = Source("agg", "https://agg.example/rss", publisher="agg")
    (article,) = reading(AGGREGATED, source).articles
    assert (article.title, article.publisher, article.text) == ("Embassy closes", "daily.example", "")


def test_a_title_is_made_where_none_is_given():
    body = rss("<item><description>Leave now. Flights go.</description><guid>1</guid></item>")
    (article,) = reading(body).articles
    assert article.title == "Leave now. Flights go."


def test_boxes_in_a_feeds_text_are_gone():
    body = RSS.replace(
        b"<p>The whole story of the second.</p>",
        b"<p>The story.</p><p>Read more: Other</p><p>Advertisement</p>",
    )
    assert reading(body).articles[1].text == "The story."


@pytest.mark.parametrize("markup", ["<div>" * 50_000, "<b>" * 50_000, "<p " * 50_000, "<!--" * 50_000, "&lt;" * 50_000])
@pytest.mark.timeout(20)
def test_nested_or_broken_markup_does_not_hang(markup):
    body = rss(f"<item><title>t</title><description><![CDATA[{markup}x]]></description></item>")
    assert len(reading(body).articles) == 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mutated_feed_raises(data):
    body = bytearray(data.draw(st.sampled_from([RSS, ATOM, RDF, JSON, AGGREGATED])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(body) - 1)))
        length = data.draw(st.integers(0, 30))
        body[at : at + length] = data.draw(st.binary(max_size=12))
    result = reading(bytes(body))
    assert result.sentence or result.state is SourceState.FRESH
    for article in result.articles:
        assert article.keys
        assert (article.published is None) == (article.dating is Dating.UNDATED)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "application/xml; charset=nonsense", "x;charset=utf-16"]),
)
def test_no_bytes_raise(body, content_type):
    assert reading(body, content_type=content_type).state in SourceState


def test_a_login_page_instead_of_a_feed_is_a_closed_door_and_a_page_is_no_feed():
    page = b"<html><body><form><input name='u'><input class='x' type='password' name='p'></form></body></html>"
    source = Source("x", "https://x.example/feed")
    document = Document("https://x.example/feed", datetime(2026, 1, 1, tzinfo=UTC), page)
    assert read(document, source).state is SourceState.BLOCKED
    plain = Document("https://x.example/feed", datetime(2026, 1, 1, tzinfo=UTC), b"<html><body>Hello</body></html>")
    assert read(plain, source).state is SourceState.NOT_A_FEED


@pytest.mark.parametrize("reference", ["&#55296;", "&#xD800;", "&#xdfff;", "&#57343;", "&#0055300;"])
def test_a_reference_to_no_character_costs_no_item(reference):
    (article,) = reading(rss(item(f"Leave {reference} now")).replace(b"<rss", b"<rss xml:lang='en'", 1)).articles
    assert article.title == "Leave \ufffd now"


@pytest.mark.parametrize("said", ["utf-16", "UTF-16LE", "ucs-2", "utf-32"])
def test_a_declaration_of_wide_characters_in_single_bytes_is_not_believed(said):
    (article,) = reading(f"<?xml version='1.0' encoding='{said}'?>".encode() + rss(item("Départ"))).articles
    assert article.title == "Départ"


def test_half_a_surrogate_pair_in_a_json_feed_costs_no_item_and_harms_nobody():
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "\\ud800", "title": "Leave \\udfff \\ud83d\\ude00"}]}'
    (article,) = reading(body).articles
    assert article.title == "Leave ? 😀"
    assert "\ud800" not in repr(article)
    str(article).encode()


def test_a_json_feed_item_says_the_longest_of_its_texts() -> None:
    item = b'{"id": "1", "title": "T", "content_html": "<p>Photo</p>", "summary": "Britain asks its citizens to leave Mali"}'
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [%s]}' % item
    (article,) = reading(body).articles
    assert article.text == "Britain asks its citizens to leave Mali"


def test_a_json_feed_without_items_is_empty_and_no_stranger() -> None:
    found = reading(b'{"version": "https://jsonfeed.org/version/1", "items": null}')
    assert found.state is SourceState.EMPTY

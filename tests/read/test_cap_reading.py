"""CAP 1.2: an alert is an article, alone or in a feed; what ends an alert is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.model import Article, Dating, Document, Source, SourceState
from advisor.read import fill, read
from advisor.read.files import articles_of_file

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOURCE = Source("alerts", "https://alerts.example/feed.atom", publisher="ruritania", official="FR", language="en")
SPACE = "urn:oasis:names:tc:emergency:cap:1.2"


def alert(
    *, status: str = "Actual", kind: str = "Alert", infos: str = "", response: str = "Evacuate", urgency: str = "Immediate",
    prefix: str = "", words: str = "French nationals in Mali should leave immediately.",
) -> str:  # fmt: skip
    info = infos or (
        f"<info><language>en-GB</language><category>Safety</category><event>departure</event>"
        f"<responseType>{response}</responseType><urgency>{urgency}</urgency><severity>Extreme</severity>"
        f"<headline>Leave Mali</headline><description>{words}</description>"
        f"<instruction>Use commercial flights.</instruction><web>https://alerts.example/mali</web>"
        f"<area><areaDesc>Mali</areaDesc></area></info>"
    )
    body = (
        f"<identifier>urn:oid:7</identifier><sender>crisis@alerts.example</sender><sent>2026-11-01T13:00:00+02:00</sent>"
        f"<status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{info}"
    )
    if prefix:
        body = body.replace("</", f"\0{prefix}:").replace("<", f"<{prefix}:").replace("\0", "</")
        return f'<?xml version="1.0"?><{prefix}:alert xmlns:{prefix}="{SPACE}">{body}</{prefix}:alert>'
    return f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{SPACE}">{body}</alert>'


def document(body: str | bytes) -> Document:
    return Document(SOURCE.url, NOW, body.encode() if isinstance(body, str) else body)


def only(body: str) -> Article:
    reading = read(document(body), SOURCE)
    (article,) = reading.articles
    return article


@pytest.mark.parametrize("prefix", ["", "cap"])
def test_an_alert_alone_is_an_article_with_its_words_date_and_identity(prefix: str) -> None:
    article = only(alert(prefix=prefix))
    assert article.title == "Leave Mali"
    assert article.text == "French nationals in Mali should leave immediately.\n\nUse commercial flights.\n\nMali"
    assert (article.published, article.dating) == (datetime(2026, 11, 1, 11, tzinfo=UTC), Dating.EXACT)
    assert article.keys[0] == "guid:crisis@alerts.example urn:oid:7"
    assert (article.link, article.language) == ("https://alerts.example/mali", "en")


@pytest.mark.parametrize(
    "silent",
    [
        {"status": "Exercise"}, {"status": "Test"}, {"status": "Draft"}, {"kind": "Cancel"}, {"kind": "Ack"},
        {"kind": "Update", "response": "AllClear", "urgency": "Past"},
    ],
)  # fmt: skip
def test_exercises_cancellations_and_all_clears_are_no_news(silent: dict[str, str]) -> None:
    reading = read(document(alert(**silent)), SOURCE)
    assert reading.articles == ()
    assert reading.state is SourceState.FRESH
    assert "CAP alert" in reading.sentence


def test_of_several_languages_the_sources_own_is_read() -> None:
    infos = "".join(
        f"<info><language>{code}</language><headline>{words}</headline><description>{words}.</description></info>"
        for code, words in (("fr-FR", "Quittez le Mali"), ("en-GB", "Leave Mali"))
    )
    assert (only(alert(infos=infos)).title, only(alert(infos=infos)).language) == ("Leave Mali", "en")


def test_entity_declarations_are_refused() -> None:
    bomb = alert().replace("<alert", '<!DOCTYPE alert [<!ENTITY a "boom">]><alert', 1)
    reading = read(document(bomb), SOURCE)
    assert (reading.state, reading.articles) == (SourceState.REFUSED, ())


def test_a_broken_alert_is_a_state() -> None:
    assert read(document(alert()[:300]), SOURCE).state is SourceState.NOT_A_FEED


def feed(entry: str, version: str = "1.1") -> str:
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:{version}">'
        f"<title>Alerts</title>{entry}</feed>"
    )


def entry(inside: str) -> str:
    return f"<entry><id>1</id><title>Leave Mali</title><updated>2026-11-01T11:00:00Z</updated>{inside}</entry>"


def test_an_alert_inside_an_atom_entry_gives_the_entry_its_words() -> None:
    inside = alert().partition("?>")[2]
    article = only(feed(entry(f'<content type="text/xml">{inside}</content>')))
    assert "French nationals in Mali should leave immediately." in article.text
    ended = alert(kind="Cancel").partition("?>")[2]
    assert read(document(feed(entry(f'<content type="text/xml">{ended}</content>'))), SOURCE).articles == ()


def test_an_entry_that_says_it_is_cancelled_or_a_test_is_no_article() -> None:
    for said in (
        "<cap:msgType>Cancel</cap:msgType>",
        "<cap:status>Test</cap:status>",
        "<cap:urgency>Past</cap:urgency>",
    ):
        assert read(document(feed(entry(f"<summary>Leave.</summary>{said}"))), SOURCE).articles == ()


@pytest.mark.parametrize("kind", ["application/cap+xml", "application/common-alerting-protocol+xml"])
def test_the_alert_behind_an_entry_fills_it(kind: str) -> None:
    article = only(feed(entry(f'<link rel="enclosure" type="{kind}" href="/a.xml"/><summary>Leave.</summary>')))
    assert article.link == "https://alerts.example/a.xml"
    assert not article.complete
    full = fill(article, document(alert()))
    assert full.text.startswith("French nationals in Mali")
    assert fill(article, document(alert(kind="Cancel"))).text == ""


def test_a_cap_file_can_be_handed_to_detect() -> None:
    (article,) = articles_of_file("alert.cap", alert().encode(), NOW)
    assert article.title == "Leave Mali"


def test_a_cap_file_that_calls_for_nothing_is_no_fault() -> None:
    assert list(articles_of_file("alert.cap", alert(kind="Cancel").encode(), NOW)) == []

"""What takes parsers minutes is refused in words; what only looks like it is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.errors import AdvisorError
from advisor.model import Document, Format, Source, SourceState
from advisor.read import read
from advisor.read.files import articles_of_file
from advisor.read.html import plain

NOW = datetime(2026, 4, 28, 12, 0, tzinfo=UTC)
CALL = "The embassy ordered its citizens to leave Niger immediately."
MANY = " ".join(f"a{number}='{number}'" for number in range(30_000))
SPACES = " ".join(f"xmlns:a{number}='urn:{number}'" for number in range(30_000))


def feed(title: str = "<title>t</title>", opening: str = "<rss version='2.0'>", items: int = 1) -> bytes:
    item = f"<item><title>Leave %d</title><description>{CALL}</description></item>"
    return f"{opening}<channel>{title}{''.join(item % number for number in range(items))}</channel></rss>".encode()


@pytest.mark.parametrize(
    "body", [feed(title=f"<title {MANY}>t</title>"), feed(opening=f"<rss version='2.0' {SPACES}>"), feed(title=f"<x {MANY}/>")]
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_with_a_flood_of_attributes_is_refused_in_words(body, encoding):
    reading = read(
        Document("https://a.example/", NOW, body.decode().encode(encoding)), Source("a", "https://a.example/")
    )
    assert (reading.state, reading.articles) == (SourceState.REFUSED, ())
    assert "attributes" in reading.sentence


@pytest.mark.parametrize("flood", [MANY, " ".join(f"a{number}" for number in range(30_000)), "a='1'" * 30_000])
def test_a_page_with_a_flood_of_attributes_is_refused_in_words(flood):
    page = f"<html><body><p {flood}>{CALL}</p></body></html>".encode()
    with pytest.raises(AdvisorError, match="more than 1,000 attributes in one tag"):
        list(articles_of_file("a.html", page, NOW))


def test_a_flood_in_one_summary_costs_no_words_of_it():
    assert plain(f"<p {MANY}>{CALL}</p>").endswith(CALL)


@pytest.mark.parametrize(
    "odd",
    [
        "<script>for (i=0; i<n; i++) { " + "x = y + 1; " * 3_000 + "}</script>", f"<!-- {'some words of a licence ' * 500} -->",
        f"<img alt='a' src='data:image/png;base64,{'iVBORw0KGgo' * 9_000}'>", f"<p>5 <b, {CALL * 100}</p>",
        "".join(f"<p class='a' id='b{number}'>{number}</p>" for number in range(2_000)),
    ],
)  # fmt: skip
def test_pages_with_long_scripts_comments_and_images_are_read(odd):
    page = f"<html><head><title>Call</title></head><body>{odd}<p>{CALL}</p></body></html>".encode()
    (article,) = read(
        Document("https://a.example/", NOW, page), Source("a", "https://a.example/", Format.PAGE)
    ).articles
    assert CALL in article.text


def test_an_archive_of_thousands_of_items_is_read_whole_and_a_larger_one_says_so():
    source = Source("a", "https://a.example/")
    assert len(read(Document("https://a.example/", NOW, feed(items=6_000)), source).articles) == 6_000
    reading = read(Document("https://a.example/", NOW, feed(items=10_001)), source)
    assert (reading.state, len(reading.articles)) == (SourceState.TRUNCATED, 10_000)
    assert "lists 10,001 items" in reading.sentence


def test_a_file_that_breaks_off_gives_its_whole_items_and_then_says_so():
    found = articles_of_file("a.xml", feed(items=3)[:-60], NOW)
    assert [next(found).title, next(found).title] == ["Leave 0", "Leave 1"]
    with pytest.raises(AdvisorError, match=r"a\.xml: the feed breaks off; 2 whole items were read"):
        next(found)


def test_a_file_that_breaks_off_in_its_first_item_says_so():
    with pytest.raises(AdvisorError, match=r"a\.xml: the feed breaks off; 0 whole items were read"):
        list(articles_of_file("a.xml", feed()[:80], NOW))

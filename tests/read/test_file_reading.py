"""Files that people hand over, and clippings in folders."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from advisor.model import Dating, Document, Format, Source, SourceState, Validators
from advisor.read import read
from advisor.read.files import articles_of_file
from advisor.read.plain import heading_of

NOW = datetime(2026, 4, 28, 12, tzinfo=UTC)
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))


def articles(name, data):
    return list(articles_of_file(name, data.encode() if isinstance(data, str) else data, NOW))


def test_a_text_is_given_as_supplied():
    text = "Title here\nFirst line.\n\nAdvertisement\n  Last line. "
    (article,) = articles("a.txt", text)
    assert article.title + "\n" + article.text == text


def test_a_markdown_heading_is_the_title_and_can_be_found_again():
    text = "\n\n# The title \n\nBody [link](#).\n"
    (article,) = articles("a.md", text)
    heading = heading_of(text)
    assert article.title == "The title" == text[heading.start : heading.end]
    assert article.text == text[heading.body :]


def test_a_label_is_no_title():
    assert articles("a.txt", "Advertisement\n\nEmbassy closes\n\nText.")[0].title == "Embassy closes"


def test_front_matter_gives_date_and_language():
    (article,) = articles("a.md", "---\ndate: 2026-04-27\nlang: fr\n---\n# Titre\nTexte.")
    assert (article.title, article.language, article.dating) == ("Titre", "fr", Dating.DAY)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_real_articles_are_read(path):
    (article,) = articles(path.name, path.read_bytes())
    assert 20 < len(article.title) < 200
    assert len(article.text) > 1000


@pytest.mark.parametrize("name", ["x.xml", "-", "x.rss", "noname"])
def test_a_feed_gives_one_article_an_item(name):
    feed = "<rss version='2.0'><channel><item><title>A</title></item><item><title>B</title></item></channel></rss>"
    assert [article.title for article in articles(name, feed)] == ["A", "B"]


def test_a_feed_without_items_is_no_fault():
    assert articles("x.xml", "<rss version='2.0'><channel><title>t</title></channel></rss>") == []


def test_html_is_told_by_name_or_content():
    page = "<html lang=de><head><title>T</title></head><body><p>Die Botschaft bittet.</p></body></html>"
    for name in ("x.html", "-"):
        (article,) = articles(name, page)
        assert (article.title, article.text, article.language) == ("T", "Die Botschaft bittet.", "de")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b""),
        ("a.txt", b"\0\0\0"),
        ("a.txt", bytes(range(256)) * 20),
        ("a.xml", b"not xml"),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>"),
        ("a.json", b"{}{"),
        ("a.html", b"<html></html>"),
        ("-", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    ],
)
def test_garbage_is_an_error_with_name_and_remedy(name, data):
    with pytest.raises(AdvisorError, match=f"^{name}: .*give text"):
        articles(name, data)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["a.txt", "a.md", "a.html", "a.xml", "a.json", "-"]), st.binary(max_size=200))
def test_no_bytes_give_a_traceback(name, data):
    with contextlib.suppress(AdvisorError):
        assert all(article.keys for article in articles(name, data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "cp1251"])
def test_texts_of_any_encoding_are_read(encoding):
    text = "Посольство призывает граждан покинуть страну.\nПосольство сообщает о рейсах и работе консульства.\n"
    assert articles("a.txt", text.encode(encoding))[0].title == "Посольство призывает граждан покинуть страну."


# --- clippings in folders -------------------------------------------------------------------------------


def clipping(text, name="/srv/clippings/a.md", kind="text/markdown"):
    document = Document(
        url=name,
        fetched_at=NOW,
        body=text.encode(),
        content_type=kind,
        validators=Validators(last_modified="Mon, 27 Apr 2026 09:00:00 GMT"),
    )
    return read(document, Source("clips", "/srv/clippings", Format.FOLDER, publisher="clips"))


def test_a_clipping_is_cleaned_and_known_by_its_path():
    (article,) = clipping("# Embassy [closes](#)\n\nThe **embassy** said.\n\nAdvertisement\n").articles
    assert (article.title, article.text) == ("Embassy closes", "The embassy said.")
    assert article.keys[0] == "guid:/srv/clippings/a.md"


def test_a_clipping_without_a_date_bears_its_files_time_marked_undated():
    (article,) = clipping("Title\nText").articles
    assert (article.published, article.dating) == (datetime(2026, 4, 27, 9, tzinfo=UTC), Dating.UNDATED)


def test_a_clippings_front_matter_is_believed():
    (article,) = clipping('---\ntitle: "Given"\ndate: 2026-04-26T10:00:00Z\npublisher: bbc\n---\nText').articles
    assert (article.title, article.text, article.publisher) == ("Given", "Text", "bbc")
    assert (article.published, article.dating) == (datetime(2026, 4, 26, 10, tzinfo=UTC), Dating.EXACT)


def test_an_html_clipping_is_read_as_a_page():
    (article,) = clipping("<html><title>T</title><p>Leave now.</p></html>", "/x/b.html", "text/html").articles
    assert (article.title, article.text, article.keys[0]) == ("T", "Leave now.", "guid:/x/b.html")


def test_an_empty_clipping_is_a_state():
    assert clipping("  \n").state is SourceState.EMPTY

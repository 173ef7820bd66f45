"""Web pages as articles, and the text behind a feed's summary."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model import Article, Dating, Document, Format, Source, SourceState
from advisor.read import fill, read

NOW = datetime(2026, 4, 28, 12, tzinfo=UTC)
URL = "https://news.example/a"
SENTENCES = [f"The embassy in city number {n} asked its citizens to leave the country without delay." for n in range(8)]
PAGE = f"""<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>Embassy asks citizens to leave | News</title>
<meta property="og:title" content="Embassy asks citizens to leave &amp; go">
<meta property="article:published_time" content="2026-04-28T09:30:00+02:00"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav>
<article><h1>Embassy asks citizens to leave &amp; go</h1>{"".join(f"<p>{s}</p>" for s in SENTENCES)}
<p>Read more: Other government evacuates staff</p></article>
<aside><h2>Most read</h2><ul><li><a href="/x">Embassy evacuates staff from Sudan</a></li></ul></aside>
<footer>Copyright 2026 News. All rights reserved.</footer></body></html>"""


def reading(body, **source):
    data = body if isinstance(body, bytes) else body.encode()
    return read(Document(url=URL, fetched_at=NOW, body=data), Source("p", URL, format=Format.PAGE, **source))


def test_a_page_gives_title_text_date_and_language():
    result = reading(PAGE)
    (article,) = result.articles
    assert article.title == "Embassy asks citizens to leave & go"
    assert all(sentence in article.text for sentence in SENTENCES)
    for junk in ("Sudan", "Home", "Copyright", "Read more"):
        assert junk not in article.text
    assert (article.published, article.dating) == (datetime(2026, 4, 28, 7, 30, tzinfo=UTC), Dating.EXACT)
    assert (article.language, article.link, article.keys[0]) == ("en", URL, f"link:{URL}")


def test_a_selector_names_the_part_that_matters():
    body = "<html><body><div id='a'>Menu</div><div class='advice'><p>Do not travel.</p><ul><li>Leave now</ul></div></body></html>"
    (article,) = reading(body, selector=".advice").articles
    assert article.text == "Do not travel.\n\nLeave now"


def test_a_selector_that_matches_nothing_is_a_state():
    result = reading(PAGE, selector=".gone")
    assert (result.state, result.articles) == (SourceState.EMPTY, ())
    assert ".gone" in result.sentence


def test_a_selector_that_cannot_be_read_is_a_state():
    assert reading(PAGE, selector="div[[").state in {SourceState.REFUSED, SourceState.EMPTY}


def test_a_very_short_page_keeps_its_sentence():
    (article,) = reading("<html><body><main><p>Leave now.</p></main></body></html>").articles
    assert article.text == "Leave now."


def test_a_page_without_a_date_says_so():
    result = reading("<html><body><main><p>Leave now.</p></main></body></html>")
    assert (result.state, result.articles[0].published) == (SourceState.UNDATED, None)


def test_linked_data_gives_the_date():
    data = '<script type="application/ld+json">{"@graph":[{"datePublished":"2026-04-27T08:00:00Z"}]}</script>'
    (article,) = reading(f"<html><head>{data}</head><body><p>Leave now.</p></body></html>").articles
    assert article.published == datetime(2026, 4, 27, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html></html>",
        b"\0\0\0",
        b"<!doctype html><html><body><script>x</script></body></html>",
    ],
)
def test_a_page_without_words_is_empty(body):
    result = reading(body)
    assert (result.state, result.articles) == (SourceState.EMPTY, ())


def test_a_page_nested_beyond_reason_is_refused():
    assert reading("<div>" * 20_000 + "x").state is SourceState.REFUSED


@pytest.mark.timeout(15)
@pytest.mark.parametrize("part", ["<p>x", "a<br>", "<li>a", "<a href=x>y</a> "])
def test_a_page_of_endless_elements_does_not_hang(part):
    assert len(reading("<html><body>" + part * 100_000).articles) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_a_pages_charset_is_found(encoding):
    declared = "" if encoding == "utf-16" else f"<meta charset={encoding}>"
    body = f"<html><head>{declared}<title>Посольство</title></head><body><p>Посольство призывает.</p></body></html>"
    assert reading(body.encode(encoding)).articles[0].text == "Посольство призывает."


def test_filling_completes_the_text_and_keeps_everything_else():
    summary = Article("Title of the feed", "Short ...", "s", ("guid:1", "digest:x"), complete=False)
    filled = fill(summary, Document(url=URL, fetched_at=NOW, body=PAGE.encode()))
    assert SENTENCES[-1] in filled.text
    assert filled.complete
    assert (filled.title, filled.keys, filled.published) == (
        "Title of the feed",
        ("guid:1", "digest:x"),
        None,
    )
    assert filled.language == "en"


def test_filling_from_a_page_that_holds_less_changes_nothing():
    article = Article("T", "A summary that says more than the page does.", complete=False)
    page = Document(url=URL, fetched_at=NOW, body=b"<html><body><p>Cookies?</p></body></html>")
    assert fill(article, page) == article


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(PAGE) - 1), st.integers(0, 60), st.text(max_size=10))
def test_no_mutated_page_raises(at, length, put):
    reading(PAGE[:at] + put + PAGE[at + length :])

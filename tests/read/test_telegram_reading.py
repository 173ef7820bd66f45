"""The web preview of Telegram channels, with its traps."""

from datetime import UTC, datetime

import pytest

from advisor.model import Document, Format, Source, SourceState
from advisor.read import read

NOW = datetime(2026, 4, 28, 12, tzinfo=UTC)
CHANNEL = Source("tg", "https://t.me/s/embassy", Format.TELEGRAM, publisher="embassy", language="ru")
HEAD = '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title"><span>Embassy</span></div></div>'


def post(number, inner, meta="", kind=""):
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {kind}" '
        f'data-post="embassy/{number}"><div class="tgme_widget_message_bubble">{inner}<div class="tgme_widget_message_footer">'
        f'<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/embassy/{number}">'
        f'<time datetime="2026-04-28T{number % 24:02d}:00:00+00:00">x</time></a></span></div></div></div></div>'
    )


def words(text):
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'


def reading(*posts, source=CHANNEL):
    body = f'<html><body>{HEAD}<section class="tgme_channel_history">{"".join(posts)}</section></body></html>'
    return read(Document(url=source.url, fetched_at=NOW, body=body.encode()), source)


def test_posts_become_articles_with_their_own_times():
    result = reading(post(1, words("Leave <b>now</b>.<br/>Flights &amp; buses<br><br>go.")), post(2, words("Second")))
    first, second = result.articles
    assert (result.state, result.title) == (SourceState.FRESH, "Embassy")
    assert (first.title, first.text) == ("Leave now.", "Flights & buses\n\ngo.")
    assert first.keys[0] == "guid:telegram:embassy/1"
    assert first.link == "https://t.me/embassy/1"
    assert (first.published.hour, second.published.hour) == (1, 2)
    assert (first.publisher, first.language) == ("embassy", "ru")


def test_a_reply_gives_its_own_words_and_not_the_quoted_ones():
    quoted = (
        '<a class="tgme_widget_message_reply" href="x"><div class="tgme_widget_message_author">A</div>'
        '<div class="tgme_widget_message_text js-message_reply_text">Old words</div></a>'
    )
    (article,) = reading(post(3, quoted + words("New words"))).articles
    assert (article.title, article.text) == ("New words", "")


def test_a_nested_text_is_taken_once():
    nested = f'<div class="tgme_widget_message_text js-message_text">{words("Once only")}</div>'
    (article,) = reading(post(4, nested)).articles
    assert (article.title, article.text) == ("Once only", "")


def test_an_edit_keeps_the_id_and_changes_the_digest():
    (before,) = reading(post(5, words("Stay calm"))).articles
    (after,) = reading(post(5, words("Leave"), meta="edited ")).articles
    assert before.keys[0] == after.keys[0]
    assert before.keys[-1] != after.keys[-1]


LABEL = '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'


def test_posts_that_the_web_does_not_show_are_told():
    result = reading(post(6, LABEL), post(7, words("Shown")))
    assert result.state is SourceState.TRUNCATED
    assert "1 of 2" in result.sentence
    assert len(result.articles) == 1


def test_a_video_with_the_same_label_is_no_missing_post():
    video = f'<a class="tgme_widget_message_video_player"><div class="message_media_not_supported">{LABEL}</div></a>'
    result = reading(post(8, video), post(9, video + words("With caption")))
    assert result.state is SourceState.FRESH
    assert [article.title for article in result.articles] == ["With caption"]


def test_bookkeeping_is_no_news():
    assert reading(post(1, words("Channel created"), kind="service_message")).articles == ()


FORWARD = '<div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/Agency/5">Agency</a></div>'


def test_a_forwarded_post_is_its_authors():
    assert reading(post(10, FORWARD + words("News"))).articles[0].publisher == "agency"


def test_what_a_government_passes_on_in_its_own_channel_is_its_own():
    official = Source("tg", CHANNEL.url, Format.TELEGRAM, publisher="mfa", official="RU")
    (article,) = reading(post(10, FORWARD + words("News")), source=official).articles
    assert (article.publisher, article.official) == ("mfa", "RU")


def test_a_long_single_paragraph_gets_its_first_words_as_title():
    (article,) = reading(post(11, words("The embassy asks its citizens to leave. " * 20))).articles
    assert len(article.title) <= 202
    assert article.title.endswith("…")
    assert article.text.startswith("The embassy asks")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (
            b'<html><body><div class="tgme_page"><a class="tgme_page_action">x</a></div></body></html>',
            SourceState.BLOCKED,
        ),
        (b"<html><body><p>Hello</p></body></html>", SourceState.NOT_A_FEED),
        (HEAD.encode() + b'<section class="tgme_channel_history"></section>', SourceState.EMPTY),
        (b"", SourceState.EMPTY),
        (b"<div>" * 5000, SourceState.REFUSED),
    ],
)
def test_a_channel_without_posts_is_a_state(body, state):
    result = read(Document(url=CHANNEL.url, fetched_at=NOW, body=body), CHANNEL)
    assert (result.state, result.articles) == (state, ())
    assert result.sentence


def test_media_without_words_is_no_article_and_no_missing_post():
    photo = '<a class="tgme_widget_message_photo_wrap" style="background-image:url(x)"></a>'
    result = reading(post(1, photo), post(2, photo + words("Leave now")))
    assert [article.title for article in result.articles] == ["Leave now"]
    assert result.state is SourceState.FRESH


def test_a_forwarded_reply_with_an_edit_gives_its_own_words_once():
    inner = (
        '<div class="tgme_widget_message_forwarded_from"><a class="tgme_widget_message_forwarded_from_name" '
        'href="https://t.me/ministry/5">Ministry</a></div><a class="tgme_widget_message_reply"><div '
        'class="tgme_widget_message_text js-message_reply_text">Old</div></a>' + words("New")
    )
    (article,) = reading(post(6, inner, meta="edited ")).articles
    assert (article.title, article.publisher, article.published.hour) == ("New", "ministry", 6)

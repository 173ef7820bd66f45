"""A public Telegram channel's web preview (t.me/s/<channel>): each post an article.

The page's traps: a reply shows the quoted post's text in the same class, texts may be nested, some posts
are not rendered at all, the time follows the text, edits change a post silently, and channels without a
preview answer with their contact page.
"""

from __future__ import annotations

from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from advisor.model import Article, Document, Reading, Source, SourceState
from advisor.read.boilerplate import clean
from advisor.read.bounds import beyond_reason
from advisor.read.dates import parse_date
from advisor.read.decode import text_of
from advisor.read.html import plain, plain_line
from advisor.read.identity import digest_key
from advisor.read.items import first_line, web_link

_POST = ".tgme_widget_message[data-post]"
_TEXT = "tgme_widget_message_text"
_QUOTED = "tgme_widget_message_reply"
_MEDIA = (
    ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_player, .tgme_widget_message_video_wrap, "
    ".tgme_widget_message_document_wrap, .tgme_widget_message_voice, .tgme_widget_message_sticker_wrap, "
    ".tgme_widget_message_roundvideo_player, .tgme_widget_message_grouped_wrap, .tgme_widget_message_poll, "
    ".tgme_widget_message_location_wrap, .tgme_widget_message_contact_wrap, .tgme_widget_message_link_preview"
)


def read_channel(document: Document, source: Source) -> Reading:
    """The posts of a preview page, oldest first as the page has them."""
    markup = text_of(document.body, document.content_type)
    if not markup.strip():
        return Reading(state=SourceState.EMPTY, sentence="the answer is empty")
    if fault := beyond_reason(markup):
        return Reading(state=SourceState.REFUSED, sentence=f"refused: a page {fault}")
    tree = LexborHTMLParser(markup)
    posts = tree.css(_POST)
    title = _words(tree.css_first(".tgme_channel_info_header_title"))
    if not posts:
        return _nothing(tree, title)
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    readings = [_article(post, source, now) for post in posts]
    articles = tuple(article for article in readings if article is not None)
    numbers = [number for post in posts if (number := _number(post))]
    span = (min(numbers), max(numbers)) if numbers else None
    unseen = sum(_is_unrendered(post) for post in posts)
    if unseen:
        sentence = f"{unseen} of {len(posts)} posts are not shown on the web: read them in Telegram"
        return Reading(articles, SourceState.TRUNCATED, sentence, title=title, posts=span)
    return Reading(articles, title=title, posts=span)


def _number(post: LexborNode) -> int:
    """Posts of a channel are counted from 1; 0 where there is no number."""
    number = (post.attributes.get("data-post") or "").strip().rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0


def _nothing(tree: LexborHTMLParser, title: str) -> Reading:
    if tree.css_first(".tgme_channel_history, .tgme_channel_info") is not None:
        return Reading(state=SourceState.EMPTY, sentence="the channel shows no posts", title=title)
    if tree.css_first(".tgme_page, .tgme_page_context_link_wrap, .tgme_page_action") is not None:
        sentence = "the channel has no web preview: its owner or Telegram switched it off, or the name is wrong"
        return Reading(state=SourceState.BLOCKED, sentence=sentence)
    return Reading(state=SourceState.NOT_A_FEED, sentence="not a Telegram channel page")


def _article(post: LexborNode, source: Source, now: datetime) -> Article | None:
    """One post; None where it has no words of its own or is the channel's own bookkeeping."""
    if "service_message" in (post.attributes.get("class") or "").split():
        return None
    name = (post.attributes.get("data-post") or "").strip()
    raw = "\n\n".join(text for node in _own_texts(post) if (text := plain(node.html or "")))
    # The id names the post, the digest its wording: an edit keeps the one and changes the other.
    title, text = first_line(raw)
    if not raw or not name:
        return None
    time = post.css_first("a.tgme_widget_message_date time[datetime], time[datetime]")
    stamp = time.attributes.get("datetime") if time is not None else None
    published, dating = parse_date(stamp, now)
    link = web_link(name, "https://t.me/")
    return Article(
        title=title,
        text=clean(text),
        source_id=source.id,
        keys=(f"guid:telegram:{name}", digest_key(title, text)),
        language=source.language,
        published=published,
        dating=dating,
        link=link,
        publisher=_publisher(post, source),
        official=source.official,
        about=source.about,
    )


def _own_texts(post: LexborNode) -> list[LexborNode]:
    """Outermost text nodes of the post that belong to no quoted post."""
    return [node for node in post.css(f".{_TEXT}, .tgme_widget_message_poll_question") if _is_own(node, post)]


def _is_own(node: LexborNode, post: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.mem_id != post.mem_id:
        classes = (parent.attributes.get("class") or "").split()
        if _TEXT in classes or _QUOTED in classes:
            return False
        parent = parent.parent
    return True


def _is_unrendered(post: LexborNode) -> bool:
    """ "Please open Telegram to view this post": the label alone proves nothing, videos carry it too."""
    label = post.css_first(".message_media_not_supported_label, .message_media_not_supported")
    return label is not None and not _own_texts(post) and post.css_first(_MEDIA) is None


def _publisher(post: LexborNode, source: Source) -> str:
    """A forwarded post is its author's, unless a government passes it on in its own channel."""
    origin = post.css_first(".tgme_widget_message_forwarded_from_name")
    if origin is None or source.official is not None:
        return source.publisher
    handle = (origin.attributes.get("href") or "").partition("t.me/")[2].split("/")[0]
    return handle.lower() or _words(origin) or source.publisher


def _words(node: LexborNode | None) -> str:
    return plain_line(node.html or "") if node is not None else ""

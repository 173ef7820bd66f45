"""HTML fragments to plain text with paragraph breaks: what a reader would see, markup and scripts gone."""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser

from advisor.read.bounds import overladen, too_deep

_PARAGRAPH, _LINE = "\ue000", "\ue001"  # private use: taken out of the input first
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ue000\ue001\ufeff\u200b]")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&(?:#\d|#[xX][0-9a-fA-F]|[a-zA-Z])")
_BLOCK = (
    "p|div|h[1-6]|li|td|th|dd|dt|dl|ul|ol|section|article|header|footer|aside|nav|figure|figcaption"
    "|blockquote|pre|hr|main|summary|details|address|caption|form|option|legend"
)
# Bounded repetition: an attribute list without an end must not make this quadratic.
_OPENING = re.compile(rf"<(?:{_BLOCK})(?=[\s/>])[^>]{{0,4000}}>|<(?:{_BLOCK})>", re.IGNORECASE)
_CLOSING = re.compile(rf"</(?:{_BLOCK})\s{{0,9}}>", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^>]{0,500}>", re.IGNORECASE)
_UNSEEN = ["script", "style", "noscript", "template", "iframe", "object", "svg", "math", "head"]
_MAY_HIDE = re.compile(rf"<(?:{'|'.join(_UNSEEN)})", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^>]{0,4000}>")
# What summaries are made of, whole tags with quoted attributes and references that nobody reads in two ways: taken
# away by patterns they leave what the parser would, in a fifth of its time.
_INLINE = "a|b|i|em|strong|span|small|u|img"
_NAMED = r"[ \t\n](?:[a-zA-Z][\w-]{0,30}=(?:\"[^\"<>&]{0,600}\"|'[^'<>&]{0,600}')[ \t\n]?){1,20}"
_SIMPLE_TAG = re.compile(rf"<(?:/?(?P<p>p)|(?P<br>br)|/?(?:{_INLINE}))(?:{_NAMED})?[ ]?/?>", re.ASCII)
_REFERENCE = r"(?:amp|lt|gt|quot|nbsp|#3[2-9]|#[4-9]\d|#1[01]\d|#12[0-6]|#1[6-9]\d|#[2-9]\d\d|#[1-9]\d{3}|#x20[12]\d);"
_OTHER_REFERENCE = re.compile(rf"&(?!{_REFERENCE}|[\s])", re.ASCII)


def plain(text: str) -> str:
    """The visible text of `text`, which may be HTML, escaped HTML or already plain."""
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    elif (words := _one_paragraph(text)) is not None:
        return words
    if ("<" not in text and "&" not in text) or not _MARKUP.search(text):
        return tidy(text)
    if "<" not in text:
        return tidy(html.unescape(text))
    simple = _simple(text)
    return _visible(text) if simple is None else simple


def _one_paragraph(text: str) -> str | None:
    """The words of what is one paragraph of text and nothing else, as most summaries are; None for all other."""
    if text[:3] != "<p>" or text[-4:] != "</p>" or "<" in (words := text[3:-4]):
        return None
    if "&" in words and (_OTHER_REFERENCE.search(words) or not (words := html.unescape(words)).isprintable()):
        return None
    return " ".join(words.split()) if "  " in words else words.strip()


def plain_line(text: str) -> str:
    """`plain` on one line, with entities that were escaped twice decoded: for titles."""
    line = " ".join(plain(text).split())
    if _MARKUP.search(line):
        line = " ".join(plain(line).split()) or line
    return line


def tidy(text: str) -> str:
    """Spaces collapsed, lines trimmed, never more than one empty line, newlines as `\\n`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u2028" in text or "\u2029" in text:
        text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    # Splitting and joining lines takes a fifth of the time that patterns take.
    if "  " not in text and text.isprintable():  # then a space is its only kind of space
        return text.strip()
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")]).strip()
    return re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text


def _simple(markup: str) -> str | None:
    """As `_visible`, for markup of which nothing but its usual tags is to be understood; None for all other."""
    if "&" in markup and _OTHER_REFERENCE.search(markup):
        return None
    text = _SIMPLE_TAG.sub(_mark, markup)
    if "<" in text:
        return None
    return marked_text(html.unescape(text) if "&" in text else text)


def _mark(tag: re.Match[str]) -> str:
    name = tag.lastgroup
    return "" if name is None else _PARAGRAPH if name == "p" else _LINE


def _visible(markup: str) -> str:
    markup = _OPENING.sub(lambda found: found[0] + _PARAGRAPH, markup)
    markup = _CLOSING.sub(lambda found: _PARAGRAPH + found[0], markup)
    markup = _BREAK.sub(_LINE, markup)
    if too_deep(markup) or overladen(markup.encode("utf-8", "replace")):
        return marked_text(html.unescape(_ANY_TAG.sub("", markup)))
    tree = LexborHTMLParser(markup)
    if tree.body is None:
        return ""
    if _MAY_HIDE.search(markup):
        tree.strip_tags(_UNSEEN)
    return marked_text(tree.body.text())


def marked_text(text: str) -> str:
    """Text with this module's break marks turned into lines and paragraphs."""
    flowing = " ".join(text.split())
    paragraphs = [
        "\n".join([line.strip() for line in paragraph.split(_LINE)]).strip() if _LINE in paragraph
        else paragraph.strip()
        for paragraph in flowing.split(_PARAGRAPH)
    ]  # fmt: skip
    joined = "\n\n".join(filter(None, paragraphs))
    return re.sub(r"\n{3,}", "\n\n", joined) if "\n\n\n" in joined else joined

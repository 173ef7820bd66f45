"""From bytes to articles: what the publisher said, cleaned, dated and with an identity.

    Document -> decode -> (feed | page | telegram | plain) -> html -> boilerplate -> Article

Pure: fetches nothing and stores nothing. What the words mean is left to `advisor.detect`.
"""

from __future__ import annotations

from dataclasses import replace

from advisor.model import Article, Document, Format, Reading, Source, SourceState
from advisor.read.fresh import fresh


def read(document: Document, source: Source) -> Reading:
    """What `document` of `source` holds. Bad documents are states of the Reading, never exceptions."""
    # Imported when needed: each reader brings a large library, and a command often uses one of them.
    if source.format is Format.TELEGRAM:
        from advisor.read.telegram import read_channel

        return read_channel(document, source)
    if source.format is Format.PAGE:
        from advisor.read.page import read_page

        return read_page(document, source)
    if source.format is Format.FOLDER:
        from advisor.read.plain import read_clipping

        return read_clipping(document, source)
    from advisor.read.feed import read_feed

    return read_feed(document, source)


def read_fresh(document: Document, source: Source, known: bytes) -> tuple[Reading, bytes, int]:
    """As `read`, without the items that the last reading saw byte for byte (their marks: `known`).

    Gives the marks for the next time and how many items were left out.
    """
    if source.format is not Format.FEED:
        return read(document, source), b"", 0
    new = fresh(document.body, known)
    reading = read(replace(document, body=new.body), source)
    if not new.skipped or (reading.articles and reading.state in _WELL):
        return reading, new.marks, new.skipped
    if reading.state is SourceState.EMPTY:
        return replace(reading, state=SourceState.FRESH, sentence=""), new.marks, new.skipped
    return read(document, source), new.marks, 0  # what is wrong with it is said of the whole document


def fill(article: Article, page: Document) -> Article:
    """`article` with the text of its page; title, keys and date stay those of the feed."""
    from advisor.read.cap import is_cap, text_of_alert
    from advisor.read.page import fill_from

    if is_cap(page.body):
        words = text_of_alert(page.body, page.content_type)
        return article if words is None else replace(article, text=words, complete=True)
    return fill_from(article, page)


_WELL = frozenset({SourceState.FRESH, SourceState.UNDATED})

__all__ = ["fill", "read", "read_fresh"]

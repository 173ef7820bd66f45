"""One look at a source, for a person who asks: does it answer this machine, and is it what it was taken for?

Reads as the poller does, but detects nothing and stores nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from advisor.clock import Clock
from advisor.model import Article, Document, Failure, Format, Source, SourceState
from advisor.pipeline import crawl
from advisor.pipeline.poller import Fetches
from advisor.pipeline.readers import Reads, Unreadable
from advisor.pipeline.registers import read_pages
from advisor.poll import Listing, list_folder
from advisor.read.register import read_detail

_CLOSED = frozenset({SourceState.BLOCKED})


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. `items`: articles or countries; `newest`: the latest date among them."""

    source: Source
    state: SourceState
    sentence: str = ""
    items: int = 0
    newest: datetime | None = None
    seconds: float = 0.0
    moved_to: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the host lets this address (or a program like this) not in: another network may be."""
        return self.state in _CLOSED


def look(source: Source, fetcher: Fetches, reads: Reads, clock: Clock) -> Look:
    """Poll `source` once; every trouble is a state of the answer."""
    began = time.monotonic()
    try:
        found = _look(source, fetcher, reads, clock)
    except Unreadable as guilty:
        found = Look(source, SourceState.UNREADABLE, str(guilty))
    state, sentence, items, newest, moved = found.state, found.sentence, found.items, found.newest, found.moved_to
    return Look(source, state, sentence, items, newest, time.monotonic() - began, moved)


def _look(source: Source, fetcher: Fetches, reads: Reads, clock: Clock) -> Look:
    if source.format is Format.FOLDER:
        return _folder(source, reads, clock)
    answer = fetcher.fetch(source.url, clock)
    if isinstance(answer, Failure):
        return Look(source, answer.state, answer.sentence)
    if not isinstance(answer, Document):
        return Look(source, SourceState.UNCHANGED)
    if source.format is Format.REGISTER:
        return _register(source, answer, fetcher, clock)
    reading = reads.read(answer, source)
    state, sentence = _moved(reading.state, reading.sentence, answer)
    return Look(
        source, state, sentence, len(reading.articles), _newest(reading.articles), moved_to=answer.moved_to
    )  # fmt: skip


def _register(source: Source, answer: Document, fetcher: Fetches, clock: Clock) -> Look:
    """The list, and the first page behind it: hosts exist that let the one through and not the other."""
    shape = source.shape
    if shape is None:
        raise ValueError(f"{source.id}: a register without a description")
    fetch: Callable[[str], Document | Failure | None] = lambda url: _document(fetcher.fetch(url, clock))  # noqa: E731
    listing = read_pages(answer, source, shape, fetch)
    dates = [entry.published for entry in listing.entries if entry.published]
    state, sentence = _moved(listing.state, listing.sentence, answer)
    found = Look(source, state, sentence, len(listing.entries), max(dates, default=None), moved_to=answer.moved_to)
    behind = crawl.due(listing.entries, {}, shape, (), clock())[:1] if shape.page else []
    for entry in behind:
        pages = [fetch(address) for address in entry.details]
        failure = next((page for page in pages if isinstance(page, Failure)), None)
        if failure is not None:
            sentence = f"the list is read, but the page of {entry.country} is not: {failure.sentence}"
            return Look(source, failure.state, sentence, len(listing.entries))
        documents = [page for page in pages if isinstance(page, Document)]
        if read_detail(documents, source, shape, entry) is None:
            sentence = f"the list is read, but the page of {entry.country} is not what was expected"
            return Look(source, SourceState.NOT_A_FEED, sentence, len(listing.entries))
    return found


def _folder(source: Source, reads: Reads, clock: Clock) -> Look:
    listing = list_folder(source.url, clock())
    if isinstance(listing, Failure):
        return Look(source, listing.state, listing.sentence)
    documents = getattr(listing, "documents", ())
    articles = [article for document in documents for article in reads.read(document, source).articles]
    skipped = listing.skipped if isinstance(listing, Listing) else ()
    state = SourceState.TRUNCATED if skipped else SourceState.FRESH
    return Look(source, state, "; ".join(skipped[:3]), len(articles), _newest(articles))


def _document(answer: object) -> Document | Failure | None:
    return answer if isinstance(answer, Document | Failure) else None


def _newest(articles: Sequence[Article]) -> datetime | None:
    return max((article.published for article in articles if article.published), default=None)


def _moved(state: SourceState, sentence: str, answer: Document) -> tuple[SourceState, str]:
    if state is SourceState.FRESH and answer.moved_to:
        return SourceState.REDIRECTED, f"moved for good to {answer.moved_to}: change its address"
    return state, sentence


__all__ = ["Look", "look"]

"""What is polled, and what comes of it: from a source's address to the article that it published."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from advisor.model.register import Shape


class Format(StrEnum):
    """How the bytes of a source are read."""

    FEED = "feed"  # RSS, Atom, RDF, JSON Feed
    PAGE = "page"  # one HTML page, one article
    TELEGRAM = "telegram"  # public channel preview, t.me/s/<channel>
    FOLDER = "folder"  # a folder of text, Markdown or HTML files
    REGISTER = "register"  # a government's whole list of countries


class FullText(StrEnum):
    """When the page behind a feed item is fetched and read."""

    NEVER = "never"
    MATCHING = "matching"  # when title and summary pass the cheap gate
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Source:
    """What to poll and in whose voice. `official` (an issuer's code) and `publisher` (a family) exclude
    each other in meaning: a government speaks for itself, the press reports."""

    id: str
    url: str
    format: Format = Format.FEED
    publisher: str = ""
    official: str | None = None
    about: str | None = None  # destination that the source speaks about when its text names none
    every: timedelta = timedelta(minutes=5)
    full_text: FullText = FullText.MATCHING
    selector: str | None = None  # CSS selector of the part of a page that matters
    language: str | None = None
    shape: Shape | None = None  # how a register is read


class SourceState(StrEnum):
    """What is true about a source now; each is shown with since-when and a sentence."""

    NEW = "new"  # never read yet
    FRESH = "fresh"
    UNCHANGED = "unchanged"
    QUIET = "quiet"  # nothing new beyond its habit
    BLOCKED = "blocked"  # challenge page, login, 401, 403, 451
    NOT_A_FEED = "not-a-feed"
    UNREADABLE = "unreadable"  # its parser hangs or breaks down on it
    EMPTY = "empty"
    UNDATED = "undated"
    TRUNCATED = "truncated"
    GAP = "gap"  # its window rolled past our last known item
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"  # DNS, connection, TLS, timeout, 5xx, 429
    SUSPECT = "suspect"  # a list that changed as no government changes it: held back
    REFUSED = "refused"  # our own guards said no: private network, too large, entity declarations
    DEAD = "dead"  # 404 or 410, or bad for days

    @property
    def healthy(self) -> bool:
        return self in {SourceState.NEW, SourceState.FRESH, SourceState.UNCHANGED, SourceState.QUIET}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request sends back (RFC 9110, sections 8.8 and 13.1), and the body's hash."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as fetched, bounded and inflated."""

    url: str  # after redirects
    fetched_at: datetime
    body: bytes
    content_type: str | None = None  # the header as sent
    validators: Validators = Validators()
    moved_to: str | None = None  # target of a permanent redirect (301, 308)
    fresh_for: timedelta | None = None  # lower bound for the next poll: Cache-Control, Expires
    server_date: datetime | None = None  # HTTP Date


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source answered and has nothing new: 304, or the same bytes."""

    fetched_at: datetime
    fresh_for: timedelta | None = None
    server_date: datetime | None = None
    validators: Validators | None = None  # new ones that came with the same bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """A named failure: the state to show, one sentence, and when the source asks to be asked again."""

    state: SourceState
    sentence: str
    at: datetime
    retry_after: timedelta | None = None


class Dating(StrEnum):
    """How sure the publication time is."""

    EXACT = "exact"
    DAY = "day"  # a date without a time
    UNDATED = "undated"  # none that can be read: first seen counts, as with the next two
    FUTURE = "future"  # one that is still to come, further than clocks differ
    ANCIENT = "ancient"  # before there were feeds: a zero, or a mistake

    @property
    def known(self) -> bool:
        """Whether the date can be used."""
        return self in {Dating.EXACT, Dating.DAY}


@dataclass(frozen=True, slots=True)
class Article:
    """One publication, cleaned: what the publisher said and nothing around it."""

    title: str
    text: str
    source_id: str = ""
    keys: tuple[str, ...] = ()  # identity, strongest first: guid, link, digest of the text
    language: str | None = None
    published: datetime | None = None
    dating: Dating = Dating.UNDATED
    link: str | None = None
    publisher: str = ""
    official: str | None = None
    about: str | None = None
    complete: bool = True  # False: a feed's summary, the page holds more

    def __reduce__(self) -> tuple[type[Article], tuple[object, ...]]:
        """For pickle, which every article passes on its way between processes: twice as fast as field by field."""
        return Article, _values_of(self)


_values_of = attrgetter(*(item.name for item in fields(Article)))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document held. `state` other than fresh comes with the sentence that explains it."""

    articles: tuple[Article, ...] = ()
    state: SourceState = SourceState.FRESH
    sentence: str = ""
    ttl: timedelta | None = None  # how long the publisher says the document holds
    title: str = ""  # of the feed, channel or page as a whole
    posts: tuple[int, int] | None = None  # of a channel: its page's first and last post, those without words too

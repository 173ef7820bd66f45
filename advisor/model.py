"""The values that travel along the path: each stage consumes one and yields the next.

Frozen, slotted and free of behaviour beyond naming. Times are aware UTC. Country codes are ISO 3166-1
alpha-2 (`XK` for Kosovo; `EU` and `UN` as issuers for those bodies).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from typing import Any


class Severity(IntEnum):
    """How strong a call is, with the names of CAP 1.2 (OASIS, section 3.2.2), ordered."""

    MINOR = 1
    MODERATE = 2
    SEVERE = 3
    EXTREME = 4

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, name: str) -> Severity:
        """The severity called `name`; ValueError names the possible ones."""
        try:
            return cls[name.upper()]
        except KeyError:
            known = ", ".join(str(severity) for severity in cls)
            raise ValueError(f"unknown severity {name!r} ({known})") from None


class Kind(StrEnum):
    """What a government tells the people tied to it."""

    LEAVE = "leave"
    EVACUATION = "evacuation"
    STAFF_DEPARTURE = "staff_departure"
    MISSION_CLOSURE = "mission_closure"
    DO_NOT_TRAVEL = "do_not_travel"
    RECONSIDER_TRAVEL = "reconsider_travel"
    SHELTER = "shelter"
    EASING = "easing"


class MissionStatus(StrEnum):
    """What the embassy or consulate does now, as the text says."""

    WORKING_NORMALLY = "working normally"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    MOVED = "moved"
    EVACUATED = "evacuated"


# --- sources and what they give -------------------------------------------------------------------------


class Format(StrEnum):
    """How the bytes of a source are read."""

    FEED = "feed"  # RSS, Atom, RDF, JSON Feed
    PAGE = "page"  # one HTML page, one article
    TELEGRAM = "telegram"  # public channel preview, t.me/s/<channel>
    FOLDER = "folder"  # a folder of text, Markdown or HTML files


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


class SourceState(StrEnum):
    """What is true about a source now; each is shown with since-when and a sentence."""

    NEW = "new"  # never read yet
    FRESH = "fresh"
    UNCHANGED = "unchanged"
    QUIET = "quiet"  # nothing new beyond its habit
    BLOCKED = "blocked"  # challenge page, login, 401, 403, 451
    NOT_A_FEED = "not-a-feed"
    EMPTY = "empty"
    UNDATED = "undated"
    TRUNCATED = "truncated"
    GAP = "gap"  # its window rolled past our last known item
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"  # DNS, connection, TLS, timeout, 5xx, 429
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
    UNDATED = "undated"  # none, or one that cannot be true: first seen counts


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document held. `state` other than fresh comes with the sentence that explains it."""

    articles: tuple[Article, ...] = ()
    state: SourceState = SourceState.FRESH
    sentence: str = ""
    ttl: timedelta | None = None  # how long the publisher says the document holds
    title: str = ""  # of the feed, channel or page as a whole


# --- what a text says -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span that gave one field. Offsets count Unicode code points of title + newline + text."""

    field: str
    quote: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Advisory:
    """A government tells the people tied to it something about being in, or going to, a place."""

    issuer: str
    destination: str
    kind: Kind
    severity: Severity  # by the strongest wording the article gives
    evidence: tuple[Evidence, ...]
    current: bool = True  # False: only recalls an old one
    official_severity: Severity | None = None  # of the issuer's own words, where the text shows them
    area: str | None = None  # part of the country, as named; None: whole or not stated
    means: tuple[str, ...] = ()  # "commercial flights", "charter flight", "land", "sea", "military flight"
    deadline: str | None = None  # as worded
    contact: str | None = None
    audience: str | None = None
    mission_status: MissionStatus | None = None
    manner: str | None = None  # how it is told: order, urge, advise, remind, consider; the official wording's if known

    def quote(self, name: str) -> str | None:
        """The words that gave field `name`, None when it is not known."""
        return next((item.quote for item in self.evidence if item.field == name), None)


# --- events ---------------------------------------------------------------------------------------------


class Reason(Enum):
    """Why an alert changed. Each carries whether people are told, and its sentence."""

    OPENED = ("opened", True, "first call of this government about this country")
    ESCALATED = ("escalated", True, "the call is stronger than what was told before")
    WIDENED = ("widened", True, "a new act, area, audience, deadline or means")
    EASED = ("eased", True, "the government lifted or lowered its call")
    CORRECTED = ("corrected", True, "what was told before was wrong")
    RETRACTED = ("retracted", True, "withdrawn: it was a false alarm")
    REOPENED = ("reopened", True, "called again after it was eased or closed")
    CORROBORATED = ("corroborated", False, "another independent publisher reports the same")
    NOTHING_NEW = ("nothing new", False, "a repetition of what is known")
    CLOSED = ("closed", False, "closed by silence")

    def __init__(self, label: str, told: bool, sentence: str) -> None:
        self.label = label
        self.told = told
        self.sentence = sentence

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Report:
    """One advisory in one article by one publisher: what correlation gathers into alerts."""

    advisory: Advisory
    article_id: str
    source_id: str
    publisher: str  # independent publisher family
    official: bool  # the issuer itself speaks
    at: datetime  # publication time, or first seen where undated
    title: str = ""
    link: str | None = None
    digest: str = ""  # fingerprint that equals or nearly equals for copies of one wire text


@dataclass(frozen=True, slots=True)
class Act:
    """One kind inside an alert; `severity` is the alert's reading of all its wordings."""

    kind: Kind
    severity: Severity
    official_severity: Severity | None = None
    area: str | None = None
    audience: str | None = None
    deadline: str | None = None
    means: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One event: issuer x destination x episode."""

    id: str  # "RU-SY-7f3a"
    issuer: str
    destination: str
    opened_at: datetime
    last_seen: datetime
    severity: Severity
    acts: tuple[Act, ...]
    reports: tuple[Report, ...]
    official_severity: Severity | None = None
    reported_severity: Severity | None = None
    mission_status: MissionStatus | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None  # "eased", "silence", "retracted"
    told_severity: Severity | None = None  # highest told in this episode; None: never told
    acknowledged_by: str | None = None
    told_acts: tuple[Act, ...] = ()  # what people know; widening is measured against it
    families: tuple[tuple[str, ...], ...] = ()  # publishers, copies of one text together, first one first

    @property
    def publishers(self) -> frozenset[str]:
        """Independent publisher families that reported what stands, each by its earliest name."""
        return frozenset(family[0] for family in self.families)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(act.kind for act in self.acts)


@dataclass(frozen=True, slots=True)
class AlertChange:
    """What correlation decided: the alert after the change, why, and what differs."""

    at: datetime
    reason: Reason
    alert: Alert
    before: Alert | None = None
    detail: str = ""  # one sentence for people: what changed
    late: bool = False  # told after an outage
    told: bool = True  # reason.told, unless age, baseline or the like holds it back (why: in `detail`)
    situation: bool = False  # found at first sight of a source: belongs in the one "situation now" message
    message: str | None = None  # the message that tells it, once stored; equal for changes told together


# --- telling --------------------------------------------------------------------------------------------


class Loudness(StrEnum):
    WAKE = "wake"
    NOTIFY = "notify"
    DIGEST = "digest"


class Outcome(StrEnum):
    """How one attempt to deliver ended."""

    DELIVERED = "delivered"
    RETRY = "retry"  # failed for now
    REFUSED = "refused"  # failed for good: bad token, chat not found
    AMBIGUOUS = "ambiguous"  # may have arrived: timeout or crash after the send began
    EXPIRED = "expired"  # too old to be of use


@dataclass(frozen=True, slots=True)
class Receiver:
    """One named target: exactly one Apprise URL. `url` may hold secrets and is never logged."""

    name: str
    url: str
    timezone: str = "UTC"
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Match:
    """Which alerts a route or silence takes; an empty field takes all."""

    destinations: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    at_least: Severity = Severity.MINOR

    def takes(self, alert: Alert) -> bool:
        return (
            (not self.destinations or alert.destination in self.destinations)
            and (not self.issuers or alert.issuer in self.issuers)
            and (not self.kinds or not self.kinds.isdisjoint(alert.kinds))
            and alert.severity >= self.at_least
        )


@dataclass(frozen=True, slots=True)
class Route:
    """Who hears of what, how loudly; `fallback` hears it when nobody of `to` could be reached `after` that time."""

    to: tuple[str, ...]
    match: Match = Match()
    loudness: Loudness | None = None  # None: by kind and certainty
    fallback: tuple[str, ...] = ()
    after: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Party:
    """People of ours in a country, from the operator's own list."""

    country: str
    count: int
    area: str | None = None
    passports: frozenset[str] = frozenset()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What the operator cares for. No destinations: the whole world. `mine`: issuers that always ring."""

    destinations: frozenset[str] = frozenset()
    mine: frozenset[str] = frozenset()
    people: tuple[Party, ...] = ()

    def takes(self, alert: Alert) -> bool:
        return not self.destinations or alert.destination in self.destinations or alert.issuer in self.mine


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered words, frozen at the first claim."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of one send: outcome, a sentence without secrets, and the server's delay if it gave one."""

    outcome: Outcome
    sentence: str
    retry_after: timedelta | None = None
    doubtful: bool = False  # a refusal that a passing fault may cause as well: a proxy that answers 404 for a minute


@dataclass(frozen=True, slots=True)
class Owed:
    """What one receiver is to be told in one message: a routing decision."""

    receiver: str
    loudness: Loudness
    changes: tuple[AlertChange, ...]
    not_before: datetime | None = None  # digest time or the end of quiet hours


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt as recorded. `outcome` None: begun and not finished, so it may have arrived."""

    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message owed to one receiver, claimed for sending: everything that rendering needs."""

    id: int
    fence: int  # later writes under an older fence are refused
    message_id: str
    receiver: str
    loudness: Loudness
    severity: Severity
    created_at: datetime
    changes: tuple[AlertChange, ...]  # empty for an operator message
    text: str | None = None  # of an operator message
    frozen: Message | None = None  # the words, once rendered
    attempts: tuple[PastAttempt, ...] = ()
    ambiguous: bool = False  # an earlier attempt may have arrived
    updates: int = 0  # earlier messages to this receiver about these alerts


@dataclass(frozen=True, slots=True)
class Silence:
    """Pushes that match are held until a time. `matcher` has the form of a route's `match`."""

    id: int
    matcher: dict[str, Any]
    until: datetime
    created_at: datetime
    by: str = ""
    why: str = ""

"""What callers hand to the store and get back, where the core types do not say it already."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from advisor.model import (
    Advisory,
    Alert,
    AlertChange,
    Article,
    Delivery,
    Loudness,
    Owed,
    PastAttempt,
    Report,
    Severity,
    SourceState,
    Validators,
)

Decide = Callable[[Sequence[Report], Sequence[Alert], Container[str]], Sequence[AlertChange]]
"""Correlation: new reports, the stored alerts of their pairs, and the alert ids in use."""

Unsay = Callable[[Alert, Container[str]], AlertChange | None]
"""What it changes that articles no longer say what an alert has from them."""

Owe = Callable[[Sequence[AlertChange]], Sequence[Owed]]
"""Routing: the told changes of one pass, and what each receiver is owed for them."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Who sends at once what a pass makes us owe to receivers for whom nothing else waits, at most `limit`."""

    owner: str
    lease: timedelta
    limit: int


class LostLease(Exception):
    """Somebody else took the source over meanwhile; nothing of this pass was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source has been doing."""

    state: SourceState
    state_since: datetime
    sentence: str
    failures: int  # in a row
    last_poll: datetime | None
    last_good: datetime | None  # last successful check; None: never
    last_item: datetime | None  # when something new last came
    habit: int | None  # seconds: the longest usual pause between new items; None: not known yet
    arrivals: int  # polls that brought something new
    moved_to: str | None  # target of a permanent redirect seen before


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Standing):
    """The right to poll one source until `lease_until`, and what is remembered about it."""

    source_id: str
    owner: str
    fence: int
    lease_until: datetime
    validators: Validators

    @property
    def first_poll(self) -> bool:
        """Whether the source was never read: what it lists is a baseline."""
        return self.last_good is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The end of a good poll that brought nothing new, to be written with others of its kind.

    `validators` None keeps what is known of them.
    """

    claim: Claim
    at: datetime
    next_poll_at: datetime
    state: SourceState
    sentence: str
    validators: Validators | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article: its id, and the digest by which a changed text shows."""

    id: str
    digest: str
    called: bool = False  # it said something when it was read last


@dataclass(frozen=True, slots=True)
class Incoming:
    """A new or changed article with what was read in it.

    `digest` covers what the source lists (not a page fetched on top), so that the next poll can compare.
    `reports` carry the article's `id`; `advisories` may hold recalled ones as well. `whole`: all of its text was
    read, so that what it does not say any more is gone.
    """

    id: str
    article: Article
    digest: str
    reports: tuple[Report, ...] = ()
    advisories: tuple[Advisory, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a pass came to: the alert changes with their `message`, and where the messages owed for them are."""

    changes: list[AlertChange]
    taken: tuple[Delivery, ...] = ()  # claimed by the taker
    waiting: bool = False  # something is owed that nobody has taken yet


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as kept; its text is there until pruned."""

    id: str
    article: Article
    digest: str
    first_seen: datetime
    changed_at: datetime
    advisories: tuple[Advisory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow(Standing):
    """What a person sees about one source."""

    id: str
    url: str
    watched: bool
    next_poll_at: datetime | None


class DeliveryState(StrEnum):
    """Where a delivery stands. Only `owed` ones are worked on."""

    OWED = "owed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPIRED = "expired"
    AMBIGUOUS = "ambiguous"  # given up after an attempt that may have arrived
    FAILED = "failed"  # given up
    WITHDRAWN = "withdrawn"  # retracted before anything was sent


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What a person sees about one delivery."""

    id: int
    message_id: str
    receiver: str
    loudness: Loudness
    severity: Severity
    created_at: datetime
    state: DeliveryState
    state_since: datetime
    next_attempt_at: datetime | None
    title: str | None  # as rendered, or of an operator message
    ambiguous: bool
    alerts: tuple[str, ...]
    attempts: tuple[PastAttempt, ...]


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """What a person sees about one receiver: is it delivering, retrying, refused?"""

    name: str
    owed: int  # due or waiting
    oldest_owed: datetime | None
    last_attempt: PastAttempt | None
    last_delivered: datetime | None
    failing_since: datetime | None  # begin of the first attempt in vain after the last delivery; None: it delivers
    failures: int  # attempts in vain since then


@dataclass(frozen=True, slots=True)
class Damaged:
    """An alert whose row cannot be read; `lost`: neither can any of its changes, so that nothing of it is known."""

    alert: str
    issuer: str
    destination: str
    lost: bool

    @property
    def sentence(self) -> str:
        """What it means, and the remedy."""
        if not self.lost:
            return (
                f"alert {self.alert}: its row in the table `alerts` is damaged; taken as its last change left it, and "
                "written anew with the next one. Look after the disk and the database (PRAGMA integrity_check)"
            )
        return (
            f"alert {self.alert}: its row in the table `alerts` is damaged and so are its changes; left out, so that "
            f"the next call of {self.issuer} about {self.destination} rings as a new one. Restore a backup to have it "
            "back, and look after the disk and the database (PRAGMA integrity_check)"
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for metrics, coverage and health."""

    sources: dict[SourceState, int]  # watched ones
    deliveries: dict[DeliveryState, int]
    open_alerts: int  # as stored; silence closes by time
    articles: int
    oldest_owed: datetime | None  # creation of the oldest delivery that is due and not sent

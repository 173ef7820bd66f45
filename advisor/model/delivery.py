"""Telling: who hears of what, how loudly, and where each message stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from advisor.model.advisory import AnyKind, Severity
from advisor.model.alert import Alert, AlertChange


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
    quiet: tuple[time, time] | None = None  # from, to: meanwhile only what wakes is sent; in `timezone`
    digest: time = time(8, 0)  # when a digest goes out; in `timezone`
    options: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Match:
    """Which alerts a route or silence takes; an empty field takes all."""

    destinations: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    kinds: frozenset[AnyKind] = frozenset()
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
    """Who hears of what, how loudly; `fallback` hears it when nobody of `to` could be reached `after` that time.

    `roll_up`: after the first call about a country, and each step up, what further governments say about it is
    gathered for so long and told in one message.
    """

    to: tuple[str, ...]
    match: Match = Match()
    loudness: Loudness | None = None  # None: by kind and certainty
    fallback: tuple[str, ...] = ()
    after: timedelta = timedelta(minutes=5)
    roll_up: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """People of ours in a country, from the operator's own list."""

    country: str
    count: int
    area: str | None = None
    passports: frozenset[str] = frozenset()  # empty: not known, every government's call may be for them
    until: datetime | None = None

    def present(self, country: str, at: datetime) -> bool:
        return self.country == country and (self.until is None or at < self.until)

    def called(self, issuer: str) -> bool:
        """Whether a call of `issuer` may be for them."""
        return not self.passports or issuer in self.passports


@dataclass(frozen=True, slots=True)
class Watch:
    """What the operator cares for. No destinations: the whole world. `mine`: issuers that always ring.
    Where people of ours are, everybody's calls count."""

    destinations: frozenset[str] = frozenset()
    mine: frozenset[str] = frozenset()
    people: tuple[Party, ...] = ()

    def takes(self, alert: Alert, at: datetime) -> bool:
        named = not self.destinations or alert.destination in self.destinations or alert.issuer in self.mine
        return named or any(party.present(alert.destination, at) for party in self.people)

    def calls_ours(self, alert: Alert, at: datetime) -> bool:
        """Whether the call may be for people of ours who are there."""
        return any(party.present(alert.destination, at) and party.called(alert.issuer) for party in self.people)


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
    not_before: datetime | None = None  # digest time, end of a roll-up or of a silence
    gathers: str | None = None  # of a roll-up: what it is about; further ones about the same join it while it waits


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

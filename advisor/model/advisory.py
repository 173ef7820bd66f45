"""What a text says: who tells whom to do what about which country, how strongly, and the words that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


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


AnyKind = Kind | str  # a plain text is an operator's own kind, the name of a watchword: "airport-closed"


def kind_of(name: str) -> AnyKind:
    """The kind called `name`; a name that Advisor does not give itself is an operator's own."""
    return Kind(name) if name in set(Kind) else name


def kind_order(kind: AnyKind) -> tuple[int, str]:
    """Advisor's kinds as listed, then the operator's own by name."""
    return (list(Kind).index(kind), "") if isinstance(kind, Kind) else (len(Kind), kind)


def government(issuer: str) -> str | None:
    """The code of the government that speaks; None where none does.

    What a watchword finds is said by no government unless its rule names one; the watchword's own kind then
    stands where the issuer stands, so that each has alerts of its own. Codes have two letters, own kinds more.
    """
    return issuer if len(issuer) == 2 else None


class MissionStatus(StrEnum):
    """What the embassy or consulate does now, as the text says."""

    WORKING_NORMALLY = "working normally"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    MOVED = "moved"
    EVACUATED = "evacuated"


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

    issuer: str  # a code, or an own kind where no government speaks: see `government`
    destination: str
    kind: AnyKind
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
    label: str | None = None  # what an own kind is called in messages
    manner: str | None = None  # how it is told: order, urge, advise, remind, consider; the official wording's if known

    def quote(self, name: str) -> str | None:
        """The words that gave field `name`, None when it is not known."""
        return next((item.quote for item in self.evidence if item.field == name), None)

"""Events: the reports of several publishers gathered into one alert, and the changes that people are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from advisor.model.advisory import Advisory, AnyKind, Kind, MissionStatus, Severity


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
    moved: bool = False  # the issuer's own list changed: never the repetition of what it held before
    unsaid_at: datetime | None = None  # when its source was seen to say so no longer


@dataclass(frozen=True, slots=True)
class Act:
    """One kind inside an alert; `severity` is the alert's reading of all its wordings."""

    kind: AnyKind
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
    taken_back: int = 0  # 1: people were told that no source says so any more; 2: and later that one does

    @property
    def unsaid(self) -> bool:
        """Whether every source that called has taken its words back."""
        calls = [report for report in self.reports if report.advisory.kind != Kind.EASING]
        return bool(calls) and all(report.unsaid_at for report in calls)

    @property
    def publishers(self) -> frozenset[str]:
        """Independent publisher families that reported what stands, each by its earliest name."""
        return frozenset(family[0] for family in self.families)

    @property
    def kinds(self) -> tuple[AnyKind, ...]:
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

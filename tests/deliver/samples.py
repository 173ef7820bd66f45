"""Alerts, changes and deliveries to tell about."""

from __future__ import annotations

from datetime import UTC, datetime

from advisor.deliver.words import Budget
from advisor.model import (
    Act,
    Advisory,
    Alert,
    AlertChange,
    Delivery,
    Evidence,
    Kind,
    Loudness,
    Reason,
    Receiver,
    Report,
    Severity,
)

AT = datetime(2024, 12, 6, 12, 10, tzinfo=UTC)
CHAT = Budget(250, 4096)


def advisory(sentence: str = "The ministry told citizens to leave Syria", **more: object) -> Advisory:
    proof = tuple(Evidence(field, sentence, 0, len(sentence), "r") for field in ("issuer", "destination", "sentence"))
    fields: dict[str, object] = {
        "issuer": "RU",
        "destination": "SY",
        "kind": Kind.LEAVE,
        "severity": Severity.SEVERE,
        "evidence": proof,
    }
    return Advisory(**{**fields, **more})  # type: ignore[arg-type]


def report(said: Advisory | None = None, publisher: str = "courier", official: bool = False) -> Report:
    return Report(said or advisory(), "a1", "s", publisher, official, AT, "Title", "https://example.org/1")


def alert(*reports: Report, **more: object) -> Alert:
    fields: dict[str, object] = {
        "id": "RU-SY-7f3a", "issuer": "RU", "destination": "SY", "opened_at": AT, "last_seen": AT, "severity": Severity.SEVERE,
        "acts": (Act(Kind.LEAVE, Severity.SEVERE, means=("commercial flights",)),), "reports": reports or (report(),),
        "reported_severity": Severity.SEVERE, "families": tuple((item.publisher,) for item in reports) or (("courier",),),
    }  # fmt: skip
    return Alert(**{**fields, **more})  # type: ignore[arg-type]


def delivery(*changes: AlertChange, **more: object) -> Delivery:
    fields: dict[str, object] = {
        "id": 1, "fence": 1, "message_id": "1", "receiver": "phone", "loudness": Loudness.WAKE, "severity": Severity.SEVERE,
        "created_at": AT, "changes": changes,
    }  # fmt: skip
    return Delivery(**{**fields, **more})  # type: ignore[arg-type]


def opened(it: Alert) -> AlertChange:
    return AlertChange(AT, Reason.OPENED, it, detail="first call")


PHONE = Receiver("phone", "json://x")

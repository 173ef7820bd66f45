"""The values that travel along the path: each stage consumes one and yields the next.

Frozen, slotted and free of behaviour beyond naming. Times are aware UTC. Country codes are ISO 3166-1
alpha-2 (`XK` for Kosovo; `EU` and `UN` as issuers for those bodies).
"""

from advisor.model.advisory import Advisory, Evidence, Kind, MissionStatus, Severity
from advisor.model.alert import Act, Alert, AlertChange, Reason, Report
from advisor.model.delivery import (
    Attempt,
    Delivery,
    Loudness,
    Match,
    Message,
    Outcome,
    Owed,
    Party,
    PastAttempt,
    Receiver,
    Route,
    Silence,
    Watch,
)
from advisor.model.source import (
    Article,
    Dating,
    Document,
    Failure,
    Format,
    FullText,
    Reading,
    Source,
    SourceState,
    Unchanged,
    Validators,
)

__all__ = [
    "Act",
    "Advisory",
    "Alert",
    "AlertChange",
    "Article",
    "Attempt",
    "Dating",
    "Delivery",
    "Document",
    "Evidence",
    "Failure",
    "Format",
    "FullText",
    "Kind",
    "Loudness",
    "Match",
    "Message",
    "MissionStatus",
    "Outcome",
    "Owed",
    "Party",
    "PastAttempt",
    "Reading",
    "Reason",
    "Receiver",
    "Report",
    "Route",
    "Severity",
    "Silence",
    "Source",
    "SourceState",
    "Unchanged",
    "Validators",
    "Watch",
]

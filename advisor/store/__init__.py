"""What must not be forgotten: sources, articles, alerts, and what is owed to whom.

SQLite or PostgreSQL through SQLAlchemy Core; nothing else knows SQL. `open_store` gives a `Store` whose
public methods are transactions. Deciding is left to `correlate`, routing and rendering to `deliver`.
"""

from advisor.store.articles import content_digest, identity
from advisor.store.database import stranger, unwritable
from advisor.store.store import Store, open_store
from advisor.store.values import (
    Accepted,
    Check,
    Claim,
    Counts,
    Damaged,
    DeliveryRow,
    DeliveryState,
    Incoming,
    Known,
    LostLease,
    ReceiverRow,
    SourceRow,
    StoredArticle,
    Taker,
)

__all__ = [
    "Accepted",
    "Check",
    "Claim",
    "Counts",
    "Damaged",
    "DeliveryRow",
    "DeliveryState",
    "Incoming",
    "Known",
    "LostLease",
    "ReceiverRow",
    "SourceRow",
    "Store",
    "StoredArticle",
    "Taker",
    "content_digest",
    "identity",
    "open_store",
    "stranger",
    "unwritable",
]

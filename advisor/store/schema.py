"""The tables, and how values are written into them.

Times are aware UTC: `timestamptz` on PostgreSQL, fixed-width text that sorts on SQLite. Values that only
the program reads travel as JSON text (`codec`). Constraints carry the promises: one open alert per
(issuer, destination), one delivery per (message, receiver), one report per (alert, article, kind).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
CLOCKS_DIFFER = timedelta(minutes=5)  # a time further ahead than this was written by a clock that ran ahead


@lru_cache(maxsize=64)
def written(moment: datetime) -> str:
    """Fixed-width UTC, as SQLite keeps it, asked for the same moment eighty times a poll. ValueError: naive."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment.isoformat()}: the store takes aware times only")
    return moment.astimezone(UTC).strftime(_FORMAT)


class Time(sa.TypeDecorator[datetime]):
    """Aware UTC with microseconds; a naive time is a mistake of the caller and refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        kind: sa.types.TypeEngine[Any] = sa.String(27) if dialect.name == "sqlite" else sa.DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value.isoformat()}: the store takes aware times only")
        return written(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


metadata = sa.MetaData()

schema_version = sa.Table(
    "schema_version",
    metadata,
    sa.Column("application", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("applied_at", Time, nullable=False),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("watched", sa.Boolean, nullable=False),
    sa.Column("added_at", Time, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("state_since", Time, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False, server_default=""),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_poll", Time),
    sa.Column("last_good", Time),
    sa.Column("last_item", Time),
    sa.Column("habit", sa.Integer),  # seconds: the longest usual pause between new items
    sa.Column("arrivals", sa.Integer, nullable=False, server_default="0"),  # polls that brought something new
    sa.Column("next_poll_at", Time),  # null: due at once
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("sha256", sa.String(64)),
    sa.Column("moved_to", sa.Text),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", Time),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("sources_due", "next_poll_at"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # of what the source lists, to see changes
    sa.Column("first_seen", Time, nullable=False),
    sa.Column("changed_at", Time, nullable=False),
    sa.Column("dated", sa.Boolean, nullable=False),
    sa.Column("article", sa.Text),  # JSON; null once pruned
    sa.Column("advisories", sa.Text),  # JSON with evidence; null: none, or pruned
    sa.Index("articles_changed", "changed_at"),
)

article_keys = sa.Table(
    "article_keys",
    metadata,
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    sa.Index("article_keys_article", "article_id"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("issuer", sa.String(20), nullable=False),  # a code, or an own kind
    sa.Column("destination", sa.String(2), nullable=False),
    sa.Column("opened_at", Time, nullable=False),
    sa.Column("last_seen", Time, nullable=False),
    sa.Column("closed_at", Time),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("alert", sa.Text, nullable=False),  # JSON without the reports
    sa.Index("alerts_pair", "issuer", "destination"),
    sa.Index("alerts_seen", "last_seen"),
)
sa.Index(
    "one_open_alert",
    alerts.c.issuer,
    alerts.c.destination,
    unique=True,
    sqlite_where=alerts.c.closed_at.is_(None),
    postgresql_where=alerts.c.closed_at.is_(None),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.id"), nullable=False, index=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("change", sa.Text, nullable=False),  # JSON; its alerts without reports
    sa.Column("message_id", sa.Integer, sa.ForeignKey("messages.id")),
)

CHANGED_AT = sa.Index("changes_at", changes.c.at)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.id"), primary_key=True),
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("change_id", sa.Integer, nullable=False),  # the change that brought it
    sa.Column("report", sa.Text, nullable=False),
)
SAID_BY = sa.Index("reports_article", reports.c.article_id)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("text", sa.Text),  # of an operator message
    sa.Column("key", sa.Text),  # what an operator message is about, until cleared
    sa.Column("cleared_at", Time),
)
sa.Index(
    "one_operator_message",
    messages.c.key,
    unique=True,
    sqlite_where=sa.and_(messages.c.key.is_not(None), messages.c.cleared_at.is_(None)),
    postgresql_where=sa.and_(messages.c.key.is_not(None), messages.c.cleared_at.is_(None)),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("message_id", sa.Integer, sa.ForeignKey("messages.id"), nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("loudness", sa.String(10), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("state_since", Time, nullable=False),
    sa.Column("next_attempt_at", Time),
    sa.Column("gathers", sa.Text),  # of a roll-up: what it is about
    sa.Column("title", sa.Text),  # frozen words
    sa.Column("body", sa.Text),
    sa.Column("ambiguous", sa.Boolean, nullable=False),
    sa.Column("claims", sa.Integer, nullable=False),
    sa.Column("unfinished", sa.Integer, nullable=False),  # claims since the last finished attempt
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_until", Time),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.UniqueConstraint("message_id", "receiver", name="one_delivery"),
    sa.Index("deliveries_owed", "state", "next_attempt_at"),
)
_IS_OWED, _IS_HELD = deliveries.c.state == "owed", deliveries.c.lease_until.is_not(None)
NEXT_OF_RECEIVER = sa.Index(
    "deliveries_next", deliveries.c.receiver, deliveries.c.severity.desc(), deliveries.c.created_at, deliveries.c.id,
    sqlite_where=_IS_OWED, postgresql_where=_IS_OWED,
)  # fmt: skip
UNDER_WAY = sa.Index(
    "deliveries_held", deliveries.c.receiver, deliveries.c.lease_until, sqlite_where=_IS_HELD, postgresql_where=_IS_HELD
)

delivery_changes = sa.Table(
    "delivery_changes",
    metadata,
    sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("change_id", sa.Integer, sa.ForeignKey("changes.id"), primary_key=True),
)
TOLD_BY = sa.Index("delivery_changes_change", delivery_changes.c.change_id)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "delivery_id",
        sa.Integer,
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("finished_at", Time),
    sa.Column("outcome", sa.String(10)),
    sa.Column("sentence", sa.Text, nullable=False),
)

registers = sa.Table(
    "registers",
    metadata,
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column("country", sa.String(2), primary_key=True),  # "--": where the list was read
    sa.Column("held", sa.Text, nullable=False),  # JSON
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("matcher", sa.Text, nullable=False),
    sa.Column("until", Time, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

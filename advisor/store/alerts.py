"""Alerts, their reports and the history of their changes.

An alert's reports lie in rows of their own, each marked with the change that brought it, so that any past
change can be shown with the reports of its time. A row that is damaged takes no other along: an alert is then what its
last change left, and `damaged` names it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from advisor.model import Alert, AlertChange, Report
from advisor.store.codec import dump, load
from advisor.store.schema import alerts, changes, delivery_changes, reports
from advisor.store.values import Damaged

log = logging.getLogger(__name__)

Pair = tuple[str, str]
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)  # what a damaged value of ours raises
_BATCH = 400  # parameters per query

# Statements of every call are built once: building costs more than running.
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_BY_IDS = sa.select(alerts).where(alerts.c.id.in_(_IDS)).order_by(alerts.c.opened_at, alerts.c.id)
_OF_PAIRS = (
    sa.select(alerts.c.id, alerts.c.issuer, alerts.c.destination, alerts.c.closed_at)
    .where(sa.tuple_(alerts.c.issuer, alerts.c.destination).in_(sa.bindparam("pairs", expanding=True)))
    .order_by(alerts.c.closed_at, alerts.c.id)
)
_REPORTS = sa.select(reports).where(reports.c.alert_id.in_(_IDS))
_NEW_CHANGE = sa.insert(changes).returning(changes.c.id)
_TOLD_IN = sa.update(changes).where(changes.c.id.in_(_IDS)).values(message_id=sa.bindparam("message"))
_CHANGES_BACK = (
    sa.select(changes.c.change)
    .where(changes.c.alert_id == sa.bindparam("alert", type_=sa.Text))
    .order_by(changes.c.id.desc())
    .limit(20)
)
_NEW_ALERT, _NEW_REPORT = sa.insert(alerts), sa.insert(reports)


def relevant(connection: sa.Connection, pairs: Collection[Pair]) -> tuple[list[Alert], set[str]]:
    """What correlation needs: the open and the most recent closed alert of each pair; all ids in use."""
    rows = connection.execute(_OF_PAIRS, {"pairs": list(pairs)}).all()
    wanted = {(row.issuer, row.destination, row.closed_at is None): row.id for row in rows}
    found = by_ids(connection, wanted.values())
    if len(found) < len(wanted):
        lost = set(wanted.values()) - {alert.id for alert in found}
        open_ones = sa.update(alerts).where(alerts.c.id.in_(lost), alerts.c.closed_at.is_(None))
        connection.execute(open_ones.values(closed_at=alerts.c.last_seen))  # makes way for a new one
    return found, {row.id for row in rows}


def holding(connection: sa.Connection, articles: Sequence[str]) -> list[Alert]:
    """The alerts that have something from one of `articles`."""
    found: set[str] = set()
    for start in range(0, len(articles), _BATCH):
        some = reports.c.article_id.in_(articles[start : start + _BATCH])
        found.update(connection.scalars(sa.select(reports.c.alert_id).where(some)))
    return by_ids(connection, found) if found else []


def by_ids(connection: sa.Connection, ids: Iterable[str]) -> list[Alert]:
    """The alerts with all their reports, in the order of their opening."""
    wanted = list(ids)
    return _whole(connection, connection.execute(_BY_IDS, {"ids": wanted}).all()) if wanted else []


def _whole(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Alert]:
    """The alerts of `rows`, with their reports; without those of which nothing can be read."""
    held = _reports(connection, [row.id for row in rows])
    known = ((row.id, _alert(connection, row)) for row in rows)
    return [replace(alert, reports=tuple(report for _, report in held.get(name, ()))) for name, alert in known if alert]


def _alert(connection: sa.Connection, row: sa.Row[Any]) -> Alert | None:
    """What a row says, or if it is damaged the newest of its changes that can be read."""
    try:
        return load(Alert, row.alert)
    except UNREADABLE:
        log.warning("unreadable alert=%s", row.id)
        return _as_last_changed(connection, row.id)


def _as_last_changed(connection: sa.Connection, alert_id: str) -> Alert | None:
    for text in connection.scalars(_CHANGES_BACK, {"alert": alert_id}):
        try:
            return load(AlertChange, text).alert
        except UNREADABLE:
            continue
    return None


def damaged(connection: sa.Connection) -> list[Damaged]:
    """The alerts whose row cannot be read."""
    found = []
    for row in connection.execute(sa.select(alerts).order_by(alerts.c.id)):
        try:
            load(Alert, row.alert)
        except UNREADABLE:
            lost = _as_last_changed(connection, row.id) is None
            found.append(Damaged(row.id, row.issuer, row.destination, lost))
    return found


def _reports(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[tuple[int, Report]]]:
    found: dict[str, list[tuple[int, Report]]] = {}
    for row in connection.execute(_REPORTS, {"ids": ids}) if ids else ():
        try:
            found.setdefault(row.alert_id, []).append((row.change_id, load(Report, row.report)))
        except UNREADABLE:
            log.warning("unreadable report of alert=%s article=%s", row.alert_id, row.article_id)
    for held in found.values():
        held.sort(key=lambda item: (item[1].at, item[1].article_id, item[1].advisory.kind))
    return found


def write(connection: sa.Connection, decided: Sequence[AlertChange]) -> dict[str, int]:
    """Write the alerts, reports and changes; the ids of the changes by alert.

    What closes goes first: one open alert per pair holds at every moment.
    """
    written: dict[str, int] = {}
    for change in sorted(decided, key=lambda item: item.alert.closed_at is None):
        _write_alert(connection, change.alert, new=change.before is None)
        row = {"alert_id": change.alert.id, "at": change.at, "told": change.told, "change": dump(_bare(change))}
        number = connection.execute(_NEW_CHANGE, row).scalar_one()
        _write_reports(connection, change, number)
        written[change.alert.id] = number
    return written


def _bare(change: AlertChange) -> AlertChange:
    before = replace(change.before, reports=()) if change.before else None
    return replace(change, alert=replace(change.alert, reports=()), before=before, message=None)


def _write_alert(connection: sa.Connection, alert: Alert, *, new: bool = False) -> None:
    values = {
        "opened_at": alert.opened_at,
        "last_seen": alert.last_seen,
        "closed_at": alert.closed_at,
        "severity": int(alert.severity),
        "alert": dump(replace(alert, reports=())),
    }
    if new or not connection.execute(sa.update(alerts).where(alerts.c.id == alert.id).values(**values)).rowcount:
        fixed = {"id": alert.id, "issuer": alert.issuer, "destination": alert.destination}
        connection.execute(_NEW_ALERT, {**fixed, **values})


def _write_reports(connection: sa.Connection, change: AlertChange, number: int) -> None:
    before = set(change.before.reports) if change.before else set()
    known = {(report.article_id, str(report.advisory.kind)) for report in before}
    for report in change.alert.reports:
        if report in before:
            continue
        key = {
            "alert_id": change.alert.id,
            "article_id": report.article_id,
            "kind": str(report.advisory.kind),
        }
        same = [reports.c[name] == value for name, value in key.items()]
        body = dump(report)
        again = (key["article_id"], key["kind"]) in known
        if not again or not connection.execute(sa.update(reports).where(*same).values(report=body)).rowcount:
            connection.execute(_NEW_REPORT, {**key, "change_id": number, "report": body})


def decided_ahead(connection: sa.Connection, now: datetime) -> list[str]:
    """The open alerts nobody was told of, with a change from later than `now`."""
    ahead = sa.select(changes.c.alert_id).where(changes.c.at > now, ~changes.c.told).distinct()
    query = sa.select(alerts.c.id).where(alerts.c.id.in_(ahead), alerts.c.closed_at.is_(None))
    return [alert.id for alert in by_ids(connection, connection.scalars(query)) if alert.told_severity is None]


def told_in(connection: sa.Connection, message_id: int, change_ids: Collection[int]) -> None:
    connection.execute(_TOLD_IN, {"ids": list(change_ids), "message": message_id})


def history(connection: sa.Connection, alert_id: str) -> list[AlertChange]:
    """Every change of one alert, oldest first, with the reports of its time."""
    query = sa.select(changes).where(changes.c.alert_id == alert_id).order_by(changes.c.id)
    return _restored(connection, connection.execute(query).all())


def of_delivery(connection: sa.Connection, delivery_id: int) -> tuple[AlertChange, ...]:
    query = (
        sa.select(changes)
        .join(delivery_changes, delivery_changes.c.change_id == changes.c.id)
        .where(delivery_changes.c.delivery_id == delivery_id)
        .order_by(changes.c.id)
    )
    return tuple(_restored(connection, connection.execute(query).all()))


def _restored(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[AlertChange]:
    held = _reports(connection, list({row.alert_id for row in rows}))

    def until(alert: Alert | None, row: sa.Row[Any], *, itself: bool) -> Alert | None:
        last = row.id if itself else row.id - 1
        seen = tuple(report for number, report in held.get(row.alert_id, ()) if number <= last)
        return replace(alert, reports=seen) if alert else None

    restored = []
    for row in rows:
        change = load(AlertChange, row.change)
        message = str(row.message_id) if row.message_id is not None else None
        after = until(change.alert, row, itself=True) or change.alert
        before = until(change.before, row, itself=False)
        restored.append(replace(change, alert=after, before=before, message=message))
    return restored


def select(
    connection: sa.Connection,
    *,
    open_only: bool,
    issuer: str | None,
    destination: str | None,
    since: datetime | None,
    limit: int | None,
) -> list[Alert]:
    """Alerts that match, the last seen first."""
    named = {"issuer": issuer, "destination": destination, "since": since}
    bound = {name: value for name, value in named.items() if value}
    query = _matching(open_only, *bound)
    return _whole(connection, connection.execute(query.limit(limit) if limit else query, bound).all())


@cache
def _matching(open_only: bool, *named: str) -> sa.Select[Any]:
    """The query for so many conditions; each shape of it is built once."""
    query = sa.select(alerts).order_by(alerts.c.last_seen.desc(), alerts.c.id)
    conditions = {
        "issuer": alerts.c.issuer == sa.bindparam("issuer"),
        "destination": alerts.c.destination == sa.bindparam("destination"),
        "since": alerts.c.last_seen >= sa.bindparam("since"),
    }
    if open_only:
        query = query.where(alerts.c.closed_at.is_(None))
    return query.where(*(conditions[name] for name in named))


def open_calls(connection: sa.Connection, since: datetime) -> set[tuple[str, str]]:
    """(issuer, destination) of open alerts that were reported since then."""
    query = sa.select(alerts.c.issuer, alerts.c.destination).where(
        alerts.c.closed_at.is_(None), alerts.c.last_seen >= since
    )
    return {(issuer, destination) for issuer, destination in connection.execute(query)}


def acknowledge(connection: sa.Connection, alert_id: str, who: str, *, instead: bool) -> Alert | None:
    for alert in by_ids(connection, [alert_id]):
        if alert.acknowledged_by and not instead:
            return alert
        after = replace(alert, acknowledged_by=who)
        _write_alert(connection, after)
        return after
    return None


def prune(connection: sa.Connection, before: datetime) -> None:
    """Forget untold changes; alerts, their reports and what was told stay, so that nothing opens again."""
    connection.execute(sa.delete(changes).where(changes.c.at < before, ~changes.c.told))


def count_open(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(alerts).where(alerts.c.closed_at.is_(None))
    return connection.scalar(query) or 0

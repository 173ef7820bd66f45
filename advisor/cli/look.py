"""`advisor alerts`, `sources`, `deliveries`: what is known, watched, owed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from advisor.clock import utc_now
from advisor.config.running import Settings
from advisor.config.settings import load_settings, settings_file
from advisor.correlate import Policy, as_of
from advisor.model import Alert, Source, SourceState, government
from advisor.pipeline.coverage import Coverage, coverage, sentences
from advisor.poll import shown
from advisor.store import DeliveryRow, SourceRow, Store, open_store


def run(options: argparse.Namespace) -> int:
    settings = load_settings(settings_file(options.config, os.environ))
    now = utc_now()
    with open_store(settings.database, now) as store:
        damaged = store.damaged() if options.command != "deliveries" else []
        if options.command == "alerts":
            policy = Policy(silence=settings.silence_closes, max_age=settings.max_age)
            tried: dict[str, bool] = {}  # of each alert with a message: whether one was sent, or tried
            for owed in store.deliveries():
                tried |= {name: bool(owed.attempts) or tried.get(name, False) for name in owed.alerts}
            rows: Iterable[dict[str, Any]] = [_alert(as_of(alert, now, policy), tried) for alert in store.alerts()]
            columns: Sequence[str] = (
                "alert",
                "kinds",
                "severity",
                "official_severity",
                "publishers",
                "last_seen",
                "closed_by",
                "told",
            )
        elif options.command == "sources":
            known = store.sources()
            taken = {row.id for row in known}
            rows = [*map(_source, known), *(_waiting(one) for one in settings.sources if one.id not in taken)]
            columns = ("source", "state", "since", "last_good", "next_poll_at", "sentence")
        else:
            if options.resend is not None:
                return _resend(store, options.resend, now)
            rows = [_delivery(row) for row in store.deliveries()]
            columns = ("delivery", "message", "receiver", "state", "title", "attempts", "alerts")
        found = [] if options.command == "deliveries" else covered(settings, store, now)
    if options.json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    else:
        table(options.command, columns, [_for_people(row) for row in rows])
        for line in sentences(found):
            print(line, file=sys.stderr)
    for one in damaged:
        print(one.sentence, file=sys.stderr)
    return 1 if damaged else 0


def covered(settings: Settings, store: Store, now: datetime) -> list[Coverage]:
    """What "nothing new" is worth, for what the file watches."""
    sources = {source.id: source for source in settings.sources}
    policy = Policy(silence=settings.silence_closes, max_age=settings.max_age)
    heard = {name for row in store.deliveries() for name in row.alerts}  # a list's levels at first sight are not
    alerts = [as_of(alert, now, policy) for alert in store.alerts() if alert.id in heard]
    return coverage(sources, store.sources(), alerts, settings.watch, now)


def _resend(store: Store, delivery: int, now: datetime) -> int:
    rows = {row.id: row for row in store.deliveries()}
    withdrawn = {alert.id for alert in store.alerts() if alert.closed_by == "retracted"}
    about = rows[delivery].alerts if delivery in rows else ()
    newer = [
        row.id for row in rows.values()
        if row.id > delivery and row.receiver == rows[delivery].receiver and set(about) & set(row.alerts)
    ] if about and withdrawn.issuperset(about) else []  # fmt: skip
    if newer:
        print(f"delivery {delivery} tells what was withdrawn since; its last word is {max(newer)}", file=sys.stderr)
        return 1
    if store.resend(delivery, now):
        print(f"delivery {delivery} is owed again; it goes out with the next pass")
        return 0
    print(f"delivery {delivery} does not exist or is still owed", file=sys.stderr)
    return 1


def time_of(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _alert(alert: Alert, tried: Mapping[str, bool]) -> dict[str, Any]:
    """`tried`: whether a message of it was sent yet, or waits for a silence or its hour. What a list said when it was
    read first has none, although the next call is compared with it."""
    told = alert.told_severity is not None and alert.id in tried
    return {
        "alert": alert.id,
        "issuer": government(alert.issuer),
        "destination": alert.destination,
        "kinds": [str(kind) for kind in alert.kinds],
        "severity": str(alert.severity),
        "official_severity": None if alert.official_severity is None else str(alert.official_severity),
        "mission_status": alert.mission_status and str(alert.mission_status),
        "publishers": sorted(alert.publishers),
        "opened_at": time_of(alert.opened_at),
        "last_seen": time_of(alert.last_seen),
        "closed_at": time_of(alert.closed_at),
        "closed_by": alert.closed_by,
        "told": told,
        "waiting": told and not tried[alert.id],
        "acknowledged_by": alert.acknowledged_by,
        "reports": [
            {
                "at": time_of(report.at),
                "publisher": report.publisher,
                "official": report.official,
                "title": report.title,
                "link": report.link,
                "kind": str(report.advisory.kind),
                "severity": str(report.advisory.severity),
                "quote": report.advisory.quote("sentence"),
            }
            for report in alert.reports
        ],
    }


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "told": "waits"} if row.get("waiting") else row


def _source(row: SourceRow) -> dict[str, Any]:
    return {
        "source": row.id,
        "url": row.url,
        "state": str(row.state),
        "since": time_of(row.state_since),
        "sentence": row.sentence,
        "failures": row.failures,
        "last_poll": time_of(row.last_poll),
        "last_good": time_of(row.last_good),
        "last_item": time_of(row.last_item),
        "next_poll_at": time_of(row.next_poll_at),
    }


def _waiting(source: Source) -> dict[str, Any]:
    """A source of the file that the service has not taken up."""
    empty = ("since", "last_poll", "last_good", "last_item", "next_poll_at")
    told = {"state": str(SourceState.NEW), "sentence": "not taken up yet by `advisor run` or `poll`", "failures": 0}
    return {
        "source": source.id,
        "url": shown(source.url) if "://" in source.url else source.url,
        **told,
        **dict.fromkeys(empty),
    }


def _delivery(row: DeliveryRow) -> dict[str, Any]:
    return {
        "delivery": row.id,
        "message": row.message_id,
        "receiver": row.receiver,
        "state": str(row.state),
        "since": time_of(row.state_since),
        "loudness": str(row.loudness),
        "severity": str(row.severity),
        "title": row.title,
        "alerts": list(row.alerts),
        "next_attempt_at": time_of(row.next_attempt_at),
        "ambiguous": row.ambiguous,
        "attempts": [
            {"at": time_of(it.started_at), "outcome": it.outcome and str(it.outcome), "sentence": it.sentence}
            for it in row.attempts
        ],
    }


def table(name: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    if not sys.stdout.isatty():  # for pipes: nothing cut, one line a row, tabs between
        print("\t".join(columns))
        for row in rows:
            print("\t".join(" ".join(_cell(row.get(column)).split()) for column in columns))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        grid.add_row(*(Text(_cell(row.get(column))) for column in columns))
    console = Console(soft_wrap=False)
    console.print(grid if rows else f"no {name}")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return str(len(value)) if value and isinstance(value[0], dict) else ", ".join(str(item) for item in value)
    return "" if value is None else str(value)

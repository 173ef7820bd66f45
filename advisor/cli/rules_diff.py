"""`advisor rules diff`: which calls a changed rule set would add, lose or weigh otherwise, over what was read before.

With `--rules DIR` the rules in force are compared with those of the folder; without it, what was answered when the
archive's articles were read is compared with what the rules in force answer today. Nothing is written or told.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from advisor.cli.detect import items_of, who
from advisor.clock import utc_now
from advisor.config.knowledge import knowledge
from advisor.config.running import Settings
from advisor.config.settings import load_settings, settings_file
from advisor.config.values import duration
from advisor.detect import Detector
from advisor.errors import UsageError
from advisor.model import Advisory, Article, government
from advisor.read.boilerplate import boilerplate_spans
from advisor.store import StoredArticle, open_store

_LISTS = "register:"  # articles made of an entry in a government's list: rules did not read them
_MARKS = {"added": ("+", "green"), "lost": ("-", "red"), "severity": ("~", "yellow")}
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[str, str, str]  # issuer, destination, kind
Answer = Callable[[Article], Sequence[Advisory]]


@dataclass(frozen=True, slots=True)
class Past:
    """One article with what was answered before and what is answered now."""

    id: str
    article: Article
    before: Sequence[Advisory]
    after: Sequence[Advisory]


@dataclass(frozen=True, slots=True)
class Difference:
    """One call that one rule set hears and the other does not, or not as strongly."""

    change: str  # added, lost, severity
    past: Past
    advisory: Advisory  # as heard after the change; what was lost as heard before
    severity_before: str | None = None
    alert: str | None = None  # which stored alert holds it


def run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    if options.files and not options.rules:
        raise UsageError("files hold no earlier answers: give --rules DIR, the rules to compare with those in force")
    force = Detector(knowledge(settings.rules if settings else None))
    changed = Detector(knowledge(Path(options.rules))) if options.rules else force
    faults: list[str] = []
    seen: Counter[str] = Counter()
    alerts: dict[tuple[str, str], str] = {}

    def read() -> Iterator[Past]:
        if settings is not None:
            with open_store(settings.database, utc_now()) as store:
                alerts.update(
                    {
                        (it.article_id, str(it.advisory.kind)): alert.id
                        for alert in store.alerts()
                        for it in alert.reports
                    }
                )
                earlier = force.detect if options.rules else None
                yield from _of_archive(store.articles_since(_since(options.since)), earlier, changed.detect)
        yield from _of_files(options.files, force, changed, faults)

    for past in read():
        seen["articles"] += 1
        for difference in differences(past, alerts):
            seen[difference.change] += 1
            _print(difference, as_json=options.json)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(
        f"{seen['articles']} articles: {seen['added']} calls added, {seen['lost']} lost, "
        f"{seen['severity']} with another severity",
        file=sys.stderr,
    )
    return 1 if faults else 0


def _settings(options: argparse.Namespace) -> Settings | None:
    """The operator's file; None when only files are compared and none is named."""
    if options.files and options.config is None:
        return None
    return load_settings(settings_file(options.config, os.environ))


def _since(span: str | None) -> datetime:
    if span is None:
        return _EVER
    try:
        kept: timedelta = duration(span)
    except ValueError as error:
        raise UsageError(f"--since: {error}") from error
    return utc_now() - kept


def _of_archive(stored: Iterator[StoredArticle], before: Answer | None, after: Answer) -> Iterator[Past]:
    for item in stored:
        if item.article.keys and item.article.keys[0].startswith(_LISTS):
            continue
        answered = [it for it in item.advisories if it.current] if before is None else before(item.article)
        yield Past(item.id, item.article, answered, after(item.article))


def _of_files(names: Sequence[str], before: Detector, after: Detector, faults: list[str]) -> Iterator[Past]:
    for name in names:
        for item in items_of(name):
            if item.article is None:
                faults.append(f"{name}: {item.fault}")
                continue
            article = item.article
            answers = (detector.detect(article, boilerplate_spans) for detector in (before, after))
            yield Past(str(item.id), article, *answers)


def differences(past: Past, alerts: dict[tuple[str, str], str] | None = None) -> Iterator[Difference]:
    """What differs between the two answers about one article."""
    before, after = _by_key(past.before), _by_key(past.after)
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        alert = (alerts or {}).get((past.id, key[2]))
        if new is not None and old is None:
            yield Difference("added", past, new)
        elif old is not None and new is None:
            yield Difference("lost", past, old, alert=alert)
        elif old is not None and new is not None and old.severity is not new.severity:
            yield Difference("severity", past, new, str(old.severity), alert)


def _by_key(advisories: Sequence[Advisory]) -> dict[Key, Advisory]:
    return {(it.issuer, it.destination, str(it.kind)): it for it in advisories}


def _print(difference: Difference, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(described(difference), ensure_ascii=False))
        return
    it, past = difference.advisory, difference.past
    mark, colour = _MARKS[difference.change]
    was = f" (was {difference.severity_before})" if difference.severity_before else ""
    head = f"{mark} {who(it)} → {it.destination}  {it.kind}  {it.severity}{was}  [{_rule(it)}]"
    at = f"{past.article.published:%Y-%m-%d}  " if past.article.published else ""
    alert = f"  in alert {difference.alert}" if difference.alert else ""
    sentence = " ".join((it.quote("sentence") or "").split())[:300]
    _say(head, colour)
    print(f"    {at}{past.article.title[:120] or past.id}{alert}\n    “{sentence}”")


def _say(line: str, colour: str) -> None:
    """In colour on a terminal."""
    if not sys.stdout.isatty():
        print(line)
        return
    from rich.console import Console

    Console().print(line, style=colour, markup=False, highlight=False)


def _rule(advisory: Advisory) -> str:
    return next((proof.rule for proof in advisory.evidence if proof.field == "kind"), "")


def described(difference: Difference) -> dict[str, Any]:
    """One difference as plain data; what is not known is null."""
    it, article = difference.advisory, difference.past.article
    return {
        "change": difference.change, "id": difference.past.id,
        "published": article.published.strftime("%Y-%m-%dT%H:%M:%SZ") if article.published else None,
        "issuer": government(it.issuer), "destination": it.destination, "kind": str(it.kind),
        "severity": str(it.severity), "severity_before": difference.severity_before, "rule": _rule(it),
        "title": article.title, "sentence": it.quote("sentence"), "link": article.link, "alert": difference.alert,
    }  # fmt: skip

"""After a rules upgrade: stored articles younger than `max_age`, read again; what is new in them is told as late.

Runs beside the polls and takes nothing from them: it reads the archive page by page and writes once, in one
transaction with the mark that says under which rules the archive was read. A kill before that means that it is done
again; what was told meanwhile is known to correlation, so nothing is told twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from advisor import correlate
from advisor.clock import Clock
from advisor.correlate import Policy
from advisor.detect import Detector
from advisor.model import Advisory, Alert, AlertChange, Receiver, Report, Route, Source, Watch
from advisor.pipeline.poller import reports_of, said_at
from advisor.pipeline.routing import routing
from advisor.store import Incoming, Store, StoredArticle

log = logging.getLogger(__name__)

_LISTS = "register:"  # articles made of an entry in a government's list: what they say comes from the list
_REMARK = "Found by newer rules in what came in before."


@dataclass(frozen=True, slots=True)
class Rereader:
    """`digest` names the rules that `detector` reads by."""

    store: Store
    detector: Detector
    digest: str
    sources: Mapping[str, Source]
    routes: Sequence[Route]
    watch: Watch
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    committed: Callable[[], None] = lambda: None  # called when messages may be owed
    receivers: Mapping[str, Receiver] = field(default_factory=dict)

    def read_again(self, stopped: Callable[[], bool] = lambda: False) -> list[AlertChange]:
        """Read what is due again; nothing if these rules have read it, or if `stopped` says so meanwhile."""
        if self.store.read_under() == self.digest:
            return []
        now = self.clock()
        answers: list[Incoming] = []
        seen = 0
        for stored in self.store.articles_since(now - self.policy.max_age):
            if stopped():
                return []
            seen += 1
            answers.extend(self._again(stored))

        def decide(reports: Sequence[Report], alerts: Sequence[Alert], taken: Container[str]) -> list[AlertChange]:
            decided = correlate.decide(reports, alerts, now, policy=self.policy, taken=taken)
            return [_late(change) for change in decided]

        changes = self.store.reread(
            answers, under=self.digest, now=now, decide=decide,
            owe=routing(self.store, self.routes, self.watch, self.receivers, now),
        )  # fmt: skip
        told = sum(change.told for change in changes)
        log.info("reread articles=%d otherwise=%d changes=%d told=%d", seen, len(answers), len(changes), told)
        if told:
            self.committed()
        return changes

    def _again(self, stored: StoredArticle) -> Iterator[Incoming]:
        """The article with its answers, if the rules answer otherwise than they did; reports of what is new only."""
        article = stored.article
        source = self.sources.get(article.source_id)
        if source is None or (article.keys and article.keys[0].startswith(_LISTS)):
            return
        if said_at(article, stored.changed_at) < self.clock() - self.policy.max_age:
            return
        try:
            advisories = self.detector.detect(article)
        except Exception:  # one article must not keep the others from being read
            log.exception("item-fault source=%s article=%s", source.id, stored.id)
            return
        if _said(advisories) == _said(stored.advisories):
            return
        known = {(it.issuer, it.destination, it.kind): it.severity for it in stored.advisories if it.current}
        new = [it for it in advisories if it.severity > known.get((it.issuer, it.destination, it.kind), 0)]
        # What was undated or changed when it came in was said then, not now.
        reports = reports_of(source, stored.id, article, new, stored.changed_at)
        yield Incoming(stored.id, article, stored.digest, reports, tuple(advisories))


def _said(advisories: Sequence[Advisory]) -> set[tuple[str, str, str, int]]:
    return {(it.issuer, it.destination, str(it.kind), int(it.severity)) for it in advisories if it.current}


def _late(change: AlertChange) -> AlertChange:
    return replace(change, late=True, detail=f"{change.detail} {_REMARK}".strip()) if change.told else change

"""A made-up call goes the whole way from its feed to just before the receiver, and is taken back.

What a process does once and for all (statements compiled, words looked up, the first reader started) takes longer than
a push. Nobody waits for it at the start; the first call would.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from advisor.clock import Clock
from advisor.deliver.channel import Channel
from advisor.deliver.words import Budget
from advisor.model import Delivery, Document, Loudness, Receiver, Route, Source, Validators, Watch
from advisor.pipeline.poller import LEASE, Poller
from advisor.pipeline.sender import Sender
from advisor.store import Taker

_NAME = "rehearsal"
_CALL = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Rehearsal</title><item>"
    "<title>France urges its citizens to leave Mali immediately</title><description>The French foreign ministry on "
    "Friday urged French citizens in Mali to leave the country immediately on commercial flights, a statement said."
    "</description><guid isPermaLink='false'>rehearsal</guid><pubDate>{date}</pubDate></item></channel></rss>"
)


@dataclass(frozen=True, slots=True)
class _Feed:
    """Answers every request with the call."""

    document: Document

    def fetch(
        self, url: str, clock: Clock, validators: Validators | None = None, *, deadline: timedelta | None = None
    ) -> Document:
        return self.document


@dataclass(frozen=True, slots=True)
class _Tray:
    """Takes what is owed, and keeps it."""

    taken: list[Delivery] = field(default_factory=list)

    def taker(self) -> Taker:
        return Taker(_NAME, LEASE, 1)

    def hand(self, taken: Sequence[Delivery]) -> None:
        self.taken.extend(taken)

    def news(self) -> None:
        pass


class _Nowhere:
    """Stands for Apprise: accepts everything and passes nothing on."""

    def notify(self, **message: str) -> bool:
        return True


def rehearse(poller: Poller, sender: Sender, now: datetime) -> int:
    """Let the call go as far as it gets; how many messages got to the end: one, unless something holds it.

    Nothing of it stays, and nobody hears of it. StoreError as anywhere.
    """
    source = Source(_NAME, "https://rehearsal.example/feed")
    receiver = Receiver(_NAME, "")
    date = format_datetime(now - timedelta(minutes=1))
    document = Document(source.url, now, _CALL.format(date=date).encode(), "application/rss+xml")
    poller.reads.read(document, source)  # a process may have to be started first, and no writer shall wait for that
    tray = _Tray()
    with poller.store.rehearsal() as trial, _silence():
        trial.sync_sources([source], now)
        (claim,) = trial.claim_due(now, _NAME, LEASE, 1)
        acting = replace(
            poller, store=trial, fetcher=_Feed(document), sources={_NAME: source}, routes=(Route((_NAME,)),),
            watch=Watch(), outlet=tray, attention=None, receivers={_NAME: receiver}, marks={},
        )  # fmt: skip
        acting.poll(replace(claim, last_good=now - timedelta(hours=1)))  # and not a baseline
        channel = Channel(receiver, Budget(250, 32_768), _NAME, dict.fromkeys(Loudness, _Nowhere()))
        acting_sender = replace(sender, store=trial, channels={_NAME: channel})
        return sum(acting_sender.send(delivery) is not None for delivery in tray.taken)


@contextmanager
def _silence() -> Iterator[None]:
    """The journal tells of real calls only."""
    of_pipeline = logging.getLogger(__package__)
    level = of_pipeline.level
    of_pipeline.setLevel(logging.WARNING)
    try:
        yield
    finally:
        of_pipeline.setLevel(level)

"""Owed messages to the threads that send them.

What a poll brings goes straight from its transaction to a thread, so that nothing lies between the alert and its push.
What cannot (the receiver is busy, the rest of the pass is still being read, a retry is due) stays in the outbox, where
each turn of the service's loop looks for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from advisor.errors import StoreError
from advisor.model import Delivery
from advisor.pipeline.patience import Rest
from advisor.pipeline.sender import LEASE
from advisor.store import Taker

log = logging.getLogger(__name__)

PATIENCE = 0.5  # seconds between looks at the outbox while nothing rings
_GATHER = 2.0  # seconds that a message waits for the rest of its pass, so that what belongs together is told together


@dataclass(slots=True)
class Bell:
    """Wakes the service's loop."""

    _rung: threading.Event = field(default_factory=threading.Event)

    def ring(self, *_: object) -> None:
        self._rung.set()

    def wait(self, seconds: float) -> None:
        self._rung.wait(seconds)
        self._rung.clear()


@dataclass(slots=True)
class Outgoing:
    """How messages leave: what claims and sends them, how many may be under way, and which polls are.

    `polls`: the monotonic times at which the polls under way began.
    """

    claim: Callable[[int], Sequence[Delivery]]
    send: Callable[[Delivery], object]
    places: Callable[[], int]
    polls: Callable[[], Sequence[float]]
    pool: ThreadPoolExecutor


class Dispatch:
    """Starts sends and keeps count of them. `turn` from one thread, everything else from any.

    Closed until it is opened: polls then leave everything in the outbox.
    """

    def __init__(self, owner: str) -> None:
        self.bell = Bell()  # rings when a turn is worth while
        self._owner = owner
        self._way: Outgoing | None = None
        self._closed = False
        self._news = threading.Event()  # messages were committed since the last turn
        self._owed_since: float | None = None  # monotonic time of the first commit whose messages are not claimed yet
        self._backlog = False  # the last look at the outbox found something: there may be more
        self._looked = 0.0  # monotonic time of the last look at the outbox
        self._rest = Rest()  # after a look at the outbox that failed
        self._sends: set[Future[Any]] = set()
        self._lock = threading.Lock()

    def open(self, way: Outgoing) -> None:
        """From now on messages leave."""
        self._way = way

    def close(self) -> None:
        """No further send begins."""
        self._way, self._closed = None, True

    def closed(self) -> bool:
        """Whether it was open and is no more."""
        return self._closed

    def under_way(self) -> list[Future[Any]]:
        """The sends that have not ended."""
        with self._lock:
            return list(self._sends)

    def idle(self) -> bool:
        """Nothing is sent, and no news waits."""
        return not self.under_way() and self._owed_since is None and not self._news.is_set()

    # --- straight from a poll ---------------------------------------------------------------------------

    def taker(self) -> Taker | None:
        """Who takes what the poll that asks is about to commit; None: it stays in the outbox.

        While other polls are under way it does, as they may bring more of it.
        """
        way = self._way
        if way is None or self._owed_since is not None or self._news.is_set() or len(way.polls()) > 1:
            return None
        free = self._free(way)
        return Taker(self._owner, LEASE, free) if free > 0 else None

    def hand(self, taken: Sequence[Delivery]) -> None:
        """Send what was taken."""
        self._looked = time.monotonic()
        for delivery in taken:
            self._start(delivery)

    def news(self) -> None:
        """Messages were committed and are in the outbox."""
        self._news.set()
        self.bell.ring()

    # --- from the outbox --------------------------------------------------------------------------------

    def turn(self) -> None:
        """Send what is owed, but let the rest of a pass join its message for a moment."""
        now, way = time.monotonic(), self._way
        if self._news.is_set():
            self._news.clear()
            self._owed_since = self._owed_since or now
            self._rest.end()  # what was committed just now says that the database is well
        if way is None or not self._rest.over or (not self._backlog and self._gathering(now, way)):
            return
        if self._owed_since is None and not self._backlog and now - self._looked < PATIENCE:
            return
        free = self._free(way)
        if free <= 0:
            return
        self._owed_since, self._looked = None, now
        try:
            claimed = way.claim(free)
            self._rest.end()
            self._backlog = bool(claimed)
            for delivery in claimed:
                self._start(delivery)
        except StoreError as error:
            self._rest.take()
            log.critical("store-fault %s", error)
        except Exception:  # one round that fails must not end the service
            log.exception("deliver-fault")

    def _gathering(self, now: float, way: Outgoing) -> bool:
        """Polls that were under way when the news came may bring more of it."""
        since = self._owed_since
        if since is None or now - since >= _GATHER:
            return False
        return any(began <= since for began in way.polls())

    # --- sends ------------------------------------------------------------------------------------------

    def _free(self, way: Outgoing) -> int:
        with self._lock:
            return way.places() - len(self._sends)

    def _start(self, delivery: Delivery) -> None:
        way = self._way
        if way is None:  # closed meanwhile; what is claimed is given back at the end
            return
        try:
            sending = way.pool.submit(self._send, way, delivery)
        except RuntimeError:
            log.debug("delivery=%d after the end of the pool", delivery.id)
            return
        with self._lock:
            self._sends.add(sending)
        sending.add_done_callback(self._sent)

    def _send(self, way: Outgoing, delivery: Delivery) -> None:
        if self._way is not way:  # closed while it waited for its thread
            return
        try:
            way.send(delivery)
        except StoreError as error:
            log.critical("store-fault delivery=%d %s", delivery.id, error)
        except Exception:
            log.exception("send-fault delivery=%d", delivery.id)

    def _sent(self, sending: Future[Any]) -> None:
        with self._lock:
            self._sends.discard(sending)
        self._backlog = True  # the receiver is free for its next message
        self.bell.ring()


__all__ = ["PATIENCE", "Dispatch", "Outgoing"]

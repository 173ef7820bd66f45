"""Which sources are due, and what is written with the look for them: checks that brought nothing, polls to be repeated.

A poll whose result the database refused is repeated soon, and not only when its lease ends: what it brought may be a
call. Seldom, if it goes on. Time is told here by the clock that nobody puts: a time written while the machine's clock
ran ahead could silence a source until then.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from advisor.clock import Clock
from advisor.errors import StoreError
from advisor.pipeline.poller import LEASE
from advisor.store import Check, Claim, Store

_POLLED_AGAIN = 2.0  # seconds after a poll that could not be stored, and twice as long each time
_SEARCH = 10.0  # seconds between looks for what a clock that ran ahead has put off
_MOST_DOUBLINGS = 20


@dataclass(slots=True)
class Due:
    """Of one process; one thread claims at a time."""

    store: Store
    clock: Clock
    owner: str
    checks: deque[Check] = field(default_factory=deque)  # of polls that brought nothing, to be written together
    _unstored: deque[tuple[float, Claim]] = field(default_factory=deque)  # held until then
    _refused: dict[str, int] = field(default_factory=dict)  # by source: how often in a row the database refused
    _searched: float = float("-inf")  # monotonic: when it was last looked for sources polled by a clock that ran ahead
    _ahead: bool = False  # there were some, and there may be more

    def claim(self, limit: int, *, ahead: bool = False) -> list[Claim]:
        """What is due and free, `limit` at most; before that the checks since the last time are written.

        `ahead`: what a clock that ran ahead has put off is looked for in any case. StoreError: nothing is lost.
        """
        ahead = ahead or self._ahead or time.monotonic() - self._searched >= _SEARCH
        claims = self._claim(limit, ahead)
        if ahead and limit > 0:
            self._searched = time.monotonic()
            self._ahead = any(claim.last_poll is not None and claim.last_poll > self.clock() for claim in claims)
        return claims

    def settle(self) -> None:
        """Write the checks and give back what may be free, at the end; StoreError as for `claim`."""
        self._claim(0, ahead=False)

    def give_back(self, claims: Iterable[Claim]) -> None:
        """They were claimed and are not polled now."""
        self._unstored.extend((time.monotonic(), claim) for claim in claims)

    def refused(self, claim: Claim) -> float:
        """The database refused what a poll brought: repeat it after so many seconds."""
        times = self._refused[claim.source_id] = self._refused.get(claim.source_id, 0) + 1
        pause = min(_POLLED_AGAIN * 2.0 ** min(times - 1, _MOST_DOUBLINGS), LEASE.total_seconds())
        self._unstored.append((time.monotonic() + pause, claim))
        return pause

    def stored(self, claim: Claim) -> None:
        """The database took it."""
        self._refused.pop(claim.source_id, None)

    def _claim(self, limit: int, ahead: bool) -> list[Claim]:
        checks = [self.checks.popleft() for _ in range(len(self.checks))]
        unstored = [self._unstored.popleft() for _ in range(len(self._unstored))]
        now = time.monotonic()
        free_again = [claim for until, claim in unstored if until <= now]
        self._unstored.extend((until, claim) for until, claim in unstored if until > now)
        if not checks and not free_again and limit <= 0:
            return []
        try:
            return self.store.claim_due(self.clock(), self.owner, LEASE, limit, checks, free_again, ahead=ahead)
        except StoreError:
            self.checks.extend(checks)  # their leases last long enough for another try
            self._unstored.extend((now, claim) for claim in free_again)
            raise

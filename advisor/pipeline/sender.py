"""Owed messages to receivers: claim, word, mark, send, record. At least once, and never silently not at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from advisor.clock import Clock
from advisor.correlate import others
from advisor.deliver.channel import Channel
from advisor.deliver.words import Budget, Surroundings, again, render
from advisor.errors import StoreError
from advisor.model import AlertChange, Attempt, Delivery, Message, Outcome, Party
from advisor.store import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than the slowest single send
_PATIENCE = (1, 2, 4, 8)  # seconds between tries to write an outcome; a busy database makes each try longer
EXPIRES = timedelta(hours=24)  # a call to leave that could not be delivered for a day is told as a failure
_ASKED_AGAIN = 4  # times within some minutes, before a doubtful refusal is believed
_FIRST_WAIT, _LONGEST_WAIT, _LONGEST_DOUBT = timedelta(seconds=5), timedelta(minutes=10), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is claimed; safe to use from many threads, one delivery a receiver at a time."""

    store: Store
    channels: Mapping[str, Channel]
    people: Sequence[Party]
    clock: Clock
    gave_up: Callable[[Delivery, Attempt], None] = lambda delivery, attempt: None

    def claim(self, owner: str, limit: int = 50) -> list[Delivery]:
        """What is to be sent now, one per receiver."""
        return self.store.claim_deliveries(self.clock(), owner, LEASE, limit)

    def send(self, delivery: Delivery) -> Attempt | None:
        """One attempt at one claimed delivery; None when somebody else has it."""
        channel = self.channels.get(delivery.receiver)
        if channel is None:
            attempt = Attempt(Outcome.REFUSED, f"the configuration has no receiver {delivery.receiver!r} any more")
            return self._finish(delivery, attempt) if self.store.begin_attempt(delivery, self.clock()) else None
        message = delivery.frozen or self._words(delivery, channel)
        if message is not delivery.frozen and not self.store.freeze(delivery, message):
            return None
        if not self.store.begin_attempt(delivery, self.clock()):
            return None
        return self._finish(delivery, channel.send(again(message) if delivery.ambiguous else message))

    def _words(self, delivery: Delivery, channel: Channel) -> Message:
        now = self.clock()
        delivery = replace(delivery, changes=tuple(self._as_known(change) for change in delivery.changes))
        places = {change.alert.destination for change in delivery.changes}
        nearby = tuple(
            (place, others(self.store.alerts(destination=place), place, now, issuer=delivery.changes[0].alert.issuer))
            for place in sorted(places)
        )
        around = Surroundings(nearby, tuple(self.people))
        try:
            return render(delivery, channel.receiver, around, channel.budget)
        except Exception:
            # A fault in wording must not hold back the alarm: say the essential in the plainest way.
            log.exception("render-fault delivery=%d", delivery.id)
            return _plainest(delivery, channel.budget)

    def _as_known(self, change: AlertChange) -> AlertChange:
        """The change with everything that was reported since, as the message is worded only now."""
        current = self.store.alert(change.alert.id)
        return replace(change, alert=current) if current is not None else change

    def _finish(self, delivery: Delivery, attempt: Attempt) -> Attempt:
        now = self.clock()
        if attempt.doubtful and attempt.outcome is Outcome.REFUSED and len(delivery.attempts) < _ASKED_AGAIN:
            attempt = replace(attempt, outcome=Outcome.RETRY, sentence=f"{attempt.sentence}; it is asked again")
        again = self._next(delivery, attempt, now)
        self._record(delivery, attempt, now, again)
        level = logging.INFO if attempt.outcome is Outcome.DELIVERED else logging.WARNING
        log.log(
            level,
            "send delivery=%d message=%s receiver=%s outcome=%s attempts=%d %s",
            delivery.id,
            delivery.message_id,
            delivery.receiver,
            attempt.outcome,
            len(delivery.attempts) + 1,
            attempt.sentence,
        )
        if again is None and attempt.outcome is not Outcome.DELIVERED:
            self.gave_up(delivery, attempt)
        return attempt

    def _record(self, delivery: Delivery, attempt: Attempt, now: datetime, again: datetime | None) -> None:
        """Write the outcome, with patience: what was sent and not written down is sent a second time."""
        for pause in _PATIENCE:
            try:
                self.store.finish_attempt(delivery, attempt, now, again)
                return
            except StoreError as error:
                log.warning("record-fault delivery=%d outcome=%s %s", delivery.id, attempt.outcome, error)
                time.sleep(pause)
        self.store.finish_attempt(delivery, attempt, now, again)

    def _next(self, delivery: Delivery, attempt: Attempt, now: datetime) -> datetime | None:
        """When to try again; None when it is over."""
        if attempt.outcome not in {Outcome.RETRY, Outcome.AMBIGUOUS}:
            return None
        unanswered = sum(past.outcome is Outcome.AMBIGUOUS for past in delivery.attempts)
        if attempt.outcome is Outcome.AMBIGUOUS:  # each of them may have arrived: seldom, not all day long
            wait = min(_FIRST_WAIT * 3 ** min(unanswered, 9), _LONGEST_DOUBT)
        else:
            wait = min(_FIRST_WAIT * 3 ** min(len(delivery.attempts), 6), _LONGEST_WAIT)
        due = now + max(wait, attempt.retry_after or timedelta())
        first = min((past.started_at for past in delivery.attempts), default=now)  # waiting for us does not count
        return due if due - first < EXPIRES else None


def _plainest(delivery: Delivery, budget: Budget) -> Message:
    alerts = [change.alert for change in delivery.changes]
    title = "; ".join(f"{alert.destination}: {alert.issuer} {', '.join(alert.kinds)}" for alert in alerts) or "Advisor"
    proofs = [report.advisory.quote("sentence") or report.title for alert in alerts for report in alert.reports[:1]]
    body = "\n".join([*proofs, *(alert.id for alert in alerts), delivery.text or ""])
    return Message(title[: budget.title or 200], body[: budget.body])

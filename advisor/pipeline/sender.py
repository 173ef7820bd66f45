"""Owed messages to receivers: claim, word, mark, send, record. At least once, and never silently not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from advisor.clock import Clock
from advisor.correlate import others
from advisor.deliver.channel import Channel
from advisor.deliver.routes import match_of, silent_until
from advisor.deliver.timetable import quiet_until
from advisor.deliver.words import Budget, Neighbours, Surroundings, again, render
from advisor.errors import StoreError
from advisor.model import (
    Alert,
    AlertChange,
    Attempt,
    Delivery,
    Loudness,
    Message,
    Outcome,
    Party,
    Receiver,
    SourceState,
)
from advisor.pipeline.patience import patiently
from advisor.store import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than the slowest single send
EXPIRES = timedelta(hours=24)  # a call to leave that could not be delivered for a day is told as a failure
_ASKED_AGAIN = 4  # times within some minutes, before a doubtful refusal is believed
_FIRST_WAIT, _LONGEST_WAIT, _LONGEST_DOUBT = timedelta(seconds=5), timedelta(minutes=10), timedelta(hours=6)
_LATELY = timedelta(days=12)  # of alerts around: those that opened within 48 h were seen within this
_LONGEST_ASKED = timedelta(hours=6)  # a receiver that asks for more patience than that is asked again all the same


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is claimed; safe to use from many threads, one delivery a receiver at a time."""

    store: Store
    channels: Mapping[str, Channel]
    people: Sequence[Party]
    clock: Clock
    gave_up: Callable[[Delivery, Attempt], None] = lambda delivery, attempt: None
    coverage: Callable[[str], str] = lambda destination: ""  # how many official sources about it were read, in words
    ending: Callable[[], bool] = lambda: False  # whether what has not begun is left for the next start

    def claim(self, owner: str, limit: int = 50) -> list[Delivery]:
        """What is to be sent now, one per receiver."""
        return self.store.claim_deliveries(self.clock(), owner, LEASE, limit)

    def send(self, delivery: Delivery) -> Attempt | None:
        """One attempt at one claimed delivery; None when somebody else has it, or a night or a silence holds it."""
        channel = self.channels.get(delivery.receiver)
        if channel is None:
            attempt = Attempt(Outcome.REFUSED, f"the configuration has no receiver {delivery.receiver!r} any more")
            return self._finish(delivery, attempt) if self.store.begin_attempt(delivery, self.clock()) else None
        channel.ready()
        message = patiently(lambda: self._begun(delivery, channel), f"delivery={delivery.id} begin", self.ending)
        if message is None:
            return None
        attempt = channel.send(again(message) if delivery.ambiguous else message, delivery.loudness)
        return self._finish(delivery, attempt)

    def _begun(self, delivery: Delivery, channel: Channel) -> Message | None:
        """The message of an attempt that is written down as begun; None: not now, or not by us."""
        now = self.clock()
        if until := quiet_until(channel.receiver, delivery.loudness, now) or self._silent_until(delivery, now):
            self.store.postpone(delivery, until, now)
            return None
        message = delivery.frozen or self._words(delivery, channel)
        words = None if delivery.frozen else message
        return message if self.store.begin_attempt(delivery, self.clock(), words, LEASE) else None

    def _silent_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        """Until when a silence holds it that somebody added since it was owed."""
        if not delivery.changes:
            return None
        silences = {silence.id: (match_of(silence.matcher), silence.until) for silence in self.store.silences(now)}
        return silent_until(delivery.changes, silences)

    def _words(self, delivery: Delivery, channel: Channel) -> Message:
        try:
            return render(*self._matter(delivery, channel), channel.budget)
        except StoreError:
            raise
        except Exception:
            # A fault in wording must not hold back the alarm: say the essential in the plainest way.
            log.exception("render-fault delivery=%d", delivery.id)
            return _plainest(delivery, channel.budget)

    def _matter(self, delivery: Delivery, channel: Channel) -> tuple[Delivery, Receiver, Surroundings]:
        """What is to be told, as it is known now, to whom, and what goes on around it."""
        now = self.clock()
        if not delivery.changes:
            return delivery, channel.receiver, Surroundings()
        known: dict[str, Alert] = {}  # about the same countries, of these days
        for place in sorted({change.alert.destination for change in delivery.changes}):
            known |= {alert.id: alert for alert in self.store.alerts(destination=place, since=now - _LATELY)}
        delivery = replace(delivery, changes=tuple(self._as_known(change, known) for change in delivery.changes))
        first = max(delivery.changes, key=lambda change: change.alert.severity).alert
        late = any(change.late for change in delivery.changes)
        around = Surroundings(
            _neighbours(known.values(), first, now, {change.alert.issuer for change in delivery.changes}),
            tuple(self.people),
            tuple(row.id for row in self.store.sources() if row.state is SourceState.GAP) if late else (),
            self.coverage(first.destination) if channel.budget.long or delivery.loudness is Loudness.DIGEST else "",
        )
        return delivery, channel.receiver, around

    def _as_known(self, change: AlertChange, known: Mapping[str, Alert]) -> AlertChange:
        """The change with everything that was reported since, as the message is worded only now."""
        current = known.get(change.alert.id) or self.store.alert(change.alert.id)
        return replace(change, alert=current) if current is not None else change

    def _finish(self, delivery: Delivery, attempt: Attempt) -> Attempt:
        now = self.clock()
        if attempt.doubtful and attempt.outcome is Outcome.REFUSED and len(delivery.attempts) < _ASKED_AGAIN:
            attempt = replace(attempt, outcome=Outcome.RETRY, sentence=f"{attempt.sentence}; it is asked again")
        again = self._next(delivery, attempt, now)
        if again is None and attempt.outcome is Outcome.RETRY:
            attempt = replace(attempt, outcome=Outcome.EXPIRED, sentence=f"{attempt.sentence}; tried for a day in vain")
        # With patience: what was sent and not written down is sent a second time.
        record = f"delivery={delivery.id} outcome={attempt.outcome}"
        patiently(lambda: self.store.finish_attempt(delivery, attempt, now, again), record)
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

    def _next(self, delivery: Delivery, attempt: Attempt, now: datetime) -> datetime | None:
        """When to try again; None when it is over."""
        if attempt.outcome not in {Outcome.RETRY, Outcome.AMBIGUOUS}:
            return None
        unanswered = sum(past.outcome is Outcome.AMBIGUOUS for past in delivery.attempts)
        if attempt.outcome is Outcome.AMBIGUOUS:  # each of them may have arrived: seldom, not all day long
            wait = min(_FIRST_WAIT * 3 ** min(unanswered, 9), _LONGEST_DOUBT)
        else:
            wait = min(_FIRST_WAIT * 3 ** min(len(delivery.attempts), 6), _LONGEST_WAIT)
        wait = max(wait, min(attempt.retry_after or timedelta(), _LONGEST_ASKED))
        return now + wait if _tried_for([past.started_at for past in delivery.attempts], now) + wait < EXPIRES else None


def _neighbours(known: Collection[Alert], alert: Alert, now: datetime, here: Collection[str]) -> Neighbours:
    """Who called about the same country before `alert` and since, but those that the message names itself."""
    before = others(known, alert.destination, alert.opened_at, issuer=alert.issuer)
    since = (name for name in others(known, alert.destination, now, issuer=alert.issuer) if name not in before)
    return Neighbours(
        tuple(name for name in before if name not in here), tuple(name for name in since if name not in here)
    )


def _tried_for(begun: Sequence[datetime], now: datetime) -> timedelta:
    """How long it has been tried. Pauses beyond any wait of ours, in which nobody tried or the clock was put, count
    as one such wait; waiting for the first attempt does not count."""
    moments = [*begun, now]
    gaps = (later - earlier for earlier, later in pairwise(moments))
    return sum((min(max(gap, timedelta()), _LONGEST_DOUBT) for gap in gaps), timedelta())


def _plainest(delivery: Delivery, budget: Budget) -> Message:
    alerts = [change.alert for change in delivery.changes]
    title = "; ".join(f"{alert.destination}: {alert.issuer} {', '.join(alert.kinds)}" for alert in alerts) or "Advisor"
    proofs = [report.advisory.quote("sentence") or report.title for alert in alerts for report in alert.reports[:1]]
    body = "\n".join([*proofs, *(alert.id for alert in alerts), delivery.text or ""])
    return Message(title[: budget.title or 200], body[: budget.body])

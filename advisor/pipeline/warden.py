"""What the operator must hear, grouped, once, and again when it is over; and who hears when a receiver is dead.

With an operator's receiver, readers never get these messages; it is told of everything but its own failure, which is
told to the others.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from advisor.clock import Clock
from advisor.correlate import Policy, as_of
from advisor.deliver.routes import fallbacks
from advisor.model import Attempt, Delivery, Loudness, Outcome, Route, Severity, Source, SourceState, Watch
from advisor.pipeline.clocks import Clocks
from advisor.pipeline.coverage import coverage, sentences
from advisor.pipeline.sender import EXPIRES
from advisor.poll import shown
from advisor.store import DeliveryState, ReceiverRow, SourceRow, Store

log = logging.getLogger(__name__)

_BAD_FOR = timedelta(minutes=20)  # a hiccup is no message
_BAD_TIMES = 3
_LONG_WAIT = timedelta(hours=2)  # until the next try, after which a single failure is no hiccup
_DEAF_FOR = timedelta(minutes=5)
_CLOCK, _NOBODY = "clock", "nobody"  # the matters' keys
_DAILY_LATE = timedelta(hours=6)  # after which the line of a day is not made up for
_WHY_DAILY = "Sent once a day, so that silence means something. A call comes by itself, at once."
_LINES = 40  # sources that one message names


@dataclass(frozen=True, slots=True)
class Warden:
    """Looks after sources and receivers; run every minute."""

    store: Store
    sources: Mapping[str, Source]
    receivers: Sequence[str]
    operators: Sequence[str]
    routes: Sequence[Route]
    clock: Clock
    watch: Watch = field(default_factory=Watch)
    daily: Mapping[str, str] = field(default_factory=dict)  # receivers of the daily line, and their time zones
    daily_at: time = time(7, 0)
    clocks: Clocks = field(default_factory=Clocks)
    policy: Policy = field(default_factory=Policy)

    def look(self) -> bool:
        """One round: sources and receivers gone bad or recovered, deliveries given up, fallbacks due.

        False: none of the receivers takes anything, so that nobody can be told.
        """
        now = self.clock()
        self._clock(now)
        self._damaged(now)
        self._sources(now)
        self._given_up(now)
        self._receivers(now)
        self._fallbacks(now)
        self._daily(now)
        return self._somebody_hears(now)

    def must_ring_otherwise(self) -> bool:
        """Whether whoever looks after the service is to be told that nobody can be; true once until somebody can."""
        return self.store.owe_operator("", _NOBODY, self.clock(), (), severity=Severity.SEVERE)

    def gave_up(self, delivery: Delivery, attempt: Attempt) -> None:
        """A message that will not be tried again: the operator hears, by another receiver than the one that failed."""
        alerts = [change.alert.id for change in delivery.changes]
        if not self._tell_given_up(delivery.id, delivery.receiver, alerts, attempt.sentence):
            log.critical("undeliverable delivery=%d receiver=%s %s", delivery.id, delivery.receiver, attempt.sentence)

    def _tell_given_up(self, number: int, receiver: str, alerts: Sequence[str], sentence: str) -> bool:
        """False where there is nobody to tell: dead receivers would tell each other of their deaths without end."""
        told = self._operators_but(receiver)
        if not told or (not alerts and receiver not in self.operators):
            return False
        text = (
            f"receiver {receiver} did not get {', '.join(alerts) or 'a message about the service'}\n{sentence}\n"
            f"See `advisor deliveries`; `advisor deliveries --resend {number}` tries again."
        )
        self.store.owe_operator(text, f"delivery:{number}", self.clock(), told, severity=Severity.SEVERE)
        return True

    def _operators_but(self, receiver: str) -> list[str]:
        named = [name for name in self.operators if name != receiver]
        return named or [name for name in self.receivers if name != receiver]

    def _clock(self, now: datetime) -> None:
        """A clock that disagrees with those of the servers: everything that is reckoned by it may be wrong."""
        ahead = self.clocks.ahead()
        if ahead is None:
            return
        if not ahead:
            if _CLOCK in self.store.matters():
                self.store.clear_operator(_CLOCK, now, "this machine's clock is right again")
            return
        way = "ahead of" if ahead > timedelta() else "behind"
        text = (
            f"this machine's clock is {_span(abs(ahead))} {way} those of the servers that it reads\n"
            f"ours {now:%Y-%m-%d %H:%M} UTC, theirs {now - ahead:%Y-%m-%d %H:%M} UTC. Nothing is left out for it, but "
            "quiet hours and digests come at the wrong time. Set it right: timedatectl"
        )
        self.store.owe_operator(text, _CLOCK, now, self._operators_but(""), severity=Severity.SEVERE)

    def _damaged(self, now: datetime) -> None:
        """Alerts whose row in the database cannot be read: told once, and again when they are whole."""
        rows = {f"damaged:{row.alert}": row for row in self.store.damaged()}
        matters = self.store.matters()
        if fresh := [key for key in rows if key not in matters]:
            named = ", ".join(rows[key].alert for key in fresh[:_LINES])
            text = "\n".join((f"damaged in the database: {named}", *(rows[key].sentence for key in fresh[:_LINES])))
            told = self._operators_but("")
            self.store.open_matters(fresh, text, now, told, loudness=Loudness.NOTIFY, severity=Severity.SEVERE)
        if over := [key for key in matters if key.startswith("damaged:") and key not in rows]:
            named = ", ".join(key.removeprefix("damaged:") for key in over)
            self.store.close_matters(over, f"whole again in the database: {named}", now, self._operators_but(""))

    def _sources(self, now: datetime) -> None:
        """One message for all that went bad since the last round, one for all that recovered."""
        matters = self.store.matters()
        # Of thousands that are well nothing is asked, unless one of them was bad and its recovery is news.
        told = any(key.startswith("source:") for key in matters)
        rows = [row for row in self.store.sources(in_trouble=not told) if row.id in self.sources]
        bad = {row.id: row for row in rows if self._is_bad(row, now)}
        well = {row.id for row in rows if row.id not in bad and row.failures == 0 and row.last_good is not None}
        silent = self._silent_issuers({name for name, row in bad.items() if row.state not in _WORDS})
        fresh = [row for row in bad.values() if _matter(row) not in matters]
        mute = [name for name in silent if f"issuer:{name}" not in matters]
        if fresh or mute:
            keys = [*(_matter(row) for row in fresh), *(f"issuer:{name}" for name in mute)]
            text = _went_bad(fresh or list(bad.values()), mute, len(self.sources))
            loudness, severity = (Loudness.WAKE, Severity.SEVERE) if mute else (Loudness.NOTIFY, Severity.MINOR)
            self.store.open_matters(keys, text, now, self._operators_but(""), loudness=loudness, severity=severity)
        over = matters - {_matter(row) for row in bad.values()}
        if gaps := [key for key in over if key.startswith("gap:")]:
            self.store.close_matters(gaps, "", now, ())  # what was missed stays missed
        self._recovered(matters, well, silent, now)

    def _recovered(self, matters: set[str], well: set[str], silent: set[str], now: datetime) -> None:
        sources = sorted(key[7:] for key in matters if key.startswith("source:"))
        issuers = sorted(key[7:] for key in matters if key.startswith("issuer:"))
        back = [name for name in sources if name in well]
        speak = [name for name in issuers if name not in silent and self._has_sources(name)]
        gone = [name for name in sources if name not in self.sources]
        gone_too = [name for name in issuers if not self._has_sources(name)]
        if keys := [*(f"source:{name}" for name in gone), *(f"issuer:{name}" for name in gone_too)]:
            self.store.close_matters(keys, "", now, ())  # nobody watches them any more
        if not back and not speak:
            return
        keys = [*(f"source:{name}" for name in back), *(f"issuer:{name}" for name in speak)]
        self.store.close_matters(keys, _came_back(back, speak), now, self._operators_but(""))

    def _silent_issuers(self, bad: Collection[str]) -> set[str]:
        """Governments without any source left that can be read."""
        issuers = {source.official for source in self.sources.values() if source.official}
        heard = {source.official for source in self.sources.values() if source.id not in bad}
        return {name for name in issuers if name not in heard}

    def _has_sources(self, issuer: str) -> bool:
        return any(source.official == issuer for source in self.sources.values())

    def _is_bad(self, row: SourceRow, now: datetime) -> bool:
        """What a person must hear: held back, gone quiet, a hole in an official stream; or not read for long."""
        if row.state in {SourceState.SUSPECT, SourceState.QUIET}:
            return True
        if row.state is SourceState.GAP:  # the press is read by its newest news; a government by every word
            return self.sources[row.id].official is not None
        if row.state is SourceState.TRUNCATED and self.sources[row.id].official is not None:
            return now - row.state_since >= _BAD_FOR
        since = row.last_good or row.state_since  # not since the state: troubles may take turns
        if not row.failures or now - since < _BAD_FOR:
            return False
        return row.failures >= _BAD_TIMES or _waits_long(row, self.sources[row.id].every)

    def _daily(self, now: datetime) -> None:
        """One silent line a day for whoever wants to know that silence means something."""
        for receiver, zone in self.daily.items():
            here = now.astimezone(ZoneInfo(zone))
            key = f"daily:{receiver}:{here:%Y-%m-%d}"
            due = here.replace(hour=self.daily_at.hour, minute=self.daily_at.minute, second=0, microsecond=0)
            if not timedelta() <= here - due < _DAILY_LATE:
                continue
            matters = self.store.matters()
            if key in matters:
                continue
            self.store.close_matters([old for old in matters if old.startswith(f"daily:{receiver}:")], "", now, ())
            heard = {name for row in self.store.deliveries() for name in row.alerts}
            alerts = [as_of(alert, now, self.policy) for alert in self.store.alerts() if alert.id in heard]
            found = coverage(self.sources, self.store.sources(), alerts, self.watch, now)
            news = any(item.alerts for item in found)
            title = "the last 24 hours" if news else "nothing new in the last 24 hours"
            text = "\n".join((title, *sentences(found), _WHY_DAILY))
            self.store.owe_operator(text, key, now, [receiver], loudness=Loudness.DIGEST)

    def _given_up(self, now: datetime) -> None:
        """What ended undelivered and was not told, because a kill came in between."""
        for row in self.store.given_up(now - EXPIRES):
            self._tell_given_up(row.id, row.receiver, row.alerts, row.attempts[-1].sentence if row.attempts else "")

    def _receivers(self, now: datetime) -> None:
        """A receiver that has failed for minutes, long before its messages are given up; and its recovery."""
        matters = self.store.matters()
        for row in self.store.receivers():
            key = f"receiver:{row.name}"
            if row.failing_since is None or row.name not in self.receivers:
                if key in matters:
                    self.store.clear_operator(key, now, f"receiver {row.name} takes messages again")
            elif row.owed and row.last_attempt and row.failures >= _BAD_TIMES and now - row.failing_since >= _DEAF_FOR:
                text = (
                    f"receiver {row.name} has taken nothing since {row.failing_since:%Y-%m-%d %H:%M} UTC\n"
                    f"{row.last_attempt.sentence}\n{row.owed} messages wait; they are tried again for a day."
                )
                told = self._operators_but(row.name)
                self.store.owe_operator(text, key, now, told, severity=Severity.SEVERE)

    def _somebody_hears(self, now: datetime) -> bool:
        """Whether a message has a way out; who was never sent anything may be one."""
        rows = {row.name: row for row in self.store.receivers()}
        deaf = [row for name in self.receivers if (row := rows.get(name)) is not None and _is_deaf(row, now)]
        if len(deaf) < len(self.receivers):
            if _NOBODY in self.store.matters():
                self.store.close_matters([_NOBODY], "", now, ())
            return True
        said = "; ".join(f"{row.name}: {row.last_attempt.sentence}" for row in deaf if row.last_attempt)
        log.critical("nobody-reached receivers=%d %s", len(deaf), said)
        return False

    def _fallbacks(self, now: datetime) -> None:
        """Hand on what a route's receivers did not get in time."""
        if not any(route.fallback for route in self.routes):
            return
        waiting = [
            *self.store.deliveries(state=DeliveryState.OWED),
            *self.store.deliveries(state=DeliveryState.REFUSED, limit=200),
        ]
        for row in waiting:
            if now - row.created_at > EXPIRES and row.state is not DeliveryState.OWED:
                continue  # refused long ago: no news to a fallback that was added since
            if not row.attempts or all(attempt.outcome is Outcome.DELIVERED for attempt in row.attempts):
                continue
            for name in row.alerts:
                alert = self.store.alert(name)
                if alert is None or alert.acknowledged_by or alert.closed_by == "retracted":
                    continue  # somebody has it, or it is nothing
                for route in fallbacks(alert, row.receiver, self.routes):
                    if now - row.created_at >= route.after:
                        for receiver in route.fallback:
                            self.store.hand_on(row.id, receiver, Loudness.WAKE, now)


def _matter(row: SourceRow) -> str:
    """The key of a bad source's matter. A hole is told besides whatever else is wrong, and nothing ends it."""
    return f"{'gap' if row.state is SourceState.GAP else 'source'}:{row.id}"


def _waits_long(row: SourceRow, every: timedelta) -> bool:
    """Whether its server asked for hours without us, so that a second failure is far off."""
    if row.last_poll is None or row.next_poll_at is None:
        return False
    return row.next_poll_at - row.last_poll >= max(_LONG_WAIT, 2 * every)


def _is_deaf(row: ReceiverRow, now: datetime) -> bool:
    """Whether a receiver said no for good when it was last asked, or has failed for minutes."""
    if row.last_attempt is None:
        return False
    if row.last_attempt.outcome in {Outcome.REFUSED, Outcome.EXPIRED}:
        return True
    return row.failing_since is not None and row.failures >= _BAD_TIMES and now - row.failing_since >= _DEAF_FOR


def _span(length: timedelta) -> str:
    for size, unit in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if (count := round(length / size)) >= 2 or unit == "minute":
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return ""


_WORDS = {
    SourceState.SUSPECT: "is read, but not believed",
    SourceState.QUIET: "has gone quiet",
    SourceState.GAP: "may have missed something",
    SourceState.TRUNCATED: "is read in part only",
}


def _went_bad(rows: Sequence[SourceRow], mute: Sequence[str], watched: int) -> str:
    """The first line says the worst of it; a line a source follows."""
    if mute:
        title = f"no source of {', '.join(sorted(mute))} can be read any more"
    elif len(rows) == 1:
        title = f"source {rows[0].id} {_WORDS.get(rows[0].state, 'cannot be read')}"
    elif any(row.state in _WORDS for row in rows):
        title = f"{len(rows)} of {watched} sources need a look"
    else:
        title = f"{len(rows)} of {watched} sources cannot be read"
    lines = [
        f"{row.id}: {row.state} since {row.state_since:%Y-%m-%d %H:%M} UTC, {row.sentence}" for row in rows[:_LINES]
    ]
    if len(rows) > _LINES:
        lines.append(f"and {len(rows) - _LINES} more: `advisor sources`")
    if len(rows) == 1:
        row = rows[0]
        good = f"last good {row.last_good:%Y-%m-%d %H:%M} UTC" if row.last_good else "never read yet"
        lines.append(f"{good}, {row.failures} failures\n{shown(row.url)}")
    return "\n".join((title, *lines))


def _came_back(back: Sequence[str], speak: Sequence[str]) -> str:
    heard = f"; {', '.join(speak)} is heard again" if speak else ""
    if len(back) == 1:
        return f"source {back[0]} is read again{heard}"
    return f"{len(back)} sources are read again{heard}\n{', '.join(back)}" if back else heard.removeprefix("; ")

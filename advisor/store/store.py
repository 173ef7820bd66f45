"""The store: one public method is one transaction, named in the pipeline's words.

    sync_sources, claim_due -> known_articles -> accept | record_unchanged | record_failure
    claim_deliveries -> begin_attempt -> (send) -> finish_attempt

Decides nothing itself: what changes (`decide`) and who is owed what (`owe`) are pure functions of others,
called inside the transaction that writes their answers. Every time is an argument, aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from advisor.model import (
    Alert,
    AlertChange,
    Attempt,
    Delivery,
    Loudness,
    Message,
    Severity,
    Silence,
    Source,
    SourceState,
    Validators,
)
from advisor.model.register import Held
from advisor.store import accepting, alerts, articles, claims, deliveries, marks, outbox, registers, silences, sources
from advisor.store.database import Database, open_database
from advisor.store.migrations import STEPS, Step
from advisor.store.schema import CLOCKS_DIFFER
from advisor.store.values import (
    Accepted,
    Check,
    Claim,
    Counts,
    Damaged,
    Decide,
    DeliveryRow,
    DeliveryState,
    Incoming,
    Known,
    LostLease,
    Owe,
    ReceiverRow,
    SourceRow,
    StoredArticle,
    Taker,
    Unsay,
)


def open_store(url: str, now: datetime, *, busy: float = 10.0, steps: Sequence[Step] = STEPS) -> Store:
    """The store at `url` (`sqlite:////path` or `postgresql+psycopg://...`), brought to the newest shape.

    `busy`: seconds a writer waits for another process. StoreError says what is wrong and what to do.
    """
    return Store(open_database(url, now, busy=busy, steps=steps))


class Store:
    """One database. May be used from several threads; close it, or use it in a `with`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        """This store, but what is written through it is taken back on leaving; from one thread, and not for long."""
        with self._database.rehearsal() as database:
            yield Store(database)

    def try_writing(self) -> None:
        """Nothing, or StoreError where the database can only be read; a service that starts asks for it."""
        self._database.try_writing()

    def make_room(self) -> None:
        """What a first call would make the database do once, done now; a service that starts asks for it."""
        self._database.make_room()

    @property
    def where(self) -> str:
        """Path or address, without secrets."""
        return self._database.where

    # --- sources ----------------------------------------------------------------------------------------

    def sync_sources(self, configured: Sequence[Source], now: datetime) -> None:
        """Rows for the configured sources; known ones keep their state, all others are unwatched.

        A changed address forgets validators and redirect and is due at once.
        """
        with self._database.write(alone=True) as connection:
            sources.sync(connection, configured, now)

    def claim_due(
        self, now: datetime, owner: str, lease: timedelta, limit: int, checks: Sequence[Check] = (),
        given_back: Sequence[Claim] = (), *, ahead: bool = True,
    ) -> list[Claim]:  # fmt: skip
        """Due sources that nobody else holds, the longest due first; never polled ones are due at once.

        `checks`, the ends of polls that brought nothing, are written in the same transaction: most polls end so, and
        one of their own for each costs as much as asking the server. So are those `given_back`, whose poll could not
        be stored: they are free again, and due. `ahead`: also those that were polled in the future, by a clock that was
        put back since; every source is looked at for it, so it is not asked every second.
        """
        with self._database.write(lasting=False) as connection:
            sources.record_checks(connection, checks)
            sources.give_back(connection, given_back)
            return sources.claim_due(connection, now, owner, lease, limit, ahead=ahead) if limit > 0 else []

    def hasten(self, ids: Sequence[str], now: datetime, *, unless_since: datetime) -> list[str]:
        """Make these sources due now, but for those that fail or were polled since `unless_since`; the ids that are."""
        with self._database.write(lasting=False) as connection:
            return sources.hasten(connection, ids, now, unless_since)

    def known_articles(self, source_id: str, keys: Collection[str]) -> dict[str, Known]:
        """Those of `keys` that the source listed before, with id and content digest."""
        if not keys:
            return {}
        with self._database.read() as connection:
            return articles.known(connection, source_id, keys)

    def held(self, source_id: str) -> dict[str, Held]:
        """What is held of a register, by country."""
        with self._database.read() as connection:
            return registers.held(connection, source_id)

    def record_unchanged(
        self,
        claim: Claim,
        now: datetime,
        next_poll_at: datetime,
        *,
        state: SourceState = SourceState.UNCHANGED,
        sentence: str = "",
        validators: Validators | None = None,
        moved_to: str | None = None,
    ) -> bool:
        """A good check that brought nothing new. False under a lost lease. `validators` None keeps them."""
        with self._database.write(lasting=False) as connection:
            return sources.record(
                connection,
                claim,
                now=now,
                state=state,
                sentence=sentence,
                next_poll_at=next_poll_at,
                good=True,
                validators=validators,
                moved_to=moved_to or claim.moved_to,
            )

    def record_failure(
        self, claim: Claim, state: SourceState, sentence: str, now: datetime, next_poll_at: datetime
    ) -> bool:
        """A check that failed; `last_good` and validators stay. False under a lost lease."""
        with self._database.write(lasting=False) as connection:
            return sources.record(
                connection,
                claim,
                now=now,
                state=state,
                sentence=sentence,
                next_poll_at=next_poll_at,
                good=False,
            )

    def accept(
        self,
        claim: Claim,
        incoming: Sequence[Incoming],
        *,
        now: datetime,
        next_poll_at: datetime,
        decide: Decide,
        owe: Owe,
        validators: Validators | None = None,
        state: SourceState = SourceState.FRESH,
        sentence: str = "",
        moved_to: str | None = None,
        register: Sequence[Held] = (),
        unsay: Unsay | None = None,
        taker: Taker | None = None,
    ) -> Accepted:
        """Everything that one good poll brought, in one transaction: articles, validators, the source's
        state, what is held of its `register` now, alert changes, and the messages owed for those that are told.
        `unsay` decides on what changed articles no longer say; what can be sent at once is claimed for `taker`.

        LostLease, and nothing written, if somebody took over.
        """
        # Without reports nothing is owed: what a power cut takes back is read again, its validators went with it.
        writing = any(item.reports for item in incoming)
        with self._database.write(alone=writing, lasting=writing or bool(register)) as connection:
            held = sources.record(
                connection,
                claim,
                now=now,
                state=state,
                sentence=sentence,
                next_poll_at=next_poll_at,
                good=True,
                validators=validators,
                moved_to=moved_to or claim.moved_to,
                new_items=bool(incoming),
            )
            if not held:
                raise LostLease(f"{claim.source_id}: taken over by another poller, nothing was written")
            known = articles.write(connection, claim.source_id, incoming, now, first=claim.first_poll)
            registers.write(connection, claim.source_id, register)
            return accepting.correlate(connection, incoming, now, decide, owe, unsay, known, taker)

    def reconsider(
        self, incoming: Sequence[Incoming], *, now: datetime, decide: Decide, owe: Owe, unsay: Unsay | None = None
    ) -> list[AlertChange]:
        """Stored articles read again under other rules: what that changes, without a poll."""
        with self._database.write(alone=True) as connection:
            known: set[str] = set()
            for source_id in dict.fromkeys(item.article.source_id for item in incoming):
                mine = [item for item in incoming if item.article.source_id == source_id]
                known |= articles.write(connection, source_id, mine, now)
            return accepting.correlate(connection, incoming, now, decide, owe, unsay, known).changes

    def decide_again(self, now: datetime, *, decide: Decide, owe: Owe) -> list[AlertChange]:
        """Alerts that nobody was told of, decided on by a clock that ran ahead of `now`; only what is told counts."""
        with self._database.read() as connection:
            ids = alerts.decided_ahead(connection, now + CLOCKS_DIFFER)
        if not ids:
            return []
        with self._database.write(alone=True) as connection:
            return accepting.decide_again(connection, ids, now, decide, owe)

    def read_under(self) -> str | None:
        """The rules by which the archive was read last, by their digest; None: never said."""
        with self._database.read() as connection:
            return marks.mark(connection, marks.RULES)

    def reread(
        self, incoming: Sequence[Incoming], *, under: str, now: datetime, decide: Decide, owe: Owe
    ) -> list[AlertChange]:
        """Stored articles that the rules called `under` answer otherwise, and the mark that all were read by them."""
        with self._database.write(alone=True) as connection:
            kept = articles.reread(connection, incoming)
            marks.set_mark(connection, marks.RULES, under)
            return accepting.correlate(connection, kept, now, decide, owe).changes

    def articles_since(self, moment: datetime, *, page: int = 200) -> Iterator[StoredArticle]:
        """Articles seen or changed since `moment` whose text is kept, oldest first; for reading them again.

        They come in pages, each one look of its own, so that an archive of any size needs little memory and
        holds up no writer.
        """
        last: StoredArticle | None = None
        while True:
            with self._database.read() as connection:
                found = articles.since(connection, moment, last, page)
            yield from found
            if len(found) < page:
                return
            last = found[-1]

    # --- deliveries -------------------------------------------------------------------------------------

    def claim_deliveries(self, now: datetime, owner: str, lease: timedelta, limit: int) -> list[Delivery]:
        """What is to be sent now: per receiver one, highest severity first, then the oldest."""
        with self._database.write(lasting=False) as connection:
            return claims.claim(connection, now, owner, lease, limit)

    def begin_attempt(
        self, delivery: Delivery, now: datetime, words: Message | None = None, lease: timedelta | None = None
    ) -> bool:
        """Written before the send, so that a crash after it is known to be ambiguous. False: do not send.

        `words`, rendered for the first attempt, are kept: every further attempt sends the same. The disk is not
        waited for: what a power cut takes back is known by `started`. `lease`: from now on, in place of the claim's.
        """
        with self._database.write(lasting=False) as connection:
            return deliveries.begin(connection, delivery, words, now, now + lease if lease else None)

    def finish_attempt(
        self, delivery: Delivery, attempt: Attempt, now: datetime, next_attempt_at: datetime | None = None
    ) -> bool:
        """Written after the send. `next_attempt_at` keeps a retry or ambiguous end owed; else it is over."""
        with self._database.write() as connection:
            return deliveries.finish(connection, delivery, attempt, now, next_attempt_at)

    def postpone(self, delivery: Delivery, until: datetime, now: datetime) -> bool:
        """Give a claimed delivery back until a time, unread. False under a lost lease."""
        with self._database.write() as connection:
            return deliveries.postpone(connection, delivery, until, now)

    def resend(self, delivery_id: int, now: datetime) -> bool:
        """Owe an ended delivery again with the same words."""
        with self._database.write() as connection:
            return deliveries.resend(connection, delivery_id, now)

    def hand_on(self, delivery_id: int, receiver: str, loudness: Loudness, now: datetime) -> bool:
        """Owe the message of a delivery to a fallback receiver too; False if it is owed already."""
        with self._database.write(alone=True) as connection:
            return deliveries.hand_on(connection, delivery_id, receiver, loudness, now)

    def release(self, owner: str) -> None:
        """Give back every source and delivery that `owner` holds: an orderly stop."""
        with self._database.write() as connection:
            sources.release(connection, owner)
            deliveries.release(connection, owner)

    def started(self, boot: str) -> None:
        """Called at every start with what names this run of the machine. After another one everything that is still
        owed may have been sent: the power may have gone before the disk knew of the attempt."""
        with self._database.write(alone=True) as connection:
            before = marks.mark(connection, marks.BOOT)
            if before == boot:
                return
            if before is not None:
                deliveries.doubt_all(connection)
            marks.set_mark(connection, marks.BOOT, boot)

    def holders(self) -> set[str]:
        """Who holds sources or deliveries; a service that starts gives back what a dead process held."""
        with self._database.read() as connection:
            return sources.holders(connection) | deliveries.holders(connection)

    # --- operator ---------------------------------------------------------------------------------------

    def owe_operator(
        self,
        text: str,
        key: str,
        now: datetime,
        receivers: Sequence[str],
        *,
        loudness: Loudness = Loudness.NOTIFY,
        severity: Severity = Severity.MINOR,
    ) -> bool:
        """A plain message about the service, once per `key` until cleared. False if told already."""
        with self._database.write(alone=True) as connection:
            return outbox.owe_operator(connection, text, key, now, receivers, loudness, severity)

    def open_matters(
        self, keys: Sequence[str], text: str, now: datetime, receivers: Sequence[str], *, loudness: Loudness,
        severity: Severity,
    ) -> None:  # fmt: skip
        """One message about several matters, each open under its own key until it is closed."""
        with self._database.write(alone=True) as connection:
            outbox.open_matters(connection, keys, text, now, receivers, loudness, severity)

    def close_matters(
        self, keys: Sequence[str], text: str, now: datetime, receivers: Sequence[str], *,
        loudness: Loudness = Loudness.NOTIFY, severity: Severity = Severity.MINOR,
    ) -> None:  # fmt: skip
        """Several matters are over; with `text` one message says so."""
        with self._database.write(alone=True) as connection:
            outbox.close_matters(connection, keys, now)
            if text:
                outbox.tell_operator(connection, text, now, receivers, loudness, severity)

    def clear_operator(self, key: str, now: datetime, text: str | None = None) -> bool:
        """The matter is over; with `text` those who heard of it hear that. False if none was open."""
        with self._database.write(alone=True) as connection:
            return outbox.clear_operator(connection, key, now, text)

    def matters(self) -> set[str]:
        """The keys of what the operator was told and is not over."""
        with self._database.read() as connection:
            return outbox.matters(connection)

    def acknowledge(self, alert_id: str, who: str, *, instead: bool = False) -> Alert | None:
        """ "I have it." Who has it already keeps it, unless `instead`. None if there is no such alert."""
        with self._database.write(alone=True) as connection:
            return alerts.acknowledge(connection, alert_id, who, instead=instead)

    def retract(self, alert_id: str, now: datetime, change_of: Callable[[Alert], AlertChange]) -> AlertChange | None:
        """Write what a person takes back or corrects (`correlate.retract`, `correlate.correct`) and owe it
        to exactly those who were told, equally loud. None if there is no such alert.
        """
        with self._database.write(alone=True) as connection:
            for alert in alerts.by_ids(connection, [alert_id]):
                change = change_of(alert)
                number = alerts.write(connection, [change])[alert_id]
                return replace(change, message=outbox.tell_the_same(connection, change, number, now))
        return None

    def add_silence(
        self, matcher: Mapping[str, Any], until: datetime, now: datetime, by: str = "", why: str = ""
    ) -> Silence:
        with self._database.write() as connection:
            return silences.add(connection, matcher, until, now, by, why)

    def silences(self, now: datetime) -> list[Silence]:
        """The silences active at `now`."""
        with self._database.read() as connection:
            return silences.active(connection, now)

    def expire_silence(self, silence_id: int, now: datetime) -> bool:
        with self._database.write() as connection:
            return silences.expire(connection, silence_id, now)

    # --- look -------------------------------------------------------------------------------------------

    def alerts(
        self,
        *,
        open_only: bool = False,
        issuer: str | None = None,
        destination: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[Alert]:
        """Alerts with their reports, the last seen first. Open as stored: apply `correlate.as_of`."""
        with self._database.read() as connection:
            return alerts.select(
                connection,
                open_only=open_only,
                issuer=issuer,
                destination=destination,
                since=since,
                limit=limit,
            )

    def open_calls(self, since: datetime) -> set[tuple[str, str]]:
        """(issuer, destination) of alerts that are open as stored and were reported since then."""
        with self._database.read() as connection:
            return alerts.open_calls(connection, since)

    def alert(self, alert_id: str) -> Alert | None:
        with self._database.read() as connection:
            return next(iter(alerts.by_ids(connection, [alert_id])), None)

    def damaged(self) -> list[Damaged]:
        """The alerts whose row cannot be read; all others are shown and go on."""
        with self._database.read() as connection:
            return alerts.damaged(connection)

    def history(self, alert_id: str) -> list[AlertChange]:
        """Every change of an alert, oldest first."""
        with self._database.read() as connection:
            return alerts.history(connection, alert_id)

    def sources(self, *, watched_only: bool = True, in_trouble: bool = False) -> list[SourceRow]:
        """`in_trouble`: only those whose last poll failed, or whose state says more than that they were read."""
        with self._database.read() as connection:
            return sources.rows(connection, watched_only=watched_only, in_trouble=in_trouble)

    def deliveries(
        self, *, state: DeliveryState | None = None, receiver: str | None = None, limit: int | None = None
    ) -> list[DeliveryRow]:
        """Deliveries with their attempts, the newest first."""
        with self._database.read() as connection:
            return deliveries.rows(connection, state=state, receiver=receiver, limit=limit)

    def given_up(self, since: datetime) -> list[DeliveryRow]:
        """Deliveries that ended undelivered after `since` and of which the operator was not told (`delivery:ID`)."""
        with self._database.read() as connection:
            return deliveries.given_up(connection, since)

    def receivers(self) -> list[ReceiverRow]:
        """Everyone who was ever owed something: what waits, and how the last attempts ended."""
        with self._database.read() as connection:
            return deliveries.receivers(connection)

    def counts(self, now: datetime) -> Counts:
        with self._database.read() as connection:
            return Counts(
                sources=sources.counts(connection),
                deliveries=deliveries.counts(connection),
                open_alerts=alerts.count_open(connection),
                articles=articles.count(connection),
                oldest_owed=deliveries.oldest_owed(connection, now),
            )

    def prune(self, now: datetime, keep: timedelta) -> int:
        """Drop texts, untold changes and ended deliveries older than `keep`; how many texts.

        Alerts, reports, told changes and the identity of articles stay: nothing can open again.
        """
        before = now - keep
        with self._database.write(alone=True) as connection:
            deliveries.prune(connection, before)
            alerts.prune(connection, before)
            return articles.prune(connection, before, now - 4 * keep)

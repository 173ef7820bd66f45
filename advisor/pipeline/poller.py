"""One source, one poll: from its bytes to committed alert changes and owed messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from advisor import correlate, read
from advisor.clock import Clock
from advisor.correlate import Policy
from advisor.correlate.register_reports import known_quietly
from advisor.correlate.registers import waiting
from advisor.detect import LONGEST, Detector
from advisor.errors import StoreError
from advisor.model import (
    Advisory,
    Alert,
    AlertChange,
    Article,
    Dating,
    Delivery,
    Document,
    Failure,
    Format,
    FullText,
    Reading,
    Receiver,
    Report,
    Route,
    Source,
    SourceState,
    Unchanged,
    Validators,
    Watch,
)
from advisor.pipeline import channel, registers, truth
from advisor.pipeline.attention import Attention
from advisor.pipeline.clocks import Clocks
from advisor.pipeline.readers import Reads, Unreadable
from advisor.pipeline.routing import routing
from advisor.poll import list_folder, next_poll, phase_of, refresh_due, shown
from advisor.store import Check, Claim, Incoming, LostLease, Store, Taker, content_digest, identity

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any poll with its full texts may take
_FOR_PAGES = 60.0  # seconds of one poll in which pages behind items are begun; the rest is read with the next poll
_FOR_ITEMS = 60.0  # further seconds in which items are begun: a poll must end before its lease and the watchdog
_CLOCK_AHEAD, _SERVER_ASTRAY = timedelta(hours=3), timedelta(days=30)  # beyond the second the server is wrong
_LASTING = frozenset({SourceState.DEAD, SourceState.BLOCKED, SourceState.REFUSED})
_UNREADABLE = frozenset({
    SourceState.NOT_A_FEED, SourceState.BLOCKED, SourceState.EMPTY, SourceState.REFUSED, SourceState.REDIRECTED,
})  # fmt: skip


class Fetches(Protocol):
    """What the poller needs of `advisor.poll.Fetcher`; an archive of captured documents will do as well."""

    def fetch(
        self, url: str, clock: Clock, validators: Validators = ..., *, deadline: timedelta = ...
    ) -> Document | Unchanged | Failure: ...


class Outlet(Protocol):
    """What the poller needs of `advisor.pipeline.dispatch.Dispatch`."""

    def taker(self) -> Taker | None: ...

    def hand(self, taken: Sequence[Delivery]) -> None: ...

    def news(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls claimed sources; safe to use from many threads."""

    store: Store
    fetcher: Fetches
    detector: Detector
    sources: Mapping[str, Source]
    routes: Sequence[Route]
    watch: Watch
    clock: Clock
    policy: Policy = field(default_factory=Policy)
    deadline: timedelta = timedelta(seconds=30)
    outlet: Outlet | None = None  # where messages leave; without one they stay in the outbox
    reads: Reads = read  # by itself in this process; the service gives processes that may be killed
    attention: Attention | None = None  # without it every source keeps its own interval
    clocks: Clocks = field(default_factory=Clocks)
    receivers: Mapping[str, Receiver] = field(default_factory=dict)  # whose times of day decide when a digest is due
    marks: dict[str, bytes] = field(
        default_factory=dict
    )  # by source: the items of its last document, all of them stored
    posts: dict[str, int] = field(default_factory=dict)  # by channel: the newest post that was looked at
    checked: Callable[[Check], None] | None = None  # takes what is to be written later; without it: at once

    def poll(self, claim: Claim) -> list[AlertChange]:
        """Read one claimed source and commit what it brings. StoreError is the caller's; nothing else escapes."""
        source = self.sources.get(claim.source_id)
        if source is None:  # the configuration changed between claim and poll
            return []
        try:
            changes = self._poll(claim, source)
        except StoreError:
            raise
        except LostLease as lost:
            log.warning("lease-lost source=%s %s", source.id, lost)
            return []
        except Unreadable as guilty:
            return self._failed(claim, source, Failure(SourceState.UNREADABLE, str(guilty), self.clock()))
        except Exception:
            log.exception("poll-fault source=%s", source.id)
            self._failed(claim, source, Failure(SourceState.UNREACHABLE, "Advisor itself failed on it", self.clock()))
            return []
        for change in changes:
            log.info(
                "change alert=%s reason=%s severity=%s told=%s message=%s",
                change.alert.id, change.reason, change.alert.severity, change.told, change.message,
            )  # fmt: skip
        if self.attention is not None and any(change.told for change in changes):
            self.attention.turn_to(changes, self.clock())
        return changes

    def _poll(self, claim: Claim, source: Source) -> list[AlertChange]:
        if source.format is Format.FOLDER:
            return self._poll_folder(claim, source)
        if source.format is Format.REGISTER:
            return self._poll_register(claim, source)
        validators = self._conditions(claim, source)
        result = self.fetcher.fetch(_address(claim, source), self.clock, validators, deadline=self.deadline)
        if isinstance(result, Failure):
            return self._failed(claim, source, result)
        if isinstance(result, Unchanged):
            return self._unchanged(claim, source, result)
        known = b"" if claim.first_poll else self.marks.get(source.id, b"")
        reading, marks, skipped = self.reads.read_fresh(result, source, known)
        if not reading.articles and reading.state in _UNREADABLE:
            return self._failed(claim, source, Failure(reading.state, reading.sentence, result.fetched_at))
        reached = None
        if source.format is Format.TELEGRAM and not claim.first_poll:
            reading, reached = self._read_back(source, result, reading)
            reached = reached or claim.last_item is None  # of pictures only, nothing is missed between them
        changes = self._accept(
            claim, source, reading, result.validators, result, marks=marks, skipped=skipped, reached=reached
        )
        if reading.posts is not None:
            self.posts[source.id] = reading.posts[1]
        return changes

    def _read_back(self, source: Source, document: Document, reading: Reading) -> tuple[Reading, bool]:
        """A channel's posts down to the known ones: a page shows the last twenty only. And whether it got there."""
        keys = {key for article in reading.articles for key in article.keys[:1]}
        known = set(self.store.known_articles(source.id, keys))

        def older(url: str) -> Reading | None:
            page = self.fetcher.fetch(url, self.clock, deadline=self.deadline)
            if not isinstance(page, Document):
                return None
            found = self.reads.read(page, source)
            known.update(self.store.known_articles(source.id, {key for one in found.articles for key in one.keys[:1]}))
            return found

        return channel.read_back(
            document, reading, lambda article: article.keys[0] in known, older, self.posts.get(source.id)
        )

    def _conditions(self, claim: Claim, source: Source) -> Validators:
        """What the request says about the last answer; from time to time only to ourselves, by the body's hash."""
        if refresh_due(claim.last_good, self.clock(), phase_of(source.id)):
            return Validators(sha256=claim.validators.sha256)
        return claim.validators

    def _poll_register(self, claim: Claim, source: Source) -> list[AlertChange]:
        held = self.store.held(source.id)
        # What waits must be seen again; and pages behind an unchanged list, or after its first, may be new.
        again = waiting(held) or (source.shape is not None and bool(source.shape.crawl or source.shape.paging))
        validators = Validators() if again else self._conditions(claim, source)
        result = self.fetcher.fetch(_address(claim, source), self.clock, validators, deadline=self.deadline)
        if isinstance(result, Failure):
            return self._failed(claim, source, result)
        if isinstance(result, Unchanged):
            return self._unchanged(claim, source, result)
        if source.shape is None:
            raise ValueError(f"{source.id}: a register without a description")
        listing = registers.read_pages(result, source, source.shape, self._further)
        if listing.state in _UNREADABLE:
            return self._failed(claim, source, Failure(listing.state, listing.sentence, result.fetched_at))
        taken = registers.take(
            listing, result, source, held, self.detector, self._further, self.clock(), self.watch.destinations
        )
        if taken.failure is not None:
            return self._failed(claim, source, taken.failure)
        if taken.fault:
            return self._failed(claim, source, Failure(SourceState.SUSPECT, taken.fault, result.fetched_at))
        state = SourceState.SUSPECT if taken.suspect else SourceState.TRUNCATED if taken.partly else listing.state
        sentence = "; ".join(part for part in (taken.sentence, listing.sentence) if part)
        return self._accept(
            claim, source, Reading((), state, sentence), result.validators, result, taken, reached=not taken.rolled
        )  # fmt: skip

    def _further(self, url: str) -> Document | Failure | None:
        """A further page of a list, or a country's own document."""
        page = self.fetcher.fetch(url, self.clock, deadline=self.deadline)
        return None if isinstance(page, Unchanged) else page

    def _poll_folder(self, claim: Claim, source: Source) -> list[AlertChange]:
        now = self.clock()
        listing = list_folder(source.url, now, claim.validators)
        if isinstance(listing, Failure):
            return self._failed(claim, source, listing)
        if isinstance(listing, Unchanged):
            return self._unchanged(claim, source, listing)
        articles: list[Article] = []
        skipped = list(listing.skipped)
        for document in listing.documents:
            try:
                articles += self.reads.read(document, source).articles
            except Unreadable as guilty:
                skipped.append(f"{document.url}: {guilty}")
        state = SourceState.TRUNCATED if skipped else SourceState.FRESH  # read again until all of it can be
        reading = Reading(tuple(articles), state, "; ".join(skipped[:3]))
        return self._accept(claim, source, reading, listing.validators, None)

    # --- outcomes without articles ----------------------------------------------------------------------

    def _failed(self, claim: Claim, source: Source, failure: Failure) -> list[AlertChange]:
        state, sentence = truth.failed(claim, failure)
        due = self._next(source, claim, state, failures=claim.failures + 1, retry_after=failure.retry_after)
        log.info("poll source=%s state=%s failures=%d %s", source.id, state, claim.failures + 1, sentence)
        self.store.record_failure(claim, state, sentence, self.clock(), due)
        return []

    def _unchanged(self, claim: Claim, source: Source, answer: Unchanged) -> list[AlertChange]:
        log.debug("poll source=%s state=unchanged", source.id)
        self._note_clock(source.url, answer.fetched_at, answer.server_date)
        due = self._next(source, claim, SourceState.UNCHANGED, fresh_for=answer.fresh_for)
        now = self.clock()
        state, sentence = truth.unchanged(claim, source, now)
        if self.checked is None:
            self.store.record_unchanged(
                claim, now, due, state=state, sentence=sentence, validators=answer.validators
            )  # fmt: skip
        else:
            self.checked(
                Check(
                    claim=claim, at=now, next_poll_at=due, state=state, sentence=sentence, validators=answer.validators
                )
            )
        return []

    def _next(
        self, source: Source, claim: Claim, state: SourceState, *, failures: int = 0,
        fresh_for: timedelta | None = None, retry_after: timedelta | None = None,
    ) -> datetime:  # fmt: skip
        every = source.every if self.attention is None else self.attention.every(source)
        return next_poll(
            every, self.clock(), state=state, failures_in_a_row=failures,
            fresh_for=fresh_for, retry_after=retry_after, phase=phase_of(source.id),
        )  # fmt: skip

    # --- articles ---------------------------------------------------------------------------------------

    def _accept(
        self, claim: Claim, source: Source, reading: Reading, validators: Validators, document: Document | None,
        register: registers.Taken = registers.NOTHING, *, marks: bytes = b"", skipped: int = 0,
        reached: bool | None = None,
    ) -> list[AlertChange]:  # fmt: skip
        """`reached`: whether a channel or a list reaches back to what is known; None: one sees it by the items."""
        now = self.clock()
        checked = self._on_their_clock(claim.last_good, document, now)
        incoming, unread, rolled = self._incoming(source, reading.articles, now, stored=not claim.first_poll)
        if reading.state is SourceState.TRUNCATED:  # what was cut off is not taken back
            incoming = [replace(item, whole=False) for item in incoming]
        incoming, unread = [*incoming, *register.incoming], unread + register.unread
        if unread or reading.state in _UNREADABLE | {SourceState.TRUNCATED}:
            validators = Validators()  # ask unconditionally next time: something is still to be read
        owed = f"{unread} item{'s' if unread > 1 else ''} or the page behind still to be read" if unread else ""
        sentence = "; ".join(part for part in (reading.sentence, owed) if part)
        moved_to = (_kept(document.moved_to) if document else None) or claim.moved_to
        state, sentence = truth.read(
            claim, source, now, (reading.state, sentence), new=bool(incoming),
            rolled=rolled and not skipped if reached is None else not reached, moved_to=moved_to,
        )  # fmt: skip
        bounds = [bound for bound in (document.fresh_for if document else None, reading.ttl) if bound is not None]
        fresh_for = max(bounds, default=None)

        def decide(reports: Sequence[Report], alerts: Sequence[Alert], taken: Container[str]) -> list[AlertChange]:
            def among(some: Sequence[Report], *, baseline: bool) -> list[AlertChange]:
                return correlate.decide(
                    some, alerts, now, policy=self.policy, last_good=checked, baseline=baseline, taken=taken
                )

            standing = [report for report in reports if report.article_id in register.standing]
            if not standing:
                return among(reports, baseline=claim.first_poll)
            news = [report for report in reports if report.article_id not in register.standing]
            known = known_quietly(among(standing, baseline=True), now - self.policy.standing)
            return [*known, *among(news, baseline=claim.first_poll)]

        routed = routing(self.store, self.routes, self.watch, self.receivers, now)
        log.info(
            "poll source=%s state=%s items=%d new=%d advisories=%d", source.id, state,
            len(reading.articles) + skipped, len(incoming), sum(len(item.advisories) for item in incoming),
        )  # fmt: skip
        accepted = self.store.accept(
            claim, incoming, now=now, next_poll_at=self._next(source, claim, state, fresh_for=fresh_for),
            decide=decide, owe=routed, validators=validators, state=state, sentence=sentence,
            moved_to=moved_to, register=register.held,
            unsay=lambda alert, articles: correlate.unsaid(alert, articles, now, self.policy),
            taker=self.outlet.taker() if self.outlet else None,
        )  # fmt: skip
        if self.outlet:
            self.outlet.hand(accepted.taken)
            if accepted.waiting:
                self.outlet.news()
        if not unread:
            self.marks[source.id] = marks
        return accepted.changes

    def _incoming(
        self, source: Source, articles: Iterable[Article], now: datetime, *, stored: bool
    ) -> tuple[list[Incoming], int, bool]:
        """New and changed articles with what they say; how many could not be read yet and are owed a retry; and
        whether nothing of what is listed was seen before, though it is more than a few.

        `stored`: whether anything of this source may be known.
        """
        listed = {identity(source.id, article.keys): article for article in articles}
        keys = {key for article in listed.values() for key in article.keys} if stored else ()
        known = self.store.known_articles(source.id, keys)
        digests = {item.id: item.digest for item in known.values()}
        called = {item.id for item in known.values() if item.called}
        incoming: list[Incoming] = []
        unread, seen = 0, 0
        pages_until = time.monotonic() + _FOR_PAGES
        for name, article in listed.items():
            earlier = next((known[key].id for key in _telling(source, article) if key in known), None)
            digest = content_digest(article)
            seen += earlier is not None
            if earlier is not None and digests.get(earlier) == digest:
                continue
            late = time.monotonic() > pages_until
            if time.monotonic() > pages_until + _FOR_ITEMS:  # a giant of a feed is read over several polls
                unread += 1
                continue
            try:
                again = earlier in called
                full: Article | None = article
                whole = not _has_page(source, article)
                if self._wants_page(source, article, called=again):
                    full, whole = (None, False) if late else self._page_of(article, called=again)
                advisories = self.detector.detect(full or article)
                if len((full or article).text) > LONGEST:
                    log.warning("article-cut source=%s link=%s read=%d", source.id, shown(article.link or ""), LONGEST)
            except Exception:  # one item must not take its neighbours along
                log.exception("item-fault source=%s link=%s", source.id, shown(article.link or ""))
                unread += 1
                continue
            if full is None and not advisories and (late or not self._too_old(article, now)):
                unread += 1
                continue
            # What an old item says only since it was changed, it says now, whatever date it carries.
            changed = earlier is not None and self._too_old(article, now)
            reports = reports_of(
                source, earlier or name, full or article, advisories, now, since=now if changed else None
            )
            incoming.append(Incoming(earlier or name, full or article, digest, reports, tuple(advisories), whole))
        return incoming, unread, len(listed) >= truth.WINDOW and not seen

    def _wants_page(self, source: Source, article: Article, *, called: bool) -> bool:
        """Whether the page behind an item is to be read. `called`: it did call when it was read last."""
        if not _has_page(source, article):
            return False
        return called or source.full_text is FullText.ALWAYS or self.detector.worth_reading(article.title, article.text)

    def _page_of(self, article: Article, *, called: bool) -> tuple[Article | None, bool]:
        """The article with its page's text (None when it could not be read), and whether that is all there is."""
        address = article.link or ""
        page = self.fetcher.fetch(address, self.clock, deadline=self.deadline)
        lasting = isinstance(page, Failure) and page.state in _LASTING
        gone = isinstance(page, Failure) and page.state is SourceState.DEAD
        if isinstance(page, Document):
            try:
                return self.reads.fill(article, page), True
            except Unreadable:
                lasting = True
        log.info("page source=%s link=%s unread", article.source_id, shown(address))
        # Without a date nothing would ever end the retries of a page that is gone or closed to us.
        return (article if lasting and (article.published is None or (gone and called)) else None), gone

    def _on_their_clock(self, last_good: datetime | None, document: Document | None, now: datetime) -> datetime | None:
        """The last good check, no later than servers' clocks where ours is ahead, or their news would seem old.

        A single server is believed only as far as a clock is likely to be wrong.
        """
        theirs = document.server_date if document else None
        if document is None or theirs is None:
            return last_good
        self._note_clock(document.url, now, theirs)
        ahead = self.clocks.ahead()
        if ahead is None:
            ahead = now - theirs if _CLOCK_AHEAD < now - theirs < _SERVER_ASTRAY else timedelta()
        if ahead < _CLOCK_AHEAD:
            return last_good
        log.warning("clock-differs host=%s ours=%s theirs=%s", shown(document.url), now, theirs)
        return min(last_good or now, now - ahead)

    def _note_clock(self, url: str, now: datetime, theirs: datetime | None) -> None:
        if theirs is not None:
            self.clocks.note(urlsplit(url).hostname or url, now, theirs)

    def reconsider(self) -> list[AlertChange]:
        """Calls that a clock far ahead took for old: told now that it is right, if they are young."""
        now = self.clock()
        changes = self.store.decide_again(
            now,
            decide=lambda reports, alerts, taken: correlate.decide(
                reports, alerts, now, policy=self.policy, taken=taken
            ),
            owe=routing(self.store, self.routes, self.watch, self.receivers, now),
        )
        for change in changes:
            log.info("reconsidered alert=%s reason=%s message=%s", change.alert.id, change.reason, change.message)
        if changes and self.outlet:
            self.outlet.news()
        return changes

    def _too_old(self, article: Article, now: datetime) -> bool:
        return article.published is not None and now - article.published > self.policy.max_age


def _has_page(source: Source, article: Article) -> bool:
    """Whether more of an item stands behind its link."""
    return bool(article.link) and not article.complete and source.full_text is not FullText.NEVER


def _address(claim: Claim, source: Source) -> str:
    """Where the source is asked for: where it moved to, and where it was before when that fails for long."""
    back = claim.failures and claim.failures % 3 == 0
    if back or not claim.moved_to:
        return source.url
    before, after = urlsplit(source.url), urlsplit(claim.moved_to)
    user, known, _ = before.netloc.rpartition("@")
    same = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    return after._replace(netloc=f"{user}@{after.netloc}").geturl() if known and same else claim.moved_to


def _kept(moved_to: str | None) -> str | None:
    """Where a source moved to for good, unless the address holds a secret: the database keeps none."""
    return moved_to if moved_to and shown(moved_to) == moved_to else None


def _telling(source: Source, article: Article) -> tuple[str, ...]:
    """The keys that say for sure which article it is: a summary with a page of its own may say what another said."""
    own_page = article.link and not article.complete and source.full_text is not FullText.NEVER
    return article.keys[:-1] if own_page and len(article.keys) > 1 else article.keys


def reports_of(
    source: Source,
    name: str,
    article: Article,
    advisories: Iterable[Advisory],
    now: datetime,
    since: datetime | None = None,
) -> tuple[Report, ...]:
    """What correlation takes: each advisory with who published it, when (or `since`), and the text's fingerprint."""
    said = tuple(advisories)
    if not said:  # of a hundred articles ninety-nine; the fingerprint would be a third of their cost
        return ()
    at = since or said_at(article, now)
    fingerprint = correlate.digest(article.title, article.text)
    return tuple(
        Report(
            advisory, name, source.id, article.publisher or source.publisher or source.id,
            article.official == advisory.issuer, at, article.title, article.link, fingerprint,
        )
        for advisory in said
    )  # fmt: skip


def said_at(article: Article, now: datetime) -> datetime:
    """When it was said: as published, a bare day at its end, never later than now; undated: now."""
    if article.published is None or not article.dating.known:
        return now
    spread = timedelta(days=1) if article.dating is Dating.DAY else timedelta()
    return min(now, article.published + spread)


__all__ = ["LEASE", "Poller", "reports_of", "said_at"]

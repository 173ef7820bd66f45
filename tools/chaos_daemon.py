"""The real service with a clock that can be put and traps in which it kills itself, for `tools.chaos`.

Run: python -m tools.chaos_daemon CONFIG CONTROL run|once. The folder CONTROL holds `clock` (seconds that the clock is
off) and `trap-PID` or `trap` (`commit|send before|after N`: SIGKILL at the N-th such point from then on).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from advisor.cli.logs import log_to_stderr
from advisor.clock import Clock, utc_now
from advisor.config.settings import load_settings
from advisor.deliver.channel import Channel
from advisor.model import Attempt, Loudness, Message
from advisor.service import Service


def shifted(control: Path) -> Clock:
    """The wall clock, off by as many seconds as `clock` says now."""

    def now() -> datetime:
        try:
            return utc_now() + timedelta(seconds=float((control / "clock").read_text()))
        except (OSError, ValueError):  # none, or being written
            return utc_now()

    return now


class Trap:
    """Waits for its point; the supervisor may set it while the process runs."""

    def __init__(self, control: Path) -> None:
        self._files = (control / f"trap-{os.getpid()}", control / "trap")
        self._lock = threading.Lock()
        self._words: list[str] = []

    def passing(self, what: str, when: str) -> None:
        """One such point is reached; the last of those counted is deadly."""
        with self._lock:
            self._read()
            if self._words[:2] != [what, when]:
                return
            left = int(self._words[2]) - 1
            self._words[2] = str(left)
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def _read(self) -> None:
        for file in self._files:
            try:
                self._words = file.read_text().split()
                file.unlink()
            except OSError:
                continue


def around_commits(trap: Trap) -> None:
    """Every transaction of every engine passes the trap before and after its commit."""

    @sa.event.listens_for(sa.Engine, "commit")
    def _before(connection: sa.Connection) -> None:
        trap.passing("commit", "before")
        connection.info["committed"] = True

    @sa.event.listens_for(sa.Engine, "rollback")
    def _never(connection: sa.Connection) -> None:
        connection.info.pop("committed", None)

    @sa.event.listens_for(sa.Pool, "checkin")
    def _after(raw: Any, record: Any) -> None:
        if record.info.pop("committed", False):
            trap.passing("commit", "after")


class Trapped:
    """A channel with the trap before and behind it."""

    def __init__(self, channel: Channel, trap: Trap) -> None:
        self._channel, self._trap = channel, trap
        self.receiver, self.budget, self.shown = channel.receiver, channel.budget, channel.shown

    def ready(self) -> None:
        self._channel.ready()

    def send(self, message: Message, loudness: Loudness) -> Attempt:
        self._trap.passing("send", "before")
        attempt = self._channel.send(message, loudness)
        self._trap.passing("send", "after")
        return attempt


def main(config: str, control: str, how: str) -> None:
    log_to_stderr("INFO")
    trap = Trap(Path(control))
    around_commits(trap)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    service = Service.build(load_settings(Path(config)), shifted(Path(control)))
    channels: dict[str, Any] = {name: Trapped(channel, trap) for name, channel in service.sender.channels.items()}
    service.sender = replace(service.sender, channels=channels)
    act: Callable[[], Any] = service.once if how == "once" else lambda: service.run(stop)
    try:
        act()
    finally:
        if how == "once":
            service.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

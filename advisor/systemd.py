"""Words to the service manager, as sd_notify(3) has them."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

_TOLD_WITHIN = 1.0  # seconds that systemd may take for a word
_FED = 5.0  # seconds between words to its watchdog


def notify(state: str, within: float = _TOLD_WITHIN, *, quiet: bool = False) -> bool:
    """Tell systemd (sd_notify(3)); nothing happens where no systemd listens. False: it did not take it in time.

    Its socket holds a few words (net.unix.max_dgram_qlen). Who waited until they are read would neither send nor stop.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return True
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
            speaker.settimeout(within)
            speaker.connect("\0" + address[1:] if address.startswith("@") else address)
            speaker.sendall(state.encode())
    except OSError as error:
        if not quiet:
            log.warning("systemd was not told %s: %s", state.replace("\n", " "), error)
        return False
    return True


@dataclass(slots=True)
class Supervisor:
    """systemd, as far as it has been told: that we are ready, and every few seconds that we work."""

    _untold: bool = False  # it did not take that we are ready
    _deaf: bool = False  # it did not take the last word
    _fed: float = float("-inf")  # monotonic: when it was last told something for its watchdog

    def ready(self) -> None:
        """Say that we are; what it does not take is said again when it is next fed."""
        self._untold = not notify("READY=1")

    def feed(self, works: Callable[[], bool]) -> None:
        """Feed its watchdog while we work; nobody waits here until it listens."""
        now = time.monotonic()
        if now - self._fed < _FED:
            return
        words = ["READY=1"] * self._untold + ["WATCHDOG=1"] * works()
        if not words:
            return
        self._fed, deaf = now, self._deaf
        self._deaf = not notify("\n".join(words), within=0, quiet=deaf)
        self._untold = self._untold and self._deaf
        if deaf and not self._deaf:
            log.info("systemd listens again")

"""Words to the service manager, as sd_notify(3) has them."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)

_TOLD_WITHIN = 1.0  # seconds that systemd may take for a word


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

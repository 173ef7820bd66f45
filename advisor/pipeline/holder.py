"""Who holds a lease: the names of processes that share a database, and which of them are gone."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def own_name() -> str:
    """What names this process among all that may hold a lease; another one each time it is asked for."""
    return f"{_here()}:{os.getpid()}:{os.urandom(3).hex()}"


def boot() -> str:
    """What names this run of the machine (random(4)); where nothing does, all runs are one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


def _here() -> str:
    """This machine and its process numbers: containers may share a host's name, not its processes."""
    try:
        numbers = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    except OSError:
        numbers = "0"
    return f"{socket.gethostname()}/{numbers}"


def is_dead(owner: str) -> bool:
    """Whether the holder of a lease was a process of this machine that is gone. Others are left their time."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != _here() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return True  # our own number in an earlier life, as in a container
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

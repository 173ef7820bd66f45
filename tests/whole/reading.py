"""What tests let the reading processes do; imported there within a document's time, so it imports little."""

from __future__ import annotations

import os
import signal
import time


def die_once(mark: str) -> str:
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "read"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def pid_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


HOARD: list[bytes] = []


def hoard() -> int:
    HOARD.append(b"x" * 230_000_000)
    return os.getpid()

"""The process in which documents are read: it takes calls one by one over a socket and may be killed at any moment.

A call is a function by name with its arguments; who may call, when it took too long and what then is left to
`advisor.pipeline.readers`. Ends when its caller does: at the end of the socket, or by an alarm clock of its own when
it hangs in a document while nobody is left to kill it.
"""

from __future__ import annotations

import contextlib
import pickle
import resource
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from enum import Enum
from typing import Any

HEAD = struct.Struct("!Q")  # length of the frame that follows
_MOST_CALLS = 5_000  # then it is replaced: what libraries leak goes with it
_FAT = 200 * 2**20  # bytes resident from which it is replaced after the call
_GRACE = 30  # seconds that its caller has to kill it before it does so itself


class Outcome(Enum):
    """How a call ended."""

    DONE = "done"
    FAULT = "fault"  # our own: the value is the traceback
    TOO_BIG = "too big"  # no memory left for it


Answer = tuple[Outcome, Any, bool]  # the outcome, its value, and whether the process ends after it
Call = tuple[Callable[..., Any], tuple[Any, ...], float]  # function, arguments, seconds that it may take


def framed(value: Any) -> bytes:
    """`value` as it goes over the socket, in either direction."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def main() -> None:
    """Answer calls until the caller is gone, or until it is time for a fresh process.

    Standard input is one end of a socket pair; the one argument says how many MiB of memory may be used.
    """
    for stop in (signal.SIGINT, signal.SIGTERM):  # meant for the service, which still wants its last answers
        signal.signal(stop, signal.SIG_IGN)
    most = int(sys.argv[1]) * 2**20
    # A sandbox may forbid limits (systemd's @resources); it has a bound of its own then.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    caller = socket.socket(fileno=0)
    requests = caller.makefile("rb")
    try:
        caller.sendall(framed("ready"))
    except ConnectionError:
        return
    for number in range(1, _MOST_CALLS + 1):
        try:
            head = requests.read(HEAD.size)
            body = requests.read(*HEAD.unpack(head)) if len(head) == HEAD.size else b""
        except ConnectionError:
            return
        if not body:
            return
        call: Call = pickle.loads(body)  # noqa: S301  (from our own process)
        outcome, value = _answer(*call)
        ends = number == _MOST_CALLS or outcome is Outcome.TOO_BIG or _resident() > _FAT
        try:
            caller.sendall(framed((outcome, value, ends)))
        except ConnectionError:  # the caller was killed meanwhile: nobody waits for the answer
            return
        if ends:
            return


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> tuple[Outcome, Any]:
    signal.alarm(int(seconds) + _GRACE)
    try:
        return Outcome.DONE, function(*arguments)
    except MemoryError:
        return Outcome.TOO_BIG, None
    except Exception:  # noqa: BLE001  (the caller decides what a fault of ours means)
        return Outcome.FAULT, traceback.format_exc(limit=-6)
    finally:
        signal.alarm(0)


def _resident() -> int:
    """Bytes of memory in use now (proc_pid_statm(5)); where that is not told, the most so far (getrusage(2))."""
    try:
        with open("/proc/self/statm", "rb") as told:
            return int(told.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

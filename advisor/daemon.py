"""The service as a supervisor starts it: waits for its database, runs, reads its settings again, ends in order."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable

from advisor.config.apart import knowledge_apart
from advisor.config.running import Settings
from advisor.errors import StoreError
from advisor.service import Service
from advisor.systemd import notify

log = logging.getLogger(__name__)

_FOR_DATABASE, _LONGEST_OPENING = 300.0, 60.0  # seconds that a start waits for it; and that one try may take
_M_ARENA_MAX = -8  # malloc.h of glibc


def run_forever(load: Callable[[], Settings], log_setup: Callable[[], None]) -> int:
    """`advisor run`: build, run, and end in order on SIGTERM or SIGINT; SIGHUP reads the configuration again."""
    log_setup()
    _share_memory()
    stop, reload = threading.Event(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    service = built_in_time(load(), stop)
    return 0 if service is None or service.run(stop, reload, load) else 1


def built_in_time(settings: Settings, stop: threading.Event, within: float = _FOR_DATABASE) -> Service | None:
    """The service, once its database can be used; None when it is to stop before that. StoreError after `within` s.

    A lock or a server that starts later than we do is waited for, some minutes long and in words; then it ends as
    failed, so that its supervisor rings and starts it anew.
    """
    rules = knowledge_apart(settings.rules)
    began, pause = time.monotonic(), 1.0
    while not stop.is_set():
        try:
            service = Service.build(settings, rules=rules, learn=knowledge_apart)
        except StoreError as error:
            waited = time.monotonic() - began
            if not error.passing or waited > within:
                raise
            log.critical("store-waits seconds=%.0f of=%.0f %s", waited, within, error)
            longest = round((pause + _LONGEST_OPENING) * 1e6)
            notify(f"STATUS=Waits for its database. {error}\nEXTEND_TIMEOUT_USEC={longest}")
            stop.wait(pause)
            pause = min(2 * pause, 15.0)
            continue
        if pause > 1.0:
            log.warning("store-there seconds=%.0f", time.monotonic() - began)
            notify("STATUS=")
        return service
    return None


def _share_memory() -> None:
    """One pool of memory for all threads (mallopt(3)): a pool for each keeps what its busiest moment needed."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such call
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)

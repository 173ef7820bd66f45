"""Reading in processes of our own that can be killed: a document that hangs or breaks its parser costs nobody else.

Each process reads one document at a time. One that takes too long is killed with it; one that dies is replaced, and
the document gets a second process, as the first may have been killed for something else. The guilty document is not
read again while its bytes stay the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

from advisor import read
from advisor.model import Article, Document, Reading, Source
from advisor.read.worker import HEAD, Answer, Outcome, framed

log = logging.getLogger(__name__)

_PATIENCE = 0.3  # seconds that a document waits for a process at work before one more is started
_STARTS_WITHIN = 60.0  # seconds for a new process on a busy machine
_MOST_GUILTY = 1_000  # documents remembered
# Every parser takes megabytes; giving them back to the system each time is a fifth of the work (mallopt(3)).
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(16 * 2**20), "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20)}
_FORGIVEN_AFTER = 6 * 3600.0  # seconds: what a machine under load could not read in time gets a new chance


class Reads(Protocol):
    """What the poller needs of reading: the functions of `advisor.read` itself, or `Readers`."""

    def read(self, document: Document, source: Source) -> Reading: ...

    def read_fresh(self, document: Document, source: Source, known: bytes) -> tuple[Reading, bytes, int]: ...

    def fill(self, article: Article, page: Document) -> Article: ...


class Unreadable(Exception):
    """A document that its parser does not survive or end on; the text is a sentence."""


class Readers:
    """The functions of `advisor.read` in at most `at_once` processes. Thread-safe.

    One reads faster than its caller takes in what it read; a further one is started when a document waits.
    `deadline`: seconds for one document; `memory`: MiB that a process may use. `close` it at the end.
    """

    def __init__(self, at_once: int = 2, deadline: float = 20.0, memory: int = 512) -> None:
        self._deadline = deadline
        self._memory = memory
        self._most = at_once
        self._started = 0  # processes at work, idle or being started
        self._idle: list[_Process] = []
        self._closed = False
        self._lock = threading.Lock()
        self._freed = threading.Condition(self._lock)
        self._guilty: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    def read(self, document: Document, source: Source) -> Reading:
        """As `advisor.read.read`. Raises Unreadable."""
        reading: Reading = self.run(source.id, document, read.read, document, source)
        return reading

    def read_fresh(self, document: Document, source: Source, known: bytes) -> tuple[Reading, bytes, int]:
        """As `advisor.read.read_fresh`. Raises Unreadable."""
        found: tuple[Reading, bytes, int] = self.run(source.id, document, read.read_fresh, document, source, known)
        return found

    def fill(self, article: Article, page: Document) -> Article:
        """As `advisor.read.fill`. Raises Unreadable."""
        filled: Article = self.run(article.source_id, page, read.fill, article, page)
        return filled

    def run(self, source_id: str, document: Document, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` answers to `arguments` in a process of its own, for `document` of a source.

        Raises Unreadable when it does not end in time, dies, or wants too much memory; RuntimeError with the
        traceback when it raised.
        """
        guilty = (source_id, document.validators.sha256 or hashlib.sha256(document.body).hexdigest())
        if sentence := self._verdict(guilty):
            raise Unreadable(sentence)
        request = framed((function, arguments, self._deadline))
        for _ in range(2):
            try:
                with self._process() as process:
                    outcome, value, ends = process.ask(request, self._deadline)
                    if ends:
                        process.end()
            except TimeoutError:
                self._condemn(guilty, f"it could not be read within {self._deadline:g} seconds, and was given up")
            except EOFError:
                continue
            if outcome is Outcome.DONE:
                return value
            if outcome is Outcome.FAULT:
                raise RuntimeError(value)
            self._condemn(guilty, f"reading it takes more than {self._memory} MiB of memory")
        self._condemn(guilty, "what reads it breaks down on it")

    def close(self) -> None:
        """End every idle process; those at work end with their work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            self._started -= len(idle)
        for process in idle:
            process.end()

    # --- processes --------------------------------------------------------------------------------------

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """A process of one's own, given back unless it came to its end."""
        process = self._taken()
        try:
            process = process or _Process(self._memory)
            yield process
        except BaseException:
            if process is not None:
                process.kill()
            self._leave()
            raise
        with self._lock:
            if not process.ended and not self._closed:
                self._idle.append(process)
                self._freed.notify()
                return
        process.end()
        self._leave()

    def _taken(self) -> _Process | None:
        """A process that was idle and is alive; None: one is to be started."""
        until = time.monotonic() + _PATIENCE
        while True:
            with self._lock:
                while not self._idle:
                    if self._started == 0 or (self._started < self._most and time.monotonic() >= until):
                        self._started += 1
                        return None
                    self._freed.wait(max(until - time.monotonic(), 0) if self._started < self._most else None)
                process = self._idle.pop()
            if process.alive():
                return process
            log.warning("reader-died while it was idle")
            process.kill()
            self._leave()

    def _leave(self) -> None:
        """One process less: who waits may start another."""
        with self._lock:
            self._started -= 1
            self._freed.notify()

    # --- guilty documents -------------------------------------------------------------------------------

    def _verdict(self, guilty: tuple[str, str]) -> str | None:
        with self._lock:
            since, sentence = self._guilty.get(guilty, (0.0, ""))
            if not sentence or time.monotonic() - since > _FORGIVEN_AFTER:
                return None
            return sentence

    def _condemn(self, guilty: tuple[str, str], sentence: str) -> NoReturn:
        log.warning("unreadable source=%s sha256=%s %s", *guilty, sentence)
        with self._lock:
            self._guilty[guilty] = (time.monotonic(), sentence)
            while len(self._guilty) > _MOST_GUILTY:
                self._guilty.popitem(last=False)
        raise Unreadable(sentence)


class _Process:
    """One reading process and our end of the socket to it."""

    def __init__(self, memory: int) -> None:
        self.ended = False
        self._socket, theirs = socket.socketpair()
        with theirs:
            # A fresh interpreter and no fork: this process has threads, whose locks a fork would copy as held.
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-c", "from advisor.read.worker import main; main()", str(memory)],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env={**_KEEP_MEMORY, **os.environ},
            )  # fmt: skip
        try:
            self._receive(time.monotonic() + _STARTS_WITHIN)
        except (TimeoutError, EOFError) as error:
            self.kill()
            raise RuntimeError("the process that reads documents does not start") from error
        except BaseException:
            self.kill()
            raise

    def alive(self) -> bool:
        return self._popen.poll() is None

    def ask(self, request: bytes, seconds: float) -> Answer:
        """The answer to a framed call. TimeoutError when it takes too long, EOFError when the process dies."""
        until = time.monotonic() + seconds
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(request)
        except TimeoutError:
            raise
        except OSError as error:
            raise EOFError from error
        answer: Answer = pickle.loads(self._receive(until))  # noqa: S301  (from our own process)
        return answer

    def _receive(self, until: float) -> bytes:
        return self._exactly(HEAD.unpack(self._exactly(HEAD.size, until))[0], until)

    def _exactly(self, size: int, until: float) -> bytes:
        found = bytearray()
        while len(found) < size:
            self._socket.settimeout(max(until - time.monotonic(), 0.001))
            try:
                chunk = self._socket.recv(size - len(found))
            except TimeoutError:
                raise
            except OSError as error:
                raise EOFError from error
            if not chunk:
                raise EOFError
            found += chunk
        return bytes(found)

    def end(self) -> None:
        """Let it go: it is idle, or ends by itself. May be called again."""
        self.ended = True
        self._socket.close()
        try:
            self._popen.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """At once, whatever it does."""
        self.ended = True
        self._socket.close()
        with contextlib.suppress(ProcessLookupError):
            self._popen.kill()
        self._popen.wait()


__all__ = ["Readers", "Reads", "Unreadable"]

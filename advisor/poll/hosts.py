"""Politeness towards one host: few requests at once and a pause between them.

A host is a name with its port, so two test servers on one loopback address do not wait for each other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Place:
    running: int = 0
    waiting: int = 0
    next_start: float = 0.0


class Busy(Exception):
    """No turn came in time: the requests before this one take too long."""


class HostGate:
    """Lets `at_once` requests to a host run, their starts at least `spacing` seconds apart. Thread-safe."""

    def __init__(self, at_once: int, spacing: float) -> None:
        self._at_once = at_once
        self._spacing = spacing
        self._places: dict[str, _Place] = {}
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, host: str, patience: float = float("inf")) -> Iterator[None]:
        """Waits for a turn at `host`, at most `patience` seconds, and holds it for the block."""
        self._enter(host, time.monotonic() + patience)
        try:
            yield
        finally:
            self._leave(host)

    def _enter(self, host: str, until: float) -> None:
        with self._changed:
            place = self._places.setdefault(host, _Place())
            place.waiting += 1
            try:
                while (pause := self._pause(place)) != 0:
                    left = until - time.monotonic()
                    if left <= 0:
                        raise Busy(host)
                    self._changed.wait(min(pause if pause is not None else left, left, 3600))
            finally:
                place.waiting -= 1
            place.running += 1
            place.next_start = time.monotonic() + self._spacing

    def _pause(self, place: _Place) -> float | None:
        """Seconds to wait; None: until another request to the host ends; 0: go."""
        if place.running >= self._at_once:
            return None
        return max(0.0, place.next_start - time.monotonic())

    def _leave(self, host: str) -> None:
        with self._changed:
            self._places[host].running -= 1
            self._changed.notify_all()
            if len(self._places) > 1000:
                self._forget_idle()

    def _forget_idle(self) -> None:
        now = time.monotonic()
        self._places = {
            host: place
            for host, place in self._places.items()
            if place.running or place.waiting or place.next_start > now
        }

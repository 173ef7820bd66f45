"""What the operator wants, as the service holds it: plain values, without what reads and checks the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from advisor.model import Receiver, Route, Source, Watch

OPERATOR = "operator"  # the receiver that hears of Advisor's own troubles


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator wants, ready for the service."""

    file: str
    database: str
    sources: tuple[Source, ...]
    contact: str
    allow_networks: tuple[str, ...]
    at_once: int
    deadline: timedelta
    max_age: timedelta
    silence_closes: timedelta
    watch: Watch
    receivers: dict[str, Receiver]
    routes: tuple[Route, ...]
    rules: Path | None
    daily: tuple[str, ...] = ()  # receivers of one silent line a day: what was read, whether anything is new
    daily_at: time = time(7, 0)  # in each receiver's own time zone

    @property
    def operators(self) -> tuple[str, ...]:
        """Who hears of Advisor's own troubles; empty when nobody is named `operator`."""
        return (OPERATOR,) if OPERATOR in self.receivers else ()

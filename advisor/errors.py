"""Errors that a person can act on: each message names its subject and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class AdvisorError(Exception):
    """Something that Advisor can explain to its operator in one line, without a traceback."""


class UsageError(AdvisorError):
    """Wrong usage or configuration; commands end with exit code 2."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a file that a person wrote; line and column count from 1, 0 where unknown."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{place}: {self.message}"


MOST_FAULTS = 100  # that are told at once; what follows is counted


def listed(faults: Sequence[Fault]) -> str:
    """A line for each fault, as many as a person can mend in one go, and how many more there are."""
    lines = [str(fault) for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        lines.append(f"and {len(faults) - MOST_FAULTS} more faults, {len(faults)} in all; mend these and check again")
    return "\n".join(lines)


class ConfigError(UsageError):
    """Every fault found in configuration, rules or lexicons, so that one run shows them all."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(listed(faults))
        self.faults = faults


class StoreError(AdvisorError):
    """The database cannot be opened, is newer than this program, full, or read-only.

    `passing`: it may be over without anything being set up otherwise, as a lock or a server that is not there yet.
    """

    def __init__(self, words: str, *, passing: bool = False) -> None:
        super().__init__(words)
        self.passing = passing

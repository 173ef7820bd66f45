from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from advisor.clock import utc_now
from advisor.config.settings import load_settings
from advisor.service import Service
from tests.whole.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


class Shifted:
    """A clock that a test can put forward and back."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def build(clock: Shifted) -> Iterator[Callable[[Path], Service]]:
    made: list[Service] = []

    def start(file: Path) -> Service:
        made.append(Service.build(load_settings(file), clock))
        return made[-1]

    yield start
    for service in made:
        service.close()


Build = Callable[[Path], Service]

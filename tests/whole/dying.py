"""One real pass of the daemon's parts that kills itself (SIGKILL) at a named point: `before accept`, `after send` ...

python -m tests.whole.dying CONFIG before|after|none POINT
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from advisor.config.settings import load_settings
from advisor.service import Service

POINTS = (
    "claim_due", "fetch", "known_articles", "detect", "accept",
    "claim_deliveries", "begin_attempt", "send", "finish_attempt",
)  # fmt: skip


class Dying:
    """Stands before a part of the service and dies around one of its calls."""

    def __init__(self, part: Any, when: str, point: str) -> None:
        self._part, self._when, self._point = part, when, point

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name != self._point:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = found(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return call


def main(file: str, when: str, point: str) -> None:
    service = Service.build(load_settings(Path(file)))
    if when != "none":
        store = Dying(service.store, when, point)
        service.store = service.due.store = store  # type: ignore[assignment]
        service.poller = replace(
            service.poller, store=store, fetcher=Dying(service.fetcher, when, point),
            detector=Dying(service.poller.detector, when, point),
        )  # type: ignore[arg-type]  # fmt: skip
        channels = {name: Dying(channel, when, point) for name, channel in service.sender.channels.items()}
        service.sender = replace(service.sender, store=store, channels=channels)  # type: ignore[arg-type]
    service.once()
    service.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Run as a process by the crash test: is inside `accept` until it is killed."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from advisor.model import AlertChange, Owed
from advisor.store import open_store
from tests.store.conftest import NOW, claimed, incoming, report, to


def main(url: str) -> None:
    def stuck(told: Sequence[AlertChange]) -> list[Owed]:
        print("deciding", flush=True)
        time.sleep(60)
        return to("ops")(told)

    from advisor.correlate import decide

    with open_store(url, NOW) as store:
        claim = claimed(store)
        store.accept(
            claim,
            [incoming(report())],
            now=NOW,
            next_poll_at=NOW,
            decide=lambda reports, alerts, taken: decide(reports, alerts, NOW, taken=taken),
            owe=stuck,
        )


if __name__ == "__main__":
    main(sys.argv[1])

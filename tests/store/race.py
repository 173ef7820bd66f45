"""Run as a process by the race test: opens the database at the same moment as others and claims sources."""

from __future__ import annotations

import sys
from datetime import timedelta

from advisor.model import Source
from advisor.store import open_store
from tests.store.conftest import NOW


def main(url: str, owner: str) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    with open_store(url, NOW) as store:
        store.sync_sources([Source(f"s{n}", f"https://{n}.example") for n in range(30)], NOW)
        while claims := store.claim_due(NOW, owner, timedelta(minutes=1), 3):
            for claim in claims:
                print(claim.source_id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

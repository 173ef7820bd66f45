"""`advisor run` and `advisor poll`: the daemon, and one pass of it."""

from __future__ import annotations

import argparse
import json
import os
import sys

from advisor.cli.logs import log_to_stderr
from advisor.config.apart import settings_apart
from advisor.daemon import run_forever
from advisor.service import Service
from advisor.store import DeliveryState


def run(options: argparse.Namespace) -> int:
    if options.command == "run":
        return run_forever(lambda: settings_apart(options.config), lambda: log_to_stderr(options.log_level))
    return _poll(options)


def _poll(options: argparse.Namespace) -> int:
    log_to_stderr("INFO" if options.verbose else "WARNING")
    from advisor.config.settings import load_settings, settings_file  # the daemon does without

    service = Service.build(load_settings(settings_file(options.config, os.environ)))
    try:
        before = service.store.counts(service.clock()).deliveries
        polled = service.once()
        rows = service.store.sources()
        if options.json:
            for row in rows:
                print(json.dumps({
                    "source": row.id, "state": str(row.state), "sentence": row.sentence, "failures": row.failures,
                    "next_poll_at": row.next_poll_at and row.next_poll_at.isoformat(),
                }, ensure_ascii=False))  # fmt: skip
        else:
            bad = [row for row in rows if not row.state.healthy]
            now = service.store.counts(service.clock()).deliveries
            ended = {state: count - before.get(state, 0) for state, count in now.items()}
            ended[DeliveryState.OWED] = now.get(DeliveryState.OWED, 0)  # waits, from whatever pass
            told = [f"{count} {state}" for state, count in ended.items() if count > 0]
            print(f"{polled} sources polled, {len(rows) - len(bad)} of {len(rows)} read")
            print("messages: " + (", ".join(told) or "none"))
            for row in bad:
                print(f"  {row.id}: {row.state}, {row.sentence}", file=sys.stderr)
    finally:
        service.close()
    return 0

"""`advisor demo`: see `advisor.demo`."""

from __future__ import annotations

import argparse

from advisor.cli.logs import log_to_stderr
from advisor.demo import run as show


def run(options: argparse.Namespace) -> int:
    log_to_stderr("INFO" if options.verbose else "WARNING")
    return show(options.once, lambda line: print(line, flush=True))

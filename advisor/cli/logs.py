"""Logs: one line an event, keys and values, to standard error (journald reads it); never a secret."""

from __future__ import annotations

import logging
import os
import re
import sys

# Tokens in addresses: userinfo, Telegram bot paths, and query values that look like keys.
_SECRETS = re.compile(
    r"(?<=://)[^/\s@]+@|(?<=/bot)\d+:[\w-]+|(?<=[?&])(token|key|secret|password|pass|auth)=[^&\s]+", re.IGNORECASE
)


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("***", super().format(record))


def log_to_stderr(level: str = "INFO") -> None:
    """Set logging up once; under systemd the journal adds the time, and a prefix gives it the priority."""
    under_journal = "JOURNAL_STREAM" in os.environ
    handler = logging.StreamHandler(sys.stderr)
    text = "%(levelname)s %(name)s %(message)s"
    handler.setFormatter(_Line(text if under_journal else f"%(asctime)s {text}"))
    logging.basicConfig(level=level, handlers=[handler], force=True)

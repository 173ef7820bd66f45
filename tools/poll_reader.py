"""What PyPI's `reader` needs for the feeds of tools/poll_server.py; runs in the virtual environment made for it.

python tools/poll_reader.py DATABASE < addresses, one a line
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path

import certifi


def main() -> None:
    logging.disable(logging.CRITICAL)
    if len(sys.argv) > 2:  # it takes no other authorities than certifi's: ours goes to them
        bundle = Path(sys.argv[1]).with_suffix(".pem")
        bundle.write_bytes(Path(certifi.where()).read_bytes() + Path(sys.argv[2]).read_bytes())
        certifi.where = lambda: str(bundle)
    from reader import make_reader

    reader = make_reader(sys.argv[1])
    addresses = sys.stdin.read().split()
    for address in addresses:
        reader.add_feed(address)
    rounds = []
    for _ in range(2):
        before = time.process_time()
        reader.update_feeds(scheduled=False)
        rounds.append(time.process_time() - before)
    failed = sum(feed.last_exception is not None for feed in reader.get_feeds())
    print(json.dumps({"rounds": rounds, "failed": failed, "items": reader.get_entry_counts().total}))


if __name__ == "__main__":
    main()

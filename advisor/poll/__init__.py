"""From a source to its bytes: polite, bounded in time, size and reach, and every failure has a name.

What the bytes mean is left to `advisor.read`; when each source is due is data that the store keeps.
"""

import sys

# httpx loads its own command line where click is installed, and rich and pygments with it: 8 MB for nothing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

from advisor.poll.fetch import ACCEPT, Fetcher, Limits  # noqa: E402
from advisor.poll.folder import Listing, list_folder  # noqa: E402
from advisor.poll.schedule import next_poll, phase_of, refresh_due  # noqa: E402
from advisor.poll.words import shown  # noqa: E402

__all__ = ["ACCEPT", "Fetcher", "Limits", "Listing", "list_folder", "next_poll", "phase_of", "refresh_due", "shown"]

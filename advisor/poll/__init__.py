"""From a source to its bytes: polite, bounded in time, size and reach, and every failure has a name.

What the bytes mean is left to `advisor.read`; when each source is due is data that the store keeps.
"""

from advisor.poll.fetch import ACCEPT, Fetcher, Limits
from advisor.poll.folder import Listing, list_folder
from advisor.poll.schedule import next_poll, phase_of, refresh_due
from advisor.poll.words import shown

__all__ = ["ACCEPT", "Fetcher", "Limits", "Listing", "list_folder", "next_poll", "phase_of", "refresh_due", "shown"]

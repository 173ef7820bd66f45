"""Which countries' own pages are read in this poll: the changed, the watched and the risky first, few at a time.

A ministry without a list of levels has two hundred pages. Asking for all of them at every poll would be rude, asking
once a day would be late; so each poll takes some, and those where something is at stake come round every hour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from advisor.model.register import Entry, Held, Shape

OFTEN = timedelta(hours=1)  # between looks at a page where something is at stake
SELDOM = timedelta(hours=24)
_AT_STAKE = 3  # the level from which on people are told


def due(
    entries: Sequence[Entry], held: Mapping[str, Held], shape: Shape, watched: Collection[str], now: datetime
) -> list[Entry]:
    """The entries whose pages are to be read now, in the order in which they are asked for."""
    if shape.crawl is None:
        return [entry for entry in entries if _is_new(entry, held.get(entry.country))]
    known = dict(shape.crawl.known)
    ranked = []
    for place, entry in enumerate(entries):
        item = held.get(entry.country)
        stake = entry.country in watched or entry.country in known or _is_at_stake(item)
        if entry.revision:
            late = 1.0 if _is_new(entry, item) and not _was_tried(item, now) else 0.0
        else:
            late = _lateness(item, OFTEN if stake else SELDOM, now)
        if late >= 1:
            ranked.append((entry.country not in watched, not stake, -late, place, entry))
    return [entry for *_, entry in sorted(ranked, key=lambda item: item[:4])][: shape.crawl.pages]


def _is_new(entry: Entry, item: Held | None) -> bool:
    """Whether the list says that the page is new, or what it showed still has to hold."""
    return item is None or item.revision != entry.revision or item.pending is not None


def _was_tried(item: Held | None, now: datetime) -> bool:
    """Lately and in vain: others come first."""
    return item is not None and item.tried is not None and timedelta() <= now - item.tried < OFTEN / 4


def _is_at_stake(item: Held | None) -> bool:
    if item is None:
        return False
    return bool(item.pending or item.acts) or (item.level is not None and item.level.part >= _AT_STAKE)


def _lateness(item: Held | None, period: timedelta, now: datetime) -> float:
    """How many of its periods ago a page was asked for; a page never asked for is later than all."""
    if item is None or item.tried is None or item.tried > now:
        return float("inf")
    return (now - item.tried) / period

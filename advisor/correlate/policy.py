"""The numbers of correlation: how long silence, memory and freshness last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Durations that people may want to set otherwise."""

    silence: timedelta = timedelta(days=10)  # an episode without reports for so long is over
    max_age: timedelta = timedelta(hours=48)  # older reports are recorded, not told
    memory: timedelta = timedelta(days=365)  # an easing is told if the pair was held within it
    standing: timedelta = timedelta(days=180)  # an issuer's own call found at first sight may stand so long
    neighbours: timedelta = timedelta(hours=48)  # other governments that count as "in these days"

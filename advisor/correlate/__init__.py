"""One alert per event: reports and stored alerts in, changes with their reasons out.

Pure. What one event is and what is told: `decide`; which publishers are independent: `families`; the
numbers: `Policy`. Storing the changes and telling people are left to `store` and `deliver`.
"""

from advisor.correlate.decide import decide
from advisor.correlate.episodes import as_of
from advisor.correlate.families import alike, digest, families
from advisor.correlate.policy import Policy
from advisor.correlate.situation import correct, others, retract
from advisor.correlate.unsaid import unsaid

__all__ = ["Policy", "alike", "as_of", "correct", "decide", "digest", "families", "others", "retract", "unsaid"]

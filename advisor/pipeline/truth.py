"""What is true about a source that could be read: fresh or unchanged, quiet beyond its habit, rolled, moved for good.

Pure. Failures have their names from where they happen; here only good checks are judged, and long failures.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from advisor.model import Failure, Format, Source, SourceState
from advisor.poll import shown
from advisor.store import Claim

QUIET_LEAST = timedelta(hours=24)  # no source is called quiet before
_TIMES = 5  # its longest usual pause
_ARRIVALS = 10  # after which the habit of a source is known
_DEAD_AFTER = timedelta(days=7)
_SHOWN_FOR = timedelta(days=1)  # a gap stays to be seen, although the next poll is fine
WINDOW = 3  # items below which a feed always rolls

Truth = tuple[SourceState, str]
_HABITUAL = frozenset({Format.FEED, Format.TELEGRAM})
_ROLLING = _HABITUAL | {Format.REGISTER}
_WELL = frozenset({SourceState.FRESH, SourceState.UNCHANGED})
_OF_THE_DOCUMENT = frozenset({SourceState.UNDATED, SourceState.REDIRECTED})  # true until the document is another


def unchanged(claim: Claim, source: Source, now: datetime) -> Truth:
    """After an answer that nothing is new."""
    if claim.state in _OF_THE_DOCUMENT or _gap_is_shown(claim, now):
        return claim.state, claim.sentence
    of_the_same = claim.sentence if claim.state in _WELL else ""  # what was said of this very document
    return _quiet(claim, source, now) or (SourceState.UNCHANGED, of_the_same)


def read(
    claim: Claim, source: Source, now: datetime, said: Truth, *, new: bool, rolled: bool, moved_to: str | None
) -> Truth:
    """After a document that was read, as its reading `said`.

    `new`: it brought something; `rolled`: nothing that it lists was seen before. What a reader said comes first.
    """
    state, sentence = said
    if state is not SourceState.FRESH and not (rolled and state is SourceState.TRUNCATED):
        return said
    if rolled and source.format in _ROLLING and not claim.first_poll and claim.last_good is not None:
        words = (
            f"nothing it lists was there on {claim.last_good:%Y-%m-%d %H:%M} UTC: what came in between may be missed"
        )
        return SourceState.GAP, _joined(words, sentence)
    if state is not SourceState.FRESH:
        return said
    if _gap_is_shown(claim, now):
        return claim.state, claim.sentence
    if moved_to:
        return SourceState.REDIRECTED, _joined(f"moved for good to {shown(moved_to)}: change its address", sentence)
    if not new and (quiet := _quiet(claim, source, now)):
        return quiet[0], _joined(quiet[1], sentence)
    return said


def failed(claim: Claim, failure: Failure) -> Truth:
    """After a failure; one that lasts for a week means that the source is dead."""
    if failure.state is SourceState.UNREACHABLE and claim.last_good and failure.at - claim.last_good > _DEAD_AFTER:
        return SourceState.DEAD, f"not read since {claim.last_good:%Y-%m-%d}: {failure.sentence}"
    return failure.state, failure.sentence


def _gap_is_shown(claim: Claim, now: datetime) -> bool:
    return claim.state is SourceState.GAP and now - claim.state_since < _SHOWN_FOR


def _quiet(claim: Claim, source: Source, now: datetime) -> Truth | None:
    if source.format not in _HABITUAL or claim.habit is None or claim.last_item is None:
        return None
    silence = now - claim.last_item
    if claim.arrivals < _ARRIVALS or silence < max(QUIET_LEAST, _TIMES * timedelta(seconds=claim.habit)):
        return None
    return (
        SourceState.QUIET,
        f"nothing new for {_span(silence)}; until then at most {_span(timedelta(seconds=claim.habit))}",
    )


def _span(length: timedelta) -> str:
    for size, unit in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if (count := length // size) >= 2 or unit == "minute":
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return ""


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)

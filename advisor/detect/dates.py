"""Whether a month that a text names, with or without a day, is past for who reads it on the day of publication."""

from __future__ import annotations

from datetime import datetime

from advisor.detect.tags import Tag
from advisor.detect.text import Text

_NAMES = (
    "january february march april may june july august september october november december"  # as lexicons write them
)
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
_YEAR, _DAYS = 12, 31
_FRESH = 21  # days that an order which names its day is still told as one of these days
_LAST_MONTH = 10  # of this month; from then on the last one, named without a day, is past
_TO_COME = 4  # months ahead; what is named further ahead was last year's


def is_past(text: Text, month: Tag, published: datetime) -> bool:
    """ "In August", read in October; "on 3 June", read on the 20th; "in November", read in June, was last year's.

    A word alone is a date only beside its day: Turkish "ocak" is also a hearth, "mart" a month.
    """
    day = _day_beside(text, month)
    if day is None and month.last - month.first == 1:
        return False
    ahead = (_MONTHS[month.value] - published.month) % _YEAR
    if ahead == 0:
        return day is not None and published.day - day > _FRESH
    if ahead == _YEAR - 1:
        return published.day > _LAST_MONTH if day is None else published.day + _DAYS - day > _FRESH
    return ahead > _TO_COME


def _day_beside(text: Text, month: Tag) -> int | None:
    for token in (month.first - 1, month.last):
        if 0 <= token < len(text.tokens) and len(text.tokens[token]) <= len("31") and text.tokens[token].isdecimal():
            day = int(text.tokens[token])
            if 0 < day <= _DAYS:
                return day
    return None

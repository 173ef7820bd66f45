"""How the phrases of a lexicon are written, and the token sequences that each stands for.

A phrase is words with spaces between. `word*` stands for any ending, `a|b` for either word, `a|in_b` for a word or two,
`..` for up to three words between. Words are folded (`fold`), so that they meet the text.
"""

from __future__ import annotations

import re
from itertools import pairwise, product
from math import prod

from advisor.detect.fold import fold
from advisor.detect.text import UNSPACED

GAPS = ("..", "...")
MAX_GAP = 3  # words between the two sides of `..`
_WORD = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+\\*?|\\.\\.\\.?")
_MOST_WORDS, _MOST_GAPS, _MOST_WORDINGS = 24, 3, 1000  # of one phrase: reading it stays cheap whatever it holds
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]")


def words_of(folded: str) -> list[str]:
    """The tokens of a folded form."""
    return _WORD.findall(folded)


def parts_of(phrase: str) -> list[tuple[str, ...]]:
    """The token sequences that `phrase` stands for; ValueError says what is wrong with it."""
    slots: list[list[tuple[str, ...]]] = []
    for word in phrase.split():
        if word in GAPS:
            slots.append([(word,)])
            continue
        options = []
        for option in word.split("|"):
            stem = option.endswith("*")
            pieces = _WORD.findall(fold(option.rstrip("*")))
            if not pieces:
                raise ValueError(f"{phrase!r} has a part without letters")
            if stem:
                pieces[-1] += "*"
            options.append(tuple(pieces))
        slots.append(options)
    most_gaps = _MOST_GAPS - bool(_UNSPACED.search(phrase))  # their gaps are searched longer
    if len(slots) > _MOST_WORDS or sum(slot[0][0] in GAPS for slot in slots) > most_gaps:
        raise ValueError(f"{phrase!r} is too long: at most {_MOST_WORDS} words and {most_gaps} gaps")
    if prod(len(slot) for slot in slots) > _MOST_WORDINGS:
        raise ValueError(f"{phrase!r} stands for over {_MOST_WORDINGS} wordings; write several shorter phrases")
    for slot, following in pairwise(slots):
        if len({*slot, *following}) < len(set(slot)) + len(set(following)) and len(slot) + len(following) > 2:
            raise ValueError(f"{phrase!r} has the same word twice; join the words of one alternative with _: a|in_b")
    if not slots or slots[0][0][0] in GAPS or slots[-1][0][0] in GAPS:
        raise ValueError(f"{phrase!r} must begin and end with a word")
    return [tuple(piece for option in choice for piece in option) for choice in product(*slots)]

"""Text that repeats itself without end, made legible in bounded time: after twenty rounds the rest are spaces.

Broken publishing systems and pranksters send such texts; no newsroom writes them. Offsets stay what they were.
"""

from __future__ import annotations

_LONG = 10_000  # code points; shorter texts are read quickly whatever they hold
_PROBE = 40
_LONGEST_ROUND = 1_000
_ROUNDS = 20


def without_endless(text: str) -> str:
    """`text` of the same length, with what goes on repeating itself as spaces."""
    if len(text) < _LONG:
        return text
    pieces = []
    kept = at = 0
    while at + _PROBE < len(text):
        again = text.find(text[at : at + _PROBE], at + 1, at + _LONGEST_ROUND + _PROBE)
        size = again - at
        end = _end_of_rounds(text, at, size) if again >= 0 else 0
        behind = at + _ROUNDS * size
        if again >= 0 and end > behind:
            pieces += [text[kept:behind], " " * (end - behind)]
            kept = at = end
        else:
            at += _PROBE
    return "".join([*pieces, text[kept:]])


def _end_of_rounds(text: str, start: int, size: int) -> int:
    """Where a passage of `size` that begins at `start` stops repeating itself."""
    said = text[start : start + size]
    end = start + size
    while text.startswith(said, end):
        end += size
    return end

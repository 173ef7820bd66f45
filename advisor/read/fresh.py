"""Which items of a feed are new since its last reading: what stands there byte for byte as before is not read again.

Most of what a changed feed lists was listed before, and parsing it is most of a poll. Where the cut is not plain to see
(items in items, counts that differ, an identity that a new item shares with an old one) the document stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

_OPENS, _CLOSES = re.compile(rb"<(item|entry)(?=[\s>])"), re.compile(rb"</(item|entry)\s*>")
_IDENTITY = re.compile(rb"<(?:guid|id|link)\b[^>]*?(?:href=[\"']([^\"']*)[^>]*>|>\s*(.*?)\s*</)", re.DOTALL)
_SIZE = 8  # bytes of a mark: two of a source's items share one by chance once in 10^16 polls


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document with its new items only, and the marks of all of them for the next time."""

    body: bytes
    marks: bytes = b""
    skipped: int = 0


def fresh(body: bytes, known: bytes) -> Fresh:
    """`body` without the items whose marks are in `known`."""
    found = _items(body)
    if not found:
        return Fresh(body)
    of_item = [blake2b(item, digest_size=_SIZE).digest() for _, _, item in found]
    marks = b"".join(of_item)
    before = {known[at : at + _SIZE] for at in range(0, len(known), _SIZE)}
    old = [mark in before for mark in of_item]
    if not any(old) or _share_an_identity([item for _, _, item in found], old):
        return Fresh(body, marks)
    kept, position = [], 0
    for (start, end, _), is_old in zip(found, old, strict=True):
        if is_old:
            kept.append(body[position:start])
            position = end
    return Fresh(b"".join((*kept, body[position:])), marks, sum(old))


def _items(body: bytes) -> list[tuple[int, int, bytes]]:
    """Where each item begins and ends, with its bytes; empty unless they follow each other plainly."""
    opens, closes = list(_OPENS.finditer(body)), list(_CLOSES.finditer(body))
    begins = [*(tag.start() for tag in opens), len(body)]
    if len(opens) != len(closes) or not all(
        opened[1] == closed[1] and opened.end() <= closed.start() and closed.end() <= following
        for opened, closed, following in zip(opens, closes, begins[1:], strict=True)
    ):
        return []
    return [(start, tag.end(), body[start : tag.end()]) for start, tag in zip(begins, closes, strict=False)]


def _share_an_identity(items: Sequence[bytes], old: Sequence[bool]) -> bool:
    """Whether a new item carries a guid or link of an old one; they must be told apart together."""
    known = [item for item, is_old in zip(items, old, strict=True) if is_old]
    new = {name for item, is_old in zip(items, old, strict=True) if not is_old for name in _names(item)}
    # Hardly any new name stands in an old item at all, and looking for bytes takes a tenth of reading names.
    suspects = [item for item in known if any(name in item for name in new)]
    return any(not new.isdisjoint(_names(item)) for item in suspects)


def _names(item: bytes) -> set[bytes]:
    return {one or other for one, other in _IDENTITY.findall(item)}

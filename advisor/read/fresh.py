"""Which items of a feed are new since its last reading: what stands there byte for byte as before is not read again.

Most of what a changed feed lists was listed before, and parsing it is most of a poll. Where the cut is not plain to see
(items in items, counts that differ, an identity that a new item shares with an old one) the document stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b

_ITEM = re.compile(rb"<(item|entry)(?=[\s>]).*?</\1\s*>", re.DOTALL)
_OPENS, _CLOSES = re.compile(rb"<(?:item|entry)[\s>]"), re.compile(rb"</(?:item|entry)\s*>")
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
    found = [(match.start(), match.end(), match[0]) for match in _ITEM.finditer(body)]
    if not found or len(_OPENS.findall(body)) != len(found) or len(_CLOSES.findall(body)) != len(found):
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


def _share_an_identity(items: Collection[bytes], old: Collection[bool]) -> bool:
    """Whether a new item carries a guid or link of an old one; they must be told apart together."""
    names: tuple[set[bytes], set[bytes]] = (set(), set())
    for item, is_old in zip(items, old, strict=True):
        names[is_old].update(one or other for one, other in _IDENTITY.findall(item))
    return bool(names[True] & names[False])

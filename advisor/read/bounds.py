"""Shapes that no real page or feed has, and that cost parsers time with the square of their size."""

from __future__ import annotations

import re

_MOST_ATTRIBUTES = 1_000  # of one tag, namespace declarations included; a hundred are rare
_DEEPEST = 600  # browsers stop at 512
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,30})")
_NO_DEPTH = frozenset({  # void, or closed by their next sibling
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li",
    "td", "th", "tr", "dd", "dt", "option", "optgroup", "tbody", "thead", "tfoot", "rp", "rt",
})  # fmt: skip
# Nothing is tried twice (possessive): the search is linear, whatever the bytes are. Names are those that are used, so
# that prose and scripts behind a stray "<" are no tag.
_ATTRIBUTE = rb"[\s/]*+[\w:.@#\x80-\xff-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s<>\"']++))?+"
_ONE = re.compile(_ATTRIBUTE)
_TAG_OF_MANY = re.compile(rb"<[a-zA-Z][^\s<>/\"'=]*+(?:" + _ATTRIBUTE + rb")*+")


def beyond_reason(markup: str) -> str | None:
    """What is unreasonable about a page, as the end of a sentence; None: nothing."""
    if too_deep(markup):
        return "nested beyond reason"
    if overladen(markup.encode("utf-8", "replace")):
        return f"with more than {_MOST_ATTRIBUTES:,} attributes in one tag"
    return None


def too_deep(markup: str) -> bool:
    """Whether elements are nested beyond any real page; parsers then need quadratic time."""
    depth = 0
    for found in _TAG.finditer(markup):
        if found[2].lower() not in _NO_DEPTH:
            depth = max(0, depth - 1) if found[1] else depth + 1
            if depth > _DEEPEST:
                return True
    return False


def overladen(markup: bytes) -> bool:
    """Whether a tag carries more attributes than any real one; telling them apart takes quadratic time."""
    least = 2 * _MOST_ATTRIBUTES  # bytes of so many: a letter and a space each
    if len(markup) < least:
        return False
    long = (found[0] for found in _TAG_OF_MANY.finditer(markup) if found.end() - found.start() >= least)
    return any(sum(1 for _ in _ONE.finditer(tag)) > _MOST_ATTRIBUTES for tag in long)

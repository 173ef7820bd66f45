"""Which publishers speak for themselves: copies of one wire text count once, under whatever names.

Likeness only finds copies; it never decides what an event is ("US orders staff to leave Niger" and
"... Sudan" are nearly equal texts). Works without knowing the language: words where the script writes
spaces, single characters where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from zlib import crc32

from advisor.model import Report

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
_SHINGLE = 4  # tokens that must follow each other
_KEPT = 64  # smallest hashes that stand for the whole text
_LONG = 40  # shingles from which a shortened copy can be told from a shared quotation
_LIKE = 0.6


def digest(title: str, text: str) -> str:
    """A fingerprint of the words: the number of shingles and the smallest of their hashes, in hex.

    Empty for a text without words. Stable across processes, platforms and versions.
    """
    tokens = _TOKEN.findall(f"{title} {text}".casefold())
    last = max(len(tokens) - _SHINGLE, 0)
    shingles = {_hash(tokens[start : start + _SHINGLE]) for start in range(last + 1)} if tokens else set()
    return f"{len(shingles)}:" + "".join(f"{value:08x}" for value in sorted(shingles)[:_KEPT]) if tokens else ""


def alike(a: str, b: str) -> bool:
    """Whether two fingerprints belong to copies of one text, cut or slightly edited.

    Estimates the common share from the smallest hashes (bottom-k sketch; Broder 1997, "On the
    resemblance and containment of documents"). Long texts are compared by containment, because papers
    shorten from the end; short ones by resemblance, because a shared quotation may fill them.
    """
    if not a or not b:
        return False
    (many_a, kept_a), (many_b, kept_b) = _parse(a), _parse(b)
    smallest = sorted(kept_a | kept_b)[:_KEPT]
    resemblance = len(kept_a & kept_b & set(smallest)) / len(smallest)
    if min(many_a, many_b) < _LONG:
        return resemblance >= _LIKE
    common = resemblance * (many_a + many_b) / (1 + resemblance)
    return common / min(many_a, many_b) >= _LIKE


def families(reports: Iterable[Report]) -> tuple[tuple[str, ...], ...]:
    """The independent families among `reports`, each with its publishers, the earliest first.

    One publisher is one family; publishers of copies are one. A government is never the copy of a paper.
    The result depends on the set of reports alone.
    """
    ordered = sorted(reports, key=lambda report: (report.at, name(report), report.article_id))
    leader = _leaders(ordered)
    gathered: dict[str, list[str]] = {}
    for publisher in dict.fromkeys(name(report) for report in ordered):
        gathered.setdefault(leader(publisher), []).append(publisher)
    return tuple(tuple(members) for members in gathered.values())


def name(report: Report) -> str:
    """The publisher's name; a source of unknown publisher stands for itself."""
    return report.publisher or report.source_id


def _leaders(reports: Sequence[Report]) -> Callable[[str], str]:
    """Who stands for a publisher: itself, or one of those that print the same text.

    Only texts that share a hash are compared, and only while they are not known to belong together: a text
    of one agency may come in from hundreds of papers.
    """
    above: dict[str, str] = {}

    def leader(publisher: str) -> str:
        while publisher in above:
            publisher = above[publisher]
        return publisher

    def join(one: str, other: str) -> None:
        if leader(one) != leader(other):
            above[leader(one)] = leader(other)

    printed: dict[str, str] = {}
    holders: dict[int, list[str]] = {}
    for text, publisher in sorted({(r.digest, name(r)) for r in reports if r.digest and not r.official}):
        if text in printed:
            join(publisher, printed[text])
            continue
        printed[text] = publisher
        values = _parse(text)[1]
        for earlier in {held for value in values for held in holders.get(value, ())}:
            if leader(publisher) != leader(printed[earlier]) and alike(text, earlier):
                join(publisher, printed[earlier])
        for value in values:
            holders.setdefault(value, []).append(text)
    return leader


def _hash(tokens: Sequence[str]) -> int:
    return crc32(" ".join(tokens).encode()) * 0x9E3779B1 & 0xFFFFFFFF


@lru_cache(maxsize=4096)
def _parse(fingerprint: str) -> tuple[int, frozenset[int]]:
    count, _, values = fingerprint.partition(":")
    return int(count), frozenset(int(values[start : start + 8], 16) for start in range(0, len(values), 8))

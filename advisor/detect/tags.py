"""Words to meanings: which languages a text is in, and the tags that their lexicons give its tokens.

Tags overlap freely, with two exceptions: an idiom ("maternity leave", "leave behind") hides what it
contains, and inside one category the longest phrase wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.detect.knowledge import Lexicon, TagSpec
from advisor.detect.text import Text

_SAMPLE = 3000  # code points that decide on the language
_SCRIPTS = (
    ("hangul", re.compile("[\uac00-\ud7a3]")), ("kana", re.compile("[\u3041-\u30ff]")),
    ("han", re.compile("[\u4e00-\u9fff]")), ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("arabic", re.compile("[\u0600-\u06ff]")), ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("greek", re.compile("[\u0370-\u03ff]")), ("latin", re.compile("[a-zA-Z\u00c0-\u024f]")),
)  # fmt: skip
_SHARE = 0.25  # a script with a quarter of the letters counts
_NEAR_BEST = 0.6  # languages with this share of the best one's votes are read too


class Tag(NamedTuple):
    """A phrase of a lexicon: tokens `first` up to and excluding `last`."""

    category: str
    value: str
    first: int
    last: int
    language: str

    def fits(self, specs: Iterable[TagSpec]) -> bool:
        return any(spec.category == self.category and spec.value in (None, self.value) for spec in specs)


def _scripts_of(sample: str) -> set[str]:
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    if counts["kana"] >= 2 and counts["kana"] * 20 > counts["han"]:  # Japanese mixes kana and Chinese characters
        counts["kana"] += counts["han"]
        counts["han"] = 0
    total = sum(counts.values())
    return {name for name, count in counts.items() if count and count >= _SHARE * total}


def languages_of(text: Text, lexicons: Mapping[str, Lexicon], declared: str | None) -> tuple[str, ...]:
    """The lexicons to read with, best first. The declared language is a hint, never a lock."""
    sample = unicodedata.normalize("NFC", text.original[:_SAMPLE])
    scripts = _scripts_of(sample)
    candidates = [lexicon for lexicon in lexicons.values() if lexicon.script in scripts]
    if len(candidates) < 2:
        return tuple(lexicon.language for lexicon in candidates)
    words = Counter(text.tokens[:600])
    lower = sample.lower()
    votes: dict[str, float] = {}
    for lexicon in candidates:
        vote = float(sum(count for word, count in words.items() if word in lexicon.function_words))
        vote += 2.0 * sum(lower.count(letter) for letter in lexicon.letters)
        if declared and declared.split("-")[0].lower() == lexicon.language:
            vote += 1.5 + 0.1 * vote
        votes[lexicon.language] = vote
    best = max(votes.values())
    if best == 0:
        return tuple(votes)
    chosen = [
        language for language, vote in votes.items() if vote >= _NEAR_BEST * best or (len(scripts) > 1 and vote > 2)
    ]
    return tuple(sorted(chosen, key=lambda language: -votes[language]))


def tags_of(text: Text, lexicons: Iterable[Lexicon]) -> list[Tag]:
    """All tags, in the order of the text."""
    found: set[Tag] = set()
    for lexicon in lexicons:
        for match in lexicon.trie.matches(text.tokens, lexicon.prefixes.all, lexicon.suffixes.all):
            category, value = match.meaning
            if text.sentence_of[match.first] == text.sentence_of[match.last - 1]:
                found.add(Tag(category, value, match.first, match.last, lexicon.language))
    return sorted(_without_hidden(found), key=lambda tag: (tag.first, -tag.last, tag.category))


def _without_hidden(tags: set[Tag]) -> list[Tag]:
    """Drop what an idiom covers, and what a longer phrase of the same category covers."""
    covers: dict[str, list[tuple[int, int]]] = {}
    for tag in tags:
        covers.setdefault(_rivals(tag), []).append((tag.first, tag.last))
    return [tag for tag in tags if not _hidden(tag, covers)]


def _rivals(tag: Tag) -> str:
    """Within what the longest phrase wins; "some of its diplomats" leaves the diplomats diplomats."""
    return f"{tag.category}/{tag.value}" if tag.category == "staff" else tag.category


def _hidden(tag: Tag, covers: Mapping[str, list[tuple[int, int]]]) -> bool:
    size = tag.last - tag.first
    if tag.category != "idiom" and any(
        first <= tag.first and tag.last <= last for first, last in covers.get("idiom", ())
    ):
        return True
    return any(first <= tag.first and tag.last <= last and last - first > size for first, last in covers[_rivals(tag)])

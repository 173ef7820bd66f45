"""An article as the rules see it: folded tokens with places in the original, sentences, distances, quotations.

Chinese and Japanese characters are tokens of their own, so that one mechanism serves scripts with and
without spaces. Distances grow with tokens and with the punctuation between them, so that "near" means
near in the clause, not near on the page. What the tokens mean is `tags`' business.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from advisor.detect.fold import fold_with_map

# Scripts written without spaces: kana, CJK ideographs and their extensions.
UNSPACED = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+")
_UNSPACED_TOKEN = re.compile(f"[{UNSPACED}]")

# A full stop ends a sentence when space and no small letter follow and no initial or abbreviation precedes.
_END = re.compile(
    r"[。！？…]+[”’」』\")]*|[!?؟]+[”’»\")]*(?=\s|$)|\.+[”’»\")]*(?=\s+[^\sa-zа-яёіїєґα-ωà-öø-ÿşığçöüąćęłńóśźż]|\s*$)"
    r"|\n\s*\n|\n(?=[ \t]*[-*•●·–—#>\d])|\n(?![ \t]*[a-zа-яёіїєґα-ω])"
)
_ABBREVIATION = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Sen|Rep|Gov|Prof|No|vs|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept"
    r"|Oct|Nov|Dec|bzw|z\.B|ca|ul|im|r|ok|godz|tzw|Sr|Sra|EE|UU|av|art|г|гг|тыс|млн|им|ул|р))$"
)

_COMMA, _STRONG, _COLON = 1.0, 4.0, 2.0
_BORDER = {
    ",": _COMMA, "،": _COMMA, "、": 0.0, "，": _COMMA, "(": _COMMA, ")": _COMMA, "（": _COMMA, "）": _COMMA,
    ";": _STRONG, "；": _STRONG, "؛": _STRONG, "—": _STRONG, "–": _STRONG, "…": _STRONG,
    "|": _STRONG, "·": _STRONG, "•": _STRONG,
    ":": _COLON, "：": _COLON,
}  # fmt: skip
_UNSPACED_WEIGHT = 0.5  # two characters make a word, roughly

_QUOTES = re.compile(
    r"[“„«「『《][^“”„«»「」『』《》]{3,600}[”“»」』》]|(?<![\w])\"[^\"\n]{3,600}\"(?![\w])|(?<!\w)[‘'][^‘’'\n]{12,400}[’'](?!\w)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens `first` up to and excluding `last`."""

    index: int
    first: int
    last: int
    title: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One article, tokenised. Offsets are code points of the original."""

    original: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    position: tuple[float, ...]  # where a token stands; differences are distances
    sentences: tuple[Sentence, ...]
    sentence_of: tuple[int, ...]
    quotations: tuple[tuple[int, int], ...]

    def distance(self, left: int, right: int) -> float:
        return abs(self.position[left] - self.position[right])

    def quoted(self, token: int) -> int | None:
        """Which quotation the token stands in, None if in none."""
        start = self.starts[token]
        index = bisect_right(self.quotations, (start, len(self.original))) - 1
        return index if index >= 0 and start < self.quotations[index][1] else None

    def between(self, left: int, right: int) -> str:
        """The original characters between two tokens, `left` standing before `right`."""
        return self.original[self.ends[left] : self.starts[right]]


def _sentence_ends(text: str) -> list[int]:
    ends = []
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        ends.append(match.end())
    return [*ends, len(text) + 1]


def _border(gap: str) -> float:
    """How much further the next token stands because of the punctuation before it."""
    if not gap or gap in {" ", "·", "‧", "ㆍ"}:  # a dot between names is a list
        return 0.0
    weight = max((_BORDER.get(character, 0.0) for character in gap), default=0.0)
    return max(weight, _STRONG) if " - " in gap else weight


def read_text(title: str, text: str) -> Text:
    """Tokenise title + newline + text."""
    original = f"{title}\n{text}"
    folded = fold_with_map(original)
    ends_of_sentences = _sentence_ends(original)
    title_end = len(title)
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position: list[float] = []
    sentence_of: list[int] = []
    sentences: list[Sentence] = []
    at = 0.0
    ending = 0  # index into ends_of_sentences
    opened = 0
    for match in _TOKEN.finditer(folded.text):
        start = folded.to_original(match.start())
        end = folded.to_original(match.end() - 1) + 1
        crossed = False
        while start >= ends_of_sentences[ending]:
            ending += 1
            crossed = True
        if tokens and (crossed or (starts[-1] < title_end <= start)):
            sentences.append(Sentence(len(sentences), opened, len(tokens), starts[opened] < title_end))
            opened = len(tokens)
        gap = original[ends[-1] : start] if ends else ""
        at += (_UNSPACED_WEIGHT if _UNSPACED_TOKEN.match(match.group()) else 1.0) + _border(gap)
        tokens.append(match.group())
        starts.append(start)
        ends.append(end)
        position.append(at)
        sentence_of.append(len(sentences))
    if tokens:
        sentences.append(Sentence(len(sentences), opened, len(tokens), starts[opened] < title_end))
    return Text(
        original, tuple(tokens), tuple(starts), tuple(ends), tuple(position), tuple(sentences), tuple(sentence_of),
        tuple(match.span() for match in _QUOTES.finditer(original)),
    )  # fmt: skip

"""An article as the rules see it: folded tokens with places in the original, sentences, distances, quotations.

Chinese and Japanese characters are tokens of their own, so that one mechanism serves scripts with and
without spaces. Distances grow with tokens and with the punctuation between them, so that "near" means
near in the clause, not near on the page. What the tokens mean is `tags`' business.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import add, itemgetter
from typing import Protocol, TypeVar

from advisor.detect.endless import without_endless
from advisor.detect.fold import fold_with_map

# Scripts written without spaces: kana, CJK ideographs and their extensions.
UNSPACED = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{UNSPACED}]|[^\\W_{UNSPACED}]+")
_UNSPACED_START = re.compile(f"[{UNSPACED}]")  # a set of all these characters would take three MiB
_ASCII_END = "\x7f"
_ASCII_TOKEN = re.compile("[0-9a-z]+")  # of folded text that is all ASCII: the same tokens, found more quickly
_NO_BORDER = frozenset({"", " ", "·", "‧", "ㆍ"})  # a dot between names is a list

# A full stop ends a sentence when space and no small letter follow and no initial or abbreviation precedes.
# Dots behind a quotation do not where Hangul goes on: 영국 "즉시 떠나라"…자국민에 촉구 is one headline.
_MARK = re.compile(r"[。！？；…!?؟.\n]")  # where one may end; quicker to look for than the ends themselves
_END = re.compile(
    r"(?:[。！？；]|…(?!(?<=[”’\"]…)[가-힣]))+[”’」』\")]*|[!?؟]+[”’»\")]*(?=\s|$)|\.+[”’»\")]*(?=\s+[^\sa-zа-яёіїєґα-ωà-öø-ÿşığçöüąćęłńśóźż]|\s*$)"
    r"|\n\s*\n|\n(?=[ \t]*[-*•●·–—#>\d])|\n(?![ \t]*[a-zа-яёіїєґα-ω])"
)
_PARAGRAPH_END = re.compile(r"\n(?![ \t]*[a-zа-яёіїєґα-ω])")  # where a sentence ends, whatever stands before
_LAST_LETTERS = re.compile(r"[^\W\d_]*$")
_ABBREVIATIONS = frozenset({
    "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Col", "Lt", "Sgt", "Sen", "Rep", "Gov", "Prof", "No", "vs", "approx",
    "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
    "bzw", "ca", "ul", "im", "godz", "tzw", "Sr", "Sra", "EE", "UU", "av", "art", "гг", "тыс", "млн", "им", "ул",
})  # fmt: skip

# After "the U.S." and "EE. UU." a sentence may end all the same: these words begin the next one.
_COUNTRY_LETTERS = frozenset("SKANE")
_FIRST_WORDS = re.compile(
    r"\s+(?:The|A|An|In|On|At|It|He|She|They|This|That|But|And|Also|Its|However|La|El|Los|Las|Le|Les|L[’']|Un|Una|En"
    r"|Die|Der|Das|Ein|Eine|Im|Il|Lo|I|Gli|O|Os|As)\b"
)

_COMMA, _STRONG, _COLON = 1.0, 4.0, 2.0
_BORDER = {
    ",": _COMMA, "،": _COMMA, "、": 0.0, "，": _COMMA, "(": _COMMA, ")": _COMMA, "（": _COMMA, "）": _COMMA,
    ";": _STRONG, "；": _STRONG, "؛": _STRONG, "—": _STRONG, "–": _STRONG, "…": _STRONG,
    "|": _STRONG, "·": _STRONG, "•": _STRONG,
    ":": _COLON, "：": _COLON,
}  # fmt: skip
_LONGEST_SENTENCE = 300  # tokens; what runs on longer is no sentence, and the rules' time grows with its square
_UNSPACED_WEIGHT = 0.5  # two characters make a word, roughly
_PARTING = "；"  # a space parts two statements of a Chinese headline as far
_KEPT_GAP, _KEPT_GAPS = 4, 1000  # longest of what stands between tokens and is remembered, and how many

_LONGEST_QUOTATION = 200  # characters of one that opens a sentence
_QUOTATION = re.compile(r"\s*[“„\"«「『][^“”„\"«»「」『』\n]{3,}[”“\"»」』][.!?…。]*")
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


@dataclass(frozen=True)
class Text:
    """One article, tokenised. Offsets are code points of the original."""

    original: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    position: tuple[float, ...]  # where a token stands; differences are distances
    sentences: tuple[Sentence, ...]
    sentence_of: tuple[int, ...]

    @cached_property
    def quotations(self) -> tuple[tuple[int, int], ...]:
        """Where quotations stand; looked for when first asked for, as most articles are put away before."""
        return tuple([match.span() for match in _QUOTES.finditer(without_endless(self.original))])

    def distance(self, left: int, right: int) -> float:
        return abs(self.position[left] - self.position[right])

    def behind(self, last: int) -> int:
        """The token that follows `last` - 1 in its sentence, -1 where the sentence ends."""
        inside = last < len(self.tokens) and self.sentence_of[last] == self.sentence_of[last - 1]
        return last if inside else -1

    def quoted(self, token: int) -> int | None:
        """Which quotation the token stands in, None if in none."""
        start = self.starts[token]
        index = bisect_right(self.quotations, (start, len(self.original))) - 1
        return index if index >= 0 and start < self.quotations[index][1] else None

    def parted(self, token: int) -> bool:
        """Whether a space parts a Chinese or Japanese character from the one before: 促侨民离伊 英使馆改线上办公."""
        return token > 0 and self.between(token - 1, token).isspace() and _both_unspaced(self.tokens, token)

    def between(self, left: int, right: int) -> str:
        """The original characters between two tokens, `left` standing before `right`."""
        return self.original[self.ends[left] : self.starts[right]]


class _Placed(Protocol):
    @property
    def first(self) -> int: ...


Thing = TypeVar("Thing", bound=_Placed)


def split(text: Text, things: Sequence[Thing]) -> list[list[Thing]]:
    """The things of each sentence."""
    parts: list[list[Thing]] = [[] for _ in text.sentences]
    for thing in things:
        parts[text.sentence_of[thing.first]].append(thing)
    return parts


def is_unspaced(token: str) -> bool:
    """Whether the token is a character of a script that is written without spaces."""
    return token[0] > _ASCII_END and _UNSPACED_START.match(token) is not None


def _both_unspaced(tokens: Sequence[str], token: int) -> bool:
    return is_unspaced(tokens[token]) and is_unspaced(tokens[token - 1])


def sentence_ends(text: str) -> list[int]:
    """Where sentences end, the last one behind the text; where the title ends is the caller's business."""
    ends: list[int] = []
    behind = 0
    for mark in _MARK.finditer(text):
        if mark.start() < behind or (end := _END.match(text, mark.start())) is None:
            continue
        behind = end.end()
        if not _abbreviates(text, end) and not _is_quotation(text, ends[-1] if ends else 0, end):
            ends.append(behind)
    return [*ends, len(text) + 1]


def _is_quotation(text: str, start: int, end: re.Match[str]) -> bool:
    """ "Leave at once." Thus the embassy in Amman: what follows on the line says whose words they are."""
    if "\n" in end[0] or end.end() - start > _LONGEST_QUOTATION:
        return False
    return _QUOTATION.fullmatch(text, start, end.end()) is not None and text[end.end() : end.end() + 1] == " "


def paragraph_ends(text: str) -> list[int]:
    """Those of the sentence ends that are quickly found, the last one behind the text."""
    return [*(match.end() for match in _PARAGRAPH_END.finditer(text)), len(text) + 1]


def _abbreviates(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop belongs to an initial or an abbreviation."""
    if text[end.start()] != ".":
        return False
    before = _LAST_LETTERS.search(text, max(0, end.start() - 8), end.start())
    if before is not None and _FIRST_WORDS.match(text, end.end()) and _ends_country(text, before):
        return False
    return before is not None and (len(before[0]) == 1 or before[0] in _ABBREVIATIONS)


def _ends_country(text: str, letters: re.Match[str]) -> bool:
    """Whether they are the last of "U.S" or "EE. UU", and not somebody's initial."""
    return letters[0] == "UU" or (letters[0] in _COUNTRY_LETTERS and text[letters.start() - 1 : letters.start()] == ".")


def _border(gap: str) -> float:
    """How much further the next token stands because of the punctuation before it."""
    if gap in _NO_BORDER:
        return 0.0
    weight = max((_BORDER.get(character, 0.0) for character in gap), default=0.0)
    return max(weight, _STRONG) if " - " in gap else weight


def read_text(title: str, text: str) -> Text:
    """Tokenise title + newline + text."""
    original = f"{title}\n{text}"
    legible = without_endless(original)
    folded = fold_with_map(legible)
    token = _ASCII_TOKEN if folded.text.isascii() else _TOKEN
    spans = list(map(re.Match.span, token.finditer(folded.text)))
    tokens = tuple([folded.text[start:end] for start, end in spans])
    starts, ends = zip(*spans, strict=True) if spans else ((), ())
    if folded.origin is not None:
        starts = tuple([folded.origin[start] for start in starts])
        ends = tuple([folded.origin[end - 1] + 1 for end in ends])
    sentences = _sentences(legible, len(title), starts)
    return Text(
        original, tokens, starts, ends, _positions(legible, tokens, starts, ends, len(title)), sentences,
        tuple([sentence.index for sentence in sentences for _ in range(sentence.first, sentence.last)]),
    )  # fmt: skip


class _Weights(dict[str, float]):
    """How far a token stands from the one before, by its first character."""

    def __missing__(self, character: str) -> float:
        weight = self[character] = _UNSPACED_WEIGHT if is_unspaced(character) else 1.0
        return weight


class _Borders(dict[str, float]):
    """How much punctuation adds to that; the few kinds that newsrooms write are remembered."""

    def __missing__(self, gap: str) -> float:
        border = _border(gap)
        if len(gap) <= _KEPT_GAP and len(self) < _KEPT_GAPS:
            self[gap] = border
        return border


_WEIGHTS, _BORDERS = _Weights(), _Borders()


def _positions(
    original: str, tokens: Sequence[str], starts: Sequence[int], ends: Sequence[int], title: int
) -> tuple[float, ...]:
    """Where the tokens stand: a word further each, more where punctuation stands between; `title`: its length."""
    gaps = ["", *[original[end:start] for end, start in zip(ends, starts[1:], strict=False)]]
    for token in range(1, bisect_left(starts, title)):
        if gaps[token].isspace() and _both_unspaced(tokens, token):
            gaps[token] = _PARTING
    weights = map(_WEIGHTS.__getitem__, map(itemgetter(0), tokens))
    return tuple(accumulate(map(add, weights, map(_BORDERS.__getitem__, gaps))))


def _sentences(original: str, title_end: int, starts: Sequence[int]) -> tuple[Sentence, ...]:
    """Cut where sentences end, where the title ends, and where one has no end."""
    borders = sorted({title_end, *sentence_ends(original)})
    sentences: list[Sentence] = []
    opened = 0
    for border in borders:
        closed = bisect_left(starts, border, opened)
        for first in range(opened, closed, _LONGEST_SENTENCE):
            last = min(first + _LONGEST_SENTENCE, closed)
            sentences.append(Sentence(len(sentences), first, last, starts[first] < title_end))
        opened = closed
    return tuple(sentences)

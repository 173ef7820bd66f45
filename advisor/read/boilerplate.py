"""What stands around the news in a text, found as spans: pleas, boxes, labels, credits, hashtags.

Works line by line: whole lines of known kinds, runs of headlines under a heading, a plea up to the end, an
author's box and the lines that belong to it, a photo's credit at the end of a caption. The kinds are data
(`boilerplate.toml`); nothing knows an outlet. Spans refer to the text as given, so that whoever quotes from
it can leave them out without moving an offset.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick

from advisor.read.html import tidy

Span = tuple[int, int]

_DECORATION = " \t\r\f\v\xa0*_#>[]|•·–—-=~\"'“”«»"
_LONG_LINE = 600  # beyond, a line is taken to be many sentences without breaks between them
_LONGEST_LABEL = 80
_LONGEST_POINTER = 300
_LONGEST_TRIED = 400
_GATED = ("contribution", "promotion", "consent", "appeal")
_CREDIT = len(_GATED)  # stands beside them among the gates
_CONTRIBUTION = 0  # sure by itself; the others give way to a line that may be an advisory
_MOST_READ = 200_000  # characters; beyond, nothing is looked for
_TAIL_LINES = 14
_SHORT_TEXT = 5  # lines
_TOP_LINES = 3

_SENTENCE = re.compile(r"\S.*?(?:[.!?…。！？]+[\"'”’»)\]*_]*(?=\s|$)|$)", re.DOTALL)
_HASHTAGS = re.compile(r"\s*(?:#[^\s#]{1,60}[\s,·|]*){2,}")
_ADDRESS = re.compile(r"[<(\[]?(?:https?://|www\.)\S+[>)\]]?")
_HEADLINE_END = re.compile(r"[.!?:;…。！？”\"]$")
# "Name Name/AGENCY via Some Images", "Name Name / AP / TASS": names begin with capitals, so case counts.
_NAME = r"[A-ZÀ-ÞА-Я][\w.'’-]*"
_SLASHED_CREDIT = re.compile(
    rf"(?:^|(?<=[.!?”\"’)]\s)|(?<=[.!?]\s\*\*)|(?<=[.!?]\s[*_]))\W{{0,3}}{_NAME}(?: {_NAME}){{0,4}}"
    rf"(?: ?/ ?{_NAME}(?: {_NAME}){{0,2}}){{1,4}}(?: via {_NAME}(?: {_NAME}){{0,3}})?[*_.)]*$"
)
_CREDIT_WORDS = ("photo", "picture", "image", "foto", "bild", "crédit", "credit", "fotografía", "фото", "©")
_NAMED_CREDIT = re.compile(
    r"(?:^|(?<=[.!?”\"’)]\s)|[(\[])[*_]{0,2}(?:file )?"
    r"(?:photo(?:graph)?s?|picture|image|foto|bild|crédit|credits?|fotografía|фото)"
    r"(?: (?:credit|by|courtesy of|via|von|de)\b:?|:)\s?[^.\n]{2,80}[.)\]*_]*$|©\s?[^.\n]{2,80}$",
    re.IGNORECASE,
)
_FILE_CAPTION = re.compile(
    r"\(?(?:file|archive) (?:photo|picture|image)\b|.*\((?:file|archive)[^)]{0,40}\)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The patterns of `boilerplate.toml`, one expression a kind."""

    label: re.Pattern[str]
    pointer: re.Pattern[str]
    heading: re.Pattern[str]
    gated: tuple[re.Pattern[str], ...]  # in the order of _GATED: dear to try, so tried where `gates` says
    gates: AhoCorasick  # words without which no gated expression matches, and no credit
    gate_of: tuple[int, ...]  # word -> index in `gated`, or _CREDIT
    protected: re.Pattern[str]
    opening: re.Pattern[str]
    mark: re.Pattern[str]
    author: re.Pattern[str]
    role: re.Pattern[str]


@dataclass(slots=True, eq=False)
class _Unit:
    """A line, or a sentence of a very long line."""

    start: int
    end: int
    bare: str  # without decoration
    gone: bool = False
    cut: list[Span] = field(default_factory=list)  # parts of it


@cache
def _kinds() -> _Kinds:
    data = tomllib.loads((files(__package__) / "boilerplate.toml").read_text("utf-8"))

    def one(*names: str, ending: str = "") -> re.Pattern[str]:
        parts = [part for name in names for part in data[name]]
        return re.compile(f"(?:{'|'.join(parts)}){ending}", re.IGNORECASE)

    roles = "|".join(data["author_role"])
    gates = [(index, word) for index, name in enumerate(_GATED) for word in data[f"{name}_words"]]
    gates += [(_CREDIT, word) for word in ("/", *_CREDIT_WORDS)]
    return _Kinds(
        label=one("label", ending=r"[\W_]*$"),
        pointer=one("pointer"),
        heading=one("heading", ending=r"[\W_]*$"),
        gated=tuple(one(name, ending=r"[\W_]*$") for name in _GATED),
        gates=AhoCorasick([word for _, word in gates]),
        gate_of=tuple(index for index, _ in gates),
        protected=one("protected"),
        opening=one("plea_opening"),
        mark=one("plea_mark"),
        author=re.compile(
            r"(?P<name>[^\W\d_][\w.'’-]*(?: [\w.'’-]+){1,3}) "
            r"(?i:is|was|has been|ist|war|est|es|è|é) (?i:an?|the|our|one|eine?|une?|una?|um) "
            rf"(?:[\w'’.,-]+ ){{0,6}}?(?i:{roles})\b.{{0,400}}$"
        ),
        role=re.compile(rf"(?:[\w-]+ ){{0,3}}(?:{roles})(?:[ ,]+[\w-]+){{0,3}}$", re.IGNORECASE),
    )


def boilerplate_spans(text: str) -> list[Span]:
    """Half-open spans of code points of `text` that are not news, in order, never touching each other."""
    if not text or len(text) > _MOST_READ:
        return []
    kinds = _kinds()
    units = list(_units(text))
    credited = _mark_lines(units, kinds, text)
    _mark_headlines(units, kinds)
    _mark_author(units, kinds)
    _mark_plea(units, kinds)
    for unit in credited:
        if not unit.gone:
            _mark_credit(unit, text)
    return _merged(units, text)


def clean(text: str, *, tidied: bool = False) -> str:
    """`text` without its boilerplate, spaces and empty lines collapsed; `tidied`: they are already."""
    spans = boilerplate_spans(text)
    if tidied and not spans:
        return text
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = end
    return tidy("".join((*kept, text[position:])))


def _units(text: str) -> Iterator[_Unit]:
    position = 0
    for line in text.split("\n"):
        if len(line) <= _LONG_LINE:
            if bare := line.strip(_DECORATION):
                yield _Unit(position, position + len(line), bare)
        else:
            for found in _SENTENCE.finditer(line):
                if bare := found[0].strip(_DECORATION):
                    yield _Unit(position + found.start(), position + found.end(), bare)
        position += len(line) + 1


def _mark_lines(units: list[_Unit], kinds: _Kinds, text: str) -> list[_Unit]:
    """Marks whole lines of a kind; gives the lines in which a credit may stand."""
    for unit in units:
        bare = unit.bare
        unit.gone = bool(
            (len(bare) <= _LONGEST_LABEL and kinds.label.match(bare))
            or (len(bare) <= _LONGEST_POINTER and kinds.pointer.match(bare))
            or ("#" in text and _HASHTAGS.fullmatch(text, unit.start, unit.end))
            or ("." in text and _ADDRESS.fullmatch(bare))
        )
    gated = _gated(units, kinds, text)
    for unit, kind in gated:
        if kind == _CREDIT or unit.gone or len(unit.bare) > _LONGEST_TRIED:
            continue
        if kinds.gated[kind].match(unit.bare):
            unit.gone = kind == _CONTRIBUTION or not kinds.protected.search(unit.bare)
    return [unit for unit, kind in gated if kind == _CREDIT]


def _gated(units: list[_Unit], kinds: _Kinds, text: str) -> set[tuple[_Unit, int]]:
    """The lines, with the kinds that they may be by the words in them."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a capital that becomes two letters would move every place behind it
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
    hits = kinds.gates.find_matches_as_indexes(lowered, overlapping=True)
    if not hits:
        return set()
    starts = [unit.start for unit in units]
    places = {(bisect_right(starts, start) - 1, kinds.gate_of[word]) for word, start, _ in hits}
    return {(units[place], kind) for place, kind in places if place >= 0}


def _mark_headlines(units: list[_Unit], kinds: _Kinds) -> None:
    """A heading like "Latest headlines", and the headlines below it.

    At the very top such a heading stands above the article's own headline, which stays.
    """
    below = False
    for index, unit in enumerate(units):
        bare = unit.bare
        if len(bare) <= 60 and kinds.heading.match(bare) and not kinds.protected.search(bare):
            unit.gone, below = True, index >= _TOP_LINES
        elif below:
            below = len(bare) <= 140 and not _HEADLINE_END.search(bare)
            unit.gone = unit.gone or below


def _mark_author(units: list[_Unit], kinds: _Kinds) -> None:
    """An author's box near the end, the name wherever it stands alone, the role beside it."""
    tail = max(len(units) // 2, len(units) - _TAIL_LINES)
    for index, unit in enumerate(units[tail:], tail):
        found = None if unit.gone else kinds.author.match(unit.bare)
        if found is None or kinds.protected.search(unit.bare):
            continue
        name = found["name"].casefold()
        alone = [other for other in units if other.bare.casefold().removeprefix("by ").strip() == name]
        beside = [near for near in units[max(0, index - 3) : index + 4] if _is_role(near, kinds)]
        # News speaks of journalists too: a box has the name or the role on a line of its own, or is the end.
        if alone or beside or (index == len(units) - 1 and len(units) > _SHORT_TEXT):
            for part in (unit, *alone, *beside):
                part.gone = True


def _is_role(unit: _Unit, kinds: _Kinds) -> bool:
    return len(unit.bare) <= 60 and kinds.role.match(unit.bare) is not None


def _mark_plea(units: list[_Unit], kinds: _Kinds) -> None:
    for index, unit in enumerate(units):
        if unit.gone or not kinds.opening.match(unit.bare) or kinds.protected.search(unit.bare):
            continue
        end = index
        while end < len(units) and not kinds.protected.search(units[end].bare):
            end += 1
        plea = units[index:end]
        marks = {mark.lower() for part in plea for mark in kinds.mark.findall(part.bare)}
        if len(marks) < 2:
            continue
        if end < len(units):  # news may follow: only up to the last line that pleads
            last = max(place for place, part in enumerate(plea) if kinds.mark.search(part.bare))
            plea = plea[: last + 1]
        for part in plea:
            part.gone = True


def _mark_credit(unit: _Unit, text: str) -> None:
    if unit.end - unit.start > _LONG_LINE:
        return
    line = text[unit.start : unit.end].rstrip()
    ending = line[-100:].lower()
    slashed, named = "/" in ending, any(word in ending for word in _CREDIT_WORDS)
    for pattern in (_SLASHED_CREDIT,) * slashed + (_NAMED_CREDIT,) * named:
        if found := pattern.search(line):
            unit.gone = unit.gone or found.start() == 0 or bool(_FILE_CAPTION.match(unit.bare))
            unit.cut.append((unit.start + found.start(), unit.start + found.end()))
            return


def _merged(units: list[_Unit], text: str) -> list[Span]:
    """Spans of whole units and parts, joined where only white space lies between."""
    spans: list[Span] = []
    for unit in units:
        for start, end in [(unit.start, unit.end)] if unit.gone else unit.cut:
            if spans and not text[spans[-1][1] : start].strip():
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    return spans

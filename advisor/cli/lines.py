"""JSON Lines in: one article a line, bounded memory, every fault with its line number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from advisor.model import Article
from advisor.read.dates import parse_date
from advisor.read.decode import json_value

# What would steer a terminal: control characters, and marks that turn the direction of all that follows.
_STEERING = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)), "�")
_STEERING |= {ord("\n"): "\n", ord("\t"): "\t"}
MAX_LINE = 32 * 1024 * 1024  # bytes of one line; a longer one is a fault, not a reason to fill memory

Fields = dict[str, Any]
_EXPECTED = "an object with id, title and text is expected"


def legible(text: str) -> str:
    """`text`, of the same length, for a terminal: what would steer it is replaced."""
    return text.translate(_STEERING)


def json_lines(stream: BinaryIO, first: bytes = b"") -> Iterator[tuple[Fields | None, str]]:
    """Each line's object, or None and the fault; blank lines are passed over."""
    number = 0
    line = first or stream.readline(MAX_LINE + 1)
    while line:
        number += 1
        if len(line) > MAX_LINE:
            yield None, f"line {number}: longer than {MAX_LINE // 2**20} MiB; split the article"
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
        elif line.strip():
            yield _object(line, number)
        line = stream.readline(MAX_LINE + 1)


def json_document(data: bytes) -> Iterator[tuple[Fields | None, str]]:
    """The objects of one JSON value, as `json_lines` gives them: of a list each, else the value itself."""
    value, fault = _value(data)
    if fault:
        yield None, fault
        return
    for number, held in enumerate(value if isinstance(value, list) else [value], 1):
        if isinstance(held, dict):
            yield held, ""
        else:
            yield None, f"item {number}: {_EXPECTED}"


def is_object(line: bytes) -> bool:
    """Whether a line is a JSON object by itself."""
    value, _ = _value(line)
    return isinstance(value, dict)


def _object(line: bytes, number: int) -> tuple[Fields | None, str]:
    fields, fault = _value(line)
    if not fault and not isinstance(fields, dict):
        fault = _EXPECTED
    return (None, f"line {number}: {fault}") if fault else (fields, "")


def _value(text: bytes) -> tuple[Any, str]:
    """The JSON value, or why there is none."""
    try:
        return json_value(text.decode("utf-8-sig")), ""
    except (UnicodeDecodeError, ValueError) as error:
        return None, f"is not JSON: {error}"
    except RecursionError:
        return None, "is nested too deeply"


def article_of(fields: Fields) -> Article:
    """An article from a line's fields; any of them may be missing."""
    published, dating = parse_date(text_of(fields.get("published")), datetime.now(UTC))
    return Article(
        title=text_of(fields.get("title")),
        text=text_of(fields.get("text")),
        language=text_of(fields.get("lang")) or None,
        published=published,
        dating=dating,
        link=text_of(fields.get("url")) or None,
        official=text_of(fields.get("official")) or None,
        publisher=text_of(fields.get("publisher")),
    )


def text_of(value: Any) -> str:
    """A field as text."""
    return "" if value is None else str(value)

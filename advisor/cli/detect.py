"""`advisor detect`: rules over articles, in order, with bounded memory for any number of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from advisor.cli.lines import MAX_LINE, Fields, article_of, is_object, json_document, json_lines, legible
from advisor.config.knowledge import knowledge
from advisor.detect import LONGEST, Detector
from advisor.detect.languages import SAMPLE, Languages
from advisor.errors import AdvisorError
from advisor.model import Advisory, Article, government
from advisor.read.boilerplate import boilerplate_spans
from advisor.read.files import articles_of_file

CUT = f"only the first {LONGEST:,} characters are read; give its parts as articles of their own"
_QUOTED = 300  # characters of a sentence
_BEFORE = 100  # of them before the words that call
_SURE = 2  # languages of a text between which it is still said which


@dataclass(frozen=True, slots=True)
class Item:
    """One article to answer, or the fault that stands in its place."""

    id: Any
    article: Article | None
    fault: str = ""
    with_text: bool = False  # offsets refer to a text that the caller has not seen: give it back


def run(options: argparse.Namespace) -> int:
    known = knowledge(Path(options.rules) if options.rules else None)
    detector, languages = Detector(known), Languages(known.lexicons.values())
    faults = 0
    for name in options.files:
        for item in items_of(name):
            if item.article is None:
                faults += 1
                print(f"{name}: {item.fault}", file=sys.stderr)
                continue
            if not (item.with_text or item.article.title or item.article.text):
                print(f"{name}: article {item.id}: has neither title nor text, so nothing was read", file=sys.stderr)
            if len(item.article.text) > LONGEST:
                print(f"{name}: article {item.id}: {CUT}", file=sys.stderr)
            advisories = detector.detect(item.article, boilerplate_spans)
            if options.json:
                article = replace(item.article, language=item.article.language or _heard(languages, item.article))
                print(json.dumps(answer(item, article, advisories), ensure_ascii=False))
            else:
                _show(item, item.article, advisories)
    return 1 if faults else 0


def _heard(languages: Languages, article: Article) -> str | None:
    """The language by the words themselves; None where few words leave it open between many."""
    spoken = languages.of(f"{article.title}\n{article.text[:SAMPLE]}")
    return spoken[0] if len(spoken) <= _SURE else None


def items_of(name: str) -> Iterator[Item]:
    """The articles of one file, or of standard input, as they are needed."""
    try:
        if name == "-":
            yield from _of_stream(sys.stdin.buffer, "standard input")
        elif name.endswith((".jsonl", ".ndjson")) or (name.endswith(".json") and _holds_lines(Path(name))):
            with Path(name).open("rb") as stream:
                yield from _of_lines(stream)
        elif name.endswith(".json"):
            yield from _of_document(name, Path(name))
        else:
            yield from _of_file(name, Path(name).read_bytes())
    except OSError as error:
        yield Item(name, None, f"cannot be read: {error.strerror}")
    except AdvisorError as error:
        yield Item(name, None, str(error).removeprefix(f"{name}: "))


def _holds_lines(path: Path) -> bool:
    """JSON Lines hold an article a line; a JSON Feed, or what was printed for people, is one document."""
    with path.open("rb") as stream:
        first = stream.readline(MAX_LINE + 1)
        return b"jsonfeed.org/version" not in first and (is_object(first) or len(first) > MAX_LINE)


def _of_document(name: str, path: Path) -> Iterator[Item]:
    """A JSON Feed, a list of articles, or one article over many lines."""
    if path.stat().st_size > MAX_LINE:
        yield Item(name, None, f"one JSON value of more than {MAX_LINE // 2**20} MiB; give JSON Lines")
        return
    data = path.read_bytes()
    objects = list(json_document(data))
    if len(objects) == 1 and (fields := objects[0][0]) is not None and isinstance(fields.get("items"), list):
        yield from _of_file(name, data)
        return
    yield from map(_item, objects)


def _of_stream(stream: BinaryIO, name: str) -> Iterator[Item]:
    first = stream.readline(MAX_LINE + 1)
    if first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{") and b"jsonfeed.org/version" not in first:
        yield from _of_lines(stream, first)
    else:
        yield from _of_file(name, first + stream.read())


def _of_file(name: str, data: bytes) -> Iterator[Item]:
    for index, article in enumerate(articles_of_file(name, data, datetime.now(UTC))):
        yield Item(article.keys[0] if article.keys else f"{name}#{index}", article, with_text=True)


def _of_lines(stream: BinaryIO, first: bytes = b"") -> Iterator[Item]:
    yield from map(_item, json_lines(stream, first))


def _item(found: tuple[Fields | None, str]) -> Item:
    fields, fault = found
    return Item(None, None, fault) if fields is None else Item(fields.get("id"), article_of(fields))


def answer(item: Item, article: Article, advisories: list[Advisory]) -> dict[str, Any]:
    """The line of one article by the contract of the command."""
    line: dict[str, Any] = {
        "id": item.id,
        "lang": article.language,
        "advisories": [described(advisory) for advisory in advisories],
    }
    if item.with_text:
        line["title"], line["text"] = article.title, article.text
    return line


def described(advisory: Advisory) -> dict[str, Any]:
    """An advisory as plain data; unknown fields are left out."""
    known = {
        "official_severity": None if advisory.official_severity is None else str(advisory.official_severity),
        "means": list(advisory.means), "deadline": advisory.deadline, "area": advisory.area,
        "mission_status": advisory.mission_status and str(advisory.mission_status),
        "audience": advisory.audience, "contact": advisory.contact,
    }  # fmt: skip
    return {
        "issuer": government(advisory.issuer), "destination": advisory.destination, "kind": str(advisory.kind),
        "severity": str(advisory.severity), **{name: value for name, value in known.items() if value},
        "evidence": [
            {"field": proof.field, "quote": proof.quote, "start": proof.start, "end": proof.end, "rule": proof.rule}
            for proof in advisory.evidence
        ],
    }  # fmt: skip


def who(advisory: Advisory) -> str:
    """The government that speaks, for people."""
    return government(advisory.issuer) or "nobody"


def _show(item: Item, article: Article, advisories: list[Advisory]) -> None:
    print(f"{legible(str(item.id or ''))}  {legible(article.title[:100])}".strip())
    for advisory in advisories:
        official = f", official wording {advisory.official_severity}" if advisory.official_severity else ""
        print(f"  {who(advisory)} → {advisory.destination}  {advisory.kind}  {advisory.severity}{official}")
        print(f"    “{legible(_proof(advisory))}”")
    if not advisories:
        print("  no advisory")


def _proof(advisory: Advisory) -> str:
    """The sentence; of a very long one the part around the words that call."""
    sentence = advisory.quote("sentence") or ""
    if len(sentence) > _QUOTED:
        starts = {proof.field: proof.start for proof in advisory.evidence}
        at = max(starts.get("kind", 0) - starts.get("sentence", 0) - _BEFORE, 0)
        sentence = f"{'…' if at else ''}{sentence[at : at + _QUOTED]}…"
    return " ".join(sentence.split())

"""Sources as OPML 2.0 (opml.org/spec2.opml), for other feed readers and back.

What OPML has no word for (whose voice it is, how it is read) travels in attributes of our own namespace, so that
nothing is lost on the way round; other readers see the feeds and ignore the rest.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from advisor.errors import ConfigError, Fault
from advisor.model import Format, FullText, Source

_NAMESPACE = "urn:advisor:sources"
_OURS = ("catalog", "feed", "page", "telegram", "folder", "publisher", "official", "about", "every", "full_text",
         "selector", "language")  # fmt: skip
_KINDS = ("catalog", "feed", "page", "telegram", "folder")
_LONGEST = 10_000_000  # bytes


def opml_of(sources: Sequence[Source], shipped: Iterable[Source]) -> str:
    """An OPML document; `shipped`: the catalogue, whose sources come back as picks from it."""
    known = {source.id: source for source in shipped}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:advisor="{_NAMESPACE}">',
        "  <head><title>Sources of Advisor</title></head>",
        "  <body>",
        *(f"    <outline {_attributes(source, known.get(source.id))}/>" for source in sources),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def _attributes(source: Source, shipped: Source | None) -> str:
    said: dict[str, str] = {"text": source.id, "title": source.id}
    if source.format is Format.FEED:
        said |= {"type": "rss", "xmlUrl": source.url}
    elif "://" in source.url:
        said |= {"type": "link", "url": source.url}
    if source.language:
        said["language"] = source.language
    ours = {"catalog": source.id} if source == shipped else fields_of(source)
    said |= {f"advisor:{name}": value for name, value in ours.items()}
    return " ".join(f"{name}={quoteattr(value)}" for name, value in said.items())


def fields_of(source: Source) -> dict[str, str]:
    """The keys of the configuration that make this source, without its id."""
    kind = source.format.value
    url = source.url.removeprefix("https://t.me/s/") if source.format is Format.TELEGRAM else source.url
    seconds = int(source.every.total_seconds())
    every = next(f"{seconds // size}{unit}" for unit, size in (("h", 3600), ("m", 60), ("s", 1)) if not seconds % size)
    said = {
        kind: url, "publisher": source.publisher, "official": source.official, "about": source.about,
        "every": every if every != "5m" else None,
        "full_text": source.full_text.value if source.full_text is not FullText.MATCHING else None,
        "selector": source.selector, "language": source.language,
    }  # fmt: skip
    if source.format is Format.REGISTER:
        said = {**said, "register": source.shape.name if source.shape else "", "url": source.url}
    return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Outline:
    """A source as an OPML file names it, and where."""

    line: int
    fields: dict[str, str]
    title: str = ""


def outlines_of(body: bytes, name: str) -> tuple[list[Outline], list[Fault]]:
    """The sources of an OPML file, and those that cannot be taken, each a fault with `name`, line and column.

    ConfigError where the file is no OPML, or names no source.
    """
    if len(body) > _LONGEST:
        raise ConfigError(Fault(name, 0, 0, f"{len(body)} bytes are more than any list of sources has"))
    found: list[Outline] = []
    refused: list[Fault] = []
    faults: list[Fault] = []
    stack: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def fault(words: str) -> Fault:
        return Fault(name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, words)

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if not stack and tag != "opml":
            faults.append(fault(f"<{tag}> is no OPML: its first element is <opml>"))
        stack.append(tag)
        if tag != "outline":
            return
        fields = _fields(attributes)
        if wrong := _fault_of(fields, attributes):
            refused.append(fault(wrong))
        elif fields:
            title = attributes.get("title") or attributes.get("text") or ""
            found.append(Outline(parser.CurrentLineNumber, fields, title.strip()))

    def refuse(*_: object) -> None:
        raise ConfigError(Fault(name, parser.CurrentLineNumber, 1, "declares XML entities, which no list needs"))

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda tag: stack.pop()
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        faults.append(
            Fault(name, error.lineno, error.offset + 1, f"no well-formed XML: {expat.ErrorString(error.code)}")
        )
    if not found and refused and not faults:
        raise ConfigError(*refused)
    if not found and not faults:
        faults.append(Fault(name, 1, 1, 'names no source: an <outline> with xmlUrl="https://..." is expected'))
    if faults:
        raise ConfigError(*refused, *faults)
    return found, refused


def _fields(attributes: dict[str, str]) -> dict[str, str]:
    ours = {
        key.partition(" ")[2]: value.strip() for key, value in attributes.items() if key.startswith(f"{_NAMESPACE} ")
    }
    if any(ours.get(kind) for kind in (*_KINDS, "register")):
        return {key: value for key, value in ours.items() if key in (*_OURS, "register", "url")}
    address = next((value for key, value in attributes.items() if key.lower() == "xmlurl"), None)
    if address is None:
        return {}
    language = attributes.get("language", "").strip()
    return {"feed": address.strip(), **({"language": language} if language else {})}


def _fault_of(fields: dict[str, str], attributes: dict[str, str]) -> str:
    if "type" in attributes and attributes["type"].lower() in {"rss", "atom"} and not fields:
        return f"the outline {attributes.get('text', '')!r} is a feed without xmlUrl; give its address, or take it out"
    for key in ("feed", "page", "url"):
        address = fields.get(key)
        if address is not None and (urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc):
            return f"{address!r} is no http or https address; give the one of the site, or take the outline out"
    return ""


def yaml_of(outlines: Iterable[Outline]) -> str:
    """The `sources:` of a configuration; a source named twice comes once."""
    lines = ["sources:"]
    seen: set[str] = set()
    taken: set[str] = set()
    for outline in outlines:
        fields = outline.fields
        where = next((fields[kind] for kind in (*_KINDS, "url") if kind in fields), "")
        if where in seen:
            continue
        seen.add(where)
        if "catalog" in fields:
            lines.append(f"  - catalog: {json.dumps(fields['catalog'], ensure_ascii=False)}")
            continue
        name = _id_of(outline.title or where, taken)
        pairs = ", ".join(f"{key}: {_scalar(key, value)}" for key, value in fields.items())
        lines.append(f"  - {{id: {name}, {pairs}}}")
    return "\n".join(lines) + "\n"


def _scalar(key: str, value: str) -> str:
    return value if key in {"every", "full_text"} and value.isalnum() else json.dumps(value, ensure_ascii=False)


def _id_of(title: str, taken: set[str]) -> str:
    """A name of the title's letters that no source before it has."""
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9_.-]+", "-", latin).strip("-.")[:60] or "source"
    number, name = 1, plain
    while name in taken:
        number += 1
        name = f"{plain}-{number}"
    taken.add(name)
    return json.dumps(name) if name.isdigit() or name in {"no", "on", "off", "yes", "y", "n", "true", "false"} else name

"""XML and JSON as one kind of plain tree, and the small paths that pick values out of it.

A path is names with slashes between them. `*` takes every child, `#` every item of a list, `name[key=value]` those
children whose `key` has that value, `@name` an attribute; names of XML elements are written as they stand in the
document, prefix and all. Undeclared prefixes are no fault here: they occur in the wild. Entity declarations are
refused. In a page a path is a CSS selector: see `advisor.read.markup`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from advisor.read.decode import is_wide, json_value, text_of
from advisor.read.markup import Element, onward, select

Tree = Any  # dict, list, str, None, as json.loads gives them, or an element of a page

_DEEPEST = 60
_BARE = re.compile(r"&(?!(?:[a-zA-Z][\w.-]{0,40}|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STEP = re.compile(r"(?P<name>[^\[\]/]+)(?:\[(?P<key>[^=\]]+)=(?P<value>[^\]]*)\])?")


class NotATree(ValueError):
    """The document is neither XML nor JSON; the words say what it is."""


class Refused(ValueError):
    """The document declares entities, or nests beyond any real document."""


def tree_of(body: bytes, content_type: str | None = None) -> Tree:
    """The document as nested dicts and lists; NotATree or Refused where there is none."""
    head = body[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head[:1] in {b"{", b"["}:
        try:
            return json_value(text_of(body, content_type))
        except RecursionError:
            raise Refused("the document nests too deeply") from None
        except ValueError as error:
            raise NotATree("JSON that cannot be read") from error
    if head[:1] != b"<":
        raise NotATree("neither JSON nor XML")
    return _xml(body)


def _xml(body: bytes) -> Tree:
    """The document as it stands, or mended where bare ampersands, control characters or its charset are at fault."""
    if is_wide(body):
        body = _undeclared(text_of(body)).encode()
    try:
        return _parsed(body)
    except Refused:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        fault = error
    try:
        return _parsed(_mended(_undeclared(text_of(body))).encode())
    except Refused:
        raise
    except (expat.ExpatError, ValueError):
        raise NotATree(f"XML that cannot be read ({fault})") from fault


def _undeclared(text: str) -> str:
    return re.sub(r"""encoding=(?:"[^"]*"|'[^']*')""", "", text[:200]) + text[200:]


def _mended(text: str) -> str:
    return _BARE.sub("&amp;", _NO_CHARACTER.sub(" ", text))


def _parsed(body: bytes) -> Tree:
    """Each element as a dict: attributes under `@name`, children under their names, its own text under `=`."""
    root: dict[str, Any] = {}
    open_ = [root]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(open_) > _DEEPEST:
            raise Refused("the document nests too deeply")
        element: dict[str, Any] = {f"@{key}": value for key, value in attributes.items()}
        open_[-1].setdefault(name, []).append(element)
        open_.append(element)

    def text(data: str) -> None:
        open_[-1]["="] = open_[-1].get("=", "") + data

    def refuse(*_: object) -> None:
        raise Refused("the document declares XML entities, which it does not need and bombs use")

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: open_.pop()
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = refuse
    parser.Parse(body.lstrip(b" \t\r\n"), True)
    return root


def pick(tree: Tree, path: str) -> list[Tree]:
    """Everything that `path` leads to, lists taken apart; nothing is an empty list."""
    if isinstance(tree, Element):
        values = select(tree, path)
        return [child for value in values for child in pick(value, further)] if (further := onward(path)) else values
    found = [tree]
    for step in _STEP.finditer(path):
        found = [child for node in found for child in _children(node, step["name"])]
        if step["key"]:
            found = [node for node in found if words_of(node, step["key"]) == [step["value"]]]
    return found


def _children(node: Tree, name: str) -> Iterator[Tree]:
    under: Iterable[Tree]
    if name == "#":
        under = node if isinstance(node, list) else ()
    elif name == "*":
        under = _keyed(node) if isinstance(node, dict) else node if isinstance(node, list) else ()
    elif isinstance(node, dict) and name in node:
        under = [node[name]]
    else:
        return
    for child in under:
        if isinstance(child, list):
            yield from child
        else:
            yield child


def _keyed(node: dict[str, Tree]) -> Iterator[Tree]:
    """The children of a dict; each that is one itself knows its key as `@key`."""
    for key, child in node.items():
        yield {**child, "@key": key} if isinstance(child, dict) else child


def words_of(tree: Tree, path: str) -> list[str]:
    """The texts that `path` leads to; numbers and truth values as JSON writes them, empty ones left out."""
    texts = (_text(node) for node in pick(tree, path))
    return [text for text in texts if text]


def _text(node: Tree) -> str:
    if isinstance(node, Element):
        return node.words()
    if isinstance(node, dict):
        node = node.get("=", "")
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, int | float):
        return str(node)
    return node.strip() if isinstance(node, str) else ""


def first(tree: Tree, paths: tuple[str, ...]) -> str:
    """The first text that any of `paths` leads to, in their order; else an empty one."""
    return next((text for path in paths for text in words_of(tree, path)), "")

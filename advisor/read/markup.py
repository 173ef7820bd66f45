"""HTML as a tree for descriptions: elements picked by CSS selector, attributes, and JSON that stands in them.

A path is a CSS selector, `selector @name` for an attribute, `.` for the element itself, `@name` for its own attribute.
Behind ` | ` a path of `advisor.read.tree` goes on in JSON that an element or attribute holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from advisor.read.bounds import beyond_reason
from advisor.read.decode import json_value, text_of
from advisor.read.html import plain

_LONGEST_PAGE = 5_000_000  # characters
_PATH = re.compile(r"(?P<css>[^@|]*?)\s*(?:@(?P<name>[\w-]+)\s*)?(?:\|\s*(?P<json>.+))?")
_UNSEEN = ["script", "style", "noscript", "template"]
_AFTER = re.compile(r"^\s*(\d{1,4})(?:\.\d*)?\s*[;,]\s*url\s*=\s*['\"]?\s*([^'\"\s]+)", re.IGNORECASE)
_SOON = 30  # seconds after which a page still counts as sending its readers on


class NotMarkup(ValueError):
    """The page cannot be taken apart; the words say why."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a page."""

    node: LexborNode

    def words(self) -> str:
        return plain(self.node.html or "")


def elements_of(body: bytes, content_type: str | None = None) -> Element:
    """The page as its outermost element, scripts and styles gone; NotMarkup where there is none."""
    markup = text_of(body[: _LONGEST_PAGE * 4], content_type)[:_LONGEST_PAGE]
    if fault := beyond_reason(markup):
        raise NotMarkup(f"a page {fault}")
    tree = LexborHTMLParser(markup)
    tree.strip_tags(_UNSEEN)
    if tree.root is None:
        raise NotMarkup("not an HTML page")
    return Element(tree.root)


def select(element: Element, path: str) -> list[Any]:
    """What `path` leads to from `element`: elements, texts of attributes, or values of JSON."""
    parts = _PATH.fullmatch(path.strip())
    if parts is None:
        return []
    css = parts["css"].strip()
    found: list[Any] = [element] if css in {"", "."} else [Element(node) for node in _matching(element.node, css)]
    if name := parts["name"]:
        found = [value for item in found if (value := item.node.attributes.get(name)) is not None]
    return [_json(item) for item in found] if parts["json"] else found


def onward(path: str) -> str:
    """The part of `path` that goes on in JSON; empty for most."""
    return path.partition(" | ")[2].strip()


def _matching(node: LexborNode, css: str) -> list[LexborNode]:
    try:
        return list(node.css(css))
    except SelectolaxError as error:
        raise NotMarkup(f"the selector {css!r} cannot be read") from error


def _json(item: Any) -> Any:
    text = item if isinstance(item, str) else item.node.text()
    try:
        return json_value(text)
    except (ValueError, RecursionError):
        return None


def sent_on(body: bytes, content_type: str | None, host: str) -> str | None:
    """The address at another host to which a page sends its readers by itself (`meta refresh`); None: it stays."""
    head = text_of(body[:200_000], content_type)
    if "http-equiv" not in head.lower():
        return None
    for node in LexborHTMLParser(head).css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").lower() != "refresh" or _is_fallback(node):
            continue
        found = _AFTER.match(node.attributes.get("content") or "")
        if found and int(found[1]) <= _SOON and (target := _host(found[2])) and not _same_site(target, host):
            return found[2]
    return None


def _is_fallback(node: LexborNode) -> bool:
    """Inside `noscript`: for browsers without scripts only."""
    parent = node.parent
    while parent is not None:
        if parent.tag == "noscript":
            return True
        parent = parent.parent
    return False


def _host(url: str) -> str:
    found = re.match(r"(?:https?:)?//([^/?#:]+)", url, re.IGNORECASE)
    return found[1].lower() if found else ""


def _same_site(one: str, other: str) -> bool:
    return one.removeprefix("www.") == other.lower().removeprefix("www.")

"""Our frozen dataclasses as JSON text and back.

Fields at their default are left out, unknown ones are ignored: rows of older versions stay readable.
Enums travel by name, times as ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from json.encoder import encode_basestring as _quoted
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(value: Any) -> str:
    """`value` (a dataclass, or a sequence of them) as compact JSON.

    Written at once: a tree of plain values on the way would double the cost.
    """
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if value is None:
        return "null"
    if kind is tuple or kind is list:
        return f"[{','.join([dump(held) for held in value])}]"
    return _writer(cast(Hashable, kind))(value)


def load(kind: type[T], text: str) -> T:
    """The dataclass `kind` from what `dump` wrote."""
    read: Callable[[Any], T] = _reader(cast(Hashable, kind))
    return read(json.loads(text))


def load_all(kind: type[T], text: str | None) -> tuple[T, ...]:
    """A sequence of `kind`; empty for None."""
    read: Callable[[Any], T] = _reader(cast(Hashable, kind))
    return tuple(read(item) for item in json.loads(text)) if text else ()


@cache
def _writer(kind: Any) -> Callable[[Any], str]:
    """What writes values of a type."""
    if is_dataclass(kind):
        names, defaults, values = _defaults(cast(Hashable, kind))
        named = [(f'"{name}":', default) for name, default in zip(names, defaults, strict=True)]

        def write(value: Any) -> str:
            pairs = zip(named, values(value), strict=True)
            held = [name + dump(one) for (name, default), one in pairs if one is not default and one != default]
            return f"{{{','.join(held)}}}"

        return write
    if kind is bool:
        return lambda value: "true" if value else "false"
    if issubclass(kind, Enum):
        return lambda value: _quoted(value.name)
    if issubclass(kind, datetime):
        return lambda value: f'"{value.isoformat()}"'
    if issubclass(kind, timedelta):
        return lambda value: repr(value.total_seconds())
    return _encode  # numbers, truth, and mappings of plain values


@cache
def _defaults(kind: Any) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]:
    """The fields of a dataclass, their defaults (MISSING equals no value), and what gets all of them at once."""
    names = tuple(item.name for item in fields(kind))
    values = attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)
    return names, tuple(item.default for item in fields(kind)), values


@cache
def _field_readers(kind: Any) -> dict[str, Callable[[Any], Any]]:
    """How each field of a dataclass is read; asked for late, as a dataclass may hold itself."""
    hints = get_type_hints(kind)
    return {held.name: _reader(hints[held.name]) for held in fields(kind)}


def _name_or_text(kind: Any) -> Callable[[Any], Any]:
    """An enum's member by its name; any other text as it is."""
    return lambda value: kind.__members__.get(value, value)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that makes a `kind` from its JSON form."""
    if get_origin(kind) in {Union, UnionType}:
        options = [option for option in get_args(kind) if option is not NoneType]
        if len(options) > 1:
            return _name_or_text(options[0])
        inner = _reader(options[0])
        return lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        item = _reader(get_args(kind)[0])
        return lambda value: tuple(item(part) for part in value)
    if not isinstance(kind, type):
        return lambda value: value
    if is_dataclass(kind):
        return lambda value: kind(
            **{name: read(value[name]) for name, read in _field_readers(kind).items() if name in value}
        )
    if issubclass(kind, Enum):
        return lambda value: kind[value]
    if issubclass(kind, datetime):
        return datetime.fromisoformat
    if issubclass(kind, timedelta):
        return lambda value: timedelta(seconds=value)
    return lambda value: value

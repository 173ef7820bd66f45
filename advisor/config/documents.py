"""YAML documents with the line and column of everything in them.

Every scalar is read as text: in YAML 1.1 a bare NO is false and 12:30 is 750, which costs Norway its
advisories. What a text means is decided by the model it is validated against.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from advisor.errors import ConfigError, Fault

Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]
_MOST_VALUES = 1_000_000  # a few lines of aliases of aliases stand for billions


def no_folder(path: Path) -> str | None:
    """Why files of the folder `path` cannot be read; None: they can."""
    try:
        if not path.is_dir():
            return f"{path} is no folder"
        with os.scandir(path):
            return None
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}; give the service's user the right to read it"


@dataclass(frozen=True, slots=True)
class Document:
    """The plain data of a file, and where each part of it stands."""

    name: str
    data: Any
    positions: dict[Path_, tuple[int, int]]

    def fault(self, path: Path_, message: str) -> Fault:
        """A fault at `path`, or at the nearest part around it that exists."""
        return Fault(self.name, *self._position(path), message)

    def place(self, path: Path_) -> str:
        """`file:line:column` of `path`, or of the nearest part around it that exists."""
        line, column = self._position(path)
        return f"{self.name}:{line}:{column}"

    def _position(self, path: Path_) -> tuple[int, int]:
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))


def load(path: Path) -> Document:
    """Read one YAML file; ConfigError when it is missing, unreadable or no YAML."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), str(path))
    except OSError as error:
        raise ConfigError(Fault(str(path), 0, 0, f"cannot be read: {error.strerror}{_remedy(error)}")) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Fault(str(path), 0, 0, f"is not UTF-8 at byte {error.start}; save it as UTF-8")) from error


def _remedy(error: OSError) -> str:
    return "; give the service's user the right to read it" if isinstance(error, PermissionError) else ""


def parse(text: str, name: str) -> Document:
    """`load` for a text at hand."""
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ConfigError(Fault(name, line, column, f"is not YAML: {error.problem or error.context}")) from error
    except yaml.YAMLError as error:
        raise ConfigError(Fault(name, 1, 1, f"is not YAML: {error}")) from error
    except RecursionError:
        raise ConfigError(Fault(name, 1, 1, "nests too deeply")) from None
    positions: dict[Path_, tuple[int, int]] = {}
    faults: list[Fault] = []
    try:
        data = _plain(root, (), positions, faults, name) if root is not None else None
    except RecursionError:
        raise ConfigError(Fault(name, 1, 1, "nests too deeply, or an alias holds itself; write it out")) from None
    if faults:
        raise ConfigError(*faults)
    return Document(name, data, positions)


def _plain(
    node: yaml.Node, path: Path_, positions: dict[Path_, tuple[int, int]], faults: list[Fault], name: str
) -> Any:
    positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if len(positions) > _MOST_VALUES:
        raise ConfigError(Fault(name, *positions[path], f"holds over {_MOST_VALUES:,} values with its aliases"))
    if isinstance(node, yaml.ScalarNode):
        # An empty plain value is "nothing given"; quotes make it an empty text.
        return None if node.value in {"", "null", "~"} and not node.style else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, index), positions, faults, name) for index, child in enumerate(node.value)]
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if key in data:
            faults.append(Fault(name, line, column, f"{key!r} is given twice; keep one"))
        data[key] = _plain(value_node, (*path, key), positions, faults, name)
        positions[(*path, key)] = (line, column)
    return data


def validated(model: type[Model], document: Document, data: Any = None, at: Path_ = ()) -> Model:
    """The document, or the part `data` at path `at`, as `model`; ConfigError lists every fault with its place."""
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        faults = faults_of(error, document, at, model)
        raise ConfigError(*sorted(faults, key=lambda fault: (fault.line, fault.column))) from error


def faults_of(error: ValidationError, document: Document, at: Path_, model: type[BaseModel]) -> list[Fault]:
    """Each problem in the words of this program, at its line."""
    faults = []
    problems = error.errors()
    for problem in problems:
        inside = len(problem["loc"])
        if problem["type"] == "too_short" and any(
            len(other["loc"]) > inside and other["loc"][:inside] == problem["loc"] for other in problems
        ):
            continue  # items with faults of their own were not counted
        path = (*at, *problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"unknown key {problem['loc'][-1]!r}{_known(model, problem['loc'])}"
        elif problem["type"] == "missing":
            message = f"{problem['loc'][-1]!r} is missing"
        elif problem["loc"]:
            message = _said(problem, message)
            named = (*path, message.partition(":")[0])  # a fault of several keys together says which one it means
            path = named if named in document.positions else path
            message = f"{'.'.join(str(part) for part in problem['loc'])}: {message}"
        faults.append(document.fault(path, message))
    return faults


_BOUNDS = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "more than"}


def _said(problem: Any, message: str) -> str:
    """The words of this program where the library has its own."""
    kind, given, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return f"{given!r} is none of {str(context['expected']).replace(' or ', ', ')}"
    if kind in _BOUNDS:
        bound = next(value for name, value in context.items() if name in {"ge", "le", "gt"})
        return f"{given!r} is out of bounds: {_BOUNDS[kind]} {bound}"
    if kind == "string_pattern_mismatch":
        expected = (
            "two capital letters, such as SY" if "A-Z" in context["pattern"] else "small letters, digits and . _ -"
        )
        return f"{given!r} is not written as expected: {expected}"
    if kind == "string_type":
        return "one text is expected here"
    if kind in {"bool_parsing", "bool_type"}:
        return f"{given!r} is neither true nor false"
    if kind in {"int_parsing", "int_type"}:
        return f"{given!r} is no whole number"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return "keys with values are expected here"
    if kind == "too_short":
        return "give at least one"
    return message


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """The keys that would have been right, where they are easily known."""
    if len(location) != 1:
        return ""
    return f" (known: {', '.join(sorted(field.alias or name for name, field in model.model_fields.items()))})"

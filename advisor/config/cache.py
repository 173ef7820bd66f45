"""Compiled data kept between runs: plain values, written once per content, read in a fraction of the time.

Kept in systemd's CacheDirectory, else in the user's own cache folder, readable by that user only. A cache that
cannot be read or written is no fault: the data is compiled again.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from advisor import __version__


def folder() -> Path | None:
    """Where compiled data is kept; None where there is no home."""
    if given := os.environ.get("CACHE_DIRECTORY"):
        return Path(given.partition(":")[0])
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "advisor"
    home = os.environ.get("HOME")
    return Path(home) / ".cache" / "advisor" if home else None


def digest(files: Iterable[Path]) -> str:
    """What the compiled form depends on: the contents of `files` (data and what compiles it), this Python."""
    return fingerprint(files, f"{__version__} {sys.version}")


def fingerprint(files: Iterable[Path], more: str = __version__) -> str:
    """Equal for equal names and contents of `files` in their order, and equal `more`."""
    sum_ = hashlib.blake2b(more.encode(), digest_size=16)
    for file in files:
        sum_.update(file.name.encode())
        sum_.update(file.read_bytes())
    return sum_.hexdigest()


def compiled(name: str, make: Callable[[], Any]) -> Any:
    """The plain value kept under `name`, else what `make` gives."""
    place = folder()
    path = place / f"{name}.bin" if place else None
    if path is not None and _ours(path):
        # Not its bytes first: what is freed at once would stay with the process.
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError), path.open("rb") as stream:
            return marshal.load(stream)  # noqa: S302  our own file, in a folder of our own
    value = make()
    if path is not None:
        with contextlib.suppress(OSError, ValueError):
            _write(path, marshal.dumps(value))
    return value


def _ours(path: Path) -> bool:
    """Nobody else can have written it."""
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in path.parent.glob(f"{path.name.partition('-')[0]}-*.bin"):
        old.unlink(missing_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    Path(temporary).replace(path)

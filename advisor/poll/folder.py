"""A folder as a source: its text, Markdown and HTML files as documents. What they say is left to `read`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from advisor.model import Document, Failure, SourceState, Unchanged, Validators

SUFFIXES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
}
_NONE = Validators()
_MOST_FILES = 5_000
_LARGEST = 5 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """The folder's files, oldest name first, and the validators to store for the folder as a whole."""

    documents: tuple[Document, ...]
    validators: Validators
    skipped: tuple[str, ...] = ()  # files that could not be read, each with its reason


def list_folder(
    path: str,
    now: datetime,
    validators: Validators = _NONE,
) -> Listing | Unchanged | Failure:
    """Every readable file below `path`; Unchanged when no name, size or time differs from `validators`.

    A document's `url` is the file's path; `validators.last_modified` is the file's time as an HTTP date.
    """
    folder = Path(path)
    closed: list[OSError] = []  # folders in it that may not be looked into
    try:
        if not folder.is_dir():
            return Failure(SourceState.DEAD, f"{path} is not a folder that can be read", now)
        found = [Path(place, name) for place, _, names in os.walk(folder, onerror=closed.append) for name in names]
        files = sorted(file for file in found if _wanted(file, folder))
    except OSError as error:
        return Failure(SourceState.UNREACHABLE, _said(error), now)
    if any(str(error.filename) == str(folder) for error in closed):
        return Failure(SourceState.UNREACHABLE, _said(closed[0]), now)
    if len(files) > _MOST_FILES:
        return Failure(SourceState.REFUSED, f"{path} holds more than {_MOST_FILES} files", now)
    etag = _etag(files)
    if etag == validators.etag:
        return Unchanged(now)
    documents = []
    skipped = [_said(error) for error in closed]
    for file in files:
        try:
            documents.append(_document(file, now))
        except OSError as error:
            skipped.append(_said(error))
        except ValueError as error:
            skipped.append(f"{file}: {error}")
    return Listing(tuple(documents), Validators(etag=etag), tuple(skipped))


def _said(error: OSError) -> str:
    remedy = "; give the service's user the right to read it" if isinstance(error, PermissionError) else ""
    return f"{error.filename} cannot be read: {error.strerror}{remedy}"


def _wanted(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    if hidden or file.suffix.lower() not in SUFFIXES:
        return False
    try:
        return file.is_file()
    except OSError:
        return True  # what it is will show when it is read


def _etag(files: list[Path]) -> str:
    digest = sha256()
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _document(file: Path, now: datetime) -> Document:
    status = file.stat()
    if status.st_size > _LARGEST:
        raise ValueError(f"larger than {_LARGEST // 2**20} MiB")
    body = file.read_bytes()
    changed = datetime.fromtimestamp(status.st_mtime, UTC)
    return Document(
        url=str(file),
        fetched_at=now,
        body=body,
        content_type=SUFFIXES[file.suffix.lower()],
        validators=Validators(last_modified=format_datetime(changed, usegmt=True), sha256=sha256(body).hexdigest()),
    )

"""The plug-ins of Apprise that the receivers need: all hundred and thirty of them would take twenty MiB for good.

Which plug-in speaks for a scheme is only known to the plug-in, so its sources are searched for the word first. What is
not found so (addresses of services that start with https://) brings all of them in, as Apprise does by itself.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NEEDS_ALL = frozenset({"http", "https"})  # every plug-in is asked whether the address is its own
_loading = threading.Lock()


def bring_in(scheme: str) -> None:
    """Load the plug-in for `scheme`, unless it is there already."""
    from apprise.manager_plugins import NotificationManager

    manager: Any = NotificationManager()  # type: ignore[no-untyped-call]
    with _loading:
        if manager and scheme in manager.schemas():
            return
        try:
            found = _load_one(manager, scheme)
        except OSError:  # no room for temporary files, or plug-ins that are no plain files
            found = False
        if not found:
            manager.load_modules()


def _load_one(manager: Any, scheme: str) -> bool:
    """Whether the plug-in was found and loaded alone."""
    with tempfile.TemporaryDirectory(prefix="advisor-") as name:
        for module in _likely(scheme, Path(manager.module_path)):
            # A folder of names is what Apprise lists; the modules of these names it imports from its own.
            folder = Path(name) / module
            folder.mkdir()
            (folder / f"{module}.py").touch()
            manager.load_modules(path=str(folder))
            if scheme in manager:
                return True
    return False


def _likely(scheme: str, plugins: Path) -> Iterator[str]:
    """The modules that name the scheme; first those that name it as their own."""
    if scheme in _NEEDS_ALL:
        return
    quoted = rf"[\"']{re.escape(scheme)}[\"']"
    own = re.compile(rf"^\s+(?:secure_)?protocol\b[^\n=]*=[^\n]*{quoted}", re.MULTILINE)
    anywhere = re.compile(quoted)
    later = []
    for entry in sorted(plugins.iterdir()):
        if entry.name.startswith(("_", "base")):
            continue
        files = [entry] if entry.suffix == ".py" else sorted(entry.glob("*.py"))
        words = "\n".join(file.read_text("utf-8") for file in files)
        if own.search(words):
            yield entry.stem
        elif anywhere.search(words):
            later.append(entry.stem)
    yield from later

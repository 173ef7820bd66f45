"""Where the data that ships with Advisor lies: `config/` and `seeds/`.

In a checkout they stand at the top; in an installed wheel they are inside the package as `_data`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """The folder or file `name` ("config/rules", "seeds") that ships with Advisor."""
    inside = _PACKAGE / "_data" / name
    return inside if inside.exists() else _PACKAGE.parent / name

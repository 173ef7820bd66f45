"""The small languages inside configuration: durations, countries and regions, secrets."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from advisor.config.documents import load
from advisor.resources import shipped

_DURATION = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")
_SECRET = re.compile(r"\$\{([^}]*)\}")
_CODE = re.compile(r"[A-Z]{2}")


def duration(value: Any) -> timedelta:
    """`30s`, `5m`, `2h`, `3d`, or several of them: `1h 30m`."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(str(value).strip())
    if not match or not any(match.groups()):
        raise ValueError(f"{value!r} is no duration; write 30s, 5m, 2h or 3d")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(f"{value!r} is longer than any calendar; write 30s, 5m, 2h or 3d") from None


Duration = Annotated[timedelta, BeforeValidator(duration)]


@cache
def regions() -> dict[str, frozenset[str]]:
    """Named groups of countries for `watch:` and `match:`."""
    return {
        name: frozenset(str(codes).split())
        for name, codes in load(shipped("config/places/country-groups.yaml")).data.items()
    }


@cache
def known_codes() -> frozenset[str]:
    """Every code that a country, territory or body can have."""
    return frozenset(_names_of_codes())


def code_of(name: str) -> str | None:
    """The code of a country by its English name, or by its code in small letters; None for all else."""
    wanted = name.casefold()
    return next(
        (code for code, known in _names_of_codes().items() if wanted in {known.casefold(), code.casefold()}), None
    )


@cache
def _names_of_codes() -> dict[str, str]:
    lines = shipped("config/places/countries.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def countries(value: Any) -> frozenset[str]:
    """ISO 3166-1 codes and `region:name`, as a list or one text."""
    items = value.split() if isinstance(value, str) else value or ()
    codes: set[str] = set()
    for item in items:
        name = str(item).strip()
        if name.startswith("region:"):
            region = name.removeprefix("region:")
            if region not in regions():
                raise ValueError(f"unknown region {region!r} (known: {', '.join(sorted(regions()))})")
            codes |= regions()[region]
        elif _CODE.fullmatch(name) and name in known_codes():
            codes.add(name)
        else:
            code = code_of(name)
            raise ValueError(
                f"{name!r}: write its ISO 3166-1 code, {code}" if code
                else f"{name!r} is no country; write its ISO 3166-1 code in capitals (SY, LB) or region:name"
            )  # fmt: skip
    return frozenset(codes)


Countries = Annotated[frozenset[str], BeforeValidator(countries)]


def with_secrets(text: str) -> str:
    """Fill `${NAME}` from the environment, `${file:/path}` from a file, `${credential:name}` from systemd."""

    def secret(match: re.Match[str]) -> str:
        name = match.group(1)
        source, _, rest = name.partition(":")
        if source == "credential":
            folder = os.environ.get("CREDENTIALS_DIRECTORY")
            if not folder:
                raise ValueError(f"${{{name}}}: systemd gave no credentials; add LoadCredential={rest} to the unit")
            return _secret_file(Path(folder) / rest, name)
        if source == "file":
            return _secret_file(Path(rest), name)
        if name not in os.environ:
            raise ValueError(f"${{{name}}} is not set in the environment")
        return os.environ[name]

    return _SECRET.sub(secret, text)


def _secret_file(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"${{{name}}} cannot be read: {error.strerror}") from error


Secret = Annotated[str, BeforeValidator(lambda value: with_secrets(str(value)))]

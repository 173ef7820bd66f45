"""Countries as people read them: English names, capitals and their time zones."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from advisor.resources import shipped


class Country(NamedTuple):
    code: str
    name: str
    capital: str
    zone: str


@cache
def _countries() -> dict[str, Country]:
    lines = shipped("config/places/countries.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: Country(*row) for row in rows}


def country(code: str) -> Country:
    """The country with an ISO 3166-1 code; an unknown code stands for itself."""
    return _countries().get(code) or Country(code, code, "", "UTC")

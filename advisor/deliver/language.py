"""The language of a message: our own words in the receiver's, names of countries and dates with them.

A file `config/messages/CODE.toml` translates the English phrases of `headline` and `words`, which are the keys. What is
not translated stays English. Words of sources are quoted as they are; messages about the service are English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from advisor.deliver.countries import country
from advisor.resources import shipped

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """How our phrases, countries and moments are said."""

    code: str
    phrases: Mapping[str, str]

    def say(self, phrase: str, **values: object) -> str:
        """`phrase` in this language, with its `{names}` filled in."""
        said = self.phrases.get(phrase, phrase)
        return said.format(**values) if values else said

    def country(self, code: str) -> str:
        """A country's name; an unknown code stands for itself."""
        english = country(code).name
        if self.code == ENGLISH:
            return english
        from babel import Locale  # only where it is needed: it takes memory

        return str(Locale.parse(self.code).territories.get(code) or english)

    def moment(self, at: datetime) -> str:
        """Day of the week, day, month and time on the clock of `at`."""
        if self.code == ENGLISH:
            return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"
        from babel.dates import format_skeleton

        return f"{format_skeleton('EEEdMMM', at, locale=self.code)}, {at:%H:%M}"


@cache
def language(code: str) -> Language:
    """The language called `code`; English where no file translates into it."""
    path = shipped("config/messages") / f"{code}.toml"
    if code not in languages() or code == ENGLISH:
        return Language(ENGLISH, {})
    return Language(code, tomllib.loads(path.read_text(encoding="utf-8")))


@cache
def languages() -> tuple[str, ...]:
    """Every language that messages can be written in."""
    return tuple(sorted({ENGLISH, *(path.stem for path in shipped("config/messages").glob("*.toml"))}))

"""Months of a list as the State Department's really behaves, made up from a seed: every real change once, nothing else.

Two copies of a page take turns (the old one lags behind after a change), pages are published again with "Level 1" for
a day, whole lists are dated today, countries are missing for days, both copies stand in one list, titles lose their
country, a prefix is not declared.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.whole.test_registers import START, replayed, told

NAMES = {1: "Exercise Normal Precautions", 2: "Exercise Increased Caution", 3: "Reconsider Travel", 4: "Do Not Travel"}
COUNTRIES = {
    "Albania": "AL", "Angola": "AO", "Benin": "BN", "Bolivia": "BL", "Chile": "CI", "Cuba": "CU", "Egypt": "EG",
    "Ghana": "GH", "Haiti": "HA", "Honduras": "HO", "Iraq": "IZ", "Jamaica": "JM", "Kenya": "KE", "Laos": "LA",
    "Lebanon": "LE", "Mali": "ML", "Nepal": "NP", "Niger": "NG", "Nigeria": "NI", "Oman": "MU", "Pakistan": "PK",
    "Peru": "PE", "Qatar": "QA", "Rwanda": "RW", "Sudan": "SU", "Syria": "SY", "Togo": "TO", "Uganda": "UG",
    "Vietnam": "VM", "Zambia": "ZA",
}  # fmt: skip
ISO = {
    "Honduras": "HN",
    "Lebanon": "LB",
    "Haiti": "HT",
    "Niger": "NE",
    "Nigeria": "NG",
    "Oman": "OM",
    "Iraq": "IQ",
    "Sudan": "SD",
}


@dataclass
class Country:
    """What is true of a country, and the two copies of its page."""

    level: int
    old: int = 0  # what the lagging copy shows
    since: int = 0  # day of the last real change
    placeholder: set[int] = field(default_factory=set)


def page(name: str, level: int, date: str, *, copy: str, tag: bool, text: str = "") -> str:
    words = NAMES[level]
    category = f'<category domain="Country-Tag">{COUNTRIES[name]}</category>' if tag else ""
    return (
        f"<item><title>{name} - Level {level}: {words}</title><link>https://travel.example/{copy}/{name}</link>"
        f"<pubDate>{date}</pubDate>{category}<category domain='Threat-Level'>Level {level}: {words}</category>"
        f"<dc:identifier>{COUNTRIES[name]},advisory</dc:identifier>"
        f"<description><![CDATA[<p>{text or f'{copy} words about {name}.'}</p>]]></description></item>"
    )


def history(seed: int, days: int) -> tuple[list[str], list[tuple[str, int, int]]]:
    """The list on each day, and the real changes that matter: country, from, to."""
    dice = random.Random(seed)
    world = {name: Country(dice.choice([1, 1, 2, 2, 2, 3, 4])) for name in COUNTRIES}
    for it in world.values():
        it.old = it.level
    real: list[tuple[str, int, int]] = []
    bodies = []
    for day in range(days):
        if 5 < day < days - 12 and dice.random() < 0.25:
            name = dice.choice([name for name, it in world.items() if day - it.since > 20 or it.since == 0])
            it = world[name]
            new = dice.choice([level for level in (1, 2, 3, 4) if level != it.level])
            if max(new, it.level) >= 3:
                real.append((name, it.level, new))
            it.level, it.since = new, day
        storm, both, bare = dice.random() < 0.08, dice.random() < 0.05, dice.random() < 0.05
        items = []
        for name, it in world.items():
            if day and dice.random() < 0.01:
                continue  # missing today
            if day - it.since > 7:
                it.old = it.level  # the lagging copy has caught up
            lag = it.since and day - it.since <= 7
            dated = f"{(START + timedelta(days=day)):%a, %d %b %Y}" if storm else "Thu, 22 Aug 2024"
            glitch = day > 2 and it.level > 1 and not lag and dice.random() < 0.004
            if glitch:
                today = f"{(START + timedelta(days=day)):%a, %d %b %Y}"
                items.append(page(name, 1, today, copy="new", tag=not bare, text=f"{name} - published again"))
                continue
            turn = dice.random() < 0.5
            new, old = (
                page(name, it.level, dated, copy="new", tag=not bare),
                page(name, it.old, dated, copy="old", tag=not bare),
            )
            items += [new, old] if both and not lag else [old if turn else new]
        bodies.append(f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>')
    return bodies, real


@pytest.mark.parametrize("seed", range(4))
def test_every_real_change_is_told_once_and_nothing_else(seed: int, tmp_path: Path) -> None:
    bodies, real = history(seed, 90)
    changes, _ = replayed(tmp_path, "us-state", *bodies)
    heard = [(destination, reason == "eased") for reason, destination, _ in told(changes)]
    meant = [(iso(name), new < old) for name, old, new in real]
    assert sorted(heard) == sorted(meant)


def iso(name: str) -> str:
    from advisor.config.shapes import shape_of

    (clue, *_) = [one for one in shape_of("us-state").country if one.paths[0].startswith("category")]
    return clue.lookup(COUNTRIES[name])[0]

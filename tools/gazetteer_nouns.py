"""The case forms of place names. Overshoots gladly: a form that nobody writes harms nobody.

`noun_forms(lang, name)` is the only thing others use. Languages without cases (or where the article text
carries them apart: English 's, Turkish 'de, Korean particles, Arabic and Hebrew prefixes) give the name.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

import pymorphy3

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
Paradigm = list[set[str]]  # one set of forms a case, in the order of CASES


@functools.cache
def russian() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def noun_forms(lang: str, name: str) -> set[str]:
    """`name` in every case of the language `lang`, itself included."""
    make = _LANGUAGES.get(lang)
    return {name, *(make(name) if make else ())}


def agree(words: list[Paradigm]) -> set[str]:
    """Phrases whose words stand in the same case."""
    return {
        " ".join(choice)
        for case in range(len(CASES))
        for choice in itertools.product(*(word[case] or word[0] for word in words))
    }


# --- Russian and Ukrainian --------------------------------------------------------------------------------


def _slavic(lang: str, name: str) -> Iterator[str]:
    words = name.split(" ")
    paradigms: list[Paradigm] = []
    for at, word in enumerate(words):
        adjective = _adjective_paradigm(lang, word) if at + 1 < len(words) else None
        if adjective:
            paradigms.append(adjective)
            continue
        for paradigm in _hyphenated(lang, word):
            rest = [[{later}] * len(CASES) for later in words[at + 1 :]]
            yield from agree([*paradigms, paradigm, *rest])
        return


def _hyphenated(lang: str, word: str) -> Iterator[Paradigm]:
    head, hyphen, tail = word.rpartition("-")
    yield [{f"{head}{hyphen}{form}" for form in forms} for forms in _word(lang, tail)]
    if hyphen and "-" not in head:
        yield [{f"{form}-{tail}" for form in forms} for forms in _word(lang, head)]


def _word(lang: str, word: str) -> Paradigm:
    if lang == "uk":
        return _ukrainian(word)
    for parse in russian().parse(word):
        if "NOUN" in parse.tag and "nomn" in parse.tag and "Geox" in parse.tag and parse.is_known:
            number = parse.tag.number or "sing"
            cases = [{got.word} if (got := parse.inflect({case, number})) else set() for case in CASES]
            return [{_capital_like(word, form) for form in forms} for forms in cases]
    return _russian(word)


def _capital_like(model: str, form: str) -> str:
    return form[:1].upper() + form[1:] if model[:1].isupper() else form


def _adjective_paradigm(lang: str, word: str) -> Paradigm | None:
    if lang == "uk":
        return _ukrainian_adjective(word)
    if not re.search(r"(ый|ий|ой|ая|яя|ое|ее|ые|ие)$", word):
        return None
    for parse in russian().parse(word):
        if "ADJF" in parse.tag and "nomn" in parse.tag:
            keep = {parse.tag.number or "sing"} | ({parse.tag.gender} if parse.tag.gender else set())
            forms = [parse.inflect({case, *keep}) for case in CASES]
            return [{_capital_like(word, form.word)} if form else set() for form in forms]
    return None


_UK_STEMS = r"(ськ|цьк|зьк|нн|чн|вн|дн|льн|лик|нов|лучен|єднан|рдонськ|льов|шн)"


def _ukrainian_adjective(word: str) -> Paradigm | None:
    stem = re.sub(r"(ий|ій|а|я|е|є|і)$", "", word)
    if stem == word or not re.search(_UK_STEMS + "$", stem.lower()):
        return None
    if word.endswith(("а", "я")):
        return _suffixed(stem, "а", "ої", "ій", "у", "ою", "ій")
    if word.endswith("і"):
        return _suffixed(stem, "і", "их", "им", "і", "ими", "их")
    return _suffixed(stem, word[len(stem) :], "ого", "ому", word[len(stem) :], "им", "ому|ім")


def _russian(word: str) -> Paradigm:
    stem, hard = word[:-1], "и" if word[-2:-1] in "гкхжчшщ" else "ы"
    oi = "ей" if word[-2:-1] in "жчшщц" else "ой"
    if word.endswith("ия"):
        return _suffixed(stem, "я", "и", "и", "ю", "ей", "и")
    if word.endswith("а"):
        return _suffixed(stem, "а", hard, "е", "у", oi, "е")
    if word.endswith("я"):
        return _suffixed(stem, "я", "и", "е", "ю", "ей", "е")
    if word.endswith("ь"):
        return _suffixed(stem, "ь", "я|и", "ю|и", "ь", "ем|ью", "е|и")
    if word.endswith("й"):
        return _suffixed(stem, "й", "я", "ю", "й", "ем", "е|и")
    if word.endswith("ы"):
        return _suffixed(stem, "ы", "|ов", "ам", "ы", "ами", "ах")
    if re.search(r"[бвгджзклмнпрстфхцчшщ]$", word):
        return _suffixed(word, "", "а", "у", "", "ем" if word[-1] in "жчшщц" else "ом", "е")
    return [{word}] * len(CASES)


_UK_SOFT = {"г": "з", "к": "ц", "х": "с"}


def _ukrainian(word: str) -> Paradigm:
    stem = word[:-1]
    if word.endswith(("ія", "їя")):
        return _suffixed(stem, "я", "ї", "ї", "ю", "єю", "ї")
    if word.endswith("а") and not word.endswith(("оа", "уа")):
        soft = stem[:-1] + _UK_SOFT.get(stem[-1:], stem[-1:]) + "і"
        paradigm = _suffixed(stem, "а", "и|і", "і", "у", "ою|ею", "і")
        paradigm[2].add(soft)
        paradigm[5].add(soft)
        return paradigm
    if re.search(r"(жж|тт|лл|нн|дд|чч|шш|['ʼ’])я$", word):
        return _suffixed(stem, "я", "я", "ю", "я", "ям", "і|ї")
    if word.endswith("я"):
        return _suffixed(stem, "я", "і|ї", "і|ї", "ю", "ею|єю", "і|ї")
    if word.endswith("о") and stem[-1:] in "вкнр":
        return _suffixed(stem, "о", "а", "у", "о", "ом", "і")
    if word.endswith("ці"):
        return _suffixed(stem, "і", "ів", "ям", "і", "ями", "ях")
    if word.endswith("їв"):
        return _suffixed(word[:-2], "їв", "єва", "єву|єву", "їв", "євом", "єві")
    if word.endswith("ів") and len(word) > 4:
        return _suffixed(word[:-2], "ів", "ова|єва", "ову|еву", "ів", "овом|евом", "ові|еві")
    if word.endswith("ь"):
        return _suffixed(stem, "ь", "я|ю|і", "ю|і", "ь", "ем|лю", "і")
    if word.endswith("й"):
        return _suffixed(stem, "й", "я|ю", "ю|єві", "й", "єм", "ї")
    if re.search(r"(іпіни|іппіни|ланди|тати|ірати|діви|шели|мори|Суми|Афіни|гами|строви)$", word):
        return _suffixed(stem, "и", "|ів", "ам", "и", "ами", "ах")
    if re.search(r"[бвгґджзклмнпрстфхцчшщ]$", word):
        return _suffixed(word, "", "а|у", "у|ові", "", "ом", "і|у")
    return [{word}] * len(CASES)


def _suffixed(stem: str, *endings: str) -> Paradigm:
    """`endings` in the order of CASES, alternatives divided by |."""
    return [{stem + ending for ending in alternatives.split("|")} for alternatives in endings]


# --- Polish -----------------------------------------------------------------------------------------------

_PL_SOFT = {
    "ch": "sze",
    "st": "ście",
    "k": "ce",
    "g": "dze",
    "t": "cie",
    "d": "dzie",
    "r": "rze",
    "ł": "le",
    "n": "nie",
    "s": "sie",
    "z": "zie",
    "w": "wie",
    "v": "vie",
    "m": "mie",
    "p": "pie",
    "b": "bie",
    "f": "fie",
}


def _pl_locative(stem: str) -> str | None:
    for ending in sorted(_PL_SOFT, key=len, reverse=True):
        if stem.endswith(ending):
            return stem[: -len(ending)] + _PL_SOFT[ending]
    return None


def _polish(name: str) -> Iterable[str]:
    words = name.split(" ")
    paradigms = [(_pl_adjective(word) if len(words) > 1 else None) or _pl_noun(word) for word in words]
    return agree(paradigms)


def _pl_adjective(word: str) -> Paradigm | None:
    stem = word[:-1]
    if re.search(r"(owa|ska|cka|dnia|udniowa|nna|tna|zna|Nowa|Wielka)$", word):
        return _suffixed(
            stem.removesuffix("i") if word.endswith("ia") else stem,
            "a",
            "ej|iej",
            "ej|iej",
            "ą",
            "ą",
            "ej|iej",
        )
    if re.search(r"(owy|ski|cki|dni|ny|wy|ły)$", word) and len(word) > 4:
        return (
            _suffixed(word, "", "ego", "emu", "", "m", "m")
            if word.endswith("i")
            else _suffixed(stem, "y", "ego", "emu", "y", "ym", "ym")
        )
    return None


def _pl_noun(word: str) -> Paradigm:
    stem = word[:-1]
    if word.endswith("a"):
        if word.endswith(("ia", "ja", "ea", "oa", "ua", "la")):
            bare = stem.removesuffix("i") if word.endswith("ia") else stem
            accusative, instrumental = ("ię", "ią") if word.endswith("ia") else ("ę", "ą")
            return _suffixed(bare, word[len(bare) :], "i|ii", "i|ii", accusative, instrumental, "i|ii")
        soft = _pl_locative(stem)
        ending = "i" if stem[-1:] in "kg" else "y"
        paradigm = _suffixed(stem, "a", ending, ending, "ę", "ą", ending)
        if soft:
            paradigm[2] = paradigm[5] = {soft}
        return paradigm
    if word.endswith("ów"):
        return _suffixed(word[:-2], "ów", "owa", "owowi", "ów", "owem", "owie")
    if word.endswith("ek") and len(word) > 4:
        return _suffixed(word[:-2], "ek", "ku|ka", "kowi", "ek", "kiem", "ku")
    if word.endswith("ń"):
        return _suffixed(stem, "ń", "nia", "niowi", "ń", "niem", "niu")
    if word.endswith("o"):
        paradigm = _suffixed(stem, "o", "a", "u", "o", "iem" if stem[-1:] in "kg" else "em", "u")
        if soft := _pl_locative(stem):
            paradigm[5].add(soft)
        return paradigm
    if word.endswith("y"):
        return _suffixed(stem, "y", "|ów", "om", "y", "ami", "ach")
    if word.endswith("ie") and len(word) > 4:
        return _suffixed(stem, "e", "i", "om", "e", "ami", "ach")
    if re.search(r"[bcćdfghjklłmnprsśtvwxzźż]$", word):
        soft = _pl_locative(word)
        instrumental = "iem" if word[-1] in "kg" else "em"
        back = word.endswith(("k", "g", "ch"))
        return [
            {word},
            {word + "u", word + "a"},
            {word + "owi"},
            {word},
            {word + instrumental},
            {word + "u"} if back or not soft else {soft},
        ]
    return [{word}] * len(CASES)


# --- Greek ------------------------------------------------------------------------------------------------

_GREEK = (  # nominative ending, genitive, accusative; accents do not count after folding
    ("ούς", "ού", "ού"),
    ("ος", "ου", "ο"),
    ("ός", "ού", "ό"),
    ("ας", "α", "α"),
    ("άς", "ά", "ά"),
    ("ης", "η", "η"),
    ("ής", "ή", "ή"),
    ("ες", "ων", "ες"),
    ("ές", "ών", "ές"),
    ("οι", "ων", "ους"),
    ("οί", "ών", "ούς"),
    ("ία", "ίας|ιών", "ία"),
    ("α", "ας|ων", "α"),
    ("ά", "άς|ών", "ά"),
    ("η", "ης|εως", "η"),
    ("ή", "ής", "ή"),
    ("ο", "ου", "ο"),
    ("ό", "ού", "ό"),
    ("ι", "ιου", "ι"),
    ("ί", "ιού", "ί"),
)


def _greek(name: str) -> Iterable[str]:
    return agree([_greek_word(word) for word in name.split(" ")])


def _greek_word(word: str) -> Paradigm:
    for nominative, genitive, accusative in _GREEK:
        if word.endswith(nominative) and len(word) > 3:
            stem = word[: -len(nominative)]
            return _suffixed(stem, nominative, genitive, nominative, accusative, nominative, accusative)
    return [{word}] * len(CASES)


# --- Finnish, Romanian, Czech, Germanic genitives -----------------------------------------------------------


def _finnish(name: str) -> Iterator[str]:
    front = not re.search(r"[aouAOU]", name)
    a = "ä" if front else "a"
    if re.search(r"[aeiouyäöåé]$", name):
        weak = name
        for strong, soft in (
            ("nti", "nni"),
            ("nki", "ngi"),
            ("kki", "ki"),
            ("kka", "ka"),
            ("tti", "ti"),
            ("ppi", "pi"),
            ("mi", "me"),
        ):
            if name.endswith(strong) and (strong != "mi" or name == "Suomi"):
                weak = name[: -len(strong)] + soft
        for stem in {name, weak}:
            yield from (stem + e for e in ("n", f"ss{a}", f"st{a}", *((f"ll{a}", f"lt{a}") if "enäjä" in name else ())))
        yield from (name + name[-1] + "n", name + a)
    else:
        yield from (name + e for e in ("in", f"iss{a}", f"ist{a}", "iin"))


def _romanian(name: str) -> Iterator[str]:
    if name.endswith("a"):
        yield from (name[:-1] + "ei", name[:-1] + "ă")
    elif re.search(r"[b-df-hj-np-tv-z]$", name):
        yield from (name + "ul", name + "ului")


def _czech(name: str) -> Iterator[str]:
    stem = name[:-1]
    if name.endswith(("ko", "vo", "no")):
        yield from (stem + e for e in ("a", "u", "em"))
    elif name.endswith("ie"):
        yield from (stem + e for e in ("i", "í"))
    elif name.endswith("a"):
        yield from (stem + e for e in ("y", "u", "ou", "ě", "e"))
    elif re.search(r"[b-df-hj-np-tv-z]$", name):
        yield from (name + e for e in ("u", "em", "ě", "a"))


def _genitive_s(name: str) -> Iterator[str]:
    if name[-1:] not in "szxß" and name[-1:].islower():
        yield name + "s"


_LANGUAGES: dict[str, Callable[[str], Iterable[str]]] = {
    "ru": functools.partial(_slavic, "ru"),
    "uk": functools.partial(_slavic, "uk"),
    "pl": _polish,
    "el": _greek,
    "fi": _finnish,
    "ro": _romanian,
    "cs": _czech,
    "de": _genitive_s,
    "sv": _genitive_s,
    "da": _genitive_s,
    "no": _genitive_s,
    "nl": _genitive_s,
}

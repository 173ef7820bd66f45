"""Adjectives and peoples of each language in all their forms, from the lemmas in config/places/people-*.yaml.

`adjective_forms(lang, lemma)` and `people_forms(lang, lemma)` are what others use. Where a language names the
person with the adjective (Romance languages, Arabic, Hebrew, Finnish), both give the same forms.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from gazetteer_nouns import russian

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")


def adjective_forms(lang: str, lemma: str) -> set[str]:
    return set(_ADJECTIVES[lang](lemma))


def people_forms(lang: str, lemma: str) -> set[str]:
    return set(_PEOPLE.get(lang, _ADJECTIVES[lang])(lemma))


def _plain(lemma: str) -> Iterator[str]:
    yield lemma


# --- English ----------------------------------------------------------------------------------------------


def _en_people(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("woman") or (lemma.endswith("man") and lemma.endswith(("shman", "chman", "xman", "ishman"))):
        yield lemma[:-3] + "men"
    elif not re.search(r"(ese|ois|oise|abe|abè|Batswana|Basotho|men)$", lemma):
        yield lemma + "s"


# --- Russian, Ukrainian -----------------------------------------------------------------------------------

_RU_ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ою", "ое", "ие", "их", "ими", "и")
_UK_ADJECTIVE = ("ий", "ого", "ому", "им", "ім", "а", "ої", "ій", "у", "ою", "е", "і", "их", "ими")


def _ru_adjective(lemma: str) -> Iterator[str]:
    if lemma.endswith("ий"):
        yield from (lemma[:-2] + ending for ending in _RU_ADJECTIVE)
    elif lemma.endswith("ый"):
        yield from (
            lemma[:-2] + ending
            for ending in ("ый", "ого", "ому", "ым", "ом", "ая", "ой", "ую", "ое", "ые", "ых", "ыми")
        )


def _uk_adjective(lemma: str) -> Iterator[str]:
    return (lemma[:-2] + ending for ending in _UK_ADJECTIVE)


def _slavic_people(lang: str, lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("ский") or lemma == "русский":
        yield from _ru_adjective(lemma)
        return
    yield from _slavic_rules(lang, lemma)
    for parse in russian().parse(lemma) if lang == "ru" else ():
        if str(parse.tag).startswith("NOUN") and "nomn" in str(parse.tag) and parse.is_known:
            for case, number in itertools.product(_CASES, ("sing", "plur")):
                if got := parse.inflect({case, number}):
                    yield got.word
            return


def _slavic_rules(lang: str, lemma: str) -> Iterator[str]:
    """The regular types, for words the dictionary lacks: сириец, россиянин, японка, сирієць, росіянин."""
    if lang == "ru":
        if lemma.endswith("ец"):
            vowel = lemma[-3] in "аеиоуыэюя"
            stem = lemma[:-2] + ("й" if vowel else "ь" if lemma[-3] == "л" else "")
            yield from (stem + e for e in ("ца", "цу", "цем", "це", "цы", "цев", "цам", "цами", "цах"))
        elif lemma.endswith("нин"):
            yield from (lemma + e for e in ("а", "у", "ом", "е"))
            yield from (lemma[:-2] + e for e in ("е", "", "ам", "ами", "ах"))
        elif lemma.endswith("ка"):
            yield from (lemma[:-1] + e for e in ("и", "е", "у", "ой", "ам", "ами", "ах"))
            stem = lemma[:-2]
            yield (stem[:-1] + "ек") if stem[-1:] in "йь" else stem + ("ек" if stem[-1:] in "жчш" else "ок")
        elif re.search(r"[бвгдзклмнпрстфх]$", lemma):
            yield from (lemma + e for e in ("а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах"))
        return
    if lemma.endswith("єць"):
        yield from (lemma[:-3] + "йц" + e for e in ("я", "ю", "еві", "ем", "і", "ів", "ям", "ями", "ях"))
    elif lemma.endswith("ець"):
        stem = lemma[:-3] + ("ь" if lemma[-4] == "л" else "")
        yield from (stem + "ц" + e for e in ("я", "ю", "еві", "ем", "і", "ів", "ям", "ями", "ях"))
    elif lemma.endswith(("нин", "рин")):  # болгарин
        yield from (lemma + e for e in ("а", "у", "ові", "ом", "і"))
        yield from (lemma[:-2] + e for e in ("и", "", "ам", "ами", "ах"))
    elif lemma.endswith("ка"):
        yield from (lemma[:-1] + e for e in ("и", "у", "ою", "ам", "ами", "ах"))
        yield from (lemma[:-2] + e for e in ("ці", "ок"))
    elif lemma.endswith("ш"):  # латиш
        yield from (lemma + e for e in ("а", "у", "еві", "ем", "і", "ів", "ам", "ами", "ах"))
    elif re.search(r"[бвгдзклмнпрстфх]$", lemma):
        yield from (lemma + e for e in ("а", "у", "ові", "ом", "і", "и", "ів", "ам", "ами", "ах"))


# --- Polish -----------------------------------------------------------------------------------------------


def _pl_adjective(lemma: str) -> Iterator[str]:
    if lemma.endswith(("ki", "gi")):
        stem = lemma[:-1]
        yield from (stem + e for e in ("i", "iego", "iemu", "im", "a", "iej", "ą", "ie", "ich", "imi", "u", "o"))
        yield stem[:-1] + ("cy" if stem.endswith("k") else "dzy")  # polscy, niemieccy
    else:
        stem = lemma[:-1]
        yield from (stem + e for e in ("y", "ego", "emu", "ym", "a", "ej", "ą", "e", "ych", "ymi", "i"))


def _pl_people(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("ka"):
        stem = lemma[:-2]
        yield from (stem + e for e in ("ki", "ce", "kę", "ką", "kom", "kami", "kach"))
        yield (stem[:-1] if stem.endswith("j") else stem) + ("jek" if stem.endswith("j") else "ek")
    elif lemma.endswith("ianin") or lemma.endswith("anin"):
        yield from (lemma + e for e in ("a", "owi", "em", "ie"))
        yield from (lemma[:-2] + e for e in ("ie", "", "om", "ami", "ach", "ów"))
    elif lemma.endswith("iec"):
        soft = lemma[:-3]
        soft = soft[:-1] + {"n": "ń"}.get(soft[-1], soft[-1])
        for stem in {soft, lemma[:-3]}:
            yield from (stem + "c" + e for e in ("a", "owi", "em", "u", "y", "ów", "om", "ami", "ach"))
    elif lemma == "Niemiec":
        return
    else:
        yield from (lemma + e for e in ("a", "owi", "em", "iem", "u", "ie", "ów", "om", "ami", "ach", "i", "y", "owie"))
        for hard, soft in (
            ("k", "cy"),
            ("r", "rzy"),
            ("t", "ci"),
            ("d", "dzi"),
            ("g", "dzy"),
            ("z", "zi"),
            ("ch", "si"),
            ("ł", "li"),
        ):
            if lemma.endswith(hard):
                yield lemma[: -len(hard)] + soft
        if lemma.endswith("ek"):
            yield from (lemma[:-2] + "k" + e for e in ("a", "owi", "iem", "u", "ów", "om", "ami", "ach", "i"))
            yield lemma[:-2] + "cy"
        if lemma.endswith("ier"):  # Węgier, Holender take another stem
            yield from (lemma[:-3] + "r" + e for e in ("a", "owi", "em", "zy", "ów", "om", "ami", "ach"))
        if lemma.endswith("er"):
            yield from (lemma[:-2] + "r" + e for e in ("a", "owi", "em", "zy", "ów", "om", "ami", "ach"))
        if lemma.endswith("sz"):
            yield lemma + "e"


# --- German -----------------------------------------------------------------------------------------------


def _de_adjective(lemma: str) -> Iterator[str]:
    yield lemma
    if not lemma[:1].isupper() or lemma.endswith("isch"):
        yield from (lemma + ending for ending in ("e", "en", "er", "es", "em"))


def _de_people(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("e"):
        stem = lemma[:-1]
        yield from (lemma + "n", lemma + "s")
        feminine = stem.replace("Franzos", "Französ")
    elif lemma.endswith("er"):
        yield from (lemma + "s", lemma + "n")
        feminine = lemma
    elif lemma.endswith(("i", "o")):
        yield lemma + "s"
        feminine = lemma
    else:
        yield from (lemma + "en", lemma + "n")
        feminine = lemma
    yield from (feminine + "in", feminine + "innen")


# --- Romance ----------------------------------------------------------------------------------------------


def _slashed(make: Callable[[str], Iterable[str]], lemma: str) -> Iterator[str]:
    if "/" in lemma:
        given = lemma.split("/")
        yield from given
        yield from (form + "s" for form in given if len(given) == 2 and not form.endswith("s"))
    else:
        yield from make(lemma)


def _french(lemma: str) -> Iterator[str]:
    if lemma.endswith("ien") or lemma.endswith("éen"):
        feminine = lemma + "ne"
    elif lemma.endswith("e"):
        feminine = lemma
    else:
        feminine = lemma + "e"
    yield from (lemma, feminine, feminine + "s")
    if not lemma.endswith("s"):
        yield lemma + "s"


_ACUTE = str.maketrans("áéíóú", "aeiou")


def _spanish(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("o"):
        yield from (lemma[:-1] + e for e in ("a", "os", "as"))
    elif lemma.endswith(("és", "án", "ón")):
        stem = lemma[:-2] + lemma[-2:].translate(_ACUTE)
        yield from (stem + e for e in ("a", "es", "as"))
    elif lemma.endswith(("ñol", "l", "r")):
        yield from (lemma + e for e in ("a", "es", "as"))
    elif lemma.endswith(("í", "ú")):
        yield from (lemma + e for e in ("es", "s"))
    else:
        yield lemma + "s"


def _portuguese(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("ão"):
        yield from (lemma[:-2] + e for e in ("ã", "ãos", "ães", "ões", "ãs"))
    elif lemma.endswith("eu"):
        yield from (lemma[:-2] + e for e in ("eia", "eus", "eias"))
    elif lemma.endswith("o"):
        yield from (lemma[:-1] + e for e in ("a", "os", "as"))
    elif lemma.endswith("ês"):
        yield from (lemma[:-2] + e for e in ("esa", "eses", "esas"))
    elif lemma.endswith("ol"):
        yield from (lemma + "a", lemma[:-1] + "is", lemma + "as")
    elif lemma.endswith("z"):
        yield lemma + "es"
    else:
        yield lemma + "s"


def _portuguese_slashed(lemma: str) -> Iterator[str]:
    head, slash, tail = lemma.partition("/")
    yield from _portuguese(head)
    if slash:
        yield from (tail, tail + "s")


def _italian(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("co") or lemma.endswith("go"):
        yield from (lemma[:-1] + e for e in ("a", "hi", "he", "i"))
    elif lemma.endswith("io"):
        yield from (lemma[:-1] + e for e in ("a", "", "e"))
    elif lemma.endswith("o"):
        yield from (lemma[:-1] + e for e in ("a", "i", "e"))
    elif lemma.endswith("e"):
        yield lemma[:-1] + "i"
    elif lemma.endswith("a"):
        yield from (lemma[:-1] + e for e in ("i", "e"))


def _romanian(lemma: str) -> Iterator[str]:
    for form in lemma.split("/"):
        yield form
        if form.endswith("i"):
            yield from (form + "i", form + "lor")
        elif form.endswith("ă"):
            yield form[:-1] + "a"
        elif form.endswith("e"):
            yield from (form + "le", form + "lor", form + "i")
        else:
            yield from (form + "ul", form + "ului")


# --- North Germanic, Dutch, Finnish -----------------------------------------------------------------------


def _nordic_adjective(lemma: str) -> Iterator[str]:
    yield from (lemma, lemma + "t", lemma + "a", lemma + "e", lemma + "as", lemma + "es")


def _sv_people(lemma: str) -> Iterator[str]:
    if lemma.endswith("man"):
        plurals = [lemma[:-3] + "män", lemma[:-3] + "männen"]
    elif lemma.endswith("are"):
        plurals = [lemma, lemma[:-1] + "na"]
    elif lemma.endswith("er"):
        plurals = [lemma, lemma + "na"]
    elif lemma.endswith("e") or lemma in {"dansk", "svensk", "tysk", "polack"} or lemma.endswith("rysk"):
        stem = lemma.removesuffix("e")
        plurals = [stem + "ar", stem + "arna"]
    elif lemma.endswith(("ing", "bo")):
        plurals = [lemma + "ar", lemma + "arna"]
    else:
        plurals = [lemma + "er", lemma + "erna"]
    definite = lemma + ("n" if lemma.endswith("e") else "en")
    for form in (lemma, definite, *plurals):
        yield from (form, form if form.endswith("s") else form + "s")


def _no_people(lemma: str) -> Iterator[str]:
    single, slash, plural = lemma.partition("/")
    yield single
    plurals = (
        [plural]
        if slash
        else [
            single + "e",
            single + "ne",
            single + "er",
            single + "r",
            single + "ene",
            single + "erne",
            single + "rne",
        ]
    )
    if slash:
        plurals += [plural + "ene", plural + "ene".replace("e", "", 1)]
    for form in (single, *plurals):
        yield from (form, form + "s", form + "n" if form.endswith("e") else form + "en")


def _nl_adjective(lemma: str) -> Iterator[str]:
    yield lemma
    if lemma.endswith("aans"):
        yield lemma + "e"
    elif lemma.endswith("ees"):
        yield lemma[:-3] + "ese"
    else:
        yield lemma + "e"


def _nl_people(lemma: str) -> Iterator[str]:
    single, slash, plural = lemma.partition("/")
    yield single
    yield plural if slash else single + ("'s" if single.endswith("i") else "s")
    if not slash and single.endswith("iër"):
        yield single + "s"


def _finnish(lemma: str) -> Iterator[str]:
    yield lemma
    if not lemma.endswith("inen"):
        yield from (lemma + e for e in ("n", "t", "en", "ja", "jen", "ssa", "lle", "eja", "ien"))
        return
    stem, a = lemma[:-3], "ä" if lemma.endswith("läinen") else "a"
    singular = (
        "sen",
        "st" + a,
        "seen",
        "sell" + a,
        "selle",
        "selt" + a,
        "sess" + a,
        "sest" + a,
        "ist" + a,
        "seks" + "i",
        "sen" + a,
    )
    plural = (
        "set",
        "sten",
        "sia".replace("a", a),
        "sille",
        "sill" + a,
        "silt" + a,
        "siin",
        "siss" + a,
        "sist" + a,
        "sin" + a,
    )
    yield from (stem + ending for ending in singular + plural)


# --- Turkish ----------------------------------------------------------------------------------------------

_BACK = "aıouAIOU"


def _turkish(lemma: str) -> Iterator[str]:
    yield lemma
    if "'" in lemma:
        return
    last = next((letter for letter in reversed(lemma) if letter in "aeıioöuüAEIİOÖUÜ"), "e")
    plural = lemma + ("lar" if last in _BACK else "ler")
    vowel = "ı" if last in _BACK else "i"
    a = "a" if last in _BACK else "e"
    endings = ("", f"{vowel}n", a, f"d{a}", f"d{a}n", vowel, f"l{a}", f"{vowel}n{vowel}")
    yield from (plural + ending for ending in endings)
    if last == lemma[-1]:  # "300 Polonyalıyı"; behind a consonant an apostrophe parts the ending
        narrow = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}.get(last, "i")
        yield from (lemma + ending for ending in (f"y{narrow}", f"n{narrow}n", f"y{a}", f"d{a}", f"d{a}n"))


# --- Arabic, Persian, Hebrew, Greek -----------------------------------------------------------------------


def _arabic(lemma: str) -> Iterator[str]:
    first, *rest = lemma.split(" ")
    endings = ("", "ة", "ون", "ين", "ات", "ان", "تين") if first.endswith("ي") else ("",)
    for ending in endings:
        for article in ("", "ال", "لل"):
            start = first.removeprefix("ال") if article else first
            tail = [f"ال{word}" if article and word.endswith("ي") else word for word in rest]
            yield " ".join([article + start + ending, *tail])
            if ending and rest and article:
                yield " ".join(
                    [
                        article + start + ending,
                        *(word + ending if word.endswith("ي") else word for word in tail),
                    ]
                )


def _persian(lemma: str) -> Iterator[str]:
    yield from (
        lemma,
        lemma + "ها",
        lemma + "های",
        lemma + "هایی",
        lemma + " ها",
        lemma + " های",
        lemma + "‌تبار",
    )
    if lemma.endswith("ی"):
        yield from (lemma + "ان", lemma + "انی", lemma + "‌ها")


def _hebrew(lemma: str) -> Iterator[str]:
    *front, last = lemma.split(" ")
    endings = ("", "ת", "ם", "ים", "ות", "ה", "יות") if last.endswith("י") else ("",)
    for ending in endings:
        phrase = " ".join([*front, last + ending])
        yield phrase
        yield "ה" + phrase
        if front:
            yield " ".join([*front, "ה" + last + ending])


_EL_ADJECTIVE = ("ος", "ου", "ο", "οι", "ων", "ους", "η", "ης", "ες", "α", "ε")


def _greek_adjective(lemma: str) -> Iterator[str]:
    stem = lemma[:-2]
    yield from (stem + ending for ending in _EL_ADJECTIVE)


def _greek_people(lemma: str) -> Iterator[str]:
    stem = lemma[:-2]
    if lemma.endswith(("ος", "ός")):
        yield from (stem + ending for ending in ("ος", "ου", "ο", "οι", "ων", "ους", "ε"))
    elif lemma.endswith(("ης", "ής", "ας", "άς")):
        yield from (lemma, lemma[:-1], *(stem + ending for ending in ("ες", "ων", "ηδες")))
    else:
        short = lemma[:-1]
        yield from (lemma, lemma + "ς", *(short + ending for ending in ("ες", "ων", "ις")))


def _romance(make: Callable[[str], Iterable[str]]) -> Callable[[str], Iterable[str]]:
    return functools.partial(_slashed, make)


_ADJECTIVES: dict[str, Callable[[str], Iterable[str]]] = {
    "en": _plain,
    "ru": _ru_adjective,
    "uk": _uk_adjective,
    "pl": _pl_adjective,
    "de": _de_adjective,
    "fr": _romance(_french),
    "es": _romance(_spanish),
    "pt": _portuguese_slashed,
    "it": _romance(_italian),
    "ro": _romanian,
    "sv": _nordic_adjective,
    "no": _nordic_adjective,
    "da": _nordic_adjective,
    "nl": _nl_adjective,
    "fi": _finnish,
    "tr": _turkish,
    "ar": _arabic,
    "fa": _persian,
    "he": _hebrew,
    "el": _greek_adjective,
}
_PEOPLE: dict[str, Callable[[str], Iterable[str]]] = {
    "en": _en_people,
    "ru": functools.partial(_slavic_people, "ru"),
    "uk": functools.partial(_slavic_people, "uk"),
    "pl": _pl_people,
    "de": _de_people,
    "sv": _sv_people,
    "no": _no_people,
    "da": _no_people,
    "nl": _nl_people,
    "el": _greek_people,
}

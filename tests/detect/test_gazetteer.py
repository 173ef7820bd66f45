"""What the gazetteer promises the engine; reads the committed table alone, no build tools, no network."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
import yaml

from advisor.detect.fold import fold
from advisor.resources import shipped

LANGUAGES = (
    "en",
    "ru",
    "uk",
    "ar",
    "fr",
    "de",
    "es",
    "pt",
    "tr",
    "fa",
    "zh",
    "ja",
    "ko",
    "el",
    "he",
    "pl",
    "sv",
)
ROLES = {"leader", "name", "adjective", "people", "city", "region", "issuer"}
FLAGS = {"capital", "cap", "upper", "mixed", "homograph", "abbr", "weak", "home"}
NO_CAPITAL = {"BV", "CC", "CX", "GS", "HM", "IO", "NF", "TF", "TK", "UM"}  # too small or unpeopled
LATIN_CAPITAL_ONLY = {
    "AI", "BL", "BQ", "CK", "GG", "IM", "JE", "MS", "NU", "PM", "PN", "RE", "SH", "SX", "TC", "VG", "VI", "WF", "YT",
}  # fmt: skip
UN_MEMBERS = [
    "AD",
    "AE",
    "AF",
    "AG",
    "AL",
    "AM",
    "AO",
    "AR",
    "AT",
    "AU",
    "AZ",
    "BA",
    "BB",
    "BD",
    "BE",
    "BF",
    "BG",
    "BH",
    "BI",
    "BJ",
    "BN",
    "BO",
    "BR",
    "BS",
    "BT",
    "BW",
    "BY",
    "BZ",
    "CA",
    "CD",
    "CF",
    "CG",
    "CH",
    "CI",
    "CL",
    "CM",
    "CN",
    "CO",
    "CR",
    "CU",
    "CV",
    "CY",
    "CZ",
    "DE",
    "DJ",
    "DK",
    "DM",
    "DO",
    "DZ",
    "EC",
    "EE",
    "EG",
    "ER",
    "ES",
    "ET",
    "FI",
    "FJ",
    "FM",
    "FR",
    "GA",
    "GB",
    "GD",
    "GE",
    "GH",
    "GM",
    "GN",
    "GQ",
    "GR",
    "GT",
    "GW",
    "GY",
    "HN",
    "HR",
    "HT",
    "HU",
    "ID",
    "IE",
    "IL",
    "IN",
    "IQ",
    "IR",
    "IS",
    "IT",
    "JM",
    "JO",
    "JP",
    "KE",
    "KG",
    "KH",
    "KI",
    "KM",
    "KN",
    "KP",
    "KR",
    "KW",
    "KZ",
    "LA",
    "LB",
    "LC",
    "LI",
    "LK",
    "LR",
    "LS",
    "LT",
    "LU",
    "LV",
    "LY",
    "MA",
    "MC",
    "MD",
    "ME",
    "MG",
    "MH",
    "MK",
    "ML",
    "MM",
    "MN",
    "MR",
    "MT",
    "MU",
    "MV",
    "MW",
    "MX",
    "MY",
    "MZ",
    "NA",
    "NE",
    "NG",
    "NI",
    "NL",
    "NO",
    "NP",
    "NR",
    "NZ",
    "OM",
    "PA",
    "PE",
    "PG",
    "PH",
    "PK",
    "PL",
    "PT",
    "PW",
    "PY",
    "QA",
    "RO",
    "RS",
    "RU",
    "RW",
    "SA",
    "SB",
    "SC",
    "SD",
    "SE",
    "SG",
    "SI",
    "SK",
    "SL",
    "SM",
    "SN",
    "SO",
    "SR",
    "SS",
    "ST",
    "SV",
    "SY",
    "SZ",
    "TD",
    "TG",
    "TH",
    "TJ",
    "TL",
    "TM",
    "TN",
    "TO",
    "TR",
    "TT",
    "TV",
    "TZ",
    "UA",
    "UG",
    "US",
    "UY",
    "UZ",
    "VC",
    "VE",
    "VN",
    "VU",
    "WS",
    "YE",
    "ZA",
    "ZM",
    "ZW",
]

Row = tuple[str, str, str, frozenset[str], frozenset[str]]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    lines = shipped("config/places/gazetteer.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "form\tcode\trole\tlangs\tflags"
    table = []
    for line in lines[1:]:
        form, code, role, langs, flags = line.split("\t")
        table.append((form, code, role, frozenset(langs.split(",")), frozenset(filter(None, flags.split(",")))))
    return table


@pytest.fixture(scope="module")
def meanings(rows: list[Row]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for form, code, role, _, _ in rows:
        found[form].add((code, role))
    return found


@pytest.fixture(scope="module")
def flags(rows: list[Row]) -> dict[tuple[str, str, str], frozenset[str]]:
    return {(form, code, role): flagged for form, code, role, _, flagged in rows}


def spelled(text: str) -> str:
    return " ".join(fold(text).split())


def test_the_table_is_sorted_small_and_has_every_form_code_and_role_once(rows: list[Row]) -> None:
    keys = [(form, code, role) for form, code, role, _, _ in rows]
    assert keys == sorted(set(keys))
    assert len(rows) < 100_000
    assert shipped("config/places/gazetteer.tsv").stat().st_size < 3_600_000


def test_every_row_is_well_formed_and_folded(rows: list[Row]) -> None:
    for form, code, role, langs, flagged in rows:
        assert form == spelled(form)
        assert len(code) == 2
        assert code.isupper()
        assert role in ROLES
        assert langs
        assert flagged <= FLAGS
        assert not {"cap", "upper"} <= flagged


def test_capitals_are_asked_only_of_scripts_that_have_them(rows: list[Row]) -> None:
    caseless = [form for form, _, _, _, flagged in rows if "cap" in flagged and form.upper() == form]
    assert caseless == []


def test_every_territory_has_a_name_in_each_language(rows: list[Row]) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for _, code, role, langs, flagged in rows:
        if role == "name" and "abbr" not in flagged:
            named[code] |= langs
    assert len(named) >= 250
    assert {code: set(LANGUAGES) - langs for code, langs in named.items() if set(LANGUAGES) - langs} == {}


def test_every_country_has_a_capital_in_each_language(rows: list[Row]) -> None:
    seats: dict[str, set[str]] = defaultdict(set)
    codes = set()
    for _, code, role, langs, flagged in rows:
        codes.add(code)
        if role == "city" and "capital" in flagged:
            seats[code] |= langs
    latin = {"en", "fr", "de", "es", "pt", "tr", "pl", "sv"}
    missing = {
        code: wanted - seats[code]
        for code in codes - NO_CAPITAL - {"EU", "UN"}
        if (wanted := latin if code in LATIN_CAPITAL_ONLY else set(LANGUAGES)) - seats[code]
    }
    assert missing == {}


@pytest.mark.parametrize("lang", ["en", "ru", "uk", "fr", "de", "es", "pt", "ar", "pl", "sv"])
def test_every_un_member_has_an_adjective(rows: list[Row], lang: str) -> None:
    known = {code for _, code, role, langs, _ in rows if role in {"adjective", "people"} and lang in langs}
    allowed = {
        "en": {"DM"},
        "de": {"AG"},
        "ar": {"KN", "ST"},
        "fr": {"AG"},
        "pl": {"KN"},
        "sv": {"KN"},
        "es": {"KN"},
        "pt": {"KN"},
    }
    assert (
        set(UN_MEMBERS) - known - allowed.get(lang, set()) - {"KN", "LC", "VC", "MC", "PW", "TV", "KI", "NR", "SM"}
        == set()
    )


@pytest.mark.parametrize("lang", ["tr", "fa", "el", "he"])
def test_the_countries_most_in_the_news_have_an_adjective(rows: list[Row], lang: str) -> None:
    known = {code for _, code, role, langs, _ in rows if role in {"adjective", "people"} and lang in langs}
    assert len(known) >= 120


@pytest.mark.parametrize(
    ("text", "code", "role"),
    [
        ("Syria", "SY", "name"), ("Syrians", "SY", "people"), ("Syrian", "SY", "adjective"), ("Damascus", "SY", "city"),
        ("SAR", "SY", "name"), ("Hong Kong SAR", "HK", "name"), ("Macao SAR", "MO", "name"), ("Ivory Coast", "CI", "name"),
        ("Côte d'Ivoire", "CI", "name"), ("Côte d’Ivoire", "CI", "name"), ("DRC", "CD", "name"), ("DR Congo", "CD", "name"),
        ("Congo-Brazzaville", "CG", "name"), ("Burma", "MM", "name"), ("Türkiye", "TR", "name"), ("Swaziland", "SZ", "name"),
        ("Czechia", "CZ", "name"), ("Cape Verde", "CV", "name"), ("Holland", "NL", "name"), ("Scotland", "GB", "name"),
        ("U.K.", "GB", "name"), ("U.S.", "US", "name"), ("UAE", "AE", "name"), ("KSA", "SA", "name"), ("PRC", "CN", "name"),
        ("ROC", "TW", "name"), ("DPRK", "KP", "name"), ("ROK", "KR", "name"), ("West Bank", "PS", "region"), ("Gaza", "PS", "region"),
        ("Western Sahara", "EH", "name"), ("Somaliland", "SO", "name"), ("Transnistria", "MD", "region"), ("Northern Cyprus", "CY", "name"),
        ("Nagorno-Karabakh", "AZ", "region"), ("Abkhazia", "GE", "name"), ("Crimea", "UA", "region"), ("Bali", "ID", "region"),
        ("Dubai", "AE", "city"), ("Cabo Delgado", "MZ", "region"), ("Britons", "GB", "people"), ("Brits", "GB", "people"),
        ("Filipinos", "PH", "people"), ("Frenchmen", "FR", "people"), ("Dutch", "NL", "adjective"), ("Foggy Bottom", "US", "issuer"),
        ("Whitehall", "GB", "issuer"), ("Quai d’Orsay", "FR", "issuer"), ("Farnesina", "IT", "issuer"), ("Itamaraty", "BR", "issuer"),
        ("FCDO", "GB", "issuer"), ("Smartraveller", "AU", "issuer"), ("Global Affairs Canada", "CA", "issuer"), ("MEA", "IN", "issuer"),
        ("Kremlin", "RU", "issuer"), ("Sana'a", "YE", "city"), ("Mazar-i-Sharif", "AF", "city"), ("Port Sudan", "SD", "city"),
        ("Cap-Haïtien", "HT", "city"), ("Goma", "CD", "city"), ("Lviv", "UA", "city"), ("Kiev", "UA", "city"), ("Kyiv", "UA", "city"),
    ],
)  # fmt: skip
def test_english_names(meanings: dict[str, set[tuple[str, str]]], text: str, code: str, role: str) -> None:
    assert (code, role) in meanings[spelled(text)]


@pytest.mark.parametrize(
    ("text", "code", "role"),
    [
        # Russian, Ukrainian: cases of names, adjectives, peoples
        ("Сирии", "SY", "name"), ("сирийского", "SY", "adjective"), ("россиянам", "RU", "people"), ("РФ", "RU", "name"), ("США", "US", "name"),
        ("американцев", "US", "people"), ("британских", "GB", "adjective"), ("Дамаске", "SY", "city"), ("ОАЭ", "AE", "name"), ("ЦАР", "CF", "name"),
        ("ДР Конго", "CD", "name"), ("Саудовской Аравии", "SA", "name"), ("Южном Судане", "SS", "name"), ("МИД РФ", "RU", "issuer"),
        ("Госдепа", "US", "issuer"), ("Кремля", "RU", "issuer"), ("САР", "SY", "name"), ("КНДР", "KP", "name"), ("Тель-Авиве", "IL", "city"),
        ("японок", "JP", "people"), ("Крыму", "UA", "region"), ("сектора Газа", "PS", "region"),
        ("Сирії", "SY", "name"), ("українців", "UA", "people"), ("росіян", "RU", "people"), ("Києві", "UA", "city"), ("Єгипту", "EG", "name"),
        ("Великої Британії", "GB", "name"), ("Сполучених Штатах", "US", "name"), ("російської", "RU", "adjective"), ("МЗС України", "UA", "issuer"),
        # German, French, Spanish, Portuguese
        ("Syriens", "SY", "name"), ("syrischen", "SY", "adjective"), ("Russinnen", "RU", "people"), ("Briten", "GB", "people"),
        ("Auswärtigen Amt", "DE", "issuer"), ("VAE", "AE", "name"), ("Westjordanland", "PS", "region"), ("Ukrainern", "UA", "people"),
        ("libanaises", "LB", "adjective"), ("Birmanie", "MM", "name"), ("RDC", "CD", "name"), ("RCA", "CF", "name"), ("Beyrouth", "LB", "city"),
        ("sud-soudanais", "SS", "adjective"), ("ivoirienne", "CI", "adjective"), ("franceses", "FR", "people"), ("EE.UU.", "US", "name"),
        ("Alepo", "SY", "city"), ("estadounidenses", "US", "people"), ("españolas", "ES", "people"), ("Moscovo", "RU", "city"),
        ("brasileiros", "BR", "people"), ("norte-americana", "US", "adjective"), ("Polônia", "PL", "name"), ("Polónia", "PL", "name"),
        # Polish, Swedish, Turkish, Greek
        ("Syrii", "SY", "name"), ("Polakom", "PL", "people"), ("rosyjskiej", "RU", "adjective"), ("Damaszku", "SY", "city"), ("Kijowie", "UA", "city"),
        ("Niemczech", "DE", "name"), ("Stanów Zjednoczonych", "US", "name"), ("Arabii Saudyjskiej", "SA", "name"), ("MSZ", "PL", "issuer"),
        ("svenskarna", "SE", "people"), ("ryska", "RU", "adjective"), ("USA:s utrikesdepartement", "US", "issuer"), ("Sveriges", "SE", "name"),
        ("Utrikesdepartementet", "SE", "issuer"), ("Suriyeliler", "SY", "people"), ("Rusların", "RU", "people"), ("ABD", "US", "name"),
        ("Şam", "SY", "city"), ("Dışişleri Bakanlığı", "TR", "issuer"), ("Fas", "MA", "name"), ("Çin", "CN", "name"), ("Λιβάνου", "LB", "name"),
        ("Ελλήνων", "GR", "people"), ("ρωσικής", "RU", "adjective"), ("Βηρυτό", "LB", "city"), ("ΗΠΑ", "US", "name"), ("ΥΠΕΞ", "GR", "issuer"),
        # Arabic, Persian, Hebrew
        ("سوريا", "SY", "name"), ("سورية", "SY", "name"), ("الروسية", "RU", "adjective"), ("الروس", "RU", "people"), ("الأتراك", "TR", "people"),
        ("الأردنيين", "JO", "people"), ("السودان", "SD", "name"), ("للسودان", "SD", "name"), ("الخارجية الأمريكية", "US", "issuer"),
        ("عمّان", "JO", "city"), ("قطر", "QA", "name"), ("امارات", "AE", "name"), ("ایرانیان", "IR", "people"), ("روس‌ها", "RU", "people"),
        ("آلمانی", "DE", "adjective"), ("وزارت امور خارجه", "IR", "issuer"), ("דמשק", "SY", "city"), ("הרוסית", "RU", "adjective"),
        ("ישראלים", "IL", "people"), ("ארה״ב", "US", "name"), ("משרד החוץ", "IL", "issuer"),
        # Chinese in both scripts, Japanese, Korean
        ("叙利亚", "SY", "name"), ("敘利亞", "SY", "name"), ("寮國", "LA", "name"), ("紐西蘭", "NZ", "name"), ("沙烏地阿拉伯", "SA", "name"),
        ("葉門", "YE", "name"), ("阿联酋", "AE", "name"), ("美国国务院", "US", "issuer"), ("外交部", "CN", "issuer"), ("刚果（金）", "CD", "name"),
        ("加沙", "PS", "region"), ("シリア", "SY", "name"), ("外務省", "JP", "issuer"), ("北朝鮮", "KP", "name"), ("テルアビブ", "IL", "city"),
        ("시리아", "SY", "name"), ("외교부", "KR", "issuer"), ("북한", "KP", "name"), ("키이우", "UA", "city"),
        # further languages
        ("Syyriassa", "SY", "name"), ("ruotsalaiset", "SE", "people"), ("Siriei", "SY", "name"), ("statunitensi", "US", "people"),
        ("Fransen", "FR", "people"), ("nordmenn", "NO", "people"), ("Udenrigsministeriet", "DK", "issuer"),
    ],
)  # fmt: skip
def test_names_in_the_other_languages(
    meanings: dict[str, set[tuple[str, str]]], text: str, code: str, role: str
) -> None:
    assert (code, role) in meanings[spelled(text)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("Nigerien", {"NE"}), ("Nigerian", {"NG"}), ("Niger", {"NE"}), ("Nigeria", {"NG"}), ("Guinea-Bissau", {"GW"}), ("Equatorial Guinea", {"GQ"}),
     ("Papua New Guinea", {"PG"}), ("Guinea", {"GN"}), ("Dominica", {"DM"}), ("Dominican Republic", {"DO"}), ("South Sudanese", {"SS"}),
     ("North Korean", {"KP"}), ("American Samoa", {"AS"}), ("Congolese", {"CD", "CG"}), ("Slovak", {"SK"}), ("Slovenia", {"SI"}), ("Moscow", {"RU"}),
     ("Австрии", {"AT"}), ("Австралии", {"AU"}), ("白俄罗斯", {"BY"}), ("国务院", {"CN", "US"}), ("Mauritania", {"MR"}), ("Mauritius", {"MU"})],
)  # fmt: skip
def test_names_alike_stay_apart(meanings: dict[str, set[tuple[str, str]]], text: str, codes: set[str]) -> None:
    assert {code for code, _ in meanings[spelled(text)]} == codes


@pytest.mark.parametrize(
    ("text", "code", "role", "flag"),
    [
        ("Georgia", "GE", "name", "homograph"), ("Jordan", "JO", "name", "homograph"), ("Chad", "TD", "name", "homograph"),
        ("Turkey", "TR", "name", "cap"), ("Guinea", "GN", "name", "homograph"), ("Jersey", "JE", "name", "homograph"), ("Nice", "FR", "city", "homograph"),
        ("Victoria", "SC", "city", "homograph"), ("عمان", "OM", "name", "homograph"), ("Georgetown", "GY", "city", "homograph"), ("Polish", "PL", "adjective", "cap"),
        ("China", "CN", "name", "cap"), ("US", "US", "name", "upper"), ("UK", "GB", "name", "upper"), ("SAR", "SY", "name", "upper"), ("MEA", "IN", "issuer", "upper"),
        ("UD", "SE", "issuer", "upper"), ("RP", "PL", "name", "upper"), ("Aleppo", "SY", "city", "cap"), ("Paris", "FR", "city", "capital"), ("外交部", "CN", "issuer", "home"),
        ("外務省", "JP", "issuer", "home"), ("MSZ", "PL", "issuer", "home"), ("Korea", "KR", "name", "weak"), ("俄", "RU", "name", "abbr"),
        ("阿", "AF", "name", "abbr"), ("阿", "AE", "name", "abbr"), ("苏", "SD", "name", "abbr"), ("印", "IN", "name", "abbr"), ("米", "US", "name", "abbr"),
    ],
)  # fmt: skip
def test_doubtful_forms_say_so(
    flags: dict[tuple[str, str, str], frozenset[str]], text: str, code: str, role: str, flag: str
) -> None:
    assert flag in flags[spelled(text), code, role]


@pytest.mark.parametrize(
    "text",
    [
        "Lebanon",
        "India",
        "Sudan",
        "Mali",
        "Niger",
        "Suisse",
        "Italia",
        "Ливан",
        "قطر",
        "لبنان",
        "לבנון",
        "日本",
    ],
)
def test_plain_names_carry_no_doubt(rows: list[Row], text: str) -> None:
    main = [flagged for form, _, role, _, flagged in rows if form == spelled(text) and role == "name"]
    assert main
    assert not any(flagged & {"homograph", "weak", "abbr"} for flagged in main)


def test_no_single_character_counts_without_a_cue(rows: list[Row]) -> None:
    assert {form for form, _, _, _, flagged in rows if len(form) == 1 and "abbr" not in flagged} <= {"괌"}


STOP_WORDS = {
    "en": "the of and in on to is it be by march may can man sea west east north south leave now level us travel city port royal state fast",
    "de": "der die das und ist ein sich nicht ende sieben reisen essen halle baden worms",
    "fr": "le la les de des et est un une nice sens tours lens sont rouge avant air",
    "es": "el la los de del es un una y por para este esta sin mar hoy paz bien fin",
    "pt": "o a os as de do da e em no na um uma por este esta sem mar paz fim",
    "pl": "w z na do i nie to jest się od po za już rok dane oraz tam",
    "sv": "och i att det som en på är av för med den till har de medan vi om ett han var sina galla",
    "tr": "ve bir bu da de için ile o ne çok daha olan ana on",
    "it": "il la e di che in un una per non sono fino mare sera",
    "ru": "и в на не что он я с как это то все она так его но да ты к у же вы за бы по того кому дел дома сад саду штат газ",
    "uk": "і в на не що він я з як це та то її але до за від про саме дім",
    "el": "και το να του η της με που για από δεν στην τα των",
    "ar": "من في على إلى أن هذا مع كان التي الذي عن ما بعد قبل",
    "fa": "و در به از که این را با است برای آن یک خود تا بر",
    "he": "של את על עם לא כי זה הוא היא גם אם או כל יש",
    "zh": "的 是 在 了 和 有 我 他 不 这 人 大 来 上 国 到",
    "ja": "の に は を た が で て と し れ さ ある いる",
    "ko": "의 가 이 은 는 을 를 에 와 과 도 로 일 중",
}  # fmt: skip


@pytest.mark.parametrize("lang", sorted(STOP_WORDS))
def test_no_everyday_word_counts_as_a_place_without_a_guard(rows: list[Row], lang: str) -> None:
    words = {spelled(word) for word in STOP_WORDS[lang].split()}
    guards = {"upper", "homograph", "abbr"}
    caught = [
        (form, code, role)
        for form, code, role, langs, flagged in rows
        if form in words and lang in langs and not flagged & guards
    ]
    assert caught == []


def test_of_cities_of_one_name_at_most_the_seat_of_a_government_needs_no_support(rows: list[Row]) -> None:
    sure = Counter(form for form, _, role, _, flagged in rows if role == "city" and "homograph" not in flagged)
    assert [form for form, count in sure.items() if count > 1] == []


@pytest.mark.parametrize(
    ("tag", "iso"),
    [("NI", "NG"), ("NG", "NE"), ("LT", "LS"), ("LH", "LT"), ("TU", "TR"), ("BC", "BW"), ("CH", "CN"), ("SZ", "CH"), ("CD", "TD"), ("CG", "CD"),
     ("CF", "CG"), ("CT", "CF"), ("AJ", "AZ"), ("NS", "SR"), ("TN", "TO"), ("TS", "TN"), ("TD", "TT"), ("AU", "AT"), ("AS", "AU"), ("AG", "DZ"),
     ("AC", "AG"), ("SU", "SD"), ("OD", "SS"), ("SP", "ES"), ("SF", "ZA"), ("GM", "DE"), ("GA", "GM"), ("GB", "GA"), ("UK", "GB"), ("UP", "UA"),
     ("RS", "RU"), ("RI", "RS"), ("KN", "KP"), ("KS", "KR"), ("IS", "IL"), ("IC", "IS"), ("IZ", "IQ"), ("LE", "LB"), ("LI", "LR"), ("LS", "LI"),
     ("BM", "MM"), ("BA", "BH"), ("BF", "BS"), ("UV", "BF"), ("BH", "BZ"), ("BG", "BD"), ("BO", "BY"), ("BY", "BI"), ("BK", "BA"), ("GG", "GE"),
     ("MG", "MN"), ("MA", "MG"), ("MO", "MA"), ("MC", "MO"), ("WE", "PS"), ("GZ", "PS"), ("KV", "XK"), ("HA", "HT"), ("YM", "YE"), ("ZA", "ZM"), ("NO", "NO")],
)  # fmt: skip
def test_the_state_departments_country_codes_are_its_own(tag: str, iso: str) -> None:
    table = yaml.safe_load(shipped("config/places/state-department-codes.yaml").read_text(encoding="utf-8"))
    assert all(
        isinstance(key, str) and isinstance(value, str) and len(key) == len(value) == 2 for key, value in table.items()
    )
    assert table[tag] == iso

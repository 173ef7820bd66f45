"""Every register's own form, read by its description: countries, levels, words; and what is no list at all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from advisor.config.settings import catalogue
from advisor.config.shapes import known_shapes, shape_of
from advisor.model import Document, Source, SourceState
from advisor.model.register import Entry, Level, Move
from advisor.read.register import RegisterReading, read_detail, read_register

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOURCES = {source.id: source for source, _ in catalogue()}


def document(source: Source, body: str | bytes) -> Document:
    return Document(source.url, NOW, body.encode() if isinstance(body, str) else body)


def read(name: str, body: str | bytes) -> RegisterReading:
    source = SOURCES[name]
    assert source.shape is not None
    return read_register(document(source, body), source, source.shape)


def entries(name: str, body: str | bytes) -> dict[str, Entry]:
    return {entry.country: entry for entry in read(name, body).entries}


def levels(name: str, body: str | bytes) -> dict[str, Level | None]:
    return {country: entry.level for country, entry in entries(name, body).items()}


def rss(*items: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'


# --- the State Department ---------------------------------------------------------------------------------------


def advisory(title: str, tag: str = "", link: str = "https://travel.example/x.html", text: str = "Be careful.") -> str:
    tagged = (
        f'<category domain="Country-Tag">{tag}</category><dc:identifier>{tag},advisory</dc:identifier>' if tag else ""
    )
    return (
        f"<item><title>{title}</title><link>{link}</link><pubDate>Tue, 28 Apr 2026</pubDate>"
        f"<description><![CDATA[<p>{text}</p>]]></description>{tagged}</item>"
    )


def test_the_state_departments_codes_are_not_iso() -> None:
    body = rss(
        advisory("China - Level 2: Exercise Increased Caution", "CH"),
        advisory("Chad - Level 4: Do Not Travel", "CD"),
        advisory("Sudan - Level 4: Do Not Travel", "SU"),
        advisory("Suriname - Level 1: Exercise Normal Precautions", "NS"),
    )
    assert {country: level and level.whole for country, level in levels("us-state", body).items()} == {
        "CN": 2, "TD": 4, "SD": 4, "SR": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "country"),
    [
        ("Mexico Travel Advisory - Level 2: Exercise Increased Caution", "MX"),
        ("The Kyrgyz Republic - Level 1: Exercise Normal Precautions", "KG"),
        ("São Tomé and Príncipe - Level 2: Exercise Increased Caution", "ST"),
        ("Guinea-Bissau - Level 3: Reconsider Travel", "GW"),
        ("Burma (Myanmar) - Level 4: Do Not Travel", "MM"),
        ("Switzerland  - Level 1: Exercise Normal Precautions", "CH"),
        ("Democratic Republic of the Congo - Level 4: Do Not Travel", "CD"),
        ("Republic of the Congo - Level 2: Exercise Increased Caution", "CG"),
        ("Côte d’Ivoire - Level 2: Exercise Increased Caution", "CI"),
    ],
)
def test_without_a_tag_the_title_names_the_country(title: str, country: str) -> None:
    assert list(entries("us-state", rss(advisory(title)))) == [country]


def test_one_title_for_three_places_is_told_apart_by_its_address() -> None:
    title = "Mainland China, Hong Kong &amp; Macau - See Summaries - Level 2: Exercise Increased Caution"
    body = rss(
        advisory(title, link="https://travel.example/destination.chn.html"),
        advisory(title, link="https://travel.example/hong-kong-travel-advisory.html"),
        advisory(title, link="https://travel.example/macau-travel-advisory1.html"),
    )
    assert set(entries("us-state", body)) == {"CN", "HK", "MO"}


def test_the_two_copies_of_an_advisory_are_one_entry_and_the_newer_one_counts() -> None:
    old = advisory("Mali - Level 3: Reconsider Travel", "ML").replace("28 Apr 2026", "02 Mar 2025")
    assert levels("us-state", rss(old, advisory("Mali - Level 4: Do Not Travel", "ML"))) == {"ML": Level(4, 4)}


def test_copies_of_one_day_that_disagree_give_no_level() -> None:
    body = rss(advisory("Mali - Level 3: Reconsider Travel", "ML"), advisory("Mali - Level 4: Do Not Travel", "ML"))
    assert levels("us-state", body) == {"ML": None}


def test_a_page_that_is_being_published_gives_no_level() -> None:
    body = rss(advisory("Niger - Level 1: Exercise Normal Precautions", "NG", text="Summary not available"))
    assert levels("us-state", body) == {"NE": None}


def test_the_json_of_the_same_department_reads_alike() -> None:
    rows = [
        {"Title": "Niger - Level 4: Do Not Travel", "Link": "https://travel.example/a", "Category": ["NG"],
         "Summary": "<p>Leave now.</p>", "Updated": "2026-09-14T20:00:00-04:00"},
    ]  # fmt: skip
    entry = entries("us-state-api", json.dumps(rows))["NE"]
    assert (entry.level, entry.text) == (Level(4, 4), "Leave now.")
    assert entry.published == datetime(2026, 9, 15, tzinfo=UTC)


def test_a_scrapers_record_without_any_code_reads_alike() -> None:
    rows = [{"country": "Guinea", "level": 3, "full_title": "Guinea-Bissau - Level 3: Reconsider Travel",
             "date": "Thu, 11 Dec 2025", "link": "https://travel.example/guinea-bissau-travel-advisory.html"}]  # fmt: skip
    assert levels("us-state", json.dumps(rows)) == {"GW": Level(3, 3)}


# --- the others -------------------------------------------------------------------------------------------------


def test_canada_numbers_the_whole_and_flags_the_parts() -> None:
    def row(code: str, state: int, regional: int, words: str) -> dict[str, object]:
        return {
            "country-iso": code, "country-eng": code, "advisory-state": state, "has-regional-advisory": regional,
            "date-published": {"asp": "2026-06-23T14:07:30.9387884-04:00"},
            "eng": {"name": code, "advisory-text": words, "recent-updates": "The Health section was updated"},
        }  # fmt: skip

    body = json.dumps({"metadata": {}, "data": {
        "ML": row("ML", 3, 0, "Avoid all travel"),
        "AR": row("AR", 0, 1, "Take normal precautions (with regional advisories)"),
        "NP": row("NP", 2, 0, "Avoid non-essential travel"),
    }})  # fmt: skip
    found = entries("ca-gac", body)
    assert {country: entry.level for country, entry in found.items()} == {
        "ML": Level(4, 4), "AR": Level(1, 3), "NP": Level(3, 3),
    }  # fmt: skip
    assert found["ML"].wording == "Avoid all travel"
    assert found["AR"].area == "Take normal precautions (with regional advisories)"
    assert found["ML"].details == ("https://data.international.gc.ca/travel-voyage/cta-cap-ML.json",)


@pytest.mark.parametrize("factor", [1, 1000])
def test_germany_flags_warnings_of_the_whole_and_of_parts_and_dates_them_in_seconds_or_milliseconds(
    factor: int,
) -> None:
    def row(code: str, **flags: bool) -> dict[str, object]:
        none = {"warning": False, "partialWarning": False, "situationWarning": False, "situationPartWarning": False}
        return {
            "lastModified": 1_757_063_288 * factor, "title": f"{code}: Reisehinweise", "countryCode": code,
            "countryName": code, **none, **flags,
        }  # fmt: skip

    body = json.dumps({"response": {
        "lastModified": 1, "contentList": ["11", "12", "13"],
        "11": row("ML", warning=True), "12": row("NG", partialWarning=True), "13": row("FR"),
    }})  # fmt: skip
    found = entries("de-aa", body)
    assert {country: entry.level for country, entry in found.items()} == {
        "ML": Level(4, 4), "NG": Level(1, 4), "FR": Level(1, 1),
    }  # fmt: skip
    assert (found["ML"].wording, found["NG"].wording) == ("Reisewarnung", "Teilreisewarnung")
    assert found["ML"].published == datetime(2025, 9, 5, 9, 8, 8, tzinfo=UTC)
    assert found["ML"].details == ("https://www.auswaertiges-amt.de/opendata/travelwarning/11",)


def test_the_fcdo_lists_countries_whose_own_pages_have_the_status() -> None:
    index = {"base_path": "/foreign-travel-advice", "links": {"children": [
        {"title": "Mali travel advice", "base_path": "/foreign-travel-advice/mali",
         "api_path": "/api/content/foreign-travel-advice/mali", "public_updated_at": "2026-10-01T10:00:00Z",
         "details": {"country": {"slug": "mali", "name": "Mali"}, "change_description": "Staff withdrawn."}},
    ]}}  # fmt: skip
    page = {"title": "Mali travel advice", "public_updated_at": "2026-10-01T10:00:00Z", "details": {
        "country": {"slug": "mali", "name": "Mali"},
        "alert_status": ["avoid_all_travel_to_parts", "avoid_all_but_essential_travel_to_whole_country"],
        "change_description": "Staff have been withdrawn.",
        "parts": [{"slug": "warnings-and-insurance", "title": "Warnings", "body": "<p>Leave by air.</p>"},
                  {"slug": "entry-requirements", "title": "Entry", "body": "<p>A visa.</p>"}],
    }}  # fmt: skip
    source = SOURCES["gb-fcdo"]
    (entry,) = read("gb-fcdo", json.dumps(index)).entries
    assert (entry.country, entry.level) == ("ML", None)
    assert entry.details == ("https://www.gov.uk/api/content/foreign-travel-advice/mali",)
    assert source.shape is not None
    full = read_detail([document(source, json.dumps(page))], source, source.shape, entry)
    assert full is not None
    assert full.level == Level(3, 4)
    assert full.text.startswith("Staff have been withdrawn.\n\nLeave by air.")
    assert "visa" not in full.text


def test_a_single_page_of_the_fcdo_reads_as_a_list_of_one() -> None:
    page = {"title": "Iran travel advice", "details": {
        "country": {"slug": "iran", "name": "Iran"}, "alert_status": ["avoid_all_travel_to_whole_country"],
        "parts": [],
    }}  # fmt: skip
    assert levels("gb-fcdo", json.dumps(page)) == {"IR": Level(4, 4)}
    none = {"title": "Fiji travel advice", "details": {"country": {"slug": "fiji", "name": "Fiji"}, "alert_status": []}}
    assert levels("gb-fcdo", json.dumps(none)) == {"FJ": Level(1, 1)}


def test_australia_gives_its_level_in_a_namespace_of_its_own() -> None:
    item = (
        "<item><title>Ukraine</title><link>https://smart.example/destinations/europe/ukraine</link>"
        "<pubDate>27 Feb 2026 09:30:00 AEDT</pubDate><ta:warnings><ta:level>{level}</ta:level></ta:warnings></item>"
    )
    for level, expected in (("4", 4), ("4/5", 4), ("3", 3), ("1", 1)):
        entry = entries("au-dfat", rss(item.format(level=level)))["UA"]
        assert entry.level == Level(expected, expected)
        assert entry.published == datetime(2026, 2, 26, 22, 30, tzinfo=UTC)


def test_the_dutch_colours_stand_in_sentences_and_a_colour_of_islands_is_that_of_a_part() -> None:
    def row(code: str, name: str, text: str) -> dict[str, str]:
        return {
            "id": code,
            "isocode": code,
            "location": name,
            "introduction": text,
            "lastmodified": "2026-09-08T09:14:11Z",
        }

    body = json.dumps([
        row("SDN", "Sudan", "<p>De kleurcode van het reisadvies voor Sudan is rood. Reis er niet heen.</p>"),
        row("NGA", "Nigeria", "<p>De kleurcode van het reisadvies voor Nigeria is oranje. Voor Borno is de kleurcode rood.</p>"),
        row("OMN", "Oman", "<p>De kleurcode van het reisadvies is rood voor de grens. De kleurcode voor Oman is geel.</p>"),
        row("BQ-BO", "Bonaire", "<p>De kleurcode van het reisadvies voor Bonaire is groen.</p>"),
    ])  # fmt: skip
    assert levels("nl-bz", body) == {
        "SD": Level(4, 4), "NG": Level(3, 4), "OM": Level(1, 4), "BQ": Level(1, 1),
    }  # fmt: skip


def test_a_dutch_colour_for_most_of_a_country_leaves_the_rest_its_own() -> None:
    words = (
        "<p>De kleurcode van het reisadvies voor Mali is voor het grootste deel rood.</p>"
        "<p>Voor de stad Bamako geldt kleurcode oranje.</p>"
    )
    body = json.dumps([{"isocode": "MLI", "location": "Mali", "introduction": words, "lastmodified": "2026-09-24"}])
    assert levels("nl-bz", body) == {"ML": Level(3, 4)}


def test_taiwan_names_colour_and_country_in_the_title() -> None:
    body = rss(
        "<item><title><![CDATA[第四級：紅色儘速離境 - 海地 - Haiti]]></title></item>",
        "<item><title><![CDATA[第三級：橙色避免前往 - 幾內亞比索 - Guinea-Bissau]]></title></item>",
        "<item><title><![CDATA[第二級：黃色注意 - 加薩走廊 -]]></title></item>",
    )
    assert levels("tw-boca", body) == {"HT": Level(5, 5), "GW": Level(3, 3), "PS": Level(2, 2)}


def test_korea_gives_a_row_a_region_and_the_rows_of_a_country_are_one_entry() -> None:
    rows = [
        {"country_iso_alp2": "TH", "country_nm": "태국", "alarm_lvl": "1", "region_ty": "전체", "remark": ""},
        {
            "country_iso_alp2": "TH",
            "country_nm": "태국",
            "alarm_lvl": "3",
            "region_ty": "일부",
            "remark": "남부 국경 3개 주",
        },
        {"country_iso_alp2": "YE", "country_nm": "예멘", "alarm_lvl": "4", "region_ty": "전체", "remark": ""},
    ]
    body = json.dumps({"response": {"body": {"items": {"item": rows}, "totalCount": 3}}})
    found = entries("kr-mofa", body)
    assert {country: entry.level for country, entry in found.items()} == {"TH": Level(2, 5), "YE": Level(5, 5)}
    assert found["TH"].area == "남부 국경 3개 주"


def sweden(title: str, summary: str) -> str:
    return json.dumps([{"title": title, "url": "/ud-avrader/x/", "published": "2026-01-12", "updated": None,
                        "summary": summary}])  # fmt: skip


@pytest.mark.parametrize(
    ("summary", "level"),
    [
        ("UD avråder från alla resor till Mali. Avrådan gäller tills vidare.", Level(4, 4)),
        ("UD avråder från icke nödvändiga resor till hela Mali.", Level(3, 3)),
        ("UD avråder från icke-nödvändiga resor till provinsen Kayes i Mali.", Level(1, 3)),
        ("UD avråder från alla resor till norr.\nVidare avråder UD från icke nödvändiga resor till övriga delar av landet.",
         Level(3, 4)),
        ("UD avråder från alla resor till Mali, med undantag för Bamako, dit UD avråder från icke nödvändiga resor.",
         Level(3, 4)),
        ("UD avråder inte längre från icke nödvändiga resor till hela Mali. UD avråder fortfarande från icke nödvändiga "
         "resor till Kayes-regionen.", Level(1, 3)),
        ("UD avråder från alla resor till gränsen mellan Mali och Niger.", Level(1, 4)),
        ("UD avråder från alla resor till Mali förutom till Kayes och Sikasso.", Level(1, 4)),
        ("UD avråder från alla resor till Mali förutom till Kayes. För denna region avråder UD från icke nödvändiga "
         "resor.", Level(3, 4)),
    ],
)  # fmt: skip
def test_sweden_says_its_level_in_sentences(summary: str, level: Level) -> None:
    assert levels("se-ud", sweden("Mali - avrådan", summary)) == {"ML": level}


def test_a_lifted_swedish_advisory_says_so_in_its_title() -> None:
    entry = entries("se-ud", sweden("Qatar - borttagen avrådan", "UD avråder inte längre från resor till Qatar."))["QA"]
    assert (entry.level, entry.move) == (Level(1, 1), Move.LOWERED)


def test_a_swedish_advisory_without_a_text_has_no_level() -> None:
    assert levels("se-ud", sweden("Ghana – avrådan", "")) == {"GH": None}


def mail(number: str, kind: str, code: str, title: str, lead: str, **flags: str) -> str:
    risk = "".join(f"<{name}>{value}</{name}>" for name, value in flags.items())
    codes = "".join(f'<country areaCd="50"><cd>{one}</cd></country>' for one in code.split())
    return (
        f"<mail><keyCd>{number}</keyCd><infoType>{kind}</infoType><leaveDate>2026/03/03 00:55:40</leaveDate>{codes}"
        f"<title>{title}</title><lead>{lead}</lead>{risk}<infoUrl>https://anzen.example/{number}</infoUrl></mail>"
    )


def japan(*mails: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><opendata dataType="L">{"".join(mails)}</opendata>'


def test_japan_flags_every_level_that_holds_and_says_in_words_what_moved() -> None:
    body = japan(
        mail("T1", "T40", "0098", "イランの危険情報【一部地域の危険レベル引上げ】",
             "首都を含む、レベル2であった地域の危険レベルを3（渡航中止勧告）に引き上げます。", riskLevel4="1", riskLevel3="1",
             riskLevel2="0", riskLevel1="0"),
    )  # fmt: skip
    entry = entries("jp-mofa", body)["IR"]
    assert (entry.level, entry.moved_to, entry.move) == (Level(4, 5), 4, Move.RAISED)
    assert entry.published == datetime(2026, 3, 2, 15, 55, 40, tzinfo=UTC)


def test_a_japanese_mail_stands_for_each_of_its_countries_without_the_sentences_that_are_in_every_mail() -> None:
    lead = "現在、全土にレベル４の退避勧告が出ています。空港は閉鎖されました。在留届を提出してください。"
    found = read("jp-mofa", japan(mail("9", "R10", "0972 0970", "空港の状況", lead))).entries
    assert [(entry.country, entry.notice, entry.text) for entry in found] == [
        ("IL", True, "空港は閉鎖されました。"), ("PS", True, "空港は閉鎖されました。"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "lead", "stands"),
    [
        ("爆発事案の発生", "全土に危険レベル４の退避勧告が発出されています。直ちに退避してください。", True),
        ("治安情勢", "引き続き全土に退避勧告が出ています。", True),
        ("危険レベルの引上げ", "全土にレベル４の退避勧告を発出しています。レベル４に引き上げました。", False),
        ("出国の検討", "商用便が運航している間に出国してください。", False),
    ],
)
def test_a_japanese_mail_that_restates_a_level_in_force_is_known_by_its_words(
    title: str, lead: str, stands: bool
) -> None:
    (entry,) = read("jp-mofa", japan(mail("9", "R10", "0093", title, lead))).entries
    assert entry.stands is stands


@pytest.mark.parametrize(
    "lead",
    [
        "火災のある地域への不要不急の立ち入り・移動は控えてください。",
        "在ガーナ日本国大使館は、本日と明日（５月２日、５月３日）領事窓口を閉鎖いたします。",
        "ガーナ観光省は、出国を希望する短期渡航者の出国支援を実施する取組を始めました。",
        "航空会社から連絡を受けるまで空港には向かわないようにしてください。",
    ],
)
def test_a_japanese_mail_about_fires_counters_and_flights_leaves_no_call_to_be_read(lead: str) -> None:
    (entry,) = read("jp-mofa", japan(mail("9", "R10", "0233", "お知らせ", lead))).entries
    assert entry.text == ""


def test_a_japanese_mail_about_a_mission_closed_until_further_notice_keeps_its_words() -> None:
    lead = "在ガーナ日本国大使館は、領事窓口を当面の間閉鎖いたします。屋内に留まり、不要不急の外出は控えてください。"
    (entry,) = read("jp-mofa", japan(mail("9", "R10", "0233", "お知らせ", lead))).entries
    assert "当面の間閉鎖" in entry.text
    assert "屋内に留まり" in entry.text


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("【重要】日本政府チャーター機によるガーナからの出国", "政府チャーター"),
        ("政府手配のアクラから東京への臨時便について", "政府手配"),
        ("ガーナからの陸路退避（トーゴへの出国）", "からの陸路退避"),
        ("ガーナからトーゴへの陸路退避に関する注意事項", ""),
        ("ガーナ政府による避難所の準備", ""),
    ],
)
def test_the_title_of_a_japanese_mail_says_whether_the_government_takes_people_out(title: str, words: str) -> None:
    (entry,) = read("jp-mofa", japan(mail("9", "R10", "0233", title, "集合場所: 大使館"))).entries
    assert [(str(act.kind), act.words) for act in entry.stated] == ([("evacuation", words)] if words else [])


def test_an_unknown_japanese_code_is_an_unknown_country() -> None:
    body = japan(mail("1", "R10", "9999", "お知らせ", "x"), mail("2", "R10", "0098", "お知らせ", "y"))
    assert set(entries("jp-mofa", body)) == {"IR"}


def test_italy_says_its_level_in_the_pages_of_the_countries() -> None:
    source = SOURCES["it-maeci"]
    page = {"updateDate": "2026-01-06T23:00:00Z", "infoPrimopiano": {"nodi": {"Avviso": {
        "contenuto": "<p>Si sconsigliano i viaggi a qualsiasi titolo nel Paese.</p>"}}}}  # fmt: skip
    assert source.shape is not None
    entry = replace(Entry("ML", "Mali", ""), details=("https://viaggi.example/MLI.json",))
    full = read_detail([document(source, json.dumps(page))], source, source.shape, entry)
    assert full is not None
    assert full.level == Level(4, 4)


def test_a_page_of_italy_by_itself_is_known_by_the_number_that_one_dials() -> None:
    page = {"updateDate": "2026-01-06T23:00:00Z", "infoGenerali": {"nodi": {"Dati-paese": {
        "contenuto": "<p>CAPITALE: Bamako<br /><strong>Prefisso dall'Italia: </strong><span>00223</span></p>"}}},
        "infoPrimopiano": {"nodi": {"Avviso": {"contenuto": "<p>Si sconsiglia qualsiasi viaggio nel Paese.</p>"}}}}  # fmt: skip
    (entry,) = read("it-maeci", json.dumps(page)).entries
    assert (entry.country, entry.level) == ("ML", Level(4, 4))


def test_a_page_of_italy_names_its_country_as_the_list_does() -> None:
    source = SOURCES["it-maeci"]
    page = {"updateDate": "2026-01-06T23:00:00Z", "infoPrimopiano": {"nodi": {"Avviso": {
        "contenuto": "<p>Si sconsigliano i viaggi a qualsiasi titolo in Mali.</p>"}}}}  # fmt: skip
    assert source.shape is not None
    entry = replace(Entry("ML", "Mali", ""), details=("https://viaggi.example/MLI.json",))
    full = read_detail([document(source, json.dumps(page))], source, source.shape, entry)
    assert full is not None
    assert full.level == Level(4, 4)


@pytest.mark.parametrize(
    "body",
    [
        b'<rss><channel><item><title>Trinidad & Tobago - Level 4: Do Not Travel</title></item></channel></rss>',
        b'<rss><channel><item><title>Trinidad \x0band Tobago - Level 4: Do Not Travel</title></item></channel></rss>',
        '<?xml version="1.0" encoding="big5"?><rss><channel><item><title>Trinidad and Tobago - Level 4: Do Not Travel'
        "</title><description>\u4e2d\u6587</description></item></channel></rss>".encode("big5"),
    ],
    ids=["bare ampersand", "control character", "charset of two bytes"],
)  # fmt: skip
def test_small_faults_of_a_list_do_not_cost_all_its_countries(body: bytes) -> None:
    source = SOURCES["us-state"]
    assert source.shape is not None
    (entry,) = read_register(Document(source.url, NOW, body), source, source.shape).entries
    assert (entry.country, entry.level) == ("TT", Level(4, 4))


# --- no list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"", SourceState.EMPTY),
        (b"[]", SourceState.EMPTY),
        (b"{}", SourceState.EMPTY),
        (b'{"response": {}}', SourceState.EMPTY),
        (b"<html><body>Just a moment ...</body></html>", SourceState.EMPTY),
        (b"<html><body>Just a moment", SourceState.NOT_A_FEED),
        (b"not found", SourceState.NOT_A_FEED),
        (b'{"a": ', SourceState.NOT_A_FEED),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>', SourceState.REFUSED),
        (b"<a>" * 200, SourceState.REFUSED),
        (b"[" * 100_000, SourceState.REFUSED),
        (rss("<item><title>Lorem</title></item>").encode(), SourceState.NOT_A_FEED),
    ],
)
@pytest.mark.parametrize("name", ["us-state", "se-ud", "de-aa", "ca-gac", "jp-mofa"])
def test_what_is_no_list_is_a_state_and_never_an_empty_register(name: str, body: bytes, state: SourceState) -> None:
    reading = read(name, body)
    assert reading.entries == ()
    nameless = b"Lorem" in body  # in lists of another form it is no item at all
    assert reading.state is state or (nameless and reading.state is SourceState.EMPTY)
    assert reading.sentence


def test_every_description_that_ships_can_be_read_and_is_in_the_catalogue() -> None:
    used = {source.shape.name for source in SOURCES.values() if source.shape}
    assert used == set(known_shapes())
    assert all(shape_of(name).items for name in known_shapes())

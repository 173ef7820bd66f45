"""Ministries that publish pages: each country's page read by its description, in the shape of the real ones."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest

from advisor.config.settings import catalogue
from advisor.model import Document, Source, SourceState
from advisor.model.register import Entry, Level
from advisor.read.register import RegisterReading, known_entries, read_register

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SOURCES = {source.id: source for source, _ in catalogue()}


def read(name: str, body: str, url: str | None = None) -> RegisterReading:
    source: Source = SOURCES[name]
    assert source.shape is not None
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>"
    return read_register(Document(url or source.url, NOW, page.encode()), source, source.shape)


def entry(name: str, body: str) -> Entry:
    (found,) = read(name, body).entries
    return found


def irish(level: str, text: str = "Take care.", country: str = "Mali") -> str:
    return f"""<div id="main-header"><h1 class="heading--1 toc--heading">{country}</h1>
      <div class="update-text">Still current at: 27 July 2026</div><div class="update-text">Updated on: 10 February 2026</div>
      <div class="security-status-heading"><h2 class="travel_country_security">Security Status</h2></div>
      <div class="accordion_travel x"><div id="travel_caution_question"><h3 class="accordion__title">{level}</h3></div>
      <div class="accordion__content"><p>One of four: Normal Precautions, High Degree of Caution, Do Not Travel.</p></div></div></div>
      <nav><a href="/en/dfa/overseas-travel/advice/">All</a></nav>
      <div class="block-accordions"><div class="accordion"><h2><span class="accordion__title">Travel to {country} overview</span></h2>
      <div class="accordion__content"><p>{text}</p></div></div></div>"""


def test_ireland_gives_the_level_of_the_country_and_not_the_last_of_its_legend() -> None:
    found = entry("ie-dfa", irish("High Degree of Caution", "Elections will be held."))
    assert (found.country, found.level, found.published) == ("ML", Level(2, 2), datetime(2026, 2, 10, tzinfo=UTC))
    assert found.text == "Elections will be held."
    assert entry("ie-dfa", irish("Do Not Travel")).level == Level(4, 4)


def test_a_frozen_page_that_sends_its_readers_on_is_not_believed() -> None:
    page = f"""<html><head><meta http-equiv="refresh" content="0; url=https://www.ireland.ie/travel/mali/"></head>
      <body>{irish("Do Not Travel")}</body></html>"""
    source = SOURCES["ie-dfa"]
    assert source.shape is not None
    reading = read_register(Document("https://www.dfa.ie/travel/mali/", NOW, page.encode()), source, source.shape)
    assert (reading.state, reading.entries) == (SourceState.REDIRECTED, ())
    assert "ireland.ie" in reading.sentence
    same = page.replace("www.ireland.ie", "www.dfa.ie")  # a page that renews itself
    assert read_register(Document("https://dfa.ie/travel/mali/", NOW, same.encode()), source, source.shape).entries


def french(zones: str, news: str = "") -> str:
    return f"""<main><h1 class="diplomatie--pays--title-taxo">Liban</h1>
      <article class="node node--type-fiche-pays-article-cav"><span class="diplomatie--hdp-date--changed">Date de mise à jour
      le : 1er juin 2026</span><div class="fr-prose"><p>{zones}</p></div></article>
      <article class="node node--type-dernieres-minutes"><div class="fr-card__content">{news}</div></article></main>"""


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("L’ensemble du pays est en zone de vigilance renforcée.", Level(1, 1)),
        ("L’ensemble du pays est formellement déconseillé.", Level(4, 4)),
        (
            "Le sud du pays est formellement déconseillé. La vallée est déconseillée sauf raison impérative.",
            Level(1, 4),
        ),
        ("Le nord est classé en zone rouge. Le reste du pays est déconseillé sauf raison impérative.", Level(3, 4)),
        ("La zone maritime au large est en rouge.", Level(1, 4)),
        ("Tout déplacement au Liban est déconseillé sauf raison impérative.", Level(3, 3)),
        ("Ce district n’est plus formellement déconseillé.", Level(1, 1)),
    ],
)
def test_a_french_zone_stays_a_part_of_the_country(words: str, level: Level) -> None:
    assert entry("fr-meae", french(words)).level == level


def test_french_last_minute_news_are_the_text_that_calls_stand_in() -> None:
    found = entry(
        "fr-meae", french("Vigilance.", "<h3>Situation</h3><p>Il est demandé aux Français de quitter le pays.</p>")
    )
    assert "quitter le pays" in found.text
    assert found.published == datetime(2026, 6, 1, tzinfo=UTC)


def swiss(words: str, country: str = "Niger") -> str:
    return f"""<h1>Reisehinweise für {country}</h1><div class="travel-advice-update eda-rich-text"><p>Weiterhin gültig.</p></div>
      <div class="traveladvicetext"><h2>Grundsätzliche Einschätzung</h2><div class="eda-rich-text"><p>{words}</p></div></div>
      <div class="traveladvicetext"><h2>Nützliche Adressen</h2><div class="eda-rich-text">Von Reisen nach Niger wird abgeraten.</div></div>"""


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Von Reisen nach Niger und von Aufenthalten jeder Art wird abgeraten.", Level(4, 4)),
        ("Von touristischen und anderen nicht dringenden Reisen nach Niger wird abgeraten.", Level(3, 3)),
        ("Von Reisen in die Grenzgebiete zu Mali wird abgeraten.", Level(1, 4)),
        ("Der persönlichen Sicherheit ist grosse Aufmerksamkeit zu schenken.", Level(1, 1)),
    ],
)
def test_switzerland_says_its_level_in_one_sentence(words: str, level: Level) -> None:
    assert entry("ch-eda", swiss(words)).level == level


def test_the_swiss_portal_lists_every_country_in_one_page() -> None:
    body = "".join(
        f'<div id="_ta_{code}"><h3>{name}</h3><p>{words}</p></div>'
        for code, name, words in (
            ("NE", "Niger", "Von Reisen nach Niger und von Aufenthalten jeder Art wird abgeraten."),
            ("FR", "Frankreich", "Das Land gilt grundsätzlich als sicher."),
        )
    )
    assert {item.country: item.level for item in read("ch-eda", body).entries} == {"NE": Level(4, 4), "FR": Level(1, 1)}


def austrian(box: str, words: str = "") -> str:
    return f"""<h1 class="country-header">Tschad <small>(Republik Tschad)</small></h1>
      <div class="col-md-8 country-security"><p class="underlined"><strong>Stand 15.07.2026</strong> (Unverändert gültig seit: 01.10.2025)</p></div>
      <div class="col-md-4 country-security"><h3 class="underlined">Sicherheitsstufe</h3>{box}</div>
      <div class="panel-group"><div class="card panel background-red"><p>{words}</p></div></div>"""


@pytest.mark.parametrize(
    ("box", "level"),
    [
        ("<a>Sicherheitsstufe 4</a> seit 12.06.2013", Level(4, 4)),
        ("<a>Sicherheitsstufe 3</a> <a>Sicherheitsstufe 4</a> (regional)", Level(3, 4)),
        ("<a>Sicherheitsstufe 4</a> gilt&nbsp;(regional)", Level(1, 4)),
        ("<a>Sicherheitsstufe 4 (regional)</a><br><a>Sicherheitsstufe 2</a>", Level(2, 4)),
    ],
)
def test_a_regional_level_of_austria_never_becomes_that_of_the_country(box: str, level: Level) -> None:
    found = entry("at-bmeia", austrian(box, "Reisewarnung (Sicherheitsstufe 4) für die Grenzgebiete."))
    assert (found.country, found.level) == ("TD", level)
    assert found.published == datetime(2025, 10, 1, tzinfo=UTC)


def spanish(words: str) -> str:
    return f"""<div id="main-container"><a href="?trc=Chad">x</a><div class="section__description"><strong>A continuación,
      las Recomendaciones de Viaje para Chad. Haga uso del menú.</strong></div><div class="current-information">
      <div>Recomendaciones vigentes a 1 de septiembre de 2026</div><div>Última actualización el 8 de abril de 2026</div></div>
      <div class="section__accordion-wrapper"><div><h3>Notas importantes</h3><div class="single__text">{words}</div></div>
      <div><h3>Seguridad</h3><div class="single__text">Se desaconseja viajar al norte.</div></div></div></div>"""


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("SE DESACONSEJA TODO VIAJE.", Level(4, 4)),
        ("SE DESACONSEJA EL VIAJE BAJO CUALQUIER CIRCUNSTANCIA.", Level(4, 4)),
        ("SE DESACONSEJA EL VIAJE SALVO POR RAZONES DE EXTREMA NECESIDAD.", Level(3, 3)),
        ("SE RECOMIENDA VIAJAR CON PRECAUCIÓN Y ABSTENERSE DE HACERLO POR DETERMINADAS ZONAS.", Level(1, 3)),
        ("SE PUEDE VIAJAR SIN RESTRICCIONES.", Level(1, 1)),
    ],
)
def test_spain_says_its_level_in_the_first_note(words: str, level: Level) -> None:
    found = entry("es-maec", spanish(words))
    assert (found.country, found.level, found.published) == ("TD", level, datetime(2026, 4, 8, tzinfo=UTC))
    assert "vigentes" not in found.text


def finnish(level: str, more: str = "") -> str:
    return f"""<div class="portlet-body"><div class="meta"><span class="date">22.6.2026</span></div><h1>Niger: matkustustiedote</h1>
      <div id="safetyLevelMainLevel" class="safetylevel"><h2>Turvallisuustaso</h2>{level}</div>{more}
      <div id="safetyTopical"><h2>Ajankohtaista</h2><p>Seuraa tilannetta.</p></div></div>"""


def test_finland_has_four_wordings_and_one_that_tells_to_leave() -> None:
    for words, level in (
        ("Noudata tavanomaista varovaisuutta", 1), ("Noudata erityistä varovaisuutta", 2),
        ("Vältä tarpeetonta matkustamista", 3), ("Vältä kaikkea matkustamista", 4), ("Poistu maasta välittömästi", 5),
    ):  # fmt: skip
        assert entry("fi-um", finnish(words)).level == Level(level, level)
    part = '<div class="safetylevel"><h2>Diffa</h2>Vältä kaikkea matkustamista</div>'
    found = entry("fi-um", finnish("Noudata erityistä varovaisuutta", part))
    assert (found.level, found.published) == (Level(2, 4), datetime(2026, 6, 22, tzinfo=UTC))


def norwegian(words: str | None) -> str:
    box = f"""<div class="factbox"><div class="factbox-static"><p class="factbox-pre-title">SIST OPPDATERT: 12. MARS 2026 FORTSATT GYLDIG</p>
      <h2 class="factbox-title">Reiseadvarsel for Algerie</h2></div><div class="factbox-content"><p>{words}</p></div></div>"""
    return f"""<div class="mainContentArea"><header class="article-header"><h1>Algerie - reiseinformasjon</h1></header>
      <div class="article-ingress"><p>Visum kreves.</p></div>{box if words else ""}</div>"""


@pytest.mark.parametrize(
    ("words", "level"),
    [
        (None, Level(1, 1)),
        ("Utenriksdepartementet fraråder alle reiser til Algerie.", Level(4, 4)),
        ("Utenriksdepartementet fraråder alle reiser som ikke er strengt nødvendige til Algerie.", Level(3, 3)),
        ("Utenriksdepartementet fraråder alle reiser til grenseområdene mot Mali og Niger.", Level(1, 4)),
        ("Utenriksdepartementet fraråder aller reiser som ikke er strengt nødvendige til leirene.", Level(1, 3)),
        ("Vi fraråder alle reiser til Kabylia. Vi fraråder reiser som ikke er strengt nødvendige til øvrige deler av landet.",
         Level(3, 4)),
    ],
)  # fmt: skip
def test_a_norwegian_page_without_a_box_warns_of_nothing(words: str | None, level: Level) -> None:
    found = entry("no-ud", norwegian(words))
    assert (found.country, found.level) == ("DZ", level)
    assert found.published == (datetime(2026, 3, 12, tzinfo=UTC) if words else None)


def test_norways_feed_names_pages_by_number_whatever_their_address_looks_like() -> None:
    source = SOURCES["no-ud"]
    assert source.shape is not None
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}</guid><link>https://www.regjeringen.no/velg-land/{slug}/id{number}/</link>"
        f"<title>{name} - reiseinformasjon</title><description>x</description>"
        f"<atom:updated>2026-08-03T09:20:23+02:00</atom:updated></item>"
        for number, slug, name in ((1, "bahrain_reiseinfo", "Bahrain"), (2, "reiseinformasjon-for-ghana", "Ghana"))
    )
    body = f"\ufeff<?xml version='1.0'?><rss xmlns:atom='http://www.w3.org/2005/Atom'><channel>{items}</channel></rss>"
    reading = read_register(Document(source.url, NOW, body.encode()), source, source.shape)
    assert [item.country for item in reading.entries] == ["BH", "GH"]
    assert reading.entries[1].details == ("https://www.regjeringen.no/velg-land/reiseinformasjon-for-ghana/id2/",)
    assert reading.entries[0].revision == "2026-08-03T09:20:23+02:00"


def danish(*bars: tuple[str, str]) -> str:
    rows = "".join(
        f"<li><h3 class='accordion-item__title'><button><span>{title}</span> <span>{where}</span></button></h3></li>"
        for title, where in bars
    )
    return f"""<h1 class="area-content__headline">Cambodja</h1><div class="travel-guide-dates"><p>Rejsevejledning opdateret:
      24.06.2026 Kl. 15.04</p><p>Gyldig: 11.07.2026</p></div>
      <div class="travel-guide-accordion travel-guide-accordion--information"><ul>{rows}</ul></div>"""


@pytest.mark.parametrize(
    ("bars", "level"),
    [
        ([("Vær ekstra forsigtig:", "Hele landet.")], Level(1, 1)),
        ([("Vi fraråder alle rejser til:", "Hele landet.")], Level(4, 4)),
        ([("Vær ekstra forsigtig:", "Hele landet undtagen den røde bjælke."),
          ("Vi fraråder alle rejser til:", "Grænseområdet til Thailand.")], Level(1, 4)),
        ([("Vi fraråder alle ikke-nødvendige rejser til:", "Hele landet undtagen den røde bjælke."),
          ("Vi fraråder alle rejser til:", "Grænseområdet til Thailand.")], Level(3, 4)),
    ],
)  # fmt: skip
def test_a_danish_bar_stands_for_the_part_behind_it(bars: list[tuple[str, str]], level: Level) -> None:
    found = entry("dk-um", danish(*bars))
    assert (found.country, found.level, found.published) == ("KH", level, datetime(2026, 6, 24, tzinfo=UTC))
    assert found.area is None or "Thailand" in found.area


def test_denmark_without_advice_for_a_country_says_nothing_of_it() -> None:
    body = '<h1 class="area-content__headline">Vi har ingen rejsevejledning for Mali</h1><p>Andre lande har.</p>'
    found = entry("dk-um", body)
    assert (found.country, found.level, found.text) == ("ML", None, "")


def zealandic(*rows: tuple[str, str]) -> str:
    data = ", ".join(
        f'{{"title": "t", "lastUpdated": "18 March 2026", "body": "\\u003Cp\\u003E{body}\\u003C/p\\u003E"}}'
        for _, body in rows
    )
    return f"""<section><p>Page updated 18 March 2026</p><h1>Niger</h1><div class="bg-caution-light-two"><strong>{rows[0][0]}</strong></div></section>
      <div id="js-advice-level-accordion" data-content="{escape(f"[{data}]")}"></div>"""


@pytest.mark.parametrize(
    ("bodies", "level"),
    [
        (["Exercise increased caution in Niger due to unrest (level 2 of 4)."], Level(1, 1)),
        (["Do not travel to Niger due to terrorism (level 4 of 4)."], Level(4, 4)),
        (["Do not travel within 50km of the border (level 4 of 4).", "Avoid non-essential travel elsewhere in Niger."], Level(3, 4)),
        (["Do not travel to Niger's border areas."], Level(1, 4)),
    ],
)  # fmt: skip
def test_new_zealand_keeps_the_levels_of_parts_apart(bodies: list[str], level: Level) -> None:
    found = entry("nz-mfat", zealandic(*(("", body) for body in bodies)))
    assert (found.country, found.level, found.published) == ("NE", level, datetime(2026, 3, 18, tzinfo=UTC))


LINKS = {
    "ie-dfa": '<a href="/en/dfa/overseas-travel/advice/mali/">Mali</a>',
    "fr-meae": '<a href="/fr/information-par-pays/mali/presentation-du-mali">Mali</a>',
    "at-bmeia": '<a href="/reise-services/reiseinformation/land/mali">Mali</a>',
    "es-maec": '<a href="Detalle-recomendaciones-de-viaje.aspx?trc=Mali">Mali</a>',
    "fi-um": '<a href="https://um.fi/matkustustiedote/-/c/ML">Mali</a>',
    "dk-um": '<a href="/rejse-og-ophold/rejse-til-udlandet/rejsevejledninger/mali">Mali</a>',
    "nz-mfat": '<a href="/destinations/mali">Mali</a>',
}


@pytest.mark.parametrize("name", LINKS)
def test_an_index_leads_to_the_pages_of_its_countries(name: str) -> None:
    (found,) = read(name, f"<ul><li>{LINKS[name]}</li></ul>").entries
    source = SOURCES[name]
    assert source.shape is not None
    assert (found.country, found.level) == ("ML", None)
    assert found.details
    assert all("mali" in address.lower() or address.endswith("/ML") for address in found.details)
    assert all(address.startswith("https://") for address in found.details)
    by_name = {item.country: item.details for item in known_entries(source.shape, source.url)}
    assert by_name["ML"] == found.details


def test_links_of_a_list_lead_to_its_own_host_only() -> None:
    source = SOURCES["no-ud"]
    assert source.shape is not None
    body = ("<rss><channel><item><guid>1</guid><link>https://evil.example/id1/</link>"
            "<title>Ghana - reiseinformasjon</title></item></channel></rss>")  # fmt: skip
    reading = read_register(Document(source.url, NOW, body.encode()), source, source.shape)
    assert reading.entries[0].details == ()


def test_a_page_that_names_no_level_gives_none_and_is_no_fall() -> None:
    assert entry("ie-dfa", irish("No summary found")).level is None


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        (["<span>여행금지</span>전 지역"], Level(5, 5)),
        (["<span>출국권고</span>가나 국경을 제외한 전지역", "<span>여행금지</span>가나 국경"], Level(5, 5)),
        (["<span>여행유의</span>아래를 제외한 전 지역", "<span>출국권고</span>북부"], Level(2, 5)),
        (["<span>여행자제</span>전 지역"], Level(3, 3)),
    ],
)
def test_a_korean_page_has_a_row_a_region_and_a_sample_in_a_comment(rows: list[str], level: Level) -> None:
    listed = "".join(f"<li>{row}</li>" for row in rows)
    body = f"""<div class="country-view-top"><h4 class="country-name">토고</h4><span class="name-en">Togo</span>
      <ul class="info-02">{listed}<!-- <li><span>여행금지</span>가자지구</li> --></ul></div>"""
    found = entry("kr-mofa", body)
    assert (found.country, found.level) == ("TG", level)

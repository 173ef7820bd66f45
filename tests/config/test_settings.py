"""The operator's file: what is good passes, every fault is named with its place and remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from advisor.config.settings import catalogue, load_settings, settings_from_text
from advisor.errors import ConfigError
from advisor.model import FullText, Kind, Loudness
from advisor.resources import shipped

SMALLEST = """database: sqlite:////tmp/x.db
sources:
  - feed: https://example.org/feed.xml
receivers:
  phone: {url: 'json://example.org/'}
routes:
  - to: phone
"""


def faults(text: str, folder: Path = Path(".")) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings_from_text(text, "advisor.yaml", folder)
    return [str(fault) for fault in caught.value.faults]


def test_the_smallest_file_is_database_source_receiver_and_route() -> None:
    settings = settings_from_text(SMALLEST, "advisor.yaml", Path("."))
    assert [source.url for source in settings.sources] == ["https://example.org/feed.xml"]
    assert settings.max_age == timedelta(hours=48)
    assert settings.routes[0].to == ("phone",)


@pytest.mark.parametrize(
    "given", ["Some_Embassy", "@Some_Embassy", "t.me/Some_Embassy", "https://t.me/s/Some_Embassy/", "https://telegram.me/Some_Embassy"]
)  # fmt: skip
def test_a_channel_is_known_by_its_name_and_by_every_link_to_it(given: str) -> None:
    text = SMALLEST.replace("feed: https://example.org/feed.xml", f"telegram: '{given}'")
    (source,) = settings_from_text(text, "advisor.yaml", Path(".")).sources
    assert (source.url, source.publisher) == ("https://t.me/s/Some_Embassy", "some_embassy")


def test_two_channels_are_two_publishers_and_a_mirror_is_read_where_it_is() -> None:
    text = SMALLEST.replace(
        "feed: https://example.org/feed.xml", "telegram: one_channel\n  - telegram: https://example.org/s/other_channel"
    )
    one, other = settings_from_text(text, "advisor.yaml", Path(".")).sources
    assert (one.publisher, other.publisher) == ("one_channel", "other_channel")
    assert other.url == "https://example.org/s/other_channel"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("database:", "databse:"), "advisor.yaml:1:1: unknown key 'databse'"),
        (("phone: {", "phone: {colour: red, "), "advisor.yaml:5:11: unknown key 'colour'"),
        (("to: phone", "to: fone"), "advisor.yaml:7:5: no receiver is called 'fone' (known: phone)"),
        (("to: phone", "to: []"), "advisor.yaml:7:5"),
        (("  - feed: https", "  - feed: ftp"), "is no http or https address"),
        (("feed.xml\n", "feed.xml\n    every: soon\n"), "advisor.yaml:4:5: sources.0.every: 'soon' is no duration; write 30s, 5m"),
        (("feed.xml\n", "feed.xml\n    page: https://example.org/\n"), "give exactly one of catalog, feed, page"),
        (("- to: phone", "- {to: phone, match: {destination: [Syria]}}"), "'Syria': write its ISO 3166-1 code, SY"),
        (("- to: phone", "- {to: phone, match: {destination: [sy]}}"), "'sy': write its ISO 3166-1 code, SY"),
        (("- to: phone", "- {to: phone, match: {destination: [Ruritania]}}"), "'Ruritania' is no country; write its ISO 3166-1 code"),
        (("- to: phone", "- {to: phone, as: shout}"), "as: 'shout' is none of 'wake', 'notify', 'digest'"),
        (("feed.xml\n", "feed.xml\n    official: russia\n"), "advisor.yaml:4:5: sources.0.official: 'russia': write its ISO 3166-1 code, RU"),
        (("feed.xml\n", "feed.xml\n    official: XX\n"), "official: 'XX' is no country; write its ISO 3166-1 code"),
        (("feed.xml\n", "feed.xml\n    every: 99999d\n"), "advisor.yaml:4:5: sources.0: every: at least 1s, at most 7d"),
        (("feed.xml\n", "feed.xml\n    language: english\n"), "advisor.yaml:4:5: sources.0: language: 'english' is no code of a language"),
        (("feed.xml\n", "feed.xml\n    selector: div\n"), "advisor.yaml:4:5: sources.0: selector: is for `page` only"),
        (("feed: https://example.org/feed.xml", "page: https://example.org/\n    full_text: always"), "full_text: is for `feed` only"),
        (("feed: https://example.org/feed.xml", "catalog: news\n    publisher: x"), "publisher: the catalogue says it"),
        (("feed: https://example.org/feed.xml", "register: us-stat\n    official: US\n    url: https://example.org/"), "register: no description is called 'us-stat' (known: at-bmeia"),
        (("example.org/feed", "exa mple.org/feed"), "advisor.yaml:3:5: sources.0: feed: 'https://exa mple.org/feed.xml' is no http or https address"),
        (("example.org/feed", "example.org:99999/feed"), "is no address: Port out of range"),
        (("example.org/feed.xml", "example.org/feed.xml?key=${NOT_SET_AT_ALL}"), "feed: ${NOT_SET_AT_ALL} is not set in the environment"),
        (("routes:", "max_age: 0s\nroutes:"), "max_age: at least 1h"),
        (("routes:", "silence_closes: 0s\nroutes:"), "silence_closes: at least 1h"),
        (("routes:", "fetch: {deadline: 1d}\nroutes:"), "fetch.deadline: at least 1s, at most 2m"),
        (("routes:", "fetch: {at_once: 0}\nroutes:"), "at_once: '0' is out of bounds: at least 1"),
        (("routes:", "fetch: {at_once: many}\nroutes:"), "at_once: 'many' is no whole number"),
        (("feed: https://example.org/feed.xml", "catalog: us-stat"), "the catalogue has no 'us-stat'; did you mean us-state"),
        (("feed: https://example.org/feed.xml", "catalog: nws"), "did you mean news"),
        (("feed: https://example.org/feed.xml", "telegram: https://t.me/+AbCdEf"), "'https://t.me/+AbCdEf' is no public channel; write its name"),
        (("feed: https://example.org/feed.xml", "telegram: some embassy"), "'some embassy' is no public channel"),
        (("feed: https", "selector: 'div['\n    page: https"), "selector: 'div[' is no CSS selector"),
        (("- to: phone", "- {to: phone, match: {destination: ['region:sahell']}}"), "unknown region 'sahell' (known: "),
        (("- to: phone", "- {to: phone, match: {kind: [flee]}}"), "unknown kind 'flee' (leave, evacuation"),
        (("- to: phone", "- {to: phone, match: {severity: sever}}"), "unknown severity 'sever' (minor, moderate, severe, extreme)"),
        (("sqlite:////tmp/x.db", "mysql://x/y"), "database: 'mysql' is not supported; write sqlite:////path/file.db"),
        (("- to: phone", "- {to: phone, match: {destination: [XX]}}"), "'XX' is no country"),
        (("routes:", "max_age: 2 fortnights\nroutes:"), "advisor.yaml:6:1: max_age: '2 fortnights' is no duration"),
        (("json://example.org/'", "${NO_SUCH_VARIABLE}'"), "${NO_SUCH_VARIABLE} is not set in the environment"),
        (("feed: https://example.org/feed.xml", "catalog: no-such-source"), "the catalogue has no 'no-such-source'"),
        (("- to: phone", "- to: phone\n  - [x"), "is not YAML"),
        (("routes:", "max_age: 99999999999999d\nroutes:"), "advisor.yaml:6:1: max_age: '99999999999999d' is longer than any calendar"),
        (("- to: phone", "- &a [*a]"), "an alias holds itself"),
        (("- to: phone", "- " + "[" * 2_000 + "]" * 2_000), "nests too deeply"),
        (("- to: phone", "- to: &a [" + "x," * 99 + "x]\n" + "".join(
            f"  - to: &{b} [" + f"*{a}," * 99 + f"*{a}]\n" for a, b in ("ab", "bc", "cd", "de"))), "values with its aliases"),
        (("sqlite:////tmp/x.db", "mysql://u:p@h/x"), "advisor.yaml:1:1: database: 'mysql' is not supported; write sqlite:////path/file.db"),
        (("routes:", "fetch: {allow_networks: [banana]}\nroutes:"), "'banana' is no network; write for example 10.1.0.0/16"),
        (("- to: phone", "- to: phone\ndatabase: sqlite:///y.db"), "advisor.yaml:8:1: 'database' is given twice; keep one"),
        (("  phone: {url: 'json://example.org/'}", "  phone: {url: 'json://example.org/', timezone: Mars/Base}"), "unknown time zone 'Mars/Base'"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_file_line_column_and_remedy(change: tuple[str, str], fault: str) -> None:
    text = SMALLEST.replace(*change)
    assert text != SMALLEST
    assert any(fault in found for found in faults(text)), faults(text)
    assert all(found.startswith("advisor.yaml:") for found in faults(text))


def test_an_item_with_a_fault_is_not_reported_as_missing_too() -> None:
    (fault,) = faults(SMALLEST.replace("- to: phone", "- {to: phone, as: shout}"))
    assert "routes.0.as" in fault


def test_all_faults_are_shown_at_once() -> None:
    text = SMALLEST.replace("database:", "databse:").replace("url:", "ulr:")
    assert len(faults(text)) >= 3


def test_a_receiver_that_no_route_reaches_is_a_fault_but_not_the_operators() -> None:
    more = SMALLEST.replace("routes:", "  spare: {url: 'json://b/'}\n  operator: {url: 'json://c/'}\nroutes:")
    assert faults(more) == ["advisor.yaml:6:3: no route reaches 'spare'; add it to a route or remove it"]


def test_norway_is_not_read_as_false_and_a_time_not_as_a_number() -> None:
    text = SMALLEST.replace("- to: phone", "- {to: phone, match: {destination: [NO, ON]}}").replace("ON]", "SE]")
    settings = settings_from_text(text, "advisor.yaml", Path("."))
    assert settings.routes[0].match.destinations == {"NO", "SE"}


def test_routes_name_kinds_loudness_and_fallback() -> None:
    text = SMALLEST.replace(
        "- to: phone",
        "- {to: phone, match: {issuer: [US], kind: [leave, evacuation]}, as: wake, fallback: {to: phone, after: 10m}}",
    )
    (route,) = settings_from_text(text, "advisor.yaml", Path(".")).routes
    assert route.match.kinds == {Kind.LEAVE, Kind.EVACUATION}
    assert (route.loudness, route.fallback, route.after) == (Loudness.WAKE, ("phone",), timedelta(minutes=10))


def test_people_are_read_from_their_file_and_a_bad_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text('country,area,count,passports,until\nSY,,14,"DE FR",\nMars,,1,,\n')
    text = SMALLEST.replace("receivers:", "watch: {people: people.csv}\nreceivers:")
    (fault,) = faults(text, tmp_path)
    assert "people.csv:3:1: 'Mars' is no country" in fault


def test_a_stay_until_a_date_lasts_that_whole_day_everywhere_and_offsets_are_kept(tmp_path: Path) -> None:
    rows = "country,area,count,passports,until\nSY,,14,DE FR,2024-12-06\nLB,,2,,2024-12-06T10:00+03:00\n"
    (tmp_path / "people.csv").write_text(rows)
    text = SMALLEST.replace("receivers:", "watch: {people: people.csv}\nreceivers:")
    there, here = settings_from_text(text, "advisor.yaml", tmp_path).watch.people
    assert (there.count, there.passports) == (14, {"DE", "FR"})
    assert there.until == datetime(2024, 12, 7, 12, tzinfo=UTC)
    assert here.until == datetime(2024, 12, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("SY,2,2026-13", "until: '2026-13' is no date; write 2026-12-31"),
        ("SY,two,", "count: 'two' is no number of people"),
        ("region:sahel,2,", "country: 'region:sahel' is more than one"),
        ("Syria,2,", "'Syria': write its ISO 3166-1 code, SY"),
    ],
)
def test_a_line_of_people_that_cannot_be_read_names_its_column(row: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(f"country,count,until\n{row}\n")
    text = SMALLEST.replace("receivers:", "watch: {people: people.csv}\nreceivers:")
    (fault,) = faults(text, tmp_path)
    assert f"people.csv:2:1: {said}" in fault


def test_a_party_of_nobody_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("country,count\nSY,-2\n")
    text = SMALLEST.replace("receivers:", "watch: {people: people.csv}\nreceivers:")
    (fault,) = faults(text, tmp_path)
    assert "people.csv:2:1: count: '-2' is no number of people; write 1 or more" in fault


def test_a_secret_in_a_sources_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SMALLEST.replace("feed.xml", "feed.xml?serviceKey=${SERVICE_KEY}")
    names = []
    for value in ("one", "two"):
        monkeypatch.setenv("SERVICE_KEY", value)
        (source,) = settings_from_text(text, "advisor.yaml", Path(".")).sources
        assert source.url == f"https://example.org/feed.xml?serviceKey={value}"
        names.append(source.id)
    assert names[0] == names[1]


def test_interval_and_full_text_of_a_catalogue_source_can_be_set() -> None:
    text = SMALLEST.replace(
        "feed: https://example.org/feed.xml", "catalog: bbc-world\n    every: 10m\n    full_text: always"
    )
    (source,) = settings_from_text(text, "advisor.yaml", Path(".")).sources
    assert (source.every, source.full_text) == (timedelta(minutes=10), FullText.ALWAYS)


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("json://secret.example.org/\n")
    text = SMALLEST.replace("json://example.org/", f"${{file:{tmp_path}/url}}")
    settings = settings_from_text(text, "advisor.yaml", Path("."))
    assert settings.receivers["phone"].url == "json://secret.example.org/"


def test_the_shipped_manual_is_a_file_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_TEAM_URL", "json://a/")
    monkeypatch.setenv("ADVISOR_OPERATOR_URL", "json://b/")
    settings = load_settings(Path(__file__).parents[2] / "config" / "advisor.yaml")
    assert settings.operators == ("operator",)
    assert len(settings.sources) > 20


def test_the_catalogue_has_unique_ids_and_a_family_or_issuer_for_each_source() -> None:
    sources = [source for source, _ in catalogue()]
    assert len({source.id for source in sources}) == len(sources)
    assert all(source.publisher for source in sources)


def test_every_source_of_the_catalogue_says_what_is_known_of_it() -> None:
    entries = yaml.safe_load(shipped("config/catalogue.yaml").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in entries if not entry.get("note")] == []
    assert all("seen answering" in entry["note"] for entry in entries if "news" in entry.get("tags", ()))


def test_relative_paths_mean_the_same_file_from_every_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clippings").mkdir()
    file = tmp_path / "advisor.yaml"
    text = SMALLEST.replace("sqlite:////tmp/x.db", "sqlite:///state.db")
    file.write_text(text.replace("feed: https://example.org/feed.xml", "folder: clippings"))
    seen = set()
    for place in (tmp_path, Path("/")):
        monkeypatch.chdir(place)
        settings = load_settings(file if place != tmp_path else Path("advisor.yaml"))
        seen.add((settings.database, settings.sources[0].url))
    assert seen == {(f"sqlite:///{tmp_path}/state.db", f"{tmp_path}/clippings")}


def test_a_list_of_people_that_is_no_utf8_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"\xff\xfecountry,count\n")
    (fault,) = faults(SMALLEST + "watch: {people: people.csv}\n", tmp_path)
    assert "is no CSV file in UTF-8" in fault


OFFICES = (
    "us-state us-embassies gb-fcdo ca-gac de-aa au-dfat nl-bz jp-mofa tw-boca kr-mofa se-ud it-maeci "
    "ie-dfa fr-meae ch-eda at-bmeia es-maec fi-um no-ud dk-um nz-mfat"
)


def test_every_government_office_of_the_catalogue_is_picked_by_its_id_and_by_its_country() -> None:
    picks: dict[str, set[str]] = {}
    for source, names in catalogue():
        for name in names:
            picks.setdefault(name, set()).add(source.id)
    assert set(OFFICES.split()) <= set(picks)
    for office in set(OFFICES.split()) - {"us-embassies", "kr-mofa"}:
        assert office in picks[office[:2].upper()] & picks["official"] & picks["registers"]
    assert len(picks["pages"]) == 9
    assert len(picks["news"]) == 25


def test_of_thousands_of_faults_a_hundred_are_told_from_the_top_and_the_others_counted() -> None:
    head = SMALLEST.replace("sources:\n  - feed: https://example.org/feed.xml\n", "") + "sources:\n"
    for row, last in ("  - {{feed: 'https://h{0}.example/rss', every: 5x}}", "'5x'"), ("  - catalog: no-{0}", "no-99"):
        with pytest.raises(ConfigError) as caught:
            settings_from_text(head + "\n".join(row.format(n) for n in range(5_000)), "advisor.yaml", Path("."))
        told = str(caught.value).splitlines()
        assert told[0].startswith("advisor.yaml:7:")
        assert told[99].startswith("advisor.yaml:106:")
        assert last in told[99]
        assert told[100:] == ["and 4900 more faults, 5000 in all; mend these and check again"]

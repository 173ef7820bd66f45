"""`advisor sources check` against a real server, and OPML out and in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from advisor.cli import main
from advisor.config.opml import opml_of, outlines_of, yaml_of
from advisor.config.settings import catalogue, settings_from_text
from advisor.errors import ConfigError
from tests.read.test_page_registers import irish
from tests.whole.world import Answer, World

REST = """receivers:
  team: {url: "json://127.0.0.1:9/x"}
routes: [{to: team}]
"""
DATE = "Fri, 06 Dec 2024 12:10:00 GMT"


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def config(tmp_path: Path, sources: str) -> Path:
    path = tmp_path / "advisor.yaml"
    path.write_text(
        f"database: sqlite:///x.db\nfetch: {{allow_networks: ['127.0.0.0/8'], deadline: 3s}}\nsources:\n{sources}{REST}"
    )
    return path


def check(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "advisor", "sources", "check", "--config", str(path), *more]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    return {row["source"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_each_source_is_polled_once_and_nothing_is_stored_or_told(world: World, tmp_path: Path) -> None:
    world.feed("/good", ("Embassy tells its citizens to leave Syria", "Leave now.", DATE))
    path = config(tmp_path, f"  - {{id: good, feed: '{world.address}/good'}}\n")
    done = check(path, "--json")
    assert done.returncode == 0, done.stderr
    assert rows(done)["good"]["state"] == "fresh"
    assert (rows(done)["good"]["items"], rows(done)["good"]["newest"]) == (1, "2024-12-06T12:10:00Z")
    assert [asked for asked, _ in world.gets] == ["/good"]
    assert not (tmp_path / "x.db").exists()
    assert world.pushes == []


def test_those_that_refuse_this_address_stand_in_one_list_and_are_no_failure(world: World, tmp_path: Path) -> None:
    world.feed("/good", ("x", "y", DATE))
    world.answers["/closed"] = Answer(b"no", 403, "text/plain")
    world.answers["/robot"] = Answer(b"<html><title>Just a moment...</title></html>", kind="text/html")
    sources = "".join(f"  - {{id: {name}, feed: '{world.address}/{name}'}}\n" for name in ("closed", "good", "robot"))
    done = check(config(tmp_path, sources))
    assert done.returncode == 0
    table, words = done.stdout, done.stderr
    assert "good\tfresh" in table
    assert "closed" not in table
    assert "2 refuse this address" in words
    assert words.index("closed:") < words.index("robot:")
    assert "1 of 3 sources read" in words


def test_a_source_that_is_gone_or_no_feed_ends_with_one(world: World, tmp_path: Path) -> None:
    world.answers["/page"] = Answer(b"<html><body>Welcome to our site.</body></html>", kind="text/html")
    sources = "".join(f"  - {{id: {name}, feed: '{world.address}/{name}'}}\n" for name in ("gone", "page"))
    done = check(config(tmp_path, sources), "--json")
    assert done.returncode == 1
    assert {name: row["state"] for name, row in rows(done).items()} == {"gone": "dead", "page": "not-a-feed"}
    assert all(row["sentence"] for row in rows(done).values())


def test_a_source_that_moved_for_good_names_its_new_address(world: World, tmp_path: Path) -> None:
    world.feed("/new", ("x", "y", DATE))
    world.answers["/old"] = Answer(b"", 301, headers={"Location": f"{world.address}/new"})
    done = check(config(tmp_path, f"  - {{id: old, feed: '{world.address}/old'}}\n"), "--json")
    assert rows(done)["old"]["state"] == "redirected"
    assert f"{world.address}/new" in str(rows(done)["old"]["sentence"])


def test_of_a_register_one_page_behind_the_list_is_looked_at(world: World, tmp_path: Path) -> None:
    links = (
        '<a href="/en/dfa/overseas-travel/advice/mali/">Mali</a><a href="/en/dfa/overseas-travel/advice/fiji/">Fiji</a>'
    )
    world.answers["/list"] = Answer(f"<!doctype html><body>{links}</body>".encode(), kind="text/html")
    path = config(tmp_path, f"  - {{id: ie, register: ie-dfa, url: '{world.address}/list', official: IE}}\n")
    assert irish("Do Not Travel")
    done = check(path, "--json")
    assert rows(done)["ie"]["items"] == 2
    assert rows(done)["ie"]["state"] != "fresh"  # its pages lie at a host that this test does not reach
    assert "the list is read, but the page of ML" in str(rows(done)["ie"]["sentence"])


def test_a_bad_configuration_and_a_file_too_many_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sources", "check", "--config", str(tmp_path / "none.yaml")]) == 2
    assert main(["sources", "check", "x.opml"]) == 2
    assert main(["sources", "import"]) == 2
    assert "name the file" in capsys.readouterr().err


# --- OPML -------------------------------------------------------------------------------------------------------

ALL = """  - catalog: [us-state, bbc-world]
  - {id: courier, feed: "https://courier.example/rss?a=1&b=2", publisher: courier, every: 3m, language: en, full_text: always}
  - {id: channel, telegram: some_channel, official: RU, about: SY}
  - {id: advice, page: "https://ministry.example/advice", selector: "main > .x", official: FR}
  - {id: mine, register: nl-bz, url: "https://mirror.example/list", official: NL, every: 2h}
"""


def settings(sources: str):  # type: ignore[no-untyped-def]
    return settings_from_text(f"database: sqlite:////tmp/x.db\nsources:\n{sources}{REST}", "advisor.yaml", Path("."))


def test_opml_goes_round_without_a_loss() -> None:
    before = settings(ALL).sources
    written = opml_of(before, [source for source, _ in catalogue()])
    after = settings(yaml_of(outlines_of(written.encode(), "x.opml")[0]).removeprefix("sources:\n")).sources
    assert after == before


def test_other_readers_see_the_feeds() -> None:
    written = opml_of(settings(ALL).sources, [])
    assert 'type="rss" xmlUrl="https://courier.example/rss?a=1&amp;b=2"' in written
    assert written.count("xmlUrl") == 2


def test_the_command_writes_what_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = config(tmp_path, ALL + "  - {id: keyed, feed: 'https://x.example/rss?api_key=abcdef0123456789'}\n")
    assert main(["sources", "--opml", "--config", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "abcdef" not in out + err
    assert "keyed: its address holds a secret" in err
    (tmp_path / "x.opml").write_text(out)
    assert main(["sources", "import", str(tmp_path / "x.opml")]) == 0
    assert {"catalog": "us-state"} in yaml.safe_load(capsys.readouterr().out)["sources"]


def test_a_foreign_list_with_folders_and_doubles_becomes_configuration() -> None:
    body = b"""<?xml version="1.0"?><opml version="1.0"><head/><body><outline text="News">
      <outline text="No" title="Norsk R\xc3\xadkis" type="rss" xmlUrl="https://a.example/rss"/>
      <outline text="Norsk R\xc3\xadkis" xmlURL="https://b.example/rss"/>
      <outline text="again" type="rss" xmlUrl="https://a.example/rss"/></outline></body></opml>"""
    written = yaml_of(outlines_of(body, "x.opml")[0])
    read = settings(written.removeprefix("sources:\n")).sources
    assert [source.url for source in read] == ["https://a.example/rss", "https://b.example/rss"]
    assert len({source.id for source in read}) == 2


def test_of_a_list_with_addresses_that_are_no_web_pages_the_others_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.opml"
    file.write_text(
        "<opml><body><outline text='A' xmlUrl='https://a.example/rss'/>\n"
        "<outline text='B' xmlUrl='feed://b.example/rss'/>\n"
        "<outline text='C' xmlUrl='http://c.example/rss'/></body></opml>"
    )
    assert main(["sources", "import", str(file)]) == 1
    out, err = capsys.readouterr()
    assert [source["feed"] for source in yaml.safe_load(out)["sources"]] == [
        "https://a.example/rss", "http://c.example/rss",
    ]  # fmt: skip
    assert f"{file}:2:1: 'feed://b.example/rss' is no http or https address; give" in err
    assert "2 sources, 1 left out" in err


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        (b"<opml><body>\n  <outline text='x'\n</body></opml>", "x.opml:3:1", "no well-formed XML"),
        (b"<html><body/></html>", "x.opml:1:1", "no OPML"),
        (b"<opml><body>\n<outline type='rss' text='x'/></body></opml>", "x.opml:2:1", "a feed without xmlUrl"),
        (b"<opml><body>\n\n<outline xmlUrl='file:///etc/passwd'/></body></opml>", "x.opml:3:1", "no http or https"),
        (b"<opml><body/></opml>", "x.opml:1:1", "names no source"),
        (b"", "x.opml:1:1", "no well-formed XML"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>", "x.opml:1:1", "entities"),
        (b"\x00\xff\xfe", "x.opml:1", "no well-formed XML"),
    ],
)  # fmt: skip
def test_a_malformed_list_names_file_line_and_column(body: bytes, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        outlines_of(body, "x.opml")
    assert place in str(refused.value)
    assert words in str(refused.value)

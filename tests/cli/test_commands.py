"""The command line as scripts call it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.cli import main

ROOT = Path(__file__).parents[2]


def advisor(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "advisor", *words], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "command",
    ["demo", "run", "poll", "check", "alerts", "sources", "deliveries", "silence", "ack", "retract", "notify-test", "init",
     "detect", "explain", "replay", "evaluate", "rules"],
)  # fmt: skip
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert command in capsys.readouterr().out


def test_wrong_usage_ends_with_two() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate"])
    assert ended.value.code == 2


def test_help_loads_none_of_the_heavy_packages() -> None:
    code = (
        "import sys; from advisor.cli.parser import parser; parser().format_help();"
        "heavy={'apprise','httpx','sqlalchemy','feedparser','apscheduler','pydantic','rich','trafilatura'}&set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_detect_answers_each_line_in_order_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "title": "Norway urges its citizens to leave Ethiopia now", "text": ""}',
        "not json",
        '["no object"]',
        "",
        '{"title": "Football: Brann wins"}',
        '{"id": 7, "text": null, "lang": "xx", "published": "not a date"}',
    ]
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join(lines))
    done = advisor("detect", "--json", str(file))
    assert done.returncode == 1
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, 7]
    ((first,), *others) = [answer["advisories"] for answer in answers]
    assert (first["issuer"], first["destination"], first["kind"], first["severity"]) == ("NO", "ET", "leave", "extreme")
    assert others == [[], []]
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr
    whole = "Norway urges its citizens to leave Ethiopia now\n"
    for proof in first["evidence"]:
        assert whole[proof["start"] : proof["end"]] == proof["quote"]


def test_detect_takes_json_that_was_printed_for_people(tmp_path: Path) -> None:
    said = "The US Embassy urges American citizens to leave Ruritania now: leave Mali immediately."
    article = {"id": "one", "title": said}
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "two", "title": said, "content_html": "-"}]}
    for name, value in (("one.json", article), ("list.json", [article, {**article, "id": "x"}]), ("feed.json", feed)):
        (tmp_path / name).write_text(json.dumps(value, indent=2))
    (tmp_path / "lines.json").write_text(f"{json.dumps(article)}\n{json.dumps(article)}\n")
    names = ("one.json", "list.json", "feed.json", "lines.json")
    done = advisor("detect", "--json", *(str(tmp_path / name) for name in names))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["one", "one", "x", "guid:two", "one", "one"]
    assert all(answer["advisories"] for answer in answers)
    (tmp_path / "broken.json").write_text("{\n  wrong\n}")
    done = advisor("detect", str(tmp_path / "broken.json"))
    assert done.returncode == 1
    assert done.stderr.count("is not JSON") == 1


def test_detect_names_the_language_that_it_heard_where_none_is_given() -> None:
    articles = [
        {"id": 1, "title": "Das Auswärtige Amt fordert alle Deutschen auf, Mali sofort zu verlassen"},
        {"id": 2, "lang": "xx", "title": "Das Auswärtige Amt fordert alle Deutschen auf, Mali sofort zu verlassen"},
        {"id": 3, "title": "Mali"},
    ]
    done = advisor("detect", "--json", "-", stdin="\n".join(map(json.dumps, articles)))
    assert [json.loads(line)["lang"] for line in done.stdout.splitlines()] == ["de", "xx", None]


def test_detect_says_when_an_article_has_no_words_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 7, "headline": "Leave now"}\n')
    done = advisor("detect", "--json", str(tmp_path / "a.jsonl"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["advisories"] == []
    assert "article 7: has neither title nor text" in done.stderr


def test_detect_reads_standard_input_text_markdown_html_and_feeds(tmp_path: Path) -> None:
    said = "Norway urges its citizens to leave Ethiopia now"
    (tmp_path / "a.txt").write_text(f"{said}\n\nMore later.")
    (tmp_path / "b.md").write_text(f"# {said}\n\nMore later.")
    (tmp_path / "c.html").write_text(f"<html><title>{said}</title><body><p>{said}</p></body></html>")
    (tmp_path / "d.xml").write_text(f"<rss version='2.0'><channel><item><title>{said}</title></item></channel></rss>")
    done = advisor("detect", "--json", *(str(tmp_path / name) for name in ("a.txt", "b.md", "c.html", "d.xml")))
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        assert [item["destination"] for item in answer["advisories"]] == ["ET"], answer
        whole = f"{answer['title']}\n{answer['text']}"
        assert all(whole[it["start"] : it["end"]] == it["quote"] for it in answer["advisories"][0]["evidence"])
    piped = advisor("detect", "--json", "-", stdin=json.dumps({"id": 1, "title": said}) + "\n")
    assert json.loads(piped.stdout)["advisories"][0]["issuer"] == "NO"


def test_a_missing_file_is_named_and_the_rest_is_answered(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Norway urges its citizens to leave Ethiopia now")
    done = advisor("detect", str(tmp_path / "missing.txt"), str(tmp_path / "a.txt"))
    assert done.returncode == 1
    assert "missing.txt" in done.stderr
    assert "NO → ET" in done.stdout


def test_explain_shows_what_fired_and_what_did_not_and_why() -> None:
    done = advisor("explain", "-", stdin="Norway has not urged its citizens to leave Ethiopia.")
    assert done.returncode == 0
    assert "not fired" in done.stdout
    assert "undone: negated" in done.stdout.replace("\n", " ")


def test_replay_prints_every_change_by_the_contract(tmp_path: Path) -> None:
    articles = [
        {"id": "1", "title": "Norway urges its citizens to leave Ethiopia", "published": "2021-11-05", "publisher": "a"},
        {"id": "2", "title": "Oslo: Norwegians should leave Ethiopia, embassy says", "published": "2021-11-05T10:00Z", "publisher": "b"},
        {"id": "3", "title": "Norway evacuates embassy staff from Ethiopia", "published": "2021-11-06", "publisher": "a"},
    ]  # fmt: skip
    file = tmp_path / "past.jsonl"
    file.write_text("\n".join(json.dumps(item) for item in articles))
    done = advisor("replay", "--json", str(file))
    assert done.returncode == 0, done.stderr
    changes = [json.loads(line) for line in done.stdout.splitlines()]
    keys = {
        "at",
        "message",
        "alert",
        "reason",
        "issuer",
        "destination",
        "kinds",
        "severity",
        "official_severity",
        "title",
        "article_ids",
    }
    assert all(set(change) == keys for change in changes)
    assert changes[0]["at"] == "2021-11-05T00:00:00Z"
    assert [change["reason"] for change in changes] == ["opened", "corroborated", "widened"]
    assert [change["message"] is None for change in changes] == [False, True, False]
    assert [change["at"] for change in changes[1:]] == ["2021-11-05T10:00:00Z", "2021-11-06T00:00:00Z"]
    assert changes[-1]["article_ids"] == ["1", "2", "3"]
    assert len({change["alert"] for change in changes}) == 1


def test_replay_says_which_articles_have_no_date(tmp_path: Path) -> None:
    file = tmp_path / "past.jsonl"
    dates = ('"2021-11-05"', "null", '"yesterday"')
    lines = [f'{{"id": "{number}", "title": "x", "published": {date}}}' for number, date in enumerate(dates)]
    file.write_text("\n".join(lines))
    done = advisor("replay", "--json", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert "2 of 3 articles have no `published` that can be read (1, 2)" in done.stderr
    file.write_text(lines[0])
    assert advisor("replay", "--json", str(file)).stderr == ""


def test_init_writes_a_file_that_passes_check_and_asks_nothing_when_told(tmp_path: Path) -> None:
    file = tmp_path / "advisor.yaml"
    done = advisor(
        "init", "--config", str(file), "--countries", "SY NO region:sahel", "--url", "json://127.0.0.1:1/", "--no-test"
    )
    assert done.returncode == 0, done.stderr
    assert advisor("check", "--config", str(file)).returncode == 0
    assert (file.stat().st_mode & 0o077) == 0
    again = advisor("init", "--config", str(file), "--countries", "", "--url", "json://x/", "--no-test")
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_init_asks_two_questions(tmp_path: Path) -> None:
    file = tmp_path / "advisor.yaml"
    done = advisor("init", "--config", str(file), "--no-test", stdin="Syria\nSY LB\nnonsense\njson://127.0.0.1:1/\n")
    assert done.returncode == 0, done.stderr
    assert "ISO 3166-1 code, SY" in done.stderr
    assert "destinations: [SY, LB]" in file.read_text()


def test_check_names_a_bad_receiver_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "advisor.yaml"
    file.write_text(
        "database: sqlite:////tmp/x.db\nsources:\n  - feed: https://example.org/f\n"
        "receivers:\n  phone: {url: 'nonsense://x'}\nroutes:\n  - to: phone\n"
    )
    done = advisor("check", "--config", str(file))
    assert done.returncode == 2
    assert f"{file}:5:11: receiver 'phone': Apprise does not understand" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"once upon a time", "is not an SQLite database"), (None, "belongs to another application"), (b"", "")],
)
def test_check_looks_whether_the_database_can_be_ours(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    advisor("init", "--config", str(file), "--countries", "SY", "--url", "json://127.0.0.1:9/", "--no-test")
    if content is None:
        with sqlite3.connect(tmp_path / "advisor.db") as other:
            other.execute("CREATE TABLE theirs(x)")
    else:
        (tmp_path / "advisor.db").write_bytes(content)
    done = advisor("check", "--config", str(file))
    assert (done.returncode, said in done.stderr) == (2 if said else 0, True)


def test_a_bad_address_of_a_receiver_is_wrong_configuration_for_every_command(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    advisor("init", "--config", str(file), "--countries", "SY", "--url", "json://127.0.0.1:9/", "--no-test")
    file.write_text(file.read_text().replace("json://127.0.0.1:9/", "nosuch://x"))
    assert [advisor(command, "--config", str(file)).returncode for command in ("check", "poll")] == [2, 2]


def test_init_without_answers_is_wrong_usage(tmp_path: Path) -> None:
    done = advisor("init", "--config", str(tmp_path / "a.yaml"), stdin="")
    assert done.returncode == 2
    done = advisor("init", "--config", str(tmp_path / "a.yaml"), "--countries", "", "--url", "")
    assert (done.returncode, "no address" in done.stderr) == (2, True)


def test_silences_are_listed_by_what_they_hold_and_numbers_are_for_ending_them(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    advisor("init", "--config", str(file), "--countries", "SY", "--url", "json://127.0.0.1:9/", "--no-test")

    def silence(*words: str) -> subprocess.CompletedProcess[str]:
        return advisor("silence", *words, "--config", str(file))

    assert silence("add", "--destination", "SY").returncode == 0
    assert silence("add", "--kind", "leave").returncode == 0
    assert silence("add", "5", "--destination", "LB").returncode == 2
    assert "ISO 3166-1 code, SY" in silence("add", "--destination", "Syria").stderr
    assert len(silence("list").stdout.splitlines()) == 2
    assert len(silence("list", "--destination", "LB").stdout.splitlines()) == 1  # whatever country, but its own kind
    assert len(silence("list", "--destination", "SY").stdout.splitlines()) == 2


def test_without_a_configuration_the_remedy_is_said(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "poll"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "advisor init" in done.stderr


@pytest.mark.parametrize("command", [("rules", "test"), ("detect",)])
def test_a_rules_folder_that_is_not_there_is_an_error_and_not_ignored(command: tuple[str, ...], tmp_path: Path) -> None:
    done = advisor(*command, "--rules", str(tmp_path / "typo"))
    assert done.returncode == 2
    assert "typo: is no folder" in done.stderr


def test_rules_that_stand_beside_the_folder_of_rules_are_an_error_and_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("rules: []\n")
    done = advisor("rules", "test", "--rules", str(tmp_path))
    assert done.returncode == 2
    assert "mine.yaml" in done.stderr
    assert str(tmp_path / "rules") in done.stderr


def test_sources_of_the_file_are_shown_before_the_service_ever_ran(tmp_path: Path) -> None:
    config = tmp_path / "advisor.yaml"
    config.write_text(
        "database: sqlite:///x.db\nsources:\n  - {id: courier, feed: 'https://example.org/feed.xml'}\n"
        "receivers:\n  phone: {url: 'json://example.org/'}\nroutes:\n  - to: phone\n"
    )
    done = advisor("sources", "--json", "--config", str(config))
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["source"], row["state"], row["last_good"]) == ("courier", "new", None)
    assert "not taken up" in row["sentence"]


def test_the_place_is_proved_by_the_sentence_that_calls_not_by_another_headline(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        json.dumps(
            {
                "title": "Civilians flee Homs",
                "text": "Norway's embassy in Damascus told all Norwegian citizens to leave the country.",
            }
        )
    )
    (answer,) = json.loads(advisor("detect", "--json", str(file)).stdout)["advisories"]
    (quote,) = [proof["quote"] for proof in answer["evidence"] if proof["field"] == "destination"]
    assert (answer["destination"], quote) == ("SY", "Damascus")


def test_rules_are_listed_and_have_a_schema() -> None:
    assert "leave-told" in advisor("rules", "list").stdout
    assert json.loads(advisor("rules", "schema").stdout)["properties"]["rules"]


def test_every_shipped_rule_shows_what_it_catches_and_what_it_leaves() -> None:
    done = advisor("rules", "test")
    assert done.returncode == 0, done.stderr
    assert "0 faults" in done.stdout


def test_a_rule_whose_example_does_not_hold_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yaml").write_text(
        "rules:\n  - id: leave-told\n    examples:\n      match:\n        - {title: Football tonight, issuer: US}\n"
    )
    done = advisor("rules", "test", "--rules", str(tmp_path))
    assert done.returncode == 1
    assert "leave-told: must match {'issuer': 'US'} but finds nothing: 'Football tonight'" in done.stderr


def test_a_rule_with_an_unknown_field_is_a_fault_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules" / "mine.yaml"
    file.write_text("rules:\n  - id: leave-told\n    severty: []\n")
    done = advisor("rules", "list", "--rules", str(tmp_path))
    assert done.returncode == 2
    assert f"{file}:3:5: unknown key 'severty'" in done.stderr


def test_detect_says_which_article_is_too_long_to_be_read_whole(tmp_path: Path) -> None:
    long = "The council met again. " * 10_000 + "Ireland urges its citizens to leave Ethiopia."
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"id": 1, "title": "Council", "text": long}) + "\n")
    done = advisor("detect", str(articles))
    assert "article 1: only the first 200,000 characters are read" in done.stderr


def test_what_would_steer_a_terminal_is_shown_as_what_it_is_not(tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    title = "\x1b]0;pwn\x07Ireland urges its citizens to leave Ethiopia\u202e"
    articles.write_text(json.dumps({"id": "\x1b[31m1", "title": title}) + "\n")
    shown = advisor("detect", str(articles)).stdout + advisor("explain", str(articles)).stdout
    assert "Ireland urges its citizens to leave Ethiopia" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_the_proof_of_a_very_long_sentence_holds_the_words_that_call(tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    text = f"{'a' * 50_000} Ireland urges its citizens to leave Ethiopia {'b' * 50_000}"
    articles.write_text(json.dumps({"id": 1, "title": "", "text": text}) + "\n")
    assert "Ireland urges its citizens to leave Ethiopia" in advisor("detect", str(articles)).stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "no labelled article in it"),
        ('{"id": 1, "title": "x", "advisories": "IE"}', "line 1: `advisories` must be a list of objects"),
        (
            '{"id": 1, "title": "x", "advisories": [{"issuer": "IE", "destination": "ET", "kind": "levae", "severity": "severe"}]}',
            "'levae' is no kind (known: do_not_travel",
        ),
    ],
)
def test_what_cannot_be_measured_meets_no_floor(line: str, said: str, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(f"{line}\n")
    done = advisor("evaluate", str(gold), "--floor", "0.5")
    assert done.returncode == 1
    assert said in done.stderr

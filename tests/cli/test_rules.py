"""Rules as their writers meet them: examples, schema, faults with their place, and what a change would do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.cli import main
from advisor.model import Advisory, Article, Dating, Evidence, Format, Kind, Severity, Source
from advisor.store import Incoming, content_digest, open_store

CALL = "Norway urges its citizens to leave Ethiopia"
MORE = """rules:
  - id: leave-by-poem
    title: An embassy says it in verse
    kind: leave
    act: leave
    needs:
      - {tag: citizens, within: 6}
    severity:
      - {is: severe}
    examples:
      match:
        - {title: "Norwegians out of Ethiopia", issuer: "NO", destination: ET}
"""


def rules_folder(folder: Path, text: str) -> str:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "mine.yaml").write_text(text)
    return str(folder)


def lines(folder: Path, *titles: str) -> str:
    file = folder / "articles.jsonl"
    file.write_text("".join(json.dumps({"id": title[:8], "title": title}) + "\n" for title in titles))
    return str(file)


def archive(folder: Path, *items: tuple[str, tuple[Advisory, ...]]) -> str:
    """A configuration whose database holds articles with the answers they were given."""
    database = f"sqlite:///{folder}/advisor.db"
    now = datetime.now(UTC)
    with open_store(database, now) as store:
        store.sync_sources([Source("bbc", "http://example.org/feed", Format.FEED)], now)
        articles = [
            (Article(title, "", source_id="bbc", keys=(f"guid:{title}",), published=now, dating=Dating.EXACT), said)
            for title, said in items
        ]
        incoming = [Incoming(article.title, article, content_digest(article), (), said) for article, said in articles]
        store.reconsider(incoming, now=now, decide=lambda *_: [], owe=lambda _: [])
    file = folder / "advisor.yaml"
    file.write_text(
        f"database: {database}\nsources:\n  - feed: http://example.org/feed\nreceivers:\n"
        "  me: {url: 'json://127.0.0.1:9/'}\nroutes:\n  - to: [me]\n"
    )
    return str(file)


def answered(issuer: str, destination: str, severity: Severity = Severity.SEVERE) -> Advisory:
    proofs = tuple(Evidence(name, CALL, 0, len(CALL), "earlier") for name in ("kind", "sentence"))
    return Advisory(issuer, destination, Kind.LEAVE, severity, proofs)


def test_a_changed_rule_set_shows_the_calls_it_would_add_and_the_sentence_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = rules_folder(tmp_path, "rules:\n  - id: leave-told\n    needs:\n      - {tag: citizens, within: 18}\n")
    file = lines(tmp_path, "Poland: citizens leave Mali", CALL)
    assert main(["rules", "diff", file, "--rules", mine, "--json"]) == 0
    shown = capsys.readouterr()
    (found,) = [json.loads(line) for line in shown.out.splitlines()]
    assert (found["change"], found["issuer"], found["destination"], found["kind"]) == ("added", "PL", "ML", "leave")
    assert (found["title"], found["sentence"], found["rule"]) == ("Poland: citizens leave Mali",) * 2 + ("leave-told",)
    assert "2 articles: 1 calls added, 0 lost" in shown.err


def test_a_changed_rule_set_shows_the_calls_it_would_lose_or_weigh_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = rules_folder(
        tmp_path,
        "rules:\n  - {id: leave-told, severity: [{is: minor}]}\n"
        "  - {id: mission-closed, unless: [{tag: office, within: 60}]}\n",
    )
    file = lines(tmp_path, CALL, "Belgium closes its embassy in Kabul")
    assert main(["rules", "diff", file, "--rules", mine]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "~ NO → ET  leave  minor (was severe)  [leave-told]"
    assert shown[3] == "- BE → AF  mission_closure  severe  [mission-closed]"
    assert shown[5] == "    “Belgium closes its embassy in Kabul”"


def test_without_a_folder_the_archive_is_compared_with_what_was_answered_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing: tuple[Advisory, ...] = ()
    config = archive(tmp_path, (CALL, nothing), ("Rain in Oslo", (answered("NO", "ET"),)), ("More rain", nothing))
    assert main(["rules", "diff", "--config", config, "--json"]) == 0
    found = {item["change"]: item["title"] for item in map(json.loads, capsys.readouterr().out.splitlines())}
    assert found == {"added": CALL, "lost": "Rain in Oslo"}
    assert main(["rules", "diff", "--config", config, "--since", "0s", "--json"]) == 0
    assert capsys.readouterr().out == ""


def test_a_comparison_changes_nothing_in_the_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = archive(tmp_path, (CALL, ()))
    for _ in range(2):
        assert main(["rules", "diff", "--config", config]) == 0
        assert "1 articles: 1 calls added" in capsys.readouterr().err


def test_files_without_a_second_rule_set_have_nothing_to_be_compared_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "diff", lines(tmp_path, CALL)]) == 2
    assert "--rules DIR" in capsys.readouterr().err


def test_each_example_is_one_line_for_machines_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = rules_folder(tmp_path, MORE + "      no_match:\n        - {title: " + CALL + "}\n")
    assert main(["rules", "test", "--rules", mine, "--json"]) == 1
    trials = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (wrong,) = [trial for trial in trials if trial["rule"] == "leave-by-poem" and not trial["passed"]]
    assert wrong["place"] == f"{tmp_path}/rules/mine.yaml:14:11"
    assert wrong["faults"] == [f"{wrong['place']}: leave-by-poem: must not match: '{CALL}'"]


def test_an_example_may_name_every_field_that_must_be_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = '{title: "Norway urges its citizens to leave Ethiopia", issuer: "NO", manner: advise}'
    mine = rules_folder(tmp_path, f"rules:\n  - id: leave-told\n    examples:\n      match: [{example}]\n")
    assert main(["rules", "test", "--rules", mine]) == 1
    assert "mine.yaml:4:15: leave-told: must match" in (said := capsys.readouterr().err)
    assert "finds NO→ET severe, manner urge" in said


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rules:\n  - id: leave-told\n    act: leve\n", ":2:5: rule leave-told: no lexicon has the tag leve; did you mean leave?"),
        ("undoing:\n  - id: denied\n    tag: dney\n", ":2:5: undoing denied: no lexicon has the tag dney; did you mean deny?"),
        ("rules:\n  - id: leave-told\n    severity: [{is: sever}]\n", ":3:17: severity.0.is: unknown severity 'sever' (minor,"),
        ("rules:\n  - id: leave-told\n    examples:\n      match: [{titel: x}]\n", ":4:16: unknown key 'titel'"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_named_with_its_place(
    text: str, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", "list", "--rules", rules_folder(tmp_path, text)]) == 2
    assert f"mine.yaml{fault}" in capsys.readouterr().err


def test_the_schema_takes_the_shipped_rules_and_refuses_what_the_loader_refuses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rules", "schema", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    schema = json.loads(line)
    for file in sorted((Path(__file__).parents[2] / "config" / "rules").glob("*.yaml")):
        assert list(faults(schema, schema, yaml.safe_load(file.read_text()), file.stem)) == []
    bad: dict[str, Any] = {"rules": [{"id": "x", "titel": "y", "severity": [{"is": "sever"}]}]}
    assert set(faults(schema, schema, bad, "bad")) >= {"bad.rules.0: titel", "bad.rules.0.severity.0.is: sever"}


def faults(root: dict[str, Any], schema: dict[str, Any], data: Any, at: str) -> Any:
    """As much of JSON Schema as an editor needs for this one."""
    if "$ref" in schema:
        yield from faults(root, root["$defs"][schema["$ref"].rpartition("/")[2]], data, at)
        return
    if "anyOf" in schema:
        if all(list(faults(root, option, data, at)) for option in schema["anyOf"]):
            yield f"{at}: fits none"
        return
    if "enum" in schema and data not in schema["enum"]:
        yield f"{at}: {data}"
    types = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool}
    if "type" in schema and (data is None) != (schema["type"] == "null"):
        yield f"{at}: is {data!r}"
    elif data is not None and "type" in schema and not isinstance(data, types[schema["type"]]):
        yield f"{at}: no {schema['type']}"
    if isinstance(data, dict):
        known = schema.get("properties", {})
        yield from (f"{at}: without {name}" for name in schema.get("required", ()) if name not in data)
        if schema.get("additionalProperties") is False:
            yield from (f"{at}: {name}" for name in data if name not in known)
        for name, value in data.items():
            more = schema.get("additionalProperties")
            inner = known.get(name, more if isinstance(more, dict) else {})
            yield from faults(root, inner, value, f"{at}.{name}")
    for index, value in enumerate(data if isinstance(data, list) else ()):
        yield from faults(root, schema.get("items", {}), value, f"{at}.{index}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("leeve: [skedaddle from]", "5:3: words: no rule asks for the category 'leeve'; did you mean leave?"),
        ("urge: {shout: [hollers]}", "5:10: words: urge has no value 'shout' (known: advise, order"),
    ],
)
def test_a_misspelt_category_in_a_lexicon_of_ones_own_is_a_fault_with_its_place(
    words: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lexicons").mkdir()
    file = tmp_path / "lexicons" / "en.yaml"
    file.write_text(f"language: en\nscript: latin\nfunction_words: [the]\nwords:\n  {words}\n")
    assert main(["rules", "test", "--rules", str(tmp_path)]) == 2
    assert f"{file}:{said}" in capsys.readouterr().err


def test_words_for_a_category_that_only_a_rule_of_ones_own_asks_for_are_no_fault(tmp_path: Path) -> None:
    rules_folder(
        tmp_path,
        MORE.replace("act: leave\n", "act: poem\n").replace("Norwegians out of", "Norwegians, bright birds of"),
    )
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "en.yaml").write_text(
        "language: en\nscript: latin\nfunction_words: [the]\nwords:\n  poem: [bright birds]\n"
    )
    main(["rules", "list", "--rules", str(tmp_path)])


def test_a_file_that_is_not_read_for_its_name_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yml").write_text(MORE)
    assert main(["rules", "test", "--rules", str(tmp_path)]) == 2
    assert "mine.yml: is not read; call it mine.yaml" in capsys.readouterr().err

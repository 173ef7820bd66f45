"""The real commands as a user who may not read or write what they need: one line that names it, and no traceback."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advisor.store import open_store

# Root may do everything; without these rights it is like any other user (capabilities(7)).
_RIGHTS = "-dac_override,-dac_read_search,-fowner"
_AS_ANYBODY = (
    ["setpriv", f"--inh-caps={_RIGHTS}", f"--bounding-set={_RIGHTS}"]
    if os.geteuid() == 0 and shutil.which("setpriv")
    else []
)

pytestmark = pytest.mark.skipif(os.geteuid() == 0 and not _AS_ANYBODY, reason="needs setpriv where root runs the tests")


def advisor(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*_AS_ANYBODY, sys.executable, "-m", "advisor", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def setting(folder: Path, *more: str, database: str = "advisor.db") -> Path:
    (folder / "clippings").mkdir()
    (folder / "clippings" / "a.txt").write_text("France urges its citizens to leave Mali immediately")
    file = folder / "advisor.yaml"
    lines = [
        f"database: sqlite:///{database}",
        "sources: [{folder: clippings, publisher: clippings}]",
        'receivers: {phone: {url: "json://127.0.0.1:9/"}}',
        "routes: [{to: [phone]}]",
        *more,
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def closed() -> Iterator[Callable[..., Path]]:
    """Takes rights away, and gives them back so that the folder can be removed."""
    taken: list[tuple[Path, int]] = []

    def close(path: Path, mode: int = 0) -> Path:
        taken.append((path, path.stat().st_mode))
        path.chmod(mode)
        return path

    yield close
    for path, mode in reversed(taken):
        path.chmod(mode)


def refused(done: subprocess.CompletedProcess[str], code: int, *words: object) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert str(word) in done.stderr, done.stderr


@pytest.mark.parametrize("command", ["check", "run"])
def test_settings_that_may_not_be_read(tmp_path: Path, closed: Callable[..., Path], command: str) -> None:
    file = closed(setting(tmp_path))
    refused(advisor(command, "--config", file), 2, file, "Permission denied", "right to read it")


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_of_sources_that_may_not_be_read(tmp_path: Path, closed: Callable[..., Path], inside: bool) -> None:
    file = setting(tmp_path)
    if inside:
        (tmp_path / "in").mkdir()
        (tmp_path / "clippings").rename(tmp_path / "in" / "clippings")
        file.write_text(file.read_text().replace("folder: clippings", "folder: in/clippings"))
        closed(tmp_path / "in")
    else:
        closed(tmp_path / "clippings")
    for command in ("check", "poll"):
        refused(advisor(command, "--config", file), 2, f"{file}:2:12", "clippings cannot be read", "right to read it")


def test_a_file_among_the_clippings_that_may_not_be_read_is_named_until_it_can_be(
    tmp_path: Path, closed: Callable[..., Path]
) -> None:
    file = setting(tmp_path)
    closed(tmp_path / "clippings" / "a.txt")
    (tmp_path / "clippings" / "sub").mkdir()
    closed(tmp_path / "clippings" / "sub")
    done = advisor("poll", "--config", file)
    refused(done, 0, "truncated", "a.txt cannot be read", "sub cannot be read", "right to read it")
    (tmp_path / "clippings" / "a.txt").chmod(0o644)
    (tmp_path / "clippings" / "sub").chmod(0o755)
    with closing(sqlite3.connect(tmp_path / "advisor.db")) as database, database:
        database.execute("UPDATE sources SET next_poll_at = '2020-01-01T00:00:00+00:00'")
    assert "1 of 1 read" in advisor("poll", "--config", file).stdout
    assert "FR-ML-" in advisor("alerts", "--config", file).stdout


def test_a_database_whose_folder_may_not_be_written(tmp_path: Path, closed: Callable[..., Path]) -> None:
    file = setting(tmp_path)
    closed(tmp_path, 0o555)
    for command in ("run", "alerts"):
        refused(advisor(command, "--config", file), 1, tmp_path / "advisor.db", "may not write to its folder", "chown")
    refused(advisor("check", "--config", file), 0, f"note: {tmp_path / 'advisor.db'}")


def test_a_database_in_a_folder_that_may_not_be_entered(tmp_path: Path, closed: Callable[..., Path]) -> None:
    file = setting(tmp_path, database="in/advisor.db")
    (tmp_path / "in").mkdir()
    closed(tmp_path / "in")
    for command in ("run", "alerts"):
        refused(advisor(command, "--config", file), 1, tmp_path / "in" / "advisor.db", "may not enter its folder")
    refused(advisor("check", "--config", file), 0, "may not enter its folder")


def test_a_database_that_may_only_be_read_ends_the_service_and_can_be_looked_at(
    tmp_path: Path, closed: Callable[..., Path]
) -> None:
    file = setting(tmp_path)
    with open_store(f"sqlite:///{tmp_path}/advisor.db", datetime.now(UTC)):
        pass
    closed(tmp_path / "advisor.db", 0o444)
    for command in ("poll", "run"):
        refused(advisor(command, "--config", file), 1, tmp_path / "advisor.db", "is read-only", "write access")
    refused(advisor("alerts", "--config", file), 0)
    closed(tmp_path / "advisor.db")
    refused(advisor("poll", "--config", file), 1, "may not read", "chown")


def test_a_cache_that_may_not_be_written_is_done_without(
    tmp_path: Path, closed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = setting(tmp_path)
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("CACHE_DIRECTORY", str(closed(tmp_path / "cache")))
    refused(advisor("check", "--config", file), 0)


@pytest.mark.parametrize("part", ["own", "own/rules"])
def test_rules_of_ones_own_that_may_not_be_read(tmp_path: Path, closed: Callable[..., Path], part: str) -> None:
    file = setting(tmp_path, "rules: own")
    (tmp_path / part).mkdir(parents=True)
    closed(tmp_path / part)
    refused(advisor("check", "--config", file), 2, tmp_path / part, "cannot be read", "right to read it")


def test_a_first_configuration_where_nothing_may_be_written(tmp_path: Path, closed: Callable[..., Path]) -> None:
    closed(tmp_path, 0o555)
    words = ("--countries", "SY", "--url", "json://127.0.0.1:9/", "--no-test", "--config", tmp_path / "advisor.yaml")
    refused(advisor("init", *words), 1, tmp_path / "advisor.yaml", "Permission denied")

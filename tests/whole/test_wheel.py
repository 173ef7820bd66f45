"""The installed wheel works where the repository is not."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_its_data_and_detects_without_the_repository(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", tmp_path, ROOT], check=True, timeout=110)
    (wheel,) = tmp_path.glob("advisor-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    article = tmp_path / "news.jsonl"
    article.write_text('{"id": 1, "title": "Norway urges its citizens to leave Ethiopia now", "text": ""}\n')
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    code = (
        "import sys; sys.path.insert(0, 'site'); import advisor; assert '/site/' in advisor.__file__;"
        "from advisor.cli import main; sys.exit(main(['detect', '--json', 'news.jsonl']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"issuer": "NO", "destination": "ET", "kind": "leave", "severity": "extreme"' in done.stdout

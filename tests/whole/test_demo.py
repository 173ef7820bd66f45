from __future__ import annotations

import subprocess
import sys


def test_the_demonstration_shows_one_push_and_ends_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "demo", "--once"], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("SYRIA: Russia reminds its citizens they can leave") == 1
    assert "4 publishers" in done.stdout
    assert "Weaker than the headlines" in done.stdout
    assert "Embassy working normally" in done.stdout
    assert done.stdout.rstrip().endswith("5 publications of 4 publishers: 1 push")

"""Settings and knowledge read in a process of its own, which ends with what it needed for that.

pydantic, PyYAML and the scraps of compiling are a quarter of what the service would hold for years, and no allocator
gives them back. What cannot be read apart is read here; what is wrong with a file is the same error either way.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from advisor.config.running import Settings
from advisor.detect import Knowledge
from advisor.errors import AdvisorError

log = logging.getLogger(__name__)


def settings_apart(given: str | None) -> Settings:
    """The settings of the file named by `--config`, by the environment or by custom. Raises ConfigError."""
    settings: Settings = _ask("settings", given)
    return settings


def knowledge_apart(user: Path | None) -> Knowledge:
    """As `advisor.config.knowledge.knowledge`."""
    knowledge: Knowledge = _ask("knowledge", user)
    return knowledge


def main() -> None:
    """Answer the one question on standard input; nothing else may be written where the answer goes."""
    answers = os.dup(1)
    os.dup2(2, 1)
    what, argument = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our own process)
    try:
        answer = _read(what, argument)
    except AdvisorError as error:
        answer = error
    with open(answers, "wb") as stream:
        pickle.dump(answer, stream, pickle.HIGHEST_PROTOCOL)


def _ask(what: str, argument: Any) -> Any:
    command = [sys.executable, "-P", "-c", "from advisor.config.apart import main; main()"]
    try:
        done = subprocess.run(command, input=pickle.dumps((what, argument)), stdout=subprocess.PIPE, check=True)
        answer = pickle.loads(done.stdout)  # noqa: S301  (from our own process)
    except (OSError, subprocess.CalledProcessError, EOFError, pickle.UnpicklingError) as error:
        log.warning("%s: not read in a process apart (%s), so in this one, which takes more memory", what, error)
        return _read(what, argument)
    if isinstance(answer, AdvisorError):
        raise answer
    return answer


def _read(what: str, argument: Any) -> Any:
    # Imported where they are needed: this module is the service's, which is to do without them.
    if what == "settings":
        from advisor.config.settings import load_settings, settings_file

        return load_settings(settings_file(argument, os.environ))
    from advisor.config.knowledge import knowledge

    return knowledge(argument)

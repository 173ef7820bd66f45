"""Only the plug-ins that receivers need are brought in, and they are those that Apprise would take."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_ASK = """
import json, sys
from apprise.manager_plugins import NotificationManager
from advisor.deliver.plugins import bring_in
from advisor.deliver.channel import _quiet_logger
_quiet_logger()
manager = NotificationManager()
for scheme in json.loads(sys.argv[1]):
    bring_in(scheme)
    if scheme in manager and len(manager.schemas()) > 100 and sys.argv[2] == "few":
        sys.exit(f"{scheme} brought all of them")
print(json.dumps({scheme: manager[scheme].__name__ for scheme in manager.schemas()}))
"""


def brought(*schemes: str, few: bool = True) -> dict[str, str]:
    """The classes by scheme after those for `schemes` were asked for, in a process that had none."""
    command = [sys.executable, "-c", _ASK, json.dumps(schemes), "few" if few else "all"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def everything() -> dict[str, str]:
    return brought("https", few=False)


def test_one_scheme_brings_one_plugin_and_not_the_rest() -> None:
    assert set(brought("json").values()) == {"NotifyJSON"}
    assert set(brought("tgram", "mailto", "slack").values()) == {"NotifyTelegram", "NotifyEmail", "NotifySlack"}


def test_every_scheme_gets_the_plugin_that_apprise_has_for_it(everything: dict[str, str]) -> None:
    assert len(everything) > 100
    found = brought(*sorted(everything), few=False)
    assert found == everything


@pytest.mark.parametrize("scheme", ["mailtos", "ntfy", "discord", "pover", "gotify", "matrix", "xml", "signal"])
def test_usual_schemes_are_found_without_loading_all(scheme: str, everything: dict[str, str]) -> None:
    found = brought(scheme)
    assert found[scheme] == everything[scheme]
    assert len(set(found.values())) <= 12


def test_addresses_of_services_as_web_pages_ask_all_plugins(everything: dict[str, str]) -> None:
    assert brought("json", "https", few=False) == everything


def test_without_room_for_temporary_files_all_plugins_are_taken(everything: dict[str, str]) -> None:
    script = _ASK.replace("import json, sys\n", "import json, sys, tempfile\ntempfile.tempdir = '/proc/nowhere'\n")
    done = subprocess.run([sys.executable, "-c", script, '["json"]', "all"], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == everything

"""Messages in the receiver's language."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import advisor.deliver.headline
import advisor.deliver.words
from advisor.deliver.language import language, languages
from advisor.deliver.words import Budget, Neighbours, Surroundings, render
from advisor.model import Act, AlertChange, Kind, MissionStatus, Reason, Severity
from tests.deliver.samples import AT, CHAT, PHONE, alert, delivery, opened

FOREIGN = [code for code in languages() if code != "en"]
FIELD = re.compile(r"\{(\w+)\}")


def phrases() -> set[str]:
    """Every phrase that is said: literals given to `say`, and those chosen from tables beforehand."""
    found: set[str] = set()
    for module in (advisor.deliver.headline, advisor.deliver.words):
        tree = ast.parse(Path(module.__file__ or "").read_text())
        calls = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say"
        ]
        found |= {arg.value for call in calls for arg in call.args if isinstance(arg, ast.Constant)}
    found |= {reason.sentence for reason in Reason if reason.told}
    found |= {str(severity) for severity in Severity} | {f"Embassy {status}." for status in MissionStatus}
    return found


@pytest.mark.parametrize("code", FOREIGN)
def test_every_phrase_is_translated_with_what_is_filled_in(code: str) -> None:
    known = language(code).phrases
    assert phrases() - set(known) == set()
    assert [key for key, said in known.items() if set(FIELD.findall(key)) != set(FIELD.findall(said))] == []
    assert [key for key, said in known.items() if not said.strip()] == []


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("severity", list(Severity))
def test_no_english_is_left_in_a_title(code: str, kind: Kind, severity: Severity) -> None:
    said = alert(
        acts=(Act(kind, severity, area="the north" if severity is Severity.SEVERE else None),), severity=severity
    )
    message = render(delivery(opened(said)), replace(PHONE, language=code), Surroundings(), CHAT)
    assert not re.search(r"\b(its|tells|advises|embassy|travel)\b", message.title)


def test_a_german_message() -> None:
    acts = (Act(Kind.LEAVE, Severity.EXTREME, means=("commercial flights",)),)
    said = alert(acts=acts, severity=Severity.EXTREME, mission_status=MissionStatus.WORKING_NORMALLY)
    here = replace(PHONE, language="de", timezone="Europe/Berlin")
    message = render(delivery(opened(said)), here, Surroundings(Neighbours(("US", "GB"))), CHAT)
    assert message.title == "SYRIEN: Russland: Aufforderung an die eigenen Bürger, sofort auszureisen"
    assert "Die Botschaft arbeitet normal. Ausweg: Linienflüge. Nicht genannt: Frist, Kontakt." in message.body
    assert "3. Regierung in 48 h (nach US, GB)." in message.body
    assert "“The ministry told citizens to leave Syria”" in message.body, "words of sources stay as they are"


def test_an_update_says_its_reason_in_the_language() -> None:
    before = alert()
    acts = (*before.acts, Act(Kind.STAFF_DEPARTURE, Severity.SEVERE))
    change = AlertChange(
        AT + timedelta(1), Reason.WIDENED, replace(before, acts=acts), before, detail="RU about SY: also ..."
    )
    message = render(
        delivery(change, updates=1), replace(PHONE, language="fr"), Surroundings(), Budget(250, 9000, long=True)
    )
    assert message.title == "[Syrie] Russie : retire une partie du personnel d'ambassade ou des familles [RU-SY-7f3a]"
    assert message.body.startswith("Nouvelle mesure, zone, population, échéance ou moyen.")
    assert "RU about SY" not in message.body


def test_a_language_without_a_file_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    from advisor.config.settings import settings_from_text
    from advisor.errors import ConfigError

    text = (
        "database: sqlite:////x/y.db\nsources: [{feed: 'https://a.example/f'}]\nroutes: [{to: phone}]\n"
        "receivers:\n  phone: {url: 'json://x', language: xx}\n"
    )
    with pytest.raises(ConfigError, match=r"a\.yaml:5:.*not written in 'xx' \(ar, de, en"):
        settings_from_text(text, "a.yaml", tmp_path)

"""`advisor init`: the first configuration by a few questions; it passes `check`, and a test push shows it rings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from advisor.config.settings import settings_from_text
from advisor.config.values import countries
from advisor.deliver.channel import AddressError, open_channel
from advisor.errors import ConfigError, UsageError
from advisor.model import Message, Outcome, Receiver

_TEST = Message(
    "TEST: Advisor can reach you",
    "This is a test message. When a government calls its people out of a country you watch, the alarm arrives here.",
)


def run(options: argparse.Namespace) -> int:
    path = Path(options.config or "advisor.yaml")
    if path.exists() and not options.force:
        raise UsageError(f"{path} exists; choose another file with --config, or overwrite it with --force")
    watched = _asked_countries(options.countries)
    url = _asked_url(options.url)
    text = configuration(watched, url, path.parent)
    settings_from_text(text, str(path), path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_private(path, text)
    print(f"wrote {path}; it passes `advisor check --config {path}`")
    print(f"other commands find it by --config {path}, or everywhere after: export ADVISOR_CONFIG={path.absolute()}")
    if options.no_test:
        return 0
    attempt = open_channel(Receiver("phone", url)).send(_TEST)
    if attempt.outcome is Outcome.DELIVERED:
        print(f"a test message was delivered; start with: advisor run --config {path}")
        print("add a receiver called `operator` to hear when a source or this receiver goes bad")
        return 0
    print(f"the test message did not get through: {attempt.sentence}", file=sys.stderr)
    return 1


def configuration(watched: list[str], url: str, folder: Path) -> str:
    """The smallest useful file for these answers."""
    where = f"[{', '.join(watched)}]" if watched else "[]"
    return f"""# Written by `advisor init`. Every key is explained in the shipped config/advisor.yaml.
database: sqlite:///{folder.resolve() / "advisor.db"}
sources:
  - catalog: [news, official]
watch:
  destinations: {where}        # empty: the whole world
receivers:
  phone: {{url: '{url.replace("'", "''")}'}}
routes:
  - to: phone
"""


def _write_private(path: Path, text: str) -> None:
    """The address may hold a token: nobody else reads the file."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def _asked_countries(given: str | None) -> list[str]:
    while True:
        answer = (
            given
            if given is not None
            else _ask("Countries to watch (ISO codes such as SY LB, or region:sahel; empty: the world): ")
        )
        words = answer.replace(",", " ").split()
        try:
            countries(words)
            return [f'"{word}"' if ":" in word or word == "NO" else word for word in words]
        except ValueError as error:
            if given is not None:
                raise UsageError(str(error)) from error
            print(error, file=sys.stderr)


def _asked_url(given: str | None) -> str:
    while True:
        url = (
            given
            if given is not None
            else _ask("Where to push (an Apprise URL: tgram://..., slack://..., mailto://...): ")
        )
        try:
            open_channel(Receiver("phone", url.strip()))
            return url.strip()
        except (AddressError, ConfigError) as error:
            if given is not None:
                raise UsageError(str(error)) from error
            print(error, file=sys.stderr)


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError as error:
        raise UsageError("no answer on standard input; give --countries and --url") from error

"""`advisor check`: configuration, rules and receivers' addresses, every fault with its place; contacts nobody."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from advisor.cli.rules import run_examples
from advisor.config.documents import load
from advisor.config.knowledge import knowledge
from advisor.config.settings import load_settings, settings_file
from advisor.deliver.channel import AddressError, open_channel
from advisor.detect import Detector
from advisor.errors import ConfigError, Fault, listed
from advisor.store import stranger, unwritable


def run(options: argparse.Namespace) -> int:
    path = settings_file(options.config, os.environ)
    settings = load_settings(path)
    faults: list[Fault] = []
    document = load(path)
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    unwritten = unwritable(settings.database)
    if not unwritten and settings.database.startswith("sqlite:///") and not folder.is_dir():
        faults.append(document.fault(("database",), f"the folder {folder} does not exist; make it: mkdir -p {folder}"))
    elif strange := stranger(settings.database):
        faults.append(document.fault(("database",), strange))
    for name, receiver in settings.receivers.items():
        try:
            open_channel(receiver)
        except AddressError as error:
            faults.append(document.fault(("receivers", name, "url"), str(error)))
    try:
        rules = knowledge(settings.rules)
    except ConfigError as error:
        faults.extend(error.faults)
    if faults:
        print(listed(faults), file=sys.stderr)
        return 2
    _, unproven = run_examples(rules.rules, Detector(rules))
    if unproven:
        print("\n".join(unproven), file=sys.stderr)
        return 2
    print(
        f"{path}: good. {len(settings.sources)} sources, {len(settings.receivers)} receivers, "
        f"{len(settings.routes)} routes, {len(rules.rules)} rules, {len(rules.lexicons)} languages"
    )
    if unwritten:  # who checks need not be who runs it
        print(f"note: {unwritten}", file=sys.stderr)
    if not settings.operators:
        print(
            "note: no receiver is called `operator`; troubles of the service go to all of them",
            file=sys.stderr,
        )
    return 0

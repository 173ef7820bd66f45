"""Every command with its options and help; nothing heavier than argparse is imported here."""

from __future__ import annotations

import argparse
from typing import Any

from advisor import __version__

_EPILOG = "exit codes: 0 done, 1 failed, 2 wrong usage or configuration"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="advisor",
        description="The alarm for 'leave now': tells people once, with proof, when a government calls its citizens "
        "out of a country or takes its embassy out.",
        epilog=_EPILOG,
    )
    top.add_argument("--version", action="version", version=f"advisor {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _demo(commands)
    _run(commands)
    _check(commands)
    _look(commands)
    _detect(commands)
    _explain(commands)
    _replay(commands)
    _evaluate(commands)
    _rules(commands)
    return top


Commands = Any  # argparse keeps the type of its sub-parsers private


def command(commands: Commands, name: str, module: str, help_: str, **more: str) -> argparse.ArgumentParser:
    """One command, run by `advisor.cli.<module>`."""
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=more.get("description", help_), epilog=_EPILOG
    )
    made.set_defaults(module=module, command=name)
    return made


def _json(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", action="store_true", help="one JSON object a line, for machines")


def _rules_folder(made: argparse.ArgumentParser) -> None:
    made.add_argument("--rules", metavar="DIR", help="your own rules and lexicons, on top of the shipped ones")


def _config(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--config", metavar="FILE", help="default: $ADVISOR_CONFIG, /etc/advisor/advisor.yaml, config/advisor.yaml"
    )


def _demo(commands: Commands) -> None:
    made = command(commands, "demo", "demo", "see the whole path work: five real articles, one alert, one push")
    made.add_argument("--once", action="store_true", help="end after the delivery")
    made.add_argument("--verbose", action="store_true", help="show the daemon's log")


def _run(commands: Commands) -> None:
    made = command(commands, "run", "run", "the daemon, in the foreground; what systemd starts")
    _config(made)
    made.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    made = command(commands, "poll", "run", "one pass over everything that is due, deliver, end")
    _config(made)
    _json(made)
    made.add_argument("--verbose", action="store_true", help="show the log")


def _check(commands: Commands) -> None:
    made = command(commands, "check", "check", "validate configuration, rules and receivers; contacts nobody")
    _config(made)


def _look(commands: Commands) -> None:
    for name, help_ in (("alerts", "what is known"), ("sources", "what is watched"), ("deliveries", "what is owed")):
        made = command(commands, name, "look", help_)
        _config(made)
        _json(made)
        if name == "deliveries":
            made.add_argument("--resend", type=int, metavar="ID", help="owe an ended delivery again")


def _detect(commands: Commands) -> None:
    made = command(commands, "detect", "detect", "find advisories in articles: JSON Lines, text, Markdown, HTML, feeds")
    made.add_argument(
        "files", nargs="*", metavar="FILE", default=["-"], help="`-` is standard input (JSON Lines or text)"
    )
    _rules_folder(made)
    _json(made)


def _explain(commands: Commands) -> None:
    made = command(commands, "explain", "explain", "show which rules fired on a text, which did not, and why")
    made.add_argument(
        "file", metavar="FILE|URL|-", help="an article: text, Markdown, HTML, a feed, or a page's address"
    )
    _rules_folder(made)


def _replay(commands: Commands) -> None:
    made = command(
        commands, "replay", "replay", "the whole pipeline over the past, with a simulated clock; sends nothing"
    )
    made.add_argument("path", metavar="FILE.jsonl|DIR")
    made.add_argument("--source", metavar="ID", help="the catalogue source whose captured documents DIR holds")
    _rules_folder(made)
    _json(made)


def _evaluate(commands: Commands) -> None:
    made = command(commands, "evaluate", "evaluate", "score detection against labelled articles")
    made.add_argument("gold", metavar="GOLD.jsonl")
    _rules_folder(made)
    _json(made)


def _rules(commands: Commands) -> None:
    made = command(commands, "rules", "rules", "the rules: list them, run their examples, print their schema")
    made.add_argument("action", choices=["list", "test", "schema"])
    _rules_folder(made)
    _json(made)

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
    _act(commands)
    _init(commands)
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
    _sources(commands)
    for name, help_ in (("alerts", "what is known"), ("deliveries", "what is owed")):
        made = command(commands, name, "look", help_)
        _config(made)
        _json(made)
        if name == "deliveries":
            made.add_argument("--resend", type=int, metavar="ID", help="owe an ended delivery again")


def _sources(commands: Commands) -> None:
    made = command(
        commands, "sources", "sources", "what is watched; check polls each source once",
        description="list (default): each source's state, since when, and a sentence. check: poll each source once, "
        "detect nothing, store nothing, tell nobody. coverage: what silence is worth. import FILE.opml: "
        "the `sources:` of a configuration for another reader's list.",
    )  # fmt: skip
    made.add_argument("action", nargs="?", choices=["list", "check", "coverage", "import"], default="list")
    made.add_argument("file", nargs="?", metavar="FILE.opml", help="with import; `-` is standard input")
    made.add_argument("--opml", action="store_true", help="the configured sources as OPML 2.0, for other readers")
    _config(made)
    _json(made)


def _act(commands: Commands) -> None:
    made = command(commands, "silence", "act", "hold pushes that match until a time")
    made.add_argument("action", choices=["add", "list", "expire"])
    made.add_argument("id", type=int, nargs="?", help="with expire: the number of the silence")
    for name in ("destination", "issuer", "kind"):
        made.add_argument(f"--{name}", nargs="+", metavar=name.upper())
    made.add_argument("--for", dest="duration", default="4h", metavar="DURATION", help="30m, 4h, 2d; default 4h")
    made.add_argument("--why", metavar="TEXT")
    made.add_argument("--by", metavar="NAME")
    _config(made)
    _json(made)
    made = command(commands, "ack", "act", "say: I have it")
    made.add_argument("alert")
    made.add_argument("--by", metavar="NAME")
    made.add_argument("--instead", action="store_true", help="take it over from whoever has it")
    _config(made)
    made = command(commands, "retract", "act", "withdraw a false alarm; told to exactly those who were told")
    made.add_argument("alert")
    made.add_argument("--why", required=True, metavar="TEXT")
    _config(made)
    made = command(commands, "notify-test", "act", "send a marked test message to one receiver")
    made.add_argument("receiver")
    made.add_argument("--as", dest="loudness", choices=("wake", "notify", "digest"), default="notify",
                      help="how loud, where the service can be told; default notify")  # fmt: skip
    _config(made)


def _init(commands: Commands) -> None:
    made = command(commands, "init", "init", "write a first configuration and send a test push")
    made.add_argument("--config", metavar="FILE", help="the file to write; default advisor.yaml")
    made.add_argument("--countries", metavar="CODES", help="instead of asking: codes such as 'SY LB', '' for the world")
    made.add_argument("--url", metavar="URL", help="instead of asking: the Apprise URL to push to")
    made.add_argument("--force", action="store_true", help="overwrite an existing file")
    made.add_argument("--no-test", action="store_true", help="send no test message")


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
        "file", metavar="FILE|URL|-", help="articles: text, Markdown, HTML, a feed, JSON Lines, or a page's address"
    )
    made.add_argument("--all", action="store_true", help="further rules on words that fired, too")
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
    made = command(commands, "evaluate", "evaluate", "score detection, and events gathered, against labelled articles")
    made.add_argument("gold", metavar="GOLD.jsonl", nargs="+")
    made.add_argument("--floor", type=float, metavar="F1", help="fail when (issuer, destination, kind) F1 is below")
    _rules_folder(made)
    _json(made)


def _rules(commands: Commands) -> None:
    made = command(
        commands, "rules", "rules", "the rules: list them, run their examples, print their schema, compare two sets",
        description="list: every rule. test: run the built-in examples. schema: JSON Schema for editors. "
        "diff: which calls the rules of --rules DIR would add or lose against those in force, over the stored archive "
        "and over FILEs; without --rules, what today's rules answer against what was answered when it was read.",
    )  # fmt: skip
    made.add_argument("action", choices=["list", "test", "schema", "diff"])
    made.add_argument("files", nargs="*", metavar="FILE", help="with diff: articles as `advisor detect` takes them")
    made.add_argument("--since", metavar="DURATION", help="with diff: only what came in within this time, such as 30d")
    _config(made)
    _rules_folder(made)
    _json(made)

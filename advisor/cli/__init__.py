"""The command line: words to functions. Data goes to stdout, words and errors to stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. Each command's module is imported only when it
runs, so that `advisor --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from advisor.cli.parser import parser
from advisor.errors import AdvisorError, UsageError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(import_module(f"advisor.cli.{options.module}").run(options))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except AdvisorError as error:
        print(f"advisor: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"advisor: {error.filename}: {error.strerror}; give this user the right, or be another", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader went away: `advisor alerts | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0

"""`padstride`: reads the command line, runs a command, and ends with its exit code."""

import argparse
import re
import sys

import shtab

from padstride import __version__
from padstride.cli.commands import COMMANDS
from padstride.cli.printing import COLORS, console_of, leave_pipe, print_error, print_refusal, replace_unwritable
from padstride.cli.words import UNJUDGED
from padstride.errors import PadstrideError
from padstride.refusals import Refused

DESCRIPTION = """Checks convolutional networks before they run.

Asks a Padstride service: that of --url, else of PADSTRIDE_URL, else http://127.0.0.1:8000."""
EPILOG = "padstride COMMAND --help tells the options and exit codes of a command."
EXAMPLE = re.compile("^(?=padstride )", re.MULTILINE)
INTERRUPTED, NOT_READ = 130, 141
"""The exit codes that shells give for Ctrl-C, and for output that nobody reads any more."""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser("padstride", description=DESCRIPTION, epilog=EPILOG, formatter_class=_Plain)
    top.add_argument("--version", action="version", version=f"padstride {__version__}", help="print the version")
    shtab.add_argument_to(top, "--print-completion", help="print a script by which a shell completes commands")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for name, command in COMMANDS.items():
        words = EXAMPLE.sub("  ", command.__doc__ or "")
        codes = f"exit codes: {command.EXIT_CODES}"
        sub = commands.add_parser(name, help=command.HELP, description=words, epilog=codes, formatter_class=_Plain)
        command.describe(sub)
        sub.add_argument(
            "--color", choices=COLORS, default="auto", help="auto (default): on a terminal, unless NO_COLOR is set"
        )
    return top


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Paragraphs as they are written."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command.

    Returns:
        Its exit code.
    """
    try:
        replace_unwritable()
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()
        return NOT_READ
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run(arguments: list[str] | None) -> int:
    options = parser().parse_args(arguments)
    errors = console_of(options.color, stderr=True)
    try:
        code: int = COMMANDS[options.command].run(options, console_of(options.color))
    except Refused as refused:
        print_refusal(refused, errors)
    except BrokenPipeError:
        raise
    except (PadstrideError, OSError) as error:
        print_error(error, errors)
    else:
        return code
    return UNJUDGED


if __name__ == "__main__":
    sys.exit(main())

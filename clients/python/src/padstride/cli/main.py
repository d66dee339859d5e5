"""`padstride`: reads the command line, runs a command, and ends with its exit code."""

import argparse
import sys

import shtab
from rich.console import Console

from padstride import __version__
from padstride.cli.commands import COMMANDS
from padstride.cli.words import EXIT_CODES, UNJUDGED
from padstride.errors import PadstrideError, Refused

DESCRIPTION = """Checks convolutional networks before they run.

Asks a Padstride service: that of --url, else of PADSTRIDE_URL, else http://127.0.0.1:8000."""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser("padstride", description=DESCRIPTION, epilog=EXIT_CODES, formatter_class=_Plain)
    top.add_argument("--version", action="version", version=f"padstride {__version__}")
    shtab.add_argument_to(
        top, "--print-completion", help="print what a shell completes commands with: bash, zsh or tcsh"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        words = command.__doc__ or ""
        sub = commands.add_parser(name, help=command.HELP, description=words, epilog=EXIT_CODES, formatter_class=_Plain)
        command.describe(sub)
    return top


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Paragraphs as they are written."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command."""
    options = parser().parse_args(arguments)
    console = Console(highlight=False, soft_wrap=False)
    errors = Console(stderr=True, highlight=False)
    try:
        code: int = COMMANDS[options.command].run(options, console)
    except Refused as refused:
        errors.print(f"[bold red]refused[/]: {refused.detail}", soft_wrap=True)
        for diagnostic in refused.diagnostics:
            help_text = f" ({diagnostic.help})" if diagnostic.help else ""
            errors.print(
                f"  {diagnostic.location or '/'}: {diagnostic.message}{help_text}", markup=False, soft_wrap=True
            )
        return UNJUDGED
    except (PadstrideError, OSError) as error:
        errors.print(f"padstride: {error}", markup=False, soft_wrap=True)
        return UNJUDGED
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())

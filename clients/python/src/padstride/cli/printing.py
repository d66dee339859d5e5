"""What commands print to, and how refusals are told in the words of the command line."""

import os
import re
import sys
from dataclasses import replace
from io import TextIOWrapper
from typing import Literal

from rich.console import Console

from padstride.errors import Unreachable
from padstride.findings import Finding
from padstride.models import NOWHERE
from padstride.refusals import Busy, Refused
from padstride.text import TextPrinter

Color = Literal["auto", "always", "never"]
COLORS: tuple[Color, ...] = ("auto", "always", "never")
OPTIONS = {"`input_shape`": "--input", "`entry`": "--entry", "`arguments`": "--argument NAME=VALUE"}
"""What a member of a request is on the command line."""
PLACES = {
    "/model/entry": "--entry",
    "/input_shape": "--input",
    "/model/arguments": "--argument NAME=VALUE",
    "/framework": "--framework",
    "/unknown/0": "--unknown",
    "/limit": "--limit",
}
UNREACHABLE = "start the service, or name its address with --url or PADSTRIDE_URL"
HELP = {
    "/v1/networks/read": "give an object with `layers`, a list of layers, or with a Keras configuration",
    "`format`": "give PyTorch or Keras source (.py), .onnx, .keras or .pt2, or JSON",
    "post `input_shape`": "give the shape of the input, such as --input 1,3,224,224",
}
"""What help about a request is on the command line, by words of it."""
ENDING = re.compile(r" \(line \d+( of [^()]+)?\)$")
"""The place at the end of a refusal's message, which is shown beside it."""


def console_of(color: Color, *, stderr: bool = False) -> Console:
    """Standard output or error: with "auto" in colours on a terminal, unless `NO_COLOR` is set."""
    return _Console(
        stderr=stderr,
        highlight=False,
        force_terminal=True if color == "always" else None,
        no_color=False if color == "always" else None,
        color_system=None if color == "never" else "auto",
    )


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leaves it to `main`: rich would end with the exit code 1, which means mistakes."""
        raise BrokenPipeError


def leave_pipe() -> None:
    """Sends what is still to be written to nowhere: who read it has gone, and Python would complain at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def replace_unwritable() -> None:
    """Has characters replaced that standard output and error cannot write, as where they are written in ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def words_of(error: Exception) -> str:
    """An error in words: of a file with its name."""
    if isinstance(error, Busy):
        return f"{error.detail}; try again later"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def help_of(error: Exception) -> str | None:
    """What to do about an error."""
    return UNREACHABLE if isinstance(error, Unreachable) else None


def print_error(error: Exception, errors: Console) -> None:
    """What went wrong here, and what to do about it."""
    errors.print(f"padstride: {words_of(error)}", markup=False, soft_wrap=True)
    if text := help_of(error):
        errors.print(f"  help: {text}", markup=False, soft_wrap=True)


def print_refusal(refused: Refused, errors: Console) -> None:
    """Why a question was refused; of a model at its place."""
    findings = refusals_of(refused)
    if any(finding.place.path != NOWHERE.path(None) for finding in findings):
        printer = TextPrinter(errors)
        for finding in findings:
            printer.finding(finding)
        return
    for finding in findings:
        errors.print(f"refused: {finding.message}", markup=False, soft_wrap=True)
        if finding.help:
            errors.print(f"  help: {finding.help}", markup=False, soft_wrap=True)
    if not findings:
        print_error(refused, errors)


def refusals_of(refused: Refused) -> list[Finding]:
    """The reasons of a refusal in the words of the command line; itself it speaks of members of a request."""
    return [
        replace(
            each,
            message=ENDING.sub("", each.message) if each.place.line is not None else each.message,
            help=_help_of(each),
            place=replace(each.place, what=None),
        )
        for each in refused.findings
    ]


def _help_of(finding: Finding) -> str | None:
    if finding.help is None:
        return None
    here = next((text for words, text in HELP.items() if words in finding.help), None)
    if here is not None:
        return here
    members = [option for member, option in OPTIONS.items() if member in finding.help]
    named = [option for place, option in PLACES.items() if finding.place.what == place]
    option = next(iter([*members, *named]), None)
    return f"{finding.help} (here: {option})" if option else finding.help

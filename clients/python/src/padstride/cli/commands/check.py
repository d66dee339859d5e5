"""Check models: every mistake at its line, with its cause and a change that mends it.

  padstride check model.py --input 1,3,224,224
  padstride check model.py --entry Net --argument width=32 --input 1,3,32,32 --fix
  padstride check model.onnx other.keras
  padstride check models/                       every file in it that makes a model
  padstride check package/ --entry package.net:Net
  cat model.py | padstride check - --input 1,3,32,32
  padstride check model.py --format sarif > padstride.sarif

A source file takes the modules of its folder with it that it imports. Each of several models in a file is judged. In
folders and with --skip-others, what needs arguments is passed over. Nothing is executed, and weights stay here.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from padstride import Client, PadstrideError, Unreachable
from padstride.cli.formats import FORMATS
from padstride.cli.judged import Judged
from padstride.cli.judging import Judge, Question, Target
from padstride.cli.printing import console_of, print_error
from padstride.cli.waiting import each_done
from padstride.cli.words import (
    MISTAKES,
    SOUND,
    UNJUDGED,
    add_framework,
    add_service,
    client_of,
    given,
    members_of,
    pair,
    shape,
)
from padstride.findings import Finding
from padstride.lines import lines_in
from padstride.sources import PIPE, makes_model, models_below, piped
from padstride.text import TextPrinter, counts_of, summary_of
from padstride.words import counted

HELP = "find every mistake of a model"
EXIT_CODES = "0 sound, 1 mistakes were found, 2 something could not be judged, 130 Ctrl-C"


def add_model(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Which model, and what goes in."""
    parser.add_argument(
        "paths" if several else "path",
        nargs="+" if several else None,
        type=Path,
        metavar="FILE",
        help="PyTorch or Keras source (.py), .onnx, .keras, .pt2 or .json; a folder; - for standard input",
    )
    parser.add_argument(
        "--entry",
        metavar="NAME",
        help="the class or function that makes the model, where there are several: Net, or package.module:Net",
    )
    parser.add_argument(
        "--input",
        dest="input_shape",
        type=shape,
        metavar="SHAPE",
        help="the shape of the model's input: 1,3,224,224; ? for a size that is not known",
    )
    parser.add_argument(
        "--argument",
        action="append",
        default=[],
        type=pair,
        metavar="NAME=VALUE",
        help="an argument that the entry is called with; repeatable",
    )
    add_framework(parser, "the model's own")
    add_service(parser)


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_model(parser, several=True)
    parser.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="how findings are printed (default: text)"
    )
    parser.add_argument("--fix", action="store_true", help="change the files by the safe fixes, and check again")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix: also by fixes that are one choice of several"
    )
    parser.add_argument(
        "--warnings",
        choices=("show", "hide", "fail"),
        default="show",
        help="show warnings (default), hide them, or let them fail: exit code 1",
    )
    parser.add_argument(
        "--skip-others",
        action="store_true",
        help="pass over source files that make no model, or none by itself, as commit hooks do",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints what is wrong; the exit code says whether anything is."""
    if options.unsafe_fixes and not options.fix:
        raise PadstrideError("--unsafe-fixes needs --fix")
    if options.fix and any(map(_is_pipe, options.paths)):
        raise PadstrideError("standard input cannot be changed: --fix needs files")
    printer = _Printer(console, console_of(options.color, stderr=True))
    judged: list[Judged] = []
    with client_of(options) as client:
        for each in _all_judged(client, options):
            judged.append(replace(each, findings=_shown(each.findings, options)))
            (printer.model if options.format == "text" else printer.notes)(judged[-1])
        if options.format != "text":
            console.out(FORMATS[options.format](judged, client.diagnostic), highlight=False)
    if options.format == "text" and len(judged) != 1:
        console.print(_summary(judged), style="bold", markup=False, soft_wrap=True)
    return max((_code(each, options) for each in judged), default=SOUND)


def _all_judged(client: Client, options: argparse.Namespace) -> Iterator[Judged]:
    """What was found at each path; nothing more once no service answers."""
    judge = Judge(client, question_of(options))
    for judged in each_done(_targets(options), judge, "checking", options.color):
        yield judged
        if any(isinstance(failure.error, Unreachable) for failure in judged.failures):
            break


def question_of(options: argparse.Namespace) -> Question:
    """What the options of `add_model` ask about a model, and whether it may be changed."""
    return Question(
        entry=options.entry,
        arguments=members_of(options.argument) or None,
        options=given(options, "input_shape", "framework"),
        fix=getattr(options, "fix", False),
        unsafe=getattr(options, "unsafe_fixes", False),
    )


def _targets(options: argparse.Namespace) -> list[Target]:
    """What is checked, each by itself: files, and the files of folders, unless an entry makes them one model."""
    targets: list[Target] = []
    for path in options.paths:
        if path.is_dir() and options.entry is None:
            try:
                targets += (Target(path=file, lenient=True) for file in models_below(path))
            except PadstrideError as error:
                targets.append(Target(path=path, error=error))
        elif not options.skip_others or path.is_dir() or makes_model(path):
            targets.append(Target(path=path, lenient=options.skip_others))
    return targets


def _is_pipe(path: Path) -> bool:
    return str(path) == "-"


def _shown(findings: Sequence[Finding], options: argparse.Namespace) -> list[Finding]:
    return [each for each in findings if options.warnings != "hide" or each.severity == "error"]


def _code(judged: Judged, options: argparse.Namespace) -> int:
    failing = any(each.severity == "error" or options.warnings == "fail" for each in judged.findings)
    return UNJUDGED if judged.failures else MISTAKES if failing else SOUND


def _summary(all_judged: Sequence[Judged]) -> str:
    """How many mistakes there are in all models, and how many files could not be judged."""
    models = counted(sum(judged.answered for judged in all_judged), "model")
    findings = [finding for judged in all_judged for finding in judged.findings]
    failed = sum(bool(judged.failures) for judged in all_judged)
    passed_over = sum(bool(judged.passed_over) for judged in all_judged)
    parts = [f"{counts_of(findings) or 'no mistake'} in {models}"]
    parts += [f"{failed} could not be judged"] if failed else []
    parts += [f"{passed_over} passed over"] if passed_over else []
    return ", ".join(parts)


class _Printer:
    """Prints what came of each path for people."""

    def __init__(self, console: Console, errors: Console) -> None:
        self._console = console
        self._errors = errors

    def model(self, judged: Judged) -> None:
        """Everything about a path."""
        for title in judged.fixed:
            self._console.print(f"[bold green]fixed[/]: {escape(f'{judged.path}: {title}')}", soft_wrap=True)
        printer = TextPrinter(self._console)
        if _is_pipe(judged.path) and not judged.failures:
            printer.texts[Path(PIPE)] = lines_in(piped().decode(errors="replace"))
        for finding in [*judged.findings, *(each.refusal for each in judged.failures if each.refusal)]:
            printer.finding(finding)
        self._errors_of(judged)
        name = "standard input" if _is_pipe(judged.path) else str(judged.path)
        for line in (*(f"{name} passed over: {reason}" for reason in judged.passed_over), _verdict(judged, name)):
            if line:
                self._console.print(line, style="bold", markup=False, soft_wrap=True)

    def notes(self, judged: Judged) -> None:
        """What the other formats leave to standard error."""
        self._errors_of(judged)
        for reason in judged.passed_over:
            self._errors.print(f"note: {judged.path} passed over: {reason}", markup=False, soft_wrap=True)

    def _errors_of(self, judged: Judged) -> None:
        for failure in judged.failures:
            if failure.error is not None:
                print_error(failure.error, self._errors)


def _verdict(judged: Judged, name: str) -> str | None:
    """A line on a file; none where nothing of it was judged, and all that is to say about that was said."""
    if judged.answered and (judged.findings or not judged.failures):
        return summary_of(judged.findings, name)
    refused = any(failure.refusal for failure in judged.failures)
    return f"{name} could not be judged{' as a whole' if judged.answered else ''}" if refused else None

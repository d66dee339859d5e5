"""Check models: every mistake at its line, with its cause and a change that mends it.

  padstride check model.py --input 1,3,224,224
  padstride check model.py --entry Net --argument width=32 --input 1,3,32,32 --fix
  padstride check model.onnx other.keras
  padstride check models/                       every file in it that makes a model
  padstride check package/ --entry package.net:Net
  cat model.py | padstride check - --input 1,3,32,32
  padstride check model.py --format sarif > padstride.sarif

A source file takes the modules of its folder with it that it imports. Nothing is executed, and weights stay here.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from padstride import Client, PadstrideError, Refused
from padstride.cli.formats import FORMATS
from padstride.cli.printing import refusals_of
from padstride.cli.waiting import each_done
from padstride.cli.words import MISTAKES, SOUND, UNJUDGED, add_framework, add_service, client_of, given, pair, shape
from padstride.diffs import apply_diff
from padstride.findings import Finding, best_fixes
from padstride.models import Model
from padstride.sources import PIPE, makes_model, model_of, models_below, piped
from padstride.text import TextPrinter, summary_of

HELP = "find every mistake of a model"
MOST_FIXES = 20
"""Changes applied one after the other, at most."""
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
        "--skip-others", action="store_true", help="pass over source files that make no model, as commit hooks do"
    )


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was found at a path."""

    path: Path
    findings: Sequence[Finding]
    refused: bool
    """Whether the service refused to judge: the findings say why."""
    fixed: Sequence[str] = ()
    """The titles of the changes that were applied before."""


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints what is wrong; the exit code says whether anything is."""
    if options.unsafe_fixes and not options.fix:
        raise PadstrideError("--unsafe-fixes needs --fix")
    all_judged: list[Judged] = []
    with client_of(options) as client:
        paths, work = _paths(options), partial(_judged, client, options)
        for judged in each_done(paths, work, "checking", options.color):
            all_judged.append(replace(judged, findings=_shown(judged.findings, options)))
            if options.format == "text":
                _print(console, all_judged[-1])
        findings = [finding for judged in all_judged for finding in judged.findings]
        if options.format != "text":
            console.out(FORMATS[options.format](findings, client.diagnostic), highlight=False)
    if options.format == "text" and len(all_judged) != 1:
        text = f"{len(all_judged)} models: {summary_of(findings, 'all')}".replace("all is", "all are")
        console.print(text, style="bold", soft_wrap=True)
    return max((_code(judged, options) for judged in all_judged), default=SOUND)


def _shown(findings: Sequence[Finding], options: argparse.Namespace) -> list[Finding]:
    return [each for each in findings if options.warnings != "hide" or each.severity == "error"]


def _code(judged: Judged, options: argparse.Namespace) -> int:
    failing = any(each.severity == "error" or options.warnings == "fail" for each in judged.findings)
    return UNJUDGED if judged.refused else MISTAKES if failing else SOUND


def _judged(client: Client, options: argparse.Namespace, path: Path) -> Judged:
    """What is found at a path, after the changes that the options ask for."""
    found, refused = _findings(client, options, path)
    if not options.fix or refused:
        return Judged(path=path, findings=found, refused=refused)
    titles = _mended(client, options, path, found)
    found, refused = _findings(client, options, path) if titles else (found, refused)
    return Judged(path=path, findings=found, refused=refused, fixed=titles)


def _paths(options: argparse.Namespace) -> list[Path]:
    """What is checked, each by itself: files, and the files of folders, unless an entry makes them one model."""
    paths: list[Path] = []
    for path in options.paths:
        if path.is_dir() and options.entry is None:
            paths += models_below(path)
        elif not options.skip_others or path.is_dir() or makes_model(path):
            paths.append(path)
    return paths


def _findings(client: Client, options: argparse.Namespace, path: Path) -> tuple[list[Finding], bool]:
    """What the service finds, and whether it refused to judge: its reasons are findings as well."""
    model = model_of_options(options, path)
    try:
        return client.validate(model, **given(options, "input_shape", "framework")).findings, False
    except Refused as refused:
        if not refused.diagnostics:
            raise
        return refusals_of(refused), True


def model_of_options(options: argparse.Namespace, path: Path) -> Model:
    """The model at a path that the options name."""
    return replace(model_of(path), entry=options.entry, arguments=dict(options.argument) or None)


def _mended(client: Client, options: argparse.Namespace, path: Path, findings: list[Finding]) -> list[str]:
    """Applies changes until none is left that may be; their titles."""
    titles: list[str] = []
    while len(titles) < MOST_FIXES:
        errors = [each for each in findings if each.severity == "error"]
        fix = next(best_fixes(errors, unsafe=options.unsafe_fixes), None)
        if fix is None:
            break
        apply_diff(fix.diff or "", fix.folder)
        titles.append(fix.title)
        findings, refused = _findings(client, options, path)
        if refused:
            break
    return titles


def _print(console: Console, judged: Judged) -> None:
    for title in judged.fixed:
        console.print(f"[bold green]fixed[/]: {escape(f'{judged.path}: {title}')}", soft_wrap=True)
    printer = TextPrinter(console)
    piped_here = str(judged.path) == "-"
    if piped_here:
        printer.texts[Path(PIPE)] = piped().decode(errors="replace").splitlines()
    for finding in judged.findings:
        printer.finding(finding)
    name = "standard input" if piped_here else str(judged.path)
    text = f"{name} could not be judged" if judged.refused else summary_of(judged.findings, name)
    console.print(text, style="bold", markup=False, soft_wrap=True)

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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from padstride import Client, Refused
from padstride.cli.formats import FORMATS
from padstride.cli.waiting import each_of
from padstride.cli.words import MISTAKES, SOUND, UNJUDGED, add_framework, add_service, client_of, given, shape, value
from padstride.diffs import apply_diff
from padstride.findings import Finding, best_fixes, findings_of
from padstride.models import Model
from padstride.sources import PIPE, makes_model, model_of, models_below, piped
from padstride.text import TextPrinter, summary_of
from padstride.transport import address

HELP = "find every mistake of a model"
MOST_FIXES = 20
"""Changes applied one after the other, at most."""
OPTIONS = {"`input_shape`": "--input", "`entry`": "--entry", "`arguments`": "--argument NAME=VALUE"}
"""What a member of a request is on the command line."""
PLACES = {"/model/entry": "--entry", "/input_shape": "--input", "/model/arguments": "--argument NAME=VALUE"}


def add_model(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Which model, and what goes in."""
    parser.add_argument(
        "paths" if several else "path",
        nargs="+" if several else None,
        type=Path,
        metavar="FILE",
        help="source, .onnx, .keras, .pt2 or .json; a folder; - for what comes from a pipe",
    )
    parser.add_argument("--entry", metavar="NAME", help="what makes the model, such as Net or package.module:Net")
    parser.add_argument(
        "--input", dest="input_shape", type=shape, metavar="SHAPE", help="its input's shape: 1,3,224,224; ? for unknown"
    )
    parser.add_argument(
        "--argument", action="append", default=[], metavar="NAME=VALUE", help="an argument for the entry; repeatable"
    )
    add_framework(parser)
    add_service(parser)


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_model(parser, several=True)
    parser.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="how findings are printed (default: text)"
    )
    parser.add_argument("--fix", action="store_true", help="apply changes that follow from the rest of the model")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with --fix: also changes that are a choice")
    parser.add_argument(
        "--warnings", choices=("show", "hide", "fail"), default="show", help="what to do with warnings (default: show)"
    )
    parser.add_argument(
        "--skip-others", action="store_true", help="pass over source files that make no model, as in a commit"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints what is wrong; the exit code says whether anything is."""
    judged = applied = 0
    findings: list[Finding] = []
    code = SOUND
    with client_of(options) as client:
        for path in each_of(_paths(options), "checking"):
            found, refused = _findings(client, options, path)
            if options.fix and not refused:
                titles = _mended(client, options, path, found)
                applied += len(titles)
                found, refused = _findings(client, options, path) if titles else (found, refused)
                if options.format == "text":
                    for title in titles:
                        console.print(f"[bold green]fixed[/]: {path}: {title}", soft_wrap=True)
            failing = any(each.severity == "error" or options.warnings == "fail" for each in found)
            code = max(code, UNJUDGED if refused else MISTAKES if failing else SOUND)
            shown = [each for each in found if options.warnings != "hide" or each.severity == "error"]
            findings += shown
            judged += 1
            if options.format == "text":
                _print(console, shown, path, refused=refused)
        if options.format != "text":
            console.out(FORMATS[options.format](findings, client.diagnostic), highlight=False)
        elif judged != 1:
            console.print(f"{judged} models: {summary_of(findings, 'all')}".replace("all is", "all are"), style="bold")
    return code


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
        found = findings_of(refused.diagnostics, model.origin, address(options.url))
        return [replace(each, help=_helped(each)) for each in found], True


def _helped(finding: Finding) -> str | None:
    """Help in the words of the command line: a refusal's is in those of a request."""
    members = [option for member, option in OPTIONS.items() if member in (finding.help or "")]
    named = [option for place, option in PLACES.items() if finding.place.what == place]
    option = next(iter([*members, *named]), None)
    return f"{finding.help} (here: {option})" if finding.help and option else finding.help


def model_of_options(options: argparse.Namespace, path: Path) -> Model:
    """The model at a path that the options name."""
    pairs = [word.partition("=") for word in options.argument]
    arguments = {name: value(text) for name, _, text in pairs}
    return replace(model_of(path), entry=options.entry, arguments=arguments or None)


def _mended(client: Client, options: argparse.Namespace, path: Path, findings: list[Finding]) -> list[str]:
    """Applies changes until none is left that may be; their titles."""
    titles: list[str] = []
    while len(titles) < MOST_FIXES:
        fix = next(_changes(findings, unsafe=options.unsafe_fixes), None)
        if fix is None:
            break
        diff, title = fix
        apply_diff(diff, path if path.is_dir() else path.parent)
        titles.append(title)
        findings, refused = _findings(client, options, path)
        if refused:
            break
    return titles


def _changes(findings: Sequence[Finding], *, unsafe: bool) -> Iterator[tuple[str, str]]:
    errors = [each for each in findings if each.severity == "error"]
    return ((fix.diff, fix.title) for fix in best_fixes(errors, unsafe=unsafe) if fix.diff is not None)


def _print(console: Console, findings: list[Finding], path: Path, *, refused: bool) -> None:
    printer = TextPrinter(console)
    piped_here = str(path) == "-"
    if piped_here:
        printer.texts[Path(PIPE)] = piped().decode(errors="replace").splitlines()
    for finding in findings:
        printer.finding(finding)
    name = "standard input" if piped_here else str(path)
    text = f"{name} could not be judged" if refused else summary_of(findings, name)
    console.print(text, style="bold", markup=False, soft_wrap=True)

"""Check a model: every mistake at its line, with its cause and a change that mends it.

  padstride check model.py --input 1,3,224,224
  padstride check model.py --entry Net --input 1,3,32,32 --fix
  padstride check model.onnx
  padstride check network.json --format sarif > padstride.sarif

A source file takes the modules of its folder with it that it imports.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from padstride import Client, Refused
from padstride.cli.formats import FORMATS
from padstride.cli.text import TextPrinter, summary_of
from padstride.cli.words import MISTAKES, SOUND, add_framework, add_service, client_of, given, shape, value
from padstride.diffs import apply_diff
from padstride.findings import Finding, best_fixes, findings_in, findings_of
from padstride.models import Model
from padstride.sources import model_of
from padstride.transport import address

HELP = "find every mistake of a model"
MOST_FIXES = 20
"""Changes applied one after the other, at most."""


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model, and what goes in."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE", help="source, .onnx, .keras, .pt2, .json, or a folder"
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
    add_model(parser)
    parser.add_argument(
        "--format", choices=("text", *FORMATS), default="text", help="how findings are printed (default: text)"
    )
    parser.add_argument("--fix", action="store_true", help="apply changes that follow from the rest of the model")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with --fix: also changes that are a choice")
    parser.add_argument(
        "--warnings", choices=("show", "hide", "fail"), default="show", help="what to do with warnings (default: show)"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints what is wrong; the exit code says whether anything is."""
    with client_of(options) as client:
        findings = _findings(client, options)
        applied = _mended(client, options, findings) if options.fix else []
        if applied:
            findings = _findings(client, options)
    shown = [finding for finding in findings if options.warnings != "hide" or finding.severity == "error"]
    if options.format == "text":
        _print(console, shown, applied, options.paths)
    else:
        console.print(FORMATS[options.format](shown), markup=False, soft_wrap=True)
    failing = [finding for finding in findings if finding.severity == "error" or options.warnings == "fail"]
    return MISTAKES if failing else SOUND


def _findings(client: Client, options: argparse.Namespace) -> list[Finding]:
    """What the service finds. A model that it cannot read, at a line that it names, is a finding as well."""
    path, url = options.paths[0], address(options.url)
    try:
        report = client.validate(model_of_options(options), **given(options, "input_shape", "framework"))
    except Refused as refused:
        placed = [diagnostic for diagnostic in refused.diagnostics if diagnostic.source is not None]
        if not placed:
            raise
        return findings_in(refused.diagnostics, path, url)
    return findings_of(report, path, url)


def model_of_options(options: argparse.Namespace) -> Model:
    """The model that the options name."""
    arguments = {name: value(text) for name, text in (word.split("=", 1) for word in options.argument)}
    return replace(model_of(options.paths), entry=options.entry, arguments=arguments or None)


def _mended(client: Client, options: argparse.Namespace, findings: list[Finding]) -> list[str]:
    """Applies changes until none is left that may be; their titles."""
    folder = options.paths[0] if options.paths[0].is_dir() else options.paths[0].parent
    titles: list[str] = []
    while len(titles) < MOST_FIXES:
        fix = next(
            best_fixes([each for each in findings if each.severity == "error"], unsafe=options.unsafe_fixes), None
        )
        if fix is None or fix.diff is None:
            break
        apply_diff(fix.diff, folder)
        titles.append(fix.title)
        findings = _findings(client, options)
    return titles


def _print(console: Console, findings: list[Finding], applied: list[str], paths: list[Path]) -> None:
    printer = TextPrinter(console)
    for title in applied:
        console.print(f"[bold green]fixed[/]: {title}")
    for finding in findings:
        printer.finding(finding)
    console.print(summary_of(findings, ", ".join(str(path) for path in paths)), style="bold")

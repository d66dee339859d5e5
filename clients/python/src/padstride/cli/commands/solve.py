"""Find parameters that give a wanted size. Without --unknown it finds the padding.

padstride solve 224 112 conv2d kernel_size=7 stride=2
padstride solve 32 16 conv2d --unknown kernel_size,stride,padding --limit 10
"""

import argparse

from rich.console import Console
from rich.table import Table

from padstride import Client
from padstride.cli.tables import print_table
from padstride.cli.words import MISTAKES, SOUND, add_framework, add_service, client_of, given, layer, size, wanted_size
from padstride.words import counted, written_text

HELP = "find the padding, or other parameters, that give a size"
EXIT_CODES = "0 answered, 1 nothing gives the size, 2 refused or not reached, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("size", type=size, metavar="INPUT", help="the input's size: 224 for every axis, or 224,320")
    parser.add_argument(
        "wanted",
        type=wanted_size,
        metavar="OUTPUT",
        help="the size that should come out: 112, or 112,160; same; causal",
    )
    parser.add_argument("layer", nargs="+", metavar="LAYER", help="its type, then name=value for each known parameter")
    parser.add_argument("--unknown", metavar="NAMES", help="what to find, with commas: kernel_size,stride,padding")
    parser.add_argument("--limit", type=int, metavar="N", help="with --unknown: how many solutions at most")
    add_framework(parser)
    add_service(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints the solutions; the exit code is 1 where there is none."""
    with client_of(options) as client:
        return (_combinations if options.unknown else _padding)(client, options, console)


def _padding(client: Client, options: argparse.Namespace, console: Console) -> int:
    named = given(options, "framework")
    answer = client.padding(layer(options.layer), input_size=options.size, output_size=options.wanted, **named)
    if not answer.solvable:
        for diagnostic in answer.diagnostics:
            console.print(diagnostic.message, markup=False, soft_wrap=True)
        return MISTAKES
    console.print(f"padding = {answer.padding}", style="bold green")
    for name, written in (answer.written or {}).items():
        console.print(f"  {name}: {written_text(written)}", markup=False, soft_wrap=True)
    return SOUND


def _combinations(client: Client, options: argparse.Namespace, console: Console) -> int:
    answer = client.solve(
        layer(options.layer),
        input_size=options.size,
        output_size=options.wanted,
        unknown=options.unknown.split(","),
        **given(options, "framework", "limit"),
    )
    names = list(answer.solutions[0]) if answer.solutions else []
    table = Table(*names)
    for solution in answer.solutions:
        table.add_row(*(str(solution[name]) for name in names))
    if names:
        print_table(console, table)
    cut = "" if answer.complete else ", the first of more"
    console.print(f"{counted(len(answer.solutions), 'solution')}{cut}", style="bold")
    return SOUND if answer.solutions else MISTAKES

"""Compare a layer under the four frameworks.

padstride compare 5 conv1d kernel_size=2 stride=2 padding=same
"""

import argparse

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from padstride.cli.tables import print_table
from padstride.cli.words import SOUND, add_layer, client_of, given, layer
from padstride.words import COMPARISON, comparison_rows

HELP = "compare a layer under the four frameworks"
EXIT_CODES = "0 answered, 2 refused or not reached, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_layer(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints a row a framework."""
    with client_of(options) as client:
        answer = client.compare(layer(options.layer), input_size=options.size, **given(options, "framework"))
    table = Table(*(Column(name, overflow="fold") for name in COMPARISON))
    for name, *cells in comparison_rows(answer):
        table.add_row(name, *map(escape, cells), style="red" if cells[0] == "refused" else None)
    print_table(console, table)
    return SOUND

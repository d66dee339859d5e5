"""Compare a layer under the four frameworks.

padstride compare 5 conv1d kernel_size=2 stride=2 padding=same
"""

import argparse

from rich.console import Console
from rich.table import Table

from padstride.cli.words import SOUND, add_layer, client_of, given, layer
from padstride.words import shape_text, written_text

HELP = "compare a layer under the four frameworks"
EXIT_CODES = "0 answered, 2 refused or not reached, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_layer(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints a row a framework."""
    with client_of(options) as client:
        answer = client.compare(layer(options.layer), input_size=options.size, **given(options, "framework"))
    table = Table("Framework", "Size", "Padding", "An equal layer")
    for name, verdict in answer.frameworks.items():
        if verdict.accepted:
            padding = ", ".join(str(axis.padding) for axis in verdict.axes if axis.padding is not None)
            table.add_row(name, shape_text(verdict.output_size), padding, written_text(verdict.written))
        else:
            reasons = "; ".join(diagnostic.message for diagnostic in verdict.diagnostics)
            table.add_row(name, "[red]refused[/]", "", reasons)
    console.print(table)
    return SOUND

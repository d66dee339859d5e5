"""Compute what size comes out of a layer.

padstride size 224 conv2d kernel_size=7 stride=2 padding=3
padstride size 32,48 MaxPool2D pool_size=2 --framework keras
"""

import argparse

from rich.console import Console
from rich.markup import escape

from padstride.cli.words import SOUND, add_layer, client_of, given, layer
from padstride.words import shape_text

HELP = "compute what size comes out of a layer"
EXIT_CODES = "0 answered, 2 refused or not reached, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    add_layer(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints the size and the formula of each axis."""
    with client_of(options) as client:
        answer = client.output_size(layer(options.layer), input_size=options.size, **given(options, "framework"))
    console.print(shape_text(answer.output_size), style="bold green")
    for formula in dict.fromkeys(axis.formula for axis in answer.axes if axis.formula):
        console.print(f"  {formula}", markup=False)
    for diagnostic in answer.diagnostics:
        console.print(f"[yellow]{diagnostic.severity}[/]: {escape(diagnostic.message)}", soft_wrap=True)
    return SOUND

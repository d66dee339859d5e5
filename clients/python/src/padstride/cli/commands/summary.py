"""Print a model as a table: each layer, its shape, its parameters, its cost, its receptive field.

padstride summary model.py --input 1,3,224,224
"""

import argparse

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from padstride.answers import NetworkReport
from padstride.cli.commands import check
from padstride.cli.tables import print_table
from padstride.cli.waiting import waiting
from padstride.cli.words import MISTAKES, SOUND, client_of, given
from padstride.text import TextPrinter
from padstride.words import count_text, counted, shape_text

HELP = "print a model's layers as a table"
EXIT_CODES = "0 sound, 1 mistakes were found, 2 could not be judged, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options: those of check that say which model."""
    check.add_model(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints the table, then what is wrong."""
    model = check.question_of(options).model_at(options.path)
    with client_of(options) as client, waiting("reading", options.color):
        report = client.validate(model, **given(options, "input_shape", "framework"))
    print_table(console, table_of(report))
    printer = TextPrinter(console)
    for finding in report.findings:
        printer.finding(finding, diff=False)
    return SOUND if report.valid else MISTAKES


def table_of(report: NetworkReport) -> Table:
    """A row a layer, and the totals."""
    table = Table(show_footer=report.totals is not None)
    totals = report.totals
    table.add_column("Layer", footer=counted(len(report.layers), "layer"), overflow="fold")
    table.add_column("Type", style="cyan", overflow="fold")
    table.add_column("Output", footer=shape_text(report.output_shape))
    table.add_column("Parameters", justify="right", footer=count_text(totals.parameters if totals else None))
    table.add_column("MACs", justify="right", footer=count_text(totals.macs if totals else None))
    table.add_column("Receptive field", justify="right")
    for layer in report.layers:
        field = layer.receptive_field
        seen = shape_text(field.size) if field else ""
        table.add_row(
            escape(layer.name),
            escape(layer.type),
            shape_text(layer.output_shape),
            count_text(layer.parameters),
            count_text(layer.macs),
            seen,
        )
    return table

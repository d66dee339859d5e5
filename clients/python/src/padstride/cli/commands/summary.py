"""Print a model as a table: each layer, its shape, its parameters, its cost, its receptive field.

padstride summary model.py --input 1,3,224,224
"""

import argparse

from rich.console import Console
from rich.table import Table

from padstride.answers import NetworkReport
from padstride.cli.commands import check
from padstride.cli.text import TextPrinter
from padstride.cli.words import MISTAKES, SOUND, client_of, given, shape_text
from padstride.findings import findings_of
from padstride.transport import address

HELP = "print a model's layers as a table"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options: those of check that say which model."""
    check.add_model(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints the table, then what is wrong."""
    with client_of(options) as client:
        report = client.validate(check.model_of_options(options), **given(options, "input_shape", "framework"))
    console.print(table_of(report))
    printer = TextPrinter(console)
    for finding in findings_of(report, options.paths[0], address(options.url)):
        printer.finding(finding, diff=False)
    return SOUND if report.valid else MISTAKES


def table_of(report: NetworkReport) -> Table:
    """A row a layer, and the totals."""
    table = Table(show_footer=report.totals is not None)
    totals = report.totals
    table.add_column("Layer", footer=f"{len(report.layers)} layers")
    table.add_column("Type", style="cyan")
    table.add_column("Output", footer=shape_text(report.output_shape))
    table.add_column("Parameters", justify="right", footer=_counted(totals.parameters if totals else None))
    table.add_column("MACs", justify="right", footer=_counted(totals.macs if totals else None))
    table.add_column("Receptive field", justify="right")
    for layer in report.layers:
        field = layer.receptive_field
        seen = shape_text(field.size) if field else ""
        table.add_row(
            layer.name,
            layer.type,
            shape_text(layer.output_shape),
            _counted(layer.parameters),
            _counted(layer.macs),
            seen,
        )
    return table


def _counted(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"

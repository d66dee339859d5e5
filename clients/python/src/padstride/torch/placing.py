"""The places of a report changed: from those in what was posted to those in the user's files."""

from collections.abc import Callable, Iterator
from pathlib import Path

from padstride.answers import DiagnosticObject, ModelPlace
from padstride.models import Origin
from padstride.reports import NetworkReport

Placed = Callable[[ModelPlace], ModelPlace]


def replace_places(report: NetworkReport, placed: Placed) -> NetworkReport:
    """The report with `placed` of each place; files that it names are absolute, or below the working directory."""
    for layer in report.layers:
        layer.source = layer.source and placed(layer.source)
    for diagnostic in every(report.diagnostics):
        diagnostic.source = diagnostic.source and placed(diagnostic.source)
        for related in diagnostic.related:
            related.source = related.source and placed(related.source)
    return report.located(Origin(Path(), "module"), report.url)


def every(diagnostics: list[DiagnosticObject] | None) -> Iterator[DiagnosticObject]:
    """Diagnostics and their consequences."""
    for diagnostic in diagnostics or []:
        yield diagnostic
        yield from every(diagnostic.consequences)

"""`GET /v1/diagnostics`: every diagnostic in a line."""

from typing import Any

from service.core.diagnostics import DIAGNOSTICS
from service.operations.shared.diagnostic_row import DiagnosticRow, row_of
from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer


class DiagnosticsAnswer(Answer):
    """Every diagnostic."""

    diagnostics: list[DiagnosticRow]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The diagnostics by their codes."""
    return {"diagnostics": [row_of(rule) for rule in sorted(DIAGNOSTICS.values(), key=lambda rule: rule.code)]}


OPERATION = Operation(
    name="listDiagnostics",
    method="get",
    path="/v1/diagnostics",
    tag="catalogue",
    place=4,
    summary="Every diagnostic in a line",
    description="Codes and names are stable.",
    answer=DiagnosticsAnswer,
    run=run,
)

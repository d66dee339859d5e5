"""`GET /v1/diagnostics/{name}`: one diagnostic's page."""

from typing import Any

from service.core.diagnostics import DIAGNOSTICS
from service.operations.shared.diagnostic_row import DiagnosticRow, row_of
from service.operations.shared.operation import Context, Operation
from service.problems import Problem
from service.schemas.bodies import StrictModel


class DiagnosticRequest(StrictModel):
    """The name of a diagnostic, or its code."""

    name: str


class DiagnosticPage(DiagnosticRow):
    """A diagnostic's page."""

    description: str


def run(request: DiagnosticRequest, _context: Context) -> dict[str, Any]:
    """The page, or a Problem with status 404."""
    by_code = {rule.code: rule for rule in DIAGNOSTICS.values()}
    rule = DIAGNOSTICS.get(request.name) or by_code.get(request.name)
    if rule is None:
        raise Problem(404, f"there is no diagnostic {request.name!r}")
    return {**row_of(rule), "description": rule.page}


OPERATION = Operation(
    name="v1-diagnostics-name",
    method="get",
    path="/v1/diagnostics/{name}",
    tag="catalogue",
    place=5,
    summary="One diagnostic's page",
    description="What the diagnostic means and what to do about it. Its code will do for its name.",
    request=DiagnosticRequest,
    answer=DiagnosticPage,
    run=run,
    path_example={"name": "channel-mismatch"},
)

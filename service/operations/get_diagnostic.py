"""`GET /v1/diagnostics/{name}`: one diagnostic's page."""

from typing import Any

from pydantic import Field

from service.core.diagnostics import DIAGNOSTICS
from service.operations import output_size, validate_network
from service.operations.shared.diagnostic_examples import EXAMPLES
from service.operations.shared.diagnostic_row import DiagnosticRow, row_of
from service.operations.shared.operation import Context, Operation
from service.problems import Problem
from service.rendering import diagnostic_object
from service.schemas.answers import Answer, DiagnosticObject
from service.schemas.bodies import StrictModel


class DiagnosticRequest(StrictModel):
    """The name of a diagnostic, or its code."""

    name: str


class DiagnosticExample(Answer):
    """A request that has the diagnostic, and what the service says of it."""

    path: str = Field(description="Where the request is posted.")
    request: dict[str, Any]
    diagnostic: DiagnosticObject


class DiagnosticPage(DiagnosticRow):
    """A diagnostic's page."""

    description: str
    example: DiagnosticExample | None = Field(None, description="Only where there is a short one.")


def run(request: DiagnosticRequest, _context: Context) -> dict[str, Any]:
    """The page, or a Problem with status 404."""
    by_code = {rule.code: rule for rule in DIAGNOSTICS.values()}
    rule = DIAGNOSTICS.get(request.name) or by_code.get(request.name)
    if rule is None:
        raise Problem(404, f"there is no diagnostic {request.name!r}")
    example = _example(rule.name)
    return {**row_of(rule), "description": rule.page} | ({} if example is None else {"example": example})


def _example(name: str) -> dict[str, Any] | None:
    """The example of a diagnostic, answered as any other request; None where limits are too low for it."""
    body = EXAMPLES.get(name)
    if body is None:
        return None
    operation = validate_network.OPERATION if "layers" in body else output_size.OPERATION
    try:
        found = operation.respond(body)["diagnostics"]
    except Problem as problem:
        found = [diagnostic_object(diagnostic) for diagnostic in problem.errors]
    diagnostic = next((entry for entry in found if entry["name"] == name), None)
    return diagnostic and {"path": operation.path, "request": body, "diagnostic": diagnostic}


OPERATION = Operation(
    name="getDiagnostic",
    method="get",
    path="/v1/diagnostics/{name}",
    tag="catalogue",
    place=5,
    summary="One diagnostic's page",
    description="What the diagnostic means, an example and how to mend it; a page to read for browsers. Its code will"
    " do for its name.",
    request=DiagnosticRequest,
    answer=DiagnosticPage,
    run=run,
    path_example={"name": "channel-mismatch"},
)

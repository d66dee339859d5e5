"""`GET /readyz`: can the service answer."""

from typing import Any, Literal

from service.core.layers import LAYERS
from service.operations.shared.operation import Context, NoParameters, Operation
from service.operations.shared.readiness import require_ready
from service.schemas.answers import Answer


class ReadyAnswer(Answer):
    """The service computes."""

    status: Literal["ok"]
    layers: int


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """Ready, with the number of layer types; or a Problem with status 503."""
    require_ready()
    return {"status": "ok", "layers": len(LAYERS)}


OPERATION = Operation(
    name="checkReadiness",
    method="get",
    path="/readyz",
    tag="operations",
    place=2,
    summary="Can the service answer",
    description="Computes a known size first; 503 if it comes out wrong.",
    answer=ReadyAnswer,
    run=run,
    changes=True,
    other_statuses=(503,),
)

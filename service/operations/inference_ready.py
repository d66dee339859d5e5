"""`GET /v2/health/ready`: can the service answer, in the words of the Open Inference Protocol."""

from typing import Any

from service.operations.shared.operation import Context, NoParameters, Operation
from service.operations.shared.readiness import require_ready
from service.schemas.answers import Answer


class ServerReadyAnswer(Answer):
    """The service computes."""

    ready: bool


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """Ready, or a Problem with status 503."""
    require_ready()
    return {"ready": True}


OPERATION = Operation(
    name="serverReady",
    method="get",
    path="/v2/health/ready",
    tag="inference",
    place=3,
    summary="Open Inference Protocol: can the service answer",
    description="As `/readyz`, in the words of the protocol.",
    answer=ServerReadyAnswer,
    run=run,
    changes=True,
    other_statuses=(503,),
)

"""`GET /v2/health/live`: is the process alive, in the words of the Open Inference Protocol."""

from typing import Any

from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer


class LiveAnswer(Answer):
    """The process is alive."""

    live: bool


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """Always the same: a process that answers is alive."""
    return {"live": True}


OPERATION = Operation(
    name="serverLive",
    method="get",
    path="/v2/health/live",
    tag="inference",
    place=2,
    summary="Open Inference Protocol: is the process alive",
    description="As `/healthz`, in the words of the protocol.",
    answer=LiveAnswer,
    run=run,
    changes=True,
)

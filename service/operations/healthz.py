"""`GET /healthz`: is the process alive."""

from typing import Any, Literal

from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer


class HealthAnswer(Answer):
    """The process is alive."""

    status: Literal["ok"]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """Always the same: a process that answers is alive."""
    return {"status": "ok"}


OPERATION = Operation(
    name="checkHealth",
    method="get",
    path="/healthz",
    tag="operations",
    place=1,
    summary="Is the process alive",
    description="Answers as long as the process does.",
    answer=HealthAnswer,
    run=run,
    changes=True,
)

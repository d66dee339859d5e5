"""`GET /v2/models/{model}/ready`: can a layer be applied, in the words of the Open Inference Protocol."""

from typing import Any

from service.operations.shared.models import ModelRequest, of_a_model, require_model
from service.operations.shared.operation import Context
from service.operations.shared.readiness import require_ready
from service.schemas.answers import Answer


class ModelReadyAnswer(Answer):
    """The layer can be applied."""

    ready: bool
    name: str


def run(request: ModelRequest, _context: Context) -> dict[str, Any]:
    """Ready, or a Problem with status 404 or 503."""
    require_model(request)
    require_ready()
    return {"name": request.model, "ready": True}


OPERATIONS = of_a_model(
    name="Ready",
    method="get",
    place=6,
    below="/ready",
    summary="Open Inference Protocol: can the layer be applied",
    description="It can, if there is such a layer and the service computes.",
    request=ModelRequest,
    answer=ModelReadyAnswer,
    run=run,
    changes=True,
    other_statuses=(503,),
)

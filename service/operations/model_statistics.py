"""`GET /v2/models/{model}/stats`: how often a model has been asked."""

from typing import Any

from service.operations.shared.model_statistics import StatisticsAnswer, statistics_of
from service.operations.shared.models import ModelRequest, of_a_model, require_model
from service.operations.shared.operation import Context


def run(request: ModelRequest, _context: Context) -> dict[str, Any]:
    """The statistics, or a Problem with status 404."""
    require_model(request)
    return statistics_of([request.model])


OPERATIONS = of_a_model(
    name="Statistics",
    method="get",
    place=12,
    below="/stats",
    summary="Triton: how often a model has been asked",
    description="Requests that succeeded and that failed, and the time that they took, of all workers together.",
    request=ModelRequest,
    answer=StatisticsAnswer,
    run=run,
    changes=True,
)

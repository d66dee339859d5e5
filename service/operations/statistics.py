"""`GET /v2/models/stats`: how often each model has been asked."""

from typing import Any

from service.operations.shared.array_job import APPLICABLE
from service.operations.shared.model_statistics import StatisticsAnswer, statistics_of
from service.operations.shared.operation import Context, NoParameters, Operation


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The statistics of every model."""
    return statistics_of(sorted(APPLICABLE))


OPERATION = Operation(
    name="serverStatistics",
    method="get",
    path="/v2/models/stats",
    tag="inference",
    place=14,
    summary="Triton: how often each model has been asked",
    description="As `/v2/models/{model}/stats`, of every model.",
    answer=StatisticsAnswer,
    run=run,
    changes=True,
)

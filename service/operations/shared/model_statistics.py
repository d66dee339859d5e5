"""How often models have been asked, in the words of Triton's statistics extension."""

from collections.abc import Iterable
from typing import Any

from service.observability.metrics import inference_counts
from service.operations.shared.models import VERSION
from service.schemas.answers import Answer, Count

OUTCOMES = ("success", "fail")


class Duration(Answer):
    """How many requests, and how long they took together."""

    count: Count
    ns: Count


class InferenceStatistics(Answer):
    """The requests by how they ended; nothing is cached, and the parts of a request are not told apart."""

    success: Duration
    fail: Duration


class ModelStatistics(Answer):
    """How often a model has been asked, of all workers together."""

    name: str
    version: str
    inference_count: Count
    execution_count: Count
    inference_stats: InferenceStatistics


class StatisticsAnswer(Answer):
    """The statistics of one model, or of all."""

    model_stats: list[ModelStatistics]


def statistics_of(models: Iterable[str]) -> dict[str, Any]:
    """The members of the answer."""
    counts = inference_counts()
    return {"model_stats": [_of_model(model, counts) for model in models]}


def _of_model(model: str, counts: dict[tuple[str, str], tuple[int, float]]) -> dict[str, Any]:
    """The statistics of one model."""
    ended = {outcome: counts.get((model, outcome), (0, 0.0)) for outcome in OUTCOMES}
    done = ended["success"][0]
    return {
        "name": model,
        "version": VERSION,
        "inference_count": done,
        "execution_count": done,
        "inference_stats": {
            outcome: {"count": count, "ns": round(1e9 * seconds)} for outcome, (count, seconds) in ended.items()
        },
    }

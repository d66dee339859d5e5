"""`GET /v1/limits`: every limit, its value and its meaning."""

from typing import Any

from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer
from service.settings import JSON_DEPTH, settings


class LimitRow(Answer):
    """A limit."""

    value: float
    meaning: str


class LimitsAnswer(Answer):
    """Every limit by its name."""

    limits: dict[str, LimitRow]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The settings, and the one limit that cannot be set."""
    current = settings()
    rows = {
        name: {"value": getattr(current, name), "meaning": field.description}
        for name, field in type(current).model_fields.items()
        if not field.exclude
    }
    rows["json_depth"] = {"value": JSON_DEPTH, "meaning": "Levels of nesting in a JSON body."}
    return {"limits": rows}


OPERATION = Operation(
    name="listLimits",
    method="get",
    path="/v1/limits",
    tag="catalogue",
    place=6,
    summary="Every limit",
    description="What one request may ask for. Costs are computed from shapes before anything is allocated.",
    answer=LimitsAnswer,
    run=run,
)

"""`GET /v1/layers`: every layer type with its parameters."""

from functools import cache
from typing import Any

from service.core.layers import LAYERS
from service.operations.shared.layer_row import LayerRow, row_of
from service.operations.shared.operation import Context, NoParameters, Operation
from service.schemas.answers import Answer


class LayersAnswer(Answer):
    """Every layer type."""

    layers: list[LayerRow]


def run(_request: NoParameters, _context: Context) -> dict[str, Any]:
    """The layer types in the order of the registry."""
    return {"layers": _layers()}


@cache
def _layers() -> list[dict[str, Any]]:
    """Every layer type; they are many, and always the same."""
    return [row_of(kind) for kind in LAYERS.values()]


OPERATION = Operation(
    name="listLayers",
    method="get",
    path="/v1/layers",
    tag="catalogue",
    place=1,
    summary="Every layer type with its parameters",
    description="From the registry that the code runs on: parameters, defaults, other spellings, frameworks.",
    answer=LayersAnswer,
    run=run,
)

"""`GET /v1/layers/{type}`: one layer type with its parameters."""

from difflib import get_close_matches
from typing import Any

from service.core.diagnostics.malformed import shown
from service.core.layers import LAYERS
from service.core.layers.names.lookup import meanings
from service.core.layers.names.neighbours import LONGEST_WORD, neighbour_of
from service.operations.shared.layer_row import LayerRow, row_of
from service.operations.shared.operation import Context, Operation
from service.problems import Problem
from service.schemas.bodies import StrictModel

NEAREST = 3
"""Names that are told to whom asks for one that there is not. Chosen."""


class LayerRequest(StrictModel):
    """The name of a layer type, ours or a framework's."""

    type: str


def run(request: LayerRequest, _context: Context) -> dict[str, Any]:
    """The layer type that a name means, or a Problem with status 404."""
    kinds = {meaning.kind.name: meaning.kind for meaning in meanings(request.type, None)}
    if len(kinds) == 1:
        [kind] = kinds.values()
        return row_of(kind)
    if kinds:
        raise Problem(404, f"{shown(request.type)} is a name of several layer types: {', '.join(kinds)}")
    nearest = _nearest(request.type)
    told = f"; the nearest names are {', '.join(nearest)}" if nearest else "; `/v1/layers` lists all"
    raise Problem(404, f"there is no layer type {shown(request.type)}{told}")


def _nearest(name: str) -> list[str]:
    """Names that are probably meant, the likeliest first."""
    neighbour = neighbour_of(name)
    alike = get_close_matches(name[:LONGEST_WORD].lower(), LAYERS, n=NEAREST)
    return list(dict.fromkeys([*([neighbour.written] if neighbour else []), *alike]))[:NEAREST]


OPERATION = Operation(
    name="getLayer",
    method="get",
    path="/v1/layers/{type}",
    tag="catalogue",
    place=2,
    summary="One layer type with its parameters",
    description="By our name for it or that of any framework, as it may stand in a layer's `type`: `conv2d`,"
    " `nn.Conv2d`, `Conv2D`.",
    request=LayerRequest,
    answer=LayerRow,
    run=run,
    path_example={"type": "max_pool2d"},
)

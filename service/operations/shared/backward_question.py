"""Questions that ask backwards, from an output size to what gives it: which layers they can be asked about."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.layers import LAYERS
from service.core.layers.convolution import Convolving
from service.core.layers.pools import Pool
from service.core.layers.separable import DepthwiseConvolution
from service.schemas.fields import reference_to

PADDED = frozenset(
    name for name, kind in LAYERS.items() if issubclass(kind.layer, Convolving | DepthwiseConvolution | Pool)
)
"""The types that have padding to solve for."""
PaddedLayer = Annotated[Any, WithJsonSchema(reference_to("PaddedLayer"))]
"""A layer of one of these types."""


def unsuitable_layer(described: PostedLayer, reason: str) -> list[Diagnostic]:
    """The diagnostic of a layer without windows that have a kernel."""
    if described.kind is not None and described.kind.name in PADDED:
        return []
    return placed(malformed.unsuitable_layer_type(described.type, reason, ("layer", "type")))

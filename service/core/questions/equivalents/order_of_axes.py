"""Which layers name axes by their position, so that their input has the same order of axes in every framework."""

from service.core.frameworks import Framework
from service.core.layers.along_axis import AlongAxis
from service.core.layers.axis_order import (
    ChannelShuffle,
    Flip,
    MoveAxes,
    Roll,
    Rotate,
    Squeeze,
    Stack,
    Transpose,
    Triangle,
    Unsqueeze,
)
from service.core.layers.base import Layer, Site
from service.core.layers.dense import Linear
from service.core.layers.einsum import Einsum
from service.core.layers.elementwise import Elementwise
from service.core.layers.expanding import Expand, Repeat, RepeatInterleave
from service.core.layers.last_axes_norms import LayerNorm, RmsNorm
from service.core.layers.lookup import Embedding
from service.core.layers.merging import Concat
from service.core.layers.pointwise import Softmax
from service.core.layers.products import Product
from service.core.layers.reductions import Reduction
from service.core.layers.reshaping import Permute, Reshape
from service.core.layers.slicing import Narrow, Select, Slice
from service.core.layers.viewing import Unflatten

BY_POSITION = (
    Linear, LayerNorm, RmsNorm, Permute, Reshape, Softmax, Elementwise, Reduction, AlongAxis, Squeeze, Unsqueeze,
    Transpose, MoveAxes, Stack, Roll, Flip, Rotate, Triangle, Expand, Repeat, RepeatInterleave, Slice, Narrow, Select,
    Unflatten, Embedding, Product, Einsum,
)  # fmt: skip
"""Layers that name axes by their position, or count them from the last one."""
AS_IT_STANDS = "its input has the same order of axes here; where the channels come last, count the axes anew"


def keeps_axes(layer: Layer | None) -> bool:
    """Whether the layer's input has the same order of axes everywhere."""
    if isinstance(layer, Concat):
        return layer.dim is not None
    return isinstance(layer, BY_POSITION) and not isinstance(layer, ChannelShuffle)


def counted(site: Site, framework: Framework) -> tuple[str, ...]:
    """What to know where the framework has its channels elsewhere."""
    moved = framework.layout is not site.framework.layout and len(site.shape or ()) > 2
    return (AS_IT_STANDS,) if moved else ()

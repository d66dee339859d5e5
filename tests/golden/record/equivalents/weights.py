"""Which weights a layer has, in one order of axes: PyTorch's; every runner brings them into its framework's."""

from math import prod
from typing import Any

from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.dense import Linear
from service.core.layers.last_axes_norms import LayerNorm, RmsNorm
from service.core.layers.lookup import Embedding
from service.core.layers.norms import BatchNorm, GroupNorm, InstanceNorm
from service.core.layers.pointwise import PRelu
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.core.layers.transposed_convolution import TransposedConvolution
from service.core.questions.equivalents.lookups import slopes

Shapes = dict[str, list[int]]


def weights_of(site: Site) -> Shapes:
    """The shape of each array, by name; a bias is there where the layer adds one."""
    layer, kernel = site.layer, list(site.per_axis("kernel_size") or ()) if hasattr(site.layer, "kernel_size") else []
    shapes: Any = {}
    if isinstance(layer, TransposedConvolution):
        channels, outputs = layer.channels_in(site) or 1, layer.out_channels or 1
        shapes = {"weight": [channels, outputs // layer.groups, *kernel], "bias": [outputs]}
    elif isinstance(layer, Convolution):
        channels, outputs = layer.channels_in(site) or 1, layer.out_channels or 1
        shapes = {"weight": [outputs, channels // layer.groups, *kernel], "bias": [outputs]}
    elif isinstance(layer, DepthwiseConvolution):
        depth, outputs = layer.depth(site) or 1, layer.channels_out(site) or 1
        point = {"pointwise_weight": [outputs, depth, *(1,) * len(kernel)]}
        mixes = isinstance(layer, SeparableConvolution)
        shapes = {"weight": [depth, 1, *kernel], **(point if mixes else {}), "bias": [outputs]}
    elif isinstance(layer, Linear):
        shapes = {"weight": [layer.out_features, layer.features_in(site)], "bias": [layer.out_features]}
    elif isinstance(layer, PRelu):
        shapes = {"weight": slopes(site) or list((site.shape or ())[1:])}
    elif isinstance(layer, Embedding):
        shapes = {"weight": [layer.num_embeddings, layer.embedding_dim]}
    elif isinstance(layer, BatchNorm | GroupNorm):
        channels = layer.channels(site) or 1
        trained = {"weight": [channels], "bias": [channels]} if layer.affine else {}
        running = {} if isinstance(layer, InstanceNorm | GroupNorm) else {"mean": [channels], "variance": [channels]}
        shapes = {**trained, **running}
    elif isinstance(layer, LayerNorm | RmsNorm):
        last = [prod(size or 1 for size in layer.last_axes(site) or ())]
        both = {"weight": last, "bias": last} if isinstance(layer, LayerNorm) else {"weight": last}
        shapes = both if layer.elementwise_affine else {}
    if getattr(layer, "bias", True) is False:
        shapes.pop("bias", None)
    return dict(shapes)

"""Layers around another layer, which they hold as their parameter `layer`."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Layer, Site
from service.core.layers.convolution import Convolving
from service.core.layers.dense import Linear
from service.core.layers.recurrent import Recurrent
from service.core.layers.registry import layer_kind
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.core.layers.transposed_convolution import TransposedConvolution

Weighted = Convolving | Linear | DepthwiseConvolution
WEIGHTED = (Convolving, Linear, DepthwiseConvolution)
"""Layers with one weight."""
MergeMode = Literal["concat", "sum", "mul", "ave", "none"]


def times(factor: Size, size: Size) -> Size:
    """The product; None while either is unknown."""
    return None if factor is None or size is None else factor * size


class Wrapper(Layer):
    """What wrappers share: they cost what the layer costs that they hold."""

    passes_channels_on: ClassVar[bool] = False

    layer: Any

    def inner(self, site: Site) -> Site | None:
        """The layer held, where what arrives at it arrives; None where it could not be read."""
        return site.within("layer", site.shape)

    def reaches(self, site: Site) -> bool:
        """Whether it is known what arrives at the layer held, and fits."""
        return site.shape is not None

    def parameters(self, site: Site) -> Size:
        """Those of the layer held."""
        inner = self.inner(site)
        return None if inner is None else inner.layer.parameters(inner)

    def buffers(self, site: Site) -> Size:
        """Those of the layer held."""
        inner = self.inner(site)
        return None if inner is None else inner.layer.buffers(inner)

    def macs(self, site: Site, output: Shape) -> Size:
        """Those of the layer held."""
        inner = self.inner(site)
        given = None if inner is None else inner.layer.output_shape(inner)
        return None if inner is None or given is None else inner.layer.macs(inner, given)


@layer_kind("bidirectional")
@dataclass(frozen=True, kw_only=True)
class Bidirectional(Wrapper):
    """A recurrent layer, and another like it that reads the sequence from its end; what they give out is merged.

    Side by side (`concat`), added, multiplied or averaged; with `none` both come out, one after the other. The states
    of the first and then of the second follow, if the layer returns them.
    """

    mixes_positions: ClassVar[bool] = True

    layer: Any
    merge_mode: MergeMode = "concat"

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """What both give out, merged, and the states of both."""
        inner = self.inner(site)
        if inner is None or not isinstance(inner.layer, Recurrent):
            return (None,)
        given, *states = inner.layer.output_shapes(inner)
        if self.merge_mode == "none":
            return (given, given, *states, *states)
        if self.merge_mode == "concat" and given is not None:
            given = (*given[:-1], times(2, given[-1]))
        return (given, *states, *states)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """What is given out."""
        return self.output_shapes(site)[0]

    def parameters(self, site: Site) -> Size:
        """Those of two layers."""
        return times(2, super().parameters(site))

    def macs(self, site: Site, output: Shape) -> Size:
        """Those of two layers."""
        return times(2, super().macs(site, output))


@layer_kind("time_distributed")
@dataclass(frozen=True, kw_only=True)
class TimeDistributed(Wrapper):
    """The same layer at every step of a sequence: `[batch, steps, ...]` is `batch*steps` inputs of it."""

    mixes_positions: ClassVar[bool] = True

    layer: Any

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, steps, and an axis at least for the layer."""
        return (3, 4, 5, 6, 7, 8)

    def reaches(self, site: Site) -> bool:
        """Whether there is a step to give to the layer held."""
        return site.shape is not None and site.fits

    def inner(self, site: Site) -> Site | None:
        """The layer held, where one step arrives."""
        step = None if site.shape is None or not site.fits else (site.shape[0], *site.shape[2:])
        return site.within("layer", step)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """What the layer gives for a step, with the axis of the steps behind the batch."""
        inner = self.inner(site)
        if inner is None:
            return (None,)
        steps = site.shape[1] if site.shape is not None and site.fits else None
        return tuple((given[0], steps, *given[1:]) if given else None for given in inner.layer.output_shapes(inner))

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As the layer held declares them."""
        inner = self.inner(site)
        if inner is None or site.shape is None or not site.fits:
            return (None,)
        steps = site.shape[1]
        return tuple((given[0], steps, *given[1:]) if given else None for given in inner.layer.declared_shapes(inner))

    def output_shape(self, site: Site) -> Shape | None:
        """What is given out."""
        return self.output_shapes(site)[0]

    def macs(self, site: Site, output: Shape) -> Size:
        """Those of the layer at every step."""
        steps = site.shape[1] if site.shape is not None and site.fits else None
        return times(steps, super().macs(site, output))


@dataclass(frozen=True, kw_only=True)
class WeightWrapper(Wrapper):
    """What wrappers share that compute the weight of their layer in another way, and leave its shapes alone."""

    layer: Any

    @property
    def own_rank(self) -> int | None:
        """That of the layer held."""
        return getattr(getattr(self.layer, "kind", None), "rank", None)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Those of the layer held."""
        inner = self.inner(site)
        return () if inner is None else inner.axes

    def output_shape(self, site: Site) -> Shape | None:
        """As of the layer held."""
        inner = self.inner(site)
        return None if inner is None else inner.layer.output_shape(inner)

    def declared_shape(self, site: Site) -> Shape | None:
        """As of the layer held."""
        inner = self.inner(site)
        return None if inner is None else inner.layer.declared_shape(inner)

    def weight(self, site: Site) -> tuple[int, int] | None:
        """The length of the weight's axis that counts its vectors, and what that leaves; None while unknown."""
        inner = self.inner(site)
        if inner is None or not isinstance(inner.layer, WEIGHTED):
            return None
        elements, vectors = inner.layer.weights(inner), self.vectors(inner, inner.layer)
        return None if elements is None or not vectors else (vectors, elements // vectors)

    def holds_a_weight(self) -> bool:
        """Whether the layer held has one weight."""
        held = getattr(self.layer, "layer", None)
        return isinstance(held, WEIGHTED) and not isinstance(held, SeparableConvolution)

    def vectors(self, inner: Site, layer: Weighted) -> Size:
        """The length of the weight's first axis."""
        if isinstance(layer, Linear):
            return layer.out_features
        if isinstance(layer, DepthwiseConvolution):
            return layer.depth_multiplier
        return layer.channels_in(inner) if isinstance(layer, TransposedConvolution) else layer.out_channels


@layer_kind("spectral_norm")
@dataclass(frozen=True, kw_only=True)
class SpectralNorm(WeightWrapper):
    """A layer whose weight is divided by its largest singular value, which two kept vectors approximate.

    The vectors are as long as the weight's output channels, and as what is left of it: PyTorch keeps both, Keras one.
    """

    layer: Any
    n_power_iterations: int = 1

    def vectors(self, inner: Site, layer: Weighted) -> Size:
        """The length of the outputs' axis; in Keras of the kernel's last one, the inputs' of a transposed kernel."""
        if isinstance(layer, TransposedConvolution) and not inner.framework.spectral_vectors_of_last_axis:
            channels = layer.out_channels
            return None if channels is None or channels % layer.groups else channels // layer.groups
        return super().vectors(inner, layer)

    def buffers(self, site: Site) -> Size:
        """The vectors, and what the layer held keeps."""
        sizes, kept = self.weight(site), super().buffers(site)
        if sizes is None or kept is None:
            return None
        return kept + (sizes[0] if site.framework.spectral_vectors_of_last_axis else sum(sizes))


@layer_kind("weight_norm")
@dataclass(frozen=True, kw_only=True)
class WeightNorm(WeightWrapper):
    """A layer whose weight is a trained direction times a trained length, one for each entry of its first axis."""

    layer: Any

    def parameters(self, site: Site) -> Size:
        """Those of the layer held, and a length for each entry of the weight's first axis."""
        sizes, own = self.weight(site), super().parameters(site)
        return None if sizes is None or own is None else own + sizes[0]

"""Losses of classes, matrices of one number or of ones, and samples: what networks have at their ends."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.shapes import Shape, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Natural, Positive
from service.core.layers.quantized import known_to_differ
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, out_of_range, unlike_inputs, wrong_rank


@layer_kind("nll_loss", "cross_entropy_loss")
@dataclass(frozen=True, kw_only=True)
class LossOfClasses(Structural):
    """The loss of scores `[N, C, ...]` where the right classes are `[N, ...]`; weights `[C]` may follow.

    It is one number, or with the `reduction` "none" one for each class to be found. With `return_log_prob` the
    logarithms of the probabilities are output 1.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 3)

    reduction: Literal["none", "mean", "sum"] = "mean"
    return_log_prob: bool = False

    def shapes(self, site: Site) -> Shapes:
        """No axes, or those of the classes."""
        scores, classes = site.inputs[0], site.inputs[1]
        if scores is not None:
            if len(scores) < 2:
                raise wrong_rank(site, "2 or more")
            wanted = (scores[0], *scores[2:])
            if classes is not None and known_to_differ(classes, wanted):
                raise unlike_inputs(site, f"the classes are not {shape_text(wanted)}")
            weights = site.inputs[2] if len(site.inputs) > 2 else None
            if weights is not None and known_to_differ(weights, scores[1:2]):
                raise unlike_inputs(site, f"the weights are not {shape_text(scores[1:2])}")
        loss: Shape | None = classes if self.reduction == "none" else ()
        return (loss, scores) if self.return_log_prob else (loss,)


@layer_kind("det")
@dataclass(frozen=True, kw_only=True)
class Determinant(Structural):
    """The determinants of square matrices: `[..., n, n]` gives `[...]`."""

    def shapes(self, site: Site) -> Shapes:
        """The axes before the matrices."""
        shape = site.shape
        if shape is None:
            return (None,)
        if len(shape) < 2:
            raise wrong_rank(site, "2 or more")
        if known_to_differ(shape[-1:], shape[-2:-1]):
            raise unlike_inputs(site, "the matrices are not square")
        return (shape[:-2],)


@layer_kind("eye_like")
@dataclass(frozen=True, kw_only=True)
class EyeLike(Structural):
    """A matrix as large as the input, with ones on a diagonal."""

    def shapes(self, site: Site) -> Shapes:
        """The input's."""
        if site.shape is not None and len(site.shape) != 2:
            raise wrong_rank(site, "2")
        return (site.shape,)


@layer_kind("multinomial")
@dataclass(frozen=True, kw_only=True)
class Multinomial(Structural):
    """Classes drawn at random by their log-probabilities: `[N, classes]` gives `[N, sample_size]`."""

    sample_size: Positive = 1

    def shapes(self, site: Site) -> Shapes:
        """As many as asked for."""
        if site.shape is None:
            return ((None, self.sample_size),)
        if len(site.shape) != 2:
            raise wrong_rank(site, "2")
        return ((site.shape[0], self.sample_size),)


@layer_kind("swiglu")
@dataclass(frozen=True, kw_only=True)
class GatedSwish(Structural):
    """`swish(a) * b`: a gate and what it lets through, of one shape."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)
    mixes_positions: ClassVar[bool] = False

    def shapes(self, site: Site) -> Shapes:
        """The inputs'."""
        first, second = site.inputs[:2]
        if first is not None and second is not None and known_to_differ(first, second):
            raise unlike_inputs(site, "the gate and what it lets through have not one shape")
        return (first if first is not None else second,)


@layer_kind("rotary_embedding")
@dataclass(frozen=True, kw_only=True)
class RotaryEmbedding(Structural):
    """Pairs of features turned by an angle for each position: `[N, heads, L, E]`, or `[N, L, heads*E]`, stays.

    The second and third input are the cosines and sines; the fourth, if it is there, the positions.
    """

    takes_inputs: ClassVar[InputCounts] = (3, 4)
    passes_channels_on: ClassVar[bool] = True

    num_heads: Natural = 0
    rotary_dim: Natural = 0

    def shapes(self, site: Site) -> Shapes:
        """The input's."""
        shape, cosines, sines = site.inputs[:3]
        if cosines is not None and sines is not None and known_to_differ(cosines, sines):
            raise unlike_inputs(site, "cosines and sines have not one shape")
        if shape is None:
            return (None,)
        if len(shape) not in (3, 4):
            raise wrong_rank(site, "3 or 4")
        if len(shape) == 3 and not self.num_heads:
            raise out_of_range(site, "num_heads", 0, "but the heads stand side by side", "the number of heads")
        features, steps = shape[-1], shape[1] if len(shape) == 3 else shape[2]
        if cosines is not None and len(site.inputs) == 3 and known_to_differ(cosines, (shape[0], steps, None)):
            raise unlike_inputs(site, f"the cosines are not {shape_text((shape[0], steps, None))}")
        if len(shape) == 3 and features is not None:
            if features % self.num_heads:
                bound = f"which does not divide {features} features"
                raise out_of_range(site, "num_heads", self.num_heads, bound, f"a divisor of {features}")
            features //= self.num_heads
        turned = self.rotary_dim or features
        if cosines and turned is not None and cosines[-1] not in (None, turned // 2):
            raise unlike_inputs(site, f"the cosines are not for {turned} features, half as many")
        return (shape,)

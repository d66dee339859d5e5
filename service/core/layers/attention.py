"""Attention over given queries, keys and values: the weights that make them are other layers."""

from abc import abstractmethod
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Positive, Probability
from service.core.layers.registry import layer_kind


def product(*factors: Size) -> Size:
    """The product; None while a factor is unknown."""
    known = [factor for factor in factors if factor is not None]
    return prod(known) if len(known) == len(factors) else None


def total(*parts: Size) -> Size:
    """The sum; None while a part is unknown."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def examples(size: Size) -> int:
    """A batch in a count of products: unknown, it counts as 1."""
    return 1 if size is None else size


def joined(shapes: tuple[Shape, ...]) -> Shape | None:
    """The sizes before the last two axes as they broadcast; None where they do not."""
    return broadcast([shape[:-2] for shape in shapes])


@dataclass(frozen=True, kw_only=True)
class Attention(Layer):
    """What attention over given tensors shares: queries, keys and values as its inputs."""

    passes_channels_on: ClassVar[bool] = False
    mixes_positions: ClassVar[bool] = True
    takes_inputs: ClassVar[InputCounts] = (2, 3)

    @abstractmethod
    def tensors(self, site: Site) -> tuple[Shape, Shape, Shape] | None:
        """The shapes of queries, keys and values; None where one is not known or has no two axes."""


@layer_kind("scaled_dot_product_attention")
@dataclass(frozen=True, kw_only=True)
class ScaledDotProductAttention(Attention):
    """`softmax(Q K^T / sqrt(E) + mask) V` over the last two axes: queries, keys and values, and a mask, are inputs.

    `[..., L, E]`, `[..., S, E]` and `[..., S, V]` give `[..., L, V]`. With `enable_gqa` groups of query heads share one
    head of keys and values. ONNX's inputs of three axes hold `q_num_heads` heads side by side in the last one.
    """

    takes_inputs: ClassVar[InputCounts] = (3, 4)

    dropout_p: Probability = 0.0
    is_causal: bool = False
    enable_gqa: bool = False
    q_num_heads: Positive | None = None
    kv_num_heads: Positive | None = None

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Two axes at least; where nothing broadcasts batch, heads, positions and features, or the heads joined."""
        if site.framework.attention_broadcasts:
            return (2, 3, 4, 5, 6, 7, 8)
        return (4,) if self.q_num_heads is None else (3, 4)

    def mask(self, site: Site) -> Shape | None:
        """The shape of the mask; None where there is none, or it is not known."""
        return site.inputs[3] if len(site.inputs) > 3 else None

    def heads_apart(self, shape: Shape, heads: int | None) -> Shape:
        """`[N, L, heads*E]` as `[N, heads, L, E]`, where the heads are joined."""
        if len(shape) != 3 or heads is None:
            return shape
        features = shape[2]
        return (shape[0], heads, shape[1], None if features is None else features // heads)

    def tensors(self, site: Site) -> tuple[Shape, Shape, Shape] | None:
        """Queries, keys and values with the heads apart."""
        query, key, value = site.inputs[:3]
        if query is None or key is None or value is None or min(len(query), len(key), len(value)) < 2:
            return None
        heads = self.kv_num_heads or self.q_num_heads
        parts = self.heads_apart(query, self.q_num_heads), self.heads_apart(key, heads), self.heads_apart(value, heads)
        return self._repeated(*parts) if self.groups(site) else parts

    def groups(self, site: Site) -> bool:
        """Whether query heads may share keys and values."""
        return self.enable_gqa or not site.framework.attention_broadcasts

    def _repeated(self, query: Shape, key: Shape, value: Shape) -> tuple[Shape, Shape, Shape]:
        """Keys and values with their heads repeated to those of the queries, where they divide them."""
        heads = query[-3] if len(query) > 2 else None

        def repeat(shape: Shape) -> Shape:
            own = shape[-3] if len(shape) > 2 else None
            divides = heads is not None and own is not None and heads % own == 0
            return (*shape[:-3], heads, *shape[-2:]) if divides else shape

        return query, repeat(key), repeat(value)

    def output_shape(self, site: Site) -> Shape | None:
        """`[..., L, V]`."""
        parts = self.tensors(site)
        leading = None if parts is None else joined(parts)
        if parts is None or leading is None:
            return None
        query, _, value = parts
        shape = (*leading, query[-2], value[-1])
        if len(site.inputs[0] or ()) == 3 and self.q_num_heads is not None:
            return (shape[0], shape[2], product(shape[1], shape[3]))
        return shape

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing: the shapes do not go together."""
        return None

    def macs(self, site: Site, output: Shape) -> Size:
        """`N*H*L*S*(E + V)`: a product for the scores, one for what they weigh."""
        parts = self.tensors(site)
        leading = None if parts is None else joined(parts)
        if parts is None or leading is None:
            return None
        query, key, value = parts
        features = total(query[-1], value[-1])
        return product(*map(examples, leading[:1]), *leading[1:], query[-2], key[-2], features)


@layer_kind("dot_attention", "additive_attention")
@dataclass(frozen=True, kw_only=True)
class UnprojectedAttention(Attention):
    """`softmax(score(Q, K)) V` as Keras' Attention has it: the inputs are queries, values and keys, in this order.

    The score is the product of a query and a key, or the sum of a hyperbolic tangent of their sum. Without keys the
    values are the keys. `return_attention_scores` gives the scores as output 1.
    """

    use_scale: bool | None = None
    score_mode: Literal["dot", "concat"] = "dot"
    dropout: Probability = 0.0
    return_attention_scores: bool = False

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Positions and features at least."""
        return (2, 3, 4, 5, 6, 7, 8)

    def tensors(self, site: Site) -> tuple[Shape, Shape, Shape] | None:
        """Queries, keys and values."""
        query, value = site.inputs[:2]
        key = site.inputs[2] if len(site.inputs) > 2 else value
        if query is None or key is None or value is None or min(len(query), len(key), len(value)) < 2:
            return None
        return query, key, value

    def sums(self, site: Site) -> bool:
        """Whether a score is the sum of a hyperbolic tangent, not a product."""
        return site.kind.family == "additive_attention" or self.score_mode == "concat"

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """`[..., L, V]`, and the scores `[..., L, S]`."""
        parts = self.tensors(site)
        leading = None if parts is None else joined(parts)
        if parts is None or leading is None:
            return (None,) * (1 + self.return_attention_scores)
        query, key, value = parts
        scores = broadcast([query[:-2], key[:-2]]) or ()
        given = (*leading, query[-2], value[-1])
        return (given, (*scores, query[-2], key[-2])) if self.return_attention_scores else (given,)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Nothing: the shapes do not go together."""
        return (None,) * (1 + self.return_attention_scores)

    def output_shape(self, site: Site) -> Shape | None:
        """`[..., L, V]`."""
        return self.output_shapes(site)[0]

    def parameters(self, site: Site) -> Size:
        """A scale of the scores if there is one, as long as a key where scores are sums; one more for `concat`."""
        if site.kind.family == "additive_attention":
            parts = self.tensors(site)
            return 0 if self.use_scale is False else None if parts is None else parts[0][-1]
        return bool(self.use_scale) + (self.score_mode == "concat")

    def macs(self, site: Site, output: Shape) -> Size:
        """`N*L*S*(E + V)`; scores that are sums count nothing, and leave `N*L*S*V`."""
        parts = self.tensors(site)
        leading = None if parts is None else joined(parts)
        if parts is None or leading is None:
            return None
        query, key, value = parts
        features = total(0 if self.sums(site) else query[-1], value[-1])
        return product(*map(examples, leading[:1]), *leading[1:], query[-2], key[-2], features)

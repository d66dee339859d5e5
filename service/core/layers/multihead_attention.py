"""Attention with projections of its own: queries, keys, values and what comes out are multiplied by trained weights."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape, Size
from service.core.layers.attention import examples, product, total
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Dimension, Positive, Probability
from service.core.layers.registry import layer_kind

Axes = Dimension | Annotated[Sequence[Dimension], Len(1, 8)]
Features = Positive | Annotated[Sequence[Positive], Len(1, 4)]


class ProjectedAttention(Layer):
    """What attention with projections shares: one input attends to itself, others give the keys and values."""

    passes_channels_on: ClassVar[bool] = False
    mixes_positions: ClassVar[bool] = True

    @abstractmethod
    def roles(self, site: Site) -> tuple[Shape | None, Shape | None, Shape | None]:
        """The shapes of the queries, keys and values."""


@layer_kind("multihead_attention")
@dataclass(frozen=True, kw_only=True)
class MultiheadAttention(ProjectedAttention):
    """`softmax(Q K^T / sqrt(d)) V W + b` in `num_heads` heads that share `embed_dim`: inputs are query, key and value.

    `[L, N, E]`, or the batch first if `batch_first`, or without a batch. One input attends to itself; of two the second
    is key and value. Output 1 are the weights `[N, L, S]`, of each head if not `average_attn_weights`, none if not
    `need_weights`.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    embed_dim: Positive
    num_heads: Positive
    dropout: Probability = 0.0
    bias: bool = True
    add_bias_kv: bool = False
    add_zero_attn: bool = False
    kdim: Positive | None = None
    vdim: Positive | None = None
    batch_first: bool = False
    need_weights: bool = True
    average_attn_weights: bool = True

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Positions and features, with or without a batch."""
        return (2, 3)

    def roles(self, site: Site) -> tuple[Shape | None, Shape | None, Shape | None]:
        """Query, key and value."""
        return site.inputs[0], site.inputs[min(1, len(site.inputs) - 1)], site.inputs[-1]

    def features(self) -> tuple[int, int, int]:
        """The features that query, key and value must have."""
        return self.embed_dim, self.kdim or self.embed_dim, self.vdim or self.embed_dim

    def positions(self, shape: Shape | None) -> tuple[Shape, Size]:
        """The batch, and the positions."""
        if shape is None or len(shape) not in (2, 3):
            return (None,), None
        if len(shape) == 2:
            return (), shape[0]
        return (shape[:1], shape[1]) if self.batch_first else (shape[1:2], shape[0])

    def attended(self, site: Site) -> Size:
        """The positions that are attended to, with those that the layer adds."""
        return total(self.positions(self.roles(site)[1])[1], self.add_bias_kv, self.add_zero_attn)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The query's shape, and the weights if they are needed."""
        query = site.shape
        given = None if query is None or not site.fits else (*query[:-1], self.embed_dim)
        if not self.need_weights:
            return (given,)
        if given is None:
            return (None, None)
        batch, positions = self.positions(query)
        heads = () if self.average_attn_weights else (self.num_heads,)
        return (given, (*batch, *heads, positions, self.attended(site)))

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """The query's shape."""
        return self.output_shapes(site)[0]

    def parameters(self, site: Site) -> Size:
        """`E*(E + K + V + E)`, four biases of E, and a key and a value more with `add_bias_kv`."""
        embed, *others = self.features()
        return embed * (2 * embed + sum(others)) + 4 * embed * self.bias + 2 * embed * self.add_bias_kv

    def macs(self, site: Site, output: Shape) -> Size:
        """The projections of all positions, and `L*S*E` twice."""
        batch, positions = self.positions(site.shape)
        keys = self.positions(self.roles(site)[1])[1]
        embed, key, value = self.features()
        projections = total(product(positions, 2 * embed * embed), product(keys, embed * (key + value)))
        weighed = product(positions, self.attended(site), 2 * embed)
        return product(*map(examples, batch), total(projections, weighed))


@layer_kind("key_dim_attention")
@dataclass(frozen=True, kw_only=True)
class KeyDimAttention(ProjectedAttention):
    """`softmax(Q K^T / sqrt(d)) V W + b` in `num_heads` heads of `key_dim` each, as Keras' MultiHeadAttention has it.

    The inputs are queries, values and keys, in this order; without keys the values are the keys. All axes between batch
    and features are attended to, or the `attention_axes`. `return_attention_scores` gives the scores as output 1.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 3)

    num_heads: Positive
    key_dim: Positive
    value_dim: Positive | None = None
    dropout: Probability = 0.0
    bias: bool = True
    projected_shape: Features | None = None
    attention_axes: Axes | None = None
    return_attention_scores: bool = False

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, positions and features at least."""
        return (3, 4, 5, 6, 7, 8)

    def roles(self, site: Site) -> tuple[Shape | None, Shape | None, Shape | None]:
        """Queries, keys and values."""
        return site.inputs[0], site.inputs[-1], site.inputs[1]

    def attended_axes(self, dimensions: int) -> tuple[int, ...] | None:
        """The axes that are attended to, counted from the front; None where one does not exist."""
        if self.attention_axes is None:
            return tuple(range(1, dimensions - 1))
        axes = [self.attention_axes] if isinstance(self.attention_axes, int) else self.attention_axes
        inside = all(-dimensions <= axis < dimensions for axis in axes)
        return tuple(axis % dimensions for axis in axes) if inside else None

    def features_out(self, query: Shape) -> Shape:
        """What comes out for a position."""
        if self.projected_shape is None:
            return query[-1:]
        return (self.projected_shape,) if isinstance(self.projected_shape, int) else tuple(self.projected_shape)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The query's shape with its features replaced, and the scores if they are asked for."""
        query, key, _ = self.roles(site)
        given = None if query is None or not site.fits else (*query[:-1], *self.features_out(query))
        if not self.return_attention_scores:
            return (given,)
        axes = self.attended_axes(len(query or ()))
        if given is None or query is None or key is None or len(key) != len(query) or axes is None:
            return (given, None)
        others = tuple(query[axis] for axis in range(len(query) - 1) if axis not in axes)
        return (given, (*others, self.num_heads, *(query[axis] for axis in axes), *(key[axis] for axis in axes)))

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """The query's shape with its features replaced."""
        return self.output_shapes(site)[0]

    def _widths(self) -> tuple[int, int]:
        """The values of all heads: of the queries and keys, of the values."""
        return self.num_heads * self.key_dim, self.num_heads * (self.value_dim or self.key_dim)

    def parameters(self, site: Site) -> Size:
        """The weights that project queries, keys, values and what comes out, with their biases."""
        query, key, value = self.roles(site)
        if not query or not key or not value:
            return None
        keys, values = self._widths()
        out = product(*self.features_out(query))
        weights = total(
            product(query[-1], keys), product(key[-1], keys), product(value[-1], values), product(out, values)
        )
        return total(weights, product(total(2 * keys + values, out), self.bias))

    def macs(self, site: Site, output: Shape) -> Size:
        """The projections of all positions, and two products of every position with every one that it attends to."""
        query, key, value = self.roles(site)
        if query is None or key is None or value is None or not site.fits or len(key) != len(query):
            return None
        axes = self.attended_axes(len(query))
        if axes is None:
            return None
        keys, values = self._widths()
        out = product(*self.features_out(query))
        asked, given = product(*query[1:-1]), product(*key[1:-1])
        projections = total(
            product(asked, query[-1], keys),
            product(given, key[-1], keys),
            product(given, value[-1], values),
            product(asked, values, out),
        )
        weighed = product(asked, *(key[axis] for axis in axes), keys + values)
        return product(examples(query[0]), total(projections, weighed))


@layer_kind("group_query_attention")
@dataclass(frozen=True, kw_only=True)
class GroupQueryAttention(ProjectedAttention):
    """Attention of `num_query_heads` heads of `head_dim` each, of which groups share a head of keys and values.

    The inputs are queries, values and keys `[batch, positions, features]`, in this order; without keys the values are
    the keys. `return_attention_scores` gives the scores as output 1.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 3)

    head_dim: Positive
    num_query_heads: Positive
    num_key_value_heads: Positive
    dropout: Probability = 0.0
    bias: bool = True
    return_attention_scores: bool = False

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, positions and features."""
        return (3,)

    def roles(self, site: Site) -> tuple[Shape | None, Shape | None, Shape | None]:
        """Queries, keys and values."""
        return site.inputs[0], site.inputs[-1], site.inputs[1]

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The query's shape, and the scores if they are asked for."""
        query, key, _ = self.roles(site)
        given = query if site.fits else None
        if not self.return_attention_scores:
            return (given,)
        if given is None or key is None or len(key) != 3:
            return (given, None)
        return (given, (given[0], self.num_query_heads, given[1], key[1]))

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """The query's shape."""
        return self.output_shapes(site)[0]

    def _weights(self, site: Site) -> tuple[Size, Size, Size, Size]:
        """The elements of the weights of queries, keys, values and of what comes out."""
        queries, groups = self.num_query_heads * self.head_dim, self.num_key_value_heads * self.head_dim
        query, key, value = (shape[-1] if shape else None for shape in self.roles(site))
        return product(query, queries), product(key, groups), product(value, groups), product(query, queries)

    def parameters(self, site: Site) -> Size:
        """The weights that project queries, keys, values and what comes out, with their biases."""
        heads = self.num_query_heads + 2 * self.num_key_value_heads
        features = site.shape[-1] if site.shape else None
        return total(*self._weights(site), product(total(heads * self.head_dim, features), self.bias))

    def macs(self, site: Site, output: Shape) -> Size:
        """The projections of all positions, and two products of every position with every one that it attends to."""
        query, key, _ = self.roles(site)
        if query is None or key is None or not site.fits or len(key) != 3:
            return None
        asked, keys, values, out = self._weights(site)
        projections = total(product(query[1], total(asked, out)), product(key[1], total(keys, values)))
        weighed = product(query[1], key[1], 2 * self.num_query_heads * self.head_dim)
        return product(examples(query[0]), total(projections, weighed))

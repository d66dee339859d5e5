"""Attention as ONNX has it: with the keys and values of earlier positions, and with a state instead of them."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.attention import ScaledDotProductAttention, product, total
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Positive
from service.core.layers.quantized import known_to_differ
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, out_of_range, unlike_inputs, wrong_rank


@layer_kind("cached_attention")
@dataclass(frozen=True, kw_only=True)
class CachedAttention(ScaledDotProductAttention):
    """Attention over given tensors whose keys and values go on from earlier ones, which are further inputs.

    The inputs are queries, keys and values; then, as far as they are there, a mask, earlier keys and values
    `[N, heads, P, E]`, and how many keys of each example count. With `return_state` all keys and all values are outputs
    1 and 2, with `return_attention_scores` the scores output 3.
    """

    takes_inputs: ClassVar[InputCounts] = (3, 7)

    return_state: bool = False
    return_attention_scores: bool = False

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, heads, positions and features, or the heads joined."""
        return (4,) if self.q_num_heads is None else (3, 4)

    def lengths(self, site: Site) -> Shape | None:
        """The input that says how many keys count: the last one, if it has a number for each example."""
        last = site.inputs[-1] if len(site.inputs) in (4, 5, 7) else None
        batch = site.shape[0] if site.shape else None
        return last if last is not None and len(last) == 1 and last[0] in (None, batch) else None

    def _further(self, site: Site) -> tuple[Shape | None, ...]:
        """The inputs behind the values, without the lengths."""
        return site.inputs[3 : len(site.inputs) - (self.lengths(site) is not None)]

    def mask(self, site: Site) -> Shape | None:
        """The mask: the first of them, where they are not the earlier keys and values alone."""
        further = self._further(site)
        return further[0] if len(further) in (1, 3) else None

    def earlier(self, site: Site) -> tuple[Shape | None, Shape | None] | None:
        """The shapes of earlier keys and values; None where there are none."""
        further = self._further(site)
        return (further[-2], further[-1]) if len(further) > 1 else None

    def carried(self, site: Site) -> tuple[Shape, Shape] | None:
        """All keys and all values, earlier ones first, each with its own heads; None while one is unknown."""
        heads = self.kv_num_heads or self.q_num_heads
        past = self.earlier(site) or ((), ())
        whole: list[Shape] = []
        for shape, before in zip(site.inputs[1:3], past, strict=True):
            if shape is None or before is None or len(shape) < 3:
                return None
            apart = self.heads_apart(shape, heads)
            positions = apart[-2] if len(before) != 4 else total(before[2], apart[-2])
            whole.append((*apart[:-2], positions, apart[-1]))
        return whole[0], whole[1]

    def tensors(self, site: Site) -> tuple[Shape, Shape, Shape] | None:
        """Queries, all keys and all values with the heads apart."""
        query, carried = site.shape, self.carried(site)
        if query is None or carried is None or len(query) < 3:
            return None
        return self._repeated(self.heads_apart(query, self.q_num_heads), *carried)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """`[..., L, V]`; all keys and values; the scores `[N, heads, L, S]`."""
        first, carried, parts = self.output_shape(site), self.carried(site), self.tensors(site)
        state = (None, None) if carried is None else carried
        scores = None if parts is None else (*parts[0][:-1], parts[1][-2])
        if self.return_attention_scores:
            return (first, *state, scores)
        return (first, *state) if self.return_state else (first,)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Nothing: the shapes do not go together."""
        return (None,) * len(self.output_shapes(site))


@layer_kind("linear_attention")
@dataclass(frozen=True, kw_only=True)
class LinearAttention(Structural):
    """Attention without a softmax, one step after another: `[N, L, heads*E]` gives `[N, L, heads*V]` and a state.

    The inputs are queries, keys and values with the heads side by side; then, as far as they are there, the state
    before, a decay and the rate of updates. The state after the last step is output 1: `[N, kv_heads, E, V]`.
    """

    takes_inputs: ClassVar[InputCounts] = (3, 6)

    q_num_heads: Positive
    kv_num_heads: Positive

    def shapes(self, site: Site) -> Shapes:
        """As many positions as queries; the features of the values."""
        query, key, value = site.inputs[:3]
        if query is None or key is None or value is None:
            return (None, None)
        for index, shape in enumerate((query, key, value)):
            if len(shape) != 3:
                raise wrong_rank(site, "3", index)
        if self.q_num_heads % self.kv_num_heads:
            bound = f"which {site.spelled('kv_num_heads')} {self.kv_num_heads} does not divide"
            raise out_of_range(site, "q_num_heads", self.q_num_heads, bound, f"a multiple of {self.kv_num_heads}")
        if any(known_to_differ(query[:2], shape[:2]) for shape in (key, value)):
            raise unlike_inputs(site, "queries, keys and values have not the same examples and positions")
        of_query = self._per_head(site, "q_num_heads", query[2])
        of_key = self._per_head(site, "kv_num_heads", key[2])
        of_value = self._per_head(site, "kv_num_heads", value[2])
        if None not in (of_query, of_key) and of_query != of_key:
            raise unlike_inputs(site, f"queries have {of_query} features a head, but keys {of_key}")
        state = (query[0], self.kv_num_heads, of_key, of_value)
        before = site.inputs[3] if len(site.inputs) > 3 else None
        if before is not None and len(before) == 4 and known_to_differ(before, state):
            raise unlike_inputs(site, f"the state before is not {shape_text(state)}")
        return ((query[0], query[1], product(self.q_num_heads, of_value)), state)

    def _per_head(self, site: Site, parameter: str, features: Size) -> Size:
        """The features of a head.

        Raises:
            RefusedError: The heads do not divide the features.
        """
        heads = int(getattr(self, parameter))
        if features is not None and features % heads:
            raise out_of_range(site, parameter, heads, f"which does not divide {features}", f"a divisor of {features}")
        return None if features is None else features // heads


@layer_kind("causal_conv_with_state")
@dataclass(frozen=True, kw_only=True)
class CausalConvolutionWithState(Structural):
    """A convolution of each channel with the positions before: `[N, C, L]` and a weight `[C, 1, k]` keep the shape.

    Then, as far as they are there, a bias and the positions before the first. The last `k - 1` are output 1.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 4)

    def shapes(self, site: Site) -> Shapes:
        """The input's shape, and `[N, C, k - 1]`."""
        shape, weight = site.inputs[0], site.inputs[1]
        if shape is None or weight is None:
            return (shape, None)
        for index, tensor in enumerate((shape, weight)):
            if len(tensor) != 3:
                raise wrong_rank(site, "3", index)
        if known_to_differ(weight[:2], (shape[1], 1)):
            raise unlike_inputs(site, f"the weight is not [{shape[1]}, 1, kernel]")
        state = (*shape[:2], None if weight[2] is None else weight[2] - 1)
        last = site.inputs[-1]
        if last is not None and len(last) == 3 and len(site.inputs) > 2 and known_to_differ(last, state):
            raise unlike_inputs(site, f"the positions before are not {shape_text(state)}")
        return (shape, state)

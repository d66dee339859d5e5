"""Whole blocks of transformers: encoder and decoder layers, and attention in windows of an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape, Size
from service.core.layers.attention import examples, product, total
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Natural, Positive, Probability
from service.core.layers.registry import layer_kind

Pair = Annotated[Sequence[Positive], Len(2, 2)]
Shift = Annotated[Sequence[Natural], Len(2, 2)]


@dataclass(frozen=True, kw_only=True)
class TransformerLayer(Layer):
    """What encoder and decoder layers share: attention, two linear layers, and a normalisation after or before each."""

    mixes_positions: ClassVar[bool] = True
    attentions: ClassVar[int] = 1

    d_model: Positive
    nhead: Positive
    dim_feedforward: Positive = 2048
    dropout: Probability = 0.1
    activation: Any = "relu"
    layer_norm_eps: float = 1e-5
    batch_first: bool = False
    norm_first: bool = False
    bias: bool = True

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Positions and features, with or without a batch."""
        return (2, 3)

    def parameters(self, site: Site) -> Size:
        """`4*d*d + 4*d` an attention, `2*d*f + f + d` the linear layers, `2*d` a normalisation; less without biases."""
        model, hidden = self.d_model, self.dim_feedforward
        attention = 4 * model * model + 4 * model * self.bias
        linear = 2 * model * hidden + (model + hidden) * self.bias
        return self.attentions * attention + linear + (self.attentions + 1) * model * (1 + self.bias)

    def positions(self, shape: Shape | None) -> tuple[Shape, Size]:
        """The batch, and the positions."""
        if shape is None or len(shape) not in (2, 3):
            return (None,), None
        if len(shape) == 2:
            return (), shape[0]
        return (shape[:1], shape[1]) if self.batch_first else (shape[1:2], shape[0])

    def products(self, asked: Size, attended: Size) -> Size:
        """Multiply-accumulates of one attention: the projections, and two products of every position with every one."""
        projected = total(product(2, asked), product(2, attended))
        return total(product(projected, self.d_model, self.d_model), product(2, asked, attended, self.d_model))


@layer_kind("transformer_encoder_layer")
@dataclass(frozen=True, kw_only=True)
class TransformerEncoderLayer(TransformerLayer):
    """Self-attention and two linear layers, each added to what came in and normalised; the shape stays.

    `[L, N, d_model]`, or the batch first if `batch_first`, or without a batch.
    """

    def macs(self, site: Site, output: Shape) -> Size:
        """Those of the attention and of the linear layers."""
        batch, positions = self.positions(site.shape)
        linear = product(2, positions, self.d_model, self.dim_feedforward)
        return product(*map(examples, batch), total(self.products(positions, positions), linear))


@layer_kind("transformer_decoder_layer")
@dataclass(frozen=True, kw_only=True)
class TransformerDecoderLayer(TransformerLayer):
    """Self-attention, attention to a second input and two linear layers, each added and normalised; the shape stays.

    `[L, N, d_model]` and the encoder's `[S, N, d_model]`, or the batch first if `batch_first`, or without a batch.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 2)
    attentions: ClassVar[int] = 2

    def macs(self, site: Site, output: Shape) -> Size:
        """Those of the two attentions and of the linear layers."""
        batch, positions = self.positions(site.shape)
        _, memory = self.positions(site.inputs[-1])
        linear = product(2, positions, self.d_model, self.dim_feedforward)
        attentions = total(self.products(positions, positions), self.products(positions, memory))
        return product(*map(examples, batch), total(attentions, linear))


@layer_kind("shifted_window_attention", "shifted_window_attention_v2")
@dataclass(frozen=True, kw_only=True)
class ShiftedWindowAttention(Layer):
    """Self-attention within windows of an image `[N, H, W, C]`, which are moved by `shift_size`; the shape stays.

    Each head has a trained bias for every distance within a window; in the second version two linear layers make it,
    and each head has a trained scale.
    """

    mixes_positions: ClassVar[bool] = True
    hidden: ClassVar[int] = 512
    """Values between the two linear layers of the second version."""

    features: Positive
    window_size: Pair
    shift_size: Shift
    num_heads: Positive
    qkv_bias: bool = True
    proj_bias: bool = True
    attention_dropout: Probability = 0.0
    dropout: Probability = 0.0

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, height, width and channels."""
        return (4,)

    def distances(self) -> int:
        """`(2h - 1)*(2w - 1)`: distances within a window."""
        return prod(2 * size - 1 for size in self.window_size)

    def parameters(self, site: Site) -> Size:
        """`4*C*C` and the biases, and those of what makes a bias for every distance and head."""
        channels, heads = self.features, self.num_heads
        own = 4 * channels * channels + channels * (3 * self.qkv_bias + self.proj_bias)
        if site.kind.family.endswith("v2"):
            return own + heads + 3 * self.hidden + self.hidden * heads
        return own + self.distances() * heads

    def buffers(self, site: Site) -> Size:
        """The index of the distance for every two positions; in the second version a table of the distances too."""
        index = prod(self.window_size) ** 2
        return index + 2 * self.distances() * site.kind.family.endswith("v2")

    def macs(self, site: Site, output: Shape) -> Size:
        """The projections of all positions of the padded image, and `C` twice for every two positions of a window."""
        if site.shape is None or not site.fits:
            return None
        padded = [
            None if size is None else -(-size // window) * window
            for size, window in zip(site.shape[1:3], self.window_size, strict=True)
        ]
        each = 4 * self.features**2 + 2 * self.features * prod(self.window_size)
        made = 0
        if site.kind.family.endswith("v2"):
            made = self.distances() * (2 * self.hidden + self.hidden * self.num_heads)
        return total(product(examples(site.shape[0]), *padded, each), made)

"""FRAMEWORKS: what each framework's layers accept, default to and refuse, as rows of one table.

A row maps a layer family (`conv`), or one rank of it (`avg_pool3d`), to its `WindowRules`. A family that is
missing is one the framework does not have. The logic elsewhere reads these rows and never asks for a framework's
name. Recorded by running the version named in the row; sources are cited beside what is not obvious.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from service.core.arithmetic import effective_kernel, split, transposed_output
from service.core.axes import Axis, WindowAxis
from service.core.padding import NAMES, Pair, simplest
from service.core.shapes import CHANNELS_FIRST, CHANNELS_LAST, LARGEST, Layout


@dataclass(frozen=True, slots=True)
class Crop:
    """What one axis of a transposed convolution loses and gains after the full `(i - 1)*s + e` positions."""

    before: int
    after: int
    output_padding: int = 0


TransposedPadding = Callable[[Pair | str, int, int, int, int, int | None], Crop]
"""(padding, size, kernel, stride, dilation, output_padding or None) → what is cropped from that axis."""


def crop_as_given(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> Crop:
    """PyTorch and ONNX: `padding` is cropped from both ends, `output_padding` is 0 unless given."""
    before, after = (0, 0) if isinstance(padding, str) else padding
    return Crop(before, after, output_padding or 0)


def crop_to_keras(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> Crop:
    """Keras: "valid" gives at least a stride per position, "same" `i*s`, or `(i - 1)*s + e % 2 + op` if op is given.

    Source: `keras/src/backend/common/backend_utils.py`.
    """
    effective = effective_kernel(kernel, dilation)
    full = transposed_output(size, effective, stride, 0)
    if padding != "same":
        return Crop(0, 0, max(stride - effective, 0) if output_padding is None else output_padding)
    target = size * stride if output_padding is None else (size - 1) * stride + effective % 2 + output_padding
    before, after = split(max(full - target, 0))
    return Crop(before, after, max(target - full, 0))


def crop_to_onnx(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> Crop:
    """ONNX: `pads` are cropped; SAME gives `i*s`, the odd position cropped after (UPPER) or before (LOWER).

    Source: `onnx/defs/nn/defs.cc`.
    """
    extra = output_padding or 0
    if padding not in ("same", "same_upper", "same_lower"):
        return crop_as_given(padding, size, kernel, stride, dilation, output_padding)
    full = transposed_output(size, effective_kernel(kernel, dilation), stride, 0, extra)
    before, after = split(max(full - size * stride, 0), extra_after=padding != "same_lower")
    return Crop(before, after, extra)


def crop_to_jax(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> Crop:
    """JAX: `padding` pads the dilated input, so `e - 1 - padding` is cropped; SAME gives `i*s`.

    Source: `_conv_transpose_padding` in `jax/_src/lax/convolution.py`.
    """
    effective = effective_kernel(kernel, dilation)
    if isinstance(padding, str):
        total = effective + stride - 2
        if padding == "same_lower":
            low = -(-total // 2)
        elif padding == "same":
            low = effective - 1 if stride > effective - 1 else -(-total // 2)
        else:
            total, low = total + max(effective - stride, 0), effective - 1
        padding = (low, total - low)
    return Crop(effective - 1 - padding[0], effective - 1 - padding[1], output_padding or 0)


@dataclass(frozen=True, kw_only=True)
class WindowRules:
    """What one framework's window layer of one family accepts and assumes."""

    name: str
    """What the framework calls it, for messages."""
    numbers: bool = True
    """Padding may be given as amounts."""
    uneven: bool = False
    """Amounts before and after an axis may differ."""
    negative: frozenset[str] = frozenset()
    """Padding modes in which amounts may be negative, which crops."""
    named: frozenset[str] = frozenset()
    """Paddings accepted by name."""
    unit_stride_names: frozenset[str] = frozenset()
    """Padding names that want a stride of 1."""
    padding_limit: Literal["none", "half kernel", "below kernel"] = "none"
    """How much padding a window bears, dilation not counted."""
    input_holds_kernel: bool = False
    """The input itself must hold the window, whatever the padding."""
    stride_with_dilation: bool = True
    """A stride above 1 may meet a dilation above 1."""
    groups: bool = True
    default_stride: Literal["one", "kernel"] = "one"
    count_include_pad: bool = False
    """The default: whether an average counts padding."""
    absolute: bool = False
    """An LP pool takes the absolute value before the power."""
    lacks: frozenset[str] = frozenset()
    """Parameters of our layer that this one does not have."""
    padding_modes: frozenset[str] = frozenset({"zeros"})
    empty_output: bool = False
    """A window that fits nowhere gives size 0 rather than an error."""
    truncates: bool = False
    """The division in the size formula goes towards zero: a window may be too large by less than a stride."""
    named_with_holes: bool = True
    """A padding name may meet an input dilation."""
    keepdims: bool = True
    """A global pool keeps its spatial axes, at size 1, unless told otherwise."""
    nulls: bool = True
    """An adaptive pool may keep an axis, said by null."""
    free_axes_at_size_1: bool = False
    """An adaptive pool to size 1 is a mean over the last axes, whatever stands before them."""
    leading_axes: tuple[int, int] | None = None
    """How many axes may stand before the spatial ones, least and most; otherwise batch and channels."""
    most_leading_axes_with_pairs: int = 8
    """How many may stand there where padding is given as pairs."""
    even_same_wants_more: bool = False
    """"same" with an even effective kernel wants `output_padding` above 0 if it is given at all."""
    since: Mapping[str, int] = field(default_factory=dict)
    """Parameters that came with an operator set, and its number."""
    transposed_padding: TransposedPadding = crop_as_given
    output_size_crops: bool = False
    """`output_size` decides what is cropped, rather than what is added."""
    whole_output_size: bool = False
    """`output_size` may be the whole output shape, of which only the spatial sizes are read."""
    output_padding_below: Literal["stride", "stride or dilation"] = "stride"
    """What `output_padding` must stay below."""

    def most_padding(self, kernel: int) -> int:
        """The largest padding that a window of this kernel bears."""
        if self.padding_limit == "none":
            return LARGEST
        return kernel // 2 if self.padding_limit == "half kernel" else kernel - 1

    def output_padding_limit(self, stride: int, dilation: int) -> int:
        """The number that `output_padding` must stay below on an axis."""
        return max(stride, dilation) if self.output_padding_below == "stride or dilation" else stride


PaddingSpelling = Callable[[Sequence[Pair]], dict[str, Any]]
"""Explicit pairs as the argument that a user of the framework writes."""


def as_padding(pairs: Sequence[Pair]) -> dict[str, Any]:
    """`padding`, as short as it goes."""
    return {"padding": simplest(pairs)}


def as_pads(pairs: Sequence[Pair]) -> dict[str, Any]:
    """ONNX's `pads`: all begins, then all ends."""
    return {"pads": [before for before, _ in pairs] + [after for _, after in pairs]}


def as_pairs(pairs: Sequence[Pair]) -> dict[str, Any]:
    """JAX's `padding`: a pair per axis."""
    return {"padding": [list(pair) for pair in pairs]}


Hearsay = Callable[[Axis], Iterator[str]]
"""What a framework's own tools are known to report of an axis where that is not what its runtime does."""


def nothing_else(axis: Axis) -> Iterator[str]:
    """The tools and the runtime agree."""
    yield from ()


def onnx_shape_inference(axis: Axis) -> Iterator[str]:
    """ONNX: shape inference knows neither the last-window rule (up to opset 21) nor windows that do not fit."""
    if not isinstance(axis, WindowAxis) or axis.padded is None:
        return
    spare = axis.padded - axis.effective
    plain = (-(-spare // axis.stride) if axis.ceil_mode else spare // axis.stride) + 1
    if spare < 0:
        yield f"onnx.shape_inference reports {plain} here instead of an error"
    elif plain != axis.output:
        yield f"onnx.shape_inference reports {plain} here up to opset 21"


def ignores_nothing(family: str, written: Mapping[str, Any]) -> str | None:
    """Nothing silences anything."""
    return None


def ignored_pads(family: str, written: Mapping[str, Any]) -> str | None:
    """ONNX: a pool's `auto_pad` silences its `pads`, which must be sound all the same."""
    pads, kernel = written.get("pads"), written.get("kernel_shape")
    if family not in ("max_pool", "avg_pool", "lp_pool") or written.get("auto_pad", "NOTSET") == "NOTSET":
        return None
    if not isinstance(pads, list) or not isinstance(kernel, list) or len(pads) != 2 * len(kernel):
        return None
    sound = all(type(pad) is int and 0 <= pad < size for pad, size in zip(pads, kernel * 2, strict=True))
    return "pads" if sound else None


@dataclass(frozen=True, kw_only=True)
class PadRules:
    """What a framework's explicit padding takes."""

    modes: frozenset[str] = frozenset({"constant", "reflect", "replicate", "circular"})
    negative: frozenset[str] = frozenset({"constant", "reflect", "replicate", "circular"})
    """Modes in which negative amounts crop."""
    limited: frozenset[str] = frozenset({"reflect", "circular"})
    """Modes that copy each position of the input once at most; the others repeat it."""
    least_kept: Mapping[str, int] = field(default_factory=dict)
    """By mode, how many positions of the input cropping must leave; where it is missing only the output is bound."""
    empty_output: bool = False
    """Cropping everything gives size 0 rather than an error."""
    copies_within_output: bool = False
    """Circular padding is copied from one end of the output to the other, also where the two meet."""
    values: bool = True
    """Constant padding may be filled with another number than 0."""
    limited_after_crop: bool = False
    """What may be copied is what cropping leaves."""
    leading_axes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By mode, how many axes may stand before the padded ones, least and most."""


@dataclass(frozen=True, kw_only=True)
class Framework:
    """One row: a framework, the version it was recorded from, and its rules by layer family."""

    name: str
    title: str
    version: str
    layout: Layout = CHANNELS_FIRST
    unbatched: bool = False
    """Window layers take an input without a batch axis."""
    opsets: tuple[int, int] | None = None
    """The oldest and newest operator set known, where the framework has them."""
    opset: int | None = None
    """The operator set that the rules are those of; the newest if it is not said."""
    spell_padding: PaddingSpelling = as_padding
    hearsay: Hearsay = nothing_else
    weight: str = "OIS"
    """The axes of a convolution's weight: O(ut), I(n), S(patial)."""
    transposed_weight: str = "IOS"
    """The axes of a transposed convolution's weight."""
    transposed_flips: bool = False
    """A transposed convolution's kernel is applied unflipped, which is flipped as seen from the adjoint."""
    rules: Mapping[str, WindowRules] = field(default_factory=dict)

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Parameters, by layer family, that mean another of ours here than elsewhere."""
    ignores: Callable[[str, Mapping[str, Any]], str | None] = ignores_nothing
    """Of a layer family and a layer as posted, the member that another one silences instead of contradicting it."""
    pads: PadRules = field(default_factory=PadRules)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters, by layer family, that have a default here and none elsewhere."""
    dense_axes: int = 1
    """How many axes a linear layer's input must have at least."""
    interpolations: frozenset[str] | None = None
    """The modes of its upsampling, which then only images have; None where all of ours are there."""
    norms_of_one_value: bool = True
    """A normalisation takes a mean of one value, too."""
    flatten_axis: int | None = None
    """Where flattening always gives two axes: the one at which they meet unless another is given."""

    def at(self, opset: int | None) -> "Framework":
        """The row as it was at an operator set: parameters that came later are lacking."""
        if opset is None or self.opsets is None:
            return self
        rules = {
            name: replace(one, lacks=one.lacks | {parameter for parameter, came in one.since.items() if came > opset})
            if one.since
            else one
            for name, one in self.rules.items()
        }
        return replace(self, rules=rules, opset=opset)

    def rules_for(self, type_name: str, family: str) -> WindowRules | None:
        """The rules of a layer type: its own (`avg_pool3d`), else its family's (`avg_pool`), else None."""
        return self.rules.get(type_name) or self.rules.get(family)


EVERY_MODE = frozenset({"zeros", "reflect", "replicate", "circular"})
ONLY_CONVOLUTIONS_DILATE = frozenset({"dilation"})
POOL_EXTRAS = frozenset({"ceil_mode", "divisor_override"})

_torch_convolution = WindowRules(
    name="Conv",
    named=frozenset({"same", "valid"}),
    unit_stride_names=frozenset({"same"}),
    padding_modes=EVERY_MODE,
    negative=EVERY_MODE - {"zeros"},  # these modes pad in a layer of their own, which crops below 0
    lacks=frozenset({"input_dilation"}),
)
_torch_max_pool = WindowRules(name="MaxPool", padding_limit="half kernel", default_stride="kernel")
_torch_average_pool = WindowRules(
    name="AvgPool",
    padding_limit="half kernel",
    default_stride="kernel",
    count_include_pad=True,
    lacks=ONLY_CONVOLUTIONS_DILATE,
)
_torch_lp_pool = WindowRules(name="LPPool", default_stride="kernel", lacks=frozenset({"padding", "dilation"}))
_adaptive_pool = WindowRules(name="adaptive pooling")
_global_pool = WindowRules(name="global pooling")

PYTORCH = Framework(
    name="pytorch",
    title="PyTorch",
    version="2.13.0",
    unbatched=True,
    norms_of_one_value=False,
    pads=PadRules(
        least_kept={"constant": 0, "circular": 0},
        copies_within_output=True,
        leading_axes=dict.fromkeys(("reflect", "replicate", "circular"), (1, 2)),
    ),
    rules={
        "conv": _torch_convolution,
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            output_padding_below="stride or dilation",
            whole_output_size=True,
            lacks=frozenset({"input_dilation"}),
        ),
        "max_pool": _torch_max_pool,
        "avg_pool": _torch_average_pool,
        "avg_pool1d": replace(_torch_average_pool, lacks=frozenset({"dilation", "divisor_override"})),
        "avg_pool3d": replace(_torch_average_pool, input_holds_kernel=True),
        "lp_pool": _torch_lp_pool,
        "lp_pool3d": replace(_torch_lp_pool, input_holds_kernel=True),
        "adaptive_max_pool": _adaptive_pool,
        "adaptive_avg_pool1d": _adaptive_pool,
        "adaptive_avg_pool": replace(_adaptive_pool, free_axes_at_size_1=True),
        "global_max_pool": _global_pool,
        "global_avg_pool": _global_pool,
    },
)

_keras_convolution = WindowRules(
    name="Conv",
    numbers=False,
    named=frozenset({"same", "valid"}),
    stride_with_dilation=False,
    lacks=frozenset({"input_dilation"}),
)
_keras_pool = WindowRules(
    name="Pooling",
    numbers=False,
    named=frozenset({"same", "valid"}),
    default_stride="kernel",
    lacks=POOL_EXTRAS | {"dilation", "count_include_pad"},
)
_keras_depthwise = replace(_keras_convolution, name="DepthwiseConv", stride_with_dilation=True)

KERAS = Framework(
    name="keras",
    title="Keras with TensorFlow",
    version="3.15.1 with TensorFlow 2.21.0",
    layout=CHANNELS_LAST,
    weight="SIO",
    transposed_weight="SOI",
    rules={
        "conv": _keras_convolution,
        "conv1d": replace(_keras_convolution, named=frozenset({"same", "valid", "causal"})),
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            numbers=False,
            named=frozenset({"same", "valid"}),
            groups=False,
            stride_with_dilation=False,
            transposed_padding=crop_to_keras,
            even_same_wants_more=True,
            lacks=frozenset({"input_dilation", "output_size"}),
        ),
        "depthwise_conv": _keras_depthwise,
        "separable_conv": replace(_keras_depthwise, name="SeparableConv"),
        "max_pool": _keras_pool,
        "avg_pool": _keras_pool,
        "adaptive_max_pool": replace(_adaptive_pool, nulls=False),
        "adaptive_avg_pool": replace(_adaptive_pool, nulls=False),
        "global_max_pool": replace(_global_pool, keepdims=False),
        "global_avg_pool": replace(_global_pool, keepdims=False),
    },
    words={"upsample": {"size": "scale_factor"}},
    defaults={"max_pool": {"kernel_size": 2}},
    dense_axes=2,
    interpolations=frozenset({"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}),
    flatten_axis=1,
    pads=PadRules(
        modes=frozenset({"constant"}),
        values=False,
        negative=frozenset(),
        limited=frozenset(),
        leading_axes={"constant": (2, 2)},
    ),
)

_onnx_names = NAMES - {"causal", "full"}

_onnx_pool = WindowRules(name="MaxPool", uneven=True, named=_onnx_names, padding_limit="below kernel", truncates=True)

ONNX = Framework(
    name="onnx",
    title="ONNX",
    version="1.23.2 with onnxruntime 1.31.1",
    opsets=(11, 26),
    spell_padding=as_pads,
    ignores=ignored_pads,
    hearsay=onnx_shape_inference,
    flatten_axis=1,
    pads=PadRules(
        limited=frozenset({"reflect"}),
        least_kept={"reflect": 1, "replicate": 1, "circular": 1},
        limited_after_crop=True,
    ),
    rules={
        "conv": WindowRules(name="Conv", uneven=True, named=_onnx_names, lacks=frozenset({"input_dilation"})),
        "conv_transpose": WindowRules(
            name="ConvTranspose",
            uneven=True,
            named=_onnx_names,
            transposed_padding=crop_to_onnx,
            output_size_crops=True,
            lacks=frozenset({"input_dilation"}),
        ),
        "max_pool": _onnx_pool,
        "avg_pool": replace(
            _onnx_pool, name="AveragePool", lacks=frozenset({"divisor_override"}), since={"dilation": 19}
        ),
        "lp_pool": replace(_onnx_pool, name="LpPool", absolute=True, since={"dilation": 18, "ceil_mode": 18}),
        "global_max_pool": _global_pool,
        "global_avg_pool": _global_pool,
    },
)

_jax_window = WindowRules(
    name="conv_general_dilated",
    uneven=True,
    negative=frozenset({"zeros"}),
    named=frozenset({"same", "same_lower", "valid"}),
    empty_output=True,
    named_with_holes=False,
)
_jax_pool = replace(
    _jax_window,
    name="reduce_window",
    count_include_pad=True,
    leading_axes=(1, 8),
    most_leading_axes_with_pairs=2,
    lacks=frozenset(POOL_EXTRAS),
)

JAX = Framework(
    name="jax",
    title="JAX",
    version="0.10.2",
    spell_padding=as_pairs,
    transposed_weight="OIS",
    transposed_flips=True,
    rules={
        "conv": _jax_window,
        "conv_transpose": replace(
            _jax_window,
            name="conv_transpose",
            unit_stride_names=frozenset({"same_lower"}),
            groups=False,
            transposed_padding=crop_to_jax,
            lacks=frozenset({"output_padding", "output_size", "input_dilation"}),
        ),
        "max_pool": _jax_pool,
        "avg_pool": _jax_pool,
        "global_max_pool": replace(_global_pool, leading_axes=(0, 8)),
        "global_avg_pool": replace(_global_pool, leading_axes=(0, 8)),
    },
    pads=PadRules(negative=frozenset({"constant"}), limited=frozenset(), empty_output=True),
)

FRAMEWORKS: Mapping[str, Framework] = {row.name: row for row in (PYTORCH, KERAS, ONNX, JAX)}

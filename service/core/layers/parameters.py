"""PARAMETERS: every parameter a layer may have, what it means, and what the frameworks call it.

Constraints live in the types, once: the same annotations bound the values that are read and the published schema.
ALIASES turns another spelling into our name, and CONVERSIONS its value where that has another form.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len
from typing_extensions import TypedDict

from service.core.geometry.padding_pairs import begins_then_ends
from service.core.geometry.shapes import LARGEST
from service.core.layers.parameter_rows import ROWS, Parameter

Positive = Annotated[int, Ge(1), Le(LARGEST)]
Amount = Annotated[int, Ge(-LARGEST), Le(LARGEST)]
Natural = Annotated[int, Ge(0), Le(LARGEST)]
PerAxis = Positive | Annotated[Sequence[Positive], Len(1, 3)]
AmountPerAxis = Amount | Annotated[Sequence[Amount], Len(1, 3)]
AmountPair = Annotated[Sequence[Amount], Len(2, 2)]
PaddingName = Literal["valid", "same", "same_upper", "same_lower", "causal", "full"]
PaddingValue = (
    PaddingName | Amount | Annotated[Sequence[Amount], Len(1, 3)] | Annotated[Sequence[AmountPair], Len(1, 3)]
)
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
PadMode = Literal["constant", "reflect", "symmetric", "replicate", "circular"]
DataFormat = Literal["channels_first", "channels_last"]
Dimension = Annotated[int, Ge(-8), Le(7)]
Dimensions = Dimension | Annotated[Sequence[Dimension], Len(0, 8)]
Number = bool | float
GivenShape = Annotated[Sequence[Positive | None], Len(0, 8)]

AxisIndex = Annotated[int, Ge(-9), Le(8)]
Axes = Annotated[Sequence[AxisIndex], Len(0, 8)]
Bound = Annotated[int, Ge(-(2**63)), Le(2**63 - 1)]
FreeSize = Annotated[int, Ge(-1), Le(LARGEST)] | None


class Like(TypedDict):
    """The spatial sizes of another layer's output, whatever they are."""

    like: str


Like.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]  # read by the validator


WantedSize = Positive | Annotated[Sequence[Amount], Len(1, 5)] | Like
OutputSize = Positive | Annotated[Sequence[Positive | None], Len(1, 3)] | Like
SizeOrLike = PerAxis | Like
Probability = Annotated[float, Ge(0), Le(1)]

PARAMETERS: Mapping[str, Parameter] = {row.name: row for row in ROWS}
ALIASES: Mapping[str, str] = {alias: row.name for row in reversed(ROWS) for alias in row.aliases}


def _from_pads(value: Any) -> Any:
    """ONNX's flat order, all begins and then all ends, as pairs; raises ValueError with the form it should have."""
    if not isinstance(value, list) or not value or len(value) % 2:
        raise ValueError("two integers per axis: all begins, then all ends")
    return begins_then_ends(value)


def _from_auto_pad(value: Any) -> Any:
    """ONNX's words in capitals as our names."""
    if value not in ("VALID", "SAME_UPPER", "SAME_LOWER"):
        raise ValueError("one of NOTSET, VALID, SAME_UPPER, SAME_LOWER")
    return value.lower()


def _lowered(value: Any) -> Any:
    """`SAME_UPPER` as `same_upper`."""
    return value.lower() if isinstance(value, str) else value


CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "pads": _from_pads,
    "auto_pad": _from_auto_pad,
    "padding": _lowered,
    "data_format": _lowered,
}
"""How the value of a spelling becomes ours, where it is not the same; ValueError says what form it should have."""
UNSET: Mapping[str, Any] = {"auto_pad": "NOTSET"}
"""Values that mean the parameter was not given."""
RESHAPED = frozenset({"pads"})
"""Spellings whose value has another structure than ours, so that an index into one is none into the other."""

UNJUDGED = frozenset(
    {"bias", "in_channels", "in_features", "num_features", "num_channels", "eps", "momentum", "affine", "center"}
    | {"scale", "track_running_stats", "elementwise_affine", "p", "inplace", "negative_slope", "alpha", "approximate"}
    | {"init", "min_val", "max_val", "return_indices", "align_corners", "num_parameters", "out_channels"}
    | {"out_features"}
)
"""Parameters that can be unknown while everything else of a layer is judged."""
SIZELESS = UNJUDGED | {
    *("groups", "padding_mode", "mode", "value", "count_include_pad", "divisor_override", "norm_type", "num_groups"),
    "normalized_shape",
}
"""Parameters that no size depends on; what comes out is known without them."""

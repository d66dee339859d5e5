"""What a framework's window layers accept and assume: one row a layer family, and a predicate for each rule.

A predicate says whether the layer takes something. It stands on the row alone: the diagnostics word it, the solver and
the batch ask it. Arguments are integers, or columns of integers, of which the answer is then a column of truth values;
this is why conditions are joined by `|` and `&`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from service.core.frameworks.crops import CropOf, crop_as_given
from service.core.geometry.shapes import LARGEST

Integers = Any
"""An integer, or a column of them."""
Truth = Any
"""A truth value, or a column of them."""

EVERY_MODE = frozenset({"zeros", "reflect", "replicate", "circular"})


def no_other_axes(rank: int, output_size: Any) -> tuple[int, ...] | None:
    """An adaptive pool takes the axes that any layer of its rank takes."""
    return None


def any_output_padding(padding: str, effective: int, output_padding: int) -> bool:
    """Any output padding goes with any padding name."""
    return True


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
    """Padding names that need a stride of 1."""
    padding_limit: Literal["none", "half kernel", "below kernel"] = "none"
    """How much padding a window takes, dilation not counted."""
    input_holds_kernel: bool = False
    """The input itself must hold the window, whatever the padding."""
    stride_with_dilation: bool = True
    """A stride above 1 may stand beside a dilation above 1."""
    groups: bool = True
    single_entries: frozenset[str] = frozenset()
    """Parameters in which a list of one entry is about every axis, as the entry alone is."""
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
    """The division in the size formula rounds towards zero: a window may be too large by less than a stride."""
    named_with_input_dilation: bool = True
    """A padding name may stand beside an input dilation."""
    names_leave_input_dilation_out: bool = False
    """A padding name means what it would without the input dilation."""
    same_with_dilation: str | None = None
    """What the runtime does with SAME beside a dilation, where that is not what is specified."""
    keepdims: bool = True
    """A global pool keeps its spatial axes, at size 1, unless told otherwise."""
    nulls: bool = True
    """An adaptive pool may keep an axis, said by null."""
    single_positions: bool = True
    """An adaptive pool may give one position on an axis."""
    leading_axes: tuple[int, int] | None = None
    """How many axes may stand before the spatial ones, least and most; otherwise batch and channels."""
    most_leading_axes_with_pairs: int = 8
    """How many may stand there where padding is given as pairs."""
    since: Mapping[str, int] = field(default_factory=dict)
    """Parameters that came with an operator set, and its number."""
    output_size_crops: bool = False
    """`output_size` decides what is cropped, rather than what is added."""
    whole_output_size: bool = False
    """`output_size` may be the whole output shape, of which only the spatial sizes are read."""
    output_padding_below: Literal["stride", "stride or dilation"] = "stride"
    """What `output_padding` must stay below."""

    crop: CropOf = crop_as_given
    """What a transposed convolution crops."""
    adaptive_dimensions: Callable[[int, Any], tuple[int, ...] | None] = no_other_axes
    """(rank, output_size) → the numbers of axes that an adaptive pool takes, where they are not the usual ones."""
    takes_output_padding_with_name: Callable[[str, int, int], bool] = any_output_padding
    """(padding name, effective kernel, output padding) → whether the two may stand side by side."""

    # --- padding ------------------------------------------------------------------------------------------------------

    def most_padding(self, kernel: Integers) -> Integers:
        """The largest padding that a window of this kernel takes."""
        if self.padding_limit == "none":
            return LARGEST
        return kernel // 2 if self.padding_limit == "half kernel" else kernel - 1

    def takes_padding_of(self, before: Integers, after: Integers, kernel: Integers) -> Truth:
        """Whether amounts keep to the limit that the kernel sets."""
        most = self.most_padding(kernel)
        return (before <= most) & (after <= most)

    def takes_uneven(self, before: Integers, after: Integers) -> Truth:
        """Whether amounts may differ as they do."""
        return self.uneven | (before == after)

    def takes_negative(self, before: Integers, after: Integers, mode: str = "zeros") -> Truth:
        """Whether amounts are at least 0, or may crop."""
        return (mode in self.negative) | ((before >= 0) & (after >= 0))

    def takes_name_with_stride(self, name: str, stride: Integers) -> Truth:
        """Whether a padding name may stand beside a stride, the largest of all axes."""
        return (name not in self.unit_stride_names) | (stride == 1)

    def takes_name_with_input_dilation(self, input_dilation: Integers) -> Truth:
        """Whether a padding name may stand beside an input dilation, the largest of all axes."""
        return self.named_with_input_dilation | (input_dilation == 1)

    # --- other parameters ---------------------------------------------------------------------------------------------

    def takes_value(self, parameter: str, value: Integers, neutral: Integers) -> Truth:
        """Whether there is such a parameter; its neutral value, which changes nothing, is taken everywhere."""
        return (parameter not in self.lacks) | (value == neutral)

    def takes_stride_with_dilation(self, stride: Integers, dilation: Integers) -> Truth:
        """Whether a stride and a dilation, the largest of all axes, may stand side by side."""
        return self.stride_with_dilation | (stride == 1) | (dilation == 1)

    def output_padding_limit(self, stride: int, dilation: int) -> int:
        """The number that `output_padding` must stay below on an axis."""
        return max(stride, dilation) if self.output_padding_below == "stride or dilation" else stride

    def takes_output_padding(self, output_padding: int, stride: int, dilation: int) -> bool:
        """Whether `output_padding` is within its range on an axis."""
        return 0 <= output_padding < self.output_padding_limit(stride, dilation)

    def takes_window(
        self, kernel: Integers, stride: Integers, dilation: Integers, before: Integers = 0, after: Integers = 0
    ) -> Truth:
        """Whether the layer takes a window on one axis with padding in amounts: every rule but those on sizes."""
        return (
            self.takes_value("dilation", dilation, 1)
            & self.takes_stride_with_dilation(stride, dilation)
            & self.takes_value("padding", before, 0)
            & self.takes_value("padding", after, 0)
            & self.takes_padding_of(before, after, kernel)
        )

    def takes_adaptive(self, outputs: Sequence[int | None]) -> bool:
        """Whether an adaptive pool to these sizes, which must be known, was seen to work."""
        return None not in outputs and (self.single_positions or 1 not in outputs)

    # --- sizes --------------------------------------------------------------------------------------------------------

    def takes_input(self, size: Integers, effective: Integers) -> Truth:
        """Whether an input, without its padding, is large enough for a window."""
        return (not self.input_holds_kernel) | (effective <= size)

    def takes_output(self, output: Integers) -> Truth:
        """Whether an output of a window axis is an output: one without positions is none, unless it is defined."""
        return output >= (0 if self.empty_output else 1)

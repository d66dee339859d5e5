"""What a framework is: one row of FRAMEWORKS."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from service.core.frameworks.axis_rules import AxisRules, OperatorRules
from service.core.frameworks.pad_rules import PaddingSpelling, PadRules, as_padding
from service.core.frameworks.recurrent_rules import RecurrentRules
from service.core.frameworks.structure_rules import StructureRules
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import Axis
from service.core.geometry.shapes import CHANNELS_FIRST, Layout

Scaling = Callable[[int, float], float]


def product_of_doubles(size: int, factor: float) -> float:
    """`size * factor`, rounded to a 64-bit float."""
    return size * factor


def no_notes(axis: Axis) -> Iterator[str]:
    """The framework's tools report what its runtime does."""
    yield from ()


def nothing_ignored(family: str, posted: Mapping[str, Any]) -> str | None:
    """No member of a layer makes the framework ignore another."""
    return None


@dataclass(frozen=True, kw_only=True)
class Framework:
    """One row: a framework, the version it was recorded from, and its rules by layer family.

    `rules` maps a layer family (`conv`), or one rank of it (`avg_pool3d`), to its `WindowRules`. A family that is
    missing is one the framework does not have.
    """

    name: str
    title: str
    version: str
    place: int
    """Where it stands in lists of frameworks; the first one is the default."""
    layout: Layout = CHANNELS_FIRST
    unbatched: bool = False
    """Window layers take an input without a batch axis."""
    opsets: tuple[int, int] | None = None
    """The oldest and newest operator set known, where the framework has them."""
    opset: int | None = None
    """The operator set that the rules are those of; the newest if it is not said."""
    weight: str = "OIS"
    """The axes of a convolution's weight: O(ut), I(n), S(patial)."""
    transposed_weight: str = "IOS"
    """The axes of a transposed convolution's weight."""
    transposed_flips: bool = False
    """A transposed convolution's kernel is applied unflipped, which is flipped as seen from the adjoint."""
    rules: Mapping[str, WindowRules] = field(default_factory=dict)
    pads: PadRules = field(default_factory=PadRules)
    array_pads: PadRules | None = None
    """The rules of its function that pads arrays by naming their axes, where its layer that pads has others."""
    weights_are_inputs: bool = False
    """Its operators take their weights as inputs, whatever their parameters say."""
    recurrence: RecurrentRules | None = None
    """The rules of its recurrent layers; None where it has none."""
    spectral_vectors_of_last_axis: bool = False
    """A spectral normalisation keeps one vector, as long as the last axis of the kernel; otherwise it keeps two."""
    attention_broadcasts: bool = True
    """Scaled dot-product attention takes any number of axes before the last two, and sizes of 1 among them stretch."""
    structure: StructureRules = field(default_factory=StructureRules)
    dense_axes: int = 1
    """How many axes a linear layer's input must have at least."""
    interpolations: frozenset[str] | None = None
    """The modes of its upsampling, which then only images have; None where all of ours are there."""
    counts_batches: bool = False
    """A batch normalisation keeps a count of the batches that it was trained on."""
    norms_of_one_value: bool = True
    """A normalisation takes a mean of one value, too."""
    slopes_of_elements: bool = False
    """A trained slope belongs to every element of an example, unless axes share it."""
    weights_broadcast: bool = False
    """A normalisation takes weights of any shape that broadcasts to its input; elsewhere of what it normalises."""
    slopes_broadcast_since: int = 0
    """The operator set from which on trained slopes that are an input do so as well; before it was one a channel."""
    weights_by_group_until: int | None = None
    """The newest operator set in which a group normalisation has a weight for each group, not for each channel."""
    batch_stands_apart: bool = False
    """Lower ranks are broadcast from the axis after the batch on, and a permutation leaves the batch out."""
    integer_flags: bool = False
    """What is true or false elsewhere is the integer 1 or 0 here; both are taken."""
    along_axes: AxisRules = field(default_factory=AxisRules)
    operators: OperatorRules = field(default_factory=OperatorRules)
    flatten_axis: int | None = None
    """Where flattening always gives two axes: the one at which they meet unless another is given."""

    negative_flatten_since: int = 0
    """The operator set from which on that axis may be counted from the end."""
    whole_scales: bool = False
    """Scale factors are integers."""
    scaled: Scaling = product_of_doubles
    """(size, scale factor) → their product as it is rounded here; the size that comes out is its floor."""

    spelled: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """How a parameter of ours is written here, by layer family, or under "" for all; null where it is not written."""
    compared: frozenset[str] = frozenset()
    """Layer families without windows that are here, and were run and compared with the other frameworks'."""
    fixed: frozenset[str] = frozenset()
    """Of these, families whose parameters have their default and no other value."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters that no size depends on, by layer family, with another default here than ours."""
    interpolates: Mapping[str, str] = field(default_factory=dict)
    """Interpolations that were run, and what each computes: those with the same word compute the same."""
    tells_shift_from_scale: bool = False
    """A batch normalisation may have a scale without a shift, or the other way round."""
    momentum_of_history: bool = False
    """The momentum of a normalisation weighs the statistics so far, not the newest batch."""
    global_pools: bool = True
    """There is a layer that pools all positions; otherwise an adaptive pool to size 1 does."""
    crops: bool = False
    """There is a layer that crops; otherwise a negative pad does."""
    shuffles_by_channel: bool = False
    """A pixel shuffle takes the channels of one output channel side by side, as PyTorch does."""
    unshuffles_by_channel: bool = False
    """A pixel unshuffle puts them there."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Parameters, by layer family, that mean another of ours here than elsewhere."""
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameters, by layer family, that have a default here and none elsewhere."""
    ignored_member: Callable[[str, Mapping[str, Any]], str | None] = nothing_ignored
    """(layer family, layer as posted) → the member that another one makes the framework ignore."""
    spell_padding: PaddingSpelling = as_padding
    writes_lists: bool = False
    """A parameter with a value per axis is written as a list, also where all are alike."""
    tool_notes: Callable[[Axis], Iterator[str]] = no_notes
    """What the framework's own tools are known to report of an axis where that is not what its runtime does."""

    def at(self, opset: int | None) -> "Framework":
        """The row as it was at an operator set: parameters that came later are lacking."""
        if opset is None or self.opsets is None:
            return self
        return replace(self, rules={name: _at(rules, opset) for name, rules in self.rules.items()}, opset=opset)

    def pads_of(self, *, named_axes: bool) -> PadRules:
        """The rules of padding the spatial axes, or those that are named."""
        return self.array_pads if named_axes and self.array_pads is not None else self.pads

    @property
    def weights_by_group(self) -> bool:
        """Whether a group normalisation has a weight for each group, not for each channel."""
        return self.opset is not None and self.opset <= (self.weights_by_group_until or 0)

    @property
    def slopes_broadcast(self) -> bool:
        """Whether trained slopes that are an input have any shape that broadcasts."""
        return self.weights_broadcast and (self.opset is None or self.opset >= self.slopes_broadcast_since)

    def rules_for(self, type_name: str, family: str) -> WindowRules | None:
        """The rules of a layer type: its own (`avg_pool3d`), else its family's (`avg_pool`), else None."""
        return self.rules.get(type_name) or self.rules.get(family)


def _at(rules: WindowRules, opset: int) -> WindowRules:
    """The rules without the parameters that came after an operator set."""
    later = {parameter for parameter, came in rules.since.items() if came > opset}
    return replace(rules, lacks=rules.lacks | later) if later else rules

"""What a framework's functions on the structure of tensors take: indices, sizes to expand to, parts to split into."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class StructureRules:
    """One framework's answers to what the frameworks answer differently."""

    squeezes_any_size: bool = False
    """An axis to squeeze whose size is not 1 stays as it is; elsewhere it is refused."""
    loose_squeeze: bool = False
    """An axis may be squeezed twice, and no axes named are all axes."""
    repeated_new_axes: bool = False
    """The same new axis may be inserted twice."""
    reverses_axes: bool = True
    """A permutation that names no axes reverses them; elsewhere it is refused."""
    negative_permutation: bool = True
    """A permutation may count axes from the end."""
    expands: Literal["to", "keeping", "both ways"] = "to"
    """Expanding gives the sizes wanted; or keeps an axis at -1; or the input's own size where 1 is wanted."""
    exact_repeats: bool = False
    """Tiling takes a number for each axis of the input, no more and no fewer."""
    uneven_parts: bool = False
    """A split by number may leave the last part smaller than the others."""
    uneven_parts_since: int | None = None
    """The operator set from which on it may."""
    parts_of_one: bool = True
    """A split by number takes more parts than there are positions, where some are empty."""
    sorted_cuts: bool = False
    """Indices to cut at must rise and lie within the axis."""
    slices: bool = True
    """There is indexing by slices at all."""
    negative_steps: bool = True
    """A slice may step backwards."""
    clamps_indices: bool = False
    """An index beyond an axis is moved to its end instead of refused."""
    tensor_indices: bool = True
    """An array may be indexed by another."""
    integers_join_tensors: bool = False
    """Beside an index that is a tensor, an integer counts as one too when it is decided where the result goes."""
    several_ellipses: bool = False
    """A second ellipsis is read as a colon."""
    inserts_moved_axes: bool = False
    """Axes that are moved are put in one after another, so that two may have one destination."""
    rolls_along_axes: bool = False
    """An empty list of axes to roll is refused, and without axes the shift is one integer."""
    rest_of_a_split: bool = False
    """Of the sizes of a split one may be -1: what is left."""
    shifts_broadcast: bool = False
    """One shift serves several axes when rolling, and several shifts one axis."""
    grid_of_any: bool = False
    """A mesh grid takes inputs of any number of axes, and flattens them."""
    grid_of_scalars: bool = True
    """A mesh grid takes inputs of no axis as one value."""
    nonzero: Literal["rows", "columns", "apart"] = "apart"
    """The indices of values other than 0: a row for each value, a column for each, or an output for each axis."""
    empty_range: bool = False
    """A range that leads nowhere is empty; elsewhere it is refused."""
    unpool_by_elements: bool = False
    """The size given to an unpool holds as many elements as come out, and its padding is below the window; elsewhere
    each axis is within a stride of what comes out."""
    flat_indices: bool = False
    """Indices to take along no axis may have several axes; elsewhere they have one."""
    repeats_scalars: bool = False
    """An input without axes is repeated along axis 0."""
    looks_at_planes_turned: bool = True
    """The axes of a rotation are judged also where nothing is turned."""
    half_turns: bool = True
    """Two quarter turns turn a plane upside down and left to right; elsewhere something else comes out."""
    slices_scalars: bool = True
    """An input without axes may be sliced along none."""
    backwards_from_first: bool = False
    """A slice that runs backwards from before the axis begins at its first position; elsewhere it takes nothing."""
    open_ends: frozenset[int] = frozenset()
    """Ends of a slice that mean all positions, also backwards."""

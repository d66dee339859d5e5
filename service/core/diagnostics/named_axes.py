"""Layers that work along axes which they name: reductions, running totals, sorting, gates."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.malformed import missing_parameter, parameter_out_of_range
from service.core.diagnostics.model import Fact
from service.core.diagnostics.operators import wrong_inputs
from service.core.diagnostics.registry import DIAGNOSTICS, check
from service.core.diagnostics.support import lacking_value
from service.core.geometry.axis_numbers import from_the_front
from service.core.geometry.shapes import shape_text
from service.core.layers.along_axis import AlongAxis, CosineSimilarity, Glu, RunningTotal, TopK
from service.core.layers.base import Site
from service.core.layers.lookup import Take
from service.core.layers.pointwise import Softmax
from service.core.layers.reductions import Reduction, as_list


@check(on=(Reduction, RunningTotal, TopK))
def axes_as_input(site: Site) -> Iterator[Fact]:
    """Only some frameworks take the axes, or how many are taken, as an input."""
    if len(site.inputs) > 1 and not site.framework.along_axes.axes_as_input:
        yield from wrong_inputs(site, "one")


@check(on=(Reduction, AlongAxis, Take, Softmax))
def named_axes(site: Site) -> Iterator[Fact]:
    """Axes must exist, be named where they have to be, and each only once."""
    dim, family, rules = getattr(site.layer, "dim", None), site.kind.family, site.framework.along_axes
    if isinstance(site.layer, CosineSimilarity) or (isinstance(site.layer, Softmax) and not isinstance(dim, list)):
        return  # their axes are judged elsewhere
    if dim is None or (dim == [] and family in rules.needs_axis):
        keeps = getattr(site.layer, "keepdims", False) and family in rules.needs_axis_to_keep
        if (keeps or family in rules.needs_axis) and "dim" not in site.unreadable:
            yield from missing_parameter(
                f"`{site.kind.name}`{' that keeps axes' if keeps else ''}", "dim", site.location
            )
    elif isinstance(dim, Sequence) and family in rules.one_axis:
        yield from lacking_value(
            site, "dim", f"{site.framework.title}'s `{site.kind.name}` takes one axis, not {list(dim)}"
        )
    elif site.shape is not None:
        count = len(site.shape) or int(rules.scalar_axis)
        yield from existing(site, as_list(dim), count)
        if not rules.repeats:
            yield from named_once(site, as_list(dim), count)


def existing(site: Site, indices: Sequence[int], count: int) -> Iterator[Fact]:
    """The first index of an axis that does not exist."""
    for position, index in enumerate(indices):
        if from_the_front(index, count) is None:
            axes = f"{len(site.shape or ())} {'axis' if len(site.shape or ()) == 1 else 'axes'}"
            form = f"an index from {-count} to {count - 1}" if count else "no index: the input has no axis"
            at = site.locate(site.entry("dim", position))
            yield from parameter_out_of_range(
                site.spelling.get("dim", "dim"), index, f"but the input has {axes}", form, at
            )
            return


def named_once(site: Site, indices: Sequence[int], count: int) -> Iterator[Fact]:
    """The first index of an axis that is named before."""
    seen: set[int] = set()
    for position, index in enumerate(indices):
        axis = from_the_front(index, count)
        if axis is not None and axis in seen:
            at, spelled = site.locate(site.entry("dim", position)), site.spelling.get("dim", "dim")
            yield from parameter_out_of_range(spelled, index, f"but axis {axis} is named before", "each axis once", at)
            return
        seen.add(-1 if axis is None else axis)


@check(on=(CosineSimilarity,))
def compared_axis(site: Site) -> Iterator[Fact]:
    """The branches must broadcast, and have the axis that is compared."""
    layer = site.layer
    assert isinstance(layer, CosineSimilarity)
    known = [shape for shape in site.inputs if shape is not None]
    if len(known) < len(site.inputs):
        return
    shape = layer.stretched(site)
    if shape is None:
        texts = " and ".join(shape_text(shape) for shape in known)
        yield Fact(
            f"the branches {texts} do not broadcast",
            "inputs",
            help="give both branches the same shape",
            rule=DIAGNOSTICS["branch-shape-mismatch"],
        )
    elif from_the_front(layer.dim, len(shape)) is None:
        yield from existing(site, [layer.dim], len(shape))


@check(on=(TopK,))
def enough_to_take(site: Site) -> Iterator[Fact]:
    """No more can be taken than there are."""
    layer = site.layer
    assert isinstance(layer, TopK)
    axis = layer.axis(site)
    if layer.k is None:
        if len(site.inputs) < 2 and "k" not in site.unreadable:
            yield from missing_parameter(f"`{site.kind.name}`", "k", site.location)
        return
    size = None if site.shape is None or axis is None else site.shape[axis] if site.shape else 1
    if size is not None and layer.k > size:
        bound = f"but axis {axis} has {size} {'position' if size == 1 else 'positions'}"
        yield from parameter_out_of_range(
            site.spelling.get("k", "k"), layer.k, bound, f"at most {size}", site.locate("k")
        )


@check(on=(Glu,))
def two_halves(site: Site) -> Iterator[Fact]:
    """An axis that is halved must have an even size."""
    layer = site.layer
    assert isinstance(layer, Glu)
    axis = layer.axis(site)
    if site.shape is None or axis is None:
        return
    size = site.shape[axis] if site.shape else 1
    if size is not None and size % 2:
        bound = f"but axis {axis} has {size} positions, an odd number"
        at = site.locate("dim")
        yield from parameter_out_of_range(
            site.spelling.get("dim", "dim"), layer.dim, bound, "an axis of an even size", at
        )

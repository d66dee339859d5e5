"""Branches that are merged: their shapes must go together."""

from collections import Counter
from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import Site
from service.core.layers.elementwise import Elementwise
from service.core.layers.merging import Concat

MOST_BRANCHES_NAMED = 4
"""Branches that a message names each; chosen so that it stays readable."""


@diagnostic("S207", on=(Elementwise, Concat), traits=("another input may do",))
def branch_shape_mismatch(site: Site) -> Iterator[Fact]:
    """Branches that are merged do not have shapes that go together.

    Branches to be added or multiplied must broadcast: equal sizes, or 1, on every axis. Branches to be concatenated
    must be equal on every axis but one.
    """
    shapes = [shape for shape in site.inputs if shape is not None]
    if len(shapes) < 2:
        return
    layer = site.layer
    message = _concat_mismatch(site, layer, shapes) if isinstance(layer, Concat) else _broadcast_mismatch(site, shapes)
    if message:
        yield Fact(
            message,
            "inputs",
            help="change a stride, a padding or a number of channels on the way to one of the branches",
            related=tuple(_different_branches(site)),
        )


@diagnostic("W511", "warning", on=(Concat,))
def branches_joined_along_batch(site: Site) -> Iterator[Fact]:
    """Branches are put one after another along the batch, so that more examples come out than went in.

    That is right where the branches are different examples, which all share what follows. Where they describe the same
    examples, the channels were meant: a result for each example no longer comes out.
    """
    layer, shapes = site.layer, [shape for shape in site.inputs if shape is not None]
    assert isinstance(layer, Concat)
    if len(shapes) < 2 or min(map(len, shapes)) < 2 or layer.axis(site.layout, len(shapes[0])) != 0:
        return
    batches = [shape[0] for shape in shapes]
    known = [size for size in batches if size is not None]
    total = f": {' and '.join(map(str, known))} examples become {sum(known)}" if len(known) == len(batches) else ""
    channels = site.layout.channel_axis(len(shapes[0]), len(shapes[0]) - 2)
    yield Fact(
        f"the branches are joined along axis 0, the batch{total}",
        "dim",
        help=f"set {site.spelled('dim')} to {channels} if the channels were meant",
    )


def _broadcast_mismatch(site: Site, shapes: Sequence[Shape]) -> str | None:
    layer = site.layer
    assert isinstance(layer, Elementwise)
    if layer.together(site, shapes) is not None:
        return None
    texts = " and ".join(dict.fromkeys(shape_text(shape) for shape in shapes))
    if not layer.goes_with_ranks(shapes):
        counts = " and ".join(dict.fromkeys(str(len(shape)) for shape in shapes if shape))
        return f"the branches {texts} have {counts} axes, and `{site.type}` adds none"
    return f"the branches {texts} do not broadcast"


def _concat_mismatch(site: Site, layer: Concat, shapes: Sequence[Shape]) -> str | None:
    if len({len(shape) for shape in shapes}) > 1:
        return f"the branches have {' and '.join(str(len(shape)) for shape in shapes)} axes"
    along = layer.axis(site.layout, len(shapes[0]))
    if along is None:
        return None
    for axis, sizes in enumerate(zip(*shapes, strict=True)):
        known = {size for size in sizes if size is not None}
        if axis != along and len(known) > 1:
            return f"the branches differ on axis {axis}: {_sizes_text(sizes)}"
    return None


def _sizes_text(sizes: Sequence[Size]) -> str:
    """Sizes in a message; of many branches each size once."""
    known = [size for size in sizes if size is not None]
    return " and ".join(str(size) for size in (known if len(known) <= MOST_BRANCHES_NAMED else dict.fromkeys(known)))


def _different_branches(site: Site) -> Iterator[Related]:
    """The branches; of many, those that are not as most are, and one that is."""
    arriving = [(source, shape) for source, shape in zip(site.sources, site.inputs, strict=False) if shape is not None]
    usual = Counter(shape[2:] for _, shape in arriving).most_common(1)[0][0]
    alike = [place for place, (_, shape) in enumerate(arriving) if shape[2:] == usual]
    left_out = set(alike[1:]) if len(arriving) > MOST_BRANCHES_NAMED else set()
    for place, (source, shape) in enumerate(arriving):
        if place not in left_out:
            yield Related(source.location, f"`{source.name}` is {shape_text(shape)}")

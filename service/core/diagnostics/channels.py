"""Diagnostics of what does not depend on spatial sizes: axes, channels, features, branches."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import gcd, prod

from service.core.diagnostics.model import Fact, Fix, Related, pointer_text
from service.core.diagnostics.proposals import inserting_before, setting
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import shape_text
from service.core.layers.base import Layer, Site
from service.core.layers.dense import Linear
from service.core.layers.merging import Concat, Elementwise, broadcast
from service.core.layers.norms import ChannelNorm
from service.core.layers.windows import Convolving

MOST_BRANCHES_NAMED = 4
CHANNELS_OF_IMAGES = (1, 3, 4)
LEAST_SIZE_OF_AN_IMAGE = 16
LEAST_AXES_OF_AN_IMAGE = 4
PER_AXIS = frozenset(
    {"kernel_size", "stride", "padding", "dilation", "input_dilation", "output_padding", "output_size"}
)


def _other_end(site: Site, parameter: str, message: str) -> tuple[Related, ...]:
    """The place that produces what arrives: the source's own parameter where it gave one."""
    source = site.origin if parameter == "out_channels" else site.sources[0] if site.sources else None
    if source is None:
        return ()
    spelled = source.spelling.get(parameter)
    return (Related((*source.location, spelled) if spelled else source.location, message),)


@diagnostic("S201", on=(Layer,))
def rank_mismatch(site: Site) -> Iterator[Fact]:
    """A layer and its input, or a parameter and its layer, differ in their number of axes.

    A layer of rank r takes an input of r + 2 axes (batch, channels, spatial sizes); PyTorch's take r + 1 too. A
    per-axis parameter is one integer, or exactly one entry per spatial axis.
    """
    accepted = site.layer.dimensions(site)
    if site.sizes_only and accepted is not None and site.shape is not None and len(site.shape) not in accepted:
        yield Fact(
            f"`{site.kind.name}` has {site.rank} spatial {'axis' if site.rank == 1 else 'axes'}, but the size has"
            f" {len(site.shape) - 2}",
            anchor=site.sources[0].location if site.sources else site.location,
            help=f"give one size, or {site.rank}",
        )
        return
    if accepted is not None and site.shape is not None and len(site.shape) not in accepted:
        yield Fact(
            f"`{site.kind.name}` works on inputs of {' or '.join(str(count) for count in accepted)} axes, but"
            f" {site.source} has {len(site.shape)}",
            "type",
            help="use a layer of the input's rank, or give the input the axes it lacks",
            related=_other_end(site, "", f"what arrives is {site.arriving}"),
        )
        return
    if site.rank is None:
        return
    for name in site.spelling:
        value = getattr(site.layer, name) if name in PER_AXIS else None
        if isinstance(value, list | tuple) and len(value) not in site.layer.entries(site, name):
            yield Fact(
                f"{site.spelled(name)} has {_entries(site, name)} entries, but there {_axes(site.rank)}",
                name,
                help=f"give {site.spelled(name)} one entry per axis",
            )


def _entries(site: Site, parameter: str) -> int:
    """How many entries the author wrote, which in some spellings is not how many we hold."""
    return len(site.written.get(site.spelling[parameter], ()))


def _axes(rank: int) -> str:
    return "is 1 spatial axis" if rank == 1 else f"are {rank} spatial axes"


@diagnostic("S203", on=(Convolving, ChannelNorm), traits=("sizes survive", "survives unread parameters"))
def channel_mismatch(site: Site) -> Iterator[Fact]:
    """A layer is made for another number of channels than arrive.

    `in_channels` of a convolution (`num_features` of a batch normalisation) must equal the channels that the layer
    before produces. It may be left out: then it is what arrives. A warning where nothing depends on it, as in an
    instance normalisation that trains nothing.
    """
    parameter, declared, arriving = _channels(site)
    if declared is None or arriving is None or declared == arriving or _looks_channels_last(site, declared):
        return
    spelled = site.spelled(parameter)
    source = site.origin
    related = _other_end(site, "out_channels", f"{arriving} channels come from here")
    fixes = [Fix(f"set {spelled} to {arriving}", setting(site, parameter, arriving), "safe")]
    help_text = f"set {spelled} to {arriving}"
    if source is not None and isinstance(source.layer, Convolving) and "out_channels" in source.spelling:
        produced = source.spelling["out_channels"]
        help_text += f", or `{produced}` of `{source.name}` to {declared}"
        path = pointer_text((*source.location, produced))
        patch = (
            {"op": "test", "path": path, "value": arriving},
            {"op": "replace", "path": path, "value": declared},
        )
        fixes.append(Fix(f"set `{produced}` of `{source.name}` to {declared}", patch))
    idle = isinstance(site.layer, ChannelNorm) and not site.layer.holds_numbers
    yield Fact(
        f"{spelled} is {declared}, but {_producer(site)} {arriving} channels",
        parameter,
        help=help_text,
        related=related,
        fixes=tuple(fixes),
        severity="warning" if idle else None,
    )


def _producer(site: Site) -> str:
    """What the channels come from, with its verb."""
    origin = site.origin
    return f"`{origin.name}` produces" if origin is not None and origin.layer is not None else "the input has"


def _channels(site: Site) -> tuple[str, int | None, int | None]:
    """The parameter that declares a layer's channels, what it declares, and what arrives."""
    if isinstance(site.layer, ChannelNorm):
        return (*site.layer.declared_as(), site.layer.arriving(site))
    declared = site.layer.in_channels if isinstance(site.layer, Convolving) else None
    return "in_channels", declared, site.channels


def _looks_channels_last(site: Site, declared: int) -> bool:
    """Whether the network's own input has the declared channels where the other layout keeps them."""
    if site.shape is None or not site.rank or len(site.shape) != site.rank + 2 or len(site.shape) < 3:
        return False
    if not site.sources or site.sources[0].layer is not None:
        return False
    return site.shape[1 if site.layout.channels_last else -1] == declared


@diagnostic("S202", on=(Convolving, ChannelNorm), traits=("sizes are doubtful", "survives unread parameters"))
def suspected_channels_last(site: Site) -> Iterator[Fact]:
    """The input has its channels where the other layout keeps them.

    PyTorch, ONNX and JAX put the channels before the spatial axes (`[N, C, H, W]`), Keras after them
    (`[N, H, W, C]`). An image loaded from a file is usually `[H, W, C]`. A warning where the layer does not say how
    many channels it takes, and the input looks like an image of the other layout.
    """
    parameter, declared, arriving = _channels(site)
    if declared is not None and declared != arriving and _looks_channels_last(site, declared):
        yield _moved(site, parameter, f"{site.spelled(parameter)} is {declared}", declared, arriving)
    elif declared is None and (few := _few_channels_elsewhere(site)):
        yield replace(_moved(site, "type", "the layer takes what arrives", few, arriving), severity="warning")


def _few_channels_elsewhere(site: Site) -> int | None:
    """How many channels an image has where the other layout keeps them; None where it does not look like one."""
    if site.sizes_only or site.shape is None or len(site.shape) < LEAST_AXES_OF_AN_IMAGE or None in site.shape[1:]:
        return None
    sizes = [size or 0 for size in site.shape[1:]]
    elsewhere = sizes.pop(0 if site.layout.channels_last else -1)
    suspicious = elsewhere in CHANNELS_OF_IMAGES and min(sizes) >= LEAST_SIZE_OF_AN_IMAGE
    return elsewhere if suspicious and _looks_channels_last(site, elsewhere) else None


def _moved(site: Site, at: str, why: str, channels: int, arriving: int | None) -> Fact:
    """The fact, and the input with its channels moved as the fix."""
    shape, last = list(site.shape or ()), site.layout.channels_last
    moved = [shape[0], *shape[2:], shape[1]] if last else [shape[0], shape[-1], *shape[1:-1]]
    source = site.sources[0].location
    path = pointer_text(source)
    patch = ({"op": "test", "path": path, "value": shape}, {"op": "replace", "path": path, "value": moved})
    here, there = site.layout.channel_axis(len(shape), site.rank or 0), 1 if last else len(shape) - 1
    return Fact(
        f"{why}, but {site.source} {shape_text(site.shape or ())} has {arriving} channels on axis {here} and {channels}"
        f" on axis {there}",
        at,
        help=f"give the input as {moved}",
        related=(Related(source, f"{site.framework.title} reads this as {site.layout.name}"),),
        fixes=(Fix(f"give the input as {moved}", patch),),
    )


@diagnostic("S204", on=(Convolving,), traits=("sizes survive",))
def groups_do_not_divide_channels(site: Site) -> Iterator[Fact]:
    """`groups` does not divide the input channels and the output channels.

    A grouped convolution gives each group an equal share of both.
    """
    layer = site.layer
    assert isinstance(layer, Convolving)
    channels_in = layer.channels_in(site)
    counts = [("input", channels_in), ("output", layer.out_channels)]
    for side, channels in counts:
        if channels is not None and channels % layer.groups:
            common = gcd(layer.groups, *(count for _, count in counts if count is not None))
            yield Fact(
                f"{site.spelled('groups')} is {layer.groups}, which does not divide {channels} {side} channels",
                "groups",
                help=f"use a number of groups that divides {' and '.join(str(c) for _, c in counts if c is not None)}",
                fixes=(Fix(f"set {site.spelled('groups')} to {common}", setting(site, "groups", common)),),
            )
            return


@diagnostic("S205", on=(Linear,), traits=("sizes survive",))
def missing_flatten(site: Site) -> Iterator[Fact]:
    """A linear layer made for a flattened input meets one that still has its spatial axes.

    A linear layer works on the last axis only. Where `in_features` is the product of all axes but the batch, a
    `flatten` before it is what was meant.
    """
    in_features = getattr(site.layer, "in_features", None)
    if _wants_flatten(site):
        shape = list(site.shape or ())
        patch = inserting_before(site, {"type": "flatten"})
        yield Fact(
            f"{site.spelled('in_features')} is {in_features}, the product of {shape[1:]}, but {site.source} is not"
            f" flattened: its last axis has {shape[-1]}",
            "in_features",
            help="put a `flatten` before the layer",
            fixes=(Fix("put a `flatten` before the layer", patch, "safe"),) if patch else (),
        )


def _wants_flatten(site: Site) -> bool:
    layer = site.layer
    if not isinstance(layer, Linear) or layer.in_features is None or site.shape is None or len(site.shape) < 3:
        return False
    features = site.shape[1:]
    known = [size for size in features if size is not None]
    return len(known) == len(features) and known[-1] != layer.in_features and prod(known) == layer.in_features


@diagnostic("S206", on=(Linear,), traits=("another input may do", "sizes survive", "survives unread parameters"))
def feature_mismatch(site: Site) -> Iterator[Fact]:
    """`in_features` of a linear layer is not the size of its input's last axis.

    After a `flatten` it is channels times all spatial sizes. It may be left out: then it is what arrives.
    """
    layer = site.layer
    assert isinstance(layer, Linear)
    arriving = site.shape[-1] if site.shape else None
    if layer.in_features is None or arriving is None or layer.in_features == arriving or _wants_flatten(site):
        return
    spelled = site.spelled("in_features")
    shape = site.shape or ()
    unflattened = [size for size in shape[1:] if size is not None] if len(shape) > 3 else []
    flat = prod(unflattened) if len(unflattened) == len(shape) - 1 else None
    fixes = [Fix(f"set {spelled} to {arriving}", setting(site, "in_features", arriving), "unsafe" if flat else "safe")]
    insertion = inserting_before(site, {"type": "flatten"})
    if flat and insertion:
        title = f"put a `flatten` before the layer and set {spelled} to {flat}"
        fixes.insert(0, Fix(title, (*setting(site, "in_features", flat), *insertion)))
    yield Fact(
        f"{spelled} is {layer.in_features}, but {site.source} has {arriving} features: its shape is {site.arriving}",
        "in_features",
        help=fixes[0].title,
        related=_other_end(site, "out_features", f"what arrives is {site.arriving}"),
        fixes=tuple(fixes),
    )


@diagnostic("S207", on=(Elementwise, Concat), traits=("another input may do",))
def branch_shape_mismatch(site: Site) -> Iterator[Fact]:
    """Branches that are brought together do not have shapes that go together.

    Branches to be added or multiplied must broadcast: equal sizes, or 1, on every axis. Branches to be concatenated
    must be equal on every axis but one.
    """
    shapes = [shape for shape in site.inputs if shape is not None]
    if len(shapes) < 2:
        return
    problem = _concat_problem(site) if isinstance(site.layer, Concat) else _broadcast_problem(site)
    if problem:
        yield Fact(
            problem,
            "inputs",
            help="change a stride, a padding or a number of channels on the way to one of the branches",
            related=tuple(_odd_ones(site)),
        )


def _odd_ones(site: Site) -> Iterator[Related]:
    """The branches; of many, those that are not as most are, and one that is."""
    arriving = [(source, shape) for source, shape in zip(site.sources, site.inputs, strict=False) if shape is not None]
    usual = Counter(shape[2:] for _, shape in arriving).most_common(1)[0][0]
    alike = [one for one in arriving if one[1][2:] == usual]
    left_out = alike[1:] if len(arriving) > MOST_BRANCHES_NAMED else []
    for source, shape in arriving:
        if (source, shape) not in left_out:
            yield Related(source.location, f"`{source.name}` is {shape_text(shape)}")


def _differing(sizes: Sequence[int | None]) -> str:
    """Sizes in a message; of many each once."""
    known = [size for size in sizes if size is not None]
    return " and ".join(str(size) for size in (known if len(known) <= MOST_BRANCHES_NAMED else dict.fromkeys(known)))


def _broadcast_problem(site: Site) -> str | None:
    shapes = [shape for shape in site.inputs if shape is not None]
    if broadcast(shapes) is not None:
        return None
    texts = " and ".join(dict.fromkeys(shape_text(shape) for shape in shapes))
    return f"the branches {texts} do not broadcast"


def _concat_problem(site: Site) -> str | None:
    layer = site.layer
    assert isinstance(layer, Concat)
    shapes = [shape for shape in site.inputs if shape is not None]
    if len({len(shape) for shape in shapes}) > 1:
        return f"the branches have {' and '.join(str(len(shape)) for shape in shapes)} axes"
    along = layer.axis(site.layout, len(shapes[0]))
    if along is None:
        return None
    for axis, sizes in enumerate(zip(*shapes, strict=True)):
        known = {size for size in sizes if size is not None}
        if axis != along and len(known) > 1:
            return f"the branches differ on axis {axis}: {_differing(sizes)}"
    return None

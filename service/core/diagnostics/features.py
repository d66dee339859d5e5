"""Linear layers: the features that they are made for, and those that arrive."""

from collections.abc import Iterator
from math import prod

from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.patches import inserting_before, replacing, setting
from service.core.diagnostics.registry import diagnostic
from service.core.layers.base import Site
from service.core.layers.dense import Linear
from service.core.layers.reshaping import Flatten


@diagnostic("S205", on=(Linear,), traits=("sizes survive",))
def missing_flatten(site: Site) -> Iterator[Fact]:
    """A linear layer made for a flattened input meets one that still has its spatial axes.

    A linear layer works on the last axis only. Where `in_features` is the product of all axes but the batch, a
    `flatten` before it is what was meant.
    """
    layer = site.layer
    assert isinstance(layer, Linear)
    if _wants_flatten(site, layer):
        shape = list(site.shape or ())
        patch = inserting_before(site, {"type": "flatten"})
        yield Fact(
            f"{site.spelled('in_features')} is {layer.in_features}, the product of {shape[1:]}, but {site.source} is"
            f" not flattened: its last axis has {shape[-1]}",
            "in_features",
            help="put a `flatten` before the layer",
            fixes=(Fix("put a `flatten` before the layer", patch, "safe"),) if patch else (),
        )


def _wants_flatten(site: Site, layer: Linear) -> bool:
    """Whether the declared features are all axes but the batch, multiplied, and not the last axis alone."""
    if layer.in_features is None or site.shape is None or len(site.shape) < 3:
        return False
    features = site.shape[1:]
    known = [size for size in features if size is not None]
    return len(known) == len(features) and known[-1] != layer.in_features and prod(known) == layer.in_features


@diagnostic("S206", on=(Linear,), traits=("another input may do", "sizes survive", "survives unread parameters"))
def feature_mismatch(site: Site) -> Iterator[Fact]:
    """`in_features` of a linear layer is not the size of its input's last axis.

    After a `flatten` it is channels times all spatial sizes. It may be left out: then it is what arrives. A `flatten`
    from axis 0 on flattens the batch too.
    """
    layer = site.layer
    assert isinstance(layer, Linear)
    arriving = site.shape[-1] if site.shape else None
    if layer.in_features is None or arriving is None or layer.in_features == arriving or _wants_flatten(site, layer):
        return
    spelled, shape = site.spelled("in_features"), site.shape or ()
    unflattened = [size for size in shape[1:] if size is not None] if len(shape) > 3 else []
    flat = prod(unflattened) if unflattened and len(unflattened) == len(shape) - 1 else None
    kept = tuple(_batch_kept(site))
    doubtful = flat is not None or bool(kept)
    fixes = [
        Fix(f"set {spelled} to {arriving}", setting(site, "in_features", arriving), "unsafe" if doubtful else "safe")
    ]
    fixes[:0] = kept
    insertion = inserting_before(site, {"type": "flatten"})
    if flat and insertion:
        title = f"put a `flatten` before the layer and set {spelled} to {flat}"
        fixes.insert(0, Fix(title, (*setting(site, "in_features", flat), *insertion)))
    yield Fact(
        f"{spelled} is {layer.in_features}, but {site.source} has {arriving} features: its shape is {site.arriving}"
        + (", so that the batch is flattened too" if kept else ""),
        "in_features",
        help=fixes[0].title,
        related=_source(site),
        fixes=tuple(fixes),
        traits=frozenset({"about axes"} if kept else ()),
    )


def _batch_kept(site: Site) -> Iterator[Fix]:
    """The flattening before, from axis 1 on, where it flattens the batch too."""
    flatten = site.origin
    if flatten is None or not isinstance(flatten.layer, Flatten) or "start_dim" not in flatten.spelling:
        return
    if flatten.layer.start_dim == 0 and site.shape is not None and len(site.shape) == 1:
        word = flatten.spelling["start_dim"]
        yield Fix(f"set `{word}` of `{flatten.name}` to 1", replacing((*flatten.location, word), 0, 1))


def _source(site: Site) -> tuple[Related, ...]:
    """The place that says how many features arrive."""
    if not site.sources:
        return ()
    source = site.sources[0]
    spelled = source.spelling.get("out_features")
    location = (*source.location, spelled) if spelled else source.location
    return (Related(location, f"what arrives is {site.arriving}"),)

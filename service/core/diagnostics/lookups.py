"""Indices that pick elements and slices: their axes, and where they come from; products with trained weights."""

from collections.abc import Iterator

from service.core.diagnostics.malformed import missing_parameter, parameter_out_of_range
from service.core.diagnostics.model import Fact
from service.core.diagnostics.operators import wrong_inputs
from service.core.diagnostics.products import branches
from service.core.diagnostics.registry import DIAGNOSTICS, check
from service.core.diagnostics.weights_as_inputs import bilinear_inputs
from service.core.geometry.axis_numbers import from_the_front
from service.core.geometry.shapes import Shape, shape_text
from service.core.layers.applied import Bilinear
from service.core.layers.base import Site
from service.core.layers.lookup import EmbeddingOfInputs, Gather, OneHot, Take


@check(on=(Bilinear,))
def bilinear_features(site: Site) -> Iterator[Fact]:
    """The last axes of both inputs must be those that a bilinear layer is made for."""
    layer = site.layer
    assert isinstance(layer, Bilinear)
    yield from bilinear_inputs(site, (layer.in1_features, layer.in2_features))


@check(on=(EmbeddingOfInputs,))
def vectors_of_inputs(site: Site) -> Iterator[Fact]:
    """The vectors stand in a matrix."""
    vectors = site.inputs[1] if len(site.inputs) > 1 else None
    if vectors is not None and len(vectors) != 2:
        yield _ranks(site, f"`{site.kind.name}` takes vectors of 2 axes, but they are {shape_text(vectors)}")


@check(on=(Take,))
def indices_given(site: Site) -> Iterator[Fact]:
    """The indices come from an input or stand in the layer, and those of slices in a list."""
    layer = site.layer
    assert isinstance(layer, Take)
    if layer.indices is None and len(site.inputs) < 2:
        if "indices" not in site.unreadable:
            yield from missing_parameter(f"`{site.kind.name}` of one input", "indices", site.location)
    elif layer.indices is not None and len(site.inputs) > 1:
        yield from wrong_inputs(site, "one beside `indices`")
    if site.kind.family == "index_select":
        picked = layer.picked(site)
        if picked is not None and not site.shape and site.shape is not None and picked not in ((), (1,), (None,)):
            yield _ranks(site, f"`{site.kind.name}` takes one index of a single number, but gets {shape_text(picked)}")
        elif picked is not None and len(picked) > 1:
            yield _ranks(site, f"`{site.kind.name}` takes a list of indices, but they are {shape_text(picked)}")


@check(on=(Gather,))
def as_many_axes(site: Site) -> Iterator[Fact]:
    """Indices have the axes of what they pick from, and no more positions on the others."""
    layer = site.layer
    assert isinstance(layer, Gather)
    shape, indices = site.shape, site.inputs[1] if len(site.inputs) > 1 else None
    if shape is None or indices is None:
        return
    scalar = site.framework.along_axes.scalar_axis
    if (max(len(shape), scalar)) != (max(len(indices), scalar)):
        yield _ranks(site, f"the indices {shape_text(indices)} have other axes than {shape_text(shape)}")
        return
    count = max(len(shape), int(scalar))
    axis = from_the_front(layer.dim, count)
    if axis is None:
        form, spelled = f"an index from {-count} to {count - 1}", site.spelling.get("dim", "dim")
        yield from parameter_out_of_range(
            spelled, layer.dim, f"but the input has {len(shape)} axes", form, site.locate("dim")
        )
        return
    yield from _too_many(site, shape, indices, axis)


def _too_many(site: Site, shape: Shape, indices: Shape, along: int) -> Iterator[Fact]:
    for axis, (size, picked) in enumerate(zip(shape, indices, strict=False)):
        if axis != along and size is not None and picked is not None and picked > size:
            yield Fact(
                f"the indices have {picked} positions on axis {axis}, where the input has {size}",
                "inputs",
                help=f"give at most {size} there",
                related=branches(site),
                rule=DIAGNOSTICS["branch-shape-mismatch"],
            )
            return


@check(on=(OneHot,))
def place_of_classes(site: Site) -> Iterator[Fact]:
    """The new axis must have a place."""
    layer = site.layer
    assert isinstance(layer, OneHot)
    from_front = site.framework.operators.class_axis_from_front
    if site.shape is None:
        return
    count = len(site.shape) + 1
    if from_the_front(layer.dim, count) is None or (from_front and layer.dim < -1):
        least, spelled = -1 if from_front else -count, site.spelling.get("dim", "dim")
        form = f"an index from {least} to {count - 1}"
        yield from parameter_out_of_range(spelled, layer.dim, f"but {count} axes come out", form, site.locate("dim"))


def _ranks(site: Site, message: str) -> Fact:
    return Fact(
        message,
        "inputs",
        help="give the inputs the axes that the layer takes",
        related=branches(site),
        rule=DIAGNOSTICS["rank-mismatch"],
    )

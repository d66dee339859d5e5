"""Weights and states that arrive as inputs of their own: they must have the shape that the layer needs."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact, Related
from service.core.diagnostics.registry import check, diagnostic
from service.core.geometry.shapes import Shape, shape_text
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving


@diagnostic("S241", traits=("sizes survive", "survives unread parameters"))
def input_shape_mismatch(site: Site, index: int, what: str, wanted: Shape) -> Iterator[Fact]:
    """An input that is a weight, a bias or a state has not the shape that the layer needs it to have.

    Weights may be inputs of their own, as ONNX and PyTorch's functions have them. What they must be follows from the
    first input and from the parameters of the layer.
    """
    arriving = site.inputs[index]
    related: tuple[Related, ...] = ()
    if index < len(site.sources):
        related = (Related(site.sources[index].location, f"what arrives is {shape_text(arriving or ())}"),)
    yield Fact(
        f"input {index}, {what}, is {shape_text(arriving or ())}, but must be {shape_text(wanted)}",
        "inputs",
        help=f"give {what} as {shape_text(wanted)}",
        related=related,
    )


def differs(arriving: Shape | None, wanted: Shape) -> bool:
    """Whether a shape is certainly another than the one wanted."""
    if arriving is None:
        return False
    if len(arriving) != len(wanted):
        return True
    return any(None not in pair and pair[0] != pair[1] for pair in zip(arriving, wanted, strict=True))


@check(on=(Convolving,))
def weight_of_convolution(site: Site) -> Iterator[Fact]:
    """A weight and a bias that are inputs must have the shapes that the input and the parameters say."""
    layer = site.layer
    assert isinstance(layer, Convolving)
    weight, rank = layer.weight_given(site), site.rank
    if rank is None or (site.shape is not None and not site.fits):
        return
    wanted = layer.wanted_weight(site, rank)
    if differs(weight, wanted):
        yield from input_shape_mismatch(site, 1, "the weight", wanted)
    elif len(site.inputs) > 2 and differs(site.inputs[2], (layer.out_channels,)):
        yield from input_shape_mismatch(site, 2, "the bias", (layer.out_channels,))

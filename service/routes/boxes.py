"""`receptive_field_of`: the pixels that single outputs of a network's layers depend on."""

from collections.abc import Iterator
from typing import Any

from service.core.diagnostics import Fact, graph, placed, reading
from service.core.diagnostics.arrays import too_large
from service.core.networks.dependencies import PixelBox, UnknownSizeError, pixel_boxes, position_sizes
from service.core.networks.judging import Judgement
from service.core.networks.network import Network
from service.problems import refused
from service.schemas.requests import NetworkRequest, OutputOfLayer
from service.settings import settings

MEMBER = "receptive_field_of"


def require_affordable(asked: NetworkRequest) -> None:
    """A Problem with status 413 where too much would have to be looked through."""
    work, limit = len(asked.receptive_field_of) * len(asked.layers), settings().max_traced_layers
    if work > limit:
        what = "the number of layers times outputs to look through"
        raise refused(placed(too_large(what, work, limit, "max_traced_layers", (MEMBER,))), 413)


def shown_boxes(asked: NetworkRequest, network: Network, report: Judgement) -> list[dict[str, Any]]:
    """The boxes asked for, in order; a Problem where there is no such output."""
    places = {layer.name: index for index, layer in reversed(list(enumerate(report.layers)))}
    wrong = [
        one
        for number, wanted in enumerate(asked.receptive_field_of)
        for one in placed(_mistakes(wanted, number, places, network, report))
    ]
    if wrong:
        raise refused(wrong)
    return [_shown(wanted, places[wanted.layer], network, report) for wanted in asked.receptive_field_of]


def _mistakes(
    wanted: OutputOfLayer, number: int, places: dict[str, int], network: Network, report: Judgement
) -> Iterator[Fact]:
    """A layer that does not exist, or an output that it does not have."""
    if wanted.layer not in places:
        yield from graph.unknown_input(wanted.layer, list(places) if number == 0 else [], (MEMBER, number, "layer"))
        return
    sizes = position_sizes(report, places[wanted.layer], network.framework.layout)
    if sizes is None:
        return
    if len(wanted.output) != len(sizes):
        form = f"{len(sizes)} indices, for sizes {list(sizes.values())}"
        yield from reading.wrong_type("output", wanted.output, form, (MEMBER, number, "output"))
        return
    for axis, (index, size) in enumerate(zip(wanted.output, sizes.values(), strict=True)):
        if index >= size:
            at = (MEMBER, number, "output", axis)
            yield from reading.parameter_out_of_range("output", index, f"past the last, {size - 1}", "an index", at)


def _shown(wanted: OutputOfLayer, target: int, network: Network, report: Judgement) -> dict[str, Any]:
    try:
        found: dict[str, PixelBox | None] = pixel_boxes(network, report, target, wanted.output)
    except UnknownSizeError:
        found = dict.fromkeys(network.inputs)
    shown = {"layer": wanted.layer, "output": wanted.output, "box": next(iter(found.values()))}
    return shown | ({"boxes": found} if len(found) > 1 else {})

"""`receptive_field_of`: the boxes of input pixels that single outputs of a network's layers depend on."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from annotated_types import Len
from pydantic import Field

from service.core.diagnostics import Fact, malformed, network_graph, placed
from service.core.networks.dependencies import PixelBox, UnknownSizeError, pixel_boxes, position_sizes
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network
from service.operations.shared.affordability import require_within_limit
from service.problems import refused
from service.schemas.answers import Answer, Pair
from service.schemas.bodies import StrictModel
from service.schemas.fields import Index, InputName

MEMBER = "receptive_field_of"


class OutputOfLayer(StrictModel):
    """One output of a layer: an index for each of its spatial axes, or one for the features of a flat output."""

    layer: InputName = Field(description="The layer's name.")
    output: Annotated[list[Index], Len(0, 6)] = Field(description="Where in its output.")


class SeenBox(Answer):
    """The input pixels that one output of a layer depends on."""

    layer: str
    output: list[int]
    box: list[Pair] | None = Field(
        description="First and last pixel of each spatial axis, inside the input; null if it sees none, or if what is"
        " wrong with the network leaves it unknown. Of the first input, where there are several."
    )
    boxes: dict[str, list[Pair] | None] | None = Field(None, description="By input, where there are several.")


def require_affordable(outputs: Sequence[OutputOfLayer], layers: int) -> None:
    """Raises a Problem with status 413 where too many layers would have to be walked through."""
    what = "the number of layers times outputs to look through"
    different = {(output.layer, tuple(output.output)) for output in outputs}
    require_within_limit(len(different) * layers, "max_traced_layers", what, (MEMBER,))


def dependency_boxes(outputs: Sequence[OutputOfLayer], network: Network, judgement: Judgement) -> list[dict[str, Any]]:
    """The box of each output, in order.

    Raises:
        Problem: with status 422 where there is no such output.
    """
    places = {layer.name: index for index, layer in reversed(list(enumerate(judgement.layers)))}
    mistakes = [
        diagnostic
        for number, output in enumerate(outputs)
        for diagnostic in placed(_mistakes(output, number, places, network, judgement))
    ]
    if mistakes:
        raise refused(mistakes)
    boxes: dict[tuple[str, tuple[int, ...]], dict[str, Any]] = {}
    for output in outputs:
        asked = (output.layer, tuple(output.output))
        if asked not in boxes:
            boxes[asked] = _box(output, places[output.layer], network, judgement)
    return [boxes[output.layer, tuple(output.output)] for output in outputs]


def _mistakes(
    wanted: OutputOfLayer, number: int, places: dict[str, int], network: Network, judgement: Judgement
) -> Iterator[Fact]:
    """A layer that does not exist, or an output that it does not have."""
    if wanted.layer not in places:
        yield from network_graph.unknown_input(
            wanted.layer, list(places) if number == 0 else [], (MEMBER, number, "layer")
        )
        return
    sizes = position_sizes(judgement, places[wanted.layer], network.framework.layout)
    if sizes is None:
        return
    if len(wanted.output) != len(sizes):
        form = f"{len(sizes)} indices, for sizes {list(sizes.values())}"
        yield from malformed.wrong_type("output", wanted.output, form, (MEMBER, number, "output"))
        return
    for axis, (index, size) in enumerate(zip(wanted.output, sizes.values(), strict=True)):
        if index >= size:
            at = (MEMBER, number, "output", axis)
            yield from malformed.parameter_out_of_range("output", index, f"past the last, {size - 1}", "an index", at)


def _box(wanted: OutputOfLayer, target: int, network: Network, judgement: Judgement) -> dict[str, Any]:
    by_input: dict[str, PixelBox | None]
    try:
        by_input = pixel_boxes(network, judgement, target, wanted.output)
    except UnknownSizeError:
        by_input = dict.fromkeys(network.inputs)
    members = {"layer": wanted.layer, "output": wanted.output, "box": next(iter(by_input.values()))}
    return members | ({"boxes": by_input} if len(by_input) > 1 else {})

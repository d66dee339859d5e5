"""A question about input sizes: its body, and what core takes it for."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from annotated_types import Ge, Le, Len
from pydantic import ConfigDict, Field

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.geometry.shapes import Layout, Size
from service.core.layers import LAYERS
from service.core.layers.parameters import Positive
from service.core.networks.input_sizes import InputSizesQuestion
from service.core.networks.network import Network
from service.models.reading import ModelReading
from service.models.recorder import ONLY_INPUT
from service.operations.shared.network_body import ONE_HOLDER, NetworkBody
from service.operations.shared.network_layers import nodes_of
from service.operations.shared.read_models import OF_A_MODEL
from service.operations.shared.tried_fixes import posted
from service.problems import refused
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, missing_one_of, validated
from service.schemas.conditions import any_of, at_most_one_of, both, has
from service.schemas.fields import SHAPE, SIZE, Form, InputName, PostedShape, SpatialSize

TELL_THE_RANK = [name for name, kind in LAYERS.items() if kind.rank is not None]
"""The types that say how many spatial axes there are."""
RANK_IS_TOLD = any_of(
    has("model"),
    has("rank"),
    has("input_shape"),
    has("layers", layers={"contains": has("type", type={"enum": TELL_THE_RANK})}),
)
"""What JSON Schema says of the number of spatial axes."""


class InputSizesRequest(NetworkBody):
    """Layers, or a model, the channels of what goes in, and the range of sizes that is asked about."""

    model_config = ConfigDict(
        json_schema_extra=both(
            OPSET_OF_A_FRAMEWORK, ONE_HOLDER, at_most_one_of("channels", "input_shape"), RANK_IS_TOLD
        )
    )

    channels: Annotated[
        Positive | Annotated[dict[InputName, Positive], Len(1)] | None,
        Form("an integer of at least 1, or an object of them by name"),
    ] = Field(None, description="Channels of the input, or of several inputs by name, all of one size.")
    input_shape: Annotated[Annotated[list[Positive | None], Len(3, 5)] | None, SHAPE] = Field(
        None, description="In place of `channels`: all axes, null where the size is asked for."
    )
    rank: Annotated[Annotated[int, Ge(1), Le(3)] | None, Form("an integer from 1 to 3")] = Field(
        None, description="Spatial axes, where neither a layer's type nor `input_shape` tells."
    )
    range: Annotated[
        list[Positive], Len(2, 2), Form("a list of two integers of at least 1: the least and the most")
    ] = Field([1, 512], description="The least and the most to try.")
    output_size: Annotated[SpatialSize | None, SIZE] = Field(
        None, description="Only sizes that give this output are asked for."
    )
    input_size: Annotated[SpatialSize | None, SIZE] = Field(
        None, description="The accepted sizes nearest to this one are given too."
    )

    def named_shapes(self, framework: Framework) -> dict[str, PostedShape]:
        """The shapes of the inputs by name, null where the size is asked for; none where only a model has them."""
        if self.input_shape is not None:
            return {ONLY_INPUT: self.input_shape}
        if self.channels is None or self.rank is None:
            return {}
        named = self.channels if isinstance(self.channels, dict) else {ONLY_INPUT: self.channels}
        unknown = (None,) * self.rank
        return {name: list(framework.layout.join((1,), channels, unknown)) for name, channels in named.items()}


def with_network(request: InputSizesRequest, reading: ModelReading) -> InputSizesRequest:
    """The question about the network of a model, whose sizes on spatial axes are what is asked about."""
    network = dict(reading.network)
    framework = FRAMEWORKS[network.get("framework", request.framework)]
    only = request.input_shape or network.get("input_shape")
    shapes = network.get("inputs") or ({} if only is None else {ONLY_INPUT: only})
    if not shapes:
        raise refused(placed(malformed.missing_parameter("the model", "input_shape", ("model",))))
    asked = {name: value for name, value in posted(request).items() if name not in (*OF_A_MODEL, "channels", "rank")}
    asked |= {name: network[name] for name in ("framework", "opset") if name in network}
    if request.input_shape is not None and len(shapes) == 1:
        asked["input_shape"] = request.input_shape
    elif len(shapes) == 1:
        _rank_of_all(shapes)
        asked["input_shape"] = _without_sizes(next(iter(shapes.values())), framework)
    else:
        rank = asked["rank"] = _rank_of_all(shapes)
        asked["channels"] = {
            name: shape[framework.layout.channel_axis(rank + 2, rank)] for name, shape in shapes.items()
        }
    return validated(InputSizesRequest, asked | {"layers": network["layers"]})


def _rank_of_all(shapes: Mapping[str, Sequence[Size]]) -> int:
    """The number of spatial axes of each input of a model.

    Raises:
        Problem: where an input has none or too many, or they have not as many, since they are all of one size.
    """
    axes = {name: len(shape) for name, shape in shapes.items()}
    first = next(iter(axes.values()))
    for name, count in axes.items():
        if count not in (3, 4, 5) or count != first:
            bound = f"not {first} as those before" if count != first else "not 3 to 5"
            form = "from 3 to 5, the same for all inputs"
            raise refused(placed(malformed.parameter_out_of_range(f"axes of {name}", count, bound, form, ("model",))))
    return first - 2


def _without_sizes(shape: Sequence[Size], framework: Framework) -> list[Size]:
    """A shape whose spatial axes are asked about."""
    rank = len(shape) - 2
    channels = shape[framework.layout.channel_axis(len(shape), rank)]
    return list(framework.layout.join((shape[0],), channels, (None,) * rank))


def question_of(request: InputSizesRequest) -> InputSizesQuestion:
    """The question as core takes it.

    Raises:
        Problem: where the number of axes is not known, or what is asked is contradictory.
    """
    channels, given, batch = _inputs(request)
    output = request.output_size
    if isinstance(output, int):
        output = [output] * len(given)
    first, last = request.range
    mistakes: list[Diagnostic] = []
    if first > last:
        form = "the least before the most"
        mistakes += placed(malformed.parameter_out_of_range("range", request.range, "reversed", form, ("range",)))
    if all(size is not None for size in given):
        form = "null on the axes that are asked about"
        mistakes += placed(malformed.wrong_type("input_shape", request.input_shape, form, ("input_shape",)))
    for name in ("output_size", "input_size"):
        value = getattr(request, name)
        if isinstance(value, list) and len(value) != len(given):
            form = f"one integer, or {len(given)}: one per axis"
            mistakes += placed(malformed.wrong_type(name, value, form, (name,)))
    if mistakes:
        raise refused(mistakes)
    wanted = None if output is None else tuple(output)
    return InputSizesQuestion(channels=channels, given=given, bounds=(first, last), batch=batch, output_size=wanted)


def _inputs(request: InputSizesRequest) -> tuple[dict[str, Size], tuple[Size, ...], Size]:
    """The channels of each input, the sizes that are given, and the batch."""
    layout: Layout = request.row.layout
    if request.input_shape is not None:
        if request.channels is not None:
            facts = malformed.conflicting_parameters("channels", "input_shape", "the channels", ("input_shape",))
            raise refused(placed(facts))
        shape, axes = tuple(request.input_shape), len(request.input_shape) - 2
        return {"input": shape[layout.channel_axis(len(shape), axes)]}, layout.spatial(shape, axes), shape[0]
    rank = request.rank or _rank_of(request.layers)
    if rank is None:
        raise refused(missing_one_of("rank", "input_shape"))
    channels = request.channels if isinstance(request.channels, dict) else {"input": request.channels}
    return dict(channels), (None,) * rank, 1


def _rank_of(layers: Sequence[Any]) -> int | None:
    """The spatial axes that the first layer with so many in its name works on."""
    named = (LAYERS.get(str(raw.get("type"))) for raw in layers if isinstance(raw, dict))
    return next((kind.rank for kind in named if kind is not None and kind.rank is not None), None)


def network_of(request: InputSizesRequest, question: InputSizesQuestion) -> Network:
    """The network with the largest input there is to try."""
    layout = request.row.layout
    spatial = question.all_axes([question.bounds[1]] * len(question.free))
    inputs = {name: layout.join((question.batch,), channels, spatial) for name, channels in question.channels.items()}
    place = ("input_shape",) if request.input_shape is not None else ("channels",)
    return Network(
        framework=request.row,
        inputs=inputs,
        input_locations=dict.fromkeys(inputs, place),
        nodes=nodes_of(request.layers, request.row),
    )

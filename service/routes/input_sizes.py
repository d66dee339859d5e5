"""`POST /v1/networks/input-sizes`: which input sizes a network accepts, or which give a wanted output."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.arrays import too_large
from service.core.geometry.shapes import Layout, Size, shape_text
from service.core.layers import LAYERS
from service.core.networks.accepted_sizes import AcceptedSizes
from service.core.networks.input_sizes import (
    InputSizesQuestion,
    InputSizesResult,
    OutputAxesError,
    find_input_sizes,
)
from service.core.networks.judging import judge
from service.core.networks.network import Network
from service.core.networks.trials import TooManyTrialsError, Trials
from service.problems import refused
from service.rendering import diagnostic_object
from service.routes.exchange import answer, read_json
from service.routes.gate import heavy_work
from service.routes.networks import nodes_of
from service.schemas.requests import InputSizesRequest, one_of, validated
from service.settings import settings

blueprint = Blueprint("input_sizes", __name__)


@blueprint.post("/v1/networks/input-sizes")
def input_sizes() -> Response:
    """Which input sizes a network accepts."""
    document = read_json()
    with heavy_work():
        return answer(respond(document))


def respond(document: Any, *, lean: bool = False, share: int = 1) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has the accepted sizes only."""
    asked = validated(InputSizesRequest, document)
    question = _question(asked)
    first, last = question.bounds
    if (count := last - first + 1) > (limit := settings().max_input_sizes):
        what = "the number of sizes in `range`"
        raise refused(placed(too_large(what, count, limit, "max_input_sizes", ("range",))), 413)
    network = _network(asked, question)
    trials = Trials(network, settings().max_trials // share)
    if not trials.can_run:
        raise refused([one for one in judge(network, full=False).diagnostics if one.is_error])
    found = _solved(trials, question)
    shown = _shown(asked, question, found)
    if lean:
        return {"axes": [{"accepted": one["accepted"]} for one in shown["axes"]], "coupled": found.coupled}
    nothing = not any(sizes.ranges for sizes in found.axes) and not found.blocks
    shown["diagnostics"] = [diagnostic_object(one) for one in _reasons(network)] if nothing else []
    return shown


def _solved(trials: Trials, question: InputSizesQuestion) -> InputSizesResult:
    allowed = trials.budget
    try:
        return find_input_sizes(trials, question)
    except TooManyTrialsError:
        what = "the number of layers to try"
        raise refused(placed(too_large(what, allowed + 1, allowed, "max_trials", ("range",))), 413) from None
    except OutputAxesError as error:
        form = f"left out, since the output {shape_text(error.shape)} has other axes"
        raise refused(placed(reading.wrong_type("output_size", None, form, ("output_size",)))) from None


def _question(asked: InputSizesRequest) -> InputSizesQuestion:
    """What is asked; a Problem where the axes cannot be told."""
    channels, fixed, batch = _inputs(asked)
    output = asked.output_size
    if isinstance(output, int):
        output = [output] * len(fixed)
    first, last = asked.range
    wrong: list[Diagnostic] = []
    if first > last:
        form = "the least before the most"
        wrong += placed(reading.parameter_out_of_range("range", asked.range, "reversed", form, ("range",)))
    if all(size is not None for size in fixed):
        form = "null on the axes that are asked about"
        wrong += placed(reading.wrong_type("input_shape", asked.input_shape, form, ("input_shape",)))
    for name in ("output_size", "input_size"):
        value = getattr(asked, name)
        if isinstance(value, list) and len(value) != len(fixed):
            form = f"one integer, or {len(fixed)}: one per axis"
            wrong += placed(reading.wrong_type(name, value, form, (name,)))
    if wrong:
        raise refused(wrong)
    wanted = None if output is None else tuple(output)
    return InputSizesQuestion(channels=channels, given=fixed, bounds=(first, last), batch=batch, output_size=wanted)


def _inputs(asked: InputSizesRequest) -> tuple[dict[str, Size], tuple[Size, ...], Size]:
    """The channels of each input, the sizes that are given, and the batch."""
    layout: Layout = asked.row.layout
    if asked.input_shape is not None:
        if asked.channels is not None:
            facts = reading.conflicting_parameters("channels", "input_shape", "the channels", ("input_shape",))
            raise refused(placed(facts))
        shape, axes = tuple(asked.input_shape), len(asked.input_shape) - 2
        return {"input": shape[layout.channel_axis(len(shape), axes)]}, layout.spatial(shape, axes), shape[0]
    rank = asked.rank or _rank_of(asked.layers)
    if rank is None:
        raise refused(one_of("the body", "rank", "input_shape"))
    channels = asked.channels if isinstance(asked.channels, dict) else {"input": asked.channels}
    return dict(channels), (None,) * rank, 1


def _rank_of(layers: Sequence[Any]) -> int | None:
    """The spatial axes that the first layer with so many in its name works on."""
    named = (LAYERS.get(str(raw.get("type"))) for raw in layers if isinstance(raw, dict))
    return next((kind.rank for kind in named if kind is not None and kind.rank is not None), None)


def _network(asked: InputSizesRequest, question: InputSizesQuestion) -> Network:
    """The network with the largest input there is to try."""
    layout = asked.row.layout
    spatial = question.all_axes([question.bounds[1]] * len(question.free))
    inputs = {name: layout.join((question.batch,), channels, spatial) for name, channels in question.channels.items()}
    place = ("input_shape",) if asked.input_shape is not None else ("channels",)
    return Network(
        framework=asked.row,
        inputs=inputs,
        input_locations=dict.fromkeys(inputs, place),
        nodes=nodes_of(asked.layers, asked.row),
    )


def _reasons(network: Network) -> Iterator[Diagnostic]:
    """Why the largest size is refused: what is wrong there is hardly the size."""
    return (one for one in judge(network, full=False).diagnostics if one.is_error)


def _shown(asked: InputSizesRequest, question: InputSizesQuestion, found: InputSizesResult) -> dict[str, Any]:
    near = asked.input_size
    sizes: Sequence[Size] = [near] * len(question.given) if isinstance(near, int) or near is None else near
    rules = dict(zip(question.free, found.axes, strict=True))
    axes = []
    for axis, (fixed, size) in enumerate(zip(question.given, sizes, strict=True)):
        axes.append(_axis(rules[axis], question.bounds, size) if fixed is None else _fixed(fixed))
    shown: dict[str, Any] = {"framework": asked.framework, "axes": axes, "coupled": found.coupled}
    if found.coupled:
        shown["combinations"] = found.blocks
    return shown


def _axis(rule: AcceptedSizes, bounds: tuple[int, int], near: int | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "minimum": rule.minimum,
        "rule": rule.text(bounds),
        "modulus": rule.modulus,
        "residues": rule.residues,
        "accepted": rule.ranges,
    }
    if near is not None:
        below, above = rule.nearest(near)
        shown["nearest"] = {"below": below, "above": above}
    return shown


def _fixed(size: int) -> dict[str, Any]:
    """An axis that was given its size."""
    return {"minimum": size, "rule": f"{size}, as given", "modulus": None, "residues": None, "accepted": [[size, size]]}

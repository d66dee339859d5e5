"""Every endpoint as a function that makes a call: what is sent, and what the answer is.

`Client` sends a call and returns its answer; `AsyncClient` does the same where it is awaited.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack
from urllib.parse import quote

from pydantic import BaseModel

from padstride import answers
from padstride.models import NOWHERE, Model, Origin
from padstride.npy import packed, unpacked
from padstride.options import (
    ConvolveOptions,
    Detail,
    ExplainOptions,
    Framework,
    InputSizesOptions,
    Layer,
    ReadOptions,
    Shape,
    Size,
    Unknown,
    ValidateOptions,
    WriteOptions,
)
from padstride.reports import (
    CompareAnswer,
    NetworkReport,
    OutputSizeAnswer,
    PaddingAnswer,
    SolveAnswer,
    WriteAnswer,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Answer = TypeVar("Answer")
Body = Mapping[str, Any]
Part = tuple[str | None, bytes, str]
"""A part of a form: its file's name, its bytes, its media type."""
NPY = "application/x-npy"
IN_PATHS = "{}"
"""Characters of names that stay as they are in paths, beside letters and digits: not those that end a name."""


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Answer]):
    """One request, and how its answer is read."""

    method: Literal["GET", "POST"] = "POST"
    path: str
    read: Callable[[bytes], Answer]
    body: Body | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    accept: str = "application/json"
    origin: Origin = NOWHERE
    """Where the model that it is about is on this machine."""


Known = TypeVar("Known", bound=BaseModel)


def _asked(path: str, answer: type[Known], body: Body) -> Call[Known]:
    """A question in JSON; what is None is left out."""
    return Call(path=path, read=answer.model_validate_json, body=_given(body))


def _got(path: str, answer: type[Known]) -> Call[Known]:
    return Call(method="GET", path=path, read=answer.model_validate_json)


def _given(body: Body) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def output_size(
    layer: Layer,
    *,
    input_size: Size | None = None,
    input_shape: Shape | None = None,
    framework: Framework = "pytorch",
    opset: int | None = None,
    windows: bool | None = None,
) -> Call[OutputSizeAnswer]:
    """What size comes out of a layer, axis by axis, with the formula filled in.

    Raises:
        Refused: where the framework refuses the layer.
    """
    body = {"layer": layer, "input_size": input_size, "input_shape": input_shape, "framework": framework}
    return _asked("/v1/output-size", OutputSizeAnswer, {**body, "opset": opset, "windows": windows})


def compare(
    layer: Layer,
    *,
    input_size: Size | None = None,
    input_shape: Shape | None = None,
    input_shapes: Sequence[Shape] | None = None,
    framework: Framework = "pytorch",
    opset: int | None = None,
    windows: bool | None = None,
) -> Call[CompareAnswer]:
    """The same layer under every framework: its size, its padding, and how to write an equal one."""
    body = {
        "layer": layer,
        "input_size": input_size,
        "input_shape": input_shape,
        "input_shapes": input_shapes,
        "framework": framework,
        "opset": opset,
        "windows": windows,
    }
    return _asked("/v1/compare", CompareAnswer, body)


def padding(
    layer: Layer,
    *,
    input_size: Size,
    output_size: Size | Literal["same", "causal"],
    framework: Framework = "pytorch",
    opset: int | None = None,
) -> Call[PaddingAnswer]:
    """The padding that gives a wanted output size; where none does, the nearest sizes that can be had."""
    body = {
        "layer": layer,
        "input_size": input_size,
        "output_size": output_size,
        "framework": framework,
        "opset": opset,
    }
    return _asked("/v1/padding", PaddingAnswer, body)


def solve(
    layer: Layer,
    *,
    output_size: Size,
    unknown: Sequence[Unknown],
    input_size: Size | None = None,
    bounds: Mapping[Unknown, Sequence[int]] | None = None,
    limit: int | None = None,
    framework: Framework = "pytorch",
    opset: int | None = None,
) -> Call[SolveAnswer]:
    """Every combination of the unknown parameters that gives a wanted output size, the simplest first."""
    body = {"layer": layer, "output_size": output_size, "unknown": unknown, "input_size": input_size, "bounds": bounds}
    return _asked("/v1/solve", SolveAnswer, {**body, "limit": limit, "framework": framework, "opset": opset})


def validate(network: "Model | Sequence[Layer]", **options: Unpack[ValidateOptions]) -> Call[NetworkReport]:
    """A network judged: every shape, cost and mistake in one answer. A broken network is an answer too.

    `network` is a list of layers, or a model as people have it (see `Model`).

    Raises:
        Refused: where the question itself cannot be read.
    """
    return _about_network("/v1/networks/validate", NetworkReport, network, options)


def input_sizes(
    network: "Model | Sequence[Layer]", **options: Unpack[InputSizesOptions]
) -> Call[answers.InputSizesAnswer]:
    """Which input sizes a network accepts, or which give a wanted output."""
    return _about_network("/v1/networks/input-sizes", answers.InputSizesAnswer, network, options)


def read(model: Model, **options: Unpack[ReadOptions]) -> Call[answers.ReadAnswer]:
    """The network of a model, with the place of each part."""
    return _about_network("/v1/networks/read", answers.ReadAnswer, model, options)


def write(
    network: "Model | Sequence[Layer]", *, format: Literal["pytorch", "keras"], **options: Unpack[WriteOptions]
) -> Call[WriteAnswer]:
    """A network as source of another framework that computes the same, tried before it is given.

    `source` is None where a layer has no equivalent or the network has a mistake: `diagnostics` say why. `network` is
    that of `validate`.

    Raises:
        Refused: where the question itself cannot be read.
    """
    return _about_network("/v1/networks/write", WriteAnswer, network, {"format": format, **options})


def _about_network(path: str, answer: type[Known], network: "Model | Sequence[Layer]", options: Body) -> Call[Known]:
    """A file travels as it is, in a form; everything else in JSON."""
    if not isinstance(network, Model):
        return _asked(path, answer, {"layers": network, **options})
    if network.data is None:
        asked = _asked(path, answer, {"model": network.members(), **options})
        return replace(asked, origin=network.origin)
    part: Part = (network.name, network.data, "application/octet-stream")
    request = {"model": network.members(), **options} if network.members() else options
    return Call(
        path=path, read=answer.model_validate_json, body=_given(request), parts={"model": part}, origin=network.origin
    )


def batch(operation: str, items: Iterable[Body], *, detail: Detail | None = None) -> Call[answers.BatchAnswer]:
    """Many questions of one kind in one request; `operation` is a path without `/v1/`, such as `output-size`."""
    return _asked("/v1/batch", answers.BatchAnswer, {"operation": operation, "items": items, "detail": detail})


def convolve(
    input: "ArrayLike",
    weight: "ArrayLike | None" = None,
    bias: "ArrayLike | None" = None,
    *,
    layer: Layer | None = None,
    pointwise_weight: "ArrayLike | None" = None,
    framework: Framework = "pytorch",
    **options: Unpack[ConvolveOptions],
) -> "Call[NDArray[Any]]":
    """The actual numbers: a layer applied to arrays. They travel as bytes both ways.

    Shapes: `input` is `[N, C, *size]`, `[C, *size]` or `[*size]`, `weight` as the framework has it.
    """
    arrays = {"input": input, "weight": weight, "bias": bias, "pointwise_weight": pointwise_weight}
    parts: dict[str, Part] = {name: (f"{name}.npy", packed(array), NPY) for name, array in _given(arrays).items()}
    body = _given({"layer": layer, "framework": framework, **options})
    return Call(path="/v1/convolve", read=unpacked, body=body, parts=parts, accept=NPY)


def explain(
    input: "ArrayLike",
    weight: "ArrayLike | None" = None,
    *,
    positions: "Sequence[Sequence[int]] | NDArray[Any]",
    layer: Layer | None = None,
    **options: Unpack[ExplainOptions],
) -> Call[answers.ConvolveAnswer]:
    """The numbers of a small layer, and for some outputs their window, weights and products; arrays are lists."""
    body = {"input": input, "weight": weight, "layer": layer, "explain": positions, **options}
    return _asked("/v1/convolve", answers.ConvolveAnswer, body)


def layers() -> Call[answers.LayersAnswer]:
    """Every kind of layer, with its parameters and what frameworks call it."""
    return _got("/v1/layers", answers.LayersAnswer)


def layer_kind(type: str) -> Call[answers.LayerRow]:
    """One kind of layer."""
    return _got(f"/v1/layers/{quote(type, safe=IN_PATHS)}", answers.LayerRow)


def frameworks() -> Call[answers.FrameworksAnswer]:
    """What each framework accepts, and the version that it was recorded from."""
    return _got("/v1/frameworks", answers.FrameworksAnswer)


def diagnostics() -> Call[answers.DiagnosticsAnswer]:
    """Everything that may be said of a request."""
    return _got("/v1/diagnostics", answers.DiagnosticsAnswer)


def diagnostic(name: str) -> Call[answers.DiagnosticPage]:
    """What a diagnostic means, with an example; by name or code."""
    return _got(f"/v1/diagnostics/{quote(name, safe=IN_PATHS)}", answers.DiagnosticPage)


def limits() -> Call[answers.LimitsAnswer]:
    """How large a request may be."""
    return _got("/v1/limits", answers.LimitsAnswer)


def ready() -> Call[answers.ReadyAnswer]:
    """Whether the service takes requests."""
    return _got("/readyz", answers.ReadyAnswer)

"""The tools: each asks the service one question, and answers with what an agent acts on."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations
from pydantic import Field, create_model

from padstride import AsyncClient, Model, PadstrideError, Refused, __version__
from padstride.agents.told import (
    Combinations,
    LayerTypes,
    Paddings,
    Report,
    Sizes,
    Verdict,
    Written,
    mistake_of,
    reasons_of,
    report_of,
    types_of,
    verdict_of,
)
from padstride.options import Framework, Unknown

INSTRUCTIONS = """Answers questions about convolutional layers and networks exactly as PyTorch, Keras, ONNX and JAX do.
Call check_model on every model you write before you show it: it finds each mistake at its line. Apply the first of
`repairs`, after which no error is left, or else each `fix`, and check again. Source is read, not run. Layers are
objects such as {"type": "conv2d", "kernel_size": 3, "stride": 2}; names as frameworks write them (Conv2d, MaxPool2D)
are taken too. An error says why there is no answer, and what to give."""

Size = Annotated[int | list[int], Field(description="One integer for all axes, or one an axis.")]
Layer = Annotated[dict[str, Any], Field(description='A layer: {"type": "conv2d", "kernel_size": 3, "stride": 2}.')]
Source = Annotated[
    str, Field(description='PyTorch or Keras source, a Keras configuration, or {"layers": [...]}; or else `files`.')
]
"""Never optional: the SDK would read text that is JSON before it arrives."""
Files = Annotated[
    dict[str, str] | None, Field(description="Several source files: their texts by path, the main one first.")
]
InputShape = Annotated[list[int | None] | None, Field(description="[1, 3, 224, 224]; null where unknown")]
InputShapes = Annotated[list[list[int | None]] | None, Field(description="Of several inputs, in their order.")]
Entry = Annotated[str | None, Field(description="The class or function that makes it, if there are several.")]
Arguments = Annotated[dict[str, Any] | None, Field(description="Arguments of the entry, by name.")]
TypeName = Annotated[str | None, Field(description="A type, for its parameters.")]

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Tools:
    """The tools as methods; their docstrings and annotations are what an agent reads."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def check_model(
        self,
        source: Source = "",
        files: Files = None,
        input_shape: InputShape = None,
        input_shapes: InputShapes = None,
        entry: Entry = None,
        arguments: Arguments = None,
        framework: Framework | None = None,
    ) -> Report:
        """Find every mistake of a network in one go, with its cause, its line and changes that were tried."""
        model = _model(source, files, entry, arguments)
        return report_of(
            await self._client.validate(model, input_shape=input_shape, input_shapes=input_shapes, framework=framework)
        )

    async def layer_types(self, name: TypeName = None) -> LayerTypes:
        """All types of layers, or the parameters of one."""
        return types_of((await self._client.layers()).layers if name is None else [await self._client.layer_kind(name)])

    async def output_size(self, layer: Layer, input_size: Size, framework: Framework = "pytorch") -> Sizes:
        """What size comes out of a layer, with the formula; an error says why its framework refuses it."""
        answer = await self._client.output_size(layer, input_size=input_size, framework=framework)
        return Sizes(
            output_size=answer.output_size,
            formulas=[axis.formula for axis in answer.axes if axis.formula],
            mistakes=[mistake_of(each) for each in answer.diagnostics],
        )

    async def solve_padding(
        self,
        layer: Layer,
        input_size: Size,
        output_size: Size | Literal["same", "causal"],
        framework: Framework = "pytorch",
    ) -> Paddings:
        """Which padding gives a wanted output size; where none does, what can be had."""
        answer = await self._client.padding(layer, input_size=input_size, output_size=output_size, framework=framework)
        return Paddings(
            solvable=answer.solvable,
            padding=answer.padding,
            written={str(name): steps for name, steps in (answer.written or {}).items()},
            explanation=[diagnostic.message for diagnostic in answer.diagnostics],
        )

    async def solve(
        self,
        layer: Layer,
        output_size: Size,
        unknown: list[Unknown],
        input_size: Size | None = None,
        framework: Framework = "pytorch",
    ) -> Combinations:
        """Which values of the unknown parameters give a wanted output size."""
        answer = await self._client.solve(
            layer, output_size=output_size, unknown=unknown, input_size=input_size, limit=20, framework=framework
        )
        return Combinations(
            solutions=answer.solutions,
            complete=answer.complete,
            explanation=[diagnostic.message for diagnostic in answer.diagnostics],
        )

    async def compare(self, layer: Layer, input_size: Size, framework: Framework = "pytorch") -> dict[str, Verdict]:
        """The same layer under PyTorch, Keras, ONNX and JAX, and how each writes an equal one."""
        answer = await self._client.compare(layer, input_size=input_size, framework=framework)
        return {name: verdict_of(verdict) for name, verdict in answer.frameworks.items()}

    async def translate(
        self,
        to: Literal["pytorch", "keras"],
        source: Source = "",
        files: Files = None,
        input_shape: InputShape = None,
        input_shapes: InputShapes = None,
        entry: Entry = None,
        arguments: Arguments = None,
    ) -> Written:
        """Write a network as source of another framework that computes the same; it was tried."""
        model = _model(source, files, entry, arguments)
        answer = await self._client.write(model, format=to, input_shape=input_shape, input_shapes=input_shapes)
        return Written(
            source=answer.source,
            entry=answer.entry,
            notes=[difference.message for difference in answer.differences],
            mistakes=[mistake_of(each) for each in answer.diagnostics],
        )


def _model(source: str, files: dict[str, str] | None, entry: str | None, arguments: dict[str, Any] | None) -> Model:
    return Model(source=source or None, files=files, entry=entry, arguments=arguments)


def server(url: str | None = None) -> MCPServer:
    """The tools, for a service at this address."""
    tools = Tools(AsyncClient(url))
    offered = (
        tools.check_model,
        tools.layer_types,
        tools.output_size,
        tools.solve_padding,
        tools.solve,
        tools.compare,
        tools.translate,
    )
    listed = [_strict(Tool.from_function(_told(tool), annotations=READS)) for tool in offered]
    return MCPServer("padstride", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING", tools=listed)


READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
"""What a client may know before it asks its user: the tools change nothing."""


def _strict(tool: Tool) -> Tool:
    """The tool, which refuses an argument that it does not have; the SDK passes over it."""
    lax = tool.fn_metadata.arg_model
    strict = create_model(lax.__name__, __base__=lax, __cls_kwargs__={"extra": "forbid"})
    metadata = tool.fn_metadata.model_copy(update={"arg_model": strict})
    return tool.model_copy(update={"fn_metadata": metadata, "parameters": strict.model_json_schema(by_alias=True)})


def _told(tool: Callable[Given, Awaitable[Answer]]) -> Callable[Given, Awaitable[Answer]]:
    """The tool, whose agent reads why there is no answer: the SDK keeps the text of any other exception to itself."""

    @wraps(tool)
    async def told(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return await tool(*given, **named)
        except Refused as refused:
            raise ToolError(reasons_of(refused)) from refused
        except PadstrideError as error:
            raise ToolError(str(error)) from error

    return told

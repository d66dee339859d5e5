"""The tools: each asks the service one question, and answers with what an agent acts on."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from padstride import AsyncClient, Model, PadstrideError, Refused, __version__
from padstride.agents.told import (
    Combinations,
    Paddings,
    Report,
    Sizes,
    Verdict,
    Written,
    mistake_of,
    mistakes_of,
    report_of,
    verdict_of,
)
from padstride.calls import Framework

INSTRUCTIONS = """Answers questions about convolutional layers and networks exactly as PyTorch, Keras, ONNX and JAX do.
Call check_model on every model you write before you show it: it finds each mistake at its line, with a diff that mends
it. Layers are objects such as {"type": "conv2d", "kernel_size": 3, "stride": 2}; names as frameworks write them
(Conv2d, MaxPool2D) are taken too."""

Size = Annotated[int | list[int], Field(description="One integer for all axes, or one an axis.")]
Layer = Annotated[dict[str, Any], Field(description='A layer: {"type": "conv2d", "kernel_size": 3, "stride": 2}.')]
Source = Annotated[str, Field(description="PyTorch or Keras source, a Keras configuration, or layers as JSON.")]
InputShape = Annotated[list[int | None] | None, Field(description="[1, 3, 224, 224]; null where unknown")]
Entry = Annotated[str | None, Field(description="The class or function that makes it, if there are several.")]
Arguments = Annotated[dict[str, Any] | None, Field(description="Arguments of the entry.")]
Unknown = Annotated[list[str], Field(description="Of kernel_size, stride, padding, dilation, input_size, ...")]

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Tools:
    """The tools as methods; their docstrings and annotations are what an agent reads."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def check_model(
        self,
        source: Source,
        input_shape: InputShape = None,
        entry: Entry = None,
        arguments: Arguments = None,
        framework: Framework | None = None,
    ) -> Report:
        """Find every mistake of a network in one go, with its cause, its line and a diff that was tried."""
        model = Model(source=source, entry=entry, arguments=arguments)
        try:
            report = await self._client.validate(model, input_shape=input_shape, framework=framework)
        except Refused as refused:
            mistakes = mistakes_of(refused)
            return Report(sound=False, output_shape=None, parameters=None, macs=None, layers=[], mistakes=mistakes)
        return report_of(report)

    async def output_size(self, layer: Layer, input_size: Size, framework: Framework = "pytorch") -> Sizes:
        """What size comes out of a layer, with the formula, or why its framework refuses it."""
        try:
            answer = await self._client.output_size(layer, input_size=input_size, framework=framework)
        except Refused as refused:
            return Sizes(output_size=None, formulas=[], mistakes=mistakes_of(refused))
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
        unknown: Unknown,
        input_size: Size | None = None,
        framework: Framework = "pytorch",
    ) -> Combinations:
        """Which values of the unknown parameters give a wanted output size."""
        answer = await self._client.solve(
            layer, output_size=output_size, unknown=unknown, input_size=input_size, limit=20, framework=framework
        )
        return Combinations(solutions=answer.solutions, complete=answer.complete)

    async def compare(self, layer: Layer, input_size: Size, framework: Framework = "pytorch") -> dict[str, Verdict]:
        """The same layer under PyTorch, Keras, ONNX and JAX, and how each writes an equal one."""
        answer = await self._client.compare(layer, input_size=input_size, framework=framework)
        return {name: verdict_of(verdict) for name, verdict in answer.frameworks.items()}

    async def translate(
        self, source: Source, to: Literal["pytorch", "keras"], input_shape: InputShape = None, entry: Entry = None
    ) -> Written:
        """Write a network as source of another framework that computes the same; it was tried."""
        try:
            answer = await self._client.write(Model(source=source, entry=entry), format=to, input_shape=input_shape)
        except Refused as refused:
            return Written(source=None, entry=None, notes=[], mistakes=mistakes_of(refused))
        return Written(
            source=answer.source,
            entry=answer.entry,
            notes=[difference.message for difference in answer.differences],
            mistakes=[mistake_of(each) for each in answer.diagnostics],
        )


def server(url: str | None = None) -> MCPServer:
    """The tools, for a service at this address."""
    offered = MCPServer("padstride", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")
    tools = Tools(AsyncClient(url))
    offered.add_tool(_told(tools.check_model))
    offered.add_tool(_told(tools.output_size))
    offered.add_tool(_told(tools.solve_padding))
    offered.add_tool(_told(tools.solve))
    offered.add_tool(_told(tools.compare))
    offered.add_tool(_told(tools.translate))
    return offered


def _told(tool: Callable[Given, Awaitable[Answer]]) -> Callable[Given, Awaitable[Answer]]:
    """The tool, whose agent reads why there is no answer: the SDK keeps the text of any other exception to itself."""

    @wraps(tool)
    async def told(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return await tool(*given, **named)
        except PadstrideError as error:
            raise ToolError(str(error)) from error

    return told

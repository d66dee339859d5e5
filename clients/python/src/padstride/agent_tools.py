"""The service as tools for agents, over the Model Context Protocol: they check a model before they show it."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from pydantic import BaseModel, Field

from padstride import AsyncClient, Model, Refused, __version__
from padstride.answers import DiagnosticObject, FrameworkVerdict
from padstride.calls import Framework

INSTRUCTIONS = """Answers questions about convolutional layers and networks exactly as PyTorch, Keras, ONNX and JAX do.
Call check_model on every model you write before you show it: it finds each mistake at its line, with a diff that mends
it. Layers are objects such as {"type": "conv2d", "kernel_size": 3, "stride": 2}; names as frameworks write them
(Conv2d, MaxPool2D) are taken too."""
MOST_LAYERS = 60
"""Layers of a report that are listed; a longer network is told by its first and last."""

Size = Annotated[int | list[int], Field(description="One integer for all axes, or one an axis.")]
Layer = Annotated[dict[str, Any], Field(description='A layer: {"type": "conv2d", "kernel_size": 3, "stride": 2}.')]


class Mistake(BaseModel):
    """One mistake, at its place."""

    code: str
    severity: str
    message: str
    help: str | None
    place: str = Field(description="file:line:column, or a JSON Pointer into the network")
    text: str | None = Field(description="What stands there.")
    fix: str | None = Field(description="A unified diff that was tried.")
    consequences: list[str] = Field(description="What else is wrong only because of it.")


class Report(BaseModel):
    """A model judged."""

    sound: bool
    output_shape: list[int | None] | None
    parameters: int | None
    macs: int | None
    layers: list[str] = Field(description="name, type, output shape")
    mistakes: list[Mistake]


class Sizes(BaseModel):
    """What comes out of a layer, or why nothing does."""

    output_size: list[int | None] | None
    formulas: list[str]
    mistakes: list[Mistake]


class Paddings(BaseModel):
    """The padding that gives a size."""

    solvable: bool
    padding: Any
    written: dict[str, Any] = Field(description="How each framework writes it.")
    explanation: list[str]


class Combinations(BaseModel):
    """Parameters that give a size, the simplest first."""

    solutions: list[dict[str, Any]]
    complete: bool = Field(description="Whether these are all.")


class Written(BaseModel):
    """A network in another framework, or why it cannot be written there."""

    source: str | None
    entry: str | None = Field(description="What makes the model in the source.")
    notes: list[str]
    mistakes: list[Mistake]


class Verdict(BaseModel):
    """A layer under one framework."""

    accepted: bool
    output_size: list[int | None] | None
    padding: list[Any]
    equal: Any = Field(description="Whether the layer, as it is, computes the same there.")
    written: Any = Field(description="An equal layer, or steps that make one.")
    notes: list[str]


def server(url: str | None = None) -> MCPServer:
    """The tools, for a service at this address."""
    client = AsyncClient(url)
    tools = MCPServer("padstride", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")

    @tools.tool()
    async def check_model(
        source: Annotated[str, Field(description="PyTorch or Keras source, a Keras configuration, or layers as JSON.")],
        input_shape: Annotated[
            list[int | None] | None, Field(description="[1, 3, 224, 224]; null where unknown")
        ] = None,
        entry: Annotated[
            str | None, Field(description="The class or function that makes it, if there are several.")
        ] = None,
        arguments: Annotated[dict[str, Any] | None, Field(description="Arguments of the entry.")] = None,
        framework: Framework | None = None,
    ) -> Report:
        """Find every mistake of a network in one go, with its cause, its line and a diff that was tried."""
        model = Model(source=source, entry=entry, arguments=arguments)
        options = {"input_shape": input_shape, "framework": framework}
        try:
            report = await client.validate(model, **options)
        except Refused as refused:
            mistakes = [_mistake(each) for each in refused.diagnostics]
            return Report(sound=False, output_shape=None, parameters=None, macs=None, layers=[], mistakes=mistakes)
        lines = [f"{layer.name}, {layer.type}, {layer.output_shape}" for layer in report.layers]
        if len(lines) > MOST_LAYERS:
            lines = [*lines[: MOST_LAYERS // 2], f"... {len(lines) - MOST_LAYERS} more", *lines[-MOST_LAYERS // 2 :]]
        return Report(
            sound=report.valid,
            output_shape=report.output_shape,
            parameters=report.totals.parameters if report.totals else None,
            macs=report.totals.macs if report.totals else None,
            layers=lines,
            mistakes=[_mistake(diagnostic) for diagnostic in report.diagnostics],
        )

    @tools.tool()
    async def output_size(layer: Layer, input_size: Size, framework: Framework = "pytorch") -> Sizes:
        """What size comes out of a layer, with the formula, or why its framework refuses it."""
        try:
            answer = await client.output_size(layer, input_size=input_size, framework=framework)
        except Refused as refused:
            return Sizes(output_size=None, formulas=[], mistakes=[_mistake(each) for each in refused.diagnostics])
        formulas = [axis.formula for axis in answer.axes if axis.formula]
        return Sizes(
            output_size=answer.output_size, formulas=formulas, mistakes=[_mistake(each) for each in answer.diagnostics]
        )

    @tools.tool()
    async def solve_padding(
        layer: Layer, input_size: Size, output_size: Size | Literal["same", "causal"], framework: Framework = "pytorch"
    ) -> Paddings:
        """Which padding gives a wanted output size; where none does, what can be had."""
        answer = await client.padding(layer, input_size=input_size, output_size=output_size, framework=framework)
        return Paddings(
            solvable=answer.solvable,
            padding=answer.padding,
            written={str(name): steps for name, steps in (answer.written or {}).items()},
            explanation=[diagnostic.message for diagnostic in answer.diagnostics],
        )

    @tools.tool()
    async def solve(
        layer: Layer,
        output_size: Size,
        unknown: Annotated[list[str], Field(description="Of kernel_size, stride, padding, dilation, input_size, ...")],
        input_size: Size | None = None,
        framework: Framework = "pytorch",
    ) -> Combinations:
        """Which values of the unknown parameters give a wanted output size."""
        answer = await client.solve(
            layer, output_size=output_size, unknown=unknown, input_size=input_size, limit=20, framework=framework
        )
        return Combinations(solutions=answer.solutions, complete=answer.complete)

    @tools.tool()
    async def compare(layer: Layer, input_size: Size, framework: Framework = "pytorch") -> dict[str, Verdict]:
        """The same layer under PyTorch, Keras, ONNX and JAX, and how each writes an equal one."""
        answer = await client.compare(layer, input_size=input_size, framework=framework)
        return {name: _verdict(verdict) for name, verdict in answer.frameworks.items()}

    @tools.tool()
    async def translate(
        source: Annotated[str, Field(description="PyTorch or Keras source, a Keras configuration, or layers as JSON.")],
        to: Literal["pytorch", "keras"],
        input_shape: Annotated[list[int | None] | None, Field(description="[1, 3, 224, 224]")] = None,
        entry: Annotated[str | None, Field(description="The class or function that makes it.")] = None,
    ) -> Written:
        """Write a network as source of another framework that computes the same; it was tried."""
        try:
            answer = await client.write(Model(source=source, entry=entry), format=to, input_shape=input_shape)
        except Refused as refused:
            mistakes = [_mistake(each) for each in refused.diagnostics]
            return Written(source=None, entry=None, notes=[], mistakes=mistakes)
        return Written(
            source=answer.source,
            entry=answer.entry,
            notes=[difference.message for difference in answer.differences],
            mistakes=[_mistake(each) for each in answer.diagnostics],
        )

    return tools


def _mistake(diagnostic: DiagnosticObject) -> Mistake:
    source = diagnostic.source
    place = diagnostic.location
    if source is not None and source.line is not None:
        place = ":".join(str(part) for part in (source.file, source.line, source.column) if part is not None)
    return Mistake(
        code=f"{diagnostic.code} {diagnostic.name}",
        severity=diagnostic.severity,
        message=diagnostic.message,
        help=diagnostic.help,
        place=place,
        text=source.text if source else None,
        fix=next((fix.diff for fix in diagnostic.fixes if fix.diff), None),
        consequences=[each.message for each in diagnostic.consequences or []],
    )


def _verdict(verdict: FrameworkVerdict) -> Verdict:
    return Verdict(
        accepted=verdict.accepted,
        output_size=verdict.output_size,
        padding=[axis.padding for axis in verdict.axes],
        equal=verdict.equal,
        written=verdict.written,
        notes=[*verdict.notes, *(diagnostic.message for diagnostic in verdict.diagnostics)],
    )

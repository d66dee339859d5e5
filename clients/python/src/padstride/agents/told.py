"""What the tools answer: the service's answers, cut down to what an agent acts on."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from padstride import Refused
from padstride.answers import (
    DiagnosticObject,
    FixProposal,
    FrameworkVerdict,
    LayerRow,
    ModelPlace,
    NetworkReport,
    RepairProposal,
)

MOST_LAYERS = 60
"""Layers of a report that are listed; a longer network is told by its first and last."""
MOST_MISTAKES, MOST_REPAIRS = 20, 2
"""Mistakes and repairs that are listed."""
HELP = {
    "`format` is one of": 'give PyTorch or Keras source, a Keras configuration, or {"layers": [...]}',
    "`source` or `files`": "give `source`, or `files` by path",
    "list of layers": "choose one of the types that the tool `layer_types` lists",
}
"""What help about a request is where a tool is called, by words of it."""


class Mistake(BaseModel):
    """One mistake, at its place."""

    code: str
    severity: str
    message: str
    help: str | None
    place: str = Field(description="file:line:column, or a JSON Pointer into the network")
    text: str | None = Field(description="What stands there.")
    related: list[str] = Field(description="Its cause and what else has to do with it, each at its place.")
    fix: str | None = Field(description="A unified diff that was tried; where there is no text, what to change.")
    consequences: list[str] = Field(description="What else is wrong only because of it.")


class Repair(BaseModel):
    """A change after which no error is left; it was tried."""

    title: str
    diff: str | None = Field(description="Of a text, as a unified diff.")


class Report(BaseModel):
    """A model judged."""

    sound: bool
    output_shape: list[int | None] | None
    parameters: int | None
    macs: int | None
    layers: list[str] = Field(description="name, type, output shape")
    mistakes: list[Mistake] = Field(description=f"Errors first; at most {MOST_MISTAKES}.")
    mistakes_left_out: int
    repairs: list[Repair] = Field(description="The likeliest first.")


class Sizes(BaseModel):
    """What comes out of a layer."""

    output_size: list[int | None]
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
    explanation: list[str]


class Written(BaseModel):
    """A network in another framework, or why it cannot be written there."""

    source: str | None
    entry: str | None = Field(description="What makes the model in the source.")
    notes: list[str]
    mistakes: list[Mistake]


class LayerTypes(BaseModel):
    """Types of layers, and the parameters of one."""

    types: list[str]
    parameters: dict[str, str] = Field(description="Of a single type, by name.")


class Verdict(BaseModel):
    """A layer under one framework."""

    accepted: bool
    output_size: list[int | None] | None
    padding: list[Any]
    equal: Any = Field(description="Whether the layer, as it is, computes the same there.")
    written: Any = Field(description="An equal layer, or steps that make one.")
    notes: list[str]


def report_of(report: NetworkReport) -> Report:
    """A report as agents read it: of a long network the first and the last layers."""
    lines = [f"{layer.name}, {layer.type}, {layer.output_shape}" for layer in report.layers]
    if len(lines) > MOST_LAYERS:
        lines = [*lines[: MOST_LAYERS // 2], f"... {len(lines) - MOST_LAYERS} more", *lines[-MOST_LAYERS // 2 :]]
    found = sorted(report.diagnostics, key=lambda each: each.severity != "error")
    return Report(
        sound=report.valid,
        output_shape=report.output_shape,
        parameters=report.totals.parameters if report.totals else None,
        macs=report.totals.macs if report.totals else None,
        layers=lines,
        mistakes=[mistake_of(diagnostic) for diagnostic in found[:MOST_MISTAKES]],
        mistakes_left_out=len(found[MOST_MISTAKES:]),
        repairs=[Repair(title=each.title, diff=each.diff) for each in _applicable(report.repairs or [])[:MOST_REPAIRS]],
    )


def reasons_of(refused: Refused) -> str:
    """Why there is no answer, and what to do, in the words of a tool's caller."""
    mistakes = [mistake_of(each) for each in refused.diagnostics]
    return "\n".join(f"{_said_of(each)} [{each.code}]" for each in mistakes) or refused.detail


def _said_of(mistake: Mistake) -> str:
    place = mistake.place.removeprefix("/model").strip("/")
    said = f"{place}: {mistake.message}" if place else mistake.message
    return f"{said}; {mistake.help}" if mistake.help else said


def mistake_of(diagnostic: DiagnosticObject) -> Mistake:
    """A diagnostic as agents read it."""
    source = diagnostic.source
    return Mistake(
        code=f"{diagnostic.code} {diagnostic.name}",
        severity=diagnostic.severity,
        message=diagnostic.message,
        help=_help_of(diagnostic.help),
        place=_place_of(source, diagnostic.location),
        text=source.text if source else None,
        related=[f"{_place_of(each.source, each.location)}: {each.message}" for each in diagnostic.related],
        fix=next((fix.diff or fix.title for fix in _applicable(diagnostic.fixes)), None),
        consequences=[each.message for each in diagnostic.consequences or []],
    )


def _place_of(source: ModelPlace | None, location: str) -> str:
    if source is None or source.line is None:
        return location
    return ":".join(str(part) for part in (source.file, source.line, source.column) if part is not None)


def _help_of(words: str | None) -> str | None:
    """Help about a request as help about a call: nothing is posted here."""
    if words is None:
        return None
    here = next((said for part, said in HELP.items() if part in words), None)
    return here or (f"give{words.removeprefix('post')}" if words.startswith("post ") else words)


Change = TypeVar("Change", FixProposal, RepairProposal)


def _applicable(changes: Sequence[Change]) -> list[Change]:
    return [change for change in changes if change.applicability != "display-only"]


def types_of(rows: Sequence[LayerRow]) -> LayerTypes:
    """Types of layers; of a single one its parameters as well."""
    parameters = rows[0].parameters if len(rows) == 1 else []
    described = {
        each.name: f"{each.form}{' (required)' if each.required else ''}: {each.meaning}" for each in parameters
    }
    return LayerTypes(types=[row.type for row in rows], parameters=described)


def verdict_of(verdict: FrameworkVerdict) -> Verdict:
    """One framework's verdict as agents read it."""
    return Verdict(
        accepted=verdict.accepted,
        output_size=verdict.output_size,
        padding=[axis.padding for axis in verdict.axes],
        equal=verdict.equal,
        written=verdict.written,
        notes=[*verdict.notes, *(diagnostic.message for diagnostic in verdict.diagnostics)],
    )

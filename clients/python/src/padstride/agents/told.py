"""What the tools answer: the service's answers, cut down to what an agent acts on."""

from typing import Any

from pydantic import BaseModel, Field

from padstride import Refused
from padstride.answers import DiagnosticObject, FrameworkVerdict, NetworkReport

MOST_LAYERS = 60
"""Layers of a report that are listed; a longer network is told by its first and last."""


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


def report_of(report: NetworkReport) -> Report:
    """A report as agents read it: of a long network the first and the last layers."""
    lines = [f"{layer.name}, {layer.type}, {layer.output_shape}" for layer in report.layers]
    if len(lines) > MOST_LAYERS:
        lines = [*lines[: MOST_LAYERS // 2], f"... {len(lines) - MOST_LAYERS} more", *lines[-MOST_LAYERS // 2 :]]
    return Report(
        sound=report.valid,
        output_shape=report.output_shape,
        parameters=report.totals.parameters if report.totals else None,
        macs=report.totals.macs if report.totals else None,
        layers=lines,
        mistakes=[mistake_of(diagnostic) for diagnostic in report.diagnostics],
    )


def mistakes_of(refused: Refused) -> list[Mistake]:
    """Why a question was refused.

    Raises:
        Refused: The question itself is not the reason: the service is busy, say.
    """
    if not refused.diagnostics:
        raise refused
    return [mistake_of(each) for each in refused.diagnostics]


def mistake_of(diagnostic: DiagnosticObject) -> Mistake:
    """A diagnostic as agents read it."""
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

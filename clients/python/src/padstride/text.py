"""Findings as text for people: the place, the line with carets, the cause, the help, the diff."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from padstride.findings import Finding, Fix, Place, lines_of
from padstride.lines import lines_in
from padstride.words import counted

STYLES = {"error": "bold red", "warning": "bold yellow"}
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


class TextPrinter:
    """Prints findings as compilers do."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.texts: dict[Path, list[str]] = {}

    def finding(self, finding: Finding, *, diff: bool = True) -> None:
        """One finding."""
        style = STYLES[finding.severity]
        link = f"[link={finding.url}]{finding.code}[/link]"
        self.console.print(f"[{style}]{finding.severity}[{link}][/]: [bold]{escape(finding.name)}[/]")
        self._place(finding.place, finding.message, style, "-->")
        for related in finding.related:
            self._place(related.place, related.message, "cyan", ":::")
        self._notes(finding)
        if diff and finding.fixes:
            self._fix(finding.fixes[0], len(finding.fixes))
        self.console.print()

    def _place(self, place: Place, message: str, style: str, arrow: str) -> None:
        """A line of a file, what is meant of it underlined, and the message there."""
        self.console.print(Text(f"  {arrow} ", "blue").append(str(place), "bold"))
        line, column, end = self._stretch(place)
        if place.line is None or line is None:
            self.console.print(Text("   = ", "blue").append(message, style), soft_wrap=True)
            return
        width = len(str(place.line))
        margin = Text(" " * width + " | ", "blue")
        self.console.print(Text(margin.plain.rstrip(), "blue"))
        self.console.print(Text(f"{place.line} | ", "blue").append(line, "default"), soft_wrap=True)
        carets = " " * (column - 1) + "^" * max(end - column, 1)
        self.console.print(margin + Text(f"{carets} {message}", style), soft_wrap=True)

    def _stretch(self, place: Place) -> tuple[str | None, int, int]:
        """The line of a place, and the columns of its stretch; of a file that is not here, what stands there alone."""
        lines = lines_of(place.path, self.texts)
        if place.line is None or place.line > len(lines):
            return place.text, 1, len(place.text or "") + 1
        line = "".join(each if each.isprintable() else " " for each in lines[place.line - 1])
        ends_here = place.end_column and place.end_line in (None, place.line)
        return line, place.column or 1, (place.end_column or 0) if ends_here else len(line) + 1

    def _notes(self, finding: Finding) -> None:
        for consequence in finding.consequences:
            self.console.print(Text("   = ", "blue").append(f"so too: {consequence}", "default"), soft_wrap=True)
        if finding.help:
            self.console.print(
                Text("   = ", "blue").append("help: ", "bold default").append(finding.help, "default"), soft_wrap=True
            )

    def _fix(self, fix: Fix, count: int) -> None:
        """The likeliest of so many changes, as a diff."""
        if fix.diff is None:
            return
        kind = ("safe" if fix.safe else "unsafe") + (f", one of {count}" if count > 1 else "")
        self.console.print(
            Text("   = ", "blue").append("fix: ", "bold default").append(f"{fix.title} ({kind})", "default"),
            soft_wrap=True,
        )
        for line in lines_in(fix.diff):
            if not line.startswith(("---", "+++")):
                self.console.print(Text(line, DIFF_STYLES.get(line[:1], "default")), soft_wrap=True)


def text_of(findings: Sequence[Finding], name: str) -> str:
    """Findings as plain text, without colours, and how many there are."""
    console = Console(width=120, highlight=False, color_system=None, file=StringIO(), force_jupyter=False)
    with console.capture() as captured:
        printer = TextPrinter(console)
        for finding in findings:
            printer.finding(finding)
    return captured.get() + summary_of(findings, name)


def summary_of(findings: Sequence[Finding], name: str) -> str:
    """How many there are of a model, in words."""
    return f"{name}: {counts_of(findings)}" if findings else f"{name} is sound"


def counts_of(findings: Sequence[Finding]) -> str:
    """How many errors and warnings there are; nothing of what there is none."""
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    return " and ".join(counted(count, noun) for count, noun in ((errors, "error"), (warnings, "warning")) if count)

"""Answers that show themselves: as text where they are printed, as a table in a notebook."""

from typing import Any, Self

from pydantic import PrivateAttr

from padstride import answers
from padstride.findings import Finding, findings_of
from padstride.models import NOWHERE, Origin


class Printed:
    """An answer with a text of its own, which IPython shows where it shows no HTML."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


class NetworkReport(Printed, answers.NetworkReport):
    """A network judged. `print(report)` shows every mistake at its line, a notebook the layers as well."""

    _origin: Origin = PrivateAttr(default=NOWHERE)
    _url: str = PrivateAttr(default="")

    def located(self, origin: Origin, url: str) -> Self:
        """The same report, which knows where the model's files are, and which service at `url` has judged it."""
        self._origin, self._url = origin, url
        return self

    @property
    def findings(self) -> list[Finding]:
        """What is wrong, with its places on this machine; errors come first."""
        return findings_of(self.diagnostics, self._origin, self._url)

    @property
    def url(self) -> str:
        """The address of the service that has judged it."""
        return self._url

    @property
    def name(self) -> str:
        """What the network is called in messages."""
        return str(self._origin.path(None))

    def __str__(self) -> str:
        """Every finding as a compiler writes it, and how many there are."""
        from padstride.text import text_of

        return text_of(self.findings, self.name)

    def _repr_html_(self) -> str:
        from padstride.html import html_of_report

        return html_of_report(self, self.findings)


class OutputSizeAnswer(answers.OutputSizeAnswer):
    """What comes out of a layer; in a notebook a row an axis, with its formula."""

    def _repr_html_(self) -> str:
        from padstride.html import html_of_size

        return html_of_size(self)


class CompareAnswer(answers.CompareAnswer):
    """One layer under every framework's rules; in a notebook a row a framework."""

    def _repr_html_(self) -> str:
        from padstride.html import html_of_comparison

        return html_of_comparison(self)


class PaddingAnswer(answers.PaddingAnswer):
    """The padding that gives a size; in a notebook a row a framework, as it is written there."""

    def _repr_html_(self) -> str:
        from padstride.html import html_of_padding

        return html_of_padding(self)


class SolveAnswer(answers.SolveAnswer):
    """Combinations that give a size; in a notebook a row each."""

    def _repr_html_(self) -> str:
        from padstride.html import html_of_solutions

        return html_of_solutions(self)


class WriteAnswer(Printed, answers.WriteAnswer):
    """A network as source. `print(answer)` shows the source, a notebook what to know about it as well."""

    def __str__(self) -> str:
        """The source; where there is none, why."""
        return self.source or "\n".join(each.message for each in self.diagnostics)

    def _repr_html_(self) -> str:
        from padstride.html import html_of_source

        return html_of_source(self)

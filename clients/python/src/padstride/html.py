"""Answers as HTML for notebooks: small tables, legible on light and dark grounds. All text is escaped."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from padstride.answers import (
    CompareAnswer,
    DiagnosticObject,
    NetworkReport,
    OutputSizeAnswer,
    PaddingAnswer,
    SolveAnswer,
    WriteAnswer,
)
from padstride.findings import Finding, Fix, Place, lines_of
from padstride.lines import lines_in
from padstride.words import COMPARISON, comparison_rows, count_text, shape_text, written_text

OPEN_ROWS = 40
"""Rows up to which a table of layers is open at first. Chosen: about a screen."""
MOST_ROWS = 1000
"""Rows of a table, at most: a notebook keeps them all."""
CODE = re.compile("`([^`]+)`")
# Text has the notebook's own colour, and grounds are translucent, so that they suit light and dark themes alike; badges
# have a ground of their own. The class is named twice because Jupyter's own rules for tables and code weigh more than
# one class.
STYLE = """<style>
.padstride.padstride table{border-collapse:collapse;margin:.5em 0;font-size:inherit}
.padstride.padstride :is(th,td){text-align:left;padding:.2em .7em;border-bottom:1px solid rgba(128,128,128,.3);
background:transparent;vertical-align:top}
.padstride.padstride td:not(:last-child){white-space:nowrap}
.padstride.padstride .number{text-align:right;font-variant-numeric:tabular-nums}
.padstride.padstride tfoot td{font-weight:600}
.padstride.padstride :is(pre,code){font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.95em}
.padstride.padstride code{background:rgba(128,128,128,.12);color:inherit;padding:0 .25em;border-radius:.2em}
.padstride.padstride pre{margin:.3em 0;padding:.4em .7em;background:rgba(128,128,128,.12);color:inherit;overflow-x:auto;
line-height:1.4}
.padstride summary{cursor:pointer}
.padstride .badge{color:#fff;border-radius:.3em;padding:.1em .5em;font-weight:600;font-size:.9em}
.padstride .badge.error{background:#b42318}
.padstride .badge.warning{background:#8a5300}
.padstride .badge.sound{background:#1a7f37}
.padstride .finding{border-left:3px solid #b42318;padding:.2em .8em;margin:.6em 0}
.padstride .finding.warning{border-color:#8a5300}
.padstride .finding>div{margin:.25em 0}
.padstride .line{opacity:.6;user-select:none}
.padstride .meant{text-decoration:underline wavy #e5484d;text-underline-offset:.2em;font-weight:600}
.padstride .added{background:rgba(46,160,67,.25);display:block}
.padstride .removed{background:rgba(248,81,73,.25);display:block}
.padstride .context{display:block}
.padstride.padstride a{color:inherit;text-decoration:underline}
</style>"""


def html_of_report(report: NetworkReport, findings: Sequence[Finding]) -> str:
    """A network's findings, then its layers."""
    errors = sum(finding.severity == "error" for finding in findings)
    verdict = _badge("sound", "sound") if report.valid else _badge("error", f"{errors} error{'s' * (errors != 1)}")
    output = f" output {escape(shape_text(report.output_shape))}" if report.output_shape is not None else ""
    return _page(f"<p>{verdict}{output}</p>", *map(_finding, findings), _layers(report))


def html_of_size(answer: OutputSizeAnswer) -> str:
    """A layer's output, axis by axis."""
    rows = [
        [str(index), _number(axis.input), _text(axis.padding), _number(axis.output), axis.formula or ""]
        for index, axis in enumerate(answer.axes)
    ]
    names = ("Axis", "Input", "Padding", "Output", "Formula")
    title = f"<p><b>{escape(shape_text(answer.output_size))}</b> under {escape(answer.framework)}</p>"
    return _page(title, _table(names, rows, numbers=(1, 3)), *_notes(answer.diagnostics))


def html_of_padding(answer: PaddingAnswer) -> str:
    """The padding found, and how each framework writes it; else why there is none."""
    if not answer.solvable:
        return _page(f"<p>{_badge('error', 'no padding')}</p>", *_notes(answer.diagnostics))
    rows = [[name, written_text(written) or "no way"] for name, written in (answer.written or {}).items()]
    title = f"<p><b>padding {escape(str(answer.padding))}</b> under {escape(answer.framework)}</p>"
    return _page(title, _table(("Framework", "Written"), rows), *_notes(answer.diagnostics))


def html_of_solutions(answer: SolveAnswer) -> str:
    """Every combination that is listed, and how many there are."""
    names = list(answer.solutions[0]) if answer.solutions else []
    rows = [[str(solution[name]) for name in names] for solution in answer.solutions]
    title = f"<p><b>{answer.count} solution{'s' * (answer.count != 1)}</b> under {escape(answer.framework)}</p>"
    return _page(title, _table(names, rows) if rows else "", *_notes(answer.diagnostics))


def html_of_source(answer: WriteAnswer) -> str:
    """The source, then what to know about it; else why there is none."""
    if answer.source is None:
        return _page(f"<p>{_badge('error', 'not written')}</p>", *_notes(answer.diagnostics))
    layers = [f"<b>{escape(', '.join(each.layers))}</b>: " if each.layers else "" for each in answer.differences]
    notes = [f"<p>{named}{_words(each.message)}</p>" for each, named in zip(answer.differences, layers, strict=True)]
    return _page(f"<pre>{escape(answer.source)}</pre>", *notes)


def html_of_comparison(answer: CompareAnswer) -> str:
    """A layer under each framework."""
    return _page(_table(COMPARISON, comparison_rows(answer)), *_notes(answer.diagnostics))


def _page(*parts: str) -> str:
    return f'{STYLE}<div class="padstride">{"".join(parts)}</div>'


def _badge(kind: str, text: str) -> str:
    return f'<span class="badge {escape(kind)}">{escape(text)}</span>'


def _notes(diagnostics: Iterable[DiagnosticObject]) -> list[str]:
    """What was found, a line each."""
    return [f"<p>{_badge(each.severity, each.severity)} {_words(each.message)}</p>" for each in diagnostics]


def _finding(finding: Finding) -> str:
    """Its name and place, what stands there, the cause, the help and the likeliest change."""
    link = f'<a href="{escape(finding.url)}">{escape(finding.code)}</a>' if finding.url else escape(finding.code)
    parts = [
        f"<div>{_badge(finding.severity, finding.severity)} {link} <b>{escape(finding.name)}</b> "
        f"<code>{escape(str(finding.place))}</code></div>"
    ]
    parts.append(_line(finding.place))
    parts.append(f"<div>{_words(finding.message)}</div>")
    for related in finding.related:
        parts.append(f"<div><code>{escape(str(related.place))}</code> {_words(related.message)}</div>")
        parts.append(_line(related.place))
    parts += [f"<div>so too: {_words(text)}</div>" for text in finding.consequences]
    if finding.help:
        parts.append(f"<div><b>help</b>: {_words(finding.help)}</div>")
    parts += map(_fix, finding.fixes[:1])
    return f'<div class="finding {escape(finding.severity)}">{"".join(parts)}</div>'


def _line(place: Place) -> str:
    """The line of a place with what is meant of it marked; of a file that is not here, what stands there alone."""
    lines = lines_of(place.path, {}) if place.line else []
    if place.line is None or place.column is None or place.line > len(lines):
        return f"<pre>{escape(place.text)}</pre>" if place.text else ""
    line = lines[place.line - 1]
    ends_here = place.end_column and place.end_line in (None, place.line)
    start, end = place.column - 1, place.end_column - 1 if ends_here and place.end_column else len(line)
    before, meant, after = line[:start].lstrip(), line[start:end], line[end:]
    marked = f'{escape(before)}<span class="meant">{escape(meant)}</span>{escape(after)}'
    return f'<pre><span class="line">{place.line} | </span>{marked}</pre>'


def _words(text: str) -> str:
    """A message; what stands in backticks is code."""
    return CODE.sub(r"<code>\1</code>", escape(text))


def _fix(fix: Fix) -> str:
    title = f"<div><b>fix</b>: {_words(fix.title)} ({'safe' if fix.safe else 'unsafe'})</div>"
    if fix.diff is None:
        return title
    kinds = {"+": "added", "-": "removed"}
    lines = [line for line in lines_in(fix.diff) if not line.startswith(("---", "+++"))]
    # A line ends inside its element, which is a block: where a host drops the style, lines stay lines.
    marked = (f'<span class="{kinds.get(line[:1], "context")}">{escape(line)}\n</span>' for line in lines)
    return f"{title}<pre>{''.join(marked)}</pre>"


def _layers(report: NetworkReport) -> str:
    totals = report.totals
    rows = [
        [
            layer.name,
            layer.type,
            shape_text(layer.output_shape),
            count_text(layer.parameters),
            count_text(layer.macs),
            shape_text(layer.receptive_field.size) if layer.receptive_field else "",
        ]
        for layer in report.layers[:MOST_ROWS]
    ]
    left_out = len(report.layers) - len(rows)
    count = f"{len(report.layers)} layers" + (f", the last {left_out} left out" if left_out else "")
    footer = ["Total", "", shape_text(report.output_shape)]
    footer += [count_text(totals.parameters), count_text(totals.macs), ""] if totals else ["", "", ""]
    names = ("Layer", "Type", "Output", "Parameters", "MACs", "Receptive field")
    table = _table(names, rows, numbers=(3, 4), footer=footer)
    opened = " open" if len(rows) <= OPEN_ROWS else ""
    return f"<details{opened}><summary>{escape(count)}</summary>{table}</details>"


def _table(
    names: Iterable[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = (), footer: Sequence[str] = ()
) -> str:
    def cells(tag: str, texts: Iterable[str]) -> str:
        kinds = (' class="number"' if index in numbers else "" for index in range(100))
        return "".join(f"<{tag}{kind}>{_words(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=False))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{cells('td', footer)}</tr></tfoot>" if footer else ""
    return f"<table><thead><tr>{cells('th', names)}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _text(value: object) -> str:
    return "" if value is None else str(value)

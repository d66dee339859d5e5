"""Answers as HTML for notebooks: small tables, legible on light and dark grounds. All text is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from padstride.answers import CompareAnswer, NetworkReport, OutputSizeAnswer
from padstride.findings import Finding, Fix
from padstride.words import count_text, shape_text, written_text

OPEN_ROWS = 40
"""Rows up to which a table of layers is open at first. Chosen: about a screen."""
MOST_ROWS = 1000
"""Rows of a table, at most: a notebook keeps them all."""
# Text has the notebook's own colour, and grounds are translucent, so that they suit light and dark themes alike; badges
# have a ground of their own.
STYLE = """<style>
.padstride table{border-collapse:collapse;margin:.5em 0;font-size:inherit}
.padstride th,.padstride td{text-align:left;padding:.2em .7em;border-bottom:1px solid rgba(128,128,128,.3);
background:transparent;vertical-align:top}
.padstride td.number,.padstride th.number{text-align:right;font-variant-numeric:tabular-nums}
.padstride tfoot td{font-weight:600}
.padstride summary{cursor:pointer}
.padstride .badge{color:#fff;border-radius:.3em;padding:.1em .5em;font-weight:600;font-size:.9em}
.padstride .badge.error{background:#b42318}
.padstride .badge.warning{background:#8a5300}
.padstride .badge.sound{background:#1a7f37}
.padstride .finding{border-left:3px solid #b42318;padding:.2em .8em;margin:.6em 0}
.padstride .finding.warning{border-color:#8a5300}
.padstride pre{margin:.3em 0;padding:.4em .7em;background:rgba(128,128,128,.12);color:inherit;overflow-x:auto}
.padstride .added{background:rgba(46,160,67,.25);display:block}
.padstride .removed{background:rgba(248,81,73,.25);display:block}
.padstride .context{display:block}
.padstride a{color:inherit;text-decoration:underline}
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
    notes = [f"<p>{_badge(each.severity, each.severity)} {escape(each.message)}</p>" for each in answer.diagnostics]
    return _page(title, _table(names, rows, numbers=(1, 3)), *notes)


def html_of_comparison(answer: CompareAnswer) -> str:
    """A layer under each framework."""
    rows = []
    for name, verdict in answer.frameworks.items():
        if verdict.accepted:
            padding = ", ".join(str(axis.padding) for axis in verdict.axes if axis.padding is not None)
            rows.append([name, shape_text(verdict.output_size), padding, written_text(verdict.written)])
        else:
            rows.append([name, "refused", "", "; ".join(each.message for each in verdict.diagnostics)])
    return _page(_table(("Framework", "Size", "Padding", "An equal layer"), rows))


def _page(*parts: str) -> str:
    return f'{STYLE}<div class="padstride">{"".join(parts)}</div>'


def _badge(kind: str, text: str) -> str:
    return f'<span class="badge {escape(kind)}">{escape(text)}</span>'


def _finding(finding: Finding) -> str:
    """Its name and place, what stands there, the cause, the help and the likeliest change."""
    link = f'<a href="{escape(finding.url)}">{escape(finding.code)}</a>' if finding.url else escape(finding.code)
    parts = [
        f"<div>{_badge(finding.severity, finding.severity)} {link} <b>{escape(finding.name)}</b> "
        f"<code>{escape(str(finding.place))}</code></div>"
    ]
    if finding.place.text:
        parts.append(f"<pre>{escape(finding.place.text)}</pre>")
    parts.append(f"<div>{escape(finding.message)}</div>")
    parts += [f"<div><code>{escape(str(place))}</code>: {escape(text)}</div>" for place, text in finding.related]
    parts += [f"<div>so too: {escape(text)}</div>" for text in finding.consequences]
    if finding.help:
        parts.append(f"<div><b>help</b>: {escape(finding.help)}</div>")
    parts += map(_fix, finding.fixes[:1])
    return f'<div class="finding {escape(finding.severity)}">{"".join(parts)}</div>'


def _fix(fix: Fix) -> str:
    title = f"<div><b>fix</b>: {escape(fix.title)} ({'safe' if fix.safe else 'unsafe'})</div>"
    if fix.diff is None:
        return title
    kinds = {"+": "added", "-": "removed"}
    lines = [line for line in fix.diff.splitlines() if not line.startswith(("---", "+++"))]
    marked = (f'<span class="{kinds.get(line[:1], "context")}">{escape(line) or " "}</span>' for line in lines)
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
    footer = [count, "", shape_text(report.output_shape)]
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
        return "".join(f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=False))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    foot = f"<tfoot><tr>{cells('td', footer)}</tr></tfoot>" if footer else ""
    return f"<table><thead><tr>{cells('th', names)}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _text(value: object) -> str:
    return "" if value is None else str(value)

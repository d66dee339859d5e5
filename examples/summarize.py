"""Print networks as tables: every layer's shape, parameters, multiply-accumulates and receptive field.

    python examples/summarize.py
    python examples/summarize.py --url http://127.0.0.1:8000 my-network.json

A network is a JSON file with the body of `POST /v1/networks/validate`. The default is all networks of the examples. The
exit code is 1 if no service answers or a network is not valid. Needs only Python and a running service.
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from pathlib import Path
from textwrap import wrap
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

NETWORKS = Path(__file__).parent / "networks"
WIDTH = 100
NARROWEST_GAP = 2
TIMEOUT_SECONDS = 30

COLUMNS = (
    ("", "layer", str.ljust),
    ("", "type", str.ljust),
    ("", "output shape", str.ljust),
    ("", "parameters", str.rjust),
    ("", "MACs", str.rjust),
    ("receptive", "field", str.rjust),
)
"""The heading of each column, in two lines, and its alignment."""

SCALES = ((10**9, "G"), (10**6, "M"), (10**3, "k"), (1, ""))


class NoAnswerError(Exception):
    """The service gave no answer; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Summarize the networks named on the command line; the exit code, 0 if all are valid."""
    parser = argparse.ArgumentParser(description="Print networks as tables.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service listens (%(default)s)")
    parser.add_argument("networks", nargs="*", type=Path, metavar="network.json", help="default: all of the examples")
    chosen = parser.parse_args(arguments)
    valid = True
    for path in chosen.networks or sorted(NETWORKS.glob("*.json")):
        try:
            body = path.read_bytes()
            report = validated(chosen.url, body)
        except (OSError, NoAnswerError) as reason:
            return complain(str(reason))
        print("\n".join(summary(path.stem, json.loads(body), report)), end="\n\n\n")
        if not report["valid"]:
            valid = False
            complain(f"{path} is not a valid network: {', '.join(errors(report))}")
    return 0 if valid else 1


def complain(message: str) -> int:
    """Print one line to standard error, after all earlier output; the exit code of a failure."""
    sys.stdout.flush()
    print(f"summarize: {message}", file=sys.stderr)
    return 1


def validated(url: str, body: bytes) -> dict[str, Any]:
    """The service's report on a network. Raises NoAnswerError if there is none."""
    address = f"{url.rstrip('/')}/v1/networks/validate"
    try:
        with urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        raise NoAnswerError(refused(url, refusal)) from None
    except (OSError, HTTPException, ValueError):
        raise NoAnswerError(f"no service answers at {url}; start one, or give its address with --url") from None


def refused(url: str, refusal: HTTPError) -> str:
    """Why the service refused the request, in its own words where there are any."""
    try:
        problem = json.load(refusal)
        return f"the service refused the request: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"something else answers at {url}: {refusal.code} {refusal.reason}"


def errors(report: dict[str, Any]) -> list[str]:
    """The names of a report's errors."""
    return [diagnostic["name"] for diagnostic in report["diagnostics"] if diagnostic["severity"] == "error"]


def summary(name: str, network: dict[str, Any], report: dict[str, Any]) -> Iterator[str]:
    """The lines of a network: title, layers, totals, diagnostics."""
    title = f"{name} ({report['framework']})"
    given = f"input {network.get('input_shape') or network.get('inputs')}"
    yield title + given.rjust(WIDTH - len(title))
    yield from table([row(layer) for layer in report["layers"]])
    yield from totals(report["totals"])
    for diagnostic in report["diagnostics"]:
        yield from diagnosis(diagnostic)


def row(layer: dict[str, Any]) -> tuple[str, ...]:
    """The cells of a layer, one per column."""
    shape = "?" if layer["output_shape"] is None else json.dumps(layer["output_shape"])
    counts = (count(layer["parameters"]), count(layer["macs"]))
    return layer["name"], layer["type"], shape, *counts, field_size(layer["receptive_field"])


def count(value: int | None) -> str:
    """A count: a dash for none, a question mark if it is unknown."""
    if value is None:
        return "?"
    return f"{value:,}" if value else "-"


def field_size(field: dict[str, Any] | None) -> str:
    """The size of a receptive field: one number for a square, a dash after layers without positions."""
    if field is None:
        return "-"
    sizes = [f"{size:,}" for size in field["size"]]
    return sizes[0] if len(set(sizes)) == 1 else " x ".join(sizes)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned rows under headings: spare width goes between the columns; long names are cut where width is missing."""
    above, headings, sides = zip(*COLUMNS, strict=True)
    widths = [max(map(len, column)) for column in zip(above, headings, *rows, strict=True)]
    gaps = len(widths) - 1
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - NARROWEST_GAP * gaps)
    rows = [(shortened(name, widths[0]), *others) for name, *others in rows]
    gap = max(NARROWEST_GAP, (WIDTH - sum(widths)) // gaps)
    widths[2] += max(0, WIDTH - sum(widths) - gap * gaps)
    rule = "-" * (sum(widths) + gap * gaps)

    def line(cells: Sequence[str]) -> str:
        placed = (side(cell, width) for side, cell, width in zip(sides, cells, widths, strict=True))
        return (" " * gap).join(placed).rstrip()

    yield from (rule, line(above), line(headings), rule, *map(line, rows), rule)


def shortened(name: str, width: int) -> str:
    """A name cut to a width; its end stays, because long names begin alike."""
    return name if len(name) <= width else f"...{name[3 - width :]}"


def totals(sums: dict[str, int | None]) -> Iterator[str]:
    """The totals, each with its name."""
    yield f"parameters          {count(sums['parameters']):>14}"
    yield f"buffers             {count(sums['buffers']):>14}"
    yield f"MACs                {scaled(sums['macs'])}"
    yield f"FLOPs               {scaled(sums['flops'])}"
    yield f"activations         {scaled(sums['activation_bytes'])}B"
    yield f"activations, peak   {scaled(sums['peak_activation_bytes'])}B"


def scaled(value: int | None) -> str:
    """A large number in k, M or G: the largest of which it is at least half."""
    if value is None:
        return f"{'?':>14} "
    scale, letter = next(((scale, letter) for scale, letter in SCALES if 2 * value >= scale), SCALES[-1])
    return f"{value / scale:>14,.2f} {letter}"


def diagnosis(diagnostic: dict[str, Any]) -> Iterator[str]:
    """A diagnostic: its name and location, then the message, then the help."""
    yield ""
    yield f"{diagnostic['severity']}: {diagnostic['name']} at {diagnostic['location']}"
    yield from wrap(diagnostic["message"], WIDTH, initial_indent="  ", subsequent_indent="  ")
    if diagnostic.get("help"):
        yield from wrap(f"help: {diagnostic['help']}", WIDTH, initial_indent="  ", subsequent_indent="  ")


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `summarize.py | head` ends without an error.
    sys.exit(main())

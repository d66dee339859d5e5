"""Write a model as source of another framework that computes the same.

  padstride translate model.py --to keras --input 1,3,224,224 > keras_model.py
  padstride translate model.onnx --to pytorch --output model.py

The source is tried before it is printed: it was read back, and each layer has the shape that it has in the model.
What to know about it, such as weights in another order, goes to standard error.
"""

import argparse
from pathlib import Path

from rich.console import Console

from padstride.cli.commands import check
from padstride.cli.printing import console_of
from padstride.cli.waiting import waiting
from padstride.cli.words import MISTAKES, SOUND, client_of, given
from padstride.findings import findings_of
from padstride.text import TextPrinter
from padstride.transport import address

HELP = "write a model as source of another framework"
EXIT_CODES = "0 written, 1 mistakes or layers without an equal one, 2 could not be judged, 130 Ctrl-C"
TARGETS = ("pytorch", "keras")


def describe(parser: argparse.ArgumentParser) -> None:
    """The options: those of check that say which model, and what is written."""
    check.add_model(parser)
    parser.add_argument("--to", choices=TARGETS, required=True, help="the framework to write it in")
    parser.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="the file to write it to; without it, it is printed"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """Prints the source, or why there is none."""
    model = check.question_of(options).model_at(options.path)
    with client_of(options) as client, waiting("translating", options.color):
        answer = client.write(model, format=options.to, **given(options, "input_shape", "framework"))
    errors = console_of(options.color, stderr=True)
    if answer.source is None:
        printer = TextPrinter(errors)
        for finding in findings_of(answer.diagnostics, model.origin, address(options.url)):
            printer.finding(finding)
        return MISTAKES
    for difference in answer.differences:
        layers = f" ({', '.join(difference.layers)})" if difference.layers else ""
        errors.print(f"note: {difference.message}{layers}", markup=False, soft_wrap=True)
    if options.output:
        options.output.write_text(answer.source, encoding="utf-8")
    else:
        console.out(answer.source.rstrip("\n"), highlight=False)
    return SOUND

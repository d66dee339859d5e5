"""Apply a layer to arrays in .npy files.

padstride convolve image.npy weight.npy stride=2 padding=1 --out result.npy
padstride convolve image.npy weight.npy bias.npy stride=2
padstride convolve image.npy max_pool2d kernel_size=2 --out result.npy
"""

import argparse
from pathlib import Path

from rich.console import Console

from padstride import PadstrideError
from padstride.cli.waiting import waiting
from padstride.cli.words import SOUND, add_framework, add_service, client_of, given, layer
from padstride.npy import array_of_file, save
from padstride.words import shape_text

HELP = "apply a layer to arrays in .npy files"
EXIT_CODES = "0 answered, 2 refused or not reached, 130 Ctrl-C"


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="the input, a .npy file")
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WEIGHT, BIAS or LAYER",
        help=".npy files with the weight and the bias; the layer's type; name=value for each parameter",
    )
    parser.add_argument("--bias", type=Path, metavar="FILE", help="a .npy file with the bias")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the .npy file to write the output to; without it, it is printed"
    )
    add_framework(parser)
    add_service(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Writes or prints the output."""
    files = [word for word in options.words if word.lower().endswith(".npy")]
    described = layer([word for word in options.words if word not in files])
    biases = [*map(Path, files[1:]), *([options.bias] if options.bias else [])]
    if len(biases) > 1:
        raise PadstrideError(f"a layer has one bias, and here are {len(biases)}: {', '.join(map(str, biases))}")
    array = array_of_file(options.input)
    weight = array_of_file(Path(files[0])) if files else None
    bias = array_of_file(biases[0]) if biases else None
    with client_of(options) as client, waiting("convolving", options.color):
        output = client.convolve(array, weight, bias, layer=described or None, **given(options, "framework"))
    if options.out:
        save(options.out, output)
        console.print(f"{options.out}: {shape_text(output.shape)}, {output.dtype}", markup=False)
    else:
        console.print(str(output), markup=False)
    return SOUND

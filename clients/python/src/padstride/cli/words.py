"""How values are written on the command line, and options that several commands have."""

import argparse
import json
from typing import Any

from padstride import Client

SOUND, MISTAKES, UNJUDGED = 0, 1, 2
UNTIL_STOPPED = "0 stopped, 2 could not be started, 130 Ctrl-C"
FRAMEWORKS = ("pytorch", "keras", "onnx", "jax")


def add_service(parser: argparse.ArgumentParser) -> None:
    """Where the service is, and the language that it answers in."""
    add_address(parser)
    parser.add_argument("--language", metavar="CODE", help="the language of messages: en or zh (default: en)")


def add_address(parser: argparse.ArgumentParser) -> None:
    """Where the service is."""
    parser.add_argument(
        "--url", metavar="URL", help="the service's address (default: PADSTRIDE_URL, else http://127.0.0.1:8000)"
    )


def add_framework(parser: argparse.ArgumentParser, default: str = "pytorch") -> None:
    """Whose rules apply."""
    parser.add_argument("--framework", choices=FRAMEWORKS, help=f"whose rules apply (default: {default})")


def add_layer(parser: argparse.ArgumentParser) -> None:
    """A layer, and the size of its input."""
    parser.add_argument("size", type=size, metavar="SIZE", help="the input's size: 224 for every axis, or 224,320")
    parser.add_argument(
        "layer", nargs="+", metavar="LAYER", help="its type, then name=value for each parameter: padding=1,2"
    )
    add_framework(parser)
    add_service(parser)


def client_of(options: argparse.Namespace) -> Client:
    """The client that the options ask for."""
    return Client(options.url, language=options.language)


def given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    """The options that were given, by their names."""
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def shape(text: str) -> list[int | None]:
    """`1,3,224,224`; `?` where a size is not known."""
    try:
        return [None if part.strip() in ("?", "None", "null") else int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no shape: write integers with commas, such as 1,3,224,224"
        ) from None


def size(text: str) -> int | list[int]:
    """`224` or `224,320`."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write integers with commas, such as 224,320") from None
    return numbers[0] if len(numbers) == 1 else numbers


def wanted_size(text: str) -> int | list[int] | str:
    """A size, or what a framework calls one: `same`, `causal`."""
    return text if text in ("same", "causal") else size(text)


def pair(text: str) -> tuple[str, Any]:
    """`name=value`."""
    name, equals, written = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is no argument: write NAME=VALUE, such as width=32")
    return name, value(written)


def layer(words: list[str]) -> dict[str, Any]:
    """`conv2d kernel_size=3 stride=2 padding=same` as a layer object."""
    if not words:
        return {}
    type_words = [word for word in words if "=" not in word]
    members = dict(word.split("=", 1) for word in words if "=" in word)
    named = {"type": type_words[0]} if type_words else {}
    return named | {name: value(text) for name, text in members.items()}


def value(text: str) -> Any:
    """A parameter: JSON where it is, numbers with commas, or a word."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)

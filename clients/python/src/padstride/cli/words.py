"""How values are written on the command line, and options that several commands have."""

import argparse
import ast
import json
import re
from collections.abc import Iterable
from typing import Any

from padstride import Client, PadstrideError

SOUND, MISTAKES, UNJUDGED = 0, 1, 2
UNTIL_STOPPED = "0 stopped, 2 could not be started, 130 Ctrl-C"
LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)
"""How RFC 9110 has languages in Accept-Language."""
HIGHEST_PORT = 65535
FRAMEWORKS = ("pytorch", "keras", "onnx", "jax")


def add_service(parser: argparse.ArgumentParser) -> None:
    """Where the service is, and the language that it answers in."""
    add_address(parser)
    parser.add_argument(
        "--language", type=language, metavar="CODE", help="the language of messages: en or zh (default: en)"
    )


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


def language(text: str) -> str:
    """`en`, `zh-CN`."""
    if not LANGUAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no code of a language: write one such as en or zh")
    return text


def port(text: str) -> int:
    """A number of a port."""
    if not (text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: write a number from 0 to {HIGHEST_PORT}")
    return int(text)


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


def members_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names and their values.

    Raises:
        PadstrideError: where a name comes twice.
    """
    members: dict[str, Any] = {}
    for name, given_value in pairs:
        if name in members:
            raise PadstrideError(f"{name} is given twice: {members[name]!r} and {given_value!r}")
        members[name] = given_value
    return members


def layer(words: list[str]) -> dict[str, Any]:
    """`conv2d kernel_size=3 stride=2 padding=same` as a layer object.

    Raises:
        PadstrideError: where a word is neither its type nor a parameter, or a parameter comes twice.
    """
    types = [word for word in words if "=" not in word]
    if len(types) > 1:
        raise PadstrideError(f"a layer has one type, and here are {len(types)}: {', '.join(types)}; write NAME=VALUE")
    parameters = [word.partition("=") for word in words if "=" in word]
    members = [*(("type", kind) for kind in types), *((name, value(text)) for name, _, text in parameters)]
    return members_of(members)


def value(text: str) -> Any:
    """A parameter: as JSON or Python writes it, numbers with commas, or a word."""
    for read in (json.loads, ast.literal_eval):
        try:
            return _plain(read(text))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return text


def _plain(value: Any) -> Any:
    """A value as JSON has it: lists for tuples.

    Raises:
        ValueError: where JSON has nothing like it.
    """
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"{value!r} has no form in JSON")

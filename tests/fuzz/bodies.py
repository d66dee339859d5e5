"""JSON documents with something changed in them, and bodies to begin with."""

import copy
import random
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
ODD: list[Any] = [
    *(None, True, False, -1, 0, 1, 2, 3, 7, 8, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 10**30, -(2**63)),
    *(0.5, -0.0, 1e-300, 1e300, "", "x", "same", "valid", "input", "conv1", "é\u0000\ud7ff", "a" * 2000, "[1, 2]"),
    *([], {}, [[]], [0], [1, 2], [1, 2, 3], [[1, 2], [3, 4]], [None], ["x"], {"like": "input"}, {"type": "relu"}),
    *("pytorch", "keras", "onnx", "jax", "conv", "conv2d", "max_pool2d", "Conv2D", "nn.Conv2d", "MaxPool", "reshape"),
    *({"shape": [2, 2], "data": [1, 2, 3, 4]}, {"shape": [2**62], "dtype": "int8", "base64": ""}, "float16", "int64"),
]
"""Values that are put in the place of others."""


def places_in(document: Any) -> list[tuple[Any, Any]]:
    """Every list and object of a document, with each of its keys."""
    found, left = [], [document] if isinstance(document, dict | list) else []
    while left:
        container = left.pop()
        for key in list(container) if isinstance(container, dict) else range(len(container)):
            found.append((container, key))
            if isinstance(container[key], dict | list):
                left.append(container[key])
    return found


def changed(document: Any, drawn: random.Random, words: list[str]) -> Any:
    """The document with a few values replaced, removed, renamed, repeated or taken from elsewhere in it."""
    document = copy.deepcopy(document)
    for _ in range(drawn.choice([1, 1, 1, 2, 3, 6])):
        places = places_in(document)
        if not places:
            return copy.deepcopy(drawn.choice(ODD))
        container, key = drawn.choice(places)
        other, other_key = drawn.choice(places)
        match drawn.randrange(8):
            case 0 | 1:
                container[key] = copy.deepcopy(drawn.choice(ODD))
            case 2:
                del container[key]
            case 3:
                container[key] = copy.deepcopy(other[other_key])
            case 4:
                container[key] = [copy.deepcopy(container[key]) for _ in range(drawn.choice([1, 2, 3, 40]))]
            case 5 if isinstance(container[key], int):
                container[key] += drawn.choice([-2, -1, 1, 2, 100])
            case 6 if isinstance(container, dict):
                container[drawn.choice(words)] = copy.deepcopy(drawn.choice([*ODD, container[key]]))
            case 7 if isinstance(container, list):
                container.insert(drawn.randint(0, len(container)), copy.deepcopy(drawn.choice([*ODD, container[key]])))
            case _:
                if isinstance(container[key], str):
                    container[key] = drawn.choice(words)
    return document


def text_of(document: Any) -> bytes:
    """JSON text; also of what orjson does not write."""
    try:
        return orjson.dumps(document)
    except (orjson.JSONEncodeError, TypeError):
        import json

        return json.dumps(document).encode("utf-8", "replace")

"""What the parser of JSON does not say of a text: how much it will make of it, and which members it drops."""

import json
from typing import Any

import numpy as np
import orjson

FEW = 2000
"""Characters, members, or entries of a list, that are counted one by one."""


class TwiceError(ValueError):
    """The name of a member that stands twice in one object."""


def occurrences(character: bytes, text: bytes | bytearray) -> int:
    """How often a character of ASCII stands in a text: by jumps from one to the next as long as they are few."""
    count, place = 0, text.find(character)
    while place >= 0 and count < FEW:
        count, place = count + 1, text.find(character, place + 1)
    return count if place < 0 else int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord(character)))


def some_twice(text: bytes | bytearray, document: Any) -> bool:
    """Whether members of the text are missing in the document that was read from it.

    Every member has a colon in the text. Where there are more colons than members, they may stand in names and other
    strings; then the document is written anew, and has to have them all.
    """
    colons = occurrences(b":", text)
    if colons <= FEW and colons == _members(document):
        return False
    try:
        return colons > orjson.dumps(document).count(b":")
    except orjson.JSONEncodeError:  # of an integer past 64 bits
        return colons > json.dumps(document, separators=(",", ":")).count(":")


def first_twice(text: bytes | bytearray) -> str | None:
    """The name of a member that stands twice; slow, since Python looks at every object."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except TwiceError as error:
        return str(error)
    return None


def _members(value: Any) -> int:
    """The members of all objects, but for those in long lists and in lists that do not begin with one."""
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    if isinstance(value, list) and 0 < len(value) <= FEW and isinstance(value[0], dict):
        return sum(map(_members, value))
    return 0


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object each of whose members stands there once."""
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise TwiceError(name)
        found[name] = value
    return found

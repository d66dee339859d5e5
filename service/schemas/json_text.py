"""What the JSON parser does not report: how many lists a text has, and whether an object has a duplicate key."""

import json
from typing import Any

import numpy as np
import orjson

FEW = 2000
"""Characters, members, or entries of a list, that are counted in Python; above it NumPy counts, or a shortcut is taken.

Chosen."""


class DuplicateKeyError(ValueError):
    """An object has a key twice; holds the key."""


def occurrences(character: bytes, text: bytes | bytearray) -> int:
    """How often an ASCII character occurs in a text; while they are few, by jumps from one to the next."""
    count, place = 0, text.find(character)
    while place >= 0 and count < FEW:
        count, place = count + 1, text.find(character, place + 1)
    return count if place < 0 else int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord(character)))


def has_duplicate_keys(text: bytes | bytearray, document: Any) -> bool:
    """Whether the document that was read from a text lacks members of it, since the parser keeps the last of each key.

    Every member has a colon in the text. More colons than members may also come from strings; then the document is
    written as text again, which has to have as many.
    """
    colons = occurrences(b":", text)
    if colons <= FEW and colons == _members(document):
        return False
    try:
        return colons > orjson.dumps(document).count(b":")
    except orjson.JSONEncodeError:  # of an integer past 64 bits
        return colons > json.dumps(document, separators=(",", ":")).count(":")


def duplicate_key(text: bytes | bytearray) -> str | None:
    """The first duplicate key; slow, since Python looks at every object."""
    try:
        json.loads(text, object_pairs_hook=_without_duplicates)
    except DuplicateKeyError as error:
        return str(error)
    return None


def _members(value: Any) -> int:
    """The members of all objects, except in long lists and in lists whose first entry is no object."""
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    if isinstance(value, list) and 0 < len(value) <= FEW and isinstance(value[0], dict):
        return sum(map(_members, value))
    return 0


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these members; raises DuplicateKeyError where two have one key."""
    result: dict[str, Any] = {}
    for key, value in members:
        if key in result:
            raise DuplicateKeyError(key)
        result[key] = value
    return result

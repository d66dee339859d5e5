"""JSON inside models read with limits: how much it may hold, and how deep lists may stand in lists."""

import json
from typing import Any

import orjson

from service.models.posted import Data, PostedModel, ReadingLimits
from service.models.reading import ModelLimitError, TextPlace, UnreadableModelError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEEPEST = 400
"""How deep lists and objects may stand in each other. Chosen: a model in a model in a model takes five each time."""

BEGINNING = 65_536
"""Bytes of a text in which it is looked what it is. Chosen."""


def read_json(text: str | Data, what: str, limits: ReadingLimits) -> Any:
    """The document that a text holds; `what` names it in messages: "the configuration".

    Raises:
        ModelLimitError: It is too long, has too many values, or is too deep.
        UnreadableModelError: It is no JSON.
    """
    try:
        given = text.encode() if isinstance(text, str) else text
    except UnicodeEncodeError as error:
        raise UnreadableModelError(f"{what} has characters that are none", f"post {what} as it was saved") from error
    if len(given) > limits.max_unpacked_bytes:
        raise ModelLimitError(
            f"{what} has more than {limits.max_unpacked_bytes} bytes", "max_unpacked_bytes", "post a smaller model"
        )
    encoded = bytes(given).removeprefix(BYTE_ORDER_MARK)
    if encoded.count(b",") + encoded.count(b"[") + encoded.count(b"{") > limits.max_model_elements:
        raise ModelLimitError(
            f"{what} has more than {limits.max_model_elements} values", "max_model_elements", "post a smaller model"
        )
    document = _parsed(encoded, what, posted_text=isinstance(text, str))
    if _is_deeper(document, DEEPEST):
        raise ModelLimitError(
            f"{what} has more than {DEEPEST} lists and objects inside each other", "max_model_depth",
            "post a model with fewer models inside each other",
        )  # fmt: skip
    return document


def _parsed(text: bytes, what: str, *, posted_text: bool) -> Any:
    """The document; numbers that are none, as Python writes them, are taken too."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if not any(word in text for word in (b"NaN", b"Infinity")):
            raise _no_json(what, error, text if posted_text else None) from error
    try:
        document = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _no_json(what, error, text if posted_text else None) from error
    return document


def _no_json(what: str, error: Exception, text: bytes | None) -> UnreadableModelError:
    """What is wrong; with its place where the text is the one that was posted."""
    reason = "it is too deep" if isinstance(error, RecursionError) else str(error)[:200]
    place = None
    if text is not None and isinstance(error, json.JSONDecodeError):
        reason = error.msg
        lines = text.decode(errors="replace").split("\n")
        place = TextPlace(
            line=error.lineno,
            column=error.colno,
            end_line=error.lineno,
            end_column=error.colno + 1,
            text=lines[error.lineno - 1][:200],
        )
    return UnreadableModelError(f"{what} is no JSON: {reason}", f"post {what} as it was saved, all of it", place=place)


def _is_deeper(document: Any, most: int) -> bool:
    """Whether lists and objects stand in each other more than so deep; level by level, so that no stack grows."""
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(most):
        inside: list[Any] = []
        for container in level:
            entries = container.values() if type(container) is dict else container
            inside += [entry for entry in entries if type(entry) is dict or type(entry) is list]
        if not inside:
            return False
        level = inside
    return True


def beginning_of(model: PostedModel) -> bytes:
    """What a posted model begins with, whether it is a text or bytes; empty where it is several files."""
    if model.data is None:
        text = next(iter(model.files.values()))[:BEGINNING] if len(model.files) == 1 else ""
        return text.lstrip("\ufeff \t\r\n").encode(errors="replace")
    return bytes(model.data[:BEGINNING]).removeprefix(BYTE_ORDER_MARK).lstrip()


def member(document: Any, *path: str | int) -> Any:
    """What stands at the end of a path of keys and positions; None where there is nothing."""
    for part in path:
        if isinstance(document, dict) and isinstance(part, str):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and -len(document) <= part < len(document):
            document = document[part]
        else:
            return None
    return document


def text_of(value: Any) -> str:
    """A text; empty where it is none."""
    return value if isinstance(value, str) else ""


def list_of(value: Any) -> list[Any]:
    """A list; empty where it is none."""
    return value if isinstance(value, list) else []


def object_of(value: Any) -> dict[str, Any]:
    """An object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def integer_of(value: Any) -> int | None:
    """An integer, which true and false are not."""
    return value if type(value) is int else None

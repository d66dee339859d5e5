"""Settings of access that are lists: the digests of API keys, in a variable or in a file, and the origins of CORS."""

import re
from pathlib import Path
from typing import Any

DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
MOST_BYTES = 2**20
"""Bytes of a file of digests that are read. Chosen: fifteen thousand keys."""
ALLOWED = (
    "SHA-256 digests of keys, 64 hexadecimal digits each, separated by commas; `python -m service.make_key` makes one"
)
ALLOWED_FILE = "a readable file with one SHA-256 digest of a key on each line; what follows `#` is not read"

ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]*]+)(:[0-9]{1,5})?", re.ASCII)
ALLOWED_ORIGINS = "origins separated by commas, such as https://example.org or http://localhost:3000, or * for all"


def origins_in(text: Any) -> Any:
    """The origins in a list that is separated by commas; `*` stands alone.

    Raises:
        ValueError: where an entry is none.
    """
    if not isinstance(text, str):
        return text
    origins = tuple(dict.fromkeys(entry.strip().lower() for entry in text.split(",") if entry.strip()))
    if origins != ("*",) and not all(ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("not an origin")
    return origins


def digests_in(text: Any) -> Any:
    """The digests in a list that is separated by commas.

    Raises:
        ValueError: where an entry is none.
    """
    return _checked(text.split(",")) if isinstance(text, str) else text


def digests_of_file(path: Any) -> Any:
    """The digests in a file, of which there has to be one.

    Raises:
        ValueError: where it cannot be read, an entry is no digest, or there is none.
    """
    if not isinstance(path, str):
        return path
    if not path:
        return ()
    try:
        with Path(path).open(encoding="ascii") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(str(error)) from None
    if len(text) > MOST_BYTES:
        raise ValueError(f"the file is larger than {MOST_BYTES} bytes")
    found = _checked([line.partition("#")[0] for line in text.splitlines()])
    if not found:
        raise ValueError("no digest is in the file")
    return found


def _checked(entries: list[str]) -> tuple[str, ...]:
    """The entries that are not empty, each once."""
    digests = tuple(dict.fromkeys(entry.strip().lower() for entry in entries if entry.strip()))
    for digest in digests:
        if not DIGEST.fullmatch(digest):
            raise ValueError("not a SHA-256 digest")
    return digests

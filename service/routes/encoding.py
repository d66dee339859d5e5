"""Compressed bodies: the `Content-Encoding` of requests, and of answers to callers that name one."""

import zlib
from collections.abc import Iterable
from functools import lru_cache

from flask import request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from service.problems import Problem
from service.routes.records import at_hand

WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""The `wbits` of zlib for each encoding; `deflate` is zlib's own format (RFC 9110)."""
FASTEST, SMALLEST = 1, 9
"""The fastest of zlib's levels, and the one with the shortest results."""
LARGE = 8 * 2**10
"""Bytes from which an answer in JSON is compressed. Chosen: shorter ones travel in a few packets."""
LARGEST = 4 * 2**20
"""Bytes up to which one is: some 50 ms of a core. Chosen: whoever wants more than that asks for bytes."""
SAMPLE, WORTH = 4096, 0.7
"""Bytes of an answer that are tried, and the part of them that may be left. Base64 of numbers leaves three quarters."""
MOST_HEADERS = 128
"""Values of `Accept-Encoding` whose meaning is cached. Chosen."""


def coding_of_body() -> str | None:
    """The encoding of the body, None if it has none; to be called before the body is read.

    Raises:
        Problem: with status 415 where the encoding is not known.
    """
    coding: str = at_hand().environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding in ("", "identity"):
        return None
    if coding not in WINDOWS:
        detail = f"the body's encoding is {coding[:40]}; read here are {' and '.join(WINDOWS)}"
        raise Problem(415, detail, headers={"Accept-Encoding": ", ".join(WINDOWS)})
    return coding


def unpacked(packed: bytes | bytearray, coding: str, limit: int) -> bytes:
    """The bytes that were compressed; never more than one byte past the limit is unpacked.

    Raises:
        Problem: with status 413 where they are too many, 400 where they are not compressed as declared.
    """
    stream = zlib.decompressobj(WINDOWS[coding])
    try:
        plain = stream.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Problem(400, f"the body is not {coding}: {error}") from None
    if len(plain) > limit:
        raise Problem(413, f"the body is, unpacked, larger than the limit of {limit} bytes (`max_body_bytes`)")
    if not stream.eof or stream.unused_data:
        raise Problem(400, f"the body is not {coding}: it {'goes on after its end' if stream.eof else 'breaks off'}")
    return plain


def coding_wanted() -> str | None:
    """The encoding of an answer: the one that the caller names, if it names only one.

    Many libraries name every encoding they know; for those compression would only take time.
    """
    wanted = [coding.lower() for coding, quality in request.accept_encodings if quality > 0]
    return wanted[0] if len(wanted) == 1 and wanted[0] in WINDOWS else None


@lru_cache(maxsize=MOST_HEADERS)
def takes_gzip(header: str | None) -> bool:
    """Whether an `Accept-Encoding` names gzip, and does not prefer the answer as it is."""
    if not header:
        return False
    accepted = parse_accept_header(header, Accept)
    return accepted["gzip"] > 0 and accepted["gzip"] >= accepted["identity"]


def worth_packing(data: bytes, smallest: int = LARGE) -> bool:
    """Whether compression makes JSON much shorter, at a cost that is bounded.

    Nothing tells but a try: numbers in base64 stay almost as long as they are.
    """
    if not smallest <= len(data) <= LARGEST:
        return False
    middle = len(data) // 2
    sample = data[middle : middle + SAMPLE]
    return len(zlib.compress(sample, FASTEST)) < WORTH * len(sample)


def gzipped(data: bytes, level: int = FASTEST) -> bytes:
    """The data as one gzip stream, which says nothing of when it was made."""
    return zlib.compress(data, level, WINDOWS["gzip"])


def packed(chunks: Iterable[bytes], coding: str) -> list[bytes]:
    """The chunks as one compressed stream."""
    stream = zlib.compressobj(FASTEST, zlib.DEFLATED, WINDOWS[coding])
    return [*(stream.compress(chunk) for chunk in chunks), stream.flush()]

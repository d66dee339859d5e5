"""`python -m tests.fuzz.npy`: hostile `.npy` files in forms.

A case is the length of the first file, two bytes, then an input and a weight, both as files.
"""

import io
import random
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.fuzz.harness import Fuzzer, main, varied

DESCRS = (
    "<f4",
    "<f8",
    "<f2",
    "|i1",
    "|u1",
    "<i8",
    "<u8",
    ">f4",
    "|O",
    "<c8",
    "|S0",
    "<U3",
    "|V4",
    "<M8[s]",
    "float32",
    "",
)
SIZES = (0, 1, 2, 3, 7, 1024, 2**31, 2**40, 2**63 - 1, 2**63, 2**64, 10**40, -1)
TEXTS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (%s,), }",
    "{'descr': '<f4', 'fortran_order': 1, 'shape': (%s,), }",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (%s, 1.5)}",
    "[%s]",
    "(((((((((((((((((((((%s",
)
BOUNDARY = "x0x"


def npy_of(array: Any, *, order: bool = False) -> bytes:
    """An array as a file."""
    stream = io.BytesIO()
    np.save(stream, np.asfortranarray(array) if order else array)
    return stream.getvalue()


def case_of(first: bytes, second: bytes) -> bytes:
    """Two files as a case."""
    return len(first).to_bytes(2, "little") + first + second


def files_of(data: bytes) -> tuple[bytes, bytes]:
    """The two files of a case."""
    end = 2 + int.from_bytes(data[:2], "little")
    return data[2:end], data[end:]


def seeds() -> Sequence[bytes]:
    """Inputs and weights of several types and axes."""
    found = []
    for kind in (np.float32, np.float64, np.float16, np.int8, np.int64, np.uint64):
        for shape, window in (((5, 6), (2, 3)), ((1, 2, 7), (3, 2, 3)), ((2, 3, 6, 5), (4, 3, 3, 3)), ((9,), (3,))):
            weight = npy_of(np.ones(window, kind))
            found += [case_of(npy_of(np.ones(shape, kind), order=order), weight) for order in (False, True)]
    return found


def with_header(data: bytes, drawn: random.Random) -> bytes:
    """A file with another header before its bytes."""
    sizes = ", ".join(str(drawn.choice(SIZES)) for _ in range(drawn.choice([0, 1, 1, 2, 2, 3, 4, 5, 6, 70])))
    text = drawn.choice([TEXTS[0], TEXTS[0], *TEXTS]) % (sizes + ("," if drawn.random() < 0.8 else ""))
    text = text.replace("<f4", drawn.choice(DESCRS)).replace("False", drawn.choice(["False", "True", "None"]))
    head = text.encode() + b" " * drawn.choice([0, 3, 64, 9000]) + b"\n"
    version = drawn.choice([b"\1\0", b"\1\0", b"\2\0", b"\3\0", b"\4\0"])
    width = 2 if version == b"\1\0" else 4
    length = drawn.choice([len(head), len(head), len(head), 0, 2 ** (8 * width) - 1]) % 2 ** (8 * width)
    return b"\x93NUMPY" + version + length.to_bytes(width, "little") + head + data[128:]


def mutate(data: bytes, drawn: random.Random) -> bytes:
    """Another header, or other bytes, of one of the files."""
    files = list(files_of(data))
    at = drawn.randrange(2)
    files[at] = with_header(files[at], drawn) if drawn.random() < 0.5 else varied(files[at], drawn)
    return case_of(files[0][:60_000], files[1][:60_000])


def form_of(parts: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A form of files, each with its name and the name of its part."""
    pieces = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, file, content in parts
    ]
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()


def post(client: Any, data: bytes) -> int:
    """The status of the answer to a case."""
    first, second = files_of(data)
    parts = [("request", "r", b"{}"), ("input", "a.npy", first)] + ([("weight", "b.npy", second)] if second else [])
    form = f"multipart/form-data; boundary={BOUNDARY}"
    accept = {"Accept": "application/x-npy"} if len(first) % 2 else {}
    status: int = client.post("/v1/convolve", data=form_of(parts), content_type=form, headers=accept).status_code
    return status


FUZZER = Fuzzer(name="npy", seeds=seeds, mutate=mutate, post=post)

if __name__ == "__main__":
    sys.exit(main(FUZZER))

"""Files without what no answer depends on."""

import zlib
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from padstride.errors import PadstrideError
from padstride.onnx_weights import MalformedError, without_numbers

NUMBERS = {
    ".pt2": ("/data/weights/", "/data/constants/", "/data/sample_inputs/"),
    ".keras": ("/model.weights.h5",),
}
"""Parts of the names of members of a zip file that hold numbers only, by the ending of its name."""
UNREADABLE = (BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What Python raises for a zip file that is damaged, compressed in an unusual way, or encrypted."""


def without_weights(path: Path) -> bytes:
    """The bytes of a file without the numbers of its weights, whose shapes stay.

    Raises:
        PadstrideError: where it is not what its name says, so that its weights cannot be told from the rest.
    """
    ending = path.suffix.lower()
    if ending == ".onnx":
        try:
            return without_numbers(path.read_bytes())
        except (MalformedError, RecursionError) as error:
            raise PadstrideError(f"{path} is no ONNX file: {error}") from None
    if ending in NUMBERS:
        try:
            return without_members(path, NUMBERS[ending])
        except UNREADABLE as error:
            raise PadstrideError(f"{path} is no {ending} file: {error}") from None
    return path.read_bytes()


def without_members(file: Path | BytesIO, parts: tuple[str, ...]) -> bytes:
    """A zip file without the members whose names have one of these parts; they are never unpacked."""
    kept = BytesIO()
    with ZipFile(file) as old, ZipFile(kept, "w") as new:
        for member in old.infolist():
            if not any(part in f"/{member.filename}" for part in parts):
                new.writestr(member.filename, old.read(member))
    return kept.getvalue()

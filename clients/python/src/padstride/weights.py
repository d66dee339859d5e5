"""Files without what no answer depends on."""

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

LARGE = 1024
"""Bytes from which an initializer of an ONNX graph is left out: smaller ones may be shapes, which sizes depend on."""
NUMBERS = {
    ".pt2": ("/data/weights/", "/data/constants/", "/data/sample_inputs/"),
    ".keras": ("/model.weights.h5",),
}
"""Parts of the names of members of a zip file that hold numbers only, by the ending of its name."""


def without_weights(path: Path) -> bytes:
    """The bytes of a file without the numbers of its weights, whose shapes stay.

    Of an ONNX file this takes the package `onnx`; without it the whole file is returned, and so is what cannot be read.
    """
    if path.suffix in NUMBERS:
        try:
            return without_members(path, NUMBERS[path.suffix])
        except BadZipFile:
            return path.read_bytes()
    return _stripped(path) if path.suffix == ".onnx" else path.read_bytes()


def without_members(file: Path | BytesIO, parts: tuple[str, ...]) -> bytes:
    """A zip file without the members whose names have one of these parts; they are never unpacked."""
    kept = BytesIO()
    with ZipFile(file) as old, ZipFile(kept, "w") as new:
        for member in old.infolist():
            if not any(part in f"/{member.filename}" for part in parts):
                new.writestr(member.filename, old.read(member))
    return kept.getvalue()


def _stripped(path: Path) -> bytes:
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    except ImportError:
        return path.read_bytes()
    try:
        model = onnx.load(path, load_external_data=False)
    except (DecodeError, ValueError):
        return path.read_bytes()  # the service says what is wrong with it
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) >= LARGE:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            del tensor.external_data[:]
            tensor.external_data.add(key="location", value="left-out")
    stripped: bytes = model.SerializeToString()
    return stripped

"""Files without what no answer depends on."""

from pathlib import Path

LARGE = 1024
"""Bytes from which an initializer of an ONNX graph is left out: smaller ones may be shapes, which sizes depend on."""


def without_weights(path: Path) -> bytes:
    """The bytes of a file; of an ONNX file the graph without the numbers of its large weights, whose shapes stay.

    Without the package `onnx` the whole file.
    """
    data = path.read_bytes()
    if path.suffix != ".onnx":
        return data
    try:
        import onnx
    except ImportError:
        return data
    model = onnx.load_model_from_string(data)
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) >= LARGE:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            del tensor.external_data[:]
            tensor.external_data.add(key="location", value="left-out")
    stripped: bytes = model.SerializeToString()
    return stripped

"""ONNX graphs written down as networks: what a file says of its tensors, without the weights themselves."""

from service.models.formats import Format
from service.models.onnx_graph.wire import looks_like_onnx

FORMAT = Format(
    name="onnx",
    title="ONNX file",
    framework="onnx",
    recognises=looks_like_onnx,
    reader="service.models.onnx_graph.reader:read_onnx",
    place=20,
)

"""Runs ONNX operators that change the structure of tensors in onnxruntime, on the CPU."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper

onnxruntime.set_default_logger_severity(4)
NAME = "onnx"
VERSION = f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}"
OPSET = 21
Layer = dict[str, Any]
Arrays = Sequence[np.ndarray]


def model(
    operator: str, inputs: Sequence[np.ndarray | None], outputs: int, attributes: dict[str, Any]
) -> list[list[int]]:
    """The shapes of an operator's outputs."""
    given = [(f"x{place}", array) for place, array in enumerate(inputs) if array is not None]
    names = ["" if array is None else f"x{place}" for place, array in enumerate(inputs)]
    infos = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in given
    ]
    made = [f"y{place}" for place in range(outputs)]
    node = helper.make_node(operator, names, made, **attributes)
    graph = helper.make_graph([node], "g", infos, [helper.make_empty_tensor_value_info(name) for name in made])
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    session = onnxruntime.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    return [list(output.shape) for output in session.run(None, dict(given))]


def integers(values: Any) -> np.ndarray:
    return np.array(values, np.int64).reshape(-1)


def split(layer: Layer, x: np.ndarray) -> Any:
    if "sections" in layer:
        count = layer["sections"]
        return model("Split", [x], count, {"axis": layer["dim"], "num_outputs": count})
    return model("Split", [x, integers(layer["split_size"])], len(layer["split_size"]), {"axis": layer["dim"]})


def sliced(layer: Layer, x: np.ndarray) -> Any:
    lists = [integers(layer[name]) if name in layer else None for name in ("starts", "ends", "dims", "steps")]
    while lists[-1] is None:
        lists.pop()
    return model("Slice", [x, *lists], 1, {})


def squeeze(operator: str, layer: Layer, x: np.ndarray) -> Any:
    return model(operator, [x, integers(layer["dim"])] if "dim" in layer else [x], 1, {})


def permute(layer: Layer, x: np.ndarray) -> Any:
    return model("Transpose", [x], 1, {"perm": layer["dims"]} if layer["dims"] else {})


def max_unpool(layer: Layer, *inputs: np.ndarray) -> Any:
    rank = int(layer["type"][-2])
    attributes = {"kernel_shape": layer["kernel_size"]}
    if "stride" in layer:
        attributes["strides"] = layer["stride"]
    if "padding" in layer:
        attributes["pads"] = layer["padding"] * 2
    given = list(inputs)
    if "output_size" in layer:
        given.append(integers([*inputs[0].shape[:-rank], *layer["output_size"]]))
    return model("MaxUnpool", given, 1, attributes)


def fold(layer: Layer, x: np.ndarray) -> Any:
    attributes = {}
    for name, theirs in (("stride", "strides"), ("dilation", "dilations"), ("padding", "pads")):
        if name in layer:
            value = layer[name] if isinstance(layer[name], list) else [layer[name]] * 2
            attributes[theirs] = value * 2 if name == "padding" else value
    kernel = layer["kernel_size"] if isinstance(layer["kernel_size"], list) else [layer["kernel_size"]] * 2
    return model("Col2Im", [x, integers(layer["output_size"]), integers(kernel)], 1, attributes)


def resize(layer: Layer, x: np.ndarray) -> Any:
    if "scales" in layer:
        return model("Resize", [x, None, np.array(layer["scales"], np.float32)], 1, {})
    return model("Resize", [x, None, None, integers(layer["new_sizes"])], 1, {})


def pad(layer: Layer, x: np.ndarray) -> Any:
    begins, ends = zip(*layer["padding"], strict=True)
    return model("Pad", [x, integers([*begins, *ends]), None, integers(layer["dims"])], 1, {})


def max_pool(layer: Layer, x: np.ndarray) -> Any:
    return model("MaxPool", [x], 2, {"kernel_shape": layer["kernel_size"], "strides": [layer["stride"]] * 2})


RUN: Mapping[str, Callable[..., Any]] = {
    "split": split,
    "slice": sliced,
    "squeeze": lambda layer, x: squeeze("Squeeze", layer, x),
    "unsqueeze": lambda layer, x: squeeze("Unsqueeze", layer, x),
    "permute": permute,
    "expand": lambda layer, x: model("Expand", [x, integers(layer["shape"])], 1, {}),
    "tile": lambda layer, x: model("Tile", [x, integers(layer["repeats"])], 1, {}),
    "tril": lambda layer, x: model("Trilu", [x, np.array(layer["diagonal"], np.int64)], 1, {"upper": 0}),
    "triu": lambda layer, x: model("Trilu", [x, np.array(layer["diagonal"], np.int64)], 1, {"upper": 1}),
    "reshape": lambda layer, x: model("Reshape", [x, integers(layer["shape"])], 1, {"allowzero": 1}),
    "max_unpool": max_unpool,
    "fold": fold,
    "resize": resize,
    "pad": pad,
    "affine_grid": lambda layer, x: model("AffineGrid", [x, integers(layer["shape"])], 1, {}),
    "grid_sample": lambda layer, x, y: model("GridSample", [x, y], 1, {}),
    "nonzero": lambda layer, x: model("NonZero", [x], 1, {}),
    "shape_of": lambda layer, x: model("Shape", [x], 1, {name: layer[name] for name in layer if name != "type"}),
    "range": lambda layer: model(
        "Range", [np.array(layer[name], np.int64) for name in ("start", "limit", "delta")], 1, {}
    ),
    "max_pool": max_pool,
}


def run(kind: str, layer: Layer, shapes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The shapes of the outputs."""
    made = [np.ones(shape, np.float32) for shape in shapes]
    if kind == "max_unpool":
        made[1] = np.zeros(shapes[1], np.int64)
    return RUN[kind](layer, *made)


def takes(layer: Layer) -> bool:
    """Whether ONNX has what the layer asks for at all."""
    kind = layer["type"]
    unnamed = kind == "split" and not isinstance(layer.get("split_size", layer.get("sections")), int | list)
    one_size = kind == "split" and (isinstance(layer.get("split_size"), int) or "indices" in layer)
    return not unnamed and not one_size


def extra() -> dict[str, Any]:
    """The operator set of every case."""
    return {"opset": OPSET}

"""Records what onnxruntime makes of random nodes: python -m tests.golden.record.kinds.nodes --out tests/golden/kinds"""

import argparse
import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from tests.golden.record.forked import outcomes
from tests.golden.record.kinds.nodes.draws import drawn

VERSION = f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}"
OPSETS = {"Attention": 23, "RotaryEmbedding": 23, "TensorScatter": 24}
OPSET = 21
"""Where every other of these operators runs."""
SETTINGS = {"DFT": ("dft_length", "axis"), "STFT": ("frame_step", "window", "frame_length")}
"""Inputs that are parameters of ours, in their places behind the first input; `window` is an input."""
OUTPUTS = {"DynamicQuantizeLinear": 3, "Unique": 4, "Attention": 3}
BYTES = {"ConvInteger": (0, 1), "QLinearConv": (0, 2, 3, 5, 7), "MatMulInteger": (0, 1),
         "QLinearMatMul": (0, 2, 3, 5, 7), "QuantizeLinear": (2,), "DequantizeLinear": (0, 2),
         "BitShift": (0, 1)}  # fmt: skip
"""Inputs that are 8-bit integers."""
INDICES = {"ScatterElements": (1,), "ScatterND": (1,), "GatherND": (1,), "ReverseSequence": (1,), "RoiAlign": (2,),
           "SoftmaxCrossEntropyLoss": (1,), "NegativeLogLikelihoodLoss": (1,), "TensorScatter": (2,)}  # fmt: skip
"""Inputs that are 64-bit integers."""


def array(operator: str, position: int, shape: list[int]) -> Any:
    """An input."""
    if position in BYTES.get(operator, ()):
        return np.ones(shape, np.uint8)
    if operator == "QLinearConv" and position == 8:
        return np.ones(shape, np.int32)
    if operator == "Compress" and position:
        return np.ones(shape, bool)
    if position in INDICES.get(operator, ()) or (operator == "MaxRoiPool" and position):
        return np.zeros(shape, np.float32 if operator == "MaxRoiPool" else np.int64)
    return np.ones(shape, np.float32)


def run(layer: dict[str, Any], shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what onnx's checker or onnxruntime raises."""
    operator = layer["type"]
    feeds = {f"x{position}": array(operator, position, shape) for position, shape in enumerate(shapes)}
    constants: dict[str, Any] = {}
    names = list(feeds)
    if operator in SETTINGS:
        names = ["x0"]
        for setting in SETTINGS[operator]:
            constants |= {setting: np.array(layer[setting], np.int64)} if setting in layer else {}
            window = "x1" if setting == "window" and len(shapes) > 1 else ""
            names.append(setting if setting in layer else window)
        while not names[-1]:
            names.pop()
    skipped = {"type", "return_state", *SETTINGS.get(operator, ())}
    attributes = {name: value for name, value in layer.items() if name not in skipped}
    outputs = [f"y{position}" for position in range(OUTPUTS.get(operator, 1))]
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph(
        [node],
        "node",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
         for name, value in feeds.items()],
        [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    for output in graph.output:
        output.ClearField("type")
    opset = helper.make_opsetid("", OPSETS.get(operator, OPSET))
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return [list(result.shape) for result in session.run(None, feeds)]


def main() -> None:
    """Record the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.kinds.nodes", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=800)
    parser.add_argument("--out", type=Path, required=True, help="the directory to write to")
    options = parser.parse_args()
    rng = Random(f"{options.seed} nodes")
    nodes = [drawn(rng) for _ in range(options.cases)]
    cases = [
        {"layer": layer, "opset": OPSETS.get(layer["type"], OPSET), "inputs": shapes,
         **({"outputs": answer["output"]} if "output" in answer else answer)}
        for (layer, shapes), answer in zip(nodes, outcomes(run, nodes), strict=True)
    ]  # fmt: skip
    header = {"framework": "onnx", "version": VERSION, "seed": options.seed, "cases": len(cases)}
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "onnx_nodes.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [header, *cases]))


if __name__ == "__main__":
    main()

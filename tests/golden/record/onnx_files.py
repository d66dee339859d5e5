"""Records the shape of every tensor of ONNX files, by running them in onnxruntime.

For example: python -m tests.golden.record.onnx_files --files DIRECTORY --out tests/golden/models/onnx_files.jsonl.gz

Every output of every node of the graph is made an output of the model, and nothing is optimised away. Sizes that vary
are those that `SIZES` has for the file, else 2 for the first axis and 64 for others. The files are not part of the
project: Python packages ship them, or `tests.golden.record.onnx_exports` writes them. A line tells the file's digest.
With `--built` the small models of `tests.models.onnx_models` are recorded.
"""

import argparse
import gzip
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from tests.models.onnx_models import BUILT

PACKAGES = "onnx==1.23.2 onnxruntime==1.31.1"
FIRST, OTHERS = 2, 64
SILERO = ("silero_vad__silero_vad", "livekit_plugins_silero__silero_vad", "silero_vad__silero_vad_op18_ifless",
          "silero_vad__silero_vad_16k_op15", "silero_vad__silero_vad_half")  # fmt: skip
SIZES: dict[str, dict[str, list[int]]] = {
    "basic_pitch__nmp": {"serving_default_input_2:0": [1, 43844, 1]},
    "faster_whisper__silero_vad_v6": {"input": [3, 576]},
    "silero_vad__silero_vad_16k_sequence": {"input": [3, 576]},
    "magika__model": {"bytes": [2, 2048]},
    "nudenet__320n": {"images": [1, 3, 320, 256]},
    "rapidocr__PP-OCRv6_rec_small": {"x": [2, 3, 48, 320]},
    "rapidocr__ch_ppocr_mobile_v2.0_cls_mobile": {"x": [2, 3, 48, 192]},
    "rapidocr_onnxruntime__ch_PP-OCRv4_rec_infer": {"x": [2, 3, 48, 320]},
    "rapidocr_onnxruntime__ch_ppocr_mobile_v2.0_cls_infer": {"x": [2, 3, 48, 192]},
    "swift_f0__model": {"audio": [1, 16000]},
    "ddddocr__common": {"input1": [1, 1, 64, 160]},
    "ddddocr__common_old": {"input1": [1, 1, 64, 160]},
    **{name: {"input": [2, 576], "state": [2, 2, 128]} for name in SILERO},
}  # fmt: skip
"""Sizes that models take which do not take any."""
VALUES = {"sr": 16000, "fmin": 50, "fmax": 2000}
"""Numbers that single inputs need to have."""

DECIDING = frozenset({"sr"})
"""Those on which shapes depend."""


def main() -> None:
    """Record all files of a directory."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record.onnx_files", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--files", type=Path, help="the directory of the .onnx files")
    source.add_argument("--built", action="store_true", help="the small models of the tests")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with gzip.GzipFile(options.out, "wb", mtime=0) as file:
        write(file, {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__})
        for name, built in BUILT.items() if options.built else ():
            write(file, {"file": name, **run(built.model, {key: list(size) for key, size in built.inputs.items()})})
        for path in () if options.built else sorted(options.files.glob("*.onnx")):
            began = time.monotonic()
            line = record(path)
            write(file, {"file": path.stem, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **line})
            told = line.get("refused") or f"{len(line['shapes'])} tensors"
            sys.stderr.write(f"{path.stem}: {told}, {time.monotonic() - began:.1f} s\n")


def write(file: gzip.GzipFile, line: dict[str, Any]) -> None:
    """Write one line of JSON."""
    file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")


def record(path: Path) -> dict[str, Any]:
    """The shapes of a model's inputs and of all that its nodes make; or why it does not run."""
    model = onnx.load(str(path))
    return run(model, SIZES.get(path.stem, {}))


def run(model: onnx.ModelProto, sizes: dict[str, list[int]]) -> dict[str, Any]:
    """The shapes of the inputs and of the outputs of all nodes, as onnxruntime computes them."""
    held = {tensor.name for tensor in model.graph.initializer}
    inputs = {value.name: array_for(value, sizes) for value in model.graph.input if value.name not in held}
    own = {value.name for value in model.graph.output}
    made = [name for node in model.graph.node for name in node.output if name and name not in own]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in made)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    shapes = {name: list(array.shape) for name, array in inputs.items()}
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        results = session.run(names, inputs)
    except Exception as error:
        return {"inputs": shapes, "refused": str(error)[:300]}
    found = {
        name: list(result.shape) for name, result in zip(names, results, strict=True) if isinstance(result, np.ndarray)
    }
    values = {name: VALUES[name] for name in inputs if name in DECIDING}
    return {"inputs": shapes, **({"values": values} if values else {}), "shapes": found}


def array_for(value: onnx.ValueInfoProto, sizes: dict[str, list[int]]) -> np.ndarray[Any, Any]:
    """Zeros for an input, or the number that it needs to have."""
    kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    declared = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
    ordinary = [size if size > 0 else FIRST if axis == 0 else OTHERS for axis, size in enumerate(declared)]
    return np.full(sizes.get(value.name, ordinary), VALUES.get(value.name, 0), kind)


if __name__ == "__main__":
    main()

"""An exported program run node by node: the shapes of what each node made."""

import io
import json
import math
import zipfile
from typing import Any

import torch
from torch.export.graph_signature import InputKind

GRAPH = "models/model.json"
TRACES = ("stack_trace", "from_node")


class Shapes(torch.fx.Interpreter):
    """Runs a graph, and keeps the shape of every tensor that a node makes by the name of the node."""

    def __init__(self, module: torch.fx.GraphModule) -> None:
        super().__init__(module)
        self.shapes: dict[str, list[int]] = {}

    def run_node(self, n: torch.fx.Node) -> Any:
        """Run a node as it is."""
        result = super().run_node(n)
        if n.op == "call_function" and isinstance(result, torch.Tensor):
            self.shapes[n.name] = list(result.shape)
        return result


def figures(program: torch.export.ExportedProgram, inputs: tuple[Any, ...]) -> dict[str, Any]:
    """The shapes of what all nodes make of these inputs, and how many numbers the graph takes from the model."""
    given, values, used = iter(inputs), [], {node.name for node in program.graph.nodes if node.users}
    counts = {InputKind.PARAMETER: 0, InputKind.BUFFER: 0}
    for spec in program.graph_signature.input_specs:
        if spec.kind is InputKind.USER_INPUT:
            values.append(next(given))
            continue
        value = program.state_dict.get(spec.target)
        values.append(value if value is not None else program.constants[spec.target])
        if spec.kind in counts and spec.arg.name in used:
            counts[spec.kind] += math.prod(values[-1].shape)
    interpreter = Shapes(program.graph_module)
    with torch.no_grad():
        interpreter.run(*values)
    return {"shapes": interpreter.shapes, "parameters": counts[InputKind.PARAMETER]}


def saved(program: torch.export.ExportedProgram) -> bytes:
    """The file that a program is saved to."""
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    return buffer.getvalue()


def without_weights(data: bytes) -> bytes:
    """The file packed again with its graph and versions only: weights and examples of inputs are not read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for name in whole.namelist():
            if name.endswith(GRAPH):
                document = without_traces(json.loads(whole.read(name)))
                written.writestr(zipfile.ZipInfo(name), json.dumps(document), zipfile.ZIP_DEFLATED)
            elif name.endswith(("archive_format", "archive_version", "byteorder", "version")):
                written.writestr(zipfile.ZipInfo(name), whole.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def without_traces(value: Any) -> Any:
    """A graph without what says in which files of this machine its code stood."""
    if isinstance(value, dict):
        return {name: without_traces(entry) for name, entry in value.items() if name not in TRACES}
    return [without_traces(entry) for entry in value] if isinstance(value, list) else value

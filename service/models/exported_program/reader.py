"""Exported programs read: from the graph of operators to a network of layers."""

from service.core.geometry.shapes import Shape
from service.models.archives import shortened
from service.models.exported_program.archive import program_of
from service.models.exported_program.arguments import argument, tensors_in
from service.models.exported_program.graph import WEIGHTS, Graph, Weight, specifications
from service.models.exported_program.symbols import Symbols
from service.models.exported_program.walk import Walk
from service.models.json_documents import list_of, member
from service.models.posted import PostedModel
from service.models.reading import ModelReading, NodePlace, UnreadableModelError
from service.models.recorder import JudgeLayer, Recorder, Tensor

FRAMEWORK = "pytorch"
ONLY = "input"
"""What the input is called where there is one."""
USER_INPUT = "user_input"


def read_exported_program(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    """The network of an exported program.

    Raises:
        UnreadableModelError: It is another file, or its graph contradicts itself.
        ModelLimitError: It is too large.
    """
    program = program_of(model)
    graph = Graph(member(program, "graph_module", "graph"))
    listed = list(specifications(member(program, "graph_module", "signature")))
    if not listed:
        raise UnreadableModelError(
            "the exported program does not say what its inputs are", "post the file as it was saved"
        )
    recorder, symbols = Recorder(judge, model.limits), Symbols()
    walk = Walk(recorder, graph, symbols)
    given = [name for kind, name, _ in listed if kind == USER_INPUT and name in graph.metas]
    for name, tensor in _inputs(given, graph, symbols, model, recorder).items():
        walk.keep(name, tensor)
    for kind, name, path in listed:
        if kind in WEIGHTS:
            shape = symbols.shape(graph.metas.get(name))
            if shape is None:
                raise UnreadableModelError(
                    f"the exported program does not say the shape of `{shortened(path)}`",
                    "post the file as it was saved",
                )
            walk.values[name] = Weight(name=path, kind=kind, shape=shape)
    walk.run()
    names = [tensor.name for tensor in tensors_in(_outputs(program, graph))]
    outputs = [walk.tensor(name) for name in names]
    if not outputs or not recorder.layers:
        raise UnreadableModelError(
            "nothing comes out of the exported program that it made", "export a model that computes a tensor"
        )
    return recorder.reading(FRAMEWORK, outputs)


def _inputs(
    names: list[str], graph: Graph, symbols: Symbols, model: PostedModel, recorder: Recorder
) -> dict[str, Tensor]:
    """The network's inputs; shapes that the request gives replace the file's, and say what its symbols are.

    Raises:
        UnreadableModelError: The request gives an input that the program does not have, or another number of axes.
    """
    given = model.shapes_of(names)
    if len(names) == 1 and len(given) == 1:
        given = {names[0]: next(iter(given.values()))}
    for name, shape in given.items():
        if name not in names:
            known = ", ".join(f"`{shortened(entry)}`" for entry in names[:10]) or "none"
            raise UnreadableModelError(
                f"the program has no input `{shortened(name)}`", f"its inputs are {known}", member="inputs"
            )
        symbols.learn(graph.metas[name], shape)
    inputs: dict[str, Tensor] = {}
    for name in names:
        wanted: Shape | None = given.get(name, symbols.shape(graph.metas[name]))
        if wanted is None or len(wanted) > 8 or any(size is not None and size < 1 for size in wanted):
            raise UnreadableModelError(
                f"the program declares no shape of its input `{shortened(name)}` that a network has",
                "give it as `input_shape`",
            )
        place = NodePlace(node=name, operator="input", outputs=(name,))
        inputs[name] = recorder.input(ONLY if len(names) == 1 else name, wanted, place=place)
    return inputs


def _outputs(program: object, graph: Graph) -> list[object]:
    """What the caller of the program gets; buffers that it changes come out of the graph too."""
    specs = list_of(member(program, "graph_module", "signature", "output_specs"))
    wanted = [argument(member(entry, "user_output", "arg")) for entry in specs if member(entry, "user_output")]
    return wanted or list(graph.outputs)

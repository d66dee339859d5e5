"""What a whole network costs: sums over its layers, and the memory that its tensors take at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from service.core.geometry.shapes import Shape, Size
from service.core.networks.graph import Graph
from service.core.networks.network import OtherOutput, TensorKey
from service.core.networks.outcome import Outcome, activation_bytes, sum_of


def totals(
    inputs: Mapping[str, Shape], outcomes: Sequence[Outcome], graph: Graph, order: Sequence[int]
) -> Mapping[str, Size]:
    """The sums over all layers, each with its name, and the peak; None where a part of it is unknown."""
    macs = sum_of([outcome.macs for outcome in outcomes])
    return {
        "parameters": sum_of([outcome.parameters for outcome in outcomes]),
        "buffers": sum_of([outcome.buffers for outcome in outcomes]),
        "macs": macs,
        "flops": None if macs is None else 2 * macs,
        "activation_bytes": sum_of([outcome.activation_bytes for outcome in outcomes]),
        "peak_activation_bytes": peak_activation_bytes(inputs, outcomes, graph, order),
    }


def peak_activation_bytes(
    inputs: Mapping[str, Shape], outcomes: Sequence[Outcome], graph: Graph, order: Sequence[int]
) -> Size:
    """The most bytes that tensors take at once; None where a size is unknown or a layer cannot run.

    A tensor takes its bytes from the step that computes it to the step of its last user, a network input from the
    start, an output of the network to the end. What a layer's activation makes takes as much again, when the inputs of
    the layer are gone: as a layer of its own would.
    """
    others = {index: _other_outputs(index, out) for index, out in enumerate(outcomes) if len(out.outputs) > 1}
    sizes = _tensor_bytes(inputs, outcomes, others)
    if len(order) != len(outcomes) or sizes is None:
        return None
    held = sum(sizes[name] for name in inputs)
    peak = held
    released = _released(graph, others, order)
    for step, index in enumerate(order):
        held += sizes[index]
        if index in others:
            held += sum(sizes[key] for key in others[index])
        if held > peak:
            peak = held
        held -= sum(sizes[key] for key in released[step])
        if (activated := outcomes[index].activated_bytes) and held + activated > peak:
            peak = held + activated
    return peak


def _other_outputs(index: int, outcome: Outcome) -> list[OtherOutput]:
    """The outputs of a layer behind its first."""
    return [OtherOutput(index, output) for output in range(1, len(outcome.outputs))]


def _released(
    graph: Graph, others: Mapping[int, Sequence[OtherOutput]], order: Sequence[int]
) -> Mapping[int, Sequence[TensorKey]]:
    """For each step the tensors that nothing uses after it; an output of the network is never released."""
    last_use: dict[TensorKey, int] = {}
    for step, index in enumerate(order):
        last_use[index] = step
        if index in others:
            last_use.update(dict.fromkeys(others[index], step))
        last_use.update((key, step) for key in graph.connections[index] if key is not None)
    for output in graph.outputs:
        if output is not None:
            last_use.pop(output, None)
    released: defaultdict[int, list[TensorKey]] = defaultdict(list)
    for key, step in last_use.items():
        released[step].append(key)
    return released


def _tensor_bytes(
    inputs: Mapping[str, Shape], outcomes: Sequence[Outcome], others: Mapping[int, Sequence[OtherOutput]]
) -> dict[TensorKey, int] | None:
    """The bytes of every tensor; None where those of any are unknown."""
    sizes: dict[TensorKey, Size] = {name: activation_bytes(shape) for name, shape in inputs.items()}
    sizes.update(enumerate([outcome.bytes_of_outputs[0] for outcome in outcomes]))
    for index, keys in others.items():
        sizes.update(zip(keys, outcomes[index].bytes_of_outputs[1:], strict=True))
    known = {key: size for key, size in sizes.items() if size is not None}
    return known if len(known) == len(sizes) else None

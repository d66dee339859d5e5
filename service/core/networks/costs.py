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
    sizes = _tensor_bytes(inputs, outcomes)
    if len(order) != len(outcomes) or sizes is None:
        return None
    held = sum(sizes[name] for name in inputs)
    peak = held
    released = _released(graph, outcomes, order)
    for step, index in enumerate(order):
        held += sum(sizes[key] for key in _tensors_of(index, outcomes[index]))
        peak = max(peak, held)
        held -= sum(sizes[key] for key in released[step])
        peak = max(peak, held + outcomes[index].activated_bytes)
    return peak


def _tensors_of(index: int, outcome: Outcome) -> Sequence[TensorKey]:
    """The tensors that a layer computes."""
    return [index, *(OtherOutput(index, other) for other in range(1, len(outcome.outputs)))]


def _released(graph: Graph, outcomes: Sequence[Outcome], order: Sequence[int]) -> Mapping[int, Sequence[TensorKey]]:
    """For each step the tensors that nothing uses after it; an output of the network is never released."""
    last_use: dict[TensorKey, int] = {}
    for step, index in enumerate(order):
        last_use.update(dict.fromkeys(_tensors_of(index, outcomes[index]), step))
        last_use.update((key, step) for key in graph.connections[index] if key is not None)
    for key in graph.outputs:
        if key is not None:
            last_use.pop(key, None)
    released: defaultdict[int, list[TensorKey]] = defaultdict(list)
    for key, step in last_use.items():
        released[step].append(key)
    return released


def _tensor_bytes(inputs: Mapping[str, Shape], outcomes: Sequence[Outcome]) -> dict[TensorKey, int] | None:
    """The bytes of every tensor; None where those of any are unknown."""
    sizes: dict[TensorKey, Size] = {name: activation_bytes(shape) for name, shape in inputs.items()}
    for index, outcome in enumerate(outcomes):
        sizes.update(zip(_tensors_of(index, outcome), map(activation_bytes, outcome.outputs), strict=True))
    known = {key: size for key, size in sizes.items() if size is not None}
    return known if len(known) == len(sizes) else None

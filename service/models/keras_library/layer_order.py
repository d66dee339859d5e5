"""The order in which Keras lists the layers of a model: by how many calls there are at most behind each of them.

Layers as far from the outputs as each other are in the order in which a walk from the outputs to the inputs meets them.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.models.keras_library.nodes import Node, Output, nodes_between
from service.models.source.host import Value


@dataclass(eq=False)
class Step:
    """A call of a layer or of a whole model, or an input."""

    member: Hashable
    """The identity of what is called."""
    layer: Value = None
    """None of a function."""
    taken: list[Output] = field(default_factory=list)


def listed(inputs: Mapping[int, Value], outputs: Sequence[Output], given: Sequence[Output]) -> list[Value]:
    """The layers between inputs and outputs in Keras' order; `inputs` are those of the inputs, by their identity."""
    nodes, _ = nodes_between(given, outputs)
    steps = _steps([node for node in nodes if node.taken])

    def step_of(output: Output) -> Step:
        layer = inputs.get(id(output))
        if layer is not None or output.node is None:
            return steps.setdefault(id(output), Step(member=id(output), layer=layer))
        return steps[output.node.step]

    before = {id(step): [step_of(output) for output in step.taken] for step in list(steps.values())}
    walked, finished = _walk([step_of(output) for output in outputs if _is_computed(output)], before)
    depths = _depths(finished, before)
    layers = {step.member: step.layer for step in finished}
    unused = [layer for identity, layer in inputs.items() if identity not in layers]
    at_the_end = {member: index for index, member in enumerate(walked)}
    order = sorted(layers, key=lambda member: (-depths[member], at_the_end[member]))
    last = next((place for place, member in enumerate(order) if depths[member] == 0), len(order))
    found = [layers[member] for member in order]
    return [layer for layer in (*found[:last], *unused, *found[last:]) if layer is not None]


def _steps(nodes: Sequence[Node]) -> dict[Hashable, Step]:
    """The calls as the model sees them: those that a model makes when it is called are one."""
    found: dict[Hashable, Step] = {}
    for node in nodes:
        member = node.said.member
        step = found.setdefault(node.step, Step(member=id(node if member is None else member), layer=member))
        outside = [taken for taken in node.taken if taken.node is None or taken.node.step != node.step]
        step.taken += [taken for taken in outside if _is_computed(taken)]
    return found


def _is_computed(output: Output) -> bool:
    """Whether a tensor is an input or computed from some; weights and constants are not."""
    return output.node is None or bool(output.node.taken)


def _walk(ends: Sequence[Step], before: Mapping[int, Sequence[Step]]) -> tuple[dict[Hashable, None], list[Step]]:
    """What is called, as a walk from the ends first meets it; and the steps, each behind all that it takes."""
    walked: dict[Hashable, None] = {}
    finished: list[Step] = []
    met: set[int] = set()
    waiting: list[tuple[Step | None, Iterator[Step]]] = [(None, iter(ends))]
    while waiting:
        step, rest = waiting[-1]
        following = next(rest, None)
        if following is None:
            waiting.pop()
            finished += [] if step is None else [step]
        elif id(following) not in met:
            met.add(id(following))
            walked.setdefault(following.member)
            waiting.append((following, iter(before.get(id(following), ()))))
    return walked, finished


def _depths(finished: Sequence[Step], before: Mapping[int, Sequence[Step]]) -> dict[Hashable, int]:
    """How many calls there are at most behind what is called."""
    of_steps: dict[int, int] = {}
    found: dict[Hashable, int] = {}
    for step in reversed(finished):
        depth = max(of_steps.get(id(step), 0), found.get(step.member, 0))
        found[step.member] = depth
        for earlier in before.get(id(step), ()):
            of_steps[id(earlier)] = max(depth + 1, of_steps.get(id(earlier), 0))
    return found

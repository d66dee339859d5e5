"""What a change makes of a network: only the layers that it reaches are judged again."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any

from service.core.diagnostics import Diagnostic, network_graph, placed
from service.core.geometry.axes import WindowAxis
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape
from service.core.layers.transposed_convolution import TransposedConvolution
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network, Node, OtherOutput, TensorKey, layer_of
from service.core.networks.outcome import UNKNOWN, Outcome, shapes_of
from service.core.networks.repair.edits import NO_EDIT, Edit, RawLayer, merged
from service.core.networks.repair.family import Family
from service.core.networks.repair.peers import Peers

Reader = Callable[[int, RawLayer], Node]
"""Reads a layer object that stands at an index."""
COST_OF_JUDGING = 12
"""Visits that cost as much as judging a layer with shapes that it has not met. Measured: 120 and 10 microseconds."""
COST_OF_READING = 3
"""Visits that cost as much as reading a layer object. Measured: 15 to 90 microseconds."""
INPUTS_PER_VISIT = 10
"""Inputs of a layer beyond which it costs another visit. Chosen: each is placed, compared and looked up."""
OUTPUTS_PER_VISIT = 20
"""Outputs of a layer that cost as much to hold as a visit. Chosen."""
Errors = Mapping[int, tuple[Diagnostic, ...]]
"""The errors of each layer that has any, in the order in which the layers run."""


class BudgetSpentError(Exception):
    """No more layers may be judged again for one answer."""


@dataclass(frozen=True)
class State:
    """A network after some changes: the errors that are left, and what the layers make that changed."""

    rewalk: "Rewalk"
    edits: tuple[Edit, ...]
    edit: Edit
    """All changes as one."""
    errors: Errors
    outcomes: Mapping[int, Outcome]
    nodes: Mapping[int, Node]

    @property
    def network(self) -> Network:
        """The network as it was posted."""
        return self.rewalk.network

    @property
    def target(self) -> int:
        """The first layer that has an error: every repair must do away with it."""
        return next(iter(self.errors))

    def raw(self, index: int) -> RawLayer:
        """A layer as it is posted now."""
        return self.edit.layers.get(index, self.network.nodes[index].description.posted)

    def node(self, index: int) -> Node:
        """A layer as it is read now."""
        return self.nodes.get(index, self.network.nodes[index])

    def outcome(self, index: int) -> Outcome:
        """What a layer makes now."""
        return self.outcomes.get(index, self.rewalk.judgement.layers[index].outcome)

    def connections(self, index: int) -> tuple[TensorKey | None, ...]:
        """The tensors that a layer is connected with now; those whose sizes it only asks for come last."""
        return self.edit.rewired.get(index, self.rewalk.connections[index])

    def keys(self, index: int) -> tuple[TensorKey | None, ...]:
        """The tensors that a layer takes in now, those whose sizes it only asks for left out."""
        keys = self.connections(index)
        references = self.node(index).references
        return keys[: -len(references)] if references else keys

    def shape(self, key: TensorKey | None) -> Shape | None:
        """The shape of a tensor now."""
        if isinstance(key, str):
            return self.edit.inputs.get(key, self.network.inputs[key])
        if key is None:
            return None
        return self.outcome(key).output_shape if isinstance(key, int) else self.outcome(key.layer).output(key.output)

    def arriving(self, index: int) -> tuple[Shape | None, ...]:
        """The shapes that a layer takes in now."""
        return tuple(self.shape(key) for key in self.keys(index))


class Rewalk:
    """Judges changes to one network, within a budget of visits to layers."""

    def __init__(
        self, network: Network, judgement: Judgement, read: Reader, budget: int, advised: Sequence[Diagnostic]
    ) -> None:
        self.network = network
        self.judgement = judgement
        self.read = read
        self.budget = budget
        self.advised = {(diagnostic.rule.name, diagnostic.location): diagnostic for diagnostic in advised}
        self.connections = judgement.graph.connections
        self.places = {index: place for place, index in enumerate(judgement.order)}
        users: defaultdict[int | str, list[int]] = defaultdict(list)
        for index, keys in enumerate(self.connections):
            for key in dict.fromkeys(key if isinstance(key, str) else layer_of(key) for key in keys):
                if key is not None:
                    users[key].append(index)
        self.users: Mapping[int | str, Sequence[int]] = dict(users)
        """The layers that take in an output of a layer, or an input; those that nothing takes in are not among them."""
        self._judged: dict[tuple[Any, ...], tuple[Outcome, tuple[Diagnostic, ...]]] = {}
        self._read: dict[tuple[int, int], tuple[RawLayer, Node]] = {}

    @lazy_property
    def family(self) -> Family:
        """What its layers have in common."""
        return Family(self.network)

    @lazy_property
    def peers(self) -> Peers:
        """Which of its layers stand in the same place of different blocks."""
        return Peers(self.network)

    @lazy_property
    def unused(self) -> list[int]:
        """The layers whose outputs nothing takes in, in the order in which they run."""
        return [index for index in self.judgement.order if index not in self.users]

    @lazy_property
    def first(self) -> int:
        """The first layer that has an error."""
        return next(index for index in self.judgement.order if index in self.judgement.layer_errors)

    @lazy_property
    def rounds(self) -> bool:
        """Whether a stride does not divide the size that arrives, so that branches may part there."""
        shrinking = [
            judged.outcome.axes
            for node, judged in zip(self.network.nodes, self.judgement.layers, strict=True)
            if not isinstance(node.description.layer, TransposedConvolution)
        ]
        axes = [axis for axes in shrinking for axis in axes if isinstance(axis, WindowAxis)]
        return any(axis.stride > 1 and (axis.size or 0) % axis.stride for axis in axes)

    def affordable(self, index: int) -> int:
        """How many times every layer before one may be judged anew for half of the budget that is left."""
        return self.budget // 2 // (COST_OF_JUDGING * (self.places[index] + 1))

    def start(self) -> State:
        """The network as it was posted."""
        known = self.judgement.layer_errors
        errors = {index: self._advised(known[index]) for index in self.judgement.order if index in known}
        return State(self, (), NO_EDIT, errors, {}, {})

    def _advised(self, errors: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """Errors of a layer with the advice that was added to them."""
        return tuple(self.advised.get((error.rule.name, error.location), error) for error in errors)

    def after(self, state: State, edit: Edit) -> State | None:
        """The network after one more change; None where its first error stays, or what was right becomes wrong.

        Raises:
            BudgetSpentError: Too many layers were judged again.
        """
        whole = merged(state.edit, edit)
        again = edit.removed | {*edit.rewired, *edit.inserted}
        if again & (state.edit.removed | {*state.edit.rewired, *state.edit.inserted}):
            return None
        if any(insertion.slot >= len(self.connections[index]) for index, insertion in edit.inserted.items()):
            return None
        walk = _Walk(self, whole, state)
        if not walk.run():
            return None
        errors = {index: walk.errors[index] for index in sorted(walk.errors, key=self.places.__getitem__)}
        return replace(walk.after, edits=(*state.edits, edit), errors=errors)

    def node(self, index: int, raw: RawLayer) -> Node:
        """A layer object as it is read at an index.

        Raises:
            BudgetSpentError: Too many layers were read or judged again.
        """
        key = (index, id(raw))
        if key not in self._read:
            self.budget -= COST_OF_READING
            if self.budget < 0:
                raise BudgetSpentError
            self._read[key] = (raw, self.read(index, raw))
        return self._read[key][1]

    def judged(
        self, node: Node, name: str, shapes: tuple[Shape | None, ...], keys: tuple[TensorKey | None, ...]
    ) -> tuple[Outcome, tuple[Diagnostic, ...]]:
        """What a layer makes of these shapes, and its errors; counted against the budget."""
        description = node.description
        alike = id(node) if description.key is None else description.key
        key: tuple[Any, ...] = (alike, shapes, tuple([isinstance(tensor, str) for tensor in keys]))
        known = self._judged.get(key) or self._judged.get((description.location, *key))
        self.budget -= (1 if known is not None else COST_OF_JUDGING) + len(keys) // INPUTS_PER_VISIT
        if self.budget < 0:
            raise BudgetSpentError
        if known is None:
            outcome, diagnostics = shapes_of(
                description,
                self.network.framework,
                shapes,
                name,
                lambda: tuple(self.network.source(key) for key in keys if key is not None),
                node.reference_names,
            )
            known = (outcome, tuple(error for error in diagnostics if error.is_error))
            self.budget -= len(outcome.outputs) // OUTPUTS_PER_VISIT
            self._judged[(description.location, *key) if known[1] else key] = known
        return known


class _Walk:
    """One change on its way through a network."""

    def __init__(self, rewalk: Rewalk, edit: Edit, before: State) -> None:
        self.rewalk = rewalk
        self.edit = edit
        self.before = before
        self.target = before.target
        self.nodes = {index: rewalk.node(index, raw) for index, raw in edit.layers.items()}
        self.inserted = {index: rewalk.node(index, insertion.raw) for index, insertion in edit.inserted.items()}
        self.outcomes: dict[int, Outcome] = {}
        self.errors: dict[int, tuple[Diagnostic, ...]] = dict(rewalk.judgement.layer_errors)
        self.after = State(rewalk, (), edit, self.errors, self.outcomes, self.nodes)
        """What the change leads to, as far as it is known."""
        self.waiting: list[int] = []
        """The places of layers that must be judged again; a heap."""
        self.listed: set[int] = set()

    def run(self) -> bool:
        """Whether the change does away with the first error, and makes nothing wrong that was right."""
        for index in self.edit.reaches:
            self._add(index)
        for name in self.edit.inputs:
            self._add_users(name)
        while self.waiting:
            index = self.rewalk.judgement.order[heappop(self.waiting)]
            if not self._visit(index):
                return False
        return self.target not in self.errors

    def _add(self, index: int) -> None:
        place = self.rewalk.places.get(index)
        if place is not None and index not in self.listed:
            self.listed.add(index)
            heappush(self.waiting, place)

    def _add_users(self, key: int | str) -> None:
        for index in self.rewalk.users.get(key, ()):
            self._add(index)

    def _visit(self, index: int) -> bool:
        """Judge a layer again; False where that shows that the change is none to make."""
        outcome, errors = self._judge(index)
        if errors and (index == self.target or self._was_right(index)):
            return False
        if errors:
            self.errors[index] = errors
        else:
            self.errors.pop(index, None)
        self.outcomes[index] = outcome
        if outcome.outputs != self.rewalk.judgement.layers[index].outcome.outputs:
            self._add_users(index)
        return True

    def _was_right(self, index: int) -> bool:
        """Whether a layer was judged with all that arrives, and nothing was wrong."""
        if index in self.before.errors:
            return False
        if index in self.edit.layers or index in self.rewalk.judgement.layer_errors:
            return True
        return all(shape is not None and None not in shape[1:] for shape in self.before.arriving(index))

    def _judge(self, index: int) -> tuple[Outcome, tuple[Diagnostic, ...]]:
        keys = self.after.connections(index)
        shapes = tuple([self.after.shape(key) for key in keys])
        if missing := self._unknown_output(index, keys):
            return UNKNOWN, missing
        if index in self.edit.removed:
            return Outcome(shapes[:1]), ()
        if index in self.inserted:
            slot = self.edit.inserted[index].slot
            key, shape = keys[slot], shapes[slot]
            made, errors = self.rewalk.judged(self.inserted[index], "inserted", (shape,), (key,))
            if errors:
                return made, errors
            shapes = tuple(
                [made.output_shape if other == key else old for other, old in zip(keys, shapes, strict=True)]
            )
            keys = tuple([index if other == key else other for other in keys])
        return self.rewalk.judged(self.after.node(index), self.rewalk.network.names[index], shapes, keys)

    def _unknown_output(self, index: int, keys: tuple[TensorKey | None, ...]) -> tuple[Diagnostic, ...]:
        """The error of a layer that takes an output which does not exist, where it is known which do."""
        for key in keys:
            outputs = self.after.outcome(key.layer).outputs if isinstance(key, OtherOutput) else UNKNOWN.outputs
            if isinstance(key, OtherOutput) and outputs != UNKNOWN.outputs and key.output >= len(outputs):
                name = self.rewalk.network.names[key.layer]
                location = self.rewalk.network.nodes[index].description.location
                return tuple(placed(network_graph.unknown_output(name, key.output, len(outputs), location)))
        return ()

"""A network as calls that a target has: each layer in its steps, each tensor with the order of its axes."""

from collections.abc import Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic, placed
from service.core.diagnostics.translations import no_equivalent
from service.core.frameworks import Framework
from service.core.geometry.shapes import Shape
from service.core.layers.base import Site
from service.core.layers.merging import Concat
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network, OtherOutput, TensorKey, layer_of
from service.core.questions.equivalents.norms import UNTRAINED
from service.core.questions.equivalents.order_of_axes import AS_IT_STANDS
from service.core.questions.equivalents.way import Step
from service.models.writers import orders
from service.models.writers.fused import fused_function
from service.models.writers.program import Call, Order, Program, Tensor
from service.models.writers.signs import stays_above_zero
from service.models.writers.target import Target
from service.models.writers.ways import ADVICE, TO_ORDER, way_of

NO_SHAPE = "a shape that arrives at it is not known"
NO_BATCH = "what arrives has no batch axis"
MOVED = "{layout}: the axes of what goes in and of what comes out stand in this framework's order"
PERMUTED = "the axes are put back into the order of the original before it, so that its weights keep their order"
WEIGHTS_ARRIVE = "its weights are an input"
NOTHING = "it computes nothing"
OTHER_WEIGHTS = "it uses the weights of a layer that is written in another form"


class _Untranslatable(Exception):
    """A layer has no equivalent: the reasons."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class Translator:
    """Writes a sound network as a program for a target, and collects what cannot be written."""

    def __init__(self, network: Network, judgement: Judgement, target: Target) -> None:
        self.network, self.judgement, self.target = network, judgement, target
        self.source = network.framework
        self.tensors: dict[TensorKey, Tensor] = {}
        self.arranged: dict[tuple[Tensor, Order], Tensor] = {}
        self.weighted: dict[str, Call] = {}
        """By layer the call that has its weights."""
        self.diagnostics: list[Diagnostic] = []
        self.needed = _needed(judgement)
        self.of_channels = self._channels_wanted()
        self.program = Program(inputs={name: self._input(name, shape) for name, shape in network.inputs.items()})
        self.tensors.update(self.program.inputs)

    def translate(self) -> Program:
        """The program; where `diagnostics` has an error, it is not whole."""
        for index in self.judgement.order:
            if index in self.needed:
                self._layer(index)
        for key in self.judgement.graph.outputs:
            if key is not None and (tensor := self.tensors.get(key)) is not None:
                self.program.outputs.append(tensor)
        return self.program

    # --- inputs -------------------------------------------------------------------------------------------------------

    def _input(self, name: str, shape: Shape) -> Tensor:
        """An input, its channels where the target has them if a layer works on its channels."""
        order = orders.as_posted(len(shape))
        if name in self.of_channels:
            order = orders.with_channels_moved(self.source.layout, self.target.framework.layout, len(shape))
        return Tensor(name, shape, order)

    def _channels_wanted(self) -> set[int | str | None]:
        """The layers and inputs behind which a layer works on channels before one minds the order of axes."""
        wanted: set[int | str | None] = set()
        for index in reversed(self.judgement.order):
            site = self._site(index) if index in self.needed else None
            if site is None:
                continue
            passes = orders.takes_any_order(site.layer) or orders.names_axes(site.layer)
            if orders.wants_channels(site) or (passes and index in wanted):
                keys = self.judgement.graph.connections[index]
                wanted |= {key if isinstance(key, str) else layer_of(key) for key in keys}
        return wanted

    # --- layers -------------------------------------------------------------------------------------------------------

    def _site(self, index: int) -> Site | None:
        """A layer in its place, as the judgement had it."""
        node, shapes = self.network.nodes[index], self.judgement.layers[index].input_shapes
        site = node.description.site(self.source, shapes, name=self.network.names[index], in_network=True)
        if site is None:
            return None
        if node.references:
            keys = self.judgement.graph.connections[index][len(shapes) :]
            known = {name: self._shape(key) for name, key in zip(node.reference_names, keys, strict=True)}
            site = replace(site, references=known)
        return site.layer.informed(site)

    def _shape(self, key: TensorKey | None) -> Shape | None:
        if isinstance(key, str):
            return self.network.inputs[key]
        index = layer_of(key)
        if index is None:
            return None
        return self.judgement.layers[index].outcome.output(key.output if isinstance(key, OtherOutput) else 0)

    def _layer(self, index: int) -> None:
        """Writes one layer, or says why it cannot be written."""
        name, node = self.network.names[index], self.network.nodes[index]
        keys = self.judgement.graph.connections[index][: len(self.judgement.layers[index].input_shapes)]
        inputs = [self.tensors.get(key) for key in keys if key is not None]
        if None in inputs:
            return  # a layer before it has no equivalent, which is said there
        try:
            made = self._written(index, [tensor for tensor in inputs if tensor is not None])
        except _Untranslatable as error:
            title = self.target.framework.title
            facts = no_equivalent(name, node.description.type, title, error.reasons, node.description.location)
            self.diagnostics += placed(facts)
            made = self._standing_in(index)
        if not made:
            return
        self.program.made[name] = made
        self.tensors[index] = made[0]
        self.tensors |= {OtherOutput(index, place): tensor for place, tensor in enumerate(made)}
        parameters = self.judgement.layers[index].outcome.parameters
        if node.weights_of is None and self.program.parameters is not None:
            self.program.parameters = None if parameters is None else self.program.parameters + parameters

    def _standing_in(self, index: int) -> tuple[Tensor, ...]:
        """What a layer without an equivalent would make, so that what comes after it is looked at too."""
        name, shapes = self.network.names[index], self.judgement.layers[index].outcome.outputs
        return tuple(Tensor(name, shape, orders.as_posted(len(shape))) for shape in shapes if shape is not None)

    def _written(self, index: int, inputs: list[Tensor]) -> tuple[Tensor, ...]:
        """The tensors that a layer makes.

        Raises:
            _Untranslatable: it has no equivalent.
        """
        site, shapes = self._site(index), self.judgement.layers[index].outcome.outputs
        if site is None or None in shapes or None in self.judgement.layers[index].input_shapes:
            raise _Untranslatable(NO_SHAPE)
        self.program.sites[site.name] = site
        known = tuple(shape for shape in shapes if shape is not None)
        inputs, framework = self._arranged_for(site, inputs)
        way = way_of(site, framework, above_zero=bool(inputs) and inputs[0].above_zero)
        if not way.steps:
            raise _Untranslatable(*_without_layout(way.notes))
        for note in (*_without_layout(way.notes), *(advise(site, way) for advise in ADVICE)):
            if note:
                self.program.say(note, site.name)
        if UNTRAINED in way.notes:
            self.program.parameters = None  # there are more in the translation
        steps = self._counted(site, way.steps, inputs)
        made = self._apply(site, steps, inputs, known, self._order_out(site, way.steps, inputs, known))
        activation = fused_function(site, known[0])
        if activation is None:
            return made
        steps = [*way_of(activation, framework, above_zero=False).steps]
        if not steps:
            raise _Untranslatable(f"its activation is `{activation.type}`")
        return self._apply(activation, self._counted(activation, steps, [*made]), [*made], known, made[0].order)

    def _arranged_for(self, site: Site, inputs: list[Tensor]) -> tuple[list[Tensor], Framework]:
        """The inputs in the order of axes that a layer works on, and the target with its channels there."""
        framework = self.target.framework
        if orders.wants_channels(site):
            axes, rank = len(site.shape or ()), orders.rank_of(site)
            if rank is not None and axes == rank + 1 and site.layout is not framework.layout:
                raise _Untranslatable(NO_BATCH)
            wanted = orders.with_channels_moved(site.layout, framework.layout, axes)
            if rank is not None and axes >= 3 and axes != rank + 2 and site.layout is not framework.layout:
                raise _Untranslatable(NO_BATCH)
            return [self._in_order(tensor, wanted, site) for tensor in inputs], framework
        if orders.names_axes(site.layer):
            return inputs, _with_layout(framework, site)
        if orders.takes_any_order(site.layer) and len({len(tensor.shape) for tensor in inputs}) < 2:
            return [self._in_order(tensor, inputs[0].order, site) for tensor in inputs], _with_layout(framework, site)
        as_posted = [self._in_order(tensor, orders.as_posted(len(tensor.shape)), site) for tensor in inputs]
        return as_posted, _with_layout(framework, site)

    def _in_order(self, tensor: Tensor, wanted: Order, site: Site) -> Tensor:
        """A tensor with its axes in an order, permuted once."""
        if tensor.order == wanted or len(tensor.order) != len(wanted):
            return tensor
        if isinstance(site.layer, TO_ORDER) and _same_elements(tensor):
            return tensor
        if (tensor, wanted) not in self.arranged:
            moved = Tensor(f"{tensor.name}_permuted", tensor.shape, wanted, tensor.above_zero)
            dims = orders.moves(tensor.order, wanted)
            if self.target.framework.batch_stands_apart:
                if dims[0] != 0:
                    raise _Untranslatable("the batch cannot be moved")
                dims = dims[1:]
            self.program.calls.append(Call({"type": "permute", "dims": dims}, [tensor], [moved], site.name))
            self.arranged[tensor, wanted] = moved
            self.program.say(PERMUTED, site.name)
        return self.arranged[tensor, wanted]

    def _counted(self, site: Site, steps: Sequence[Step], inputs: list[Tensor]) -> list[Step]:
        """The steps with their axes counted in the order that the tensor has."""
        moved = orders.names_axes(site.layer) or isinstance(site.layer, Concat)
        if not moved or not inputs or not inputs[0].is_moved:
            return list(steps)
        order = inputs[0].order
        return [
            {name: orders.counted_in(order, value) if name in ("dim", "dims") and value is not None else value
             for name, value in step.items()}
            for step in steps
        ]  # fmt: skip

    def _order_out(self, site: Site, steps: Sequence[Step], inputs: list[Tensor], shapes: Sequence[Shape]) -> Order:
        """In which order the axes of what comes out stand."""
        axes = len(shapes[0])
        if orders.wants_channels(site):
            return orders.with_channels_moved(site.layout, self.target.framework.layout, axes)
        if inputs and orders.names_axes(site.layer):
            gone = _gone(steps) if axes < len(inputs[0].order) else set[int]()
            return orders.without(inputs[0].order, gone)
        if inputs and orders.takes_any_order(site.layer) and axes == len(inputs[0].order):
            return inputs[0].order
        return orders.as_posted(axes)

    def _apply(
        self, site: Site, steps: Sequence[Step], inputs: list[Tensor], shapes: Sequence[Shape], order: Order
    ) -> tuple[Tensor, ...]:
        """Calls for the steps, one after another; what the last one makes."""
        arriving, weights_of = inputs, self._owner(site)
        steps = [step for step in steps if step["type"] != "identity"]
        if not steps:
            return (inputs[0],)
        for place, step in enumerate(steps):
            last = place == len(steps) - 1
            above = stays_above_zero(step, arriving)
            outputs = (
                [Tensor(site.name, shape, order, above) for shape in shapes]
                if last
                else [Tensor(site.name, shapes[0], order, above)]
            )
            call = Call(step, arriving, outputs, site.name)
            if call.has_weights and len(arriving) > 1:
                raise _Untranslatable(WEIGHTS_ARRIVE)
            if (why := self.target.refuses(call)) is not None:
                raise _Untranslatable(why)
            if weights_of is not None and step["type"] == weights_of.step["type"]:
                if step != weights_of.step:
                    raise _Untranslatable(OTHER_WEIGHTS)
                call.owner = weights_of
            elif call.has_weights:
                self.weighted[site.name] = call
            self.program.calls.append(call)
            arriving = outputs
        return tuple(arriving)

    def _owner(self, site: Site) -> Call | None:
        """The call whose weights a layer uses.

        Raises:
            _Untranslatable: there is none.
        """
        name = site.posted.get("weights_of")
        if name is None:
            return None
        if name not in self.weighted:
            raise _Untranslatable(OTHER_WEIGHTS)
        return self.weighted[name]


def translate(network: Network, judgement: Judgement, target: Target) -> tuple[Program, list[Diagnostic]]:
    """A sound network as a program for a target, and an error for each layer that cannot be written there."""
    translator = Translator(network, judgement, target)
    program = translator.translate()
    if not program.calls and not translator.diagnostics:
        facts = no_equivalent("the network", "network", target.framework.title, (NOTHING,), ("layers",))
        translator.diagnostics += placed(facts)
    return program, translator.diagnostics


def _needed(judgement: Judgement) -> set[int]:
    """The layers that lead to an output."""
    needed: set[int] = set()
    open_keys = [*judgement.graph.outputs]
    while open_keys:
        index = layer_of(open_keys.pop())
        if index is not None and index not in needed:
            needed.add(index)
            open_keys += judgement.graph.connections[index]
    return needed


def _with_layout(framework: Framework, site: Site) -> Framework:
    """The target as if it had its channels where the layer has them: for tensors that are as they were posted."""
    same = framework.layout.channels_last == site.layout.channels_last
    return framework if same else replace(framework, layout=site.layout)


def _without_layout(notes: Sequence[str]) -> list[str]:
    return [note for note in notes if note != AS_IT_STANDS]


def _same_elements(tensor: Tensor) -> bool:
    """Whether the elements stand one after another as in the posted order, since only axes of size 1 have moved."""
    left = [axis for axis in tensor.order if tensor.shape[axis] != 1]
    return left == sorted(left)


def _gone(steps: Sequence[Step]) -> set[int]:
    """The axes that steps take away: all of them name the same ones, or the last one does."""
    dim = steps[-1].get("dim")
    return set() if dim is None else {dim} if isinstance(dim, int) else set(dim)

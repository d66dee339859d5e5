"""The walk through a model: each layer is called as often as the configuration says, models inside included."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.models.json_documents import object_of
from service.models.keras.calling import Place, emit
from service.models.keras.connections import Call, TensorReference, flat_references
from service.models.keras.distributing import distributed_model
from service.models.keras.functional import FunctionalGraph
from service.models.keras.layers import first_shape, is_model, layers_of, name_of
from service.models.keras.network_inputs import agrees, inputs_of, make_inputs
from service.models.posted import PostedModel
from service.models.reading import ModelLimitError, UnreadableModelError
from service.models.recorder import Recorder, Tensor

INPUT = "InputLayer"
STEPS_OF_A_CALL = 50
"""Steps that a call of a layer counts as, and a layer of a model each time that the model is called. Chosen: a call
takes some 50 microseconds."""
BEFORE = TensorReference("", 0, 0)
"""What a layer of a Sequential model takes."""


class Walk:
    """Writes the layers of a model down, those of models inside it under the names of both."""

    def __init__(self, recorder: Recorder, model: PostedModel) -> None:
        self.recorder = recorder
        self.posted = model
        self.steps = 0
        """How often each layer was called."""
        self.in_steps = False
        """Whether the model at hand is applied at each step of a sequence."""
        self.as_declared = True
        """Whether what the file declares of the shapes of tensors holds for the inputs that are given."""

    def whole(self, model: Mapping[str, Any]) -> Sequence[Tensor]:
        """The network's outputs."""
        names, shapes = inputs_of(model)
        inputs = make_inputs(names, shapes, self.posted, self.recorder)
        self.as_declared = agrees(inputs, shapes)
        return self.model(model, inputs, "", 0)

    def model(self, model: Mapping[str, Any], inputs: Sequence[Tensor], path: str, depth: int) -> Sequence[Tensor]:
        """What comes out of a model that takes these tensors; `path` is what its layers' names begin with.

        Raises:
            ModelLimitError: It is in too many others.
        """
        if depth > self.recorder.limits.max_model_depth:
            raise ModelLimitError(
                f"a model is in {depth} others", "max_model_depth", "post a model with fewer inside each other"
            )
        self._count(STEPS_OF_A_CALL * (1 + len(layers_of(model))))
        if "input_layers" in object_of(model.get("config")):
            return self._functional(model, inputs, path, depth)
        return self._sequential(model, inputs, path, depth)

    def _count(self, steps: int) -> None:
        """Note how much was done.

        Raises:
            ModelLimitError: It is too much.
        """
        self.steps += steps
        most = self.recorder.limits.max_model_steps
        if self.steps > most:
            raise ModelLimitError(
                f"the calls of all layers take more than {most} steps", "max_model_steps", "post a smaller model"
            )

    def _sequential(
        self, model: Mapping[str, Any], inputs: Sequence[Tensor], path: str, depth: int
    ) -> Sequence[Tensor]:
        current = list(inputs[:1])
        if not current:
            raise UnreadableModelError(f"`{name_of(model)[:100]}` is called without a tensor", "post a whole model")
        layers = layers_of(model)
        for index, layer in enumerate(layers):
            following = layers[index + 1] if index + 1 < len(layers) else {}
            declared = {0: first_shape(following)} if self.as_declared else {}
            if layer.get("class_name") != INPUT:
                place = Place(path=path, depth=depth, tensors={BEFORE: current[0]}, declared=declared)
                current = list(self.call(layer, Call(arguments=[BEFORE]), place))
            if not current:
                raise UnreadableModelError(f"nothing comes out of `{name_of(layer)[:100]}`", "post a whole model")
        return current[:1]

    def _functional(
        self, model: Mapping[str, Any], inputs: Sequence[Tensor], path: str, depth: int
    ) -> Sequence[Tensor]:
        graph = FunctionalGraph(model, path)
        names = inputs_of(model)[0]
        if len(names) != len(inputs):
            message = f"the model `{name_of(model)[:100]}` has {len(names)} inputs, but is called with {len(inputs)}"
            raise UnreadableModelError(message, "post the configuration as Keras wrote it")
        made: dict[tuple[int, int], Sequence[Tensor]] = {}
        for name, tensor in zip(names, inputs, strict=True):
            made[graph.key(TensorReference(name, 0, 0))] = (tensor,)
        for key in graph.in_order(made.keys()):
            call = graph.calls[key]
            tensors = {reference: self._tensor(graph, made, reference) for reference in call.references()}
            declared = graph.declared[key] if self.as_declared else {}
            place = Place(path=path, depth=depth, tensors=tensors, declared=declared)
            made[key] = self.call(graph.layers[key[0]], call, place)
        outputs = flat_references(object_of(model.get("config")).get("output_layers"))
        return [self._tensor(graph, made, reference) for reference in outputs]

    def _tensor(
        self, graph: FunctionalGraph, made: Mapping[tuple[int, int], Sequence[Tensor]], reference: TensorReference
    ) -> Tensor:
        """The tensor that a reference means; unknown where the layer is not known to have such an output."""
        key = graph.key(reference)
        outputs = made.get(key, ())
        if 0 <= reference.output < len(outputs):
            return outputs[reference.output]
        if not outputs:
            raise UnreadableModelError(
                f"`{reference.layer[:100]}` is taken from, but is called nowhere before that",
                "post the configuration as Keras wrote it",
            )
        if [tensor.shape for tensor in outputs] == [None]:
            return Tensor(name=f"{outputs[0].name}:{reference.output}", shape=None, dtype=outputs[0].dtype)
        message = f"`{reference.layer[:100]}` is not known to have an output {reference.output}"
        declared = graph.declared[key].get(reference.output) if self.as_declared else None
        return self.recorder.unknown(message, outputs[:1], name=f"{reference.layer}_output", place=None, shape=declared)

    def call(self, layer: Mapping[str, Any], call: Call, place: Place) -> Sequence[Tensor]:
        """What comes out of a layer that is called so."""
        self._count(STEPS_OF_A_CALL)
        if is_model(layer):
            taken = [place.tensors[reference] for reference in call.references()]
            return self.model(layer, taken, f"{place.path}{name_of(layer)}/", place.depth + 1)
        path = f"{place.path}{name_of(layer)}"
        model = None if self.in_steps else distributed_model(layer)
        if model is not None:
            taken = [place.tensors[reference] for reference in call.references()]
            self.in_steps = True
            made = self.model(model, taken, f"{path}/{name_of(model)}/", place.depth + 1)
            self.in_steps = False
            return made
        return emit(layer, call, replace(place, in_steps=self.in_steps), self.recorder)

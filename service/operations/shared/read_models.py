"""Models read into networks: the body with the network in the model's place, and where its parts stand in the model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from service.core.diagnostics import Diagnostic, Fact, Fix, malformed, placed, posted_models
from service.core.diagnostics.model import Related
from service.core.diagnostics.model import Source as ModelSource
from service.core.frameworks import DEFAULT_FRAMEWORK, FRAMEWORKS, Framework
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape
from service.core.layers.base import Source
from service.core.layers.pointers import Pointer
from service.core.networks.outcome import Outcome, outcome_of
from service.models.formats import Format, formats, recognised
from service.models.posted import PostedModel
from service.models.reading import (
    MADE,
    Mistake,
    ModelLimitError,
    ModelReading,
    Place,
    TextPlace,
    UnreadableModelError,
    WrongModelError,
)
from service.models.recorder import JudgeLayer
from service.operations.shared.affordability import require_within_limit
from service.operations.shared.network_body import HOLDERS, ModelBody, NetworkBody
from service.operations.shared.network_layers import references_of
from service.operations.shared.operation import Context
from service.operations.shared.tried_fixes import posted
from service.problems import Problem, refused
from service.rendering import place_object
from service.schemas.bodies import missing_one_of, validated
from service.schemas.posted_model import ModelObject
from service.schemas.read_layer import describe_cached

OF_A_MODEL = frozenset({"model", "input_shape", "input_shapes", "inputs", "outputs", "layers"})
"""Members of a body that the network of a model takes the place of."""

STEPS_OF_A_LAYER = 20
"""Steps that cost as much as a layer that is written down and judged. Measured: 5 and 100 microseconds."""
MOST_ORIGINS = 6
"""Literals that a parameter was computed from which are told. Chosen."""

MOST_ELEMENTS = 8
"""Elements of a parameter whose literals are looked at. Chosen: a tensor has hardly more axes."""

Request = TypeVar("Request", bound=NetworkBody)


@dataclass(frozen=True, slots=True)
class LayerJudge:
    """Says which shapes come out of a layer, by the rules of a framework.

    The whole outcome is asked for, not the shapes alone: it is cached, for the layers that are written alike, and for
    the network, which is judged next.
    """

    framework: Framework
    only_sound: bool = False
    """Whether a layer that is wrong ends the reading, by a `WrongModelError`."""

    def __call__(
        self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], known: Mapping[str, Shape | None], /
    ) -> tuple[Shape | None, ...]:
        """The shapes that come out of a layer object, for the shapes that go in."""
        outcome, diagnostics = self._judged(raw, arriving, known)
        if self.only_sound and any(diagnostic.is_error for diagnostic in diagnostics):
            raise WrongModelError
        return outcome.outputs

    def refuses(self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], /) -> bool:
        """Whether a layer object is wrong for the shapes that go in."""
        return any(diagnostic.is_error for diagnostic in self._judged(raw, arriving, {})[1])

    def _judged(
        self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], known: Mapping[str, Shape | None]
    ) -> tuple[Outcome, list[Diagnostic]]:
        described = describe_cached(raw, ("layers", 0), self.framework, inputs_may_tell=True)
        names = tuple(reference.name for reference in references_of(described))
        shapes = (*arriving, *[known.get(name) for name in names])
        return outcome_of(
            described, self.framework, shapes, raw["name"], lambda: tuple(map(_source, (*raw["inputs"], *names))), names
        )

    def at(self, opset: int, /) -> "LayerJudge":
        """The same by the rules of an operator set."""
        return replace(self, framework=self.framework.at(opset))


def _source(name: str) -> Source:
    """What an input comes from, as far as a single layer knows it."""
    return Source(name, ("inputs", name))


def layer_judge(framework: Framework, *, only_sound: bool = False) -> JudgeLayer:
    """What a reader asks for the shapes that come out of a layer, by the rules of a framework."""
    return LayerJudge(framework, only_sound)


@dataclass(frozen=True, kw_only=True)
class ReadModel:
    """A model that was read: as it was posted, and what the reader made of it."""

    model: PostedModel
    format: Format
    reading: ModelReading
    fixes: Mapping[int, Sequence[Fix]] = field(default_factory=dict)
    """What mends a mistake of the program alone, by the place of the mistake among them."""

    @lazy_property
    def mistakes(self) -> list[Diagnostic]:
        """What would raise an exception before a layer does."""
        told = map(self._mistake, self.reading.mistakes)
        return [replace(each, fixes=tuple(self.fixes.get(number, ()))) for number, each in enumerate(told)]

    def _mistake(self, mistake: Mistake) -> Diagnostic:
        """A mistake of the program, with the literals that it depends on."""
        at = self._pointer_of(mistake)
        related = [
            Related(at, f"it depends on `{literal.place.text}`", place_object(literal.place))
            for literal in {literal.place.line: literal for literal in mistake.literals}.values()
        ][:MOST_ORIGINS]
        diagnostic = _at(mistake.place, posted_models.error_in_source(mistake.message, mistake.help, at))
        return replace(diagnostic, related=tuple(related))

    @lazy_property
    def unknowns(self) -> list[Diagnostic]:
        """A warning for each thing that was not understood."""
        return [
            _at(unknown.place, posted_models.not_understood(unknown.message, self._pointer_of(unknown)))
            for unknown in self.reading.not_understood
        ]

    def source(self, pointer: Pointer) -> ModelSource | None:
        """Where a part of the network stands in the model; of a parameter that was not given, where its layer is made.

        None where nothing is known of it.
        """
        place = self._place(pointer)
        return None if place is None else place_object(place)

    def _place(self, pointer: Pointer) -> Place | None:
        literals, places = self.reading.literals, self.reading.places
        for end in range(len(pointer), 0, -1):
            part = pointer[:end]
            if part in literals and literals[part] and literals[part][0].exact:
                return literals[part][0].place
            if part in places:
                return places[part]
            first = literals.get((*part, 0), ())
            if end == len(pointer) and first and first[0].exact:
                return first[0].place
            made = (*part[:2], MADE)
            if end == 3 and made in places:
                return places[made]
        return None

    def located(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The diagnostics with the places in the model of all that they name."""
        return [
            replace(
                diagnostic,
                source=self.source(diagnostic.location),
                related=(
                    *(
                        place if place.source else replace(place, source=self.source(place.location))
                        for place in diagnostic.related
                    ),
                    *self._origins(diagnostic.location),
                ),
                consequences=tuple(self.located(diagnostic.consequences)),
            )
            for diagnostic in diagnostics
        ]

    def _origins(self, pointer: Pointer) -> list[Related]:
        """The literals that a parameter was computed from, or one of its elements."""
        parts = (pointer, *((*pointer, index) for index in range(MOST_ELEMENTS)))
        literals = [literal for part in parts for literal in self.reading.literals.get(part, ())]
        return [
            Related(pointer, f"it was computed from `{literal.place.text}`", place_object(literal.place))
            for literal in dict.fromkeys(literals)
            if not literal.exact
        ][:MOST_ORIGINS]

    def _pointer_of(self, found: Any) -> Pointer:
        """The layer that stands where something was found; the model where none does."""
        layers = self._layers_by_place
        return layers.get(found.place, ("model",))

    @lazy_property
    def _layers_by_place(self) -> dict[Place | None, Pointer]:
        return {place: pointer for pointer, place in self.reading.places.items() if len(pointer) == 2}


def _at(place: Place | None, facts: Iterable[Fact]) -> Diagnostic:
    """One diagnostic at a place in a model."""
    [diagnostic] = placed(facts)
    return diagnostic if place is None else replace(diagnostic, source=place_object(place))


def require_one_holder(request: NetworkBody) -> None:
    """Checks that a body has either layers or a model.

    Raises:
        Problem: where it has none, or both.
    """
    if not request.layers and request.model is None:
        raise refused(missing_one_of(*HOLDERS))
    if request.layers and request.model is not None:
        raise refused(placed(malformed.conflicting_parameters(*HOLDERS, "the network", ("model",))))


def read_model(posted_model: ModelObject, request: ModelBody, context: Context) -> ReadModel:
    """A posted model read, with the shapes of the request, within what a batch may still spend on models.

    Raises:
        Problem: where nothing can be made of the model, or a limit is passed.
    """
    model = posted_model.as_posted(context.model_steps.left)
    require_within_limit(len(model.data or b""), "max_model_bytes", "the number of bytes of the model", ("model",))
    try:
        chosen = formats()[posted_model.format] if posted_model.format else recognised(model)
        _require_framework(request, chosen)
        row = request.row if chosen.framework is None else FRAMEWORKS[chosen.framework]
        shapes = {name: tuple(shape) for name, shape in request.named_shapes(row).items()}
        model = replace(model, input_shapes=shapes, ordered_shapes=[tuple(s) for s in request.ordered_shapes])
        with context.slot():
            reading = read(model, chosen)
    except UnreadableModelError as error:
        raise _refusal(error) from None
    context.model_steps.spend(reading.steps + STEPS_OF_A_LAYER * len(reading.network["layers"]))
    return ReadModel(model=model, format=chosen, reading=reading)


def read(model: PostedModel, chosen: Format) -> ModelReading:
    """The reading of a model by the rules of its framework.

    Raises:
        UnreadableModelError: Nothing can be made of it, or a limit is passed.
        WrongModelError: Only a sound model was asked for.
    """
    framework = FRAMEWORKS[chosen.framework or DEFAULT_FRAMEWORK.name]
    return chosen.read(model, layer_judge(framework, only_sound=model.only_sound))


def with_network(request: Request, reading: ModelReading) -> Request:
    """The body with the network in place of the model."""
    return validated(type(request), posted(request, OF_A_MODEL) | dict(reading.network))


def _require_framework(request: ModelBody, chosen: Format) -> None:
    """Checks that a body names no other framework than the model's."""
    named = "framework" in request.model_fields_set
    if named and chosen.framework is not None and request.framework != chosen.framework:
        title = FRAMEWORKS[chosen.framework].title
        bound = f"but the model is one of {title}"
        form = f'"{chosen.framework}", or leave it out'
        raise refused(
            placed(malformed.parameter_out_of_range("framework", request.framework, bound, form, ("framework",)))
        )


def _refusal(error: UnreadableModelError) -> Problem:
    """The answer to a model of which nothing can be made."""
    at: Pointer = ("model",) if error.member is None else ("model", error.member)
    message = error.message
    if isinstance(error.place, TextPlace):
        file = f" of {error.place.file}" if error.place.file else ""
        message += f" (line {error.place.line}{file})"
    if isinstance(error, ModelLimitError):
        message += f" (`{error.limit}`)"
    diagnostic = _at(error.place, posted_models.unreadable_model(message, error.help, at))
    return refused([diagnostic], 413 if isinstance(error, ModelLimitError) else 422)

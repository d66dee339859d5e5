"""What the bodies that hold a network share: its layers, or a model that they are read from, and what goes in."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from annotated_types import Len
from pydantic import Field

from service.core.diagnostics import malformed, placed
from service.core.frameworks import Framework
from service.models.recorder import ONLY_INPUT
from service.operations.shared.network_layers import LayerList
from service.problems import refused
from service.schemas.bodies import Body
from service.schemas.conditions import one_of
from service.schemas.fields import SHAPE, Form, InputName, PostedShape
from service.schemas.posted_model import ModelObject

MODEL = Form("a model object")
FORMS_OF_INPUTS = ("input_shape", "inputs", "input_shapes")
"""The members that say what goes in: one of them."""
HOLDERS = ("layers", "model")
"""The members that hold the network: one of them."""
ONE_HOLDER = one_of(*HOLDERS)
"""What JSON Schema says of that."""


class ModelBody(Body):
    """A body that may have a model, and say what goes into it."""

    def named_shapes(self, framework: Framework) -> Mapping[str, PostedShape]:
        """The shapes that are posted by the names of the inputs, in the layout of a framework; none by default."""
        return {}

    @property
    def ordered_shapes(self) -> Sequence[PostedShape]:
        """The shapes that are posted in the order in which the model takes them; none by default."""
        return ()


class ShapedBody(ModelBody):
    """The shapes of what goes into a network."""

    input_shape: Annotated[PostedShape | None, SHAPE] = Field(
        None, description="All axes, in the framework's order; null where a size is not known."
    )
    inputs: Annotated[Annotated[dict[InputName, PostedShape], Len(1)] | None, Form("an object of shapes by name")] = (
        Field(None, description="Several inputs: shapes by name.")
    )
    input_shapes: Annotated[Annotated[list[PostedShape], Len(1)] | None, Form("a list of shapes")] = Field(
        None, description="With `model`: the shapes of several inputs, in the order in which the model takes them."
    )

    def named_shapes(self, framework: Framework) -> dict[str, PostedShape]:
        """The shapes that are posted by the names of the inputs."""
        return ({} if self.input_shape is None else {ONLY_INPUT: self.input_shape}) | (self.inputs or {})

    @property
    def ordered_shapes(self) -> list[PostedShape]:
        """The shapes that are posted in order."""
        return self.input_shapes or []

    def require_one_form_of_inputs(self) -> None:
        """Checks that the inputs are told in one way.

        Raises:
            Problem: where they are told in several.
        """
        given = [name for name in FORMS_OF_INPUTS if getattr(self, name) is not None]
        if len(given) > 1:
            first, second = given[:2]
            raise refused(placed(malformed.conflicting_parameters(first, second, "the input", (second,))))


class NetworkBody(ModelBody):
    """A network: its layers, or a model as people have it."""

    layers: LayerList = Field(
        default_factory=list,
        description="The layers; the last one is the output unless `outputs` names others. Or else `model`.",
    )
    model: Annotated[ModelObject | None, MODEL] = Field(
        None, description="In place of `layers`: source code, a configuration or a file that the network is read from."
    )

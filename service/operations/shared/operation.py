"""What an operation is: one endpoint, declared in one place, and callable without a server."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from service.observability.ledger import LEDGER
from service.operations.shared.output_allowance import OutputAllowance
from service.schemas.bodies import validated
from service.settings import settings

Tag = Literal["questions", "inference", "catalogue", "operations"]
Slot = Callable[[], AbstractContextManager[None]]
"""Waits for a computation slot, and holds it while the context is open."""


@dataclass(kw_only=True)
class StepAllowance:
    """How many steps of posted models may still be interpreted."""

    spent: int = 0

    @property
    def left(self) -> int:
        """What is left of the limit."""
        return max(settings().max_model_steps - self.spent, 0)

    def spend(self, steps: int) -> None:
        """Count steps that were interpreted."""
        self.spent += steps


@dataclass(frozen=True, kw_only=True)
class Context:
    """How an operation is asked: how full the answer, how much work it may do, who it is for."""

    lean: bool = False
    """Whether the answer is to be as short as possible."""
    share: int = 1
    """The number of answers that bounded work is shared among."""
    outputs: OutputAllowance | None = None
    """How many outputs the networks of a batch may have together."""
    model_steps: StepAllowance = field(default_factory=StepAllowance)
    """How many steps of posted models may be interpreted, those of a batch together."""
    slot: Slot = nullcontext
    """Entered around heavy work."""
    instance: str = ""
    """The path of the request, for problem documents inside an answer."""
    request_id: str | None = None
    """The id of the request, for problem documents inside an answer."""


class NoParameters(BaseModel):
    """The request of an operation that takes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one path, as the API description shows it."""

    name: str
    """The operation id, which is unique."""
    method: Literal["get", "post"]
    path: str
    """With the names of parameters in braces."""
    tag: Tag
    place: int
    """The position among the endpoints of its tag, in lists of them."""
    summary: str
    description: str
    path_example: Mapping[str, str] = field(default_factory=dict)
    """A value for each parameter in the path."""
    changes: bool = False
    """Whether what a GET answers may be another the next time; if not, it is made once, and callers may keep it."""

    @property
    def example_path(self) -> str:
        """The path with its parameters filled in."""
        return self.path.format(**self.path_example)


@dataclass(frozen=True, kw_only=True)
class Operation(Endpoint):
    """An endpoint with its models and the function that answers it."""

    run: Callable[[Any, Context], Any]
    """From a request to an answer in the form of its model, as plain JSON values and arrays; may raise a Problem."""
    answer: type[BaseModel]
    request: type[BaseModel] = NoParameters
    """The body of a POST; of other endpoints, and beside the body, the parameters in the path."""
    validate: Callable[[type[Any], Any], Any] = validated
    """From the request model and a document to a request; raises a Problem."""
    example: Any = None
    """A body that is answered with status 200."""
    body_required: bool = True
    """Whether a POST has to have a body."""
    json_condition: Mapping[str, Any] = field(default_factory=dict)
    """What JSON Schema says of a request that is all JSON, beside its model."""
    takes_model: bool = False
    """Whether the body may have a `model`, which may also come as a file of a form."""
    batched: bool = False
    """Whether `/v1/batch` may ask it."""
    other_statuses: tuple[int, ...] = ()
    """Error statuses that other endpoints of its kind do not have."""

    @property
    def has_body(self) -> bool:
        """Whether the request is a body."""
        return self.method == "post"

    def respond(self, document: Any, context: Context | None = None) -> dict[str, Any]:
        """The answer to a request that is still a JSON document.

        Raises:
            Problem: where the request cannot be answered.
        """
        request = self.validate(self.request, document)
        LEDGER.judged(layers_in(request))
        answer: dict[str, Any] = self.run(request, context or Context())
        return answer


def layers_in(request: Any) -> int:
    """How many layers a request asks about, as far as it says so itself."""
    layers = getattr(request, "layers", None)
    if layers is not None:
        return len(layers)
    return int(getattr(request, "layer", None) is not None)

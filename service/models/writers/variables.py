"""What the variables of a written program are called: `x` along a chain, and after its layer what is used later."""

from collections.abc import Iterable, Mapping

from service.models.writers.code import Names
from service.models.writers.program import Program, Tensor

CHAIN = "x"


def variables(program: Program, inputs: Mapping[str, str], reserved: Iterable[str]) -> dict[Tensor, str]:
    """The variable of each tensor; `inputs` are those of the network's inputs."""
    uses: dict[Tensor, list[int]] = {}
    for place, call in enumerate(program.calls):
        for tensor in call.inputs:
            uses.setdefault(tensor, []).append(place)
    for tensor in program.outputs:
        uses.setdefault(tensor, []).append(len(program.calls))
    names = Names({*reserved, *inputs.values(), CHAIN})
    chosen = {tensor: inputs[name] for name, tensor in program.inputs.items()}
    for place, call in enumerate(program.calls):
        several = len(call.outputs) > 1
        for number, tensor in enumerate(call.outputs):
            follows = set(uses.get(tensor, [place + 1])) == {place + 1}
            chosen[tensor] = (
                CHAIN if follows and not several else names.new(f"{tensor.name}_{number}" if several else tensor.name)
            )
    return chosen


def goes_on_as_chain(program: Program) -> bool:
    """Whether there is one input, which the first call alone takes, so that its variable is the chain's."""
    tensors = list(program.inputs.values())
    later = any(tensors[0] in call.inputs for call in program.calls[1:])
    return len(tensors) == 1 and not later and tensors[0] not in program.outputs

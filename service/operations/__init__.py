"""What the service answers: one module an endpoint, with its models, its words, an example and its function.

An operation is callable without a server: `OPERATION.respond(document)`, or `OPERATION.run(request, context)`. A new
endpoint is a new module here, which is found by itself. `shared` holds what several modules need.
"""

from collections.abc import Sequence

from service.operations.shared.operation import Context, Operation
from service.operations.shared.registry import declared, without_duplicates

OPERATIONS: Sequence[Operation] = without_duplicates(declared())

__all__ = ["OPERATIONS", "Context", "Operation"]

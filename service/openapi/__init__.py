"""openapi.yaml: the description of the service, made from the operations, the registry of layers and real answers.

`python -m service.openapi` writes it; `text` is what it writes.
"""

from service.openapi.document import ENDPOINTS, build
from service.openapi.yaml_text import text_of

__all__ = ["ENDPOINTS", "build", "text"]


def text() -> str:
    """The description as it is committed."""
    return text_of(build())

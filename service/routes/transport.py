"""What an endpoint with a transport of its own declares beside its view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response


def bytes_of(media_type: str, description: str) -> dict[str, Any]:
    """The schema of bytes: `contentMediaType` is what JSON Schema knows, `format` what generators know."""
    return {"type": "string", "format": "binary", "contentMediaType": media_type, "description": description}


@dataclass(frozen=True, kw_only=True)
class Transport:
    """A view, and what the API description has to say of it beyond JSON; the members are those of OpenAPI."""

    view: Callable[..., Response]
    request_contents: Mapping[str, Any] = field(default_factory=dict)
    """Further media types of the request."""
    answer_contents: Mapping[str, Any] = field(default_factory=dict)
    """Further media types of the answer."""
    parameters: Sequence[Mapping[str, Any]] = ()
    """Further parameters, such as headers."""

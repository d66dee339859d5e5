"""What openapi.yaml says of HTTP itself: headers, errors, answers that callers keep."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.languages import LANGUAGES
from service.operations.shared.operation import Endpoint
from service.routes.api_keys import is_open
from service.routes.languages import ACCEPT_LANGUAGE, LANGUAGE_WANTED

ERRORS = {
    "NotJson": "Not JSON, or bad framing.",
    "NoKey": "The service takes an API key, and none that it knows came with the request.",
    "NotFound": "There is nothing of that name.",
    "NotAcceptable": "The answer's media type is not accepted.",
    "TooLarge": "Too large: bytes, elements or work; with the figure and the limit.",
    "UnsupportedMediaType": "Not a content type that is read here.",
    "Refused": "Understood, but wrong: `errors` says where and why.",
    "Unavailable": "Busy: no computation slot became free in time. Or the service is not ready.",
}
OF_A_POST = {
    400: "NotJson",
    406: "NotAcceptable",
    413: "TooLarge",
    415: "UnsupportedMediaType",
    422: "Refused",
    503: "Unavailable",
}
IN_INFERENCE = {
    401: ("InferenceNoKey", ERRORS["NoKey"]),
    400: ("InferenceRefused", "Not JSON, bytes that do not add up, or a layer that is wrong."),
    404: ("InferenceNotFound", "There is no such model, or version."),
    413: ("InferenceTooLarge", ERRORS["TooLarge"]),
    503: ("InferenceUnavailable", ERRORS["Unavailable"]),
}
REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
IN_LANGUAGES = {"Content-Language": {"$ref": "#/components/headers/Content-Language"}}
KEPT = {"ETag": {"$ref": "#/components/headers/ETag"}}
IF_NONE_MATCH = {"$ref": "#/components/parameters/If-None-Match"}
SECURITY: Sequence[Mapping[str, Any]] = ({}, {"bearer": []}, {"apiKey": []})
"""A key in one of two headers, or none: services take keys only where their settings say so."""
COMPONENTS: Mapping[str, Any] = {
    "securitySchemes": {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, where the service takes keys."},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same in another header."},
    },
    "headers": {
        "X-Request-ID": {
            "description": "The caller's id for the request, or a new one.",
            "schema": {"type": "string"},
        },
        "Content-Language": {
            "description": "Of an answer with texts in another language than English.",
            "schema": {"type": "string", "enum": list(LANGUAGES)},
        },
        "ETag": {
            "description": "Names this answer; another answer has another.",
            "schema": {"type": "string"},
        },
    },
    "parameters": {
        "If-None-Match": {
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETags of answers that the caller has.",
            "schema": {"type": "string"},
        },
        ACCEPT_LANGUAGE: {
            "name": ACCEPT_LANGUAGE,
            "in": "header",
            "description": "The language of what diagnostics and problems say: `zh`, or `zh-CN,zh;q=0.9,en;q=0.8` as"
            " browsers write it, is simplified Chinese, everything else English. A text that is not translated stays"
            " English.",
            "schema": {"type": "string"},
        },
    },
}
"""Of all endpoints."""


def stays(endpoint: Endpoint) -> bool:
    """Whether the answer stays the same, so that callers may keep it."""
    return endpoint.method == "get" and not endpoint.changes


def speaks_languages(endpoint: Endpoint) -> bool:
    """Whether a successful answer may have diagnostics, which are said in the caller's language."""
    return endpoint.method == "post" and endpoint.tag != "inference"


def languages_of(endpoint: Endpoint) -> Sequence[Mapping[str, Any]]:
    """The parameter with which a caller names its language."""
    return [LANGUAGE_WANTED] if speaks_languages(endpoint) else []


def takes_key(endpoint: Endpoint) -> bool:
    """Whether an endpoint takes a key where the service does."""
    return not is_open(endpoint.example_path)


def security_of(endpoint: Endpoint) -> dict[str, Any]:
    """What an endpoint that takes no key says beside what all say."""
    return {} if takes_key(endpoint) else {"security": []}


def headers_of(endpoint: Endpoint) -> Mapping[str, Any]:
    """The headers of a successful answer."""
    said = IN_LANGUAGES if speaks_languages(endpoint) else {}
    return REQUEST_ID | (KEPT if stays(endpoint) else {}) | said


def unchanged(endpoint: Endpoint) -> dict[str, Any]:
    """The answer to a caller that has it."""
    return {"304": {"$ref": "#/components/responses/Unchanged"}} if stays(endpoint) else {}

"""The errors of the description: a response for each status, whose example is what the service answers.

401 and 503 are not to be had of a service without keys and load: there the problem is written as it would be.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from service.openapi.http import ERRORS, IN_INFERENCE, IN_LANGUAGES, REQUEST_ID
from service.openapi.named_values import TEMPLATE
from service.problems import Problem
from service.routes.api_keys import MISSING
from service.routes.error_handlers import MEDIA_TYPE, written
from service.routes.exchange import JSON

PATH, INFER = "/v1/output-size", "/v2/models/conv2d/infer"
ID = "3f1c9a52"
"""The id of the requests of all examples."""
BUSY = "busy: 2 of 2 computation slots are in use; 16 requests are waiting already"
NO_JSON = {"path": PATH, "method": "POST", "data": "{", "content_type": JSON}
TOO_LARGE = {"layer": {"type": "pad", "padding": 10_000}, "input": [[1]]}
ASKED: Mapping[str, Mapping[str, Any] | Problem] = {
    "NotJson": NO_JSON,
    "NoKey": Problem(401, MISSING),
    "NotFound": {"path": "/v1/layers/conv9d"},
    "NotAcceptable": {"path": "/v1/layers", "headers": {"Accept": "image/png"}},
    "TooLarge": {"path": "/v1/convolve", "method": "POST", "json": TOO_LARGE},
    "UnsupportedMediaType": NO_JSON | {"content_type": "text/plain"},
    "Refused": {
        "path": PATH,
        "method": "POST",
        "json": {"layer": {"type": "conv2d", "kernel_size": 7, "padding": 1}, "input_size": 4},
    },
    "Unavailable": Problem(503, BUSY),
    "InferenceNoKey": Problem(401, MISSING),
    "InferenceRefused": NO_JSON | {"path": INFER},
    "InferenceNotFound": {"path": "/v2/models/conv9d"},
    "InferenceTooLarge": Problem(413, "the number of output elements is 20001^2, above the limit of 16777216"),
    "InferenceUnavailable": Problem(503, BUSY),
}
"""What is asked so that a response is answered, or the problem itself."""


def error_responses(client: FlaskClient) -> dict[str, Any]:
    """The responses of errors, by name."""
    inference = {name: _response(name, text, client, JSON, "InferenceError") for name, text in IN_INFERENCE.values()}
    return {name: _response(name, text, client) for name, text in ERRORS.items()} | inference


def _response(
    name: str, text: str, client: FlaskClient, media_type: str = MEDIA_TYPE, model: str = "ProblemDocument"
) -> dict[str, Any]:
    headers = REQUEST_ID if media_type == JSON else REQUEST_ID | IN_LANGUAGES
    schema = {"$ref": TEMPLATE.format(model=model)}
    return {
        "description": text,
        "headers": headers,
        "content": {media_type: {"schema": schema, "example": _example(ASKED[name], client, media_type)}},
    }


def _example(asked: Mapping[str, Any] | Problem, client: FlaskClient, media_type: str) -> Any:
    if isinstance(asked, Problem):
        _, _, text = written(asked, INFER if media_type == JSON else PATH, ID)
        return json.loads(text)
    given = dict(asked)
    return client.open(**{**given, "headers": {"X-Request-ID": ID, **given.get("headers", {})}}).json

"""openapi.yaml says what the service does: no drift, true examples, nothing undocumented under random requests."""

import re
from typing import Any

import pytest
import schemathesis
import yaml
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings, strategies
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.app import create_app
from service.openapi import ENDPOINTS, text
from service.openapi.tidied import shortened
from service.operations import OPERATIONS
from service.operations.shared.operation import Endpoint
from service.routes.documents import OPENAPI

DESCRIPTION: dict[str, Any] = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
schemathesis.openapi.format("binary", strategies.text())  # its own bytes are no strings to its own validator
schema = schemathesis.openapi.from_wsgi("/openapi.json", create_app())
DRAWN = 12
"""Every so many of the layer schemas takes part in random requests: to draw from all takes most of an hour."""
_layers = schema.raw_schema["components"]["schemas"]["KnownLayer"]
_layers["oneOf"] = _layers["oneOf"][::DRAWN]


def validator_of(reference: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**reference, "components": DESCRIPTION["components"]})


def test_the_committed_description_is_what_the_models_make() -> None:
    """`make openapi` writes it again."""
    assert OPENAPI.read_text(encoding="utf-8") == text()


def test_the_description_is_valid_openapi_3_1() -> None:
    assert DESCRIPTION["openapi"].startswith("3.1")
    validate(DESCRIPTION)


def test_every_route_is_described() -> None:
    described = {(endpoint.method.upper(), endpoint.path) for endpoint in ENDPOINTS}
    hidden = {"/page/{name}", "/docs/start.js", "/docs/{asset}"}  # parts of the pages at / and /docs
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in create_app().url_map.iter_rules()
        for method in rule.methods or ()
        if method in ("GET", "POST")
    }
    assert {route for route in routes if route[1] not in hidden} == described


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_operation_has_a_summary_and_a_description(endpoint: Endpoint) -> None:
    described = DESCRIPTION["paths"][endpoint.path][endpoint.method]
    assert len(described["summary"]) > 10
    assert len(described["description"]) > 20
    if endpoint.method == "post":
        assert "example" in described["requestBody"]["content"]["application/json"]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_example_is_answered_as_described(client: FlaskClient, endpoint: Endpoint) -> None:
    described = DESCRIPTION["paths"][endpoint.path][endpoint.method]
    has_body = "requestBody" in described
    kwargs = {"json": described["requestBody"]["content"]["application/json"]["example"]} if has_body else {}
    answer = client.open(endpoint.example_path, method=endpoint.method.upper(), **kwargs)
    assert answer.status_code == 200
    content = described["responses"]["200"]["content"]
    assert answer.mimetype in content
    if "example" in content[answer.mimetype]:
        assert shortened(answer.json) == content[answer.mimetype]["example"]
    if answer.mimetype == "application/json" and "schema" in content["application/json"]:
        validator_of(content["application/json"]["schema"]).validate(answer.json)


def test_every_example_fits_its_own_request_schema() -> None:
    for operation in OPERATIONS:
        if operation.has_body:
            content = DESCRIPTION["paths"][operation.path][operation.method]["requestBody"]["content"][
                "application/json"
            ]
            validator_of(content["schema"]).validate(content["example"])


@pytest.mark.parametrize(
    ("layer", "fits"),
    [
        ({"type": "conv2d", "kernel_size": 3, "strides": 2}, True),
        ({"type": "conv2d", "kernel_shape": [3, 3], "pads": [0, 1, 0, 1], "group": 2}, True),
        ({"type": "conv2d", "kernel_size": 3, "kernel_shape": 3}, False),
        ({"type": "conv2d"}, False),
        ({"type": "conv2d", "kernel_size": 0}, False),
        ({"type": "conv2d", "kernel_size": 3, "kernal": 1}, False),
        ({"type": "max_pool1d", "pool_size": 2, "padding": "same"}, True),
        ({"type": "relu"}, True),
        ({"type": "conv2d", "kernel_size": 3, "kernel_initializer": "he_normal"}, True),
        ({"type": "max_pool2d", "kernel_size": 2, "ceil_mode": 1}, True),
        ({"type": "nn.Conv2d", "kernel_size": 3, "device": "cpu"}, True),
    ],
)
def test_the_layer_schema_is_as_strict_as_the_reader(layer: dict[str, Any], fits: bool) -> None:
    assert validator_of({"$ref": "#/components/schemas/Layer"}).is_valid(layer) is fits


PLAIN = {"Accept-Encoding": "identity"}
"""Asked for without it, long answers come in gzip, which schemathesis does not unpack where there is no server."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schema.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_random_requests_meet_the_description(case: schemathesis.Case) -> None:
    """No server error, no undocumented status or content type, no answer outside its schema."""
    case.call_and_validate(checks=CHECKS, headers=PLAIN)

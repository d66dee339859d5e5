"""What `make fuzz` adds to schemathesis: a schema-valid body is refused only for what no schema can say.

`positive_data_acceptance` knows statuses only, and has to let 422 through: that a kernel is larger than its input is no
matter of form. This check looks at the diagnostics: those of form must not occur in what the description allows. They
may below a layer, whose words depend on the framework and on each other.
"""

import json
import re
from typing import Any

import schemathesis
from hypothesis import strategies

schemathesis.openapi.format("binary", strategies.text())  # its own bytes are no strings to its own validator
OF_FORM = frozenset(
    {
        *("missing-parameter", "unknown-parameter", "conflicting-parameters", "wrong-type", "parameter-out-of-range"),
        *("unknown-layer-type", "unsuitable-layer-type", "not-an-array"),
    }
)
"""Diagnostics of what JSON Schema can say."""
LATER = frozenset(
    {
        ("output_size", "wrong-type"),  # as many sizes as the other member has
        ("input_size", "wrong-type"),
        ("input_shape", "wrong-type"),  # a size that is asked for has to be null, which axis that is the layout says
        ("range", "parameter-out-of-range"),  # the least before the most
        ("bounds", "parameter-out-of-range"),
        ("bounds", "unknown-parameter"),  # of what is not among the unknowns
        ("unknown", "unknown-parameter"),  # the layer has no such parameter
        ("unknown", "conflicting-parameters"),
        ("input_shapes", "parameter-out-of-range"),  # one for each input of the layer
        ("framework", "parameter-out-of-range"),  # not the one of the model
    }
)
"""Members, and what depends on other members' values."""
PARTS_OF_ARRAYS = frozenset({"input", "weight", "bias", "pointwise_weight"})
"""Members that are arrays: that all rows have one length, and that a type holds the numbers, no schema says."""
AS_A_FLOAT = re.compile(r"is (the number )?-?[0-9.]+(\.0|e\+[0-9]+)\b")
"""To JSON Schema 2.0 is an integer; here an integer is written without a point, as the frameworks want it."""
TEXTS_OF_FORM = ("the request has no", "not an object", "input should be")
"""How the Open Inference Protocol's text tells of form."""


@schemathesis.check
def refusals_are_no_matter_of_form(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """A schema-valid request is not refused for its form."""
    form = (case.media_type or "").startswith("multipart")  # of its part `model` no schema knows what it holds
    if form or case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    if response.status_code == 400 and not case.path.startswith("/v2"):
        raise AssertionError(f"refused as no JSON: {response.text[:300]}")
    document = json.loads(response.content)
    if "error" in document:
        of_form = any(text in document["error"] for text in TEXTS_OF_FORM)
        assert not of_form or AS_A_FLOAT.search(document["error"]), document["error"]
        return
    wrong = [f"{error['name']} at {error['location']}: {error['message']}" for error in document["errors"]
             if not _is_allowed(error)]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def _is_allowed(error: dict[str, Any]) -> bool:
    """Whether a diagnostic is of what no schema says."""
    if error["name"] not in OF_FORM:
        return True
    member, _, _ = error["location"].removeprefix("/").partition("/")
    if AS_A_FLOAT.search(error["message"]):
        return True
    if member in PARTS_OF_ARRAYS:
        return error["name"] == "not-an-array"
    if member == "layers" or (member == "layer" and (error["location"] != "/layer" or "`type`" in error["message"])):
        return error["name"] != "unsuitable-layer-type" or "takes" in error["message"]
    return (member, error["name"]) in LATER


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Leaves out what is bytes: those that mean something are drawn by the other fuzzers.

    Bytes after JSON come with a header that counts the JSON; drawn apart, the two never fit.
    """
    for path in raw_schema["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {})
            content.pop("application/octet-stream", None)
            parameters = operation.get("parameters", [])
            parameters[:] = [one for one in parameters if one.get("name") != "Inference-Header-Content-Length"]

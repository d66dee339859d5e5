"""`POST /v1/batch`: the order is kept, a bad item does not affect the others, lean answers on request."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Post = Callable[[str, Any], tuple[int, Document]]

PATH = "/v1/batch"
SOUND = {"input_size": [9, 7], "layer": {"type": "conv2d", "kernel_size": 3}}
TOO_LARGE = {"input_size": [9, 2], "layer": {"type": "conv2d", "kernel_size": 3}}
QUESTIONS = {
    "output-size": SOUND,
    "compare": SOUND,
    "padding": {**SOUND, "output_size": [9, 7]},
    "solve": {**SOUND, "output_size": [9, 7], "unknown": ["padding"]},
    "networks/validate": {"input_shape": [1, 3, 9, 7], "layers": [{"type": "relu"}]},
    "networks/input-sizes": {"channels": 3, "range": [1, 9], "layers": [{"type": "max_pool2d", "kernel_size": 2}]},
}


@pytest.mark.parametrize("operation", QUESTIONS)
def test_each_item_is_answered_as_on_its_own(answered: Answered, operation: str) -> None:
    alone = answered(f"/v1/{operation}", QUESTIONS[operation])
    document = answered(PATH, {"operation": operation, "items": [QUESTIONS[operation]] * 2})
    assert document == {"results": [{"status": 200, "body": alone}] * 2}


def test_the_order_is_kept_and_a_bad_item_does_not_affect_the_others(answered: Answered, post: Post) -> None:
    items = [SOUND, TOO_LARGE, 3, SOUND]
    results = answered(PATH, {"operation": "output-size", "items": items})["results"]
    assert [result["status"] for result in results] == [200, 422, 422, 200]
    status, alone = post("/v1/output-size", TOO_LARGE)
    own = {name: value for name, value in results[1]["body"].items() if name not in ("instance", "request_id")}
    assert (status, own) == (422, {name: alone[name] for name in own})


def test_lean_answers_have_sizes_or_the_names_of_diagnostics(answered: Answered) -> None:
    shaped = {"input_shape": [1, 3, 9, 7], "layer": {"type": "conv2d", "kernel_size": 3, "out_channels": 4}}
    body = {"operation": "output-size", "detail": "sizes", "items": [SOUND, TOO_LARGE, shaped]}
    assert answered(PATH, body)["results"] == [
        {"status": 200, "body": {"output_size": [7, 5]}},
        {"status": 422, "body": {"errors": ["kernel-larger-than-input"]}},
        {"status": 200, "body": {"output_shape": [1, 4, 7, 5]}},
    ]


@pytest.mark.parametrize("operation", QUESTIONS)
def test_every_question_has_a_lean_answer(answered: Answered, operation: str) -> None:
    body = {"operation": operation, "items": [QUESTIONS[operation]]}
    [full] = answered(PATH, body)["results"]
    [lean] = answered(PATH, {**body, "detail": "sizes"})["results"]
    assert 0 < len(lean["body"]) < len(full["body"])


@pytest.mark.parametrize(
    ("body", "status", "name", "location"),
    [
        ({"operation": "convolve", "items": [{}]}, 422, "parameter-out-of-range", "/operation"),
        ({"operation": "output-size", "items": []}, 422, "parameter-out-of-range", "/items"),
        ({"operation": "output-size", "items": {}}, 422, "wrong-type", "/items"),
        ({"operation": "output-size"}, 422, "missing-parameter", ""),
        ({"operation": "output-size", "items": [1] * 10_001}, 413, "too-large", "/items"),
    ],
    ids=["operation", "none", "object", "missing", "too many"],
)
def test_a_bad_batch_is_refused(refuse: Refuse, body: Document, status: int, name: str, location: str) -> None:
    [diagnostic] = refuse(PATH, body, status)["errors"]
    assert (diagnostic["name"], diagnostic["location"]) == (name, location)

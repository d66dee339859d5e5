"""`POST /v1/solve`: every combination of the unknowns, simplest first, and never a list cut silently."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

PATH = "/v1/solve"
HALVING = {"layer": {"type": "conv2d"}, "input_size": [224, 224], "output_size": [112, 112]}


def test_the_simplest_solutions_come_first(answered: Answered) -> None:
    document = answered(PATH, {**HALVING, "unknown": ["kernel_size", "stride", "padding"], "limit": 4})
    assert document["solutions"] == [
        {"kernel_size": kernel, "stride": 2, "padding": kernel // 2} for kernel in (1, 3, 5, 7)
    ]


def test_a_list_cut_by_its_limit_says_so(answered: Answered) -> None:
    cut = answered(PATH, {**HALVING, "unknown": ["kernel_size", "stride", "padding"], "limit": 4})
    assert (cut["complete"], cut["count"] > 4) == (False, True)
    whole = answered(PATH, {**HALVING, "unknown": ["kernel_size", "stride", "padding"]})
    assert (whole["complete"], whole["count"]) == (True, len(whole["solutions"]))
    assert whole["count"] == cut["count"]


def test_a_list_cut_by_the_bound_on_work_says_so(answered: Answered) -> None:
    bounds = {"kernel_size": [1, 4096], "stride": [1, 4096], "padding": [0, 4095]}
    document = answered(PATH, {**HALVING, "unknown": ["kernel_size", "stride", "padding"], "bounds": bounds})
    assert document["complete"] is False


def test_every_solution_gives_the_size(answered: Answered) -> None:
    question = {"layer": {"type": "conv_transpose2d", "kernel_size": [4, 3]}, "input_size": [12, 10]}
    unknown = ["stride", "padding", "output_padding"]
    document = answered(PATH, {**question, "output_size": [24, 20], "unknown": unknown, "limit": 1000})
    assert document["solutions"]
    for solution in document["solutions"]:
        body = {"input_size": [12, 10], "layer": {**question["layer"], **solution}}
        assert answered("/v1/output-size", body)["output_size"] == [24, 20], solution


def test_axes_with_nothing_in_common_have_values_of_their_own(answered: Answered) -> None:
    question = {"layer": {"type": "conv2d", "kernel_size": 3}, "input_size": [224, 224], "output_size": [112, 56]}
    document = answered(PATH, {**question, "unknown": ["stride", "padding"]})
    assert document["per_axis"] is True
    assert document["solutions"][0] == {"stride": [2, 4], "padding": [1, 0]}


def test_a_padding_name_is_the_same_on_every_axis(answered: Answered) -> None:
    """`"same"` on one axis and `"valid"` on the other cannot be written."""
    question = {"framework": "keras", "layer": {"type": "conv2d", "filters": 1, "kernel_size": 3}}
    document = answered(PATH, {**question, "input_size": [5, 5], "output_size": [5, 3], "unknown": ["padding"]})
    assert (document["solutions"], document["count"], document["complete"]) == ([], 0, True)


def test_a_stride_beside_a_dilation_is_refused_on_different_axes_too(answered: Answered) -> None:
    """Keras takes only one of them above 1, whichever axes they are on."""
    question = {"framework": "keras", "layer": {"type": "conv2d", "filters": 1, "kernel_size": 3, "padding": "valid"}}
    document = answered(
        PATH, {**question, "input_size": [9, 9], "output_size": [4, 5], "unknown": ["stride", "dilation"]}
    )
    assert (document["solutions"], document["count"]) == ([], 0)


def test_the_input_may_be_what_is_asked_for(answered: Answered) -> None:
    question = {"layer": {"type": "max_pool2d", "kernel_size": 3, "stride": 2}, "output_size": [5, 7]}
    document = answered(PATH, {**question, "unknown": ["input_size"]})
    assert document["solutions"] == [{"input_size": [rows, columns]} for rows in (11, 12) for columns in (15, 16)]


def test_a_framework_that_pads_by_name_is_answered_by_name(answered: Answered) -> None:
    question = {"framework": "keras", "layer": {"type": "conv1d", "kernel_size": 3, "strides": 2}}
    document = answered(PATH, {**question, "input_size": 7, "output_size": 4, "unknown": ["padding"]})
    assert document["solutions"] == [{"padding": "causal"}, {"padding": "same"}]


def test_a_pools_stride_follows_its_kernel_unless_given(answered: Answered) -> None:
    question = {"layer": {"type": "max_pool1d"}, "input_size": 12, "output_size": 4, "unknown": ["kernel_size"]}
    assert answered(PATH, question)["solutions"] == [{"kernel_size": 3}]
    assert answered(PATH, {**question, "framework": "onnx"})["solutions"] == [{"kernel_size": 9}]


def test_no_solution_is_an_answer(answered: Answered) -> None:
    question = {"layer": {"type": "conv1d", "stride": 3}, "input_size": 4, "output_size": 9}
    document = answered(PATH, {**question, "unknown": ["kernel_size"]})
    assert (document["solutions"], document["count"], document["complete"]) == ([], 0, True)


@pytest.mark.parametrize(
    ("change", "name", "location"),
    [
        ({"unknown": []}, "parameter-out-of-range", "/unknown"),
        ({"unknown": ["kernel"]}, "parameter-out-of-range", "/unknown/0"),
        ({"unknown": ["stride", "output_padding"]}, "unknown-parameter", "/unknown/1"),
        ({"layer": {"type": "conv1d", "strides": 2}}, "conflicting-parameters", "/unknown/0"),
        ({"bounds": {"stride": [3, 2]}}, "parameter-out-of-range", "/bounds/stride"),
        ({"bounds": {"stride": [0, 2]}}, "parameter-out-of-range", "/bounds/stride"),
        ({"bounds": {"stride": [1, 2**31 - 1]}}, "parameter-out-of-range", "/bounds/stride"),
        ({"bounds": {"kernel_size": [1, 2]}}, "unknown-parameter", "/bounds/kernel_size"),
        ({"input_size": None}, "missing-parameter", ""),
        ({"output_size": [4, 4]}, "wrong-type", "/output_size"),
        ({"layer": {"type": "relu"}}, "unsuitable-layer-type", "/layer/type"),
        ({"limit": 0}, "parameter-out-of-range", "/limit"),
    ],
)
def test_a_question_with_a_mistake_is_refused(refuse: Refuse, change: Document, name: str, location: str) -> None:
    question = {"layer": {"type": "conv1d"}, "input_size": 9, "output_size": 4, "unknown": ["stride"]}
    [diagnostic] = refuse(PATH, {**question, **change})["errors"]
    assert (diagnostic["name"], diagnostic["location"]) == (name, location)

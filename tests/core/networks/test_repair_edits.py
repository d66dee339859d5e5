"""Changes as JSON Patches: what is renamed where layers come and go, and what stays as it was posted."""

from typing import Any

import pytest

from service.core.networks.repair.edits import MOST_RENAMED, Edit, Insertion, merged, patch_of
from service.core.networks.repair.search import find_repairs
from tests.core.networks.posted_body import Document, after_patch, judged_body, rewalk_of

CONV: Document = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
RELU: Document = {"type": "relu"}
POOL: Document = {"type": "max_pool2d", "kernel_size": 2}


def body_of(*layers: Document, **members: Any) -> Document:
    return {"input_shape": [1, 4, 16, 12], "layers": list(layers), **members}


def after(body: Document, edit: Edit) -> list[Document]:
    network, _ = judged_body(body)
    layers: list[Document] = after_patch(body, edit, network)["layers"]
    return layers


class TestParameters:
    """Values are tested before they are replaced, so that the patch of another body does not apply."""

    def test_a_value_replaced_one_taken_out_and_one_added(self) -> None:
        body = body_of({**CONV, "stride": 2})
        network, _ = judged_body(body)
        edit = Edit(
            title="", layers={0: {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "stride": 2, "groups": 2}}
        )
        assert list(patch_of(edit, network)) == [
            {"op": "test", "path": "/layers/0/out_channels", "value": 4},
            {"op": "replace", "path": "/layers/0/out_channels", "value": 8},
            {"op": "test", "path": "/layers/0/padding", "value": 1},
            {"op": "remove", "path": "/layers/0/padding"},
            {"op": "add", "path": "/layers/0/groups", "value": 2},
        ]

    def test_an_input_of_as_many_axes_changes_where_it_differs(self) -> None:
        network, _ = judged_body(body_of(CONV))
        assert list(patch_of(Edit(title="", inputs={"input": (1, 4, 18, 12)}), network)) == [
            {"op": "test", "path": "/input_shape/2", "value": 16},
            {"op": "replace", "path": "/input_shape/2", "value": 18},
        ]

    def test_an_input_of_other_axes_changes_as_a_whole(self) -> None:
        network, _ = judged_body(body_of(CONV))
        assert list(patch_of(Edit(title="", inputs={"input": (4, 16, 12)}), network)) == [
            {"op": "test", "path": "/input_shape", "value": [1, 4, 16, 12]},
            {"op": "replace", "path": "/input_shape", "value": [4, 16, 12]},
        ]

    def test_a_name_with_a_slash_is_escaped(self) -> None:
        body = {"inputs": {"a/b~": [1, 4, 16, 12]}, "layers": [CONV]}
        network, _ = judged_body(body)
        patched = after_patch(body, Edit(title="", inputs={"a/b~": (1, 4, 10, 12)}), network)
        assert patched["inputs"] == {"a/b~": [1, 4, 10, 12]}


class TestLayersLeftOut:
    """What took the output of a layer takes what went into it; layers without names are called by their index."""

    def test_in_a_chain_nothing_else_changes(self) -> None:
        assert after(body_of(CONV, RELU, POOL), Edit(title="", removed=frozenset({1}))) == [CONV, POOL]

    def test_names_by_index_move(self) -> None:
        body = body_of(RELU, CONV, POOL, {"type": "concat", "inputs": ["max_pool2d_2", "max_pool2d_2:0"]})
        assert after(body, Edit(title="", removed=frozenset({0})))[-1]["inputs"] == ["max_pool2d_1", "max_pool2d_1:0"]

    def test_who_named_it_names_what_it_took(self) -> None:
        body = body_of(CONV, RELU, POOL, {"type": "add", "inputs": ["relu_1", "conv2d_0"]})
        assert after(body, Edit(title="", removed=frozenset({1})))[-1]["inputs"] == ["conv2d_0", "conv2d_0"]

    def test_the_first_layer_gives_way_to_the_input(self) -> None:
        body = body_of(RELU, CONV, {"type": "add", "inputs": ["relu_0", "conv2d_1"]})
        assert after(body, Edit(title="", removed=frozenset({0})))[-1]["inputs"] == ["input", "conv2d_0"]

    def test_who_followed_it_in_the_list_takes_its_input(self) -> None:
        """The pool took the layer before it, which took another than the one before."""
        body = body_of({**CONV, "name": "a"}, {**CONV, "name": "b"}, {**RELU, "name": "r", "inputs": "a"}, POOL)
        assert after(body, Edit(title="", removed=frozenset({2})))[2:] == [{**POOL, "inputs": ["a"]}]

    def test_two_in_a_row(self) -> None:
        body = body_of(CONV, RELU, {**POOL, "name": "p"}, {"type": "concat", "inputs": ["p", "p"]})
        layers = after(body, Edit(title="", removed=frozenset({1, 2})))
        assert layers == [CONV, {"type": "concat", "inputs": ["conv2d_0", "conv2d_0"]}]

    def test_a_name_of_its_own_stays(self) -> None:
        body = body_of(RELU, {**CONV, "name": "conv"}, {"type": "add", "inputs": ["conv", "conv"]})
        assert after(body, Edit(title="", removed=frozenset({0})))[1:] == body["layers"][2:]

    def test_one_of_a_second_output(self) -> None:
        halves = {"name": "halves", "type": "split", "split_size": 2, "dim": 1}
        body = body_of(halves, {**RELU, "name": "right", "inputs": ["halves:1"]}, {**POOL, "inputs": ["right"]})
        assert after(body, Edit(title="", removed=frozenset({1}))) == [halves, {**POOL, "inputs": ["halves:1"]}]

    def test_too_many_names_give_no_patch(self) -> None:
        pairs = [
            {"type": "add", "inputs": ["conv2d_1", "conv2d_1"], "name": f"n{at}"} for at in range(MOST_RENAMED + 1)
        ]
        network, _ = judged_body(body_of(RELU, CONV, *pairs))
        assert patch_of(Edit(title="", removed=frozenset({0})), network) == ()
        network, _ = judged_body(body_of(RELU, CONV, *pairs[:-1]))
        assert patch_of(Edit(title="", removed=frozenset({0})), network)


class TestLayersPutIn:
    """A layer put before another stands between it and one of its inputs."""

    def test_in_a_chain(self) -> None:
        assert after(body_of(CONV, RELU), Edit(title="", inserted={1: Insertion(POOL)})) == [CONV, POOL, RELU]

    def test_names_by_index_move(self) -> None:
        body = body_of(CONV, RELU, {"type": "add", "inputs": ["conv2d_0", "relu_1"]})
        layers = after(body, Edit(title="", inserted={1: Insertion(POOL)}))
        assert layers[-1]["inputs"] == ["conv2d_0", "relu_2"]

    def test_before_one_of_several_inputs(self) -> None:
        body = body_of({**CONV, "name": "a"}, {**RELU, "name": "b"}, {"type": "add", "inputs": ["a", "b"]})
        put = {"name": "pool", **POOL, "inputs": ["b"]}
        layers = after(body, Edit(title="", inserted={2: Insertion(put, slot=1)}))
        assert layers[2:] == [put, {"type": "add", "inputs": ["a", "pool"]}]

    def test_two_before_different_inputs_of_two_layers(self) -> None:
        both = merged(
            Edit(title="one", inserted={1: Insertion({"name": "p", **POOL, "inputs": ["input"]}, slot=1)}),
            Edit(title="two", inserted={2: Insertion({"name": "q", **RELU, "inputs": ["sum"]}, slot=0)}),
        )
        body = body_of(
            {**CONV, "name": "a", "stride": 2},
            {"name": "sum", "type": "add", "inputs": ["a", "input"]},
            {"type": "concat", "inputs": ["sum", "a"]},
        )
        names = [layer.get("inputs") for layer in after(body, both)]
        assert names == [None, ["input"], ["a", "p"], ["sum"], ["q", "a"]]


def test_a_second_change_is_made_of_what_the_first_left() -> None:
    first = Edit(title="one", layers={0: {**CONV, "padding": 0}}, inputs={"input": (1, 4, 18, 12)})
    second = Edit(title="two", layers={0: {**CONV, "padding": 0, "stride": 2}}, removed=frozenset({1}))
    both = merged(first, second)
    body = body_of(CONV, RELU, POOL)
    network, _ = judged_body(body)
    patched = after_patch(body, both, network)
    assert both.title == "one, and two"
    assert patched == {"input_shape": [1, 4, 18, 12], "layers": [{**CONV, "padding": 0, "stride": 2}, POOL]}


BROKEN = [
    pytest.param(body_of({**CONV, "out_channels": 5}, RELU, {"type": "add", "inputs": ["relu_1", "input"]}), id="skip"),
    pytest.param(body_of(CONV, {**CONV, "in_channels": 3}), id="chain"),
    pytest.param(body_of(CONV, *[POOL] * 4), id="pools"),
    pytest.param(
        body_of(CONV, POOL, {"type": "linear", "in_features": 4 * 8 * 6, "out_features": 2}), id="flatten forgotten"
    ),
]


@pytest.mark.parametrize("body", BROKEN)
def test_the_patch_of_every_repair_leaves_no_error(body: Document) -> None:
    rewalk = rewalk_of(body)
    repairs = find_repairs(rewalk.network, rewalk.judgement, rewalk.read, 10**6)
    assert repairs
    for repair in repairs:
        _, whole = judged_body(after_patch(body, repair.states[-1].edit, rewalk.network))
        assert whole.valid, repair.title

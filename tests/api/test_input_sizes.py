"""`POST /v1/networks/input-sizes`: the exact sizes that a network accepts, compared with trying each of them."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from service.operations import Context
from service.operations.validate_network import OPERATION
from tests.effort import calls
from tests.examples.conftest import NETWORKS
from tests.golden.reader import cases
from tests.golden.test_models import recorded

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Limited = Callable[..., Any]
Problem = Callable[[Any, int], Document]

PATH = "/v1/networks/input-sizes"
CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 3}
RANDOM = [case["body"] for case in cases("networks", "sound") if "input_shape" in case["body"]][::9]
U = [
    {"name": "down", "type": "max_pool2d", "kernel_size": 2, "stride": 2},
    {"name": "up", "type": "upsample", "scale_factor": 2},
    {"type": "concat", "inputs": ["up", "input"]},
]
POOL = {"type": "max_pool2d", "kernel_size": 2}


def permuted(*dims: int) -> Document:
    return {"type": "permute", "dims": list(dims)}


def linear(features: int) -> Document:
    return {"type": "linear", "in_features": features, "out_features": 3}


def sizes(axis: Document) -> list[int]:
    return [size for first, last in axis["accepted"] for size in range(first, last + 1)]


def example(name: str) -> Document:
    body = json.loads((NETWORKS / f"{name}.json").read_text())
    return {"layers": body["layers"]}


def accepts(layers: list[Document], shape: list[int], **others: Any) -> bool:
    body = {"input_shape": shape, "layers": layers, "detail": "sizes", **others}
    answer = OPERATION.respond(body, Context(lean=True))
    return bool(answer["valid"])


class TestKnownNetworks:
    """Well-known networks, whose sizes are known."""

    def test_a_linear_head_takes_a_range_and_couples_the_axes(self, answered: Answered) -> None:
        answer = answered(PATH, {**example("lenet5"), "channels": 1, "range": [1, 130]})
        assert answer["coupled"] is True
        assert [axis["accepted"] for axis in answer["axes"]] == [[[32, 35]]] * 2
        assert answer["axes"][0]["rule"] == "32 to 35"
        assert answer["combinations"] == [[[16, 19], [112, 115]], [[32, 35], [32, 35]], [[112, 115], [16, 19]]]

    def test_without_its_adaptive_pool_vgg_takes_224_to_255(self, answered: Answered) -> None:
        layers = [layer for layer in example("vgg16")["layers"] if layer["type"] != "adaptive_avg_pool2d"]
        answer = answered(PATH, {"layers": layers, "channels": 3})
        assert [axis["accepted"] for axis in answer["axes"]] == [[[224, 255]]] * 2
        assert (answer["coupled"], answer["combinations"]) == (True, [[[224, 255], [224, 255]]])

    def test_an_adaptive_pool_uncouples_the_axes(self, answered: Answered) -> None:
        answer = answered(PATH, {**example("vgg16"), "channels": 3, "range": [1, 70]})
        assert answer["coupled"] is False
        assert [axis["rule"] for axis in answer["axes"]] == ["every size from 32"] * 2

    def test_the_first_u_net_takes_12_more_than_multiples_of_16(self, answered: Answered) -> None:
        answer = answered(PATH, {**example("unet"), "channels": 1, "range": [150, 620]})
        [axis, _] = answer["axes"]
        assert (axis["minimum"], axis["modulus"], axis["residues"]) == (188, 16, [12])
        assert sizes(axis) == list(range(188, 621, 16))
        wanted = answered(PATH, {**example("unet"), "channels": 1, "range": [150, 620], "output_size": 388})
        assert [axis["accepted"] for axis in wanted["axes"]] == [[[572, 572]]] * 2

    def test_the_rule_of_the_first_u_net_holds_beyond_the_range(self, answered: Answered) -> None:
        body = {**example("unet"), "channels": 1, "input_size": [700, 510]}
        tall, wide = answered(PATH, body)["axes"]
        assert tall["rule"] == "16*n + 12, n >= 11"
        assert (tall["nearest"], wide["nearest"]) == ({"below": 700, "above": 700}, {"below": 508, "above": 524})
        assert accepts(body["layers"], [1, 1, 700, 524])
        assert not accepts(body["layers"], [1, 1, 701, 524])

    def test_nasnet_large_is_answered_within_the_default_limits(self, answered: Answered) -> None:
        body = next(model for model in recorded("keras") if model.get("model") == "NASNetLarge")["body"]
        question = {"framework": "keras", "input_shape": [1, None, None, 3], "layers": body["layers"]}
        answer = answered(PATH, question)
        assert [axis["modulus"] for axis in answer["axes"]] == [16, 16]
        accepted = sizes(answer["axes"][0])
        for size in (218, 219, 331, 338, 339):
            assert (size in accepted) == accepts(body["layers"], [1, size, size, 3], framework="keras")

    def test_350_is_padded_to_352_for_a_u_net_of_five_pools(self, answered: Answered) -> None:
        pools = [{"name": f"p{n}", "type": "max_pool2d", "kernel_size": 2} for n in range(5)]
        ups = [
            layer
            for n in reversed(range(5))
            for layer in (
                {"name": f"u{n}", "type": "upsample", "scale_factor": 2},
                {"name": f"c{n}", "type": "concat", "inputs": [f"u{n}", f"p{n - 1}" if n else "input"]},
            )
        ]
        answer = answered(PATH, {"layers": [*pools, *ups], "channels": 1, "input_size": 350})
        assert [axis["nearest"] for axis in answer["axes"]] == [{"below": 320, "above": 352}] * 2
        assert answer["axes"][0]["rule"] == "32*n, n >= 1"


class TestBruteForce:
    """The same sizes as trying each of them in turn."""

    @pytest.mark.parametrize("body", RANDOM, ids=lambda body: f"{len(body['layers'])} layers")
    def test_random_networks(self, answered: Answered, body: Document) -> None:
        channels, rank, most = body["input_shape"][1], len(body["input_shape"]) - 2, 24
        answer = answered(PATH, {"layers": body["layers"], "channels": channels, "rank": rank, "range": [1, most]})
        equal = [size for size in range(1, most + 1) if accepts(body["layers"], [1, channels, *[size] * rank])]
        if answer["coupled"]:
            assert [sizes(axis) for axis in answer["axes"]] == [equal] * rank
            return
        each = [sizes(axis) for axis in answer["axes"]]
        assert [size for size in range(1, most + 1) if all(size in axis for axis in each)] == equal
        for axis in range(rank) if equal else ():
            others = [equal[len(equal) // 2]] * rank
            tried = [[*others[:axis], size, *others[axis + 1 :]] for size in range(1, most + 1)]
            alone = [shape[axis] for shape in tried if accepts(body["layers"], [1, channels, *shape])]
            assert each[axis] == alone

    @pytest.mark.parametrize(
        ("name", "channels"),
        [
            ("lenet5", 1),
            ("alexnet", 3),
            ("vgg16", 3),
            ("unet", 1),
            ("unet_padded", 3),
            ("resnet18", 3),
            ("patchgan_discriminator", 3),
            ("nin", 3),
            ("dcgan_generator", 100),
        ],
    )
    def test_known_networks_from_1_to_400(self, answered: Answered, name: str, channels: int) -> None:
        layers = example(name)["layers"]
        answer = answered(PATH, {"layers": layers, "channels": channels, "range": [1, 400]})
        alike = set.intersection(*(set(sizes(axis)) for axis in answer["axes"]))
        assert alike == {size for size in range(1, 401) if accepts(layers, [1, channels, size, size])}

    @pytest.mark.parametrize("head", [64, 36, 60])
    def test_combinations_of_coupled_axes(self, answered: Answered, head: int) -> None:
        layers = [
            {**CONV, "stride": [2, 3]},
            {"type": "max_pool2d", "kernel_size": 2, "stride": [1, 2]},
            {"type": "flatten"},
            {"type": "linear", "in_features": head, "out_features": 2},
        ]
        answer = answered(PATH, {"layers": layers, "channels": 3, "range": [1, 45]})
        pairs = [pair for pair in product(range(1, 46), repeat=2) if accepts(layers, [1, 3, *pair])]
        blocks = [
            pair
            for rows, columns in answer["combinations"]
            for pair in product(range(rows[0], rows[1] + 1), range(columns[0], columns[1] + 1))
        ]
        assert answer["coupled"] is True
        assert sorted(blocks) == pairs

    @pytest.mark.parametrize(
        ("layers", "coupled"),
        [
            ([permuted(0, 1, 3, 2), {**POOL, "kernel_size": [2, 1]}, {"type": "flatten"}, linear(48)], True),
            ([permuted(0, 2, 3, 1), {"type": "flatten"}, linear(48)], True),
            ([{"type": "reshape", "shape": [-1, 4, 12, 1]}, linear(1), permuted(0, 1, 3, 2), linear(12)], True),
            ([permuted(0, 3, 1, 2), {"type": "layer_norm", "normalized_shape": [6]}, linear(4)], True),
            ([permuted(0, 2, 3, 1), linear(4)], False),
        ],
    )
    def test_axes_that_a_layer_moves(self, layers: list[Document], coupled: bool, answered: Answered) -> None:
        answer = answered(PATH, {"layers": layers, "channels": 4, "rank": 2, "range": [1, 14]})
        pairs = [pair for pair in product(range(1, 15), repeat=2) if accepts(layers, [1, 4, *pair])]
        blocks = answer["combinations"] if coupled else product(*(axis["accepted"] for axis in answer["axes"]))
        found = [
            pair
            for rows, columns in blocks
            for pair in product(range(rows[0], rows[1] + 1), range(columns[0], columns[1] + 1))
        ]
        assert answer["coupled"] is coupled
        assert sorted(found) == pairs


class TestDifferentAxes:
    """Axes may accept sizes of which none will do for both."""

    @pytest.mark.parametrize(
        "layers",
        [
            [
                {"name": "map", "type": "constant", "shape": [1, 3, 4, 13]},
                {"type": "max_pool2d", "kernel_size": 2, "stride": 2, "inputs": ["input"], "name": "pool"},
                {"type": "concat", "inputs": ["pool", "map"]},
            ],
            [
                {"type": "max_pool2d", "kernel_size": [1, 3], "stride": [1, 3]},
                {"type": "split", "split_size": [3, 4], "dim": 2},
                {"type": "linear", "in_features": 9, "out_features": 3},
            ],
        ],
    )
    def test_each_axis_has_its_own(self, layers: list[Document], answered: Answered) -> None:
        answer = answered(PATH, {"layers": layers, "channels": 3, "range": [1, 30]})
        rows, columns = (sizes(axis) for axis in answer["axes"])
        assert answer["coupled"] is False
        assert not set(rows) & set(columns)
        pairs = [pair for pair in product(range(1, 31), repeat=2) if accepts(layers, [1, 3, *pair])]
        assert list(product(rows, columns)) == pairs != []

    def test_what_no_size_allows_is_still_nothing(self, answered: Answered) -> None:
        layers = [{"type": "max_pool2d", "kernel_size": 2}, {"type": "split", "split_size": [30, 4], "dim": 2}]
        answer = answered(PATH, {"layers": layers, "channels": 3, "range": [1, 40]})
        assert [axis["accepted"] for axis in answer["axes"]] == [[], []]
        assert [found["name"] for found in answer["diagnostics"]] == ["axis-size-mismatch"]


class TestQuestions:
    """What may be asked, and how."""

    def test_each_axis_has_its_own_sizes(self, answered: Answered) -> None:
        layer = {**CONV, "kernel_size": [5, 3], "stride": [3, 1]}
        answer = answered(PATH, {"layers": [layer], "channels": 3, "range": [1, 30], "output_size": [4, 7]})
        assert [axis["accepted"] for axis in answer["axes"]] == [[[14, 16]], [[9, 9]]]

    def test_some_axes_may_be_given(self, answered: Answered) -> None:
        answer = answered(PATH, {"layers": U, "input_shape": [2, 3, None, 8], "range": [1, 9]})
        assert [axis["rule"] for axis in answer["axes"]] == ["2*n, n >= 1", "8, as given"]
        assert answered(PATH, {"layers": U, "input_shape": [2, 3, None, 7]})["axes"][0]["accepted"] == []

    def test_keras_has_its_channels_last(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "filters": 4, "kernel_size": 3, "padding": "valid"}
        body = {"framework": "keras", "layers": [layer], "input_shape": [None, None, None, 3], "range": [1, 5]}
        assert [axis["accepted"] for axis in answered(PATH, body)["axes"]] == [[[3, 5]]] * 2

    def test_several_inputs_have_one_size(self, answered: Answered) -> None:
        layers = [{**CONV, "name": "a", "stride": 2, "inputs": ["image"]}, {**CONV, "name": "b", "inputs": ["mask"]}]
        body = {"layers": layers, "channels": {"image": 3, "mask": 1}, "range": [1, 5]}
        assert answered(PATH, body)["axes"][0]["accepted"] == [[3, 5]]

    def test_channels_may_be_left_out(self, answered: Answered) -> None:
        assert answered(PATH, {"layers": U, "range": [1, 5]})["axes"][0]["accepted"] == [[2, 2], [4, 4]]

    def test_where_nothing_is_accepted_the_answer_says_why(self, answered: Answered) -> None:
        answer = answered(PATH, {"layers": [{**CONV, "in_channels": 5}], "channels": 3})
        assert answer["axes"][0] == {
            "minimum": None,
            "rule": "no size from 1 to 512",
            "modulus": None,
            "residues": None,
            "accepted": [],
        }
        assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in answer["diagnostics"]] == [
            ("channel-mismatch", "/layers/0/in_channels")
        ]

    def test_a_size_that_is_only_tried_is_not_taken_for_channels(self, answered: Answered) -> None:
        layers = [{**CONV, "in_channels": 3}]
        answer = answered(PATH, {"layers": layers, "channels": 64, "range": [1, 3]})
        [error] = answer["diagnostics"]
        assert (error["name"], error["location"]) == ("channel-mismatch", "/layers/0/in_channels")
        assert [fix["title"] for fix in error["fixes"]] == ["set `in_channels` to 64"]

    @pytest.mark.parametrize(
        ("change", "name", "location"),
        [
            ({"range": [5, 3]}, "parameter-out-of-range", "/range"),
            ({"range": [0, 3]}, "parameter-out-of-range", "/range/0"),
            ({"range": [3]}, "parameter-out-of-range", "/range"),
            ({"channels": 0}, "parameter-out-of-range", "/channels"),
            ({"input_shape": [1, 3, None, None]}, "conflicting-parameters", "/input_shape"),
            ({"channels": None, "input_shape": [1, 3, 8, 8]}, "wrong-type", "/input_shape"),
            ({"output_size": [1, 2, 3]}, "wrong-type", "/output_size"),
            ({"input_size": [1, 2, 3]}, "wrong-type", "/input_size"),
            ({"layers": [{"type": "relu"}]}, "missing-parameter", ""),
            ({"layers": [{**CONV, "name": "a", "inputs": "a"}]}, "cycle", "/layers/0/inputs"),
            ({"layers": [{**CONV, "inputs": "nowhere"}]}, "unknown-input", "/layers/0/inputs"),
            ({"layers": [CONV, {"type": "flatten"}], "output_size": 3}, "wrong-type", "/output_size"),
        ],
    )
    def test_a_question_with_a_mistake_is_refused(
        self, refuse: Refuse, change: Document, name: str, location: str
    ) -> None:
        body = {"layers": [CONV], "channels": 3, **change}
        diagnostic = refuse(PATH, {key: value for key, value in body.items() if value is not None})["errors"][0]
        assert (diagnostic["name"], diagnostic["location"]) == (name, location)

    def test_trials_are_bounded(self, limited: Limited, problem: Problem) -> None:
        body = {"layers": [CONV] * 3, "channels": 3, "range": [1, 50]}
        document = problem(limited(max_trials=90).post(PATH, json=body), 413)
        assert "above the limit of 90 (`max_trials`)" in document["detail"]
        document = problem(limited(max_input_sizes=49).post(PATH, json=body), 413)
        assert "50, above the limit of 49 (`max_input_sizes`)" in document["detail"]

    @pytest.mark.parametrize(
        ("layers", "others"),
        [
            ([{**CONV, "in_channels": None, "out_channels": 1 + count} for count in range(300)], {"channels": 3}),
            ([{"type": "concat", "inputs": ["input"] * 160}] * 300, {"channels": 3, "rank": 2}),
            (
                [
                    {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 1 + count % 300}}
                    for count in range(900)
                ],
                {"framework": "keras", "input_shape": [1, None, None, 3]},
            ),
        ],
        ids=["convolutions", "wide layers", "wrapped layers"],
    )
    def test_what_takes_far_too_long_is_refused_before_it_is_tried(
        self, refuse: Refuse, layers: list[Document], others: Document
    ) -> None:
        layers = [{key: value for key, value in layer.items() if value is not None} for layer in layers]
        [found] = refuse(PATH, {"layers": layers, "range": [1, 4096], **others}, 413)["errors"]
        assert (found["name"], found["location"]) == ("too-large", "/range")
        figure = int(found["message"].removeprefix("the least number of layers to try is ").partition(",")[0])
        assert figure > 100_000, "known from a few sizes, not from where the trials stopped"
        assert found["help"].startswith("narrow `range` to some ")
        assert found["help"].endswith(" sizes, or ask about fewer layers")

    def test_many_layers_that_mix_positions_are_answered(self, answered: Answered) -> None:
        """They are given few different shapes, and each is tried with those alone; it took minutes."""
        linear_layers = [{"type": "linear", "out_features": 3}] * 500
        layers = [{"type": "max_pool2d", "kernel_size": 1, "stride": 256}, permuted(0, 2, 3, 1), *linear_layers]
        with calls() as made:
            answer = answered(PATH, {"layers": layers, "channels": 3, "range": [1, 4096]})
        assert [axis["rule"] for axis in answer["axes"]] == ["every size from 1"] * 2
        assert made.count < 20_000 * len(layers), "three times what it takes"

    def test_what_no_size_can_mend_is_found_with_one_trial(self, limited: Limited) -> None:
        body = {"layers": [{**CONV, "in_channels": 5}] * 3, "channels": 3, "range": [1, 500]}
        answer = limited(max_trials=10).post(PATH, json=body).json
        assert [axis["accepted"] for axis in answer["axes"]] == [[], []]

"""`POST /v1/networks/validate`: every shape, cost, receptive field and mistake of a network."""

from collections.abc import Callable
from typing import Any, ClassVar

import jsonpatch
import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Find = Callable[[Document, str], Document]

PATH = "/v1/networks/validate"

RESIDUAL = {
    "framework": "pytorch",
    "input_shape": [1, 3, 224, 224],
    "layers": [
        {"name": "conv1", "type": "conv2d", "out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3},
        {"type": "relu"},
        {"name": "skip", "type": "conv2d", "inputs": ["conv1"], "out_channels": 64, "kernel_size": 1},
        {"name": "sum", "type": "add", "inputs": ["relu_1", "skip"]},
    ],
}


def layer(document: Document, name: str) -> Document:
    return next(shown for shown in document["layers"] if shown["name"] == name)


def shapes(document: Document) -> list[Any]:
    return [shown["output_shape"] for shown in document["layers"]]


class TestDocumentedExample:
    """The residual block of the documentation."""

    def test_the_first_layer(self, answered: Answered) -> None:
        expected = {
            "name": "conv1",
            "type": "conv2d",
            "input_shapes": [[1, 3, 224, 224]],
            "output_shape": [1, 64, 112, 112],
            "parameters": 9472,
            "macs": 118013952,
            "activation_bytes": 3211264,
            "receptive_field": {"size": [7, 7], "stride": [2, 2], "start": [0.0, 0.0]},
        }
        first = answered(PATH, RESIDUAL)["layers"][0]
        assert {key: first[key] for key in expected} == expected

    def test_the_whole(self, answered: Answered) -> None:
        document = answered(PATH, RESIDUAL)
        assert document["valid"] is True
        assert document["framework"] == "pytorch"
        assert document["output_shape"] == [1, 64, 112, 112]
        assert [shown["name"] for shown in document["layers"]] == ["conv1", "relu_1", "skip", "sum"]
        assert layer(document, "sum")["input_shapes"] == [[1, 64, 112, 112], [1, 64, 112, 112]]
        assert [shown["inputs"] for shown in document["layers"]] == [["input"], ["conv1"], ["conv1"], ["relu_1", "skip"]]

    def test_the_totals(self, answered: Answered) -> None:
        totals = answered(PATH, RESIDUAL)["totals"]
        macs = 118013952 + 64 * 64 * 112 * 112
        assert totals["parameters"] == 9472 + 64 * 64 + 64
        assert totals["macs"] == macs
        assert totals["flops"] == 2 * macs
        assert totals["activation_bytes"] == 4 * 3211264
        assert totals["peak_activation_bytes"] == 3 * 3211264

    def test_sizes_alone_are_lean(self, answered: Answered) -> None:
        document = answered(PATH, {**RESIDUAL, "detail": "sizes"})
        assert document.keys() == {"valid", "framework", "output_shape", "layers", "diagnostics"}
        assert document["layers"][0] == {"name": "conv1", "type": "conv2d", "output_shape": [1, 64, 112, 112]}


class TestShapes:
    """Shapes through a network."""

    def test_lenet(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 6, "kernel_size": 5},
            {"type": "max_pool2d", "kernel_size": 2},
            {"type": "conv2d", "out_channels": 16, "kernel_size": 5},
            {"type": "max_pool2d", "kernel_size": 2},
            {"type": "flatten"},
            {"type": "linear", "in_features": 400, "out_features": 120},
            {"type": "linear", "in_features": 120, "out_features": 84},
            {"type": "linear", "in_features": 84, "out_features": 10},
        ]
        document = answered(PATH, {"input_shape": [None, 1, 32, 32], "layers": layers})
        assert document["valid"] is True
        assert document["output_shape"] == [None, 10]
        assert [shown["parameters"] for shown in document["layers"]] == [156, 0, 2416, 0, 0, 48120, 10164, 850]
        assert document["totals"]["parameters"] == 61706
        assert document["totals"]["macs"] == 117600 + 240000 + 48000 + 10080 + 840

    def test_keras_shapes_have_their_channels_last(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "filters": 5, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same"},
            {"type": "max_pool2d", "pool_size": [2, 3]},
        ]
        document = answered(PATH, {"framework": "keras", "input_shape": [None, 9, 7, 3], "layers": layers})
        assert shapes(document) == [[None, 5, 7, 5], [None, 2, 2, 5]]

    def test_a_batch_of_null_counts_as_one(self, answered: Answered) -> None:
        layers = [{"type": "conv2d", "out_channels": 4, "kernel_size": [3, 2]}]
        single = answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})
        null = answered(PATH, {"input_shape": [None, 3, 8, 6], "layers": layers})
        seven = answered(PATH, {"input_shape": [7, 3, 8, 6], "layers": layers})
        assert null["totals"] == single["totals"]
        assert seven["totals"]["macs"] == 7 * single["totals"]["macs"]
        assert seven["totals"]["parameters"] == single["totals"]["parameters"]

    def test_several_inputs_are_taken_by_name(self, answered: Answered) -> None:
        layers = [{"name": "both", "type": "concat", "dim": 1, "inputs": ["image", "depth"]}]
        inputs = {"image": [1, 3, 8, 6], "depth": [1, 1, 8, 6]}
        assert answered(PATH, {"inputs": inputs, "layers": layers})["output_shape"] == [1, 4, 8, 6]

    def test_the_networks_own_input_is_called_input(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1},
            {"type": "add", "inputs": ["input", "conv2d_0"]},
        ]
        assert answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})["output_shape"] == [1, 3, 8, 6]

    def test_layers_may_be_listed_in_any_order(self, answered: Answered) -> None:
        layers = [
            {"name": "second", "type": "max_pool2d", "kernel_size": 2, "inputs": "first"},
            {"name": "first", "type": "conv2d", "out_channels": 4, "kernel_size": 3, "inputs": "input"},
            {"name": "last", "type": "relu", "inputs": "second"},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})
        assert document["valid"] is True
        assert shapes(document) == [[1, 4, 3, 2], [1, 4, 6, 4], [1, 4, 3, 2]]

    @pytest.mark.parametrize(("size", "valid"), [(350, False), (352, True), (320, True)])
    def test_a_u_net_meets_itself_again_only_at_certain_sizes(self, answered: Answered, size: int, valid: bool) -> None:
        pools: list[Document] = [{"name": f"down{n}", "type": "max_pool2d", "kernel_size": 2} for n in range(1, 6)]
        up = {"name": "up", "type": "conv_transpose2d", "out_channels": 3, "kernel_size": 2, "stride": 2}
        layers = [*pools, up, {"name": "meet", "type": "concat", "inputs": ["down4", "up"]}]
        document = answered(PATH, {"input_shape": [1, 3, size, size], "layers": layers})
        assert document["valid"] is valid
        expected = [] if valid else [("branch-shape-mismatch", "/layers/6/inputs")]
        errors = [diagnostic for diagnostic in document["diagnostics"] if diagnostic["severity"] == "error"]
        assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in errors] == expected

    def test_the_sizes_of_a_u_net_at_350(self, answered: Answered) -> None:
        layers = [{"type": "max_pool2d", "kernel_size": 2}] * 5
        document = answered(PATH, {"input_shape": [1, 3, 350, 350], "layers": layers})
        assert [shape[-1] for shape in shapes(document)] == [175, 87, 43, 21, 10]


class TestCosts:
    """Parameters, buffers, multiply-accumulates."""

    @pytest.mark.parametrize(
        ("change", "parameters", "macs"),
        [
            ({}, 6 * 4 * 6 + 6, 6 * 4 * 6 * 7 * 4),
            ({"bias": False}, 6 * 4 * 6, 6 * 4 * 6 * 7 * 4),
            ({"groups": 2}, 6 * 2 * 6 + 6, 6 * 2 * 6 * 7 * 4),
            ({"stride": [2, 1]}, 6 * 4 * 6 + 6, 6 * 4 * 6 * 4 * 4),
        ],
    )
    def test_a_convolution(self, answered: Answered, change: Document, parameters: int, macs: int) -> None:
        conv = {"type": "conv2d", "out_channels": 6, "kernel_size": [2, 3], **change}
        [shown] = answered(PATH, {"input_shape": [1, 4, 8, 6], "layers": [conv]})["layers"]
        assert (shown["parameters"], shown["macs"]) == (parameters, macs)

    def test_a_transposed_convolution_counts_by_input_position(self, answered: Answered) -> None:
        up = {"type": "conv_transpose2d", "out_channels": 6, "kernel_size": [2, 3], "stride": [2, 3]}
        [shown] = answered(PATH, {"input_shape": [1, 4, 8, 6], "layers": [up]})["layers"]
        assert shown["output_shape"] == [1, 6, 16, 18]
        assert shown["parameters"] == 4 * 6 * 6 + 6
        assert shown["macs"] == 8 * 6 * 4 * 6 * 6

    def test_running_statistics_are_buffers(self, answered: Answered) -> None:
        [shown] = answered(PATH, {"input_shape": [1, 4, 8, 6], "layers": [{"type": "batch_norm2d"}]})["layers"]
        assert (shown["parameters"], shown["buffers"], shown["macs"]) == (8, 9, 0)

    def test_what_is_not_counted_costs_nothing(self, answered: Answered) -> None:
        layers = [{"type": "relu"}, {"type": "max_pool2d", "kernel_size": 2}, {"type": "dropout"}]
        totals = answered(PATH, {"input_shape": [1, 4, 8, 6], "layers": layers})["totals"]
        assert (totals["parameters"], totals["macs"], totals["flops"]) == (0, 0, 0)

    def test_what_cannot_be_known_is_null_not_0(self, answered: Answered) -> None:
        layers = [{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 0}, {"type": "relu"}]
        document = answered(PATH, {"input_shape": [1, 4, 8, 6], "layers": layers})
        assert document["layers"][1]["output_shape"] == [1, 4, None, None]
        assert document["layers"][1]["activation_bytes"] is None
        assert document["totals"]["macs"] is None


class TestReceptiveFields:
    """What an output sees of the input."""

    def test_a_chain(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 4, "kernel_size": [3, 5], "padding": [1, 2]},
            {"type": "max_pool2d", "kernel_size": 2},
            {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1, "dilation": [1, 2]},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 16, 20], "layers": layers})
        assert document["layers"][2]["receptive_field"] == {"size": [8, 14], "stride": [2, 2], "start": [0.5, 2.5]}

    def test_branches_are_united(self, answered: Answered) -> None:
        layers = [
            {"name": "wide", "type": "conv2d", "out_channels": 4, "kernel_size": 5, "padding": 2, "inputs": "input"},
            {"name": "narrow", "type": "conv2d", "out_channels": 4, "kernel_size": 1, "inputs": "input"},
            {"name": "sum", "type": "add", "inputs": ["wide", "narrow"]},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 16, 20], "layers": layers})
        field = layer(document, "sum")["receptive_field"]
        assert field["size"] == [5, 5]
        assert "aligned" not in field

    def test_branches_that_look_elsewhere_are_not_aligned(self, answered: Answered) -> None:
        layers = [
            {"name": "left", "type": "crop", "cropping": [[0, 2], [0, 2]], "inputs": "input"},
            {"name": "right", "type": "crop", "cropping": [[2, 0], [2, 0]], "inputs": "input"},
            {"name": "sum", "type": "add", "inputs": ["left", "right"]},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 16, 20], "layers": layers})
        assert layer(document, "sum")["receptive_field"] == {
            "size": [3, 3],
            "stride": [1, 1],
            "start": [1.0, 1.0],
            "aligned": False,
        }

    def test_a_flattened_output_has_none(self, answered: Answered) -> None:
        document = answered(PATH, {"input_shape": [1, 3, 16, 20], "layers": [{"type": "flatten"}]})
        assert document["layers"][0]["receptive_field"] is None


class TestMistakes:
    """One mistake, one diagnostic, and every mistake in one answer."""

    def test_every_mistake_is_found_at_once(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 4, "kernel_size": 30},
            {"type": "conv2d", "in_channels": 7, "out_channels": 5, "kernel_size": 3, "stride": 0},
            {"type": "conv2d", "in_channels": 5, "out_channels": 6, "kernel_size": 3},
            {"type": "relux"},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})
        assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in document["diagnostics"]] == [
            ("kernel-larger-than-input", "/layers/0/kernel_size"),
            ("parameter-out-of-range", "/layers/1/stride"),
            ("channel-mismatch", "/layers/1/in_channels"),
            ("unknown-layer-type", "/layers/3/type"),
        ]

    def test_a_channel_mismatch_says_what_the_contract_shows(self, answered: Answered, find: Find) -> None:
        layers = [
            {"type": "relu"},
            {"type": "relu"},
            {"name": "conv1", "type": "conv2d", "out_channels": 64, "kernel_size": 3},
            {"type": "conv2d", "in_channels": 32, "out_channels": 8, "kernel_size": 3},
        ]
        mismatch = find(answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers}), "channel-mismatch")
        assert mismatch["code"] == "S203"
        assert mismatch["url"] == "/v1/diagnostics/channel-mismatch"
        assert mismatch["message"] == "`in_channels` is 32, but `conv1` produces 64 channels"
        assert mismatch["location"] == "/layers/3/in_channels"
        assert [related["location"] for related in mismatch["related"]] == ["/layers/2/out_channels"]
        assert mismatch["help"] == "set `in_channels` to 64, or `out_channels` of `conv1` to 32"
        assert mismatch["fixes"][0] == {
            "title": "set `in_channels` to 64",
            "applicability": "unsafe",
            "patch": [
                {"op": "test", "path": "/layers/3/in_channels", "value": 32},
                {"op": "replace", "path": "/layers/3/in_channels", "value": 64},
            ],
        }

    @pytest.mark.parametrize(
        ("layers", "name"),
        [
            ([{"type": "conv2d", "in_channels": 5, "out_channels": 4, "kernel_size": 3}], "channel-mismatch"),
            ([{"type": "conv2d", "in_channels": 6, "out_channels": 4, "kernel_size": 3}], "suspected-channels-last"),
            ([{"type": "conv2d", "out_channels": 4, "kernel_size": [9, 3]}], "kernel-larger-than-input"),
            ([{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "groups": 2}], "groups-do-not-divide-channels"),
            ([{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "strid": 2}], "unknown-parameter"),
            ([{"type": "conv2", "out_channels": 4, "kernel_size": 3}], "unknown-layer-type"),
            (
                [{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2, "padding": "same"}],
                "padding-not-supported",
            ),
            ([{"type": "max_pool2d", "kernel_size": 3, "padding": 2}], "padding-exceeds-half-kernel"),
            ([{"type": "linear", "in_features": 144, "out_features": 2}], "missing-flatten"),
            ([{"type": "flatten"}, {"type": "linear", "in_features": 100, "out_features": 2}], "feature-mismatch"),
            (
                [
                    {"name": "one", "type": "relu"},
                    {"type": "relu", "inputs": "onee"},
                    {"type": "add", "inputs": ["one", "relu_1"]},
                ],
                "unknown-input",
            ),
        ],
    )
    def test_a_fix_removes_its_diagnostic_and_adds_no_error(
        self, answered: Answered, find: Find, layers: list[Document], name: str
    ) -> None:
        body = {"input_shape": [1, 3, 8, 6], "layers": layers}
        fixes = find(answered(PATH, body), name)["fixes"]
        assert fixes
        for fix in fixes:
            mended = answered(PATH, jsonpatch.apply_patch(body, fix["patch"]))
            assert mended["valid"] is True, fix["title"]

    def test_after_a_broken_layer_what_it_declares_goes_on(self, answered: Answered) -> None:
        layers = [
            {"type": "conv2d", "out_channels": 4, "kernel_size": 30},
            {"type": "conv2d", "in_channels": 4, "out_channels": 6, "kernel_size": 3},
        ]
        document = answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})
        assert shapes(document) == [[1, 4, None, None], [1, 6, None, None]]
        assert len(document["diagnostics"]) == 1

    def test_an_unused_layer_is_a_warning(self, answered: Answered, find: Find) -> None:
        layers = [{"name": "lost", "type": "relu"}, {"type": "tanh", "inputs": "input"}]
        document = answered(PATH, {"input_shape": [1, 3, 8, 6], "layers": layers})
        assert document["valid"] is True
        assert find(document, "unused-layer")["location"] == "/layers/0"

    def test_an_add_broadcasts_a_size_of_1(self, answered: Answered) -> None:
        layers = [{"name": "mean", "type": "global_avg_pool2d"}, {"type": "add", "inputs": ["input", "mean"]}]
        document = answered(PATH, {"input_shape": [2, 3, 8, 6], "layers": layers})
        assert document["output_shape"] == [2, 3, 8, 6]


class TestNorms:
    """What PyTorch refuses of normalisations, and what is only a warning."""

    @pytest.mark.parametrize(
        ("layer", "shape"),
        [
            ({"type": "instance_norm2d", "num_features": 4}, [8, 4, 1, 1]),
            ({"type": "group_norm", "num_groups": 4}, [1, 4, 1, 1]),
            ({"type": "batch_norm2d", "track_running_stats": False}, [1, 4, 1, 1]),
        ],
    )
    def test_a_mean_of_one_value_is_refused(
        self, answered: Answered, find: Find, layer: Document, shape: list[int]
    ) -> None:
        report = answered(PATH, {"input_shape": shape, "layers": [layer]})
        assert find(report, "single-value-norm")["location"] == "/layers/0/type"
        wider = answered(PATH, {"input_shape": [*shape[:-1], 2], "layers": [layer]})
        assert wider["valid"]
        assert answered(PATH, {"framework": "onnx", "input_shape": shape, "layers": [layer]})["valid"]

    def test_channels_that_nothing_depends_on_are_a_warning(self, answered: Answered, find: Find) -> None:
        layer = {"type": "instance_norm2d", "num_features": 5}
        report = answered(PATH, {"input_shape": [1, 4, 3, 2], "layers": [layer]})
        assert (report["valid"], find(report, "channel-mismatch")["severity"]) == (True, "warning")
        report = answered(PATH, {"input_shape": [1, 4, 3, 2], "layers": [{**layer, "affine": True}]})
        assert (report["valid"], find(report, "channel-mismatch")["severity"]) == (False, "error")


class TestLayouts:
    """An image in the other layout, where nothing declares how many channels there should be."""

    @pytest.mark.parametrize(
        ("framework", "shape", "moved"),
        [
            ("pytorch", [1, 224, 200, 3], [1, 3, 224, 200]),
            ("keras", [1, 3, 224, 200], [1, 224, 200, 3]),
            ("pytorch", [1, 3, 224, 200], None),
            ("keras", [1, 224, 200, 3], None),
            ("pytorch", [1, 8, 6, 3], None),
        ],
    )
    def test_an_image_that_looks_turned_is_a_warning(
        self, answered: Answered, framework: str, shape: list[int], moved: list[int] | None
    ) -> None:
        layer = {"type": "conv2d", "out_channels": 8, "kernel_size": 3}
        report = answered(PATH, {"framework": framework, "input_shape": shape, "layers": [layer]})
        suspicions = [
            diagnostic for diagnostic in report["diagnostics"] if diagnostic["name"] == "suspected-channels-last"
        ]
        assert report["valid"]
        assert [diagnostic["severity"] for diagnostic in suspicions] == (["warning"] if moved else [])
        if moved:
            assert suspicions[0]["fixes"][0]["patch"][-1]["value"] == moved

    def test_a_suspicion_hides_no_error(self, answered: Answered, find: Find) -> None:
        layer = {"type": "conv2d", "out_channels": 8, "kernel_size": 5}
        report = answered(PATH, {"input_shape": [1, 64, 64, 3], "layers": [layer]})
        assert find(report, "kernel-larger-than-input")
        assert not report["valid"]


class TestTraining:
    """What works once a network is trained, and not while it is."""

    LAYERS: ClassVar[list[Document]] = [
        {"type": "linear", "in_features": 8, "out_features": 4},
        {"type": "batch_norm1d", "num_features": 4},
    ]

    def test_pytorch_trains_no_batch_norm_on_one_value(self, answered: Answered) -> None:
        document = answered(PATH, {"input_shape": [1, 8], "layers": self.LAYERS})
        [diagnostic] = document["diagnostics"]
        assert document["valid"]
        assert (diagnostic["name"], diagnostic["severity"]) == ("single-value-in-training", "warning")
        assert diagnostic["message"].startswith("in training there is one value in each mean")

    @pytest.mark.parametrize(("framework", "batch"), [("pytorch", 2), ("pytorch", None), ("keras", 1)])
    def test_more_values_or_another_framework_do(self, answered: Answered, framework: str, batch: int | None) -> None:
        body = {"framework": framework, "input_shape": [batch, 8], "layers": self.LAYERS}
        assert not answered(PATH, body)["diagnostics"]

    def test_only_pytorch_counts_batches(self, answered: Answered) -> None:
        buffers = {
            framework: answered(PATH, {"framework": framework, "input_shape": [2, 8], "layers": self.LAYERS})["totals"][
                "buffers"
            ]
            for framework in ("pytorch", "keras", "onnx", "jax")
        }
        assert buffers == {"pytorch": 9, "keras": 8, "onnx": 8, "jax": 8}


def test_branches_that_are_joined_along_the_batch(answered: Answered) -> None:
    body = {
        "inputs": {"a": [4, 3, 8, 8], "b": [4, 3, 8, 8]},
        "layers": [{"type": "concat", "dim": 0, "inputs": ["a", "b"]}],
    }
    document = answered(PATH, body)
    [diagnostic] = document["diagnostics"]
    assert document["output_shape"] == [8, 3, 8, 8]
    assert (diagnostic["name"], diagnostic["location"]) == ("branches-joined-along-batch", "/layers/0/dim")
    assert diagnostic["message"] == "the branches are joined along axis 0, the batch: 4 and 4 examples become 8"
    assert diagnostic["help"] == "set `dim` to 1 if the channels were meant"
    body["layers"][0]["dim"] = 1
    assert not answered(PATH, body)["diagnostics"]


def test_null_inputs_are_those_of_the_layer_before(answered: Answered) -> None:
    # The second of two layers that are alike is read from the cache.
    conv = {"type": "conv2d", "in_channels": 3, "out_channels": 3, "kernel_size": 3, "inputs": None, "name": None}
    document = answered(
        PATH, {"input_shape": [1, 3, 9, 9], "layers": [conv, conv, {**conv, "padding": [[0, 1], [0, 1]]}]}
    )
    assert [layer["output_shape"] for layer in document["layers"][:2]] == [[1, 3, 7, 7], [1, 3, 5, 5]]
    [diagnostic] = document["diagnostics"]
    patched = jsonpatch.apply_patch(
        {"layers": [conv, conv, {**conv, "padding": [[0, 1], [0, 1]]}]}, diagnostic["fixes"][0]["patch"]
    )
    assert answered(PATH, {"input_shape": [1, 3, 9, 9], **patched})["valid"]


class TestSizesThatGrow:
    """Sizes multiply from layer to layer, beyond what frameworks count with and what JSON can be written with."""

    @pytest.mark.parametrize(
        "layer",
        [
            {"type": "conv_transpose2d", "out_channels": 4, "kernel_size": 2, "stride": 200},
            {"type": "upsample", "scale_factor": 1e9 + 0.5},
            {"type": "pixel_shuffle", "upscale_factor": 2**31 - 1},
            {"type": "tile", "repeats": [10**9] * 4},
        ],
    )
    def test_a_size_above_what_an_axis_can_have_is_told_where_it_arises(
        self, answered: Answered, find: Find, layer: Document
    ) -> None:
        shape = [1, None, 8, 8] if layer["type"] == "pixel_shuffle" else [1, 4, 8, 8]
        document = answered(PATH, {"input_shape": shape, "layers": [layer] * 600})
        error = find(document, "size-overflow")
        first = int(error["location"].split("/")[2])
        known = [size for shape in shapes(document) for size in shape if size is not None]
        assert "the most is 2^63 - 1" in error["message"]
        assert all(None not in shape[2:] for shape in shapes(document)[:first])
        assert None in shapes(document)[first]
        assert max(known) < 2**63

    def test_the_largest_size_that_an_axis_can_have_is_taken(self, answered: Answered) -> None:
        layers = [{"type": "upsample", "scale_factor": [2, 1]}] * 62
        document = answered(PATH, {"input_shape": [1, 1, 1, 1], "layers": layers})
        assert (document["valid"], document["output_shape"]) == (True, [1, 1, 2**62, 1])
        document = answered(PATH, {"input_shape": [1, 1, 1, 1], "layers": [*layers, layers[0]]})
        assert [error["name"] for error in document["diagnostics"]] == ["size-overflow"]

    def test_products_of_large_sizes_are_told(self, answered: Answered) -> None:
        document = answered(
            PATH, {"input_shape": [2**31 - 1] * 8, "layers": [{"type": "linear", "out_features": 2**31 - 1}]}
        )
        assert document["totals"]["macs"] == (2**31 - 1) ** 9

    def test_a_receptive_field_longer_than_any_axis_is_unknown(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "out_channels": 4, "kernel_size": 2, "stride": 2**31 - 1}
        document = answered(PATH, {"input_shape": [1, 4, None, None], "layers": [layer] * 600})
        assert document["layers"][1]["receptive_field"] is not None
        assert document["layers"][-1]["receptive_field"] is None

"""What help says must help: no advice points the wrong way, and no mistake has two names."""

from collections.abc import Callable
from typing import Any

import jsonpatch
import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

NETWORK, SIZE = "/v1/networks/validate", "/v1/output-size"
CONV = {"type": "conv2d", "out_channels": 8, "kernel_size": 3}


def errors(report: Document) -> list[Document]:
    return [found for found in report["diagnostics"] if found["severity"] == "error"]


def titles(found: Document) -> list[tuple[str, str]]:
    return [(fix["title"], fix["applicability"]) for fix in found["fixes"]]


class TestMissingAxes:
    """One axis too few is the batch or the channels; one too many is taken out."""

    def test_a_batch_that_is_missing_is_one_error(self, answered: Answered) -> None:
        layers = [{**CONV, "in_channels": 3}, {"type": "batch_norm2d", "num_features": 8}]
        [error] = errors(answered(NETWORK, {"input_shape": [3, 32, 30], "layers": layers}))
        assert (error["name"], error["location"]) == ("rank-mismatch", "/layers/1/type")
        assert error["help"] == "give the input a batch axis: [1, 3, 32, 30]"

    @pytest.mark.parametrize(
        ("framework", "shape", "whole"),
        [
            ("keras", [28, 26, 1], [1, 28, 26, 1]),
            ("keras", [None, 28, 26], [None, 28, 26, 1]),
            ("keras", [28, 26], [1, 28, 26, 1]),
            ("pytorch", [28, 26], [1, 1, 28, 26]),
            ("onnx", [3, 28, 26], [1, 3, 28, 26]),
        ],
    )
    def test_the_input_with_its_missing_axes_is_offered(
        self, framework: str, shape: list[int | None], whole: list[int | None], answered: Answered
    ) -> None:
        body = {"framework": framework, "input_shape": shape, "layers": [CONV]}
        [error] = errors(answered(NETWORK, body))
        patched = jsonpatch.apply_patch(body, error["fixes"][0]["patch"])
        assert patched["input_shape"] == whole
        assert answered(NETWORK, patched)["valid"]

    @pytest.mark.parametrize(
        ("shape", "help_text"),
        [
            ([None, 1, 9, 14, 25], "give the input without axis 1: [null, 9, 14, 25]"),
            ([2, 9, 14, 25, 3], "use `conv3d`, or take 1 axis out of what arrives"),
            ([2, 1, 9, 14, 1, 3], "take axes 1 and 4 out, so that [2, 9, 14, 3] arrives here"),
        ],
    )
    def test_axes_too_many_are_not_said_to_lack(
        self, shape: list[int | None], help_text: str, answered: Answered
    ) -> None:
        layers = [{"type": "conv2d", "filters": 8, "kernel_size": 3}]
        [error] = errors(answered(NETWORK, {"framework": "keras", "input_shape": shape, "layers": layers}))
        assert error["help"] == help_text

    def test_a_norm_of_flat_features_is_another_layer(self, answered: Answered) -> None:
        layers = [{"type": "batch_norm2d", "num_features": 10}]
        [error] = errors(answered(NETWORK, {"input_shape": [4, 10], "layers": layers}))
        assert error["help"] == "use `batch_norm1d`"


class TestBatchTakenForChannels:
    """PyTorch reads an input of one axis less as one example, so that a batch counts as channels."""

    def test_a_convolution_of_one_axis_more_than_the_images_have(self, answered: Answered) -> None:
        body = {"input_shape": [100, 3, 24, 20], "layers": [{"type": "conv3d", "in_channels": 3, **VOLUME}]}
        [error] = errors(answered(NETWORK, body))
        assert error["message"] == (
            "`in_channels` is 3, but the input has 100 channels: it is read as one example, without a batch:"
            " [100, 3, 24, 20]"
        )
        assert titles(error) == [("use `conv2d`", "unsafe"), ("set `in_channels` to 100", "unsafe")]

    def test_framework_names_are_kept(self, answered: Answered) -> None:
        body = {"input_shape": [100, 3, 24, 20], "layers": [{"type": "nn.Conv3d", "in_channels": 3, **VOLUME}]}
        [error] = errors(answered(NETWORK, body))
        assert error["help"] == "use `nn.Conv2d`"

    def test_images_without_channels(self, answered: Answered) -> None:
        body = {"input_shape": [64, 28, 26], "layers": [{**CONV, "in_channels": 1}]}
        [error] = errors(answered(NETWORK, body))
        assert titles(error)[0] == ("give the input its channels: [64, 1, 28, 26]", "unsafe")
        patched = jsonpatch.apply_patch(body, error["fixes"][0]["patch"])
        assert answered(NETWORK, patched)["output_shape"] == [64, 8, 26, 24]

    def test_an_example_of_other_channels_is_what_it_was(self, answered: Answered) -> None:
        body = {"input_shape": [64, 28, 26], "layers": [{**CONV, "in_channels": 32}]}
        [error] = errors(answered(NETWORK, body))
        assert titles(error) == [("set `in_channels` to 64", "safe")]


VOLUME = {"out_channels": 8, "kernel_size": 3, "padding": 1}


def test_a_batch_that_is_flattened_too_is_named(answered: Answered) -> None:
    layers = [
        {**CONV, "name": "conv"},
        {"name": "flat", "type": "flatten", "start_dim": 0},
        {"type": "relu"},
        {"type": "linear", "in_features": 8 * 4 * 5, "out_features": 10},
    ]
    body = {"input_shape": [2, 3, 6, 7], "layers": layers}
    [error] = errors(answered(NETWORK, body))
    assert error["message"].endswith("so that the batch is flattened too")
    assert titles(error)[:2] == [("set `start_dim` of `flat` to 1", "unsafe"), ("set `in_features` to 320", "unsafe")]
    assert answered(NETWORK, jsonpatch.apply_patch(body, error["fixes"][0]["patch"]))["output_shape"] == [2, 10]


class TestNegativePadding:
    """Padding below 0 has one name: out of range where it is refused, too much where it crops."""

    @pytest.mark.parametrize("framework", ["pytorch", "keras", "onnx", "jax"])
    @pytest.mark.parametrize("kind", ["conv2d", "max_pool2d", "conv_transpose2d", "pad"])
    @pytest.mark.parametrize("padding", [-1, [[-1, 0], [0, 0]], [[-20, 0], [0, 0]], [[-9, -9], [0, -1]]])
    def test_it_is_one_error_at_most(self, framework: str, kind: str, padding: Any, answered: Answered) -> None:
        layer: Document = {"type": kind, "padding": padding}
        if kind != "pad":
            layer |= {"kernel_size": 3, "stride": 1}
        if kind.startswith("conv"):
            layer["out_channels"] = 4
        shape = [1, 16, 16, 4] if framework == "keras" else [1, 4, 16, 16]
        report = answered(NETWORK, {"framework": framework, "input_shape": shape, "layers": [layer]})
        assert len(report["diagnostics"]) <= 1

    @pytest.mark.parametrize("framework", ["pytorch", "onnx", "jax"])
    def test_what_help_allows_to_crop_is_accepted(self, framework: str, answered: Answered) -> None:
        body = {"framework": framework, "input_shape": [1, 4, 16, 9], "layers": [{"type": "pad", "padding": CROP}]}
        [error] = errors(answered(NETWORK, body))
        most = int(error["help"].split()[3])
        body["layers"] = [{"type": "pad", "padding": [[-most, 0], [0, 0]]}]
        assert answered(NETWORK, body)["valid"]
        body["layers"] = [{"type": "pad", "padding": [[-most - 1, 0], [0, 0]]}]
        assert not answered(NETWORK, body)["valid"]


CROP = [[-20, 0], [0, 0]]


class TestEmptyOutput:
    """Whether more padding or less makes an output longer depends on the layer and the framework."""

    @pytest.mark.parametrize(
        ("framework", "layer", "word"),
        [
            ("jax", {"type": "conv_transpose2d", "kernel_size": 3, "padding": 0}, "make `padding` larger"),
            ("pytorch", {"type": "conv_transpose2d", "kernel_size": 3, "padding": 2}, "make `padding` smaller"),
            ("onnx", {"type": "conv_transpose2d", "kernel_size": 3, "pads": [2, 2, 2, 2]}, "make `pads` smaller"),
            ("pytorch", {"type": "pad", "padding": -1}, "make `padding` larger"),
            ("pytorch", {"type": "crop", "padding": 1}, "crop less"),
            ("pytorch", {"type": "upsample", "scale_factor": 0.4}, "make `scale_factor` larger"),
        ],
    )
    def test_help_points_the_right_way(
        self, framework: str, layer: Document, word: str, answered: Answered, refuse: Refuse
    ) -> None:
        body = {"framework": framework, "input_size": [2, 2], "layer": layer}
        found = answered(SIZE, body)["diagnostics"] if framework == "jax" else refuse(SIZE, body)["errors"]
        assert [one["help"] for one in found] == [f"{word}, or make the input larger"]


class TestUnusedLayers:
    """A wrong name is one mistake: the layer that it means is not unused beside."""

    LAYERS = (
        {**CONV, "name": "stem"},
        {"name": "boxes", "type": "relu"},
        {"name": "classes", "type": "conv2d", "out_channels": 2, "kernel_size": 1, "inputs": ["stem"]},
    )

    def test_declared_outputs_are_used(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 8, 7], "layers": list(self.LAYERS), "outputs": ["boxes", "classes:0"]}
        assert answered(NETWORK, body)["diagnostics"] == []

    @pytest.mark.parametrize("outputs", [["box", "classes"], ["boxes", "class"]])
    def test_a_misspelled_output_is_one_mistake(self, outputs: list[str], answered: Answered) -> None:
        body = {"input_shape": [1, 3, 8, 7], "layers": list(self.LAYERS), "outputs": outputs}
        assert [found["name"] for found in answered(NETWORK, body)["diagnostics"]] == ["unknown-input"]

    def test_a_layer_that_nothing_takes_is_still_a_warning(self, answered: Answered) -> None:
        body = {"input_shape": [1, 3, 8, 7], "layers": list(self.LAYERS), "outputs": ["classes"]}
        [warning] = answered(NETWORK, body)["diagnostics"]
        assert (warning["name"], warning["location"]) == ("unused-layer", "/layers/1")


def test_unknown_sizes_are_null_in_what_is_said(answered: Answered) -> None:
    body = {"input_shape": [1, 224, None, 3], "layers": [{**CONV, "in_channels": 3}]}
    [error] = errors(answered(NETWORK, body))
    assert error["help"] == "give the input as [1, 3, 224, null]"


def test_a_pixel_shuffle_wants_multiples_of_a_square(answered: Answered) -> None:
    """3 divides 12 channels, and is no way out."""
    body = {"input_shape": [1, 12, 4, 4], "layers": [{"type": "pixel_shuffle", "upscale_factor": 3}]}
    [error] = errors(answered(NETWORK, body))
    assert error["help"] == "give the layer before a multiple of 9 channels, or another `upscale_factor`"

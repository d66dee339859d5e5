"""Arrays that do not go together, and requests for too much."""

from typing import Any

import jsonpatch
import numpy as np
import pytest

from tests.api.bad_input.samples import (
    BATCH,
    CONVOLVE,
    IMAGE,
    KERNEL,
    NETWORK,
    Document,
    Limited,
    Post,
    Problem,
    Refuse,
    only,
    weight,
)


class TestOperands:
    """Arrays that do not go together, or not with the layer."""

    @pytest.mark.parametrize(
        ("body", "name", "location", "message"),
        [
            ({"weight": KERNEL}, "missing-parameter", "", "the body has no `input`"),
            ({"input": None, "weight": KERNEL}, "missing-parameter", "", "the body has no `input`"),
            ({"input": IMAGE}, "operand-missing-or-unused", "", "`conv` needs a `weight`"),
            (
                {"input": IMAGE, "layer": {"type": "conv_transpose2d"}},
                "operand-missing-or-unused",
                "",
                "`conv_transpose2d` needs a `weight`",
            ),
            (
                {"input": IMAGE, "weight": KERNEL, "layer": {"type": "max_pool2d", "kernel_size": 2}},
                "operand-missing-or-unused",
                "/weight",
                "`max_pool2d` takes no `weight`",
            ),
            (
                {"input": IMAGE, "bias": [1], "layer": {"type": "avg_pool2d", "kernel_size": 2}},
                "operand-missing-or-unused",
                "/bias",
                "`avg_pool2d` takes no `bias`",
            ),
            (
                {"input": BATCH, "weight": weight(2, 4, 2, 2), "bias": [1, 2, 3]},
                "bias-mismatch",
                "/bias",
                "`bias` has the shape [3], but there are 2 output channels",
            ),
            (
                {"input": BATCH, "weight": weight(2, 4, 2, 2), "bias": [[1, 2]]},
                "bias-mismatch",
                "/bias",
                "`bias` has the shape [1, 2], but there are 2 output channels",
            ),
            (
                {"input": BATCH, "weight": weight(3, 2, 2, 2), "layer": {"groups": 2}},
                "groups-do-not-divide-channels",
                "/layer/groups",
                "`groups` is 2, which does not divide 3 output channels",
            ),
            (
                {"input": BATCH, "weight": weight(2, 4, 2, 3), "layer": {"kernel_size": [3, 2]}},
                "weight-mismatch",
                "/layer/kernel_size",
                "`kernel_size` is [3, 2], but the weight says [2, 3]",
            ),
            (
                {"input": BATCH, "weight": weight(2, 4, 2, 2), "layer": {"filters": 7}},
                "weight-mismatch",
                "/layer/filters",
                "`filters` is 7, but the weight says 2",
            ),
            (
                {"input": [1, 2], "weight": [1, 2, 3]},
                "kernel-larger-than-input",
                "/weight",
                "the window spans 3 positions on axis 0, but the padded input has only 2 (2 + 0 + 0)",
            ),
            (
                {"input": [1, 2], "weight": [1], "layer": {"stride": 0}},
                "parameter-out-of-range",
                "/layer/stride",
                "`stride` is 0, below 1",
            ),
            (
                {"input": [1, 2], "weight": [1], "stride": 1},
                "unknown-parameter",
                "/stride",
                "the body takes no `stride`",
            ),
            (
                {"input": [1, 2], "weight": [1], "layer": {"padding": 2, "padding_mode": "reflect"}},
                "padding-exceeds-input",
                "/layer/padding",
                "`reflect` padding of 2 on axis 0 exceeds 1, the most that an input of 2 can give",
            ),
        ],
    )
    def test_what_does_not_go_together_is_named(
        self, refuse: Refuse, body: Document, name: str, location: str, message: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, body))
        assert (diagnostic["name"], diagnostic["location"], diagnostic["message"]) == (name, location, message)

    def test_channels_of_input_and_weight_have_to_agree(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": BATCH, "weight": weight(2, 3, 2, 2)}))
        assert (diagnostic["name"], diagnostic["location"]) == ("channel-mismatch", "/weight")
        assert "3" in diagnostic["message"]
        assert "4 channels" in diagnostic["message"]

    @pytest.mark.parametrize(
        ("body", "location", "count"),
        [
            ({"input": BATCH, "weight": weight(2, 4, 3), "layer": {"type": "conv2d"}}, "/weight", "3 axes"),
            ({"input": BATCH, "weight": KERNEL}, "/weight", "2 axes"),
            ({"input": IMAGE, "weight": [1, 2]}, "/weight", "1 axis"),
            ({"input": [1, 2, 3], "weight": KERNEL}, "/weight", "2 axes"),
            ({"input": BATCH, "layer": {"type": "max_pool1d", "kernel_size": 2}}, "/input", "4 axes"),
            ({"input": 1, "weight": [1]}, "/input", "0 axes"),
            ({"input": [IMAGE], "layer": {"type": "max_pool", "kernel_size": 2}}, "/input", "3 axes"),
        ],
    )
    def test_axes_of_input_and_weight_have_to_agree(
        self, refuse: Refuse, body: Document, location: str, count: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, body))
        assert (diagnostic["name"], diagnostic["location"]) == ("array-rank-mismatch", location)
        assert f"has {count}, but" in diagnostic["message"]
        assert "takes 1 to 5 axes" not in diagnostic["message"] or count == "0 axes"

    @pytest.mark.parametrize("type_name", ["relu", "linear", "flatten", "batch_norm2d"])
    def test_a_layer_that_is_not_applied_to_arrays_is_refused(self, refuse: Refuse, type_name: str) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": IMAGE, "layer": {"type": type_name}}))
        assert (diagnostic["name"], diagnostic["location"]) == ("unsuitable-layer-type", "/layer/type")
        assert "there is no layer type" not in diagnostic["message"], "there is one"

    @pytest.mark.parametrize(
        ("explain", "name", "location"),
        [
            ([[0, 0], [2, 0]], "position-out-of-range", "/explain/1"),
            ([[0]], "position-out-of-range", "/explain/0"),
            ([[0, 0, 0]], "position-out-of-range", "/explain/0"),
            ([[]], "position-out-of-range", "/explain/0"),
            ([[-1, 0]], "parameter-out-of-range", "/explain/0/0"),
            ([0, 0], "wrong-type", "/explain/0"),
            ([[0.0, 0]], "wrong-type", "/explain/0/0"),
            ("all", "wrong-type", "/explain"),
        ],
    )
    def test_a_position_to_explain_is_one_of_the_outputs(
        self, refuse: Refuse, explain: Any, name: str, location: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": IMAGE, "weight": KERNEL, "explain": explain}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, location)

    @pytest.mark.parametrize(
        "body",
        [
            {"input": BATCH, "weight": weight(2, 3, 2, 2)},
            {"input": BATCH, "weight": weight(3, 2, 2, 2), "layer": {"groups": 2}},
            {"input": [1, 2], "weight": [1, 2, 3]},
            {"input": [1, 2], "weight": [1], "layer": {"strid": 2}},
            {"input": [1, 2, 3], "weight": [1, 1], "layer": {"padding": "same", "stride": 2}},
        ],
        ids=["channels", "groups", "kernel", "name", "same"],
    )
    def test_a_fix_removes_its_diagnostic_and_adds_no_error(self, refuse: Refuse, post: Post, body: Document) -> None:
        for diagnostic in refuse(CONVOLVE, body)["errors"]:
            for fix in diagnostic["fixes"]:
                status, document = post(CONVOLVE, jsonpatch.apply_patch(body, fix["patch"]))
                assert status == 200, (fix["title"], document["detail"])


class TestTooLarge:
    """Small requests for huge answers: refused from the shapes, with the figure and the limit."""

    @pytest.mark.parametrize(
        ("body", "figure"),
        [
            (
                {"input": [[1, 2], [3, 4]], "weight": [[1]], "layer": {"type": "conv_transpose2d", "stride": 2**15}},
                (2**15 + 1) ** 2,
            ),
            ({"input": [1, 2], "weight": [1], "layer": {"type": "conv_transpose1d", "stride": 2**31 - 1}}, 2**31),
            (
                {
                    "input": [1, 2],
                    "weight": [1],
                    "layer": {"type": "conv_transpose1d", "stride": 2**29, "output_padding": 2**28},
                },
                2**29 + 2**28 + 1,
            ),
            ({"input": [1, 2], "weight": [1], "layer": {"padding": 2**28}}, 2**29 + 2),
            ({"input": [1, 2], "layer": {"type": "pad", "padding": [2**28]}}, 2**29 + 2),
            ({"input": [[1, 2]], "layer": {"type": "pad", "padding": [2**31 - 1, 2**31 - 1]}}, (2**32 - 1) * 2**32),
            ({"input": [[1, 2]], "layer": {"type": "adaptive_avg_pool2d", "output_size": 2**14}}, 2**28),
            ({"input": [[1, 2]], "layer": {"type": "adaptive_max_pool2d", "output_size": [2**31 - 1, 1]}}, 2**31 - 1),
            ({"framework": "jax", "input": [1, 2], "weight": [1], "layer": {"lhs_dilation": 2**30}}, 2**30 + 1),
        ],
    )
    def test_a_huge_output_is_refused(self, refuse: Refuse, body: Document, figure: int) -> None:
        diagnostic = only(refuse(CONVOLVE, body, 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/layer")
        expected = (
            f"the number of elements of the output is {figure}, above the limit of 16777216 (`max_output_elements`)"
        )
        assert diagnostic["message"] == expected

    @pytest.mark.parametrize(
        "body",
        [
            {"input": [1, 2], "weight": [1, 1], "layer": {"dilation": 2**30, "padding": 2**29}},
            {"input": [1, 2], "weight": [1], "layer": {"padding": 2**29, "stride": 2**29}},
            {
                "framework": "onnx",
                "input": [1, 2],
                "layer": {"type": "max_pool1d", "kernel_size": 2**30, "pads": [2**29, 2**29]},
            },
        ],
        ids=["dilation", "stride", "pool"],
    )
    def test_a_huge_padded_copy_is_refused(self, refuse: Refuse, body: Document) -> None:
        diagnostic = only(refuse(CONVOLVE, body, 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/layer")
        assert "above the limit of" in diagnostic["message"]

    def test_too_much_work_is_refused(self, limited: Limited, problem: Problem) -> None:
        ones = np.ones((40, 40), dtype=int).tolist()
        response = limited(max_work=100_000).post(CONVOLVE, json={"input": ones, "weight": weight(20, 20)})
        diagnostic = only(problem(response, 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/layer")
        assert "above the limit of 100000 (`max_work`)" in diagnostic["message"]

    @pytest.mark.parametrize(
        ("array", "figure"),
        [
            ({"shape": [2**20, 2**20], "dtype": "float32", "base64": "AAAA"}, 2**40),
            ({"shape": [2**62, 2**62], "dtype": "int8", "base64": "AAAA"}, 2**124),
            ({"shape": [2**25], "data": [1]}, 2**25),
            ({"shape": [2**63 - 1], "data": [1]}, 2**63 - 1),
        ],
    )
    def test_a_huge_shape_is_refused_whatever_the_data(self, refuse: Refuse, array: Document, figure: int) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": array, "weight": [1]}, 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/input")
        expected = f"the number of elements of `input` is {figure}, above the limit of 16777216 (`max_array_elements`)"
        assert diagnostic["message"] == expected

    @pytest.mark.parametrize("shape", [[2**63], [10**2000] * 3], ids=["2**63", "6000 digits"])
    def test_a_shape_that_no_array_has_is_refused_as_such(self, refuse: Refuse, shape: list[int]) -> None:
        errors = refuse(CONVOLVE, {"input": {"shape": shape, "data": [1]}, "weight": [1]})["errors"]
        assert errors[0]["name"] == "parameter-out-of-range"
        assert errors[0]["location"] == "/input/shape/0"

    def test_too_many_explanations_are_refused(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": IMAGE, "weight": KERNEL, "explain": [[0, 0]] * 101}, 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/explain")
        assert diagnostic["message"] == "the number of positions is 101, above the limit of 100 (`max_explained`)"

    def test_an_explanation_of_a_huge_window_is_refused(self, limited: Limited, problem: Problem) -> None:
        body = {"input": IMAGE, "weight": KERNEL, "explain": [[0, 0]]}
        response = limited(max_explained_elements=3).post(CONVOLVE, json=body)
        assert only(problem(response, 413))["location"] == "/explain"

    def test_too_many_layers_are_refused(self, limited: Limited, problem: Problem) -> None:
        body = {"input_shape": [1, 3, 8, 6], "layers": [{"type": "relu"}] * 21}
        diagnostic = only(problem(limited(max_layers=20).post(NETWORK, json=body), 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/layers")
        assert diagnostic["message"] == "the number of layers is 21, above the limit of 20 (`max_layers`)"


def test_a_depthwise_convolution_has_one_or_two_axes(refuse: Refuse) -> None:
    layer = {"type": "depthwise_conv"}
    body = {"framework": "keras", "input": weight(1, 3, 3, 3, 2), "weight": weight(2, 2, 2, 2, 1), "layer": layer}
    assert only(refuse(CONVOLVE, body))["name"] == "array-rank-mismatch"

"""Layers that cannot be read, or that their framework refuses."""

from typing import Any

import jsonpatch
import pytest

from tests.api.bad_input.samples import A_SIZE, LAYER, SIZE, Answered, Document, Refuse, only


class TestLayer:
    """A layer object with a mistake in it, posted for its output size."""

    @pytest.mark.parametrize(
        ("layer", "location", "message"),
        [
            ("conv2d", "/layer", '`layer` is the string "conv2d", not an object'),
            ([], "/layer", "`layer` is a list of 0, not an object"),
            ({"type": 3}, "/layer/type", "`type` is the integer 3, not the name of a layer type"),
        ],
    )
    def test_a_layer_is_an_object_with_a_type(self, refuse: Refuse, layer: Any, location: str, message: str) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"], diagnostic["message"]) == ("wrong-type", location, message)

    @pytest.mark.parametrize(
        ("body", "location", "message"),
        [
            ({}, "", "the body has no `layer`"),
            ({"layer": None}, "", "the body has no `layer`"),
            ({"layer": {"kernel_size": 3}}, "/layer", "the layer has no `type`"),
            ({"layer": {"type": None}}, "/layer", "the layer has no `type`"),
            ({"layer": {"type": "conv1d"}}, "/layer", "`conv1d` has no `kernel_size`"),
            ({"layer": {"type": "conv1d", "kernel_size": None}}, "/layer", "`conv1d` has no `kernel_size`"),
            ({"layer": {"type": "max_pool1d"}}, "/layer", "`max_pool1d` has no `kernel_size`"),
            ({"layer": {"type": "adaptive_avg_pool1d"}}, "/layer", "`adaptive_avg_pool1d` has no `output_size`"),
            ({"layer": {"type": "pad"}}, "/layer", "`pad` has no `padding`"),
        ],
    )
    def test_what_has_no_default_has_to_be_given(
        self, refuse: Refuse, body: Document, location: str, message: str
    ) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, **body}))
        assert (diagnostic["name"], diagnostic["location"]) == ("missing-parameter", location)
        assert diagnostic["message"] == message

    def test_an_unknown_layer_type_gets_the_nearest_name(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": {"type": "maxpool1d", "kernel_size": 3}}))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-layer-type", "/layer/type")
        assert diagnostic["message"] == 'there is no layer type "maxpool1d"'
        assert diagnostic["help"] == "write `max_pool1d`"
        assert diagnostic["fixes"][0]["patch"][-1] == {"op": "replace", "path": "/layer/type", "value": "max_pool1d"}

    def test_an_unknown_layer_type_like_none_points_to_the_list(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": {"type": "xyzzy"}}))
        assert diagnostic["help"] == "choose a type from the list of layers"
        assert diagnostic["fixes"] == []

    def test_an_unknown_parameter_gets_the_nearest_name_and_a_fix(self, refuse: Refuse, answered: Answered) -> None:
        body = {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3, "strid": 2}}
        diagnostic = only(refuse(SIZE, body))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-parameter", "/layer/strid")
        assert diagnostic["message"] == "`conv1d` takes no `strid`"
        assert diagnostic["help"] == "write `stride`, or remove it"
        renamed, removed = (jsonpatch.apply_patch(body, fix["patch"]) for fix in diagnostic["fixes"])
        assert answered(SIZE, renamed)["output_size"] == [2]
        assert answered(SIZE, removed)["output_size"] == [4]

    def test_a_misspelled_parameter_is_not_also_missing(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": {"type": "conv1d", "kernal_size": 3}}))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-parameter", "/layer/kernal_size")

    def test_a_parameter_of_another_layer_is_unknown(self, refuse: Refuse) -> None:
        layer = {"type": "max_pool1d", "kernel_size": 3, "out_channels": 4}
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-parameter", "/layer/out_channels")

    def test_a_parameter_is_spelled_once(self, refuse: Refuse) -> None:
        layer = {"type": "conv1d", "kernel_size": 3, "stride": 2, "strides": 2}
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"]) == ("conflicting-parameters", "/layer/strides")
        assert diagnostic["message"] == "`stride` and `strides` both set `stride`"

    @pytest.mark.parametrize(
        ("value", "shown", "inner"),
        [
            ("3", 'the string "3"', ""),
            (3.0, "the number 3.0", ""),
            (3.5, "the number 3.5", ""),
            (True, "true", ""),
            ({}, "an object", ""),
            (["3"], 'the string "3"', "/0"),
            ([3.0], "the number 3.0", "/0"),
            ([[3]], "a list of 1", "/0"),
            ([None], "null", "/0"),
        ],
    )
    @pytest.mark.parametrize("parameter", ["kernel_size", "stride", "dilation"])
    def test_nothing_but_an_integer_is_an_integer(
        self, refuse: Refuse, parameter: str, value: Any, shown: str, inner: str
    ) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": {**LAYER, parameter: value}}))
        assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", f"/layer/{parameter}{inner}")
        assert diagnostic["message"] == f"`{parameter}` is {shown}, not {A_SIZE}"
        assert diagnostic["help"] == f"give `{parameter}` {A_SIZE}"

    @pytest.mark.parametrize(
        ("value", "bound", "inner"),
        [
            (0, "0, below 1", ""),
            (-2, "-2, below 1", ""),
            (2**31, "2147483648, above 2147483647", ""),
            (10**30, "1000000000000000000000000000000, above 2147483647", ""),
            (int("9" * 4000), "9999999999999999999999999999999999999..., above 2147483647", ""),
            ([1, 0], "0, below 1", "/1"),
            ([-1, 1], "-1, below 1", "/0"),
            ([], "a list of 0, too few: the least is 1", ""),
            ([1, 1, 1, 1], "a list of 4, too many: the most is 3", ""),
        ],
    )
    @pytest.mark.parametrize("parameter", ["kernel_size", "stride", "dilation"])
    def test_sizes_and_steps_are_at_least_1(
        self, refuse: Refuse, parameter: str, value: Any, bound: str, inner: str
    ) -> None:
        layer = {"type": "conv2d", "kernel_size": 3, parameter: value}
        diagnostic = only(refuse(SIZE, {"input_size": [6, 5], "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"]) == ("parameter-out-of-range", f"/layer/{parameter}{inner}")
        assert diagnostic["message"] == f"`{parameter}` is {bound}"

    @pytest.mark.parametrize(
        ("padding", "inner"), [(-1, ""), ([1, -1], "/1"), ([[1, 1], [0, -1]], "/1/1"), ([[-1, 1], [0, 0]], "/0/0")]
    )
    @pytest.mark.parametrize("type_name", ["conv2d", "max_pool2d", "conv_transpose2d"])
    def test_pytorch_takes_no_negative_padding(self, refuse: Refuse, type_name: str, padding: Any, inner: str) -> None:
        layer = {"type": type_name, "kernel_size": 3, "padding": padding}
        diagnostic = only(refuse(SIZE, {"input_size": [6, 5], "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"]) == ("parameter-out-of-range", f"/layer/padding{inner}")
        assert diagnostic["message"] == "`padding` is -1, below 0"

    @pytest.mark.parametrize(
        ("padding", "name"),
        [
            ("sane", "parameter-out-of-range"),
            (1.5, "wrong-type"),
            (True, "wrong-type"),
            ({}, "wrong-type"),
            ([], "parameter-out-of-range"),
        ],
    )
    def test_padding_has_to_be_an_amount_or_a_name(self, refuse: Refuse, padding: Any, name: str) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": 6, "layer": {**LAYER, "padding": padding}}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, "/layer/padding")

    @pytest.mark.parametrize(
        ("pads", "name"),
        [([1], "wrong-type"), ([1, 1, 1], "wrong-type"), ("1,1", "wrong-type"), ([], "wrong-type"), (1, "wrong-type")],
    )
    def test_pads_come_in_pairs(self, refuse: Refuse, pads: Any, name: str) -> None:
        body = {"framework": "onnx", "input_size": 6, "layer": {**LAYER, "pads": pads}}
        diagnostic = only(refuse(SIZE, body))
        assert (diagnostic["name"], diagnostic["location"]) == (name, "/layer/pads")
        assert diagnostic["message"].endswith("not two integers per axis: all begins, then all ends")

    @pytest.mark.parametrize("parameter", ["kernel_size", "stride", "dilation", "padding"])
    def test_a_parameter_has_one_entry_per_axis(self, refuse: Refuse, parameter: str) -> None:
        layer = {"type": "conv2d", "kernel_size": 1, parameter: [1, 1, 1]}
        diagnostic = only(refuse(SIZE, {"input_size": [6, 5], "layer": layer}))
        assert (diagnostic["name"], diagnostic["location"]) == ("rank-mismatch", f"/layer/{parameter}")
        assert diagnostic["message"] == f"`{parameter}` has 3 entries, but there are 2 spatial axes"

    def test_pads_of_another_rank_are_counted_as_they_were_written(self, refuse: Refuse) -> None:
        body = {"framework": "onnx", "input_size": 6, "layer": {**LAYER, "pads": [1, 1, 1, 1]}}
        diagnostic = only(refuse(SIZE, body))
        assert (diagnostic["name"], diagnostic["location"]) == ("rank-mismatch", "/layer/pads")
        assert diagnostic["message"] == "`pads` has 4 entries, but there is 1 spatial axis"

    def test_a_size_has_as_many_axes_as_the_layer(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"input_size": [6, 5], "layer": LAYER}))
        assert (diagnostic["name"], diagnostic["location"]) == ("rank-mismatch", "/input_size")
        assert diagnostic["message"] == "`conv1d` has 1 spatial axis, but the size has 2"

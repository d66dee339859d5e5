"""Mistakes that courses and calculators teach: each gets an answer that shows why it is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Find = Callable[[Document, str], Document]

PATH = "/v1/output-size"


def test_the_size_of_6_under_3_with_stride_2_is_2_and_not_3(answered: Answered, find: Find) -> None:
    """The tutorial that this project grew from has 3, which is what "same" gives."""
    layer = {"type": "conv1d", "kernel_size": 3, "stride": 2}
    document = answered(PATH, {"input_size": 6, "layer": layer})
    assert document["output_size"] == [2]
    assert document["axes"][0]["formula"] == "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2"
    assert find(document, "unread-input")["message"] == (
        "position 5 of axis 0 is never read: (6 - 3) / 2 is not whole, so it is floored to 1"
    )
    same = answered(PATH, {"framework": "keras", "input_size": 6, "layer": {**layer, "padding": "same"}})
    assert same["output_size"] == [3]


def test_same_is_the_ceiling_and_not_the_quotient(answered: Answered) -> None:
    layer = {"type": "conv1d", "kernel_size": 3, "stride": 2, "padding": "same"}
    document = answered(PATH, {"framework": "keras", "input_size": 7, "layer": layer})
    assert document["axes"][0]["formula"] == "floor((7 + 1 + 1 - 1*(3 - 1) - 1) / 2) + 1 = 4"


def test_4_over_2_and_1_more_is_3(answered: Answered) -> None:
    layer = {"type": "conv1d", "kernel_size": 3, "stride": 2, "padding": 1}
    document = answered(PATH, {"input_size": 5, "layer": layer})
    assert document["axes"][0]["formula"] == "floor((5 + 1 + 1 - 1*(3 - 1) - 1) / 2) + 1 = 3"


def test_rounding_up_is_not_the_plain_ceiling(answered: Answered) -> None:
    layer = {"type": "max_pool1d", "kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}
    document = answered(PATH, {"input_size": 5, "layer": layer})
    assert document["axes"][0]["formula"] == (
        "ceil((5 + 1 + 1 - 1*(2 - 1) - 1) / 2) + 1 - 1 (the last window would start past the input) = 3"
    )


def test_half_an_even_kernel_does_not_keep_the_size(answered: Answered, find: Find) -> None:
    layer = {"type": "conv1d", "kernel_size": 4, "padding": 2}
    document = answered(PATH, {"input_size": 8, "layer": layer})
    assert document["output_size"] == [9]
    warning = find(document, "even-kernel-padding")
    assert warning["message"] == (
        "`padding` 2 on both ends of axis 0 makes 9 of 8: a window of 4 keeps the size with 1 and 2"
    )
    assert warning["location"] == "/layer/padding"
    padding = answered("/v1/padding", {"input_size": 8, "output_size": "same", "layer": layer})
    assert (padding["padding"], padding["symmetric"]) == ([[1, 2]], False)


@pytest.mark.parametrize("layer", [{"kernel_size": 4, "padding": 1}, {"kernel_size": 3, "padding": 1}])
def test_other_paddings_are_no_mistake(answered: Answered, layer: Document) -> None:
    assert answered(PATH, {"input_size": 8, "layer": {"type": "conv1d", **layer}})["diagnostics"] == []


def test_padding_of_2_adds_4(answered: Answered) -> None:
    document = answered(PATH, {"input_size": 8, "layer": {"type": "conv1d", "kernel_size": 3, "padding": 2}})
    assert document["axes"][0]["padding"] == [2, 2]
    assert document["axes"][0]["formula"] == "floor((8 + 2 + 2 - 1*(3 - 1) - 1) / 1) + 1 = 10"


def test_output_padding_only_chooses_among_sizes(refuse: Refuse, client: FlaskClient, find: Find) -> None:
    layer = {"type": "conv_transpose1d", "kernel_size": 2, "stride": 2, "output_padding": 2}
    diagnostic = find(refuse(PATH, {"input_size": 4, "layer": layer}), "output-padding-out-of-range")
    assert "It does not pad: it chooses among" in client.get(diagnostic["url"]).get_data(as_text=True)


def test_one_multiply_accumulate_is_two_operations(answered: Answered) -> None:
    layers = [{"type": "conv2d", "out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3}]
    document = answered("/v1/networks/validate", {"input_shape": [1, 3, 224, 224], "layers": layers})
    assert (document["totals"]["macs"], document["totals"]["flops"]) == (118_013_952, 236_027_904)


def test_a_transposed_convolution_is_counted_by_its_input(answered: Answered) -> None:
    """By its output, as some tools count, it would be `s*s` times as much."""
    layers = [{"type": "conv_transpose2d", "out_channels": 5, "kernel_size": 2, "stride": 2}]
    document = answered("/v1/networks/validate", {"input_shape": [1, 3, 4, 4], "layers": layers})
    assert document["totals"]["macs"] == 4 * 4 * 3 * 5 * 2 * 2


@pytest.mark.parametrize(("kernel", "uneven"), [(3, True), (2, False), (4, False)])
def test_overlap_is_uneven_where_the_kernel_is_no_multiple_of_the_stride(
    answered: Answered, kernel: int, uneven: bool
) -> None:
    layer = {"type": "conv_transpose1d", "kernel_size": kernel, "stride": 2}
    names = [diagnostic["name"] for diagnostic in answered(PATH, {"input_size": 4, "layer": layer})["diagnostics"]]
    assert names == (["checkerboard"] if uneven else [])


def test_a_pool_halves_only_even_sizes(answered: Answered, find: Find) -> None:
    layer = {"type": "max_pool1d", "kernel_size": 2}
    document = answered(PATH, {"input_size": 7, "layer": layer})
    assert document["output_size"] == [3]
    assert find(document, "unread-input")["help"] == "give the input 6 positions there, or pad it by 1 more"


def test_a_receptive_field_is_neither_the_kernel_nor_a_sum(answered: Answered) -> None:
    """Two kernels of 3 with stride 2 see 7; along a skip it is all that either path sees."""
    conv = {"type": "conv1d", "out_channels": 1, "kernel_size": 3}
    layers = [
        {**conv, "stride": 2, "padding": 1},
        {**conv, "padding": 1, "name": "last"},
        {"type": "add", "inputs": ["last", "conv1d_0"]},
    ]
    document = answered("/v1/networks/validate", {"input_shape": [1, 1, 32], "layers": layers})
    assert [layer["receptive_field"]["size"] for layer in document["layers"]] == [[3], [7], [7]]

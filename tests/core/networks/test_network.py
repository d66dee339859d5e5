"""A network by itself: names, the sizes of its inputs, and where its tensors come from."""

import pytest

from service.core.geometry.shapes import Shape
from tests.core.networks.build import CONV, POOL, RELU, network


def test_a_layer_without_a_name_is_called_by_its_type_and_index() -> None:
    assert network([CONV, {**RELU, "name": "act"}, RELU]).names == ["conv2d_0", "act", "relu_2"]


@pytest.mark.parametrize(
    ("inputs", "sizes"),
    [
        ({"a": (1, 3, 9, 7)}, (9, 7)),
        ({"a": (1, 3, 9, 7), "b": (2, 1, 9, 7)}, (9, 7)),
        ({"a": (1, 3, 9, 7), "b": (1, 3, 9, 8)}, ()),
        ({"a": (1, 3, None, 7)}, ()),
        ({"a": (1, 12)}, ()),
    ],
)
def test_inputs_share_sizes_only_where_all_are_equal_and_known(
    inputs: dict[str, Shape], sizes: tuple[int, ...]
) -> None:
    assert network([RELU], **inputs).common_sizes == sizes


def test_resized_inputs_keep_batch_and_channels() -> None:
    resized = network([RELU], a=(2, 3, 9, 7), b=(None, 1, 9, 7)).resized_inputs((5, 6))
    assert resized == {"a": (2, 3, 5, 6), "b": (None, 1, 5, 6)}


def test_a_source_is_a_layer_or_an_input() -> None:
    built = network([CONV, {**POOL, "name": "pool"}])
    own_input = built.source("input")
    assert (own_input.name, own_input.location, own_input.layer) == ("input", ("inputs", "input"), None)
    pool = built.source(1, built.source(0))
    assert (pool.name, pool.location, pool.layer) == ("pool", ("layers", 1), built.nodes[1].description.layer)
    assert pool.origin == built.source(0)

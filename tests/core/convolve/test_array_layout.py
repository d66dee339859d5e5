"""Posted arrays brought to our order of axes, and results back to theirs."""

from typing import Any

import numpy as np
import pytest

from service.core.convolve.array_layout import Arrangement, Form, arranged
from service.core.frameworks import FRAMEWORKS
from service.core.geometry.shapes import CHANNELS_FIRST, CHANNELS_LAST
from service.core.layers import LAYERS
from tests.core.convolve.jobs import drawn

OUR_SHAPE = {Form.BARE: (1, 1, 5, 6), Form.UNBATCHED: (1, 3, 5, 6), Form.BATCHED: (2, 3, 5, 6)}


def arrangement(form: Form, layout: Any, weight: str = "OIS") -> Arrangement:
    return Arrangement(rank=2, form=form, layout=layout, weight=weight)


@pytest.mark.parametrize("layout", [CHANNELS_FIRST, CHANNELS_LAST])
@pytest.mark.parametrize("form", Form)
def test_outward_undoes_inward(form: Form, layout: Any) -> None:
    own = arrangement(form, layout)
    inside = drawn(OUR_SHAPE[form])
    outside = own.outward(inside)
    np.testing.assert_array_equal(own.inward(outside), inside)
    assert outside.ndim == 2 + form
    assert own.shape_inward(outside.shape) == inside.shape


@pytest.mark.parametrize("layout", [CHANNELS_FIRST, CHANNELS_LAST])
@pytest.mark.parametrize("form", Form)
def test_a_position_moves_as_its_value_does(form: Form, layout: Any) -> None:
    own = arrangement(form, layout)
    inside = np.arange(np.prod(OUR_SHAPE[form])).reshape(OUR_SHAPE[form])
    outside = own.outward(inside)
    for position in np.ndindex(outside.shape):
        assert inside[own.position_inward(position)] == outside[position]


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("transposed", [False, True])
def test_a_weight_comes_with_its_channels_first(framework: str, transposed: bool) -> None:
    row = FRAMEWORKS[framework]
    axes, order = (row.transposed_weight, "IO") if transposed else (row.weight, "OI")
    sizes = {"O": [4], "I": [3], "S": [5, 6]}
    weight = drawn(tuple(size for letter in axes for size in sizes[letter]))
    inward = arrangement(Form.BATCHED, row.layout, axes).weight_inward(weight, order)
    assert inward.shape == (*sizes[order[0]], *sizes[order[1]], 5, 6)


@pytest.mark.parametrize(
    ("kind", "input_axes", "weight_axes", "expected"),
    [
        ("conv2d", 4, 4, (2, Form.BATCHED)),
        ("conv2d", 3, 4, (2, Form.UNBATCHED)),
        ("conv2d", 2, 2, (2, Form.BARE)),
        ("conv", 4, 4, (2, Form.BATCHED)),
        ("conv", 2, 2, (2, Form.BARE)),
        ("conv", 3, 3, (3, Form.BARE)),
        ("conv", 3, 4, (2, Form.UNBATCHED)),
        ("conv", 2, 4, None),
        ("conv", 6, 5, None),
        ("conv2d", 5, 4, None),
        ("max_pool1d", 3, None, (1, Form.BATCHED)),
    ],
)
def test_the_rank_is_the_layers_or_else_the_weights(
    kind: str, input_axes: int, weight_axes: int | None, expected: tuple[int, Form] | None
) -> None:
    result = arranged(LAYERS[kind], None, input_axes, weight_axes, CHANNELS_FIRST, "OIS")
    if expected is None:
        assert isinstance(result, list)
        assert len(result) == 1
    else:
        assert isinstance(result, Arrangement)
        assert (result.rank, result.form) == expected

"""An algorithm asked for by name, over HTTP."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

PATH = "/v1/convolve"


def body(kernel: int = 3, **members: Any) -> Document:
    numbers = np.random.default_rng(0)
    source, weight = numbers.integers(-4, 5, (1, 8, 9, 9)), numbers.integers(-4, 5, (8, 8, kernel, kernel))
    return {"input": source.tolist(), "weight": weight.tolist(), "dtype": "float32", **members}


@pytest.mark.parametrize("algorithm", ["im2col", "shifted", "winograd_rows", "fft"])
def test_every_algorithm_gives_the_same_answer(answered: Answered, algorithm: str) -> None:
    document = answered(PATH, body(algorithm=algorithm))
    assert document["algorithm"] == algorithm
    np.testing.assert_allclose(document["output"], answered(PATH, body())["output"], atol=1e-3)


def test_fast_admits_what_is_less_exact(answered: Answered, refuse: Refuse) -> None:
    document = answered(PATH, body(algorithm="winograd_4x4", precision="fast"))
    assert document["algorithm"] == "winograd_4x4"
    [diagnostic] = refuse(PATH, body(algorithm="winograd_4x4"))["errors"]
    assert (diagnostic["name"], diagnostic["location"]) == ("algorithm-not-applicable", "/algorithm")


@pytest.mark.parametrize(("algorithm", "kernel"), [("direct", 3), ("winograd_rows", 6), ("col2im", 3)])
def test_an_algorithm_that_does_not_apply_is_refused(refuse: Refuse, algorithm: str, kernel: int) -> None:
    [diagnostic] = refuse(PATH, body(kernel, algorithm=algorithm))["errors"]
    assert diagnostic["name"] == "algorithm-not-applicable"
    assert f"`{algorithm}` cannot compute this layer" in diagnostic["message"]


def test_integers_are_never_rounded_on_the_way(refuse: Refuse) -> None:
    [diagnostic] = refuse(PATH, {**body(algorithm="fft"), "dtype": "int64"})["errors"]
    assert diagnostic["name"] == "algorithm-not-applicable"


def test_a_pool_has_no_choice_of_algorithms(refuse: Refuse) -> None:
    layer = {"type": "max_pool2d", "kernel_size": 2}
    [diagnostic] = refuse(PATH, {"input": [[1, 2], [3, 4]], "layer": layer, "algorithm": "im2col"})["errors"]
    assert diagnostic["name"] == "algorithm-not-applicable"


def test_a_transposed_convolution_may_be_spread(answered: Answered) -> None:
    layer = {"type": "conv_transpose2d", "stride": 2}
    posted = {**body(algorithm="col2im", layer=layer)}
    posted["weight"] = np.ones((8, 3, 3, 3)).tolist()
    spread = answered(PATH, posted)
    assert spread["algorithm"] == "col2im"
    assert spread["output"] == answered(PATH, {**posted, "algorithm": "im2col"})["output"]

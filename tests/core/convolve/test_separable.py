"""Depthwise and separable convolutions, computed as grouped ones and a mixing."""

import numpy as np
import pytest

from service.core.convolve import engine, run_job
from service.core.convolve.engine import Job, Operands
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import FRAMEWORKS
from service.schemas.read_layer import describe
from tests.core.convolve.jobs import Array, drawn


def separable(source: Array, weight: Array, pointwise: Array) -> Job:
    """A separable convolution of Keras, with its arrays in the order of Keras."""
    row, operands = FRAMEWORKS["keras"], Operands(source=source, weight=weight, pointwise=pointwise)
    supplied = {"kernel_size": list(weight.shape[:2])}
    described = describe(
        {"type": "separable_conv2d"}, ("layer",), default_type="conv", framework=row, supplied=supplied
    )
    assert isinstance(described, PostedLayer)
    arrangement = engine.arrange(described, operands, row, None)
    assert not isinstance(arrangement, list)
    job = engine.prepare(described, arrangement, operands, row)
    assert not isinstance(job, list), job
    return job


@pytest.mark.parametrize("held", [run_job.SEPARATE_BYTES, 1000])
def test_the_depthwise_step_and_then_the_mixing(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, or in parts that hold little in between."""
    monkeypatch.setattr(run_job, "SEPARATE_BYTES", held)
    source, weight, pointwise = drawn((2, 9, 8, 3)), drawn((3, 2, 3, 2)), drawn((1, 1, 6, 5))
    windows = np.lib.stride_tricks.sliding_window_view(source, (3, 2), (1, 2))
    separate = np.einsum("nhwckl,klcm->nhwcm", windows, weight).reshape(2, 7, 7, 6)
    output = engine.run(separable(source, weight, pointwise)).output
    np.testing.assert_allclose(output, separate @ pointwise[0, 0], atol=1e-12)

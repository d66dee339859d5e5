"""Functions of `torch`, most of them without documentation, and so without a signature there."""

import pytest

from service.operations.validate_network import OPERATION

SOURCE = """
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return {call}
"""
CALLS = {
    "torch.relu(x)": [2, 3, 8, 8],
    "torch.relu(input=x)": [2, 3, 8, 8],
    "torch.sigmoid_(x)": [2, 3, 8, 8],
    "torch.selu(x)": [2, 3, 8, 8],
    "torch.celu(x, 0.5)": [2, 3, 8, 8],
    "torch.rrelu(x)": [2, 3, 8, 8],
    "torch.threshold(x, 0.0, 1.0)": [2, 3, 8, 8],
    "torch.log_softmax(x, 1)": [2, 3, 8, 8],
    "torch.clamp_min(x, 0)": [2, 3, 8, 8],
    "torch.clamp_max(x, max=0)": [2, 3, 8, 8],
    "torch.max_pool1d(x[0], 2)": [3, 8, 4],
    "torch.max_pool2d(x, 3, stride=2, padding=1)": [2, 3, 4, 4],
    "torch.max_pool3d(x[None], 2, 1)": [1, 2, 2, 7, 7],
    "torch.dropout(x, 0.5, False)": [2, 3, 8, 8],
    "torch.alpha_dropout(x, 0.5, False)": [2, 3, 8, 8],
    "torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)": [2, 3, 8, 8],
    "torch.instance_norm(x, None, None, None, None, True, 0.1, 1e-5, False)": [2, 3, 8, 8],
    "torch.hstack([x, x[:, :1]])": [2, 4, 8, 8],
    "torch.dstack(tensors=[x, x])": [2, 3, 16, 8],
    "torch.group_norm(x, 3)": [2, 3, 8, 8],
    "torch.layer_norm(x, [8], None, None, 1e-5, False)": [2, 3, 8, 8],
}
"""Each call with the shape that PyTorch 2.13.0 gave for an input of [2, 3, 8, 8]."""


@pytest.mark.parametrize("call", CALLS)
def test_it_is_called_by_the_signature_that_the_compiler_has(call: str) -> None:
    body = {"model": {"source": SOURCE.format(call=call)}, "input_shape": [2, 3, 8, 8]}
    report = OPERATION.respond(body)
    assert report["diagnostics"] == []
    assert report["output_shape"] == tuple(CALLS[call])


def test_what_it_refuses_is_told() -> None:
    call = "torch.max_pool2d(x, 9)"
    report = OPERATION.respond({"model": {"source": SOURCE.format(call=call)}, "input_shape": [2, 3, 8, 8]})
    assert [each["name"] for each in report["diagnostics"]] == ["kernel-larger-than-input"]


def test_a_new_axis_alone_is_an_index() -> None:
    report = OPERATION.respond({"model": {"source": SOURCE.format(call="x[None] * 2")}, "input_shape": [2, 3]})
    assert (report["diagnostics"], report["output_shape"]) == ([], (1, 2, 3))


def test_what_is_joined_along_the_batch_is_told_so() -> None:
    report = OPERATION.respond({"model": {"source": SOURCE.format(call="torch.vstack((x, x))")}, "input_shape": [2, 3]})
    assert [each["name"] for each in report["diagnostics"]] == ["branches-joined-along-batch"]
    assert report["output_shape"] == (4, 3)

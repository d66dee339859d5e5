"""What the tests of bad input share: good requests, to be broken."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Document = dict[str, Any]
Post = Callable[[str, Any], tuple[int, Document]]
Find = Callable[[Document, str], Document]
Problem = Callable[[TestResponse, int], Document]
Refuse = Callable[..., Document]
PostForm = Callable[..., TestResponse]
Limited = Callable[..., FlaskClient]
Answered = Callable[[str, Any], Document]

SIZE = "/v1/output-size"
CONVOLVE = "/v1/convolve"
NETWORK = "/v1/networks/validate"
LAYER = {"type": "conv1d", "kernel_size": 3}
IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
KERNEL = [[1, 0], [0, -1]]
BATCH = np.ones((1, 4, 5, 6)).tolist()
FLOATS = np.arange(12, dtype=np.float32).reshape(3, 4)
ONES = np.ones((2, 2), np.float32)
A_SIZE = "an integer of at least 1, or one per axis"


def weight(*shape: int) -> Any:
    return np.ones(shape, dtype=int).tolist()


def only(document: Document) -> Document:
    """The problem's only diagnostic; its message is also the problem's detail."""
    [diagnostic] = document["errors"]
    assert document["detail"] == diagnostic["message"]
    return diagnostic


def saved(array: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()

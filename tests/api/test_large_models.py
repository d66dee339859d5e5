"""Large model files in a form: the body is read once, and nothing copies it on the way to the reader."""

import gzip
import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.api.bad_input.samples import Limited
from tests.models.files import posted, recorded
from tests.models.onnx_models import Built

VALIDATE = "/v1/networks/validate"
WEIGHTS = 50 * 2**20
"""Bytes of the weights."""
MOST_BESIDE = 5 * 2**20
"""Bytes that may be allocated beside the body. Measured: 1.02 MiB for each of the formats."""


def onnx_file() -> bytes:
    """A convolution with large weights."""
    text = "g (float[1, 1280, 8, 8] x) => (float[1, N, 6, 6] y) { y = Conv(x, w) }"
    return Built(text=text, weights={"w": (WEIGHTS // 4 // 9 // 1280, 1280, 3, 3)}).model.SerializeToString()


def zip_file(collection: str) -> bytes:
    """The first zip file of a collection, with weights beside the member that is read."""
    model = next(model for model in recorded(collection) if "data" in model)
    file = io.BytesIO(posted(model).data or b"")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("weights", bytes(WEIGHTS))
    return file.getvalue()


HEAD, END = b'--b\r\nContent-Disposition: form-data; name="model"; filename="model"\r\n\r\n', b"\r\n--b--\r\n"
FORM = "multipart/form-data; boundary=b"

FILES: dict[str, Callable[[], bytes]] = {
    "onnx": onnx_file,
    "keras": lambda: zip_file("keras"),
    "exported-program": lambda: zip_file("exported"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_in_a_form_is_not_copied(client: FlaskClient, name: str) -> None:
    file = FILES[name]()
    assert len(file) > 0.99 * WEIGHTS
    body = io.BytesIO(b"".join([HEAD, file, END]))
    length = body.getbuffer().nbytes
    tracemalloc.start()
    try:
        answer = client.post(VALIDATE, input_stream=body, content_length=length, content_type=FORM)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200, answer.json
    assert answer.json["layers"]
    assert length < peak < length + MOST_BESIDE


@pytest.mark.parametrize("declared", [True, False])
def test_a_form_that_is_too_large_is_refused_with_the_limit_of_models(limited: Limited, *, declared: bool) -> None:
    client = limited(max_body_bytes=1000, max_model_bytes=100_000)
    for weights, status in ((80_000, 422), (120_000, 413)):
        body = b"".join([HEAD, bytes(weights), END])
        length = {"content_length": len(body)} if declared else {}
        terminated = {"wsgi.input_terminated": True}
        answer = client.post(
            VALIDATE, input_stream=io.BytesIO(body), content_type=FORM, environ_overrides=terminated, **length
        )
        assert answer.status_code == status, answer.json
        assert ("100000 bytes (`max_model_bytes`)" in answer.json["detail"]) is (status == 413)


def test_a_compressed_form_is_no_larger_than_other_bodies(limited: Limited) -> None:
    client = limited(max_body_bytes=1000, max_model_bytes=100_000)
    for length, status in ((900, 422), (1100, 413)):
        body = b"".join([HEAD, b"\0" + random.Random(1).randbytes(length - 300), END])
        packed = gzip.compress(body) if status == 422 else body.ljust(length)
        headers = {"Content-Encoding": "gzip"}
        answer = client.post(VALIDATE, data=packed, content_type=FORM, headers=headers)
        assert answer.status_code == status, answer.json
        assert ("1000 bytes (`max_body_bytes`)" in answer.json["detail"]) is (status == 413)


def test_a_text_is_no_longer_than_what_may_be_read_of_a_file(limited: Limited) -> None:
    client = limited(max_unpacked_bytes=1000)
    text = b'{"layers": [{"type": "relu"}], "input_shape": [1, 2], "note": "' + b" " * 1000 + b'"}'
    answer = client.post(VALIDATE, data={"model": (io.BytesIO(text), "network.json")})
    assert answer.status_code == 413
    assert "max_unpacked_bytes" in answer.json["detail"]

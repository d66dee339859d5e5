"""Compressed bodies, right and wrong, as `/v1` reads them."""

import gzip
import io
import json
import zlib
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.api.bad_input.samples import CONVOLVE, FLOATS, ONES, SIZE, Limited, Problem, saved

BODY = json.dumps({"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}).encode()
JSON = "application/json"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress), ("identity", bytes), ("", bytes)],
)
def test_json_is_unpacked(client: FlaskClient, coding: str, pack: Callable[[bytes], bytes]) -> None:
    response = client.post(SIZE, data=pack(BODY), content_type=JSON, headers={"Content-Encoding": coding})
    assert response.json["output_size"] == [4]


def test_a_form_is_unpacked(client: FlaskClient) -> None:
    files = {
        name: FileStorage(io.BytesIO(saved(array)), f"{name}.npy")
        for name, array in (("input", FLOATS), ("weight", ONES))
    }
    boundary, data = encode_multipart({"request": "{}", **files})
    kind = f'multipart/form-data; boundary="{boundary}"'
    plain = client.post(CONVOLVE, data=data, content_type=kind)
    packed = client.post(CONVOLVE, data=gzip.compress(data), content_type=kind, headers={"Content-Encoding": "gzip"})
    assert plain.status_code == 200
    assert packed.json == plain.json


@pytest.mark.parametrize(
    ("data", "coding", "said"),
    [
        (BODY, "gzip", "the body is not gzip: "),
        (BODY, "deflate", "the body is not deflate: "),
        (zlib.compress(BODY), "gzip", "the body is not gzip: "),
        (b"", "gzip", "the body is not gzip: it breaks off"),
        (gzip.compress(BODY)[:-1], "gzip", "the body is not gzip: it breaks off"),
        (gzip.compress(BODY)[:20], "gzip", "the body is not gzip: it breaks off"),
        (gzip.compress(BODY) + b"x", "gzip", "the body is not gzip: it goes on after its end"),
        (gzip.compress(BODY)[:-8] + bytes(8), "gzip", "the body is not gzip: "),
    ],
    ids=["plain", "plain deflate", "other", "empty", "one short", "cut", "more", "checksum"],
)
def test_what_is_not_packed_as_it_says_is_a_400(
    client: FlaskClient, problem: Problem, data: bytes, coding: str, said: str
) -> None:
    response = client.post(SIZE, data=data, content_type=JSON, headers={"Content-Encoding": coding})
    assert problem(response, 400)["detail"].startswith(said)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
def test_another_encoding_is_a_415_that_names_the_right_ones(
    client: FlaskClient, problem: Problem, coding: str
) -> None:
    response = client.post(SIZE, data=BODY, content_type=JSON, headers={"Content-Encoding": coding})
    assert problem(response, 415)["detail"] == f"the body's encoding is {coding}; read here are gzip and deflate"
    assert response.headers["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_a_413(limited: Limited, problem: Problem, pack: Callable[[bytes], bytes]) -> None:
    headers = {"Content-Encoding": "gzip" if pack is gzip.compress else "deflate"}
    client = limited(max_body_bytes=10**5)
    for size, status in ((10**5, 400), (10**5 + 1, 413), (10**8, 413)):
        response = client.post(SIZE, data=pack(bytes(size)), content_type=JSON, headers=headers)
        detail = problem(response, status)["detail"]
        assert ("larger than the limit of 100000 bytes (`max_body_bytes`)" in detail) is (status == 413)

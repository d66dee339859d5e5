"""Large answers in JSON are sent in gzip to callers that take it."""

import gzip
import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.routes.encoding import LARGE, LARGEST

Document = dict[str, Any]

CONV = {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1}
TAKES = ["gzip", "GZIP", "gzip, deflate", "br;q=1.0, gzip;q=0.2", "*", "gzip;q=0.5, identity;q=0.5", "deflate, *;q=0.1"]
TAKES_NOT = [
    "",
    "identity",
    "deflate",
    "br, zstd",
    "gzip;q=0",
    "*, gzip;q=0",
    "gzip;q=0.2, identity",
    "gzipped",
    "g\u00e9",
]


def network(layers: int) -> Document:
    return {"input_shape": [1, 8, 32, 32], "layers": [CONV] * layers}


def validated(client: FlaskClient, layers: int, **headers: str) -> TestResponse:
    return client.post("/v1/networks/validate", json=network(layers), headers=headers)


class TestPosts:
    """Answers that are made for one request."""

    @pytest.mark.parametrize("accepted", TAKES)
    def test_a_large_one_is_compressed(self, client: FlaskClient, accepted: str) -> None:
        plain, packed = validated(client, 100), validated(client, 100, **{"Accept-Encoding": accepted})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
        assert json.loads(gzip.decompress(packed.data)) == plain.json
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("accepted", TAKES_NOT)
    def test_not_for_callers_that_do_not_take_it(self, client: FlaskClient, accepted: str) -> None:
        response = validated(client, 100, **{"Accept-Encoding": accepted})
        assert "Content-Encoding" not in response.headers
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.json["valid"]

    def test_a_small_one_is_sent_as_it_is(self, client: FlaskClient) -> None:
        response = validated(client, 1, **{"Accept-Encoding": "gzip"})
        assert len(response.data) < LARGE
        assert "Content-Encoding" not in response.headers
        assert "Vary" not in response.headers

    def test_one_that_would_take_long_is_sent_as_it_is(self, client: FlaskClient) -> None:
        item = {"input_size": [224, 224], "layer": {"type": "conv2d", "kernel_size": 7}}
        body = {"operation": "output-size", "items": [item] * 10_000}
        response = client.post("/v1/batch", json=body, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in response.headers
        assert len(response.data) > LARGEST

    @pytest.mark.parametrize("form", ["base64", "nested"])
    def test_numbers_are_compressed_only_as_text(self, client: FlaskClient, form: str) -> None:
        image = np.random.default_rng(1).standard_normal((100, 100))
        body = {
            "input": image.tolist(),
            "layer": {"type": "max_pool2d", "kernel_size": 1},
            **({"respond_with": "base64"} if form == "base64" else {}),
        }
        response = client.post("/v1/convolve", json=body, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200, response.data
        assert len(response.data) > LARGE
        assert ("Content-Encoding" in response.headers) is (form == "nested")


@pytest.mark.parametrize("path", ["/v1/layers", "/openapi.json", "/openapi.yaml", "/v1/diagnostics"])
class TestKept:
    """Answers that stay the same."""

    def test_each_form_has_its_etag(self, client: FlaskClient, path: str) -> None:
        plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-gzip"'
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("accepted", ["gzip", "identity"])
    def test_who_has_the_other_form_gets_this_one(self, client: FlaskClient, path: str, accepted: str) -> None:
        etags = {
            coding: client.get(path, headers={"Accept-Encoding": coding}).headers["ETag"]
            for coding in ("gzip", "identity")
        }
        for coding, etag in etags.items():
            headers = {"Accept-Encoding": accepted, "If-None-Match": etag}
            response = client.get(path, headers=headers)
            assert response.status_code == (304 if coding == accepted else 200)
            assert response.headers["ETag"] == etags[accepted]
            assert response.headers["Vary"] == "Accept-Encoding"
            assert ("Content-Encoding" in response.headers) is (coding != accepted == "gzip")

    def test_head_tells_its_length(self, client: FlaskClient, path: str) -> None:
        headers = {"Accept-Encoding": "gzip"}
        got, head = client.get(path, headers=headers), client.head(path, headers=headers)
        assert head.headers["Content-Length"] == got.headers["Content-Length"]
        assert (head.headers["Content-Encoding"], head.data) == ("gzip", b"")


@pytest.mark.parametrize("path", ["/v1/layers/conv2d", "/healthz", "/v2"])
def test_small_ones_have_one_form(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(response.data) < LARGE
    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers

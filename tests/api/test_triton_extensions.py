"""Triton's own extensions: configuration, statistics, the index of models; asked plainly and by Triton's client."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.operations.shared.array_job import APPLICABLE
from tests.api.test_inference import IMAGE, KERNEL, in_json, infer
from tests.examples.conftest import listening

INDEX = "/v2/repository/index"


def asked(client: FlaskClient, model: str = "max_pool2d") -> dict[str, Any]:
    """The statistics of a model."""
    [stats] = client.get(f"/v2/models/{model}/stats").json["model_stats"]
    assert stats["name"] == model
    return stats


class TestConfiguration:
    """`GET /v2/models/{model}/config`."""

    @pytest.mark.parametrize("model", sorted(APPLICABLE))
    def test_it_says_what_the_metadata_say(self, client: FlaskClient, model: str) -> None:
        config = client.get(f"/v2/models/{model}/config").json
        assert config == client.get(f"/v2/models/{model}/versions/1/config").json
        metadata = client.get(f"/v2/models/{model}").json
        for tensors, configured in (("inputs", "input"), ("outputs", "output")):
            assert [(each["name"], f"TYPE_{each['datatype']}", each["shape"]) for each in metadata[tensors]] == [
                (each["name"], each["data_type"], each["dims"]) for each in config[configured]
            ]
        optional = {each["name"] for each in config["input"] if each["optional"]}
        assert optional == {"bias"} & {each["name"] for each in config["input"]}

    @pytest.mark.parametrize("path", ["none/config", "none/stats", "conv2d/versions/2/config"])
    def test_a_model_that_there_is_not_is_a_404(self, client: FlaskClient, path: str) -> None:
        response = client.get(f"/v2/models/{path}")
        assert (response.status_code, response.json.keys()) == (404, {"error"})


class TestStatistics:
    """`GET /v2/models/{model}/stats` and `GET /v2/models/stats`."""

    def test_what_succeeds_and_what_fails_is_counted(self, client: FlaskClient) -> None:
        before = asked(client)
        body = {"inputs": [in_json("input", IMAGE)], "parameters": {"kernel_size": 2}}
        for _ in range(3):
            assert infer(client, "max_pool2d", body).status_code == 200
        assert infer(client, "max_pool2d", {"inputs": []}).status_code == 400
        after = asked(client)
        assert after["inference_count"] - before["inference_count"] == 3
        assert after["execution_count"] == after["inference_count"] == after["inference_stats"]["success"]["count"]
        for outcome, count in (("success", 3), ("fail", 1)):
            then, now = before["inference_stats"][outcome], after["inference_stats"][outcome]
            assert now["count"] - then["count"] == count
            assert 0 < now["ns"] - then["ns"] < 60e9
        assert client.get("/v2/models/max_pool2d/stats").headers["Cache-Control"] == "no-store"

    def test_a_model_that_there_is_not_is_not_counted(self, client: FlaskClient) -> None:
        infer(client, "none", {"inputs": []})
        assert 'model="none"' not in client.get("/metrics").text

    def test_those_of_all_are_those_of_each(self, client: FlaskClient) -> None:
        stats = client.get("/v2/models/stats").json["model_stats"]
        assert [each["name"] for each in stats] == sorted(APPLICABLE)
        assert asked(client) in stats


class TestIndex:
    """`POST /v2/repository/index`."""

    @pytest.mark.parametrize("body", [b"", b"{}", b'{"ready": true}', b'{"ready": false, "more": 1}'])
    def test_every_model_is_there_and_ready(self, client: FlaskClient, body: bytes) -> None:
        index = client.post(INDEX, data=body).json
        assert [entry["name"] for entry in index] == sorted(APPLICABLE)
        assert {(entry["version"], entry["state"], entry["reason"]) for entry in index} == {("1", "READY", "")}

    @pytest.mark.parametrize("body", [b"{", b"[]", b'{"ready": 1}', b"null"])
    def test_a_body_that_is_wrong_is_refused(self, client: FlaskClient, body: bytes) -> None:
        response = client.post(INDEX, data=body)
        assert (response.status_code, response.json.keys()) == (400, {"error"})


class TestTritonClient:
    """The client that people have installed, unmodified."""

    @pytest.fixture
    def triton(self) -> Iterator[Any]:
        http = pytest.importorskip("tritonclient.http")
        with listening(create_app()) as url, http.InferenceServerClient(url.removeprefix("http://")) as client:
            yield client

    def test_it_asks_for_configurations(self, triton: Any) -> None:
        assert triton.get_model_config("conv2d")["input"][0]["data_type"] == "TYPE_FP32"
        assert triton.get_model_config("conv2d", "1")["name"] == "conv2d"

    def test_it_asks_for_statistics(self, triton: Any) -> None:
        http = pytest.importorskip("tritonclient.http")
        before = triton.get_inference_statistics("conv", "1")["model_stats"][0]["inference_count"]
        tensors = []
        for name, array in (("input", IMAGE), ("weight", KERNEL)):
            tensors.append(http.InferInput(name, list(array.shape), "FP32"))
            tensors[-1].set_data_from_numpy(array)
        assert np.isfinite(triton.infer("conv", tensors).as_numpy("output")).all()
        [stats] = triton.get_inference_statistics("conv")["model_stats"]
        assert stats["inference_count"] == before + 1
        assert stats in triton.get_inference_statistics()["model_stats"]

    def test_it_asks_for_the_index(self, triton: Any) -> None:
        assert {"name": "conv2d", "version": "1", "state": "READY", "reason": ""} in triton.get_model_repository_index()

    def test_what_there_is_not_is_an_error_that_it_understands(self, triton: Any) -> None:
        error = pytest.importorskip("tritonclient.utils").InferenceServerException
        for call in (lambda: triton.load_model("conv2d"), triton.get_log_settings):
            with pytest.raises(error):
                call()

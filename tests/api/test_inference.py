"""`/v2`: the Open Inference Protocol, as its clients speak it."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

from service import __version__
from service.app import create_app
from service.operations.shared.array_job import APPLICABLE
from tests.examples.conftest import listening

Array = NDArray[Any]
Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

EXTENSIONS = ["binary_tensor_data", "model_configuration", "statistics"]
HEAD_LENGTH = "Inference-Header-Content-Length"
DATATYPES = {
    np.dtype(dtype).name: name
    for dtype, name in (
        *((np.float64, "FP64"), (np.float32, "FP32"), (np.float16, "FP16")),
        *((np.int64, "INT64"), (np.int32, "INT32"), (np.int16, "INT16"), (np.int8, "INT8")),
        *((np.uint64, "UINT64"), (np.uint32, "UINT32"), (np.uint16, "UINT16"), (np.uint8, "UINT8")),
    )
}
IMAGE = np.arange(24, dtype=np.float32).reshape(4, 6)
KERNEL = np.array([[1, 0], [0, -1]], np.float32)


def described(name: str, array: Array) -> Document:
    return {"name": name, "shape": list(array.shape), "datatype": DATATYPES[array.dtype.name]}


def in_json(name: str, array: Array) -> Document:
    return described(name, array) | {"data": array.reshape(-1).tolist()}


def in_bytes(name: str, array: Array) -> Document:
    return described(name, array) | {"parameters": {"binary_data_size": array.nbytes}}


def infer(client: FlaskClient, model: str, document: Any, *tensors: Array, **headers: str) -> TestResponse:
    """Posts a head and the bytes of tensors, as clients do: without a content type."""
    head = json.dumps(document).encode()
    lengths = {HEAD_LENGTH: str(len(head))} if tensors else {}
    body = head + b"".join(tensor.tobytes() for tensor in tensors)
    return client.post(f"/v2/models/{model}/infer", data=body, headers=lengths | headers)


def output_of(response: TestResponse) -> tuple[Document, Array]:
    """The head of an answer and its output, which is in JSON or comes after it."""
    assert response.status_code == 200, response.data[:300]
    data = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[response.headers.get("Content-Encoding")](
        response.data
    )
    end = int(response.headers.get(HEAD_LENGTH, len(data)))
    head = json.loads(data[:end])
    [tensor] = head["outputs"]
    dtype = next(name for name, datatype in DATATYPES.items() if datatype == tensor["datatype"])
    if HEAD_LENGTH not in response.headers:
        return head, np.array(tensor["data"], dtype).reshape(tensor["shape"])
    assert tensor["parameters"]["binary_data_size"] == len(data) - end
    return head, np.frombuffer(data[end:], dtype).reshape(tensor["shape"])


class TestMetadata:
    """The server and its models, and whether they are ready."""

    def test_the_server_names_its_extension(self, client: FlaskClient) -> None:
        expected = {"name": "padstride", "version": __version__, "extensions": EXTENSIONS}
        assert client.get("/v2").json == expected

    @pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready", "/v2/models/conv2d/versions/1/ready"])
    def test_it_is_live_and_ready(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200
        assert True in response.json.values()

    @pytest.mark.parametrize("model", sorted(APPLICABLE))
    def test_every_layer_that_is_applied_to_arrays_is_a_model(self, client: FlaskClient, model: str) -> None:
        metadata = client.get(f"/v2/models/{model}").json
        assert metadata == client.get(f"/v2/models/{model}/versions/1").json
        assert (metadata["name"], metadata["versions"]) == (model, ["1"])
        assert [tensor["name"] for tensor in metadata["outputs"]] == ["output"]
        assert client.get(f"/v2/models/{model}/ready").json == {"name": model, "ready": True}

    @pytest.mark.parametrize(
        ("model", "shapes"),
        [
            ("max_pool3d", {"input": 5}),
            ("pad", {"input": 1}),
            ("conv1d", {"input": 3, "weight": 3, "bias": 1}),
            ("separable_conv2d", {"input": 4, "weight": 4, "bias": 1, "pointwise_weight": 4}),
        ],
    )
    def test_the_inputs_are_those_of_the_layer(self, client: FlaskClient, model: str, shapes: dict[str, int]) -> None:
        metadata = client.get(f"/v2/models/{model}").json
        assert {tensor["name"]: len(tensor["shape"]) for tensor in metadata["inputs"]} == shapes


class TestJson:
    """Tensors in JSON."""

    def test_the_output_is_that_of_convolve(self, client: FlaskClient, answered: Answered) -> None:
        body = {"inputs": [in_json("input", IMAGE), in_json("weight", KERNEL)], "parameters": {"stride": "[1, 2]"}}
        head, output = output_of(infer(client, "conv2d", body))
        same = answered(
            "/v1/convolve",
            {
                "input": IMAGE.tolist(),
                "weight": KERNEL.tolist(),
                "layer": {"type": "conv2d", "stride": [1, 2]},
                "dtype": "float32",
            },
        )
        assert output.tolist() == same["output"]
        assert head["outputs"][0]["datatype"] == "FP32"
        assert head["parameters"] == {"algorithm": same["algorithm"]}

    @pytest.mark.parametrize("sent", [{}, {"id": "a"}, {"id": ""}])
    def test_an_id_comes_back(self, client: FlaskClient, sent: Document) -> None:
        body = {"inputs": [in_json("input", IMAGE)], "parameters": {"kernel_size": 2}, **sent}
        head, _ = output_of(infer(client, "max_pool2d", body))
        assert head.get("id", None) == sent.get("id")
        assert (head["model_name"], head["model_version"]) == ("max_pool2d", "1")

    def test_data_may_be_nested_as_the_shape_is(self, client: FlaskClient) -> None:
        nested = described("input", IMAGE) | {"data": IMAGE.tolist()}
        body = {"parameters": {"kernel_size": 2}}
        both = [
            output_of(infer(client, "max_pool2d", body | {"inputs": [tensor]}))[1]
            for tensor in (nested, in_json("input", IMAGE))
        ]
        assert np.array_equal(*both)

    def test_framework_and_layout_are_parameters_of_the_request(self, client: FlaskClient) -> None:
        image = np.moveaxis(IMAGE.reshape(1, 2, 3, 4), 1, 3)
        parameters = {"framework": "keras", "pool_size": 2, "padding": "same"}
        body = {"inputs": [in_json("input", image)], "parameters": parameters}
        _, output = output_of(infer(client, "max_pool2d", body))
        assert output.shape == (1, 2, 2, 2)
        first = {"inputs": [in_json("input", IMAGE.reshape(1, 2, 3, 4))]}
        layout = {"parameters": parameters | {"layout": "channels_first"}}
        _, moved = output_of(infer(client, "max_pool2d", first | layout))
        assert np.array_equal(np.moveaxis(output, 3, 1), moved)

    def test_unknown_members_and_parameters_of_schedulers_are_ignored(self, client: FlaskClient) -> None:
        parameters = {"kernel_size": 2, "priority": 1, "timeout": 5, "sequence_id": "x", "triton_enable": True}
        tensor = in_json("input", IMAGE) | {"more": 1, "parameters": {"more": 1}}
        output_of(infer(client, "avg_pool2d", {"inputs": [tensor], "parameters": parameters, "more": 1}))

    def test_any_content_type_and_any_accept_header_are_taken(self, client: FlaskClient) -> None:
        body = {"inputs": [in_json("input", IMAGE)], "parameters": {"kernel_size": 2}}
        for headers in ({}, {"Content-Type": "application/octet-stream"}, {"Accept": "text/html"}):
            output_of(infer(client, "max_pool2d", body, **headers))

    def test_the_path_names_the_model_whatever_the_body_says(self, client: FlaskClient) -> None:
        tensors = [in_json("input", IMAGE), in_json("weight", KERNEL)]
        document = {"inputs": tensors, "model": "max_pool2d", "version": 7}
        assert infer(client, "conv2d", document).json["model_name"] == "conv2d"


class TestBytes:
    """Tensors after the JSON."""

    @pytest.mark.parametrize("name", DATATYPES)
    def test_every_type_travels_both_ways(self, client: FlaskClient, name: str) -> None:
        image = np.arange(24).astype(name).reshape(1, 1, 4, 6)
        body = {"inputs": [in_bytes("input", image)], "parameters": {"binary_data_output": True, "padding": "[1, 2]"}}
        head, output = output_of(infer(client, "pad", body, image))
        assert head["outputs"][0]["datatype"] == DATATYPES[name]
        assert np.array_equal(output, np.pad(image, [(0, 0), (0, 0), (1, 1), (2, 2)]))

    @pytest.mark.parametrize("filler", range(8))
    def test_tensors_follow_in_the_order_of_the_inputs_at_any_alignment(self, client: FlaskClient, filler: int) -> None:
        """The length of the head decides how the bytes are aligned in memory."""
        bias = np.array(0.5, np.float64)
        inputs = [in_bytes("bias", bias), in_bytes("weight", KERNEL), in_bytes("input", IMAGE)]
        body = {"inputs": inputs, "parameters": {"binary_data_output": True}, "id": "x" * filler}
        _, output = output_of(infer(client, "conv", body, bias, KERNEL, IMAGE))
        assert np.array_equal(output, IMAGE[:-1, :-1] - IMAGE[1:, 1:] + 0.5)

    def test_one_request_may_mix_json_and_bytes(self, client: FlaskClient) -> None:
        body = {"inputs": [in_json("weight", KERNEL), in_bytes("input", IMAGE)]}
        _, output = output_of(infer(client, "conv", body, IMAGE))
        assert np.array_equal(output, IMAGE[:-1, :-1] - IMAGE[1:, 1:])

    @pytest.mark.parametrize(
        ("all_of_them", "this_one", "binary"),
        [(None, None, False), (True, None, True), (None, True, True), (True, False, False), (False, True, True)],
    )
    def test_an_output_may_override_whether_it_is_in_bytes(
        self, client: FlaskClient, all_of_them: bool | None, this_one: bool | None, binary: bool
    ) -> None:
        wanted = {"name": "output"} | ({} if this_one is None else {"parameters": {"binary_data": this_one}})
        parameters = {"kernel_size": 2} | ({} if all_of_them is None else {"binary_data_output": all_of_them})
        body = {"inputs": [in_json("input", IMAGE)], "parameters": parameters, "outputs": [wanted]}
        response = infer(client, "max_pool2d", body)
        assert response.content_type == ("application/octet-stream" if binary else "application/json")
        assert (HEAD_LENGTH in response.headers) is binary
        output_of(response)

    def test_bytes_carry_nan_and_infinity(self, client: FlaskClient) -> None:
        image = np.array([[np.nan, np.inf], [1, 2]], np.float32)
        body = {"inputs": [in_bytes("input", image)], "parameters": {"binary_data_output": True, "kernel_size": 1}}
        _, output = output_of(infer(client, "max_pool2d", body, image))
        assert np.array_equal(output, image, equal_nan=True)


class TestCompression:
    """Compressed bodies, and answers that are compressed as the caller asks."""

    @pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
    def test_the_length_of_the_head_is_counted_unpacked(
        self, client: FlaskClient, coding: str, pack: Callable[[bytes], bytes]
    ) -> None:
        head = json.dumps({"inputs": [in_bytes("input", IMAGE)], "parameters": {"kernel_size": 2}}).encode()
        headers = {"Content-Encoding": coding, HEAD_LENGTH: str(len(head))}
        response = client.post("/v2/models/max_pool2d/infer", data=pack(head + IMAGE.tobytes()), headers=headers)
        assert output_of(response)[1].tolist() == [[7, 9, 11], [19, 21, 23]]

    @pytest.mark.parametrize("binary", [False, True])
    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            ("gzip", "gzip"),
            ("deflate", "deflate"),
            ("deflate;q=0.5", "deflate"),
            ("gzip, deflate, br", None),
            ("br", None),
            ("gzip;q=0", None),
        ],
    )
    def test_an_answer_is_compressed_as_the_caller_asks(
        self, client: FlaskClient, accepted: str, coding: str | None, binary: bool
    ) -> None:
        body = {"inputs": [in_json("input", IMAGE)], "parameters": {"kernel_size": 2, "binary_data_output": binary}}
        response = infer(client, "max_pool2d", body, **{"Accept-Encoding": accepted})
        assert response.headers.get("Content-Encoding") == coding
        assert output_of(response)[1].tolist() == [[7, 9, 11], [19, 21, 23]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a service listens, without the scheme, as the client wants it."""
    with listening(create_app()) as url:
        yield url.removeprefix("http://")


CODINGS = [None, "gzip", "deflate"]


class TestTritonClient:
    """The client that people have installed, unmodified."""

    @pytest.fixture
    def triton(self) -> Any:
        return pytest.importorskip("tritonclient.http")

    def tensors(self, triton: Any, *, binary: bool) -> list[Any]:
        inputs = []
        for name, array in (("input", IMAGE), ("weight", KERNEL)):
            tensor = triton.InferInput(name, list(array.shape), "FP32")
            tensor.set_data_from_numpy(array, binary_data=binary)
            inputs.append(tensor)
        return inputs

    def test_it_finds_server_and_models(self, triton: Any, address: str) -> None:
        with triton.InferenceServerClient(address) as client:
            assert client.is_server_live()
            assert client.is_server_ready()
            assert client.is_model_ready("conv2d")
            assert client.is_model_ready("conv2d", "1")
            assert not client.is_model_ready("conv2d", "2")
            assert client.get_server_metadata()["extensions"] == EXTENSIONS
            assert client.get_model_metadata("conv2d", "1")["name"] == "conv2d"

    @pytest.mark.parametrize("answered", CODINGS)
    @pytest.mark.parametrize("asked", CODINGS)
    @pytest.mark.parametrize("binary", [False, True])
    def test_it_infers(self, triton: Any, address: str, binary: bool, asked: str | None, answered: str | None) -> None:
        with triton.InferenceServerClient(address) as client:
            result = client.infer(
                "conv",
                self.tensors(triton, binary=binary),
                outputs=[triton.InferRequestedOutput("output", binary_data=binary)],
                request_id="7",
                request_compression_algorithm=asked,
                response_compression_algorithm=answered,
                parameters={"stride": "[1, 2]", "flip_kernel": True},
            )
        assert np.array_equal(result.as_numpy("output"), (IMAGE[1:, 1:] - IMAGE[:-1, :-1])[:, ::2])
        assert result.get_response()["id"] == "7"

    def test_it_infers_concurrently(self, triton: Any, address: str) -> None:
        with triton.InferenceServerClient(address, concurrency=4) as client:
            requests = [client.async_infer("conv", self.tensors(triton, binary=True)) for _ in range(8)]
            results = [request.get_result().as_numpy("output") for request in requests]
        assert all(np.array_equal(result, IMAGE[:-1, :-1] - IMAGE[1:, 1:]) for result in results)

    @pytest.mark.parametrize("coding", CODINGS)
    def test_it_infers_with_asyncio(self, triton: Any, address: str, coding: str | None) -> None:
        aio = pytest.importorskip("tritonclient.http.aio")

        async def both() -> list[Any]:
            async with aio.InferenceServerClient(address) as client:
                assert await client.is_server_ready()
                assert await client.is_model_ready("conv")
                options = {"request_compression_algorithm": coding, "response_compression_algorithm": coding}
                return [
                    await client.infer("conv", self.tensors(triton, binary=binary), **options)
                    for binary in (False, True)
                ]

        for result in asyncio.run(both()):
            assert np.array_equal(result.as_numpy("output"), IMAGE[:-1, :-1] - IMAGE[1:, 1:])

    @pytest.mark.parametrize(
        ("model", "version", "parameters", "status", "said"),
        [
            ("conv9d", "", {}, "404", "there is no model `conv9d`"),
            ("conv", "3", {}, "404", "the model `conv` has no version 3"),
            ("conv", "", {"stride": 0}, "400", "`stride` is 0, below 1"),
            ("conv", "", {"strid": 2}, "400", "`conv` takes no `strid`"),
        ],
    )
    def test_it_raises_our_errors(
        self, triton: Any, address: str, model: str, version: str, parameters: Document, status: str, said: str
    ) -> None:
        error = pytest.importorskip("tritonclient.utils").InferenceServerException
        with triton.InferenceServerClient(address) as client, pytest.raises(error, match=said) as caught:
            client.infer(model, self.tensors(triton, binary=True), version, parameters=parameters)
        assert caught.value.status() == status

    def test_it_reads_the_error_of_an_unknown_path(self, triton: Any, address: str) -> None:
        with triton.InferenceServerClient(address) as client, pytest.raises(Exception, match="there is nothing at"):
            client.get_log_settings()

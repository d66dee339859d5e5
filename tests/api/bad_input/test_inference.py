"""`/v2`: requests that do not add up, every one refused with a text, before anything is made of it."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.routes.slots import compute_slot
from tests.api.bad_input.samples import Document, Limited
from tests.effort import calls

Refused = Callable[..., str]

PATH = "/v2/models/conv/infer"
HEAD_LENGTH = "Inference-Header-Content-Length"
INPUT = {"name": "input", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}
WEIGHT = {"name": "weight", "shape": [1, 1], "datatype": "FP32", "data": [1]}
BINARY = {"name": "input", "shape": [2, 2], "datatype": "FP32", "parameters": {"binary_data_size": 16}}


def without(tensor: Document, name: str) -> Document:
    return {member: value for member, value in tensor.items() if member != name}


def text(response: TestResponse, status: int) -> str:
    """The text of an error, which has to have this status and nothing beside the text."""
    assert response.status_code == status, response.data[:300]
    assert response.content_type == "application/json"
    assert response.json.keys() == {"error"}
    return response.json["error"]


@pytest.fixture
def refused(client: FlaskClient) -> Refused:
    """`refused(body, tail, status)` posts JSON and bytes after it, and gives the text of the error."""

    def send(body: Any, tail: bytes | None = None, status: int = 400, path: str = PATH, **headers: str) -> str:
        head = body if isinstance(body, bytes) else json.dumps(body).encode()
        lengths = {} if tail is None else {HEAD_LENGTH: str(len(head))}
        return text(client.post(path, data=head + (tail or b""), headers=lengths | headers), status)

    return send


class TestHead:
    """What is wrong with the JSON, or with where it ends."""

    @pytest.mark.parametrize("length", ["-1", "ten", "1.0", " ", "", "0x10", "٣", "1" * 30, "+5", "1e1"])
    def test_its_length_is_a_number(self, client: FlaskClient, length: str) -> None:
        headers = {HEAD_LENGTH: length.encode().decode("latin-1")}
        said = text(client.post(PATH, json={"inputs": [INPUT, WEIGHT]}, headers=headers), 400)
        assert "not a number of bytes" in said

    def test_it_ends_within_the_body(self, client: FlaskClient) -> None:
        said = text(client.post(PATH, data=b"{}", headers={HEAD_LENGTH: "3"}), 400)
        assert said == f"`{HEAD_LENGTH}` is 3, but the body has 2 bytes"

    @pytest.mark.parametrize("length", ["0", "1", "20"])
    def test_it_ends_where_the_json_does(self, client: FlaskClient, length: str) -> None:
        text(client.post(PATH, data=json.dumps({"inputs": [INPUT]}), headers={HEAD_LENGTH: length}), 400)

    @pytest.mark.parametrize("body", [b"", b" ", b"{", b"\x00\x01", b"[" * 10_000, b'{"inputs": [' * 10_000])
    def test_it_is_json(self, refused: Refused, body: bytes) -> None:
        refused(body)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ([], "the request is a list of 0, not an object"),
            (3, "the request is 3, not an object"),
            ({}, "the request has no `/inputs`"),
            ({"inputs": None}, "`/inputs` is null: input should be a valid list"),
            ({"inputs": []}, "`/inputs` is a list of 0: list should have at least 1 item, not 0"),
            ({"inputs": [3]}, "`/inputs/0` is 3, not an object"),
            ({"inputs": [{}]}, "the request has no `/inputs/0/name` (and 2 more)"),
            ({"inputs": [INPUT], "id": 3}, "`/id` is 3: input should be a valid string"),
            ({"inputs": [INPUT], "parameters": [1]}, "`/parameters` is a list of 1, not an object"),
            (
                {"inputs": [INPUT], "parameters": {"binary_data_output": 1}},
                "`/parameters/binary_data_output` is 1: input should be a valid boolean",
            ),
            ({"inputs": [INPUT], "outputs": [{}]}, "the request has no `/outputs/0/name`"),
        ],
    )
    def test_it_is_a_request(self, refused: Refused, body: Any, said: str) -> None:
        assert refused(body) == said

    def test_a_million_wrong_inputs_are_refused_for_their_number(self, refused: Refused) -> None:
        assert "should have at most 16 items" in refused({"inputs": [1] * 10**6})


class TestTensors:
    """Name, shape, type and data of a tensor."""

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ([INPUT, INPUT, WEIGHT], "the input `input` is given more than once"),
            ([WEIGHT], "there is no input `input`, which is what the layer is applied to"),
            ([INPUT | {"name": "x"}], 'there is no input "x"; there is input, weight, bias'),
            ([INPUT | {"name": 3}], "`/inputs/0/name` is 3: input should be a valid string"),
            (
                [INPUT | {"shape": [-1, -4]}],
                "`/inputs/0/shape/0` is -1: input should be greater than or equal to 0 (and 1 more)",
            ),
            ([INPUT | {"shape": [2.0, 2]}], "`/inputs/0/shape/0` is 2.0: input should be a valid integer"),
            ([INPUT | {"shape": [True, 4]}], "`/inputs/0/shape/0` is true: input should be a valid integer"),
            (
                [INPUT | {"shape": [1] * 6}],
                "`/inputs/0/shape` is a list of 6: list should have at most 5 items, not 6",
            ),
            ([INPUT | {"shape": 4}], "`/inputs/0/shape` is 4: input should be a valid list"),
            ([INPUT | {"shape": [0, 4], "data": []}], "`input` has no elements"),
            ([INPUT | {"shape": [2, 3]}], "a shape of [2, 3] needs 6 numbers, but there are 4"),
            ([INPUT | {"shape": [2**62]}], f"a shape of [{2**62}] needs {2**62} numbers, but there are 4"),
            (
                [INPUT | {"shape": [2**63]}],
                f"`/inputs/0/shape/0` is {2**63}: input should be less than or equal to {2**63 - 1}",
            ),
            (
                [INPUT | {"shape": [10**2000] * 3}],
                f"`/inputs/0/shape/0` is 1{36 * '0'}...: input should be less than or equal to {2**63 - 1}"
                " (and 2 more)",
            ),
            ([INPUT | {"data": [[1, 2]]}], "a shape of [2, 2] needs 2 rows, but there are 1"),
            ([INPUT | {"data": [[1], [2]]}], "`input` is a list of 2: of shape [2, 1], not [2, 2]"),
            ([INPUT | {"data": [[1, 2], [3]]}], "`input` is a list of 2: its rows differ in length or depth"),
            ([INPUT | {"data": 4}], "`input` is 4: not a list of numbers"),
            ([INPUT | {"data": ["1", 2, 3, 4]}], "`input` is a list of 4: not all of it are numbers"),
            ([INPUT | {"data": [True, False, True, False]}], "`input` is a list of 4: not all of it are numbers"),
            ([INPUT | {"data": [1, 2, 3, 1e39]}], "`input` is a list of 4: not all of it fits float32"),
            (
                [INPUT | {"datatype": "UINT8", "data": [1, 2, 3, 256]}],
                "`input` is a list of 4: not all of it fits uint8",
            ),
            (
                [INPUT | {"parameters": {"shared_memory_region": "x"}}],
                "`input` is in shared memory, which is not read here",
            ),
            ([without(INPUT, "data")], "`input` has neither `data` nor `binary_data_size`; it needs one of them"),
        ],
    )
    def test_it_adds_up(self, refused: Refused, inputs: list[Document], said: str) -> None:
        assert refused({"inputs": inputs}) == said

    @pytest.mark.parametrize("datatype", ["BOOL", "BYTES", "BF16", "FP8", "float32", "", "fp32"])
    def test_a_type_that_is_not_computed_with_is_named(self, refused: Refused, datatype: str) -> None:
        said = refused({"inputs": [INPUT | {"datatype": datatype}]})
        assert said.startswith(f'`input` has the datatype "{datatype}"; accepted are FP16, FP32, FP64, INT8, ')

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
    def test_json_has_no_word_for_what_is_not_finite(self, refused: Refused, number: str) -> None:
        body = json.dumps({"inputs": [INPUT, WEIGHT]}).replace("[1, 2, 3, 4]", f"[{number}, 2.5, 3, 4]")
        assert refused(body.encode()) == "`input` holds NaN or infinity, which JSON cannot carry"

    def test_a_huge_array_is_refused_with_the_limit(self, limited: Limited) -> None:
        client = limited(max_array_elements=3)
        expected = "the number of elements of `input` is 4, above the limit of 3 (`max_array_elements`)"
        assert text(client.post(PATH, json={"inputs": [INPUT, WEIGHT]}), 413) == expected
        head = json.dumps({"inputs": [BINARY]}).encode()
        response = client.post(PATH, data=head + bytes(16), headers={HEAD_LENGTH: str(len(head))})
        assert text(response, 413) == expected


class TestBytes:
    """What tensors claim of the bytes after the JSON."""

    @pytest.mark.parametrize(
        ("tensor", "tail", "said"),
        [
            (BINARY, bytes(15), "the inputs claim 16 bytes, but 15 bytes follow the JSON"),
            (BINARY, bytes(17), "the inputs claim 16 bytes, but 17 bytes follow the JSON"),
            (BINARY, b"", "the inputs claim 16 bytes, but 0 bytes follow the JSON"),
            (BINARY, None, "the inputs claim 16 bytes, but 0 bytes follow the JSON"),
            (INPUT, b"x", "the inputs claim 0 bytes, but 1 bytes follow the JSON"),
            (BINARY | {"data": [1]}, bytes(16), "`input` has both `data` and `binary_data_size`"),
            (BINARY | {"shape": [2, 3]}, bytes(16), "a shape of [2, 3] needs 24 bytes of FP32, but"),
            (BINARY | {"datatype": "FP64"}, bytes(16), "a shape of [2, 2] needs 32 bytes of FP64, but"),
            (BINARY | {"shape": [2**62, 4]}, bytes(16), f"a shape of [{2**62}, 4] needs {2**66} bytes"),
            (BINARY | {"shape": [0]}, b"", "`input` has no elements"),
            (BINARY | {"parameters": {"binary_data_size": -16}}, bytes(16), "`/inputs/0/parameters/binary_data_size`"),
            (BINARY | {"parameters": {"binary_data_size": "16"}}, bytes(16), "`/inputs/0/parameters/binary_data_size`"),
            (BINARY | {"parameters": {"binary_data_size": 10**40}}, bytes(16), "a shape of [2, 2] needs 16 bytes"),
        ],
    )
    def test_they_add_up(self, refused: Refused, tensor: Document, tail: bytes | None, said: str) -> None:
        with calls() as made:
            assert refused({"inputs": [tensor]}, tail).startswith(said)
        assert made.count < 20_000

    def test_two_tensors_share_no_bytes(self, refused: Refused) -> None:
        said = refused({"inputs": [BINARY, BINARY | {"name": "weight"}]}, bytes(16))
        assert said.startswith("the inputs claim 32 bytes, but 16 bytes follow")


class TestParameters:
    """The layer's parameters, and the request's."""

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({"stride": [1, 1]}, 'the parameter "stride" is a list of 2, not a number'),
            ({"stride": None}, 'the parameter "stride" is null, not a number'),
            ({"stride": {"x": 1}}, 'the parameter "stride" is an object, not a number'),
            ({"stride": "[1, 1"}, 'the parameter "stride" is "[1, 1", not a list in JSON'),
            ({"stride": "[" * 5000}, 'the parameter "stride" is "[[['),
            ({"stride": "[1, 1, 1]"}, "`stride` has 3 entries, but there are 2 spatial axes"),
            ({"stride": 0}, "`stride` is 0, below 1"),
            ({"stride": 0, "dilation": 0}, "`stride` is 0, below 1; `dilation` is 0, below 1"),
            ({"stride": "2"}, '`stride` is the string "2", not '),
            ({"stride": 1.5}, "`stride` is the number 1.5, not "),
            ({"strid": 1}, "`conv` takes no `strid`"),
            ({"type": "max_pool2d"}, "a layer takes no parameter `type` here: the path names it"),
            ({"name": "x"}, "a layer takes no parameter `name` here: the path names it"),
            ({"framework": "caffe"}, '`framework` is "caffe", which is not a choice'),
            ({"layout": 3}, "`layout` is the integer 3, not "),
            ({"flip_kernel": "yes"}, '`flip_kernel` is the string "yes", not '),
            ({"precision": 3}, '`precision` is the integer 3, not "default" or "fast"'),
            ({"algorithm": "guess"}, '`algorithm` is "guess", which is not a choice'),
            ({"opset": 3}, "a question about PyTorch takes no `opset`"),
        ],
    )
    def test_a_wrong_one_is_named(self, refused: Refused, parameters: Document, said: str) -> None:
        assert refused({"inputs": [INPUT, WEIGHT], "parameters": parameters}).startswith(said)

    @pytest.mark.parametrize(
        ("outputs", "said"),
        [
            ([{"name": "y"}], 'there is no output "y"; there is `output`'),
            ([{"name": "output"}, {"name": "output"}], "the output `output` is requested more than once"),
            (
                [{"name": "output", "parameters": {"classification": 3}}],
                "the parameter `classification` of an output is not supported",
            ),
            (
                [{"name": "output", "parameters": {"shared_memory_region": "x"}}],
                "the parameter `shared_memory_region` of an output is not supported",
            ),
            (
                [{"name": "output", "parameters": {"binary_data": "yes"}}],
                '`/outputs/0/parameters/binary_data` is "yes": input should be a valid boolean',
            ),
        ],
    )
    def test_there_is_one_output(self, refused: Refused, outputs: list[Document], said: str) -> None:
        assert refused({"inputs": [INPUT, WEIGHT], "outputs": outputs}) == said

    def test_a_layer_takes_only_its_own_inputs(self, refused: Refused) -> None:
        said = refused({"inputs": [INPUT, WEIGHT]}, path="/v2/models/max_pool2d/infer")
        assert said == 'there is no input "weight"; there is input'

    def test_arrays_have_to_fit_the_layer(self, refused: Refused) -> None:
        assert refused({"inputs": [INPUT]}) == "`conv` needs a `weight`"
        large = WEIGHT | {"shape": [3, 1], "data": [1, 2, 3]}
        assert "the window spans 3 positions" in refused({"inputs": [INPUT, large]})

    def test_integers_that_overflow_are_refused(self, refused: Refused) -> None:
        large = [tensor | {"datatype": "INT64", "data": [2**62] * len(tensor["data"])} for tensor in (INPUT, WEIGHT)]
        assert "does not fit" in refused({"inputs": large})

    def test_an_output_that_json_cannot_carry_is_to_be_asked_for_in_bytes(self, refused: Refused) -> None:
        large = [tensor | {"data": [1e38] * len(tensor["data"])} for tensor in (INPUT, WEIGHT)]
        assert "ask for bytes, with the parameter `binary_data_output`" in refused({"inputs": large})


class TestPlaces:
    """Models, versions, paths and methods that are not there."""

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("/v2/models/relu", "there is no model `relu`; the models are adaptive_avg_pool, "),
            ("/v2/models/conv9d/ready", "there is no model `conv9d`"),
            ("/v2/models/conv2d/versions/2", "the model `conv2d` has no version 2; there is 1"),
            ("/v2/models/conv2d/versions/01/ready", "the model `conv2d` has no version 01"),
            ("/v2/models/conv2d/trace", "there is nothing at `/v2/models/conv2d/trace`"),
            ("/v2/", "there is nothing at `/v2/`"),
        ],
    )
    def test_what_is_not_there_is_a_404(self, client: FlaskClient, path: str, said: str) -> None:
        assert text(client.get(path), 404).startswith(said)

    def test_infer_does_not_read_the_body_of_a_model_that_is_not_there(self, refused: Refused) -> None:
        assert refused(b"{", status=404, path="/v2/models/relu/infer").startswith("there is no model")

    def test_another_method_is_a_405(self, client: FlaskClient) -> None:
        assert text(client.get(PATH), 405) == f"`{PATH}` takes OPTIONS or POST, not GET"


class TestTooMuch:
    """Small requests for much, and what happens while the service is busy."""

    def test_too_much_is_refused_from_the_shapes(self, refused: Refused) -> None:
        body = {"inputs": [INPUT], "parameters": {"padding": "[10000, 10000]"}}
        assert "above the limit of 16777216 (`max_output_elements`)" in refused(
            body, status=413, path="/v2/models/pad/infer"
        )

    def test_a_body_above_the_limit_is_refused_by_its_declared_length(self, client: FlaskClient) -> None:
        response = client.post(PATH, data=b"{}", environ_overrides={"CONTENT_LENGTH": "100000000"})
        assert "67108864" in text(response, 413)

    def test_a_body_that_unpacks_to_too_much_is_a_413(self, limited: Limited) -> None:
        client = limited(max_body_bytes=10**6)
        response = client.post(PATH, data=gzip.compress(bytes(10**6 + 1)), headers={"Content-Encoding": "gzip"})
        assert text(response, 413).startswith("the body is, unpacked, larger than the limit of 1000000 bytes")

    def test_an_encoding_that_is_not_read_is_a_400(self, refused: Refused) -> None:
        said = refused({"inputs": [INPUT]}, **{"Content-Encoding": "br"})
        assert said == "the body's encoding is br; read here are gzip and deflate"

    def test_when_all_slots_are_in_use_it_is_a_503(self, limited: Limited) -> None:
        client = limited(heavy_wait_seconds=0)
        with compute_slot():
            response = client.post(PATH, json={"inputs": [INPUT, WEIGHT]})
        assert text(response, 503).startswith("busy: 1 of 1 computation slots are in use")
        assert response.headers["Retry-After"] == "1"

    def test_an_internal_error_has_the_same_form(self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr("service.operations.infer.computed", broken)
        body = {"inputs": [INPUT, WEIGHT]}
        assert text(client.post(PATH, json=body), 500) == (
            "the service failed on this request; the failure has been logged"
        )


def test_random_changes_of_a_good_request_never_break_it(client: FlaskClient) -> None:
    """Bytes replaced, dropped and doubled: an answer or a text, never a failure."""
    generator = np.random.default_rng(0)
    head = json.dumps({"inputs": [BINARY, WEIGHT], "parameters": {"stride": "[1, 1]", "padding": 1}}).encode()
    for _ in range(1500):
        body = bytearray(head + bytes(16))
        for _ in range(generator.integers(1, 4)):
            place = int(generator.integers(len(body)))
            kind = generator.integers(3)
            if kind == 0:
                body[place] = int(generator.integers(256))
            elif kind == 1:
                del body[place : place + int(generator.integers(1, 5))]
            else:
                body[place:place] = body[place : place + 3]
        response = client.post(PATH, data=bytes(body), headers={HEAD_LENGTH: str(len(head))})
        assert response.status_code in (200, 400, 413), bytes(body)
        if response.status_code != 200:
            text(response, response.status_code)

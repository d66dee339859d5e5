"""Bodies that are not a request, or not the request that the path takes."""

import io
import json

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.api.bad_input.samples import (
    CONVOLVE,
    LAYER,
    NETWORK,
    SIZE,
    Document,
    Limited,
    Problem,
    Refuse,
    only,
)
from tests.effort import hang_guard


class TestFraming:
    """What is not a JSON request: the detail says why, and there are no diagnostics."""

    @pytest.mark.parametrize(
        "body",
        [b"{oops", b"{}{}", b'{"a":"\xff"}', b'{"input_size": 6,}', b"'x'", b"\xff\xfe{\x00}\x00"],
        ids=["bare word", "two documents", "not UTF-8", "trailing comma", "single quotes", "UTF-16"],
    )
    def test_a_body_that_is_not_json_is_a_400(self, client: FlaskClient, problem: Problem, body: bytes) -> None:
        document = problem(client.post(SIZE, data=body, content_type="application/json"), 400)
        assert document["detail"].startswith("the body is not acceptable JSON: ")
        assert document["title"] == "Bad Request"

    def test_a_byte_order_mark_before_the_json_is_ignored(self, client: FlaskClient) -> None:
        body = b'\xef\xbb\xbf{"input": [[1, 2], [3, 4]], "weight": [[1]]}'
        response = client.post(CONVOLVE, data=body, content_type="application/json")
        assert response.json is not None
        assert response.json["output"] == [[1, 2], [3, 4]]

    @pytest.mark.parametrize("body", [b"", b" \n\t", b"\xef\xbb\xbf"], ids=["empty", "white space", "byte order mark"])
    def test_an_empty_body_is_a_400(self, client: FlaskClient, problem: Problem, body: bytes) -> None:
        document = problem(client.post(SIZE, data=body, content_type="application/json"), 400)
        assert document["detail"] == "the body is empty; it must be a JSON object"

    @pytest.mark.parametrize("path", [SIZE, "/v1/padding", NETWORK, CONVOLVE])
    def test_another_content_type_is_a_415_that_names_the_right_one(
        self, client: FlaskClient, problem: Problem, path: str
    ) -> None:
        response = client.post(path, data=b"{}", content_type="text/plain")
        assert problem(response, 415)["detail"] == "the body must be application/json, not text/plain"
        assert response.headers["Accept"].startswith("application/json")

    def test_no_content_type_is_a_415(self, client: FlaskClient, problem: Problem) -> None:
        document = problem(client.post(SIZE, data=b"{}"), 415)
        assert document["detail"].startswith("the body must be application/json, ")
        assert "not no" not in document["detail"]

    def test_a_content_type_that_ends_in_json_is_read(self, client: FlaskClient) -> None:
        body = json.dumps({"layer": LAYER, "input_size": 6})
        assert client.post(SIZE, data=body, content_type="application/vnd.example+json").status_code == 200

    @pytest.mark.parametrize("path", ["/nowhere", "/v1/", "/v1/output-size/", "/v1/layers/conv2d/nothing"])
    def test_an_unknown_path_is_a_404(self, client: FlaskClient, problem: Problem, path: str) -> None:
        assert problem(client.get(path), 404)["title"] == "Not Found"

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("GET", SIZE, {"POST", "OPTIONS"}),
            ("PUT", CONVOLVE, {"POST", "OPTIONS"}),
            ("POST", "/v1/layers", {"GET", "HEAD", "OPTIONS"}),
            ("DELETE", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ],
    )
    def test_an_unknown_method_is_a_405_that_lists_the_others(
        self, client: FlaskClient, problem: Problem, method: str, path: str, allowed: set[str]
    ) -> None:
        response = client.open(path, method=method)
        problem(response, 405)
        assert set(response.headers["Allow"].split(", ")) == allowed

    @pytest.mark.parametrize("path", ["/v1/layers", "/v1/limits", "/healthz"])
    def test_a_caller_who_takes_only_html_gets_a_406(self, client: FlaskClient, problem: Problem, path: str) -> None:
        document = problem(client.get(path, headers={"Accept": "text/html"}), 406)
        assert document["detail"] == "the answer is application/json, which `Accept: text/html` leaves out"

    def test_a_caller_who_refuses_json_gets_a_406(self, client: FlaskClient, problem: Problem) -> None:
        body = {"input": [1, 2], "weight": [1]}
        problem(client.post(CONVOLVE, json=body, headers={"Accept": "application/json;q=0"}), 406)

    @pytest.mark.parametrize("accept", ["text/html, */*;q=0.1", "application/*", "*/*"])
    def test_a_caller_who_takes_json_among_others_is_answered(self, client: FlaskClient, accept: str) -> None:
        assert client.get("/v1/limits", headers={"Accept": accept}).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 100_000],
        ids=["lists", "objects", "left open"],
    )
    def test_json_that_is_nested_too_deep_is_a_400(self, client: FlaskClient, problem: Problem, body: bytes) -> None:
        document = problem(client.post(SIZE, data=body, content_type="application/json"), 400)
        assert document["detail"] == "the body is not acceptable JSON: it is nested deeper than 200 levels"

    @pytest.mark.parametrize("member", ["input", "weight", "layer", "explain"])
    def test_a_member_that_is_nested_too_deep_is_a_400(
        self, client: FlaskClient, problem: Problem, member: str
    ) -> None:
        body = f'{{"{member}": {"[" * 10_000}{"]" * 10_000}}}'
        document = problem(client.post(CONVOLVE, data=body, content_type="application/json"), 400)
        assert document["detail"] == "the body is not acceptable JSON: it is nested deeper than 200 levels"

    def test_an_integer_of_5000_digits_is_a_400(self, client: FlaskClient, problem: Problem) -> None:
        body = f'{{"input_size": {"9" * 5000}, "layer": {{"type": "conv1d", "kernel_size": 3}}}}'
        document = problem(client.post(SIZE, data=body, content_type="application/json"), 400)
        assert document["detail"].startswith("the body is not acceptable JSON: number out of range")

    @pytest.mark.parametrize(
        ("path", "body", "name"),
        [
            (SIZE, '{"input_size": 6, "input_size": 7, "layer": {}}', "input_size"),
            (SIZE, '{"input_size": 6, "layer": {"stride": 1, "type": "conv1d", "stride": 2}}', "stride"),
            (SIZE, '{"input_size": 6, "framework": "a:b:c", "layer": {"a": 1, "": 2, "": 3}}', ""),
            (CONVOLVE, '{"input": [1, 2], "weight": [1], "input": [3, 4]}', "input"),
            (CONVOLVE, '{"input": [1, 123456789012345678901234567890], "weight": [1], "weight": [1]}', "weight"),
            (CONVOLVE, '{"input": {"shape": [1], "data": [1], "shape": [2]}, "weight": [1]}', "shape"),
            (NETWORK, '{"layers": [{"type": "relu"}, {"type": "relu", "type": "gelu"}]}', "type"),
            (NETWORK, '{"layers": [1, {"type": "relu", "type": "gelu"}]}', "type"),
        ],
    )
    def test_a_duplicate_key_is_a_400(
        self, client: FlaskClient, problem: Problem, path: str, body: str, name: str
    ) -> None:
        document = problem(client.post(path, data=body, content_type="application/json"), 400)
        expected = f'the body is not acceptable JSON: duplicate key "{name}"'
        assert document["detail"] == expected

    def test_a_duplicate_key_in_a_long_body_is_a_400_too(self, client: FlaskClient, problem: Problem) -> None:
        body = f'{{"input": [{"1.5, " * 300_000}1], "weight": [1], "weight": [2]}}'
        document = problem(client.post(CONVOLVE, data=body, content_type="application/json"), 400)
        assert document["detail"] == "the body is not acceptable JSON: duplicate key"

    def test_one_duplicate_key_among_many_keys_is_found_quickly(self, client: FlaskClient, problem: Problem) -> None:
        members = "".join(f'"{index}": 1, ' for index in range(50_000))
        with hang_guard():  # it takes minutes where each is compared with all
            response = client.post(SIZE, data=f'{{{members} "49999": 2}}', content_type="application/json")
        assert problem(response, 400)["detail"].endswith('duplicate key "49999"')

    @pytest.mark.parametrize(
        "name", ["a:b", '\\"a\\":', "\\u003a", ":" * 3000], ids=["colon", "quotes", "escaped", "many"]
    )
    def test_colons_in_strings_do_not_count_as_members(self, client: FlaskClient, name: str) -> None:
        layers = f'[{{"type": "relu", "name": "{name[:200]}"}}, {{"type": "relu", "inputs": "{name[:200]}"}}]'
        body = f'{{"input_shape": [1, 1, 4], "layers": {layers}}}'
        assert client.post(NETWORK, data=body, content_type="application/json").json["valid"]

    def test_lists_are_counted_before_they_are_built(self, limited: Limited, problem: Problem) -> None:
        client = limited(max_json_lists=1000)
        for count, status in ((998, 422), (999, 413)):
            body = f'{{"input": [{"[]," * (count - 2)}[]], "weight": [1]}}'
            document = problem(client.post(CONVOLVE, data=body, content_type="application/json"), status)
            said = f"the JSON has {count + 2} lists and objects, above the limit of 1000 (`max_json_lists`)"
            assert (document["detail"] == said) is (status == 413)

    def test_a_body_above_the_limit_is_refused_by_its_declared_length(
        self, client: FlaskClient, problem: Problem
    ) -> None:
        declared = {"CONTENT_LENGTH": "100000000"}
        response = client.post(CONVOLVE, data=b"{}", content_type="application/json", environ_overrides=declared)
        document = problem(response, 413)
        assert "67108864" in document["detail"], "the limit"
        assert "100000000" in document["detail"], "the figure"

    def test_a_body_of_no_declared_length_is_read_up_to_the_limit_only(
        self, limited: Limited, problem: Problem
    ) -> None:
        chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        stream = io.BytesIO(b'{"input": [' + b"1," * 5000 + b"1]}")
        client = limited(max_body_bytes=1000)
        response = client.post(
            CONVOLVE, input_stream=stream, content_type="application/json", environ_overrides=chunked
        )
        assert "1000" in problem(response, 413)["detail"]
        assert stream.tell() <= 2000

    def test_a_form_above_the_limit_is_a_413(self, limited: Limited, problem: Problem) -> None:
        boundary, data = encode_multipart({"input": FileStorage(io.BytesIO(b"0" * 2000), "input.npy")})
        content_type = f"multipart/form-data; boundary={boundary}"
        response = limited(max_body_bytes=1000).post(CONVOLVE, data=data, content_type=content_type)
        assert "1000" in problem(response, 413)["detail"]


class TestBody:
    """A JSON document that is not the request that the path takes."""

    @pytest.mark.parametrize("path", [SIZE, "/v1/padding", NETWORK, CONVOLVE])
    @pytest.mark.parametrize("body", ["[]", "[1]", "3", '"x"', "null", "true"])
    def test_a_body_that_is_not_an_object_is_refused(
        self, client: FlaskClient, problem: Problem, path: str, body: str
    ) -> None:
        document = problem(client.post(path, data=body, content_type="application/json"), 422)
        diagnostic = only(document)
        assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", "")
        assert diagnostic["message"].endswith(", not an object")

    def test_an_unknown_member_gets_the_nearest_name(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"layer": LAYER, "input_size": 6, "inptu_size": 6}))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-parameter", "/inptu_size")
        assert diagnostic["message"] == "the body takes no `inptu_size`"
        assert diagnostic["help"] == "write `input_size`, or remove it"

    def test_an_unknown_framework_gets_the_list_of_frameworks(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"framework": "tensorflow", "layer": LAYER, "input_size": 6}))
        assert (diagnostic["name"], diagnostic["location"]) == ("parameter-out-of-range", "/framework")
        assert diagnostic["help"] == 'give `framework` one of "pytorch", "keras", "onnx", "jax"'

    @pytest.mark.parametrize("opset", [0, 5, 29, 99])
    def test_an_opset_that_is_not_known_is_out_of_range(self, refuse: Refuse, opset: int) -> None:
        diagnostic = only(refuse(SIZE, {"framework": "onnx", "opset": opset, "layer": LAYER, "input_size": 6}))
        assert (diagnostic["name"], diagnostic["location"]) == ("parameter-out-of-range", "/opset")

    @pytest.mark.parametrize("framework", ["pytorch", "keras", "jax"])
    def test_an_opset_belongs_to_onnx_alone(self, refuse: Refuse, framework: str) -> None:
        diagnostic = only(refuse(SIZE, {"framework": framework, "opset": 13, "layer": LAYER, "input_size": 6}))
        assert diagnostic["location"] == "/opset"

    def test_an_input_is_given_once(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"layer": LAYER, "input_size": 6, "input_shape": [1, 1, 6]}))
        assert (diagnostic["name"], diagnostic["location"]) == ("conflicting-parameters", "/input_shape")
        assert diagnostic["message"] == "`input_size` and `input_shape` both set `the input`"

    @pytest.mark.parametrize("extra", [{}, {"input_size": None}], ids=["absent", "null"])
    def test_an_input_has_to_be_given(self, refuse: Refuse, extra: Document) -> None:
        diagnostic = only(refuse(SIZE, {"layer": LAYER, **extra}))
        assert (diagnostic["name"], diagnostic["location"]) == ("missing-parameter", "")
        assert diagnostic["message"] == "the body has no `input_size` or `input_shape`"

    def test_a_size_that_is_asked_about_may_not_be_null(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(SIZE, {"layer": LAYER, "input_size": [None]}))
        assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", "/input_size/0")
        assert " is null, not an integer of at least 1" in diagnostic["message"]

    @pytest.mark.parametrize(
        ("body", "location", "name"),
        [
            ({"input_size": 0}, "/input_size", "parameter-out-of-range"),
            ({"input_size": [6, -1]}, "/input_size/1", "parameter-out-of-range"),
            ({"input_size": [1, 2, 3, 4]}, "/input_size", "parameter-out-of-range"),
            ({"input_size": 10**30}, "/input_size", "parameter-out-of-range"),
            ({"input_size": "6"}, "/input_size", "wrong-type"),
            ({"input_size": True}, "/input_size", "wrong-type"),
            ({"input_size": 6.0}, "/input_size", "wrong-type"),
            ({"input_shape": []}, "/layer/type", "rank-mismatch"),
            ({"input_shape": [1, 0, 6]}, "/input_shape/1", "parameter-out-of-range"),
            ({"input_shape": 6}, "/input_shape", "wrong-type"),
        ],
    )
    def test_a_size_is_a_positive_integer(self, refuse: Refuse, body: Document, location: str, name: str) -> None:
        diagnostic = only(refuse(SIZE, {"layer": LAYER, **body}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, location)

    def test_one_answer_lists_every_mistake(self, refuse: Refuse) -> None:
        document = refuse(SIZE, {"framework": "caffe", "input_size": -6, "lair": LAYER})
        assert {(diagnostic["name"], diagnostic["location"]) for diagnostic in document["errors"]} == {
            ("parameter-out-of-range", "/framework"),
            ("parameter-out-of-range", "/input_size"),
            ("unknown-parameter", "/lair"),
            ("missing-parameter", ""),
        }
        assert document["detail"].endswith("(and 3 more)")

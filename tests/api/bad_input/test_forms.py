"""Binary arrays and the forms they travel in."""

import io
import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.api.bad_input.samples import (
    CONVOLVE,
    FLOATS,
    ONES,
    SIZE,
    PostForm,
    Problem,
    only,
    saved,
)


def header(
    descr: str = "'<f4'", order: str = "False", shape: str = "(2, 2)", data: bytes = bytes(16), version: int = 1
) -> bytes:
    """The bytes of an `.npy` file with these claims in its header."""
    return file_of(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n", data, version)


def file_of(header: str, data: bytes = b"", version: int = 1, claimed: int | None = None) -> bytes:
    """The bytes of an `.npy` file with this header, which may claim another length."""
    text = header.encode()
    length = (len(text) if claimed is None else claimed).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


DISPOSITION = b"Content-Disposition: form-data"


def part(head: bytes = DISPOSITION + b'; name="request"', data: bytes = b"") -> bytes:
    """A part of a form, from the boundary before it to the end of its last line."""
    return b"--bbb\r\n" + head + b"\r\n\r\n" + data + b"\r\n"


def archived(array: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, array)
    return stream.getvalue()


class TestNpy:
    """`.npy` parts: what the header claims is checked before it is used."""

    @pytest.mark.parametrize(
        ("part", "reason"),
        [
            (b"", "is not an .npy file"),
            (b"1,2,3", "is not an .npy file"),
            (b"\x93NUMPY", "is not an .npy file"),
            (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", "is not an .npy file"),
            (archived(FLOATS), "is not an .npy file"),
            (saved(FLOATS)[:40], "is not an .npy file"),
            (header("__import__('os').getcwd()"), "is not an .npy file"),
            (header(order="1"), "is not an .npy file"),
            (header(version=9), "has an unknown format version"),
            (header(shape="(2.0, 2)"), "has an invalid shape"),
            (header(shape="(True, 4)"), "has an invalid shape"),
            (header(shape="(-2, -2)"), "has an invalid shape"),
            (header(shape=f"(0x{'f' * 9000},)"), "has an invalid shape"),
            (header(shape=f"({'9999999999,' * 800})"), "has an invalid shape"),
            (header(shape="[2, 2]"), "is not an .npy file"),
            (header(shape="(2L, 2L)"), "is not an .npy file"),
            (header(shape=f"({'(' * 3000}2{')' * 3000},)"), "is not an .npy file"),
            (header("'<f4', 'more': 1"), "is not an .npy file"),
            (header("'a' * 10**9"), "is not an .npy file"),
            (header("-" * 9000 + "1"), "is not an .npy file"),
            (header(shape=" " * 10_000 + "(2, 2)"), "is not an .npy file"),
            (file_of("{'descr': ("), "is not an .npy file"),
            (file_of("{'descr': '"), "is not an .npy file"),
            (file_of("{[]: 1}"), "is not an .npy file"),
            (file_of("{'descr', 'shape'}"), "is not an .npy file"),
            (file_of("{'descr': '\u00e9', ", version=3), "is not an .npy file"),
            (file_of("", claimed=2**32 - 1, version=2), "is not an .npy file"),
            (header("()"), "has the type of a structure, which is not accepted"),
            (header("('<f4',)"), "has the type of a structure, which is not accepted"),
            (header("('<f4', (1000000, 1000000))"), "has the type of a structure, which is not accepted"),
            (header("[('\u00e9', '<f4')]", version=3), "has the type of a structure, which is not accepted"),
            (header(f"'{'f4,' * 3000}'"), f"has the type {('f4,' * 14)[:40]}, which is not accepted"),
            (header("'M8[999999999999999s]'"), "has the type M8[999999999999999s], which is not accepted"),
            (saved(np.array([1, None]), allow_pickle=True), "has the type |O, which is not accepted"),
            (header("'|S0'", shape="(1000000000,)", data=b""), "has the type |S0, which is not accepted"),
            (saved(np.array([b"abcd"])), "has the type |S4, which is not accepted"),
            (saved(np.array(["a"])), "has the type <U1, which is not accepted"),
            (saved(FLOATS.astype(">f4")), "has the type >f4, which is not accepted"),
            (saved(np.zeros(2, dtype=[("a", "<f4")])), "has the type of a structure, which is not accepted"),
            (saved(FLOATS.astype(complex)), "has the type <c16, which is not accepted"),
            (saved(FLOATS > 1), "has the type |b1, which is not accepted"),
            (saved(np.zeros(2, "M8[s]")), "has the type <M8[s], which is not accepted"),
        ],
        ids=[
            "empty",
            "text",
            "magic alone",
            "endless header",
            "npz",
            "header cut short",
            "code",
            "order",
            "version",
            "float size",
            "boolean size",
            "negative size",
            "size of 9000 digits",
            "800 axes",
            "list for a shape",
            "Python 2",
            "nested parentheses",
            "another member",
            "multiplied text",
            "9000 signs",
            "long header",
            "left open",
            "text left open",
            "unhashable",
            "set",
            "text left open in UTF-8",
            "header of 4 GiB",
            "empty type",
            "short type",
            "type with axes",
            "field of another script",
            "type of 3000 fields",
            "unit out of range",
            "objects",
            "S0",
            "bytes",
            "text type",
            "big-endian",
            "structured",
            "complex",
            "boolean",
            "dates",
        ],
    )
    def test_an_unacceptable_npy_file_is_refused(
        self, post_form: PostForm, problem: Problem, part: bytes, reason: str
    ) -> None:
        diagnostic = only(problem(post_form({}, input=part, weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("bad-npy", "/input")
        assert diagnostic["message"] == f"`input` {reason}"

    @pytest.mark.parametrize(
        ("part", "byte_count"),
        [(saved(FLOATS)[:-1], 47), (saved(FLOATS) + b"\0", 49), (saved(FLOATS) + saved(FLOATS), 48 + 176)],
        ids=["cut short", "trailing byte", "two files"],
    )
    def test_an_npy_file_has_exactly_its_bytes(
        self, post_form: PostForm, problem: Problem, part: bytes, byte_count: int
    ) -> None:
        diagnostic = only(problem(post_form({}, input=part, weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("array-size-mismatch", "/input")
        assert diagnostic["message"] == f"a shape of [3, 4] needs 48 bytes, but there are {byte_count}"

    @pytest.mark.parametrize(
        ("shape", "figure"),
        [("(1048576, 1048576, 1048576)", 2**60), ("(9223372036854775807,)", 2**63 - 1), (f"({10**30},)", 10**30)],
    )
    def test_a_huge_claim_is_refused_before_it_is_allocated(
        self, post_form: PostForm, problem: Problem, shape: str, figure: int
    ) -> None:
        diagnostic = only(problem(post_form({}, input=header(shape=shape), weight=ONES), 413))
        assert (diagnostic["name"], diagnostic["location"]) == ("too-large", "/input")
        assert f" is {figure}, above the limit of 16777216" in diagnostic["message"]

    def test_an_array_in_fortran_order_keeps_its_values(self, post_form: PostForm) -> None:
        document = json.loads(post_form({}, input=np.asfortranarray(FLOATS), weight=ONES).data)
        assert document["output"] == [[10, 14, 18], [26, 30, 34]]

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_every_version_of_the_format_is_read(self, post_form: PostForm, version: int) -> None:
        part = header(data=np.float32([1, 2, 3, 4]).tobytes(), version=version)
        assert json.loads(post_form({}, input=part, weight=ONES).data)["output"] == [[10]]

    @pytest.mark.parametrize("axes", [0, 6, 32])
    def test_an_npy_array_has_1_to_5_axes(self, post_form: PostForm, problem: Problem, axes: int) -> None:
        diagnostic = only(problem(post_form({}, input=np.ones((1,) * axes), weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("array-rank-mismatch", "/input")

    def test_an_npy_array_has_elements(self, post_form: PostForm, problem: Problem) -> None:
        assert only(problem(post_form({}, input=np.ones((0, 3)), weight=ONES), 422))["location"] == "/input"

    def test_a_result_that_is_not_finite_needs_a_binary_answer(self, post_form: PostForm, problem: Problem) -> None:
        part = np.array([np.nan, 1], np.float32)
        diagnostic = only(problem(post_form({}, input=part, weight=np.ones(1, np.float32)), 422))
        assert diagnostic["name"] == "non-finite-number"
        assert diagnostic["help"] == "use base64, or .npy parts of multipart/form-data with an .npy answer"


class TestForm:
    """Forms that convolve does not take."""

    def test_an_unknown_part_gets_the_nearest_name(self, post_form: PostForm, problem: Problem) -> None:
        diagnostic = only(problem(post_form({}, input=FLOATS, weight=ONES, wieght=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("unknown-parameter", "/wieght")
        assert diagnostic["message"] == "the form takes no `wieght`"

    def test_a_form_needs_its_request(self, post_form: PostForm, problem: Problem) -> None:
        diagnostic = only(problem(post_form(None, input=FLOATS, weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("missing-parameter", "")
        assert "`request`" in diagnostic["message"]

    @pytest.mark.parametrize("part", [b"", b"{oops"], ids=["empty", "bare word"])
    def test_a_request_part_that_is_not_json_is_a_400(self, post_form: PostForm, problem: Problem, part: bytes) -> None:
        problem(post_form(part, input=FLOATS, weight=ONES), 400)

    def test_a_request_part_is_an_object(self, post_form: PostForm, problem: Problem) -> None:
        assert only(problem(post_form([], input=FLOATS, weight=ONES), 422))["name"] == "wrong-type"

    def test_an_input_has_to_be_among_the_parts(self, post_form: PostForm, problem: Problem) -> None:
        diagnostic = only(problem(post_form({}, weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("missing-parameter", "")

    def test_an_array_is_a_part_or_in_the_request_but_not_both(self, post_form: PostForm, problem: Problem) -> None:
        diagnostic = only(problem(post_form({"input": [[1]]}, input=FLOATS, weight=ONES), 422))
        assert (diagnostic["name"], diagnostic["location"]) == ("conflicting-parameters", "/input")

    def test_an_array_is_given_once(self, client: FlaskClient, problem: Problem) -> None:
        values = [FileStorage(io.BytesIO(saved(array)), "input.npy") for array in (FLOATS, ONES)]
        parts = {"input": values, "request": "{}", "weight": FileStorage(io.BytesIO(saved(ONES)), "weight.npy")}
        boundary, data = encode_multipart(parts)
        response = client.post(CONVOLVE, data=data, content_type=f"multipart/form-data; boundary={boundary}")
        assert only(problem(response, 422))["location"] == "/input"

    def test_an_array_in_a_text_field_is_not_ignored(self, client: FlaskClient, problem: Problem) -> None:
        files = {
            name: FileStorage(io.BytesIO(saved(array)), name) for name, array in (("input", FLOATS), ("weight", ONES))
        }
        boundary, data = encode_multipart({"request": "{}", "bias": "[100]", **files})
        response = client.post(CONVOLVE, data=data, content_type=f"multipart/form-data; boundary={boundary}")
        assert only(problem(response, 422))["location"] == "/bias"

    def test_a_form_without_a_boundary_is_a_400(self, client: FlaskClient, problem: Problem) -> None:
        problem(client.post(CONVOLVE, data=b"--x--", content_type="multipart/form-data"), 400)

    def test_a_form_of_too_many_parts_is_a_413(self, client: FlaskClient, problem: Problem) -> None:
        boundary, data = encode_multipart({f"part{index}": "x" for index in range(1500)})
        response = client.post(CONVOLVE, data=data, content_type=f"multipart/form-data; boundary={boundary}")
        document = problem(response, 413)
        assert "bytes" not in document["detail"], "the body is small"

    @pytest.mark.parametrize("boundary", ["", '""', "b" * 201, "b" * 8000, '"b "'])
    def test_a_boundary_has_1_to_200_characters(self, client: FlaskClient, problem: Problem, boundary: str) -> None:
        response = client.post(CONVOLVE, data=b"--b--", content_type=f"multipart/form-data; boundary={boundary}")
        assert "boundary" in problem(response, 400)["detail"]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"hello", "the form breaks off: no boundary follows after 0 of its 5 bytes"),
            (part(), "the form breaks off: no boundary follows after 55 of its 59 bytes"),
            (part() + b"--bbb", "the form is malformed after 64 bytes: no headers of a part follow the boundary"),
            (part()[:40], "the form is malformed after 5 bytes"),
            (part()[:60], "the form breaks off: no boundary follows after "),
            (part().replace(b"\r\n", b"\n"), "the form is malformed after 5 bytes"),
            (b"--bbbb\r\n\r\n\r\n--bbb--", "the form is malformed after 5 bytes"),
            (b"--bbb" + b" " * 10**6 + part()[5:], "the form is malformed after 5 bytes"),
            (b"--bbb\r\n" + b"X: y\r\n" * 10**5 + part()[5:], "the form is malformed after 5 bytes"),
            (part(b"") + b"--bbb--", "a part of the form has no name in a `Content-Disposition`"),
            (part(b"Content-Type: text/plain") + b"--bbb--", "a part of the form has no name"),
            (part(DISPOSITION) + b"--bbb--", "a part of the form has no name"),
            (part(DISPOSITION + b'; a="' + b"\\" * 1500) + b"--bbb--", "a part of the form has no name"),
            (part(b"Content-Disposition: " + b";" * 8000) + b"--bbb--", "a part of the form has no name"),
        ],
    )
    def test_a_form_whose_framing_is_broken_is_a_400(
        self, client: FlaskClient, problem: Problem, body: bytes, said: str
    ) -> None:
        response = client.post(CONVOLVE, data=body, content_type="multipart/form-data; boundary=bbb")
        assert problem(response, 400)["detail"].startswith(said)

    @pytest.mark.parametrize(
        ("before", "after"),
        [(b"", b""), (b"\r\n", b""), (b"an old client cannot read this\r\n", b"\r\nnor this\r\n--bbb\r\n")],
        ids=["nothing", "empty line", "words"],
    )
    def test_bytes_before_and_after_a_form_are_ignored(self, client: FlaskClient, before: bytes, after: bytes) -> None:
        arrays = {b"input": FLOATS, b"weight": ONES}
        files = [
            part(DISPOSITION + b'; name="' + name + b'"; filename="x"', saved(array)) for name, array in arrays.items()
        ]
        body = b"".join([before, part(data=b"{}"), *files, b"--bbb-- \t", after])
        response = client.post(CONVOLVE, data=body, content_type='multipart/form-data; boundary="bbb"')
        assert response.json["output"] == [[10, 14, 18], [26, 30, 34]]

    def test_other_paths_take_no_forms(self, client: FlaskClient, problem: Problem) -> None:
        response = client.post(SIZE, data={"layer": "{}"}, content_type="multipart/form-data")
        assert problem(response, 415)["detail"] == "the body must be application/json, not multipart/form-data"

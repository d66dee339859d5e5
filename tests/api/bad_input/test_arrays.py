"""Arrays that are none, in JSON."""

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.bad_input.samples import CONVOLVE, IMAGE, KERNEL, Answered, Document, Problem, Refuse, only


class TestArrays:
    """Arrays that are none, in JSON."""

    @pytest.mark.parametrize(
        ("array", "reason"),
        [
            ([[1, 2], [3]], "a list of 2: its rows differ in length or depth"),
            ([[1, 2], 3], "a list of 2: its rows differ in length or depth"),
            ([1, [2]], "a list of 2: its rows differ in length or depth"),
            ([[1, 2], [3, "4"]], "a list of 2: not all of it are numbers"),
            ([[1, 2], [3, True]], "a list of 2: not all of it are numbers"),
            ([[True, False]], "a list of 1: not all of it are numbers"),
            ([[1.5, 2], [3, None]], "a list of 2: not all of it are numbers"),
            ([[1, 2], [3, {}]], "a list of 2: not all of it are numbers"),
            ("12", '"12": not a list of numbers'),
            (True, "true: not a list of numbers"),
            ([], "a list of 0: it has no elements"),
            ([[], []], "a list of 2: it has no elements"),
        ],
    )
    @pytest.mark.parametrize("member", ["input", "weight"])
    def test_an_array_is_a_regular_list_of_numbers(self, refuse: Refuse, member: str, array: Any, reason: str) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": IMAGE, "weight": KERNEL, member: array}))
        assert (diagnostic["name"], diagnostic["location"]) == ("not-an-array", f"/{member}")
        assert diagnostic["message"] == f"`{member}` is {reason}"

    @pytest.mark.parametrize("depth", [6, 64, 65, 150])
    def test_a_deep_array_is_refused_for_its_depth(self, refuse: Refuse, depth: int) -> None:
        deep: Any = 1
        for _ in range(depth):
            deep = [deep]
        diagnostic = only(refuse(CONVOLVE, {"input": deep, "weight": [1]}))
        assert (diagnostic["name"], diagnostic["location"]) == ("not-an-array", "/input")
        assert "more than 5" in diagnostic["message"]

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    def test_a_number_that_is_not_finite_is_sent_to_the_binary_forms(
        self, client: FlaskClient, problem: Problem, number: str
    ) -> None:
        body = f'{{"input": [[1, {number}]], "weight": [[1.5]]}}'
        document = problem(client.post(CONVOLVE, data=body, content_type="application/json"), 422)
        diagnostic = only(document)
        assert (diagnostic["name"], diagnostic["location"]) == ("non-finite-number", "/input")
        assert diagnostic["message"] == "`input` holds NaN or infinity, which JSON cannot carry"
        assert diagnostic["help"] == "use base64, or .npy parts of multipart/form-data with an .npy answer"

    @pytest.mark.parametrize(
        "array",
        [[1, 10**30], [int("9" * 4000)], [2**64], [2**64 - 1, -1]],
        ids=["1e30", "4000 digits", "2^64", "mixed"],
    )
    def test_an_integer_that_no_type_holds_is_refused(self, refuse: Refuse, array: list[int]) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": array, "weight": [1]}))
        assert (diagnostic["name"], diagnostic["location"]) == ("not-an-array", "/input")
        assert "integers that no type holds" in diagnostic["message"]

    @pytest.mark.parametrize(
        ("array", "value"),
        [([2**62, 2**62], 2**63), ([-(2**62)] * 3, -3 * 2**62), ([2**63 - 1, 1], 2**63)],
    )
    def test_an_integer_overflow_is_refused_never_wrapped(self, refuse: Refuse, array: list[int], value: int) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": array, "weight": [1] * len(array)}))
        assert (diagnostic["name"], diagnostic["location"]) == ("integer-overflow", "")
        assert diagnostic["message"] == f"the result holds {value}, which does not fit int64"

    def test_the_largest_integer_is_no_overflow(self, answered: Answered) -> None:
        document = answered(CONVOLVE, {"input": [2**62, 2**62 - 1], "weight": [1, 1]})
        assert document["output"] == [2**63 - 1]

    def test_a_product_of_floats_that_overflows_is_sent_to_the_binary_forms(self, refuse: Refuse) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": [1e200], "weight": [1e200]}))
        assert diagnostic["message"] == "the output holds NaN or infinity, which JSON cannot carry"

    @pytest.mark.parametrize(
        ("body", "location", "message"),
        [
            ({"input": [1, 300], "dtype": "int8"}, "/input", "`input` is a list of 2: not all of it fits int8"),
            ({"input": [1, 1.5], "dtype": "int8"}, "/input", "`input` is a list of 2: not all of it fits int8"),
            ({"weight": [-1], "dtype": "uint8"}, "/weight", "`weight` is a list of 1: not all of it fits uint8"),
            ({"input": [1e6], "dtype": "float16"}, "/input", "`input` is a list of 1: not all of it fits float16"),
        ],
    )
    def test_numbers_have_to_fit_the_type_asked_for(
        self, refuse: Refuse, body: Document, location: str, message: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": [1, 2], "weight": [1], **body}))
        assert (diagnostic["name"], diagnostic["location"]) == ("not-an-array", location)
        assert diagnostic["message"] == message

    @pytest.mark.parametrize(
        ("member", "value", "name"),
        [
            ("dtype", "float128", "parameter-out-of-range"),
            ("dtype", "complex64", "parameter-out-of-range"),
            ("dtype", 3, "wrong-type"),
            ("respond_with", "hex", "parameter-out-of-range"),
            ("layout", "NCHW", "parameter-out-of-range"),
            ("flip_kernel", "yes", "wrong-type"),
            ("flip_kernel", 1, "wrong-type"),
        ],
    )
    def test_an_option_has_to_be_one_of_its_choices(self, refuse: Refuse, member: str, value: Any, name: str) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": [1, 2], "weight": [1], member: value}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, f"/{member}")

    @pytest.mark.parametrize(
        ("array", "name", "location", "message"),
        [
            (
                {"shape": [3], "data": [1, 2]},
                "array-size-mismatch",
                "",
                "a shape of [3] needs 3 numbers, but there are 2",
            ),
            ({"shape": [2], "data": [[1, 2]]}, "not-an-array", "/data", "`data` is a list of 1: not a flat list"),
            (
                {"shape": [2], "data": ["1", 2]},
                "not-an-array",
                "/data",
                "`data` is a list of 2: not all of it are numbers",
            ),
            ({"shape": [0], "data": []}, "not-an-array", "/data", "`data` is a list of 0: it has no elements"),
            ({"shape": [1], "data": {}}, "wrong-type", "/data", "`data` is an object, not a flat list of numbers"),
            ({"shape": [2]}, "missing-parameter", "", "the array has no `data`"),
            ({"data": [1]}, "missing-parameter", "", "the array has no `shape`"),
            ({"shape": [-1, 2], "data": [1]}, "parameter-out-of-range", "/shape/0", "`shape` is -1, below 0"),
            (
                {"shape": [1] * 6, "data": [1]},
                "parameter-out-of-range",
                "/shape",
                "`shape` is a list of 6, too many: the most is 5",
            ),
            ({"shape": [1], "data": [1], "order": "F"}, "unknown-parameter", "/order", "the array takes no `order`"),
            (
                {"shape": [1], "dtype": "O", "data": [1]},
                "parameter-out-of-range",
                "/dtype",
                '`dtype` is "O", which is not a choice',
            ),
            (
                {"shape": [2], "dtype": "int8", "data": [1, 300]},
                "not-an-array",
                "/data",
                "`data` is a list of 2: not all of it fits int8",
            ),
        ],
    )
    def test_a_flat_array_is_as_long_as_its_shape(
        self, refuse: Refuse, array: Document, name: str, location: str, message: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": array, "weight": [1]}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, f"/input{location}")
        assert diagnostic["message"] == message

    @pytest.mark.parametrize(
        ("array", "name", "location"),
        [
            ({"shape": [2, 2], "dtype": "float32", "base64": b64encode(bytes(12)).decode()}, "array-size-mismatch", ""),
            ({"shape": [2], "dtype": "int8", "base64": b64encode(bytes(3)).decode()}, "array-size-mismatch", ""),
            ({"shape": [], "dtype": "int8", "base64": b64encode(bytes(2)).decode()}, "array-size-mismatch", ""),
            ({"shape": [1], "dtype": "int8", "base64": "@@@@"}, "not-an-array", "/base64"),
            ({"shape": [1], "dtype": "int8", "base64": "AQ"}, "not-an-array", "/base64"),
            ({"shape": [1], "dtype": "int8", "base64": "AQ==\n"}, "not-an-array", "/base64"),
            ({"shape": [1], "dtype": "int8", "base64": "\u00e9==="}, "not-an-array", "/base64"),
            ({"shape": [1], "dtype": "int8", "base64": 1}, "wrong-type", "/base64"),
            ({"shape": [1], "base64": "AQ=="}, "missing-parameter", ""),
            ({"shape": [-1], "dtype": "int8", "base64": "AQ=="}, "parameter-out-of-range", "/shape/0"),
            ({"shape": [True], "dtype": "int8", "base64": "AQ=="}, "wrong-type", "/shape/0"),
            ({"shape": [1.0], "dtype": "int8", "base64": "AQ=="}, "wrong-type", "/shape/0"),
            ({"shape": [1], "dtype": "complex64", "base64": "AAAAAAAAAAA="}, "parameter-out-of-range", "/dtype"),
            ({"shape": [1], "dtype": ">i2", "base64": "AQE="}, "parameter-out-of-range", "/dtype"),
        ],
    )
    def test_a_base64_array_has_exactly_its_bytes(
        self, refuse: Refuse, array: Document, name: str, location: str
    ) -> None:
        diagnostic = only(refuse(CONVOLVE, {"input": array, "weight": [1]}))
        assert (diagnostic["name"], diagnostic["location"]) == (name, f"/input{location}")

    @pytest.mark.parametrize("shape", [[0], [0, 3], [0, 2**62]])
    def test_an_array_has_elements(self, refuse: Refuse, shape: list[int]) -> None:
        array = {"shape": shape, "dtype": "float32", "base64": ""}
        assert only(refuse(CONVOLVE, {"input": array, "weight": [1]}))["location"] == "/input"

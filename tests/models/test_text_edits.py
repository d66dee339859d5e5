"""Changes of a text: what a patch may stand for, how it is made, and how it is shown."""

from typing import Any

import pytest

from service.models.reading import Literal, ModelReading, TextPlace
from service.models.text_edits import TextEdit, diff_of, edited, python_text, ways_to_write
from service.models.upstream_literals import UpstreamLiterals

TEXT = "a = f(3, width)\nb = g(\n    4,\n)\nc = h()\n"


def place(
    line: int, column: int, end_column: int, *, end_line: int | None = None, file: str | None = None
) -> TextPlace:
    text = TEXT.splitlines()[line - 1][column - 1 : end_column - 1]
    return TextPlace(file=file, line=line, column=column, end_line=end_line or line, end_column=end_column, text=text)


THREE, WIDTH, FOUR = place(1, 7, 8), place(1, 10, 15), place(3, 5, 6)
READING = ModelReading(
    network={
        "layers": [
            {"name": "f", "type": "conv2d", "out_channels": 3, "kernel_size": 12, "padding": 2, "inputs": ["input"]},
            {"name": "g", "type": "conv2d", "in_channels": 9, "stride": [4, 2], "inputs": ["f"]},
            {"name": "h", "type": "relu", "inputs": ["g:0"]},
        ]
    },
    places={
        ("layers", 0, "type"): place(1, 5, 16),
        ("layers", 1, "type"): place(2, 5, 2, end_line=4),
        ("layers", 2, "type"): place(5, 5, 8),
        ("layers", 0, "padding"): WIDTH,
    },
    literals={
        ("layers", 0, "out_channels"): (Literal(place=THREE, value=3),),
        ("layers", 0, "kernel_size"): (Literal(place=FOUR, value=4, exact=False),),
        ("layers", 1, "stride", 0): (Literal(place=FOUR, value=4),),
    },
)


def replacing(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "test", "path": path, "value": 0}, {"op": "replace", "path": path, "value": value}]


def texts(patch: list[dict[str, Any]]) -> list[str]:
    """The texts that the ways to write a patch make."""
    made = [edited({"": TEXT}, edits) for edits in ways_to_write(patch, READING)]
    return [files[""] for files in made if files is not None]


def test_a_literal_is_replaced_where_it_stands() -> None:
    assert texts(replacing("/layers/0/out_channels", 5)) == [TEXT.replace("f(3", "f(5")]


def test_a_number_that_was_computed_is_scaled_or_moved_with_its_literal() -> None:
    assert texts(replacing("/layers/0/kernel_size", 24)) == [TEXT.replace("4,", other) for other in ("8,", "16,", "2,")]


def test_an_entry_of_a_list_is_replaced_where_it_stands() -> None:
    assert texts(replacing("/layers/1/stride", [1, 2])) == [TEXT.replace("4,", "1,")]


def test_an_argument_without_a_literal_is_replaced_as_a_whole() -> None:
    assert texts(replacing("/layers/0/padding", 1)) == [TEXT.replace("width", "1")]


@pytest.mark.parametrize(
    ("layer", "after"),
    [
        (0, TEXT.replace("width)", "width, dilation=2)")),
        (1, TEXT.replace("    4,\n)", "    4,\n    dilation=2,\n)")),
        (2, TEXT.replace("h()", "h(dilation=2)")),
    ],
)
def test_an_argument_is_added_at_the_end_of_the_call(layer: int, after: str) -> None:
    assert texts([{"op": "add", "path": f"/layers/{layer}/dilation", "value": 2}]) == [after]


def test_what_changes_no_text_cannot_be_written() -> None:
    assert ways_to_write([{"op": "remove", "path": "/layers/0"}], READING) == []
    assert ways_to_write(replacing("/input_shape/2", 5), READING) == []


def test_edits_of_one_text_exclude_each_other() -> None:
    assert edited({"": TEXT}, (TextEdit(THREE, "1"), TextEdit(place(1, 5, 16), "x"))) is None


def test_edits_of_several_files_are_made_in_each() -> None:
    files = {"a.py": TEXT, "b.py": TEXT}
    both = tuple(TextEdit(place(1, 7, 8, file=name), "7") for name in files)
    assert edited(files, both) == dict.fromkeys(files, TEXT.replace("f(3", "f(7"))


def test_a_diff_shows_the_files_that_differ_by_their_names() -> None:
    diff = diff_of({"a.py": TEXT, "b.py": TEXT}, {"a.py": TEXT.replace("3", "5"), "b.py": TEXT})
    assert diff.startswith("--- a/a.py\n+++ b/a.py\n@@ -1,4 +1,4 @@\n-a = f(3, width)\n+a = f(5, width)\n")
    assert "b.py" not in diff
    assert diff_of({"": TEXT}, {"": ""}).startswith("--- a/model.py\n")


@pytest.mark.parametrize(
    ("value", "text"), [([3, 3], "(3, 3)"), ([1], "(1,)"), (None, "None"), (True, "True"), ("same", "'same'")]
)
def test_values_are_written_as_python_has_them(value: Any, text: str) -> None:
    assert python_text(value) == text


class TestUpstreamLiterals:
    LITERALS = UpstreamLiterals(READING, 2)

    def test_sizes_make_up_for_what_differs(self) -> None:
        assert (THREE, 5) in list(self.LITERALS.numbers([(9, 7)]))

    def test_a_kernel_goes_with_its_padding(self) -> None:
        assert (FOUR, 5) in list(self.LITERALS.numbers([]))

    def test_the_network_after_has_every_parameter_that_comes_from_the_literal(self) -> None:
        layers = self.LITERALS.network_after(FOUR, 2)["layers"]
        assert (layers[0]["kernel_size"], layers[1]["stride"]) == (6, [2, 2])
        assert READING.network["layers"][1]["stride"] == [4, 2]

    def test_only_what_leads_to_the_layer_is_upstream(self) -> None:
        assert UpstreamLiterals(READING, 0).pointers == [pointer for pointer in READING.literals if pointer[1] == 0]

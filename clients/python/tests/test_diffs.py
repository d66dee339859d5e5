"""Diffs: what of a file changes, and what stays as it is, byte for byte."""

from io import StringIO
from pathlib import Path

import pytest
from padstride import PadstrideError
from padstride.diffs import apply_diff
from padstride.findings import Finding, Place, lines_of
from padstride.lines import lines_in, lines_with_ends
from padstride.text import TextPrinter
from rich.console import Console

DIFF = """\
--- a/net.py
+++ b/net.py
@@ -1,3 +1,4 @@
 one
-two
+2
+2.5
 three
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\ntwo\nthree\nfour\n", "one\n2\n2.5\nthree\nfour\n"),
        ("one\r\ntwo\r\nthree\r\n", "one\r\n2\r\n2.5\r\nthree\r\n"),
        ("one\rtwo\rthree\r", "one\r2\r2.5\rthree\r"),
        ("one\ntwo\r\nthree\nfour\r\n", "one\n2\r\n2.5\r\nthree\nfour\r\n"),
        ("\ufeffone\ntwo\nthree", "\ufeffone\n2\n2.5\nthree"),
        ("one\ntwo\nthree\nfour\x0c\x85\u2028five\n", "one\n2\n2.5\nthree\nfour\x0c\x85\u2028five\n"),
    ],
)
def test_each_line_keeps_its_own_end(before: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(before.encode())
    assert apply_diff(DIFF, tmp_path) == [path]
    assert path.read_bytes().decode() == after


@pytest.mark.parametrize(
    ("hunk", "after"),
    [
        (["@@ -2 +2,2 @@", "-two", "+2", "+3"], "one\n2\n3"),
        (["@@ -2,0 +3 @@", "+three"], "one\ntwo\nthree"),
        (["@@ -2 +1,0 @@", "-two"], "one"),
        (["@@ -0,0 +1 @@", "+zero"], "zero\none\ntwo"),
    ],
)
def test_a_file_that_stops_without_a_line_end_still_does(hunk: list[str], after: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("one\ntwo")
    apply_diff("\n".join(["--- a/net.py", "+++ b/net.py", *hunk, ""]), tmp_path)
    assert (tmp_path / "net.py").read_text() == after


def test_nothing_is_written_where_a_file_is_another(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("one\ntwo\nthree\n")
    (tmp_path / "other.py").write_text("one\n2\n")
    with pytest.raises(PadstrideError, match=r"other\.py: line 2 is not 'two': the file has changed meanwhile"):
        apply_diff(DIFF + DIFF.replace("net.py", "other.py"), tmp_path)
    assert (tmp_path / "net.py").read_text() == "one\ntwo\nthree\n"


def test_a_line_is_shown_by_its_number_in_python(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes("\ufeff# form feed\x0c and \u2028 end no line\r\nx = 1\n".encode())
    assert lines_of(path, {}) == ["# form feed\x0c and \u2028 end no line", "x = 1"]
    console = Console(file=StringIO(), width=80)
    place = Place(path=path, line=1, column=3, end_line=1, end_column=7)
    finding = Finding(code="S1", name="n", severity="error", message="here", help=None, url="", place=place)
    TextPrinter(console).finding(finding)
    assert "1 | # form feed  and   end no line\n  |   ^^^^ here" in console.file.getvalue()


def test_lines_end_as_python_counts_them() -> None:
    text = "a\x0cb\x1cc\u2028d\x85e\nf\r\ng\rh"
    assert lines_in(text) == ["a\x0cb\x1cc\u2028d\x85e", "f", "g", "h"]
    assert "".join(lines_with_ends(text)) == text
    assert lines_in("") == []

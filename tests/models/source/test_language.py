"""Small programs, each with the value that Python itself gives its `answer`."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.models.source.toy import programs_of, value_of

PROGRAMS = programs_of("programs.txt")


def _plain(value: Any) -> Any:
    """The value as Python's own classes, so that it can be compared."""
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(element) for key, element in value.items()}
    if isinstance(value, tuple):
        return tuple(_plain(element) for element in value)
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return value


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_python_gives(name: str, tmp_path: Path) -> None:
    source = PROGRAMS[name]
    file = tmp_path / "program.py"
    file.write_text(source)
    expected = runpy.run_path(str(file))["answer"]
    assert _plain(value_of(source)) == _plain(expected)

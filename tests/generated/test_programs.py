"""Programs as users of generated clients write them: their types are right, and the service answers as it should."""

import json
import re
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.generated.generators import FOLDER, NODE, OUT, output

EXPECTED = {
    "outputSize": [112, 112],
    "valid": False,
    "messages": ["`in_channels` is 16, but `conv2d_0` produces 8 channels"],
    "output": [[-4, -4], [-4, -4]],
    "refused": [422, "kernel-larger-than-input", "set `kernel_size` to 4"],
}
"""What every program prints."""
PROGRAMS: Mapping[str, str] = {
    "openapi-typescript": "openapi_fetch.ts",
    "hey-api": "hey_api.ts",
    "openapi-python-client": "openapi_python_client.py",
    "datamodel-code-generator": "datamodel_codegen.py",
    "openapi-generator": "openapi_generator.py",
}
"""The program of each generator."""
BINARY = {"openapi-python-client": {"outputOfFiles": EXPECTED["output"]}}
"""What programs print beside it whose client posts arrays as files."""
NUMBERED = re.compile(r"^(?:export type|export interface|class) (\w+\d)\b", re.MULTILINE)
"""The names of types that end in a number."""


def command_of(program: str) -> Sequence[str]:
    return [str(NODE / "tsx")] if program.endswith(".ts") else [sys.executable]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_asks_and_reads(name: str, service: str) -> None:
    packages = f"{OUT}:{OUT / 'openapi-generator'}"
    printed = output(*command_of(PROGRAMS[name]), f"programs/{PROGRAMS[name]}", service, PYTHONPATH=packages)
    assert json.loads(printed) == EXPECTED | BINARY.get(name, {})


def test_typescript_takes_the_programs_and_all_that_is_generated() -> None:
    """In the strictest mode; a program also says which mistake must be found."""
    output(NODE / "tsc", "--project", FOLDER)


def test_pyright_takes_the_python_programs() -> None:
    """In strict mode, with the types of the clients that they use."""
    output(NODE / "pyright", "--project", FOLDER, "--pythonpath", sys.executable)


def test_mypy_takes_the_generated_models() -> None:
    output(
        sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(OUT / ".mypy_cache"), OUT / "padstride_models.py"
    )


@pytest.mark.parametrize("file", ["hey-api/types.gen.ts", "padstride_models.py"])
def test_no_type_is_numbered(file: str) -> None:
    """A generator numbers what has no name of its own."""
    named_so = {"Softmax2dLayer", "Base64Array"}
    numbered = {name for name in NUMBERED.findall((OUT / file).read_text(encoding="utf-8")) if name not in named_so}
    assert numbered == set()

"""The generators: the command of each, and where it writes to."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parents[1]
OUT = FOLDER / "out"
OPENAPI = PROJECT / "openapi.yaml"
NODE = FOLDER / "node_modules" / ".bin"
PYTHON = Path(sys.executable).parent

GENERATORS: Mapping[str, Sequence[str | Path]] = {
    "openapi-typescript": (
        *(NODE / "openapi-typescript", OPENAPI, "--output", OUT / "openapi-typescript/padstride.d.ts"),
        "--default-non-nullable=false",
    ),
    "hey-api": (NODE / "openapi-ts", "--input", OPENAPI, "--output", OUT / "hey-api"),
    "openapi-python-client": (
        *(PYTHON / "openapi-python-client", "generate", "--path", OPENAPI, "--meta", "none"),
        *("--output-path", OUT / "padstride_client"),
    ),
    "datamodel-code-generator": (
        *(PYTHON / "datamodel-codegen", "--input", OPENAPI, "--input-file-type", "openapi"),
        *("--output", OUT / "padstride_models.py", "--output-model-type", "pydantic_v2.BaseModel"),
        *("--target-python-version", "3.11", "--formatters", "builtin"),
        *("--enum-field-as-literal", "all", "--use-type-alias", "--use-annotated"),
    ),
    "openapi-generator": (
        *(PYTHON / "openapi-generator-cli", "generate", "--input-spec", OPENAPI, "--generator-name", "python"),
        *("--output", OUT / "openapi-generator", "--package-name", "padstride_generated"),
    ),
}
"""What is run, by the generator's name."""


def generate(name: str) -> None:
    """Run a generator."""
    OUT.mkdir(exist_ok=True)
    output(*GENERATORS[name])


def output(*command: str | Path, **environment: str) -> str:
    """What a program prints; an AssertionError with all it said where it fails."""
    own = {**os.environ, **environment}
    done = subprocess.run(command, cwd=FOLDER, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{Path(command[0]).name}: {done.stdout}\n{done.stderr}"
    return done.stdout

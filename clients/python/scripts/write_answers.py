"""Writes `src/padstride/answers.py`, the models of all answers, from the service's openapi.yaml.

python clients/python/scripts/write_answers.py          # needs datamodel-code-generator and PyYAML
python clients/python/scripts/write_answers.py --check  # exits with 1 where the file would change
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
OPENAPI = HERE.parents[2] / "openapi.yaml"
TARGET = HERE.parent / "src" / "padstride" / "answers.py"
REFERENCE = "#/components/schemas/"
BOUNDS = ("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern", "additionalProperties")
HEADER = '"""What the service answers: written by scripts/write_answers.py from openapi.yaml, not by hand."""\n\n'
OPTIONS = (
    *(
        "--input-file-type",
        "openapi",
        "--output-model-type",
        "pydantic_v2.BaseModel",
        "--target-python-version",
        "3.11",
    ),
    *("--use-standard-collections", "--use-union-operator", "--enum-field-as-literal", "all", "--use-annotated"),
    *("--disable-timestamp", "--extra-fields", "allow", "--use-schema-description", "--use-title-as-name"),
    *("--collapse-root-models", "--formatters", "builtin", "--parent-scoped-naming"),
)


def answers_of(document: dict[str, Any]) -> Iterator[str]:
    """The schemas that endpoints answer with, and those of errors."""
    yield "ProblemDocument"
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("200", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref")
            if reference:
                yield reference.removeprefix(REFERENCE)


def needed(schemas: dict[str, Any], names: Iterator[str]) -> dict[str, Any]:
    """These schemas and all that they refer to."""
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas[name]
            waiting += re.findall(rf"'\$ref': '{re.escape(REFERENCE)}(\w+)'", str(schemas[name]))
    return dict(sorted(found.items()))


def unbounded(schema: Any) -> Any:
    """A schema without bounds: a client believes what it is answered."""
    if isinstance(schema, dict):
        kept = {key: value for key, value in schema.items() if key not in BOUNDS or isinstance(value, dict)}
        return {key: unbounded(value) for key, value in kept.items()}
    return [unbounded(part) for part in schema] if isinstance(schema, list) else schema


def written() -> str:
    """The text of the module."""
    document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    schemas = unbounded(needed(document["components"]["schemas"], answers_of(document)))
    reduced = {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": {},
        "components": {"schemas": schemas},
    }
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.yaml", Path(folder) / "answers.py"
        source.write_text(yaml.safe_dump(reduced), encoding="utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(source), "--output", str(target)]
        subprocess.run([*command, *OPTIONS], check=True)
        text = target.read_text(encoding="utf-8")
    return HEADER + re.sub(r"\A(#.*\n)*\n*", "", text)


def main() -> int:
    """Writes the file, or says whether it would change."""
    text = written()
    if "--check" in sys.argv:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

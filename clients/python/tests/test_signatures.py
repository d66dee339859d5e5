"""What an editor and a type checker know of the clients' methods."""

import inspect
import os
import pydoc
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT
from padstride import AsyncClient, Client
from padstride.client import Endpoints

METHODS = [name for name, method in vars(Endpoints).items() if hasattr(method, "make")]
REQUESTS = {
    "output_size": "OutputSizeRequest",
    "compare": "CompareRequest",
    "padding": "PaddingRequest",
    "solve": "SolveRequest",
    "validate": "NetworkRequest",
    "input_sizes": "InputSizesRequest",
    "read": "ReadRequest",
    "write": "WriteRequest",
    "convolve": "ConvolveRequest",
    "explain": "ConvolveRequest",
    "batch": "BatchRequest",
}
"""The schema of what each method sends."""
OTHER_NAMES = {"network": {"layers", "model"}, "positions": {"explain"}}
"""Members of requests that a method has under another name."""
NOT_TAKEN = {
    "convolve": {"dtype", "explain", "respond_with"},
    "explain": {"respond_with"},
}
"""Members that a method has not: arrays travel as bytes, and say their type themselves."""
SNIPPET = """
from padstride import Client

client = Client()
client.validate([{}], input_shape=[1, 3, None, 32], detail="sizes")
client.validate([{}], bogus=1)
client.output_size({}, input_size="six")
reveal_type(client.validate([{}]))
"""


@pytest.fixture(scope="module")
def schemas() -> Any:
    """What requests may hold, as the service describes it."""
    return yaml.load((PROJECT / "openapi.yaml").read_text(), yaml.CSafeLoader)["components"]["schemas"]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_has_its_name_its_words_and_no_nameless_options(name: str) -> None:
    for kind in (Client, AsyncClient):
        method = getattr(kind("http://127.0.0.1:9"), name)
        parameters = inspect.signature(method).parameters.values()
        assert (method.__name__, bool(method.__doc__)) == (name, True)
        assert not any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in parameters)
        assert next(iter(inspect.signature(getattr(kind, name)).parameters)) == "self"


@pytest.mark.parametrize("name", REQUESTS)
def test_a_method_takes_every_member_of_its_request(name: str, schemas: dict[str, Any]) -> None:
    taken = inspect.signature(getattr(Client("http://127.0.0.1:9"), name)).parameters
    members = set().union(*(OTHER_NAMES.get(parameter, {parameter}) for parameter in taken))
    expected = set(schemas[REQUESTS[name]]["properties"]) - NOT_TAKEN.get(name, set())
    assert (expected - members, members - expected - {"layers"}) == (set(), set())


def test_help_lists_the_methods() -> None:
    text = pydoc.plaintext.document(Client)
    assert "validate(self, network: " in text
    assert "A network judged: every shape, cost and mistake in one answer." in text


def test_a_type_checker_knows_options_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "asks.py"
    path.write_text(SNIPPET)
    folder = PROJECT / "clients/python"
    command = [sys.executable, "-m", "mypy", str(path)]
    environment = {**os.environ, "MYPYPATH": str(folder / "src")}
    said = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False).stdout
    lines = [line.rpartition("asks.py:")[2] for line in said.splitlines() if "asks.py:" in line]
    assert [line.partition(":")[0] for line in lines] == ["6", "7", "8"]
    assert 'Unexpected keyword argument "bogus"' in lines[0]
    assert 'Revealed type is "padstride.reports.NetworkReport"' in lines[2]

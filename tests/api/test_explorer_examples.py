"""The models that the explorer's network view begins with are those of `examples/`, byte for byte."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.routes.page import FILES

HERE = Path(__file__).parents[2] / "examples"
SHIPPED = sorted((FILES / "examples").iterdir())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_example_is_that_of_the_repository(client: FlaskClient, path: Path) -> None:
    [original] = HERE.glob(f"*/{path.name}")
    assert path.read_bytes() == original.read_bytes(), f"cp {original} {path}"
    assert client.get(f"/page/examples/{path.name}").data == original.read_bytes()


def test_the_view_asks_for_no_other() -> None:
    view = (FILES / "views" / "network" / "questions.js").read_text(encoding="utf-8")
    assert {path.name for path in SHIPPED} == {part.split('"')[0] for part in view.split('file: "')[1:]}

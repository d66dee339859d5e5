"""Real models against what was measured while they ran: every shape, parameter and buffer of every layer."""

import gzip
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE

Document = dict[str, Any]

COLLECTIONS = {"keras": 40, "torchvision": 95, "timm": 60}
"""The collections of models, and how many models of each there are at least."""
STEP = 1 if os.environ.get("EVERY_MODEL") else 2
"""Of so many models one is compared, since all take most of a minute."""


def recorded(collection: str) -> Iterator[Document]:
    """The header, then every model."""
    with gzip.open(HERE / "models" / f"{collection}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def figures_of(layer: Document) -> list[Any]:
    """The shapes of its outputs, its parameters and its buffers."""
    shapes = layer.get("output_shapes") or [layer["output_shape"]]
    return [[None if shape is None else list(shape) for shape in shapes], layer["parameters"], layer["buffers"]]


def disagreements(model: Document) -> Iterator[str]:
    """What the service says otherwise than the model did."""
    document = OPERATION.respond(model["body"])
    for diagnostic in document["diagnostics"]:
        if diagnostic["severity"] == "error":
            yield f"{diagnostic['name']} at {diagnostic['location']}: {diagnostic['message']}"
    for posted, layer, figures in zip(model["body"]["layers"], document["layers"], model["figures"], strict=True):
        if figures_of(layer) != figures:
            yield f"{posted} is {figures}, not {figures_of(layer)}"
    for kind in ("parameters", "buffers"):
        total = model["totals"][kind] - model["unused"][kind] + model["repeated"][kind]
        if document["totals"][kind] != total:
            yield f"{total} {kind} in all, not {document['totals'][kind]}"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_figure_of_every_layer_of_real_models_is_the_frameworks(collection: str) -> None:
    header, *models = recorded(collection)
    assert header["models"] == len(models) >= COLLECTIONS[collection]
    wrong = {model["model"]: said for model in models[::STEP] if (said := list(disagreements(model)))}
    first = {name: said[:2] for name, said in list(wrong.items())[:5]}
    assert not wrong, f"{len(wrong)} models disagree: {first}"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_real_models_are_said_whole(collection: str) -> None:
    _, *models = recorded(collection)
    for model in models:
        assert all(layer["type"] != "opaque" for layer in model["body"]["layers"]), model["model"]
        for position, kind in enumerate(("parameters", "buffers"), 1):
            total = model["totals"][kind] - model["unused"][kind] + model["repeated"][kind]
            assert sum(figures[position] for figures in model["figures"]) == total, model["model"]

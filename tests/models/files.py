"""Model files for the readers' tests: those that were recorded with what a run gave, and how they are read."""

import base64
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.models.formats import recognised
from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelReading
from service.operations.shared.read_models import layer_judge
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE

Document = dict[str, Any]
ELSEWHERE = os.environ.get("RECORDED_READERS")
"""A directory with the recordings of real models, which are not committed."""


def recorded(collection: str) -> Iterator[Document]:
    """The models of a collection, behind its header; none where it was not recorded on this machine."""
    folders = [HERE / "readers", *([Path(ELSEWHERE)] if ELSEWHERE else [])]
    for path in (folder / f"{collection}.jsonl.gz" for folder in folders):
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                header, *models = map(json.loads, lines)
            assert models, path
            assert header["models"] == len({model["model"] for model in models})
            yield from models


def posted(model: Document, limits: ReadingLimits | None = None, **members: Any) -> PostedModel:
    """A recorded model as it is posted: a text, or bytes."""
    files = {"": model["text"]} if "text" in model else {}
    if "file" in model:
        data: bytes | None = (Path(ELSEWHERE or "") / model["file"]).read_bytes()
    else:
        data = base64.b64decode(model["data"]) if "data" in model else None
    return PostedModel(files=files, data=data, limits=limits or ReadingLimits(), **members)


def read(model: PostedModel) -> ModelReading:
    """What the reader of the model's format makes of it."""
    row = recognised(model)
    return row.read(model, layer_judge(FRAMEWORKS[row.framework]))


def judged(reading: ModelReading, **members: Any) -> Document:
    """The network as the service judges it."""
    json.dumps(reading.network, allow_nan=False).encode()
    return OPERATION.respond({**reading.network, **members})


def errors_of(document: Document) -> list[str]:
    """The errors of a judged network."""
    return [diagnostic["message"] for diagnostic in document["diagnostics"] if diagnostic["severity"] == "error"]


def outputs_of(layer: Document) -> list[Any]:
    """The shapes of a judged layer's outputs."""
    shapes = layer.get("output_shapes") or [layer["output_shape"]]
    return [None if shape is None else list(shape) for shape in shapes]

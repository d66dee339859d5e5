"""The graph of a `.pt2` file: a member of the zip file. Weights, which are members too, are not read."""

from collections.abc import Mapping
from typing import Any

from service.models.archives import Archive, holds_member, is_zip, shortened
from service.models.json_documents import beginning_of, member, object_of, read_json
from service.models.posted import Data, PostedModel
from service.models.reading import UnreadableModelError

GRAPH = "models/model.json"
FOLDER, ENDING = "models/", ".json"
OLDER_GRAPH = "serialized_exported_program.json"
PICKLE = "data.pkl"
COMPILED = "data/aotinductor/"
WHAT = "the graph"
EXPORT = 'write it with `torch.export.save(torch.export.export(model, inputs), "model.pt2")`'


def looks_like_exported_program(model: PostedModel) -> bool:
    """Whether it is a zip file with a graph, one that PyTorch wrote otherwise, or the graph as a text."""
    if model.data is not None and is_zip(model.data):
        return any(holds_member(model.data, name) for name in (GRAPH, OLDER_GRAPH, PICKLE))
    if is_pickle(model.data):
        return True
    beginning = beginning_of(model)
    return beginning.startswith(b"{") and b'"graph_module"' in beginning


def is_pickle(data: Data | None) -> bool:
    """Whether it begins as a pickle does: what `torch.save` wrote before it wrote zip files."""
    return data is not None and bytes(data[:1]) == b"\x80"


def _pickled() -> UnreadableModelError:
    message = "the file is what `torch.save` or `torch.jit.save` writes, a pickle, which is never read"
    return UnreadableModelError(message, EXPORT, member="data")


def program_of(model: PostedModel) -> dict[str, Any]:
    """The exported program as its JSON has it: an object with `graph_module`.

    Raises:
        UnreadableModelError: It is another file than `torch.export` writes.
    """
    document = read_json(_text_of(model), WHAT, model.limits)
    program = object_of(member(document, "exported_program")) or object_of(document)
    if not isinstance(member(program, "graph_module", "graph", "nodes"), list):
        raise UnreadableModelError("the file has no graph of an exported program", EXPORT, member="data")
    return program


def _text_of(model: PostedModel) -> str | Data:
    if model.data is None:
        return next(iter(model.files.values()), "")
    if is_pickle(model.data):
        raise _pickled()
    if not is_zip(model.data):
        return model.data
    archive = Archive(model.data, model.limits)
    found = _graph_in(archive.names)
    if found is not None:
        return archive.read(found)
    if any(COMPILED in name for name in archive.names):
        raise UnreadableModelError(
            "the file is a package of AOTInductor, which holds compiled code and no graph", EXPORT, member="data"
        )
    if any(name.rpartition("/")[2] == PICKLE for name in archive.names):
        raise _pickled()
    raise UnreadableModelError("the zip file holds no exported program", EXPORT, member="data")


def _graph_in(names: tuple[str, ...]) -> str | None:
    """The member with the graph; the only one of several, since a package may hold more models.

    Raises:
        UnreadableModelError: There are several.
    """
    graphs = [name for name in names if name == OLDER_GRAPH or name.endswith((f"/{OLDER_GRAPH}", f"/{GRAPH}"))]
    graphs = graphs or [name for name in names if _is_a_model(name)]
    if len(graphs) > 1:
        listed = ", ".join(f"`{shortened(name)}`" for name in graphs[:5])
        raise UnreadableModelError(f"the file holds {len(graphs)} models: {listed}", "post one of them", member="data")
    return graphs[0] if graphs else None


def _is_a_model(name: str) -> bool:
    """Whether a member stands directly in the folder of models."""
    folder, _, last = name.rpartition("/")
    return last.endswith(ENDING) and f"{folder.rpartition('/')[2]}/" == FOLDER


def versions(program: Mapping[str, Any]) -> str:
    """The version of PyTorch that wrote the program, for messages."""
    version = program.get("torch_version")
    return shortened(version) if isinstance(version, str) else "an unknown version"

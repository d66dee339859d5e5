"""The configuration of a posted Keras model: a text, or a member of a `.keras` file. Weights are not read."""

from typing import Any

from service.models.archives import Archive, holds_member, is_zip
from service.models.json_documents import beginning_of, list_of, member, object_of, read_json
from service.models.posted import Data, PostedModel
from service.models.reading import UnreadableModelError

HDF5 = b"\x89HDF"
CONFIGURATION = "config.json"
SAVED_MODEL = "saved_model.pb"
WHAT = "the configuration"


def looks_like_keras(model: PostedModel) -> bool:
    """Whether it is a JSON text with classes in it, a zip with a configuration, an HDF5 file or a SavedModel."""
    if model.data is not None:
        if is_zip(model.data):
            return any(holds_member(model.data, name) for name in (CONFIGURATION, SAVED_MODEL))
        if is_hdf5(model.data):
            return True
    if any(path.rpartition("/")[2] == SAVED_MODEL for path in model.files):
        return True
    beginning = beginning_of(model)
    return beginning[:1] in (b"{", b"[") and b'"class_name"' in beginning


def is_hdf5(data: Data) -> bool:
    """Whether a file begins as HDF5 files do."""
    return data[: len(HDF5)] == HDF5


def configuration_of(model: PostedModel) -> dict[str, Any]:
    """The model as its configuration says it: an object with `class_name` and `config`.

    Raises:
        UnreadableModelError: There is none, or the file is of a form that has none.
    """
    document = read_json(_text_of(model), WHAT, model.limits)
    if isinstance(document, str):  # `json.dumps(model.to_json())`, a text within a text
        document = read_json(document, WHAT, model.limits)
    if isinstance(document, list):
        document = {"layers": document}
    config = object_of(member(document, "config")) or {"layers": list_of(member(document, "config"))}
    whole = object_of(document)
    if "layers" in whole and not config.get("layers"):
        whole = {"config": whole}
    if not list_of(member(whole, "config", "layers")) and not list_of(member(whole, "config")):
        message = "the configuration has no layers, as a model of a class of its own has none"
        raise UnreadableModelError(message, "post the `to_json()` of a Functional or Sequential model")
    return whole


def _text_of(model: PostedModel) -> str | Data:
    if model.data is None:
        return _text_of_files(model)
    if is_hdf5(model.data):
        raise UnreadableModelError(
            "the model is an HDF5 file, which is not read",
            'save it as a `.keras` file: `keras.saving.load_model("model.h5").save("model.keras")`',
            member="data",
        )
    if not is_zip(model.data):
        return model.data
    archive = Archive(model.data, model.limits)
    if CONFIGURATION in archive.names:
        return archive.read(CONFIGURATION)
    if any(name.rpartition("/")[2] == SAVED_MODEL for name in archive.names):
        raise _saved_model()
    raise UnreadableModelError(
        f"the zip file has no member `{CONFIGURATION}`", 'post what `model.save("model.keras")` writes', member="data"
    )


def _text_of_files(model: PostedModel) -> str:
    if any(path.rpartition("/")[2] == SAVED_MODEL for path in model.files):
        raise _saved_model()
    named = [path for path in model.files if path.rpartition("/")[2] == CONFIGURATION]
    if len(model.files) == 1 or len(named) == 1:
        return model.files[named[0]] if named else next(iter(model.files.values()))
    raise UnreadableModelError(
        f"{len(model.files)} files were posted, and a Keras model is one",
        "post what `model.to_json()` gives, or the `.keras` file",
    )


def _saved_model() -> UnreadableModelError:
    return UnreadableModelError(
        "the model is a SavedModel, which holds TensorFlow's operations and not the model's layers",
        'save the model that it was exported from as a `.keras` file: `model.save("model.keras")`',
        member="data",
    )

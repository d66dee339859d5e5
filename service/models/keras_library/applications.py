"""The models of `keras.applications`: their arguments are recorded from Keras, source of our own tells their layers."""

from collections.abc import Iterator, Mapping, Sequence

from service.models.keras_library.functions import Foreign
from service.models.keras_library.preludes import APPLICATIONS, application
from service.models.keras_library.signatures import names_of, signature
from service.models.keras_library.tensors import SymbolicTensor
from service.models.reading import Literal, Rename
from service.models.source.host import RaisedError, Run, Unknown, Value, literals_of
from service.models.source.library_hosts import Function, same
from service.models.source.recorded_signatures import Signature
from service.models.source.wrong_names import similar
from service.models.source.wrong_words import unexpected

MODELS = names_of("applications.")
MODULES: Mapping[str, tuple[str, ...]] = {
    "imagenet_utils": (),
    "mobilenet_v3": (),
    **{module: tuple(name for name in MODELS if name.startswith(beginning)) for module, beginning in {
        "convnext": "ConvNeXt", "densenet": "DenseNet", "efficientnet": "EfficientNetB",
        "efficientnet_v2": "EfficientNetV2", "inception_resnet_v2": "InceptionResNetV2", "inception_v3": "InceptionV3",
        "nasnet": "NASNet", "vgg16": "VGG16", "vgg19": "VGG19", "xception": "Xception",
    }.items()},
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet50": ("ResNet50",),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
}  # fmt: skip
"""The modules of `keras.applications`, and the models that each has."""
WAYS: Mapping[str, str | None] = {
    **dict.fromkeys(("imagenet_utils", "resnet", "resnet50", "vgg16", "vgg19"), "caffe"),
    "densenet": "torch",
    **dict.fromkeys(("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3")),
}
"""How `preprocess_input` of a module prepares images: None where the model does it itself, "tf" for all others."""


def of_any(module: str, name: str) -> Value:
    """What every module of `keras.applications` has beside its models; None where it is not that."""
    if name == "preprocess_input":
        return _preparing(WAYS.get(module.rpartition(".")[2], "tf"))
    return Foreign(f"keras.applications.{name}") if name == "decode_predictions" else None


def _preparing(way: str | None) -> Function:
    """`preprocess_input`: of tensors what it computes, of all else the same."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        images = same(arguments, keywords, run)
        known = isinstance(images, SymbolicTensor) and images.value.shape is not None
        return run.call(run.prelude(APPLICATIONS, "prepared"), [images, way], {}) if known and way else images

    return Function("keras.applications.preprocess_input", answer)


def model_named(name: str) -> Value:
    """The function of `keras.applications` that makes a model; of one that no source tells, nothing is known."""
    source, known = application(name), signature(f"applications.{name}")
    if source is None or known is None:
        return Foreign(f"keras.applications.{name}")

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        given = known.bind(arguments, keywords)
        unknown = next((word for word in given if word not in known.positional), None)
        if unknown is not None:
            return _refused(known, unknown, run)
        if isinstance(given.get("weights"), Unknown):
            given["weights"] = None
        if (not_known := next((value for value in given.values() if isinstance(value, Unknown)), None)) is not None:
            return not_known
        try:
            with run.catching("Exception"):
                return run.call(run.prelude(source, "build"), [name], {**known.defaults, **given})
        except RaisedError as error:
            run.report(error, tuple(literals_in(list(given.values()))))
            return Unknown(str(error))

    return Function(f"keras.applications.{name}", answer)


def _refused(known: Signature, word: str, run: Run) -> Unknown:
    """An argument that the function does not have: that is told, with the names that may be meant."""
    error = unexpected(known.name, word)
    place = run.place_of_name(word)
    likely = [] if place is None else [Rename(place=place, name=one) for one in similar(word, known.positional, run)]
    run.report(error, renames=likely)
    return Unknown(str(error))


def literals_in(value: Value) -> Iterator[Literal]:
    """Where the numbers stand that are in a value, or in its entries."""
    if isinstance(value, list | tuple):
        for entry in value:
            yield from literals_in(entry)
    elif isinstance(value, int | float):
        yield from literals_of(value)

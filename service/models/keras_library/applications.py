"""The models of `keras.applications`: their arguments are recorded from Keras, source of our own tells their layers."""

from collections.abc import Mapping, Sequence

from service.models.keras_library.arguments import checked
from service.models.keras_library.functions import Foreign
from service.models.keras_library.preludes import application
from service.models.keras_library.signatures import names_of, signature
from service.models.source.host import Run, Value
from service.models.source.library_hosts import Function, same

MODELS = names_of("applications.")
MODULES: Mapping[str, tuple[str, ...]] = {
    "imagenet_utils": (),
    "mobilenet_v3": (),
    **{module: tuple(name for name in MODELS if name.startswith(beginning)) for module, beginning in {
        "convnext": "ConvNeXt", "densenet": "DenseNet", "efficientnet": "EfficientNetB",
        "efficientnet_v2": "EfficientNetV2", "inception_resnet_v2": "InceptionResNetV2", "inception_v3": "InceptionV3",
        "nasnet": "NASNet", "resnet50": "ResNet50", "vgg16": "VGG16", "vgg19": "VGG19", "xception": "Xception",
    }.items()},
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet50": ("ResNet50",),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
}  # fmt: skip
"""The modules of `keras.applications`, and the models that each has."""
OLDER = ("RegNet", "ResNetRS")
"""How the names of models begin that TensorFlow had and Keras 3 does not."""


def of_any(name: str) -> Value:
    """What every module of `keras.applications` has beside its models; None where it is not that."""
    if name == "preprocess_input":
        return Function("keras.applications.preprocess_input", same)
    is_known = name == "decode_predictions" or name.startswith(OLDER)
    return Foreign(f"keras.applications.{name}") if is_known else None


def model_named(name: str) -> Value:
    """The function of `keras.applications` that makes a model."""
    source, known = application(name), signature(f"applications.{name}")
    if source is None or known is None:
        return Foreign(f"keras.applications.{name}")

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        given = checked(name, known, arguments, keywords, run, is_call=True)
        return run.call(run.prelude(source, "build"), [name], {**known.defaults, **given})

    return Function(f"keras.applications.{name}", answer)

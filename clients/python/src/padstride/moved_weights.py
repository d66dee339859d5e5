"""Trained arrays brought into a translated model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from padstride.answers import WriteAnswer
from padstride.npy import numpy_module

if TYPE_CHECKING:
    from numpy.typing import NDArray


NO_PLACES = "the answer has no places for weights: there is no source, or the network's framework does not name weights"


def moved_weights(weights: Mapping[str, Any], answer: WriteAnswer) -> "dict[str, NDArray[Any]]":
    """The arrays of a network by their names in its translation, with their axes in its order.

    ``weights`` are the network's: in PyTorch ``{name: tensor.numpy() for name, tensor in net.state_dict().items()}``,
    in Keras ``{f"{layer.name}/{weight.name}": weight.numpy() for layer in net.layers for weight in layer.weights}``.
    Arrays that the translation has not, such as PyTorch's counts of batches, are left out.

    Raises:
        ValueError: the answer has no places, or an array has another shape than the network's.
        KeyError: an array is missing.
    """
    if answer.weights is None:
        raise ValueError(NO_PLACES)
    numpy = numpy_module()
    moved: dict[str, NDArray[Any]] = {}
    for name, place in answer.weights.items():
        array = numpy.asarray(weights[name])
        before = array if place.reshape is None else array.reshape(place.reshape)
        moved[place.to] = before.transpose(place.transpose).reshape(place.shape)
    return moved

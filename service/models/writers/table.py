"""The targets by name: a new one is a module of this package, and its place here."""

from collections.abc import Mapping

from service.models.writers import keras, pytorch
from service.models.writers.target import Target

TARGETS: Mapping[str, Target] = {target.framework.name: target for target in (pytorch.TARGET, keras.TARGET)}

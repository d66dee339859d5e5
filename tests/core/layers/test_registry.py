"""The registry of layers takes a name once, and no field that the table of parameters lacks."""

from dataclasses import dataclass

import pytest

from service.core.layers import LAYERS, Layer
from service.core.layers.registry import layer_kind


@dataclass(frozen=True, kw_only=True)
class Unknown(Layer):
    """A layer with a parameter that has no row."""

    sharpness: int = 1


def test_a_type_name_is_taken_once() -> None:
    before = set(LAYERS)
    with pytest.raises(ValueError, match="'relu' is registered twice"):
        layer_kind("relu")(Layer)
    assert set(LAYERS) == before


def test_a_field_without_a_row_in_the_table_of_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="no row for sharpness of Unknown"):
        layer_kind("sharpen")(Unknown)
    assert "sharpen" not in LAYERS

"""What a layer of padding adds is padding for the layer behind it: nobody is warned that it is not read."""

import pytest

from service.core.networks.judge_network import judge
from tests.core.networks.build import Posted, network

STRIDED: Posted = {"type": "conv2d", "out_channels": 4, "kernel_size": 7, "stride": 2}


@pytest.mark.parametrize(
    ("before", "sizes", "warned"),
    [
        ({"type": "pad", "padding": 3}, (224, 224), False),  # as ResNet in Keras
        ({"type": "pad", "padding": [[3, 3], [3, 0]]}, (224, 225), True),
        ({"type": "pad", "padding": [[3, 0], [3, 0]]}, (224, 224), False),  # (227 - 7) / 2 is whole
        ({"type": "pad", "padding": [[3, 0], [3, 3]]}, (225, 224), True),
        ({"type": "pad", "padding": 3, "mode": "reflect"}, (224, 224), True),
        ({"type": "pad", "padding": [[1, -1], [1, -1]]}, (224, 224), True),
        ({"type": "relu"}, (224, 224), True),
    ],
)
def test_zeros_of_the_layer_before_may_stay_unread(before: Posted, sizes: tuple[int, int], warned: bool) -> None:
    found = judge(network([before, STRIDED], input=(1, 3, *sizes))).diagnostics
    assert [diagnostic.rule.name for diagnostic in found] == ["unread-input"] * warned


def test_what_is_padded_for_several_layers_is_padding_for_each() -> None:
    layers: list[Posted] = [{"type": "pad", "padding": 3, "name": "padded"}, {**STRIDED, "inputs": ["padded"]}]
    layers += [{**STRIDED, "kernel_size": 3, "inputs": ["padded"], "name": "other"}]
    layers += [{"type": "concat", "inputs": ["conv2d", "other"]}]
    names = {diagnostic.rule.name for diagnostic in judge(network(layers, input=(1, 3, 224, 224))).diagnostics}
    assert "unread-input" not in names

"""Receptive fields of several axes: the published formula, and branches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.geometry import axis_field, receptive_field
from service.core.geometry.axes import WindowAxis
from service.core.geometry.receptive_field import ReceptiveField

Window = tuple[int, int, int]
"""The kernel, stride and padding of one axis."""
windows = st.tuples(st.integers(1, 7), st.integers(1, 3), st.integers(0, 3))


def behind(chain: list[tuple[Window, ...]]) -> ReceptiveField:
    """The field behind layers, each with a window for each axis."""
    field = receptive_field.of_input(len(chain[0]))
    for layer in chain:
        axes = [WindowAxis(size=None, kernel=k, stride=s, before=b, after=b) for k, s, b in layer]
        composed = receptive_field.composed(field, tuple(axis.field for axis in axes))
        assert composed is not None
        field = composed
    return field


@given(chain=st.lists(st.tuples(windows, windows), min_size=1, max_size=6))
def test_windows_follow_the_published_formula(chain: list[tuple[Window, Window]]) -> None:
    """Size `r + (e - 1)*g`, stride `g*s` and start `c + ((e - 1)/2 - b)*g`, each axis by itself."""
    field = behind(list(chain))
    for number, axis in enumerate(field.axes):
        size, stride, start = 1, 1, 0.0
        for kernel, own_stride, before in (layer[number] for layer in chain):
            size, start = size + (kernel - 1) * stride, start + ((kernel - 1) / 2 - before) * stride
            stride *= own_stride
        assert (axis.size, axis.stride, axis.twice_centre / 2) == (size, stride, start)


ALEXNET = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)]
VGG16 = [(3, 1), (3, 1), (2, 2)] * 2 + [(3, 1), (3, 1), (3, 1), (2, 2)] * 3


@pytest.mark.parametrize(("layers", "size", "stride"), [(ALEXNET, 195, 32), (VGG16, 212, 32)])
def test_known_networks_have_the_fields_of_the_literature(
    layers: list[tuple[int, int]], size: int, stride: int
) -> None:
    """Source: the table of Araujo, Norris and Sim, 2019."""
    [axis] = behind([((kernel, own_stride, 0),) for kernel, own_stride in layers]).axes
    assert (axis.size, axis.stride) == (size, stride)


def test_branches_that_agree_on_centres_are_aligned() -> None:
    wide, narrow, shifted = behind([((5, 1, 2),)]), behind([((3, 1, 1),)]), behind([((3, 1, 0),)])
    assert receptive_field.union((wide, narrow), 0) == wide
    merged = receptive_field.union((wide, shifted), 0)
    assert merged is not None
    assert (merged.axes[0].size, merged.aligned) == (5, False)
    behind_it = receptive_field.composed(merged, (axis_field.IDENTITY,))
    assert behind_it is not None
    assert not behind_it.aligned


def test_what_is_unknown_of_a_branch_or_an_axis_is_unknown_of_all() -> None:
    field = behind([((3, 1, 1), (5, 2, 2))])
    assert receptive_field.union((field, None), 0) is None
    assert receptive_field.union((field, behind([((3, 1, 1),)])), 0) is None
    assert receptive_field.composed(None, (axis_field.IDENTITY,)) is None
    assert receptive_field.composed(field, (axis_field.IDENTITY,)) is None
    assert receptive_field.composed(field, (axis_field.IDENTITY, None)) is None

"""Layouts take shapes apart and put them together."""

import pytest

from service.core.geometry.shapes import CHANNELS_FIRST, CHANNELS_LAST, Layout, Shape, elements, shape_text


@pytest.mark.parametrize(
    ("layout", "shape", "channel_axis", "spatial"),
    [
        (CHANNELS_FIRST, (2, 3, 9, 7), 1, (9, 7)),
        (CHANNELS_LAST, (2, 9, 7, 3), 3, (9, 7)),
        (CHANNELS_FIRST, (3, 9, 7), 0, (9, 7)),
        (CHANNELS_LAST, (9, 7, 3), 2, (9, 7)),
    ],
)
def test_the_parts_of_a_shape_are_where_its_layout_says(
    layout: Layout, shape: Shape, channel_axis: int, spatial: Shape
) -> None:
    assert layout.channel_axis(len(shape), 2) == channel_axis
    assert layout.spatial(shape, 2) == spatial
    changed = layout.with_sizes(shape, 5, (4, 6))
    assert (changed[channel_axis], layout.spatial(changed, 2)) == (5, (4, 6))
    assert layout.join(shape[: len(shape) - 3], 3, spatial) == shape


@pytest.mark.parametrize(
    ("layout", "shape", "axes", "sizes"),
    [
        (CHANNELS_FIRST, (2, 3, 9, 7), [2, 3], (9, 7)),
        (CHANNELS_LAST, (2, 9, 7, 3), [1, 2], (9, 7)),
        (CHANNELS_FIRST, (2, 3, None, 7), [2, 3], ()),
        (CHANNELS_LAST, (2, 12), [1], ()),
        (CHANNELS_FIRST, (2,), [], ()),
    ],
)
def test_positions_lie_along_spatial_axes_or_features(
    layout: Layout, shape: Shape, axes: list[int], sizes: tuple[int, ...]
) -> None:
    assert list(layout.position_axes(shape)) == axes
    assert layout.known_sizes(shape) == sizes


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((2, 3, 4), 24), ((None, 3, 4), 12), ((2, None, 4), None), ((), 1), (None, None), ((None, 0), 0)],
)
def test_only_an_unknown_batch_counts_as_1(shape: Shape | None, expected: int | None) -> None:
    assert elements(shape) == expected


def test_a_shape_is_written_as_json() -> None:
    assert shape_text((None, 3, 224)) == "[null, 3, 224]"

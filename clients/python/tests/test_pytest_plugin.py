"""The fixture for other people's tests."""

from pathlib import Path

import pytest
from padstride.pytest import Checker


def test_a_broken_network_fails_with_its_line(url: str, broken: Path) -> None:
    with Checker(url) as checker, pytest.raises(AssertionError, match=r"num_features.* is 32"):
        checker.assert_sound(broken, input_shape=[1, 3, 32, 32])


def test_a_sound_network_passes(url: str, sound: Path) -> None:
    with Checker(url) as checker:
        checker.assert_sound(sound, entry="Net", input_shape=[1, 3, 32, 32])
        checker.assert_sound([{"type": "relu"}], input_shape=[1, 3, 8, 8])

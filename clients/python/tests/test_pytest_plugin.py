"""The fixture for other people's tests."""

import os
import subprocess
import sys
from pathlib import Path

import padstride
import pytest
from conftest import SOUND
from padstride import Model
from padstride.pytest import Checker

SHAPE = [1, 3, 32, 32]
ARGUED = SOUND.replace("def __init__(self)", "def __init__(self, width)").replace("16", "width")


def test_a_broken_network_fails_with_its_line(url: str, broken: Path) -> None:
    with Checker(url) as checker, pytest.raises(AssertionError, match=r"num_features.* is 32"):
        checker.assert_sound(broken, input_shape=SHAPE)


def test_a_sound_network_passes(url: str, sound: Path) -> None:
    with Checker(url) as checker:
        checker.assert_sound(sound, entry="Net", input_shape=SHAPE)
        checker.assert_sound(Model.of_file(sound), input_shape=SHAPE)
        checker.assert_sound([{"type": "relu"}], input_shape=[1, 3, 8, 8])


def test_a_model_is_made_with_arguments(url: str, tmp_path: Path) -> None:
    path = tmp_path / "argued.py"
    path.write_text(ARGUED)
    with Checker(url) as checker:
        checker.assert_sound(path, arguments={"width": 16}, input_shape=SHAPE)


def test_a_file_that_is_missing_is_told_as_python_does(url: str, tmp_path: Path) -> None:
    with Checker(url) as checker, pytest.raises(FileNotFoundError):
        checker.assert_sound(tmp_path / "missing.py")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("'argued.py', input_shape=[1, 3, 8, 8]", "Net needs `width` [M801]; give `width` in `arguments`"),
        (
            "'argued.py', arguments={'width': 8}",
            "is not known (line 11 of argued.py) [M801]; post `input_shape`, such as",
        ),
        ("'argued.py', arguments={'width': object()}", "cannot be sent as JSON: a value of the type object is none"),
    ],
)
def test_a_test_that_could_not_be_judged_says_why_in_a_few_lines(
    asked: str, said: str, url: str, tmp_path: Path
) -> None:
    (tmp_path / "argued.py").write_text(ARGUED)
    test = f"pytest_plugins = ['padstride.pytest']\n\n\ndef test_it(padstride):\n    padstride.assert_sound({asked})\n"
    (tmp_path / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    environment = {**os.environ, "PADSTRIDE_URL": url, "PYTHONPATH": str(Path(padstride.__file__).parents[1])}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert ended.returncode == 1
    assert "the network could not be judged" in ended.stdout
    assert said in ended.stdout
    assert "httpx" not in ended.stdout
    assert len(ended.stdout.splitlines()) < 25

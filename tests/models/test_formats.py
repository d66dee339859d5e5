"""The service starts without the readers of formats; each is imported once it is needed, by however many threads."""

import inspect
import subprocess
import sys

import pytest

from service.models.formats import Format, formats, recognised
from service.models.posted import PostedModel
from service.models.reading import UnreadableModelError

READERS = sorted(row.reader.partition(":")[0] for row in formats().values())
STARTED = """
import sys
import service.app
print(*(name for name in sys.modules if name.startswith("service.models.")))
"""
MANY_THREADS = """
from concurrent.futures import ThreadPoolExecutor
from service.models.formats import formats
rows = list(formats().values())
with ThreadPoolExecutor(24) as pool:
    print(len(set(pool.map(lambda row: row.read, rows * 4))))
"""


def printed(program: str) -> list[str]:
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return result.stdout.split()


@pytest.mark.parametrize("row", formats().values(), ids=formats())
def test_each_reader_is_a_function_of_a_model_and_a_judge(row: Format) -> None:
    assert inspect.isfunction(row.read)
    assert len(inspect.signature(row.read).parameters) == 2
    assert f"{row.read.__module__}:{row.read.__name__}" == row.reader


def test_the_application_is_made_without_readers() -> None:
    started = printed(STARTED)
    assert "service.models.pytorch" in started
    small = {"service.models.network_json"}
    assert not (set(READERS) - small) & set(started)
    assert not [name for name in started if name.startswith("service.models.torch_library.")]


def test_threads_that_ask_for_readers_at_once_get_each_of_them_whole() -> None:
    assert printed(MANY_THREADS) == [str(len(formats()))]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("", "import os\n", "pytorch"),
        ("", "net = Sequential(Conv2d(3, 4, 3\n", "pytorch"),
        ("model.py", "def f(:\n", "pytorch"),
        ("model.py", "{}", "pytorch"),
        ("model.py", "import keras\ndef f(:\n", "keras-source"),
        ("", ' {"layers": []}', "json"),
        ("", '{"class_name": "Sequential", "config": {}}', "keras"),
    ],
)
def test_python_is_read_as_source_whatever_it_imports(path: str, text: str, name: str) -> None:
    assert recognised(PostedModel(files={path: text})).name == name


@pytest.mark.parametrize(("path", "text"), [("notes.txt", "import os\n"), ("", '{"a": 1}'), ("", " [1, 2]")])
def test_what_is_neither_python_nor_a_known_format_is_told(path: str, text: str) -> None:
    with pytest.raises(UnreadableModelError, match="the format of the model is not known"):
        recognised(PostedModel(files={path: text}))


def test_an_empty_file_is_told() -> None:
    with pytest.raises(UnreadableModelError, match="the model is empty"):
        recognised(PostedModel(data=b""))


@pytest.mark.parametrize("data", [b"\x80\x02\x8a\nl\xfc", b"\x80\x04\x95"])
def test_a_pickle_is_told_and_never_read(data: bytes) -> None:
    """`torch.save` wrote such files until PyTorch 1.6."""
    model = PostedModel(data=data)
    with pytest.raises(UnreadableModelError, match="a pickle, which is never read"):
        recognised(model).read(model, lambda *_: pytest.fail("nothing is judged"))

"""Files that are made to do harm: each is refused, or read within bounds; none ends in another error."""

import copy
import io
import json
import random
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from service.models.archives import DIRECTORY_ENTRY, PIECE, Archive, MemoryFile, holds_member, occurrences
from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError
from tests.effort import hang_guard
from tests.models.files import Document, judged, posted, read, recorded

SEED = 20
FILES = [*recorded("keras"), *recorded("older_keras"), *recorded("exported")]
TEXTS = [model for model in FILES if "text" in model]
ZIPS = [model for model in FILES if "data" in model]
NESTING = 12


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def keras_model(*layers: Document, taken: Any = None) -> str:
    last = layers[-1]["config"]["name"]
    config = {"layers": layers, "input_layers": [["x", 0, 0]], "output_layers": taken or [[last, 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": config})


def layer(kind: str, name: str, taken: str, **config: Any) -> Document:
    return {"class_name": kind, "config": {"name": name, **config}, "inbound_nodes": [[[taken, 0, 0, {}]]]}


IMAGE: Document = {
    "class_name": "InputLayer",
    "config": {"name": "x", "batch_shape": [1, 8, 8, 3]},
    "inbound_nodes": [],
}


def limit_of(model: PostedModel) -> str:
    with pytest.raises(ModelLimitError) as error:
        read(model)
    return error.value.limit


@pytest.mark.parametrize("member", ["config.json", "archive/models/model.json"])
def test_a_zip_bomb_is_refused_by_what_comes_out(member: str) -> None:
    bomb = packed({member: b" " * 80_000_000})
    assert len(bomb) < 100_000
    assert limit_of(PostedModel(data=bomb)) == "max_unpacked_bytes"


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    data = packed({"config.json": b" " * 80_000_000})
    lying = data.replace(struct.pack("<I", 80_000_000), struct.pack("<I", 10))
    assert limit_of(PostedModel(data=lying)) == "max_unpacked_bytes" if lying == data else refused(lying)


def refused(data: bytes) -> bool:
    with pytest.raises(UnreadableModelError):
        read(PostedModel(data=data))
    return True


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    data = packed({f"{number}": b"" for number in range(50)} | {"config.json": b"{}"}, zipfile.ZIP_STORED)
    assert limit_of(PostedModel(data=data, limits=ReadingLimits(max_model_members=50))) == "max_model_members"


def test_members_are_counted_across_the_pieces_of_a_file() -> None:
    data = bytearray(3 * PIECE)
    places = [0, PIECE - 3, 2 * PIECE, 3 * PIECE - 4]
    for place in places:
        data[place : place + 4] = DIRECTORY_ENTRY
    for end in range(3 * PIECE - 5, 3 * PIECE + 1):
        assert occurrences(DIRECTORY_ENTRY, memoryview(data)[:end]) == 3 + (end == 3 * PIECE)


def test_a_file_in_memory_is_read_as_one_on_a_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(range(100)))
    chosen = random.Random(SEED)
    with (tmp_path / "file").open("rb") as file, MemoryFile(memoryview(bytes(range(100)))) as memory:
        for _ in range(500):
            size, whence = chosen.choice([-1, 0, 7, 200, None]), chosen.randrange(3)
            offset = chosen.randrange(0 if whence == 0 else -20, 120)
            try:
                expected = (file.seek(offset, whence), file.read(size), file.tell())
            except OSError:
                with pytest.raises(ValueError, match="negative seek position"):
                    memory.seek(offset, whence)
                continue
            assert (memory.seek(offset, whence), memory.read(size), memory.tell()) == expected


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_unpacked_in_pieces_is_refused(method: int) -> None:
    assert refused(packed({"config.json": b"{}"}, method))


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(packed({"config.json": b"{}"}))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data))


def test_a_zip_inside_a_zip_is_not_opened() -> None:
    assert refused(packed({"config.json": packed({"config.json": b"{}"})}))


@pytest.mark.parametrize(
    "text", ["[" * 10_000_000, '{"class_name":' * 500_000, '{"graph_module":' * 100_000, "[" * 900 + "]" * 900]
)
def test_brackets_inside_each_other_are_refused(text: str) -> None:
    begun = '{"class_name": "Functional", "config": ' + text
    for model in (text, begun, begun.replace("class_name", "graph_module")):
        with pytest.raises(UnreadableModelError):
            read(PostedModel(files={"": model}))


def test_too_many_values_are_refused_before_they_are_parsed() -> None:
    text = '{"class_name": "Sequential", "config": [' + "[]," * 1_000_001
    assert limit_of(PostedModel(files={"": text})) == "max_model_elements"


def test_a_text_that_is_too_long_is_refused_before_it_is_parsed() -> None:
    text = '{"class_name": "Sequential", "config": "' + " " * 1000 + '"}'
    limits = ReadingLimits(max_unpacked_bytes=1000)
    assert limit_of(PostedModel(files={"": text}, limits=limits)) == "max_unpacked_bytes"
    assert limit_of(PostedModel(data=memoryview(text.encode()), limits=limits)) == "max_unpacked_bytes"


def empty_model(name: str, calls: int, inside: Document | None) -> Document:
    """A model that calls another one again and again, each time on what the last call gave."""
    start = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [1, 3]}, "inbound_nodes": []}
    if inside is None:
        layers, last = [start], ["x", 0, 0]
    else:
        taken = [["x", 0, 0, {}], *(["inner", call, 0, {}] for call in range(calls - 1))]
        layers, last = [start, {**inside, "inbound_nodes": [[entry] for entry in taken]}], ["inner", calls - 1, 0]
    config = {"name": name, "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [last]}
    return {"class_name": "Functional", "config": config}


@pytest.mark.parametrize("kind", [["Add"], {"Add": 1}, None, 3])
def test_the_class_of_a_distributed_layer_may_be_anything(kind: Any) -> None:
    """A list or an object cannot be looked up in a set."""
    held = json.loads(keras_model({"class_name": kind, "config": {"name": "a"}, "inbound_nodes": [["x", 0, 0, {}]]}))
    outer = layer("TimeDistributed", "t", "x", layer=held)
    assert read(PostedModel(files={"": keras_model(IMAGE, outer)})).network["layers"]


def test_models_that_multiply_are_bounded_even_if_they_have_no_layers() -> None:
    model = empty_model("inner", 1, None)
    for _ in range(NESTING):
        model = empty_model("inner", 10, model)
    with hang_guard():
        assert limit_of(PostedModel(files={"": json.dumps(model)})) == "max_model_steps"


def test_models_that_multiply_layers_are_bounded() -> None:
    model = empty_model("inner", 1, None)
    model["config"]["layers"].append(layer("ReLU", "relu", "x"))
    model["config"]["output_layers"] = [["relu", 0, 0]]
    for _ in range(NESTING):
        model = empty_model("inner", 10, model)
    limits = ReadingLimits(max_layers=100)
    assert limit_of(PostedModel(files={"": json.dumps(model)}, limits=limits)) == "max_layers"


def test_models_inside_each_other_are_bounded() -> None:
    model = empty_model("inner", 1, None)
    for _ in range(30):
        model = empty_model("inner", 1, model)
    limits = ReadingLimits(max_model_depth=20)
    assert limit_of(PostedModel(files={"": json.dumps(model)}, limits=limits)) == "max_model_depth"


NAMES = [
    "a" * 1_000_000,
    "\u202e\u0000\u0007:",
    "",
    "x",
    "input",
    "../../x",
    "__class__",
    "{0.__class__}",
    "\U0001f600" * 5000,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_of_any_kind_are_read(name: str) -> None:
    model = keras_model(IMAGE, layer("ReLU", name or "ReLU", "x"), layer("Mine", "last", name or "ReLU"))
    if name == "x":
        with pytest.raises(UnreadableModelError, match="is the name of two layers"):
            read(PostedModel(files={"": model}))
        return
    document = judged(read(PostedModel(files={"": model})))
    assert document["layers"][0]["output_shape"] == (1, 8, 8, 3)


NUMBERS = [10**30, -1, 0, 2**63, 1e308, -0.0, True, None, "3", [], [[[[[[1]]]]]], [1] * 100_000, {"class_name": "x"}]


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
@pytest.mark.parametrize(
    "word", ["filters", "kernel_size", "strides", "padding", "data_format", "activation", "groups"]
)
def test_parameters_of_any_value_are_judged(word: str, number: Any) -> None:
    config = {"filters": 4, "kernel_size": 3, word: number}
    document = judged(read(PostedModel(files={"": keras_model(IMAGE, layer("Conv2D", "c", "x", **config))})))
    assert len(document["layers"]) == 1


@pytest.mark.parametrize("number", NUMBERS, ids=range(len(NUMBERS)))
def test_input_shapes_of_any_value_are_judged_or_refused(number: Any) -> None:
    for shape in ([1, number, 8, 3], number):
        image = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": shape}, "inbound_nodes": []}
        try_to_read(PostedModel(files={"": keras_model(image, layer("ReLU", "r", "x"))}))


def try_to_read(model: PostedModel) -> bool:
    """Whether a model can be read; then its network is judged without an exception too."""
    try:
        reading = read(model)
    except UnreadableModelError as error:
        return is_told_badly(error)
    judged(reading, detail="sizes")
    return True


def is_told_badly(error: UnreadableModelError) -> bool:
    """False for a refusal that has a message of bounded length, and says what to do."""
    assert error.message
    assert error.help
    assert len(error.message) < 1500
    return False


ODD = [None, True, -1, 0, 1, 7, 10**12, 10**40, 1.5, "", "x", "Conv2D", [], {}, [[]], ["x", 0, 0], {"as_int": -3},
       {"as_tensor": {}}, {"class_name": "__keras_tensor__", "config": {}}, [1, 2, 3],
       ["x", -5, 10**20, {}], "a" * 3000]  # fmt: skip


def places_in(document: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with a key in it."""
    found, left = [], [document]
    while left:
        container = left.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                left.append(container[key])
    return found


def spoilt(document: Any, draw: random.Random) -> Any:
    """The document with a few values replaced, removed, or put in the place of others."""
    document = copy.deepcopy(document)
    for _ in range(draw.choice([1, 1, 1, 2, 5])):
        places = places_in(document)
        container, key = draw.choice(places)
        other, from_key = draw.choice(places)
        match draw.randrange(4):
            case 0:
                container[key] = copy.deepcopy(draw.choice(ODD))
            case 1:
                del container[key]
            case 2:
                container[key] = copy.deepcopy(other[from_key])
            case 3:
                container[key] = [copy.deepcopy(container[key])] * draw.choice([1, 2, 40])
    return document


def document_in(model: Document) -> Any:
    if "text" in model:
        return json.loads(model["text"])
    with zipfile.ZipFile(io.BytesIO(posted(model).data or b"")) as file:
        name = next(name for name in file.namelist() if name.endswith(("config.json", "model.json")))
        return json.loads(file.read(name))


@pytest.mark.parametrize("part", range(4))
def test_spoilt_documents_are_read_or_refused(part: int) -> None:
    draw, count = random.Random(SEED + part), 0
    documents = [document_in(model) for model in FILES[part::4]]
    for _ in range(150):
        text = json.dumps(spoilt(draw.choice(documents), draw))
        count += try_to_read(PostedModel(files={"": text}))
    assert count > 10


def test_spoilt_bytes_are_read_or_refused() -> None:
    draw = random.Random(SEED)
    for _ in range(600):
        data = bytearray(posted(draw.choice(ZIPS)).data or b"")
        for _ in range(draw.randint(1, 6)):
            place = draw.choice([draw.randrange(len(data)), draw.randrange(60), len(data) - 1 - draw.randrange(120)])
            data[place] = draw.randrange(256)
        try_to_read(PostedModel(data=bytes(data[: draw.choice([len(data), len(data), draw.randrange(len(data))])])))


def test_what_a_format_looks_at_first_never_fails() -> None:
    draw = random.Random(SEED)
    for _ in range(2000):
        data = (
            b"PK\x03\x04"
            + draw.randbytes(draw.randrange(60))
            + draw.choice([b"config.json", b"PK\x01\x02", b""]) * draw.randrange(9)
        )
        holds_member(data, "config.json")
        try_to_read(PostedModel(data=data))


def test_the_sizes_of_members_are_added_up() -> None:
    archive = Archive(packed({"a": b"0" * 600, "b": b"0" * 600}), ReadingLimits(max_unpacked_bytes=1000))
    assert len(archive.read("a")) == 600
    with pytest.raises(ModelLimitError):
        archive.read("b")
    assert zlib.crc32(b"") == 0

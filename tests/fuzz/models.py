"""`python -m tests.fuzz.models`: hostile model files: ONNX, `.keras`, `.pt2`, configurations and source.

A case is the file itself, as it is posted in a form.
"""

import ast
import io
import json
import random
import sys
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from tests.fuzz.bodies import ROOT, changed, text_of
from tests.fuzz.harness import LARGEST, Fuzzer, main, varied
from tests.fuzz.npy import BOUNDARY, form_of

LARGEST_SEED = 60_000
"""Bytes of a file to begin with: smaller ones are read faster."""
PATHS = ("/v1/networks/validate", *["/v1/networks/read"] * 4, "/v1/networks/input-sizes")
"""Most cases are only read, which takes a tenth of the time of judging them: readers are what a file can harm."""
SHAPES = (b'{"input_shape": [1, 3, 32, 32]}', b"{}", b'{"input_shape": [1, 8]}', b'{"inputs": {"x": [1, 3, 8, 8]}}')
CONFIGURATION = ("config.json", "model.json")
"""The ends of names of the members that say what a zipped model is."""
WORDS = [
    *("Conv2D", "Dense", "Functional", "Sequential", "InputLayer", "keras.layers", "config", "class_name", "name"),
    *("inbound_nodes", "layers", "batch_shape", "torch.ops.aten.conv2d.default", "as_int", "as_tensor", "as_expr"),
]
EXPRESSIONS = [
    *("None", "True", "0", "-1", "1e9", "''", "[]", "()", "{}", "x", "self", "lambda: 0", "object()", "...", "len"),
    *("super()", "int", "[1] * 10**9", "range(10**12)", "10 ** 40", "2 ** 10 ** 9", "'a' * 10**10", "nn.Module()"),
    *(
        "torch.zeros(10**9, 10**9)",
        "self.forward(x)",
        "x.shape",
        "nn.Conv2d(3, 4, 3)",
        "keras.Input((8, 8, 3))",
        "(1, (2,))",
    ),
    *(
        "[x for x in range(10**9)]",
        "float('nan')",
        "f'{1:>1000000000}'",
        "1 << 10**10",
        "'%1000000000d' % 1",
        "type(self)()",
    ),
]


def seeds() -> Sequence[bytes]:
    """Recorded models and those of the tests, none large."""
    from tests.models.files import posted, recorded
    from tests.models.onnx_models import BUILT

    files = [posted(model) for of in ("keras", "older_keras", "exported") for model in recorded(of)]
    found = [bytes(file.data) if file.data is not None else file.files[""].encode() for file in files]
    found += [built.model.SerializeToString() for built in BUILT.values()]
    sources = [*(ROOT / "examples/models").glob("*.py"), *(ROOT / "tests/models/source/scripts").glob("*.txt")]
    found += [source.read_bytes() for source in sources if source.stem != "make"]
    programs = [ROOT / "tests/golden/keras_source/programs.txt"]
    programs += [*(ROOT / "tests/models/torch_library/programs").glob("*.txt")]
    found += [part.partition("\n")[2].encode() for path in programs for part in path.read_text().split("\n=== ")[1:]]
    return [file for file in found if len(file) < LARGEST_SEED]


def _zipped(data: bytes, drawn: random.Random) -> bytes:
    """A zip file with another configuration."""
    stream = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist()[:40]:
                content = old.read(name) if old.getinfo(name).file_size < LARGEST else b""
                if name.endswith(CONFIGURATION):
                    content = _json(content, drawn)
                new.writestr(name, content)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return varied(data, drawn)
    return stream.getvalue()


def _json(data: bytes, drawn: random.Random) -> bytes:
    try:
        return text_of(changed(json.loads(data), drawn, WORDS))
    except (ValueError, RecursionError):
        return varied(data, drawn)


class _Changing(ast.NodeTransformer):
    """Puts other expressions in the place of some, and repeats, leaves out and moves statements."""

    def __init__(self, drawn: random.Random) -> None:
        self.drawn = drawn
        self.rate = drawn.choice([0.003, 0.01, 0.05])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.JoinedStr):
            return node
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and self.drawn.random() < self.rate * 3:
            at = self.drawn.randrange(len(body))
            moved = body.pop(at) if len(body) > 1 and self.drawn.random() < 0.5 else body[at]
            body[self.drawn.randrange(len(body)) : 0] = [moved] * self.drawn.choice([0, 1, 2]) or [ast.Pass()]
        fixed = isinstance(node, ast.Starred | ast.Slice | ast.FormattedValue) or not isinstance(node, ast.expr)
        if fixed or isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or self.drawn.random() > self.rate:
            return node
        return ast.parse(self.drawn.choice(EXPRESSIONS), mode="eval").body


def _source(text: str, drawn: random.Random) -> bytes:
    try:
        tree = _Changing(drawn).visit(ast.parse(text))
        return ast.unparse(ast.fix_missing_locations(tree)).encode()
    except (SyntaxError, ValueError, RecursionError, TypeError, AttributeError, MemoryError):
        return varied(text.encode(), drawn)


def _onnx(data: bytes, drawn: random.Random) -> bytes:
    import onnx
    from google.protobuf.message import DecodeError

    from tests.models.test_onnx_hostile import spoil

    try:
        model = onnx.load_from_string(data)
    except DecodeError:
        return varied(data, drawn)
    if not model.graph.node:
        return varied(data, drawn)
    for _ in range(drawn.randint(1, 3)):
        if model.graph.node:
            spoil(model, drawn)
    return model.SerializeToString()


def mutate(data: bytes, drawn: random.Random) -> bytes:
    """Another file of the same format."""
    if data.startswith(b"PK\3\4"):
        made = _zipped(data, drawn)
    elif data[:1] in b"{[" and data:
        made = _json(data, drawn)
    else:
        try:
            text = data.decode()
            made = _source(text, drawn) if "\0" not in text and "import" in text else _onnx(data, drawn)
        except UnicodeDecodeError:
            made = _onnx(data, drawn)
    return made[:LARGEST]


def post(client: Any, data: bytes) -> int:
    """The status of the answer to a case."""
    drawn = zlib.crc32(data)
    form = form_of([("request", "r", SHAPES[drawn % len(SHAPES)]), ("model", "m", data)])
    path = PATHS[drawn // 7 % len(PATHS)]
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    status: int = client.post(path, data=form, content_type=kind).status_code
    return status


FUZZER = Fuzzer(name="models", seeds=seeds, mutate=mutate, post=post, guides="service.models")

if __name__ == "__main__":
    sys.exit(main(FUZZER))

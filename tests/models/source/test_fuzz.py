"""Programs and models with something changed in them, at random: each is read or refused, and nothing else happens."""

import ast
import random

import pytest

from service.models.posted import ReadingLimits
from service.models.reading import UnreadableModelError
from tests.models.source.test_models import NET
from tests.models.source.toy import programs_of, read

PROGRAMS = list(programs_of("programs.txt").values())
VALUES = [
    *(
        "None",
        "True",
        "0",
        "-1",
        "1e9",
        "''",
        "[]",
        "()",
        "{}",
        "x",
        "self",
        "lambda: 0",
        "object()",
        "...",
        "'a'",
        "len",
    ),
    *(
        "super()",
        "int",
        "[1, 2]",
        "{1: 2}",
        "type",
        "range(3)",
        "toy.Module",
        "toy",
        "slice(1, 2)",
        "b'a'",
        "1j",
        "dict",
    ),
    *("float('nan')", "toy.Scale", "toy.Scale(2)", "self.forward", "Exception()", "iter([1])", "(1, (2,))", "10 ** 40"),
]
CHARACTERS = "()[]{}:,.\n '\"=+*\\\t#@é\x00"
LIMITS = ReadingLimits(max_model_steps=30_000, max_model_elements=30_000)


class Changing(ast.NodeTransformer):
    """Puts other values in the place of some expressions."""

    def __init__(self, drawn: random.Random, values: list[str] = VALUES) -> None:
        self.drawn = drawn
        self.values = values
        self.rate = drawn.choice([0.005, 0.02, 0.08])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.JoinedStr):
            return node
        super().generic_visit(node)
        kept = ast.Starred | ast.Slice | ast.JoinedStr | ast.FormattedValue
        if not isinstance(node, ast.expr) or isinstance(node, kept) or self.drawn.random() > self.rate:
            return node
        written = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
        return node if written else ast.parse(self.drawn.choice(self.values), mode="eval").body


def _changed(drawn: random.Random) -> str:
    """A source with expressions and perhaps characters changed."""
    source = "import toy\n" + "\n".join(drawn.sample(PROGRAMS, 4)) + "\n" + NET
    source = ast.unparse(ast.fix_missing_locations(Changing(drawn).visit(ast.parse(source))))
    if drawn.random() < 0.3:
        characters = list(source)
        for _ in range(drawn.randint(1, 3)):
            characters[drawn.randrange(len(characters))] = drawn.choice(CHARACTERS)
        source = "".join(characters)
    return source


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_source_is_read_or_refused(seed: int) -> None:
    source = _changed(random.Random(seed))
    try:
        reading = read(source, entry="Net", limits=LIMITS)
    except UnreadableModelError:
        return
    assert not [said.message for said in reading.not_understood if said.message.startswith("this statement")]

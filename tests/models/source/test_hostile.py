"""Sources that want too much, or want out: each is bounded or refused, and none reaches anything of ours."""

import pytest

from service.models.posted import ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError
from service.models.source.host import Unknown
from tests.effort import hang_guard
from tests.models.source.toy import machine_after, programs_of, read

TOO_MUCH: dict[str, str] = {
    "a loop without an end": "while True:\n    pass",
    "a loop that counts": "n = 0\nwhile n >= 0:\n    n += 1",
    "many modules": "import toy\nlayers = [toy.Scale(1) for _ in range(10 ** 9)]",
    "a long list": "x = [0] * 10 ** 9",
    "a list that doubles": "x = [0]\nwhile True:\n    x = x + x",
    "a list that grows by itself": "x = [1]\nfor _ in range(100):\n    x.extend(x)",
    "a long string": "x = 'a' * 10 ** 12",
    "a string that doubles": "x = 'ab'\nwhile True:\n    x = x + x",
    "a string that replaces itself": "x = 'aa'\nwhile True:\n    x = x.replace('a', 'aa')",
    "a long range": "x = list(range(10 ** 12))",
    "a wide product": "import itertools\nx = list(itertools.product(range(100), repeat=10))",
    "recursion": "def f(n):\n    return f(n + 1)\nf(0)",
    "recursion through a property": "class A:\n    @property\n    def x(self):\n        return self.x\nA().x",
    "recursion through attributes": "class A:\n  def __getattr__(self, n):\n    return getattr(self, n * 2)\nA().y",
    "recursion through iteration": "class A:\n    def __iter__(self):\n        return iter(list(self))\nlist(A())",
    "recursion through operators": "class A:\n    def __add__(self, o):\n        return self + o\nA() + A()",
    "recursion through text": "class A:\n    def __repr__(self):\n        return f'{self!r}'\nx = str(A())",
    "recursion through a base": "import toy\nclass A(toy.Module):\n    def __init__(self):\n        A()\nA()",
    "a dictionary that grows": "d = {}\ni = 0\nwhile True:\n    d[i] = i\n    i += 1",
    "searching a long list again and again": "x = list(range(500000))\nwhile True:\n    -1 in x",
    "comparing what is shared": "x = y = ()\nfor _ in range(60):\n    x, y = (x, x), (y, y, 1)[:2]\nx == y",
    "many sorted values": "x = list(range(100000))\nwhile True:\n    sorted(x)",
    "a long comprehension": "x = [i for i in range(3000) for j in range(3000)]",
    "a deep list": "x = []\nfor _ in range(10 ** 5):\n    x = [x]\nimport copy\ncopy.deepcopy(x)",
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_work_is_refused_by_the_limit_that_it_exceeds(name: str) -> None:
    with pytest.raises((ModelLimitError, RecursionError)) as raised:
        machine_after(TOO_MUCH[name], max_model_steps=200_000, max_model_elements=200_000)
    if isinstance(raised.value, ModelLimitError):
        assert raised.value.limit in ("max_model_steps", "max_model_elements", "max_model_depth")


def test_recursion_of_python_itself_is_refused_too() -> None:
    with pytest.raises(ModelLimitError, match="inside each other"):
        read("import toy\nx = " + "+".join(["1"] * 2000) + "\nclass N(toy.Module):\n    def forward(self, x): return x")


NOT_COMPUTED: dict[str, str] = {
    "a tower of powers": "x = 2 ** 10 ** 9",
    "a large shift": "x = 1 << 10 ** 10",
    "a product that squares itself": "x = 3\nfor _ in range(64):\n    x = x * x",
    "a factorial": "import math\nx = math.factorial(10 ** 9)",
    "a binomial": "import math\nx = math.comb(10 ** 9, 5 * 10 ** 8)",
    "a wide format": "x = f'{1:>1000000000}'",
    "a wide format by method": "x = '{:1000000000d}'.format(1)",
    "a wide format by a nested field": "x = '{:{}}'.format(1, 10 ** 9)",
    "a wide format by percent": "x = '%1000000000d' % 1",
    "a starred width": "x = '%*d' % (10 ** 9, 1)",
    "a precise format": "x = '%.1000000000f' % 1.0",
    "padding": "x = 'a'.ljust(10 ** 10)",
    "an expression that runs away": "import re\nx = re.match('(a+)+$', 'a' * 40 + 'b')",
    "a generator without an end": "def g():\n    while True:\n        yield 1\nx = list(g())",
    "an iterator without an end": "import itertools\nx = list(itertools.count())",
    "a key of keys of keys": "t = ()\nfor _ in range(100):\n    t = (t, t)\nx = {t: 1}[t]",
    "a deep key": "t = ()\nfor _ in range(10 ** 4):\n    t = (t,)\nx = hash(t)",
    "a set of keys of keys": "t = ()\nfor _ in range(100):\n    t = (t, t)\nx = set([t])",
    "evaluation": "x = eval('1 + 1')",
    "execution": "x = exec('y = 1')",
    "a file": "x = open('/etc/passwd').read()",
    "an import by name": "x = __import__('os').system('true')",
    "a system call": "import os\nx = os.system('true')",
    "a process": "import subprocess\nx = subprocess.run(['true'])",
    "a pickle": "import pickle\nx = pickle.loads(b'')",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_COMPUTED)
def test_what_is_not_computed_is_unknown(name: str) -> None:
    with hang_guard():
        machine = machine_after(NOT_COMPUTED[name])
    assert isinstance(machine.modules[""].names["x"], Unknown)


ATTRIBUTES: dict[str, str] = {
    "the class of a tuple": "x = ().__class__.__bases__",
    "subclasses": "x = ().__class__.__base__.__subclasses__()",
    "the globals of a function": "def f(): pass\nx = f.__globals__",
    "the code of a function": "def f(): pass\nx = f.__code__",
    "the closure of a lambda": "x = (lambda: 0).closure",
    "a slot of a function": "def f(): pass\nx = f.node",
    "a slot of a class": "class A: pass\nx = A.mro",
    "a slot of an instance": "class A: pass\nx = A().cls",
    "the attributes of an instance": "class A: pass\nx = A().attributes",
    "the implementation of a builtin": "x = len.implementation",
    "the instances of a builtin": "x = int.instances",
    "the names of a module": "import math\nx = math.names",
    "the receiver of a method": "x = [].append.receiver",
    "the dictionary of a string": "x = ''.__dict__",
    "a format of an attribute": "x = '{0.__class__.__mro__}'.format(())",
    "a format of a slot": "class A: pass\nx = '{0.cls}'.format(A())",
    "an f-string of an attribute": "x = f'{().__class__.__mro__[1].__subclasses__()}'",
    "getattr": "x = getattr((), '__reduce__')",
    "attrgetter": "from operator import attrgetter\nx = attrgetter('__class__.__mro__')(())",
    "the literals of a number": "x = (5).literals",
    "the frame of a generator": "def g(): yield 1\nx = g().gi_frame",
    "the values of a generator": "def g(): yield 1\nx = g().values",
    "the reason of an unknown": "import nothing\nx = nothing.reason",
    "the machine": "x = super.implementation",
    "the table of a type": "x = type(1).methods",
    "an exception's traceback": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    x = e.__traceback__",
}  # fmt: skip


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_no_attribute_of_ours_is_reached(name: str) -> None:
    machine = machine_after(ATTRIBUTES[name])
    assert isinstance(machine.modules[""].names.get("x", Unknown()), Unknown)


def test_a_class_of_the_language_is_only_what_its_table_says() -> None:
    machine = machine_after("x = type(1).__name__, (1).__class__.__name__, [].__class__.__name__")
    assert machine.modules[""].names["x"] == ("int", "int", "list")


TEXTS: dict[str, str] = {
    "brackets in brackets": "x = " + "[" * 150 + "]" * 150,
    "ten megabytes of brackets": "[" * 10_000_000,
    "a bracket that is never closed": "(" * 150,
    "minus signs": "x = " + "-" * 100_000 + "1",
    "lambdas": "x = " + "lambda: " * 20_000 + "1",
    "attributes": "x = a" + ".b" * 100_000,
    "calls": "x = f" + "()" * 100_000,
    "conditions": "x = " + "1 if 1 else " * 20_000 + "1",
    "powers": "x = 1" + "**1" * 50_000,
    "else ifs": "if 0:\n    pass\n" + "elif 0:\n    pass\n" * 20_000,
    "a null byte": "x = 1\x00",
    "a lone surrogate": "x = '\ud800'",
    "no Python": "def f(:\n    pass",
    "tabs and spaces": "if 1:\n\tx = 1\n        y = 2",
    "an open string": "x = '''abc",
    "an unknown character": "x = 1 \u2215 2",
    "bytes that are no number": "x = 0777",
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_the_parser_does_not_take_is_refused(name: str) -> None:
    with hang_guard(), pytest.raises(UnreadableModelError):
        read(TEXTS[name])


def test_brackets_in_strings_and_comments_nest_nothing() -> None:
    machine = machine_after("x = '" + "[" * 500 + "'  # " + "(" * 500 + "\ny = '''" + "{" * 500 + "'''")
    assert len(machine.modules[""].names["x"]) == 500


def test_the_scan_for_strings_takes_linear_time() -> None:
    with hang_guard(), pytest.raises(UnreadableModelError):
        read("'''" + "\\'''" * 200_000 + "[" * 200)


def test_a_source_that_is_too_long_is_refused() -> None:
    with pytest.raises(ModelLimitError) as raised:
        read("#" * 5_000_000)
    assert raised.value.limit == "max_source_bytes"


def test_source_of_too_many_files_is_refused() -> None:
    files = {f"part{number}.py": "" for number in range(51)}
    with pytest.raises(ModelLimitError) as raised:
        read(files, limits=ReadingLimits(max_model_members=50))
    assert raised.value.limit == "max_model_members"


def test_what_one_reading_sets_is_gone_in_the_next() -> None:
    changing = "import math, collections, sys\nmath.pi = 3\nValueError.x = 1\ncollections.deque = 5\nint.y = 2"
    machine_after(changing)
    machine = machine_after(
        "import math, collections\nx = math.pi > 3, hasattr(ValueError, 'x'), callable(collections.deque)"
    )
    assert machine.modules[""].names["x"] == (True, False, True)


CONFUSING = programs_of("confusing.txt")


@pytest.mark.parametrize("name", CONFUSING)
def test_confusing_programs_are_read_to_the_end(name: str) -> None:
    machine = machine_after(CONFUSING[name] + "\nend = 1")
    assert machine.modules[""].names["end"] == 1


@pytest.mark.parametrize("name", [name for name in CONFUSING if "forward" in CONFUSING[name]])
def test_confusing_models_are_read_or_refused(name: str) -> None:
    try:
        reading = read(CONFUSING[name])
    except UnreadableModelError:
        return
    assert reading.network["layers"]

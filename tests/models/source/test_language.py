"""Small programs, each with the value that Python itself gives its `answer`."""

from typing import Any

import pytest

from tests.models.source.toy import value_of

PROGRAMS: dict[str, str] = {
    "arithmetic": "answer = (7 // 2, 7 % 3, -7 // 2, 2 ** 10, 7 / 2, 1 << 4, 6 & 3, 6 | 1, 6 ^ 3, ~5, +3, -3)",
    "comparison": "answer = (1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 'a' != 'b', 2 in [1, 2], 3 not in (1, 2), None is None)",
    "conditions": "answer = [x if x > 2 else -x for x in range(5)], (0 or 'a'), (1 and 2), not []",
    "walrus": "answer = [(y := x + 1) for x in range(3)] + [y]",
    "defaults": "def f(a, b=2, *c, d=4, **e):\n    return a, b, c, d, e\nanswer = f(1), f(1, 3, 5, 6, d=7, g=8)",
    "positional only": "def f(a, /, b, *, c):\n    return a, b, c\nanswer = f(1, b=2, c=3)",
    "closures": (
        "def counter():\n    n = 0\n    def more(by=1):\n        nonlocal n\n        n += by\n        return n\n"
        "    return more\nc = counter()\nanswer = c(), c(5), c()"
    ),
    "globals": "n = 1\ndef f():\n    global n\n    n += 1\nf()\nf()\nanswer = n",
    "loops": (
        "answer = []\nfor i in range(10):\n    if i == 2:\n        continue\n    if i == 5:\n        break\n"
        "    answer.append(i)\nelse:\n    answer.append('end')\nwhile len(answer) < 6:\n    answer.append(0)\n"
        "else:\n    answer.append('done')"
    ),
    "unpacking": "(a, *b), c = ((1, 2, 3), 4)\n[*d, e] = 'xyz'\nanswer = a, b, c, d, e, [*b, *'uv'], {**{'k': 1}, 'l': 2}",
    "swaps": "a, b = 1, 2\na, b = b, a\nanswer = a, b",
    "slices": "x = list(range(10))\nanswer = x[2:5], x[::-1], x[-3:], x[::3], 'abcdef'[1:-1], (1, 2, 3)[:2]",
    "slice assignment": "x = list(range(6))\nx[1:3] = [9]\ndel x[0], x[-1]\nx[0] += 1\nanswer = x",
    "strings": (
        "answer = 'a,b'.split(','), '-'.join(['x', 'y']), ' z '.strip(), 'layer1.0'.replace('.', '_'), "
        "'ab'.upper(), 'abc'.startswith(('x', 'a')), 'a.b.c'.rpartition('.'), 'x' * 3, 'q' in 'pqr'"
    ),
    "f-strings": "n, x = 3, 2.5\nanswer = f'layer{n}', f'{x:.2f}|{n:>4}|{n!r}|{\"s\"!r}', f'{n:{n}d}', f'{{}}', f'{[1, \"a\"]}'",
    "format": "answer = '{} {1} {name:>5}'.replace('{} ', '').format(1, 2, name='x'), '{0[a]}-{1[0]}'.format({'a': 1}, [2])",
    "automatic format": "answer = '{}-{:03d}'.format('a', 7)",
    "percent": "answer = 'conv%d_%s' % (3, 'x'), '%.2f%%' % 1.5, '%(a)s' % {'a': 1}",
    "dictionaries": (
        "d = {'a': 1}\nd.setdefault('b', []).append(2)\nd.update(c=3)\n"
        "answer = d, list(d.items()), d.pop('a'), d.get('z', 0), 'c' in d, {v: k for k, v in {'x': 1}.items()}"
    ),
    "sets": "answer = {1, 2} | {3}, {1, 2} & {2}, {1} <= {1, 2}, len(set([1, 1])), sorted({3, 1})",
    "builtins": (
        "answer = (len('abc'), sum([1, 2], 3), min(3, 1), max([1, 5], key=lambda v: -v), list(zip('ab', [1, 2])), "
        "list(enumerate('ab', 1)), list(map(str, [1])), list(filter(None, [0, 1])), list(reversed([1, 2])), "
        "sorted(['b', 'a'], reverse=True), any([0, 1]), all([]), abs(-2), round(2.567, 2), divmod(7, 2), "
        "int('12'), float('1.5'), str(3), bool(''), int(3.9), list('ab'), tuple([1]), callable(len))"
    ),
    "generators": "def g(n):\n    for i in range(n):\n        yield i * i\n    yield from 'xy'\nanswer = list(g(3)), sum(x for x in [1, 2]), next(g(5))",
    "exceptions": (
        "answer = []\ntry:\n    {}['k']\nexcept (ValueError, KeyError) as e:\n    answer.append('key')\n"
        "try:\n    1 / 0\nexcept ArithmeticError:\n    answer.append('zero')\nelse:\n    answer.append('no')\n"
        "finally:\n    answer.append('end')\n"
        "class Mine(ValueError):\n    pass\ntry:\n    raise Mine('text', 2)\nexcept ValueError as e:\n    answer.append((str(e.args[0]), type(e).__name__))"
    ),
    "exceptions through calls": (
        "def f(n):\n    if n == 0:\n        raise IndexError('low')\n    return f(n - 1)\n"
        "try:\n    f(5)\nexcept LookupError as e:\n    answer = str(e)"
    ),
    "return in finally": "def f():\n    try:\n        return 1\n    finally:\n        g.append(2)\ng = []\nanswer = f(), g",
    "context managers": (
        "class C:\n    def __enter__(self):\n        log.append('in')\n        return self\n"
        "    def __exit__(self, *a):\n        log.append('out')\nlog = []\nwith C() as c:\n    log.append('body')\nanswer = log"
    ),
    "classes": (
        "class A:\n    n = 1\n    def __init__(self, x):\n        self.x = x\n    def f(self):\n        return self.x + self.n\n"
        "    @property\n    def twice(self):\n        return 2 * self.x\n    @twice.setter\n    def twice(self, v):\n        self.x = v // 2\n"
        "    @staticmethod\n    def s(a):\n        return a\n    @classmethod\n    def c(cls, a):\n        return cls(a).x\n"
        "a = A(3)\na.twice = 10\nanswer = a.f(), a.twice, A.s(1), A.c(2), A.n, a.s(4), isinstance(a, A), hasattr(a, 'q'), getattr(a, 'q', 9)"
    ),
    "inheritance": (
        "class A:\n    def f(self):\n        return ['A']\nclass B(A):\n    def f(self):\n        return ['B', *super().f()]\n"
        "class C(A):\n    def f(self):\n        return ['C', *super().f()]\nclass D(B, C):\n    def f(self):\n        return ['D', *super(D, self).f()]\n"
        "answer = D().f(), [k.__name__ for k in D.__mro__][:4], issubclass(D, C)"
    ),
    "operators of classes": (
        "class V:\n    def __init__(self, v):\n        self.v = v\n    def __add__(self, o):\n        return V(self.v + o.v)\n"
        "    def __eq__(self, o):\n        return self.v == o.v\n    def __lt__(self, o):\n        return self.v < o.v\n"
        "    def __len__(self):\n        return self.v\n    def __getitem__(self, i):\n        if i >= self.v:\n            raise IndexError\n        return i\n"
        "    def __call__(self, x):\n        return x * self.v\n    def __contains__(self, x):\n        return x == self.v\n    def __bool__(self):\n        return self.v > 0\n"
        "    def __repr__(self):\n        return f'V({self.v})'\n"
        "a, b = V(2), V(3)\nanswer = (a + b).v, a == V(2), a != b, a < b, len(a), list(b), a(4), 2 in a, bool(V(0)), repr(a), f'{a}', [x.v for x in sorted([b, a])]"
    ),
    "attributes on demand": (
        "class A:\n    def __getattr__(self, name):\n        if name.startswith('x'):\n            return name\n        raise AttributeError(name)\n"
        "answer = A().xyz, hasattr(A(), 'q')"
    ),
    "a list of one's own": "class L(list):\n    def first(self):\n        return self[0]\nl = L([1, 2])\nl.append(3)\nanswer = l.first(), len(l), [*l], 2 in l",
    "a dictionary of one's own": (
        "class D(dict):\n    def __getattr__(self, k):\n        return self[k]\nd = D(a=1)\nd['b'] = 2\nanswer = d.a, d.b, sorted(d), len(d)"
    ),
    "dataclasses": (
        "from dataclasses import dataclass, field, replace, asdict\n@dataclass\nclass C:\n    a: int\n    b: list = field(default_factory=list)\n    c: int = 3\n"
        "    def __post_init__(self):\n        self.d = self.a + self.c\n@dataclass\nclass E(C):\n    e: int = 5\n"
        "x = C(1)\nx.b.append(2)\nanswer = x.b, C(1).b, x.d, C(1) == C(1), replace(x, a=7).a, E(1, e=2).e, asdict(C(4, c=1))"
    ),
    "named tuples": (
        "from collections import namedtuple\nfrom typing import NamedTuple\nP = namedtuple('P', 'x y')\n"
        "class Q(NamedTuple):\n    a: int\n    b: int = 2\n    def s(self):\n        return self.a + self.b\n"
        "p, q = P(1, y=2), Q(3)\nx, y = p\nanswer = p.x, p[1], x + y, q.b, q.s(), len(p), p._replace(x=5).x, isinstance(q, tuple), tuple(q)"
    ),
    "enumerations": (
        "from enum import Enum, IntEnum, auto\nclass C(Enum):\n    A = 'a'\n    B = 'b'\n    def low(self):\n        return self.value\n"
        "class N(IntEnum):\n    ONE = 1\n    TWO = auto()\n"
        "answer = C.A.value, C('b').name, C['A'] is C.A, [c.value for c in C], C.B.low(), N.ONE == 1, C.A == C.B, len(C), N.TWO.value"
    ),
    "match": (
        "def f(v):\n    match v:\n        case 0:\n            return 'zero'\n        case [a, *rest] if a:\n            return a, rest\n"
        "        case {'k': k}:\n            return k\n        case 'x' | 'y':\n            return 'letter'\n        case str() as s:\n            return s\n        case _:\n            return None\n"
        "answer = f(0), f([1, 2, 3]), f({'k': 4, 'l': 5}), f('y'), f('other'), f(3.5)"
    ),
    "functools": (
        "from functools import partial, reduce, lru_cache, wraps\n@lru_cache(maxsize=None)\ndef f(a, b, c=0):\n    return a, b, c\n"
        "def twice(g):\n    @wraps(g)\n    def inner(*a):\n        return g(*a) * 2\n    return inner\n@twice\ndef h(x):\n    return x\n"
        "answer = partial(f, 1, c=3)(2), reduce(lambda a, b: a * b, [1, 2, 3], 2), h(4), h.__name__"
    ),
    "itertools": "import itertools as it\nanswer = list(it.chain([1], [2])), list(it.product('ab', [1])), list(it.islice(it.count(), 2, 4)), list(zip(it.repeat(0), 'ab')), list(it.accumulate([1, 2, 3])), list(it.chain.from_iterable([[1], [2]]))",
    "math": "import math\nanswer = math.ceil(7 / 2), math.sqrt(16), math.log2(8), math.prod([2, 3]), math.floor(-0.5), round(math.pi, 3), math.gcd(4, 6)",
    "collections": (
        "from collections import OrderedDict, defaultdict, deque, Counter\nd = defaultdict(list)\nd['a'].append(1)\nq = deque([1, 2])\nq.appendleft(0)\n"
        "o = OrderedDict([('x', 1), ('y', 2)])\no.move_to_end('x')\nanswer = dict(d), q.popleft(), list(q), list(o), Counter('aab')['a']"
    ),
    "copies": "import copy\na = [[1], {'k': [2]}]\nb = copy.deepcopy(a)\nb[0].append(3)\nb[1]['k'].append(4)\nc = copy.copy(a)\nanswer = a, b, c[0] is a[0]",
    "operator": "from operator import itemgetter, attrgetter, mul, add\nanswer = itemgetter(1)('abc'), mul(3, 4), sorted([(2, 'a'), (1, 'b')], key=itemgetter(0))",
    "drop path rates": "import numpy as np\nanswer = [round(float(x), 3) for x in np.linspace(0, 0.3, 4)], int(np.prod([2, 3, 4])), np.cumsum([1, 2]).tolist()",
    "nested comprehensions": "answer = [(i, j) for i in range(3) if i for j in range(i)], {i: [j for j in range(i)] for i in range(3)}",
    "starred calls": "def f(*a, **k):\n    return a, k\nanswer = f(*[1, 2], 3, *(4,), **{'x': 5}, y=6)",
    "lambdas in a loop": "fs = [lambda i=i: i for i in range(3)]\nanswer = [f() for f in fs]",
    "conditional import": "try:\n    from typing import Literal\nexcept ImportError:\n    Literal = None\nanswer = Literal is not None",
    "chained assignment": "a = b = []\na.append(1)\nanswer = b, a is b",
    "augmented": "class A:\n    n = 0\na = A()\na.n += 2\nx = [1]\ny = x\ny += [2]\nt = (1,)\nt += (2,)\nanswer = a.n, A.n, x, t",
    "deletion": "d = {'a': 1, 'b': 2}\ndel d['a']\nclass A: pass\na = A()\na.x = 1\ndel a.x\nanswer = d, hasattr(a, 'x')",
    "assertions that hold": "assert 1 < 2, 'never'\nanswer = 1",
    "class attributes": "class A:\n    sizes = {'s': [1, 2]}\n    total = sum([v for v in [1, 2]])\nanswer = A.sizes['s'][1], A.total, A().sizes is A.sizes",
    "metaclass and bases": "from abc import ABC, abstractmethod\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(ABC, Generic[T]):\n    @abstractmethod\n    def f(self): ...\nclass B(A[int]):\n    def f(self):\n        return 1\nanswer = B().f()",
    "type by name": "answer = [type(v).__name__ for v in (1, 'a', 1.5, [], {}, (), None, True, {1})]",
    "isinstance of several": "answer = isinstance(1, (str, int)), isinstance('a', (list, tuple)), isinstance(True, int), isinstance([], list)",
    "numbers": "from numbers import Number, Integral\nanswer = isinstance(1.5, Number), isinstance(1.5, Integral)",
    "getattr by name": "import math\nanswer = getattr(math, 'floor')(2.5)",
    "vars": "class A:\n    def __init__(self):\n        self.__dict__.update({'x': 1})\nanswer = A().x, sorted(vars(A()))",
    "locals": "def f(a, b):\n    return sorted(locals())\nanswer = f(1, 2)",
    "new": "class A:\n    def __new__(cls, *a):\n        made = super().__new__(cls)\n        made.tag = len(a)\n        return made\n    def __init__(self, x):\n        self.x = x\nanswer = A(5).tag, A(5).x",
    "suppressed": "import warnings, logging\nwarnings.filterwarnings('ignore')\nwarnings.warn('x')\nlog = logging.getLogger(__name__)\nlog.info('y')\nanswer = 1",
    "inspect": "import inspect\ndef f(a, b=1, *, c): ...\nanswer = list(inspect.signature(f).parameters), inspect.isfunction(f)",
    "string methods": "answer = 'a_b'.title(), 'x'.zfill(3), 'abc'.find('c'), 'A1'.isalnum(), 'a b c'.split(maxsplit=1), 'abc'.removesuffix('c')",
}  # fmt: skip


def _plain(value: Any) -> Any:
    """The value as Python's own classes, so that it can be compared."""
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(element) for key, element in value.items()}
    if isinstance(value, tuple):
        return tuple(_plain(element) for element in value)
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return value


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_python_gives(name: str) -> None:
    source = PROGRAMS[name]
    expected: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(source, expected)  # noqa: S102 - the programs are this file's own
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    assert _plain(value_of(source)) == _plain(expected["answer"])

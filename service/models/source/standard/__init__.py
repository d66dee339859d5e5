"""The standard library, as far as models use it: the names of each module, by its dotted name."""

from service.models.source.host import Value
from service.models.source.standard.arguments import ARGPARSE
from service.models.source.standard.collections import COLLECTIONS, COPY, DATACLASSES, ENUM
from service.models.source.standard.functions import CONTEXTLIB, FUNCTOOLS, INSPECT, ITERTOOLS, OPERATOR
from service.models.source.standard.names import NAMES_ONLY
from service.models.source.standard.numbers import MATH, NUMBERS, NUMPY, RANDOM
from service.models.source.standard.patterns import PATTERNS
from service.models.source.values import Namespace

STANDARD: dict[str, dict[str, Value]] = {
    **NAMES_ONLY,
    "argparse": ARGPARSE,
    "collections": {
        **COLLECTIONS,
        "abc": Namespace("collections.abc", NAMES_ONLY["collections.abc"], partly_known=True),
    },
    "copy": COPY,
    "dataclasses": DATACLASSES,
    "enum": ENUM,
    "contextlib": CONTEXTLIB,
    "functools": FUNCTOOLS,
    "inspect": INSPECT,
    "itertools": ITERTOOLS,
    "operator": OPERATOR,
    "math": MATH,
    "numbers": NUMBERS,
    "numpy": NUMPY,
    "random": RANDOM,
    "re": PATTERNS,
}

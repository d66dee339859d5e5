"""The standard library, as far as models use it: the names of each module, by its dotted name."""

from service.models.source.host import Value
from service.models.source.standard.collections import COLLECTIONS, COPY, DATACLASSES, ENUM
from service.models.source.standard.functions import CONTEXTLIB, FUNCTOOLS, INSPECT, ITERTOOLS, OPERATOR
from service.models.source.standard.names import NAMES_ONLY
from service.models.source.standard.numbers import MATH, NUMBERS, NUMPY, RANDOM

STANDARD: dict[str, dict[str, Value]] = {
    **NAMES_ONLY,
    "collections": COLLECTIONS,
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
}

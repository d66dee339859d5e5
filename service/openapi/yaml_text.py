"""YAML for people: paragraphs as blocks, what is short on one line, no anchors."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

WIDTH = 120
"""Columns."""
SHORT = 140
"""Letters of an object on one line, without what comes before it. Chosen: few of them need a second line."""
SHORT_LIST = 90
"""The same of an object of objects, which reads better with one on each line."""
DEEPEST = 4
"""Levels of an object on one line. Chosen: what is nested deeper does not read well so."""
LONGEST_WORD = 40
"""Letters of an entry of a list on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Repeat what is repeated."""
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Text of several lines as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)

    def represent_list(self, data: Iterable[Any]) -> yaml.SequenceNode:
        """Lists of numbers and short words on one line, and lists of such lists."""
        plain = all(not isinstance(entry, dict) and len(str(entry)) <= LONGEST_WORD for entry in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=plain)

    def represent_object(self, data: Mapping[str, Any]) -> yaml.MappingNode:
        """Short objects on one line."""
        return self.represent_mapping("tag:yaml.org,2002:map", data, flow_style=_is_short(data))


_Dumper.add_representer(str, _Dumper.represent_str)
_Dumper.add_representer(list, _Dumper.represent_list)
_Dumper.add_representer(dict, _Dumper.represent_object)


def _is_short(value: Mapping[str, Any]) -> bool:
    objects = [entry for entry in value.values() if isinstance(entry, dict)]
    shortest = SHORT if len(objects) < 2 else SHORT_LIST
    return bool(value) and _levels(value) <= DEEPEST and _length(value) <= shortest


def _levels(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_levels, value.values()), default=0)
    return max(map(_levels, value), default=0) if isinstance(value, list) else 0


def _length(value: Any) -> int:
    """About how many letters a value takes on one line; too many where a text has several lines."""
    if isinstance(value, dict):
        return sum(len(str(key)) + 2 + _length(entry) + 2 for key, entry in value.items())
    if isinstance(value, list):
        return 2 + sum(_length(entry) + 2 for entry in value)
    text = str(value)
    return len(text) + (2 if text[:1] in "#'" else 0) if "\n" not in text else SHORT + 1


def text_of(document: Mapping[str, Any]) -> str:
    """The document as YAML."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)

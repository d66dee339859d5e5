"""Schemas and examples without what says nothing."""

from typing import Any


def tidied(schema: Any) -> Any:
    """A schema without titles and null defaults, which say nothing, and without an `allOf` around one reference."""
    if isinstance(schema, list):
        return [tidied(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {
        name
        for name in ("title", "default")
        if schema.get(name, 0) is None or (name == "title" and isinstance(schema.get(name), str))
    }
    kept = {name: tidied(value) for name, value in schema.items() if name not in noise}
    alone = kept.get("allOf", ())
    if len(alone) == 1 and "$ref" in alone[0]:
        del kept["allOf"]
        return {**alone[0], **kept}
    return kept


ENTRIES = 3
"""Entries of a list of objects, or of other lists, that an example shows. Chosen: a pattern is seen in as many."""
NUMBERS = 24
"""Entries of a list of numbers and words. Chosen: two lines."""


def shortened(example: Any) -> Any:
    """An example of an answer whose long lists are cut."""
    if isinstance(example, dict):
        return {name: shortened(value) for name, value in example.items()}
    if not isinstance(example, list):
        return example
    nested = any(isinstance(entry, dict | list) for entry in example)
    return [shortened(entry) for entry in example[: ENTRIES if nested else NUMBERS]]

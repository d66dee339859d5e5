"""Python source, interpreted over known numbers and tensors of known shape; nothing posted is compiled or executed.

| looking for | look in |
|---|---|
| how a model is found, made and called | `program.py`, `entry.py`, `inputs.py` |
| a text, its tree, its bounds | `parsing.py`; literals and their places: `places.py` |
| a statement | `statements.py`, `handlers.py` (`try`, `with`, `match`), `definitions.py`, `assignment.py` |
| what happens behind an error or an unknown value | `blocks.py`; what is said of it: `journal.py` |
| an expression | `expressions.py`, `comprehensions.py`; the tables of both kinds: `tables.py` |
| names and where they are kept | `frames.py`, `imports.py` |
| a call, a signature | `calls.py`, `signatures.py` |
| classes and instances | `classes.py`, `instances.py`, `records.py` (dataclasses, named tuples, enumerations) |
| an attribute, an item, an operator | `attributes.py`, `items.py`, `operators.py` |
| iteration, unpacking, truth, equality | `iteration.py`, `truth.py` |
| a method of a string, list or number | `string_methods.py`, `collection_methods.py`, `number_methods.py` |
| a builtin | `builtin_functions.py`, `builtin_kinds.py`, `frame_functions.py`, `errors.py` |
| the standard library | `standard`, a subject a file |
| `nn.Module` and its containers | `modules.py`, `preludes/modules.py.txt` |
| what a library may ask, and is asked | `host.py`; the state of a reading: `machine.py` |

A value of the program is one of Python's own (a number, a string, a list), one of the classes of `values.py`, or a
`Host` of the library. Attributes and methods are found in tables of our own and never by Python's `getattr`, so that no
program reaches the interpreter. Every loop, call and element is counted against the limits of the reading.
"""

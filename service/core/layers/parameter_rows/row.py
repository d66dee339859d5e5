"""What a row of PARAMETERS is, and the forms that many values have."""

from dataclasses import dataclass

A_SIZE = "an integer of at least 1, or one per axis"
A_SIZE_OR_LIKE = A_SIZE + ', or {"like": the name of a layer}'
A_SHAPE = "a list of integers of at least 1, or null where a size is not known"
A_COUNT = "an integer of at least 1"
A_FLAG = "true or false"
A_NUMBER = "a number"
AXES = "an index of an axis, or a list of them"
AN_INDEX = "an integer index of an axis; negative ones count from the end"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, what it means, the form of its value, and its other spellings."""

    name: str
    meaning: str
    form: str
    aliases: tuple[str, ...] = ()

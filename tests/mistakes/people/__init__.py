"""The mistakes that people make, each in five networks of different families, with what the accepted answer mends."""

from tests.mistakes.people import heads, inputs, joins, windows
from tests.mistakes.people.words import Told

TOLD: tuple[Told, ...] = (
    *(*inputs.MISSING_BATCH, *inputs.CHANNELS_LAST, *inputs.BATCH_AS_CHANNELS, *inputs.ODD_SIZES),
    *(*heads.FLATTENED_BATCH, *heads.OTHER_SIZE, *heads.FORGOTTEN_FLATTEN, *heads.GLOBAL_POOL),
    *(*windows.SHORTCUT_STRIDE, *windows.SWAPPED, *windows.POOL_TOO_MANY, *windows.OUTPUT_PADDING),
    *(*joins.CONCAT_DIM, *joins.GROUPS),
)
"""Every network, five of each mistake."""

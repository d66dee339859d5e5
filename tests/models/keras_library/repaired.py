"""Writes the repaired programs, so that Keras can tell whether they build.

python -m tests.models.keras_library.repaired > FILE
"""

import json
import sys

from tests.golden.record.keras_source.programs import CHANGES
from tests.models.keras_library.sources import repaired

if __name__ == "__main__":
    texts = {f"{change.program}: {change.title}": repaired(change) for change in CHANGES}
    sys.stdout.write(json.dumps({title: text for title, text in texts.items() if text is not None}))

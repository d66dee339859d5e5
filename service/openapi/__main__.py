"""`python -m service.openapi`: writes openapi.yaml.

The answers shown are what the service answers to the examples' requests when the file is written.
"""

import sys

from service.check_settings import require_good_settings
from service.observability.ledger import LEDGER
from service.openapi import text
from service.routes.documents import OPENAPI


def main() -> None:
    """Write openapi.yaml."""
    require_good_settings()
    LEDGER.by_itself = False  # the examples that are asked are no requests to log
    OPENAPI.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"wrote {OPENAPI.name}\n")


if __name__ == "__main__":
    main()

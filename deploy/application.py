"""What `pip install .` meets: this project is an application, which runs where it lies, and no package to install."""

import sys
from typing import Any, NoReturn

MESSAGE = """
Padstride's service is an application, not a package: it runs from its own folder.

    make serve                        run it with Python 3.11 or newer
    docker compose up                 run it in containers
    pip install ./clients/python      install the client and the command `padstride`
"""


def _refuse(*_given: Any, **_named: Any) -> NoReturn:
    sys.exit(MESSAGE)


get_requires_for_build_wheel = get_requires_for_build_editable = get_requires_for_build_sdist = _refuse
build_wheel = build_editable = build_sdist = _refuse

"""Core stands on its own: Python, NumPy and nothing of the web."""

import subprocess
import sys

FORBIDDEN = ("flask", "pydantic", "werkzeug", "prometheus_client", "gunicorn")
IMPORT_ALL = """
import importlib, pkgutil, sys
import service.core
for module in pkgutil.walk_packages(service.core.__path__, "service.core."):
    importlib.import_module(module.name)
print([name for name in {forbidden!r} if name in sys.modules])
"""


def test_importing_core_imports_no_web_framework_and_no_validation_library() -> None:
    program = IMPORT_ALL.format(forbidden=FORBIDDEN)
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"

"""The examples of the documentation are asked of a running service too."""

from tests.examples.conftest import url

__all__ = ["url"]

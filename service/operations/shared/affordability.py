"""The limits of `/v1/limits`, checked before any work is done."""

from service.core.diagnostics import placed
from service.core.diagnostics.arrays import too_large
from service.core.layers.pointers import Pointer
from service.problems import refused
from service.settings import settings


def require_within_limit(figure: int, limit_name: str, what: str, location: Pointer) -> None:
    """Checks a figure against a limit of the settings; `what` names the figure in the message.

    Raises:
        Problem: with status 413, the figure and the limit.
    """
    limit = getattr(settings(), limit_name)
    if figure > limit:
        raise refused(placed(too_large(what, figure, limit, limit_name, location)), 413)

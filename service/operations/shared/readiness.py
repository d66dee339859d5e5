"""Whether the service computes what it should."""

from service import lifecycle
from service.core.frameworks import DEFAULT_FRAMEWORK
from service.core.questions.sizes import sized_site, sizes_at
from service.problems import Problem
from service.schemas.read_layer import describe


def require_ready() -> None:
    """Raises a Problem with status 503 where the service stops, or a known layer does not give its known size."""
    if lifecycle.stopping():
        raise Problem(503, "the service is stopping", headers={"Retry-After": "5"})
    site = sized_site(describe({"type": "conv1d", "kernel_size": 3, "stride": 2}, ()), DEFAULT_FRAMEWORK, 6)
    if site is None or sizes_at(site).output_size != [2]:
        raise Problem(503, "the service does not compute what it should", headers={"Retry-After": "5"})

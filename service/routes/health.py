"""`GET /healthz` and `GET /readyz`: is the process alive, can it answer."""

from flask import Blueprint, Response

from service.core.frameworks import FRAMEWORKS
from service.core.layers import LAYERS
from service.core.questions.sizes import sized_site, sizes_at
from service.problems import Problem
from service.routes.exchange import answer
from service.schemas.layers import describe

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process is alive."""
    return answer({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The service computes."""
    require_ready()
    return answer({"status": "ok", "layers": len(LAYERS)})


def require_ready() -> None:
    """A Problem with status 503 unless a known layer gives its known size."""
    site = sized_site(describe({"type": "conv1d", "kernel_size": 3, "stride": 2}, ()), FRAMEWORKS["pytorch"], 6)
    if site is None or sizes_at(site).output_size != [2]:
        raise Problem(503, "the service does not compute what it should", headers={"Retry-After": "5"})

"""`/metrics`: what Prometheus reads."""

from flask import Blueprint, Response

from service.observability.ledger import LEDGER
from service.observability.metrics import MEDIA_TYPE, exposition
from service.routes.documents import Document
from service.routes.kept import NOT_KEPT

blueprint = Blueprint("metrics", __name__)

METRICS = Document(
    name="getMetrics",
    method="get",
    path="/metrics",
    tag="operations",
    place=6,
    summary="Metrics for Prometheus",
    description="Of all workers together. The proxy of the compose file does not pass it on.",
    media_type="text/plain",
    changes=True,
)


@blueprint.get(METRICS.path)
def metrics() -> Response:
    """The metrics of all workers, the requests that this one has just answered included."""
    LEDGER.settle()
    return Response(exposition(), content_type=MEDIA_TYPE, headers=NOT_KEPT)

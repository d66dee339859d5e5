"""The service's own documents: the OpenAPI description and a page to try it on, with no outside host."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from flask import Blueprint, Response, send_from_directory

from service.operations.shared.operation import Endpoint
from service.routes.exchange import JSON, dumps, require_json_accepted
from service.routes.kept import Kept, kept_answer

blueprint = Blueprint("documents", __name__)

OPENAPI = Path(__file__).parents[2] / "openapi.yaml"
IN_SHORT = Path(__file__).parents[1] / "llms.txt"
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Padstride API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<style>
/* A choice of 150 layers is one line, and errors leave out what all of them have alike. */
.json-schema-2020-12__attribute--primary {
  display: inline-block; max-width: 24em; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom;
  white-space: nowrap;
}
.response:not([data-code="200"]) :is(.headers-wrapper, .response__extension, .response-controls),
.response-col_links, .col_header.response-col_links { display: none; }
</style>
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
"""Scripts only from here; the page's own styles are inline, its icons data."""
API_PAGE = Kept(PAGE.encode(), "text/html; charset=utf-8", POLICY)
START_OF_PAGE = Kept(START.encode(), "text/javascript; charset=utf-8")


@dataclass(frozen=True, kw_only=True)
class Document(Endpoint):
    """An endpoint that answers with a document, always the same."""

    media_type: str


DOCUMENTS: Sequence[Document] = (
    Document(
        name="getOpenapiJson",
        method="get",
        path="/openapi.json",
        tag="operations",
        place=3,
        summary="This description as JSON",
        description="The committed description, unchanged.",
        media_type=JSON,
    ),
    Document(
        name="getOpenapiYaml",
        method="get",
        path="/openapi.yaml",
        tag="operations",
        place=4,
        summary="This description as YAML",
        description="The committed description, unchanged.",
        media_type="application/yaml",
    ),
    Document(
        name="getLlmsText",
        method="get",
        path="/llms.txt",
        tag="operations",
        place=7,
        summary="This service in 3 kB, for programs that read",
        description="What a language model needs to know to ask questions here.",
        media_type="text/plain",
    ),
    Document(
        name="explorerPage",
        method="get",
        path="/",
        tag="operations",
        place=6,
        summary="A page to see layers, networks and pictures on",
        description="Needs no outside host. Its files are below `/page`.",
        media_type="text/html",
    ),
    Document(
        name="docsPage",
        method="get",
        path="/docs",
        tag="operations",
        place=5,
        summary="A page to read and try this description on",
        description="Needs no outside host.",
        media_type="text/html",
    ),
)


@cache
def openapi_text() -> str:
    """The committed OpenAPI description."""
    return OPENAPI.read_text(encoding="utf-8")


@blueprint.get("/openapi.yaml")
def openapi_yaml() -> Response:
    """The OpenAPI description as YAML."""
    return kept_answer(_openapi_yaml())


@blueprint.get("/openapi.json")
def openapi_json() -> Response:
    """The OpenAPI description as JSON."""
    require_json_accepted()
    return kept_answer(_openapi_json())


@cache
def _openapi_yaml() -> Kept:
    return Kept(openapi_text().encode(), "application/yaml")


@cache
def _openapi_json() -> Kept:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with it
    document = yaml.load(openapi_text(), Loader=loader)  # noqa: S506 - both loaders are the safe ones
    return Kept(dumps(document), JSON)


@blueprint.get("/llms.txt")
def llms_txt() -> Response:
    """The service in short."""
    return kept_answer(_llms_txt())


@cache
def _llms_txt() -> Kept:
    return Kept(IN_SHORT.read_bytes(), "text/plain; charset=utf-8")


@blueprint.get("/docs", strict_slashes=False)
def docs() -> Response:
    """The API page."""
    return kept_answer(API_PAGE)


@blueprint.get("/docs/start.js")
def start() -> Response:
    """What starts the API page."""
    return kept_answer(START_OF_PAGE)


@blueprint.get("/docs/<path:asset>")
def docs_asset(asset: str) -> Response:
    """The API page's scripts and styles, from the wheel that ships them."""
    return send_from_directory(str(files("flask_swagger_ui") / "dist"), asset, max_age=86_400)

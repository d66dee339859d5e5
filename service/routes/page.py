"""The explorer: a page of static files, which asks the public endpoints for everything that it shows."""

from functools import cache
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response

from service.problems import Problem
from service.routes.kept import Kept, kept_answer

blueprint = Blueprint("page", __name__)

FILES = Path(__file__).parents[1] / "page"
START = "index.html"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Scripts, styles, pictures and answers only from here, and none of them inline."""


@cache
def _files() -> dict[str, Kept]:
    """Every file of the page by its path below the folder: what is not in it cannot be asked for."""
    paths = (path for path in sorted(FILES.rglob("*")) if path.is_file())
    return {path.relative_to(FILES).as_posix(): Kept(path.read_bytes(), _content_type(path), POLICY) for path in paths}


def _content_type(path: Path) -> str:
    """The media type of a file, by its name."""
    media_type = {".js": "text/javascript"}.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


@blueprint.get("/")
def explorer() -> Response:
    """The page itself."""
    return kept_answer(_files()[START])


@blueprint.get("/page/<path:name>")
def page_file(name: str) -> Response:
    """One of its scripts, styles and pictures."""
    kept = _files().get(name)
    if kept is None:
        raise Problem(404, f"the explorer has no file `{name}`")
    return kept_answer(kept)

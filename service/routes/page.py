"""The explorer: a page of static files, which asks the public endpoints for everything that it shows."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response

from service.problems import Problem
from service.routes.kept import Kept, kept_answer

blueprint = Blueprint("page", __name__)

FILES = Path(__file__).parents[1] / "page"
START = "index.html"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Scripts, styles, pictures and answers only from here, and none of them inline."""


MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""By the end of a file's name; what a machine knows of them differs."""
PACKS_FROM = 512
"""Bytes from which a file is sent in gzip. A first visit loads dozens of small ones, and each is packed only once."""


@cache
def _files() -> dict[str, Kept]:
    """Every file of the page by its path below the folder: what is not in it cannot be asked for."""
    paths = (path for path in sorted(FILES.rglob("*")) if path.is_file())
    return {path.relative_to(FILES).as_posix(): _kept(path) for path in paths}


def _kept(path: Path) -> Kept:
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    return Kept(path.read_bytes(), media_type, POLICY, packs_from=PACKS_FROM)


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

"""API keys, where the settings name any: who shows none of them is answered 401."""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest

from flask import Flask, Request

from service.problems import Problem
from service.routes.records import at_hand
from service.settings import settings

OPEN = frozenset(
    {"/", "/healthz", "/readyz", "/v2/health/live", "/v2/health/ready", "/openapi.json", "/openapi.yaml", "/llms.txt"}
)
"""Paths that take no key: whether the service is well, and how it is asked."""
OPEN_BELOW = ("/docs", "/page", "/v1/diagnostics")
"""Pages that browsers open, which send no key by themselves, and what is below them."""
CHALLENGE = 'Bearer realm="padstride"'
MISSING = "this service takes an API key: send `Authorization: Bearer KEY` or `X-API-Key: KEY`"


def register(app: Flask) -> None:
    """Ask for keys, if the settings name any."""
    digests = [digest.encode() for digest in (*settings().api_keys, *settings().api_keys_file)]
    if digests:
        app.before_request(lambda: require_key(at_hand(), digests))


def require_key(asked: Request, digests: Sequence[bytes]) -> None:
    """Raises a Problem with status 401 where a request needs a key and does not show one that is known."""
    if is_open(asked.path):
        return
    key = key_of(asked)
    if key is None:
        raise Problem(401, MISSING, headers={"WWW-Authenticate": CHALLENGE})
    if not is_known(key, digests):
        headers = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
        raise Problem(401, "the API key is not one that is known here", headers=headers)


def is_open(path: str) -> bool:
    """Whether a path takes no key."""
    return path in OPEN or any(path == page or path.startswith(f"{page}/") for page in OPEN_BELOW)


def key_of(asked: Request) -> str | None:
    """The key that a request shows, if any: that of `Authorization`, else that of `X-API-Key`."""
    scheme, _, token = asked.environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return str(token.strip())
    key: str | None = asked.environ.get("HTTP_X_API_KEY")
    return None if key is None else key.strip()


def is_known(key: str, digests: Sequence[bytes]) -> bool:
    """Whether a key has one of the digests; each is compared, and takes the same time whether it fits or not."""
    digest = sha256(key.encode("latin-1")).hexdigest().encode()  # as it came: WSGI has a header's bytes as characters
    return sum(compare_digest(digest, known) for known in digests) > 0

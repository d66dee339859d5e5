"""Answers that stay the same: made once, with a strong ETag, and not sent again to callers that have them."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from flask import Response
from werkzeug.http import parse_etags

from service.routes.encoding import LARGE, SMALLEST, gzipped, takes_gzip, worth_packing
from service.routes.exchange import JsonResponse
from service.routes.records import at_hand
from service.security_headers import NOTHING
from service.settings import settings

SECONDS = 300
"""How long a caller may keep an answer without asking whether it is still the same. Chosen: another version of the
service may take this one's place at any time."""
NOT_KEPT = {"Cache-Control": "no-store"}
"""Of answers that are true only now."""


@dataclass(frozen=True)
class Kept:
    """An answer that stays the same.

    Its ETag is a digest of its bytes: the same at every replica, and another only where the answer is another. In gzip
    it is another answer.
    """

    body: bytes
    content_type: str
    policy: str = NOTHING
    """What a browser may load and run for it."""
    packs_from: int = LARGE
    """Bytes from which it is offered in gzip."""
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", blake2b(self.body, digest_size=16).hexdigest())

    @cached_property
    def packed(self) -> bytes | None:
        """The body in gzip, where that is worth it."""
        return gzipped(self.body, SMALLEST) if worth_packing(self.body, self.packs_from) else None


def lasting() -> str:
    """The `Cache-Control` of what stays the same; a cache that callers share keeps it only where everyone may ask."""
    return f"{'private' if settings().api_keys or settings().api_keys_file else 'public'}, max-age={SECONDS}"


def kept_answer(kept: Kept) -> Response:
    """The answer, in gzip where the caller takes that, or 304 where the caller has it."""
    environ = at_hand().environ
    known, packs = environ.get("HTTP_IF_NONE_MATCH"), takes_gzip(environ.get("HTTP_ACCEPT_ENCODING"))
    packed = kept.packed if packs else None
    etag = kept.etag if packed is None else f"{kept.etag}-gzip"
    if known is not None and parse_etags(known).contains_weak(etag):
        response = JsonResponse(status=304)
        del response.headers["Content-Type"]
    elif packed is not None:
        response = JsonResponse(packed, content_type=kept.content_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = JsonResponse(kept.body, content_type=kept.content_type)
    response.policy = kept.policy
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = lasting()
    if len(kept.body) >= kept.packs_from:
        response.headers["Vary"] = "Accept-Encoding"
    return response

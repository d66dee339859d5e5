"""`traceparent`, the header of W3C Trace Context: which trace a request belongs to."""

import re

TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII
)


def trace_id_of(traceparent: str | None) -> str | None:
    """The trace id of a `traceparent`; None where it is malformed, which is as if it had not been sent."""
    matched = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return matched["trace"] if matched else None

"""What is known of a request once it has been answered."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A request that has been answered, as it is logged and counted."""

    time: float
    """When it was answered, in seconds since 1970."""
    request_id: str
    trace_id: str | None
    client: str | None
    """The address of who asked."""
    method: str
    route: str | None
    """The path with the names of its parameters in braces; None where there is no such route."""
    path: str
    status: int
    seconds: float
    bytes_in: int
    bytes_out: int

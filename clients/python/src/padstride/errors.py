"""What goes wrong."""


class PadstrideError(Exception):
    """Any error of this package."""


class Unreachable(PadstrideError):
    """The service does not answer, or not in time."""

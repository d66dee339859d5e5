"""What was found in the forms that other programs read: a function each, from what was judged to a text."""

from collections.abc import Callable, Mapping, Sequence

from padstride.cli.formats.github import as_github
from padstride.cli.formats.json import as_json
from padstride.cli.formats.junit import as_junit
from padstride.cli.formats.sarif import Explain, as_sarif
from padstride.cli.judged import Judged

FORMATS: Mapping[str, Callable[[Sequence[Judged], Explain], str]] = {
    "json": lambda judged, _: as_json(judged),
    "sarif": as_sarif,
    "github": lambda judged, _: as_github(judged),
    "junit": lambda judged, _: as_junit(judged),
}

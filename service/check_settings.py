"""All settings checked at once, before any worker starts: one line a mistake, and one exit code."""

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsError

from service.deployment import Deployment
from service.settings import Settings

EXIT_CODE = 78
"""EX_CONFIG of <sysexits.h>: something is wrong with the configuration, and starting again does not mend it."""

PREFIX = "PADSTRIDE_"
SETTINGS: tuple[type[BaseSettings], ...] = (Settings, Deployment)
"""Every class that reads the environment."""

KUBERNETES = re.compile(r"PADSTRIDE_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)")
"""What Kubernetes sets in every pod beside a service named `padstride` or `padstride-...`; nobody wrote it."""

KINDS = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "text"}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "like {}",
}


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A variable that cannot be used."""

    variable: str
    value: str
    allowed: str | None = None
    """What may be there; None where nothing of that name is read."""
    nearest: str | None = None
    """The known variable that was probably meant."""

    def __str__(self) -> str:
        """The mistake in one sentence."""
        if self.allowed is not None:
            return f"{self.variable} is {self.value!r}; allowed is {self.allowed}"
        meant = f"; the nearest known name is {self.nearest}" if self.nearest else ""
        return f"{self.variable} is {self.value!r}; no setting has that name{meant}"


def mistakes() -> list[Mistake]:
    """Every mistake in the environment's settings, by name of the variable; names are not case-sensitive."""
    found = [mistake for settings in SETTINGS for mistake in _bad_values(settings)]
    return sorted([*found, *_unknown()], key=lambda mistake: mistake.variable)


def require_good_settings() -> None:
    """Checks the settings of this process.

    Raises:
        SystemExit: with EXIT_CODE, after one JSON line for each mistake on standard error.
    """
    found = mistakes()
    for mistake in found:
        line = {"event": str(mistake), "level": "error", "timestamp": datetime.now(UTC).isoformat(), **asdict(mistake)}
        sys.stderr.write(orjson.dumps(line).decode() + "\n")
    if found:
        raise SystemExit(EXIT_CODE)


def variables(settings: type[BaseSettings]) -> dict[str, str]:
    """The environment variable of each field."""
    prefix = settings.model_config.get("env_prefix", "")
    return {
        name: str(field.validation_alias or f"{prefix}{name}".upper()) for name, field in settings.model_fields.items()
    }


def _bad_values(settings: type[BaseSettings]) -> Iterator[Mistake]:
    """The values that a class refuses."""
    values = {name.upper(): value for name, value in os.environ.items()}
    names = variables(settings)
    for field in _refused(settings):
        variable = names.get(field, field)
        described = next(settings.model_fields[name] for name in names if names[name] == variable)
        value = values.get(variable.upper(), "") if described.repr else "(hidden)"
        yield Mistake(variable=variable, value=value, allowed=allowed(settings, described))


def _refused(settings: type[BaseSettings]) -> Iterable[str]:
    """The fields or variables that cannot be read, each once."""
    try:
        settings()
    except ValidationError as error:
        return dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
    except SettingsError as error:  # a value that has to be JSON and is not; the message names the field
        return [name for name in settings.model_fields if f'"{name}"' in str(error)]
    return ()


def allowed(settings: type[BaseSettings], field: FieldInfo) -> str:
    """What a field may hold, in words."""
    properties = settings.model_json_schema(by_alias=False)["properties"]
    schema: dict[str, Any] = next(properties[name] for name, own in settings.model_fields.items() if own is field)
    if "allowed" in schema:
        return str(schema["allowed"])
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = KINDS.get(schema.get("type", ""), "a value of its documented form")
    return ", ".join([kind, *(words.format(schema[bound]) for bound, words in BOUNDS.items() if bound in schema)])


def _unknown() -> Iterator[Mistake]:
    """The variables with the service's prefix that nothing reads."""
    known = {variable.upper() for settings in SETTINGS for variable in variables(settings).values()}
    ends = [variable.removeprefix(PREFIX) for variable in known if variable.startswith(PREFIX)]
    for name, value in os.environ.items():
        upper = name.upper()
        if upper.startswith(PREFIX) and upper not in known and not KUBERNETES.fullmatch(upper):
            nearest = difflib.get_close_matches(upper.removeprefix(PREFIX), ends, n=1)
            yield Mistake(variable=name, value=value, nearest=PREFIX + nearest[0] if nearest else None)

"""Parameters that no size depends on, as given or as the framework has them."""

from typing import Any

from service.core.frameworks import Framework
from service.core.layers.base import Site


def number(site: Site, parameter: str) -> Any:
    """The parameter as it was given, or as the layer's name decides it, else the framework's default, else ours."""
    value = getattr(site.layer, parameter)
    if parameter in site.spelling or value != _class_default(site, parameter):
        return value
    return default_number(site, site.framework, parameter)


def default_number(site: Site, framework: Framework, parameter: str) -> Any:
    """The default that a framework has for a parameter of this layer."""
    own = framework.values.get(site.kind.family, {})
    return own[parameter] if parameter in own else _class_default(site, parameter)


def _class_default(site: Site, parameter: str) -> Any:
    return type(site.layer).__dataclass_fields__[parameter].default

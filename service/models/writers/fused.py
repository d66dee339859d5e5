"""Functions that a layer applies to what it computes, as layers of their own."""

from dataclasses import replace

from service.core.geometry.shapes import Shape
from service.core.layers.base import Site
from service.core.layers.names.lookup import applied_function, meanings


def fused_function(site: Site, arriving: Shape) -> Site | None:
    """The function that a layer applies, in its place behind it; None where it applies none.

    A name of no function of ours gives the layer itself, which says that there is no way.
    """
    if not site.activates:
        return None
    framework = site.framework.name
    words = meanings(site.type, framework)[0].words
    member = next((word for word, meant in words.items() if meant.activates and word in site.posted), None)
    found = applied_function(framework, member, str(site.posted[member])) if member else None
    if member is None or found is None:
        return None
    kind, numbers = found
    return Site(
        kind=kind,
        layer=replace(kind.layer(), **numbers),
        framework=site.framework,
        asked=site.asked,
        inputs=(arriving,),
        location=site.location,
        name=site.name,
        posted={"type": str(site.posted[member])},
        in_network=True,
    )

"""What one answer about one broken network is worth."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import jsonpatch

from tests.mistakes.kinds.base import Mistake
from tests.mistakes.normal import normal
from tests.mistakes.service import ask, errors_of, timed
from tests.mistakes.sound import Document, Sound

Shape = Sequence[int | None] | None


@dataclass(frozen=True)
class Verdict:
    """Each is a thing that the issue asks for; `exact` is more than it asks for."""

    one_error: bool
    place: bool
    """What was changed is the error's location, or related, or in the first repair."""
    restored: bool
    """The first repair gives a valid network."""
    shapes: bool
    """Its shapes are the sound network's wherever the broken one determines them; some kinds it has to undo."""
    exact: bool
    """The first repair undoes the change and does nothing else; true where no one can know what was there."""
    listed: bool
    """Any repair undoes it."""
    honest: bool
    """Nothing is called safe but the undoing, or what changes less than it."""
    seconds: float
    report: str

    @property
    def good(self) -> bool:
        return self.one_error and self.place and self.restored and self.shapes and self.honest


def repairs_of(answer: Document) -> list[Document]:
    """The repairs; as long as an answer has none, the fixes of its errors in their order."""
    if "repairs" in answer:
        return list(answer["repairs"])
    return [fix for error in errors_of(answer) for fix in error.get("fixes", [])]


def patched(body: Document, repair: Document) -> Document | None:
    """The body after a repair; None where the patch does not apply."""
    try:
        result: Document = jsonpatch.apply_patch(deepcopy(body), repair["patch"])
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return None
    return result


def judge(sound: Sound, mistake: Mistake) -> Verdict:
    """The verdict on the service's answer."""
    answer, seconds = timed(mistake.body)
    errors, repairs = errors_of(answer), repairs_of(answer)
    results = [patched(mistake.body, repair) for repair in repairs]
    exact = [result is not None and undone(sound, mistake, result) for result in results]
    first = results[0] if results else None
    after = None if first is None else ask(first)
    restored = after is not None and not errors_of(after)
    shapes = bool(exact and exact[0]) or (
        restored and not mistake.symptomless and agrees(sound, mistake, answer, after or {}, repairs[0]["patch"])
    )
    safe = [*claimed_safe(repairs), *(fix for error in errors for fix in claimed_safe(error.get("fixes", [])))]
    honest = all(
        changes(each["patch"]) < mistake.edits or undone(sound, mistake, patched(mistake.body, each)) for each in safe
    )
    place = len(errors) > 0 and named(mistake.places, errors[:1], repairs[:1])
    return Verdict(
        one_error=len(errors) == 1,
        place=place,
        restored=restored,
        shapes=shapes,
        exact=bool(exact and exact[0]) or not mistake.knowable,
        listed=any(exact) or not mistake.knowable,
        honest=honest,
        seconds=seconds,
        report=report(sound, mistake, errors, repairs, exact),
    )


def claimed_safe(fixes: Sequence[Document]) -> Iterator[Document]:
    return (fix for fix in fixes if fix["applicability"] == "safe")


def named(places: Sequence[str], errors: Sequence[Document], repairs: Sequence[Document]) -> bool:
    """Whether one of the places is where an error is, beside it, or in a repair."""
    pointers = [error["location"] for error in errors]
    pointers += [place["location"] for error in errors for place in error.get("related", [])]
    pointers += [change["path"] for repair in repairs for change in repair["patch"] if change["op"] != "test"]
    return any(f"{pointer}/".startswith(f"{place}/") for pointer in pointers for place in places)


def undone(sound: Sound, mistake: Mistake, result: Document | None) -> bool:
    """Whether a body is the sound network again; where the batch was lost, with any batch."""
    if result is None:
        return False
    ranks = {index: len(shape) for index, shape in enumerate(sound.shapes) if shape}
    lost = mistake.kind in ("missing_batch_axis", "axis_too_many")
    try:
        return normal(result, ranks, any_batch=lost) == normal(sound.body, ranks, any_batch=lost)
    except (KeyError, IndexError, TypeError):
        return False


def changes(patch: Sequence[Document]) -> int:
    """How many parameters, layers and inputs a patch changes; wires that follow a new or lost layer do not count."""
    places, structural = set(), False
    for change in patch:
        parts = change["path"].split("/")[1:]
        if change["op"] == "test":
            continue
        structural |= len(parts) == 2 and parts[0] == "layers" and change["op"] in ("add", "remove", "move", "copy")
        places.add(tuple(parts[:3] if parts[0] == "layers" else parts[:1]))
    if structural:
        places = {place for place in places if place[2:] != ("inputs",)}
    return max(1, len(places))


def agrees(sound: Sound, mistake: Mistake, broken: Document, repaired: Document, patch: Sequence[Document]) -> bool:
    """Whether the shapes after a repair that is no undoing are as good.

    A shape is determined where all repairs as small as the undoing give it. Without knowing them all: it is the sound
    network's, or what the broken network already had there; where that is not known, any. A repair that changes more
    places than the undoing would is none.
    """
    if changes(patch) > max(mistake.edits, 1):
        return False
    after = [layer["output_shape"] for layer in repaired["layers"]]
    before = [layer["output_shape"] for layer in broken.get("layers", [])]
    if len(after) not in (len(mistake.sources), len(sound.shapes)):
        return same(after[-1], sound.shapes[-1])
    sources = sources_after(mistake, patch, len(sound.shapes))
    now = {source: shape for source, shape in zip(mistake.sources, before, strict=False) if source is not None}
    return all(
        same(shape, sound.shapes[source]) or fits(shape, now.get(source))
        for shape, source in zip(after, sources, strict=True)
        if source is not None
    )


def sources_after(mistake: Mistake, patch: Sequence[Document], count: int) -> list[int | None]:
    """For each layer of the repaired network, which layer of the sound one it is; one put in is the one that is gone.

    Where a layer is listed does not matter: it may be put in further down the list than where it was.
    """
    sources = list(mistake.sources)
    gone = [source for source in range(count) if source not in sources]
    for change in patch:
        parts = change["path"].split("/")[1:]
        if len(parts) == 2 and parts[0] == "layers" and change["op"] == "add":
            sources.insert(int(parts[1]), gone.pop() if gone else None)
        elif len(parts) == 2 and parts[0] == "layers" and change["op"] == "remove":
            sources.pop(int(parts[1]))
    return sources


def same(one: Shape, other: Shape) -> bool:
    return one is not None and other is not None and list(one) == list(other)


def fits(shape: Shape, partly: Shape) -> bool:
    """Whether a shape is one that is known in part."""
    if shape is None or partly is None:
        return True
    return len(shape) == len(partly) and all(b is None or a == b for a, b in zip(shape, partly, strict=True))


def report(
    sound: Sound, mistake: Mistake, errors: Sequence[Document], repairs: Sequence[Document], exact: Sequence[bool]
) -> str:
    """For people: what was changed, and what was answered."""
    lines = [f"{mistake.kind} in {sound.family} ({sound.style.framework}): {mistake.told}"]
    for error in errors[:4]:
        beside = [place["location"] for place in error.get("related", [])]
        lines.append(f"    {error['name']} at {error['location']}: {error['message']} (related: {beside})")
    if len(errors) > 4:
        lines.append(f"    and {len(errors) - 4} more errors")
    for repair, undoes in list(zip(repairs, exact, strict=True))[:4]:
        made: list[Any] = [
            (each["op"], each["path"], each.get("value")) for each in repair["patch"] if each["op"] != "test"
        ]
        lines.append(f"    {'=' if undoes else '-'} {repair['title']} [{repair['applicability']}] {made[:3]}")
    return "\n".join(lines)

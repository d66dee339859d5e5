"""Whole networks against PyTorch: each figure of sound ones, one error for each mistake, and what outputs see."""

import json
import re
from collections import Counter
from functools import cache
from typing import Any

import jsonpatch
import pytest

from service.core.frameworks import FRAMEWORKS
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE, cases

Case = dict[str, Any]
Document = dict[str, Any]

respond = OPERATION.respond
FILES = ("sound", "mistakes", "fields")
FIGURES = ("output_shape", "parameters", "buffers", "macs")


@cache
def recorded(name: str) -> list[Case]:
    return list(cases("networks", name))


@cache
def kinds() -> dict[str, list[Case]]:
    by_kind: dict[str, list[Case]] = {}
    for case in recorded("mistakes"):
        by_kind.setdefault(case["kind"], []).append(case)
    return by_kind


@cache
def answers(kind: str) -> list[tuple[Case, Document]]:
    return [(case, respond(case["body"])) for case in kinds()[kind]]


REPAIRED = [kind for kind, of_kind in kinds().items() if of_kind[0]["repair"]]


def errors(document: Document) -> list[tuple[str, str]]:
    return [
        (diagnostic["name"], diagnostic["location"])
        for diagnostic in document["diagnostics"]
        if diagnostic["severity"] == "error"
    ]


def fixes(document: Document) -> list[tuple[str, Document]]:
    return [(diagnostic["name"], fix) for diagnostic in document["diagnostics"] for fix in diagnostic["fixes"]]


def mended(case: Case, fix: Document) -> Document:
    return respond(jsonpatch.apply_patch(case["body"], fix["patch"]))


def body_text(case: Case) -> str:
    return json.dumps(case["body"])


@pytest.mark.parametrize("name", FILES)
def test_the_networks_were_recorded_from_the_version_that_the_service_names(name: str) -> None:
    header = json.loads((HERE / "networks" / f"{name}.jsonl").read_text().partition("\n")[0])
    assert header["version"] == FRAMEWORKS["pytorch"].version


def test_there_are_enough_networks_and_every_kind_of_mistake_about_as_often() -> None:
    assert len(recorded("sound")) >= 500
    assert len(recorded("mistakes")) >= 500
    assert len(recorded("fields")) >= 200
    assert len(kinds()) >= 15
    assert len({len(of_kind) for of_kind in kinds().values()}) == 1


def test_pytorch_refuses_most_of_the_mistakes_too() -> None:
    asked = [case for case in recorded("mistakes") if case["pytorch"] is not None]
    assert sum(case["pytorch"] != "accepted" for case in asked) > 0.95 * len(asked)


@cache
def sound() -> list[tuple[Case, Document]]:
    return [(case, respond(case["body"])) for case in recorded("sound")]


def test_a_sound_network_is_valid() -> None:
    wrong = [(errors(document), body_text(case)) for case, document in sound() if not document["valid"]]
    assert not wrong, f"{len(wrong)} are not, the first: {wrong[0]}"


def figure(layer: Document, name: str) -> Any:
    """A figure of the service's; an unknown batch is recorded as 1."""
    value = layer[name]
    return [1 if size is None else size for size in value] if name == "output_shape" else value


@pytest.mark.parametrize(("position", "name"), list(enumerate(FIGURES)))
def test_every_figure_of_every_layer_is_pytorchs(position: int, name: str) -> None:
    wrong = [
        (layer["name"], figure(layer, name), figures[position], body_text(case))
        for case, document in sound()
        for layer, figures in zip(document["layers"], case["figures"], strict=True)
        if figure(layer, name) != figures[position]
    ]
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


def pointed_at(location: str) -> tuple[str, ...]:
    """Where a mistake may be reported: at its place or, where that is an entry of a list, at the whole parameter."""
    layer, *path = re.findall(r"^/layers/\d+|/[^/]+", location)
    return (location, layer + path[0]) if path else (location,)


def is_reported(case: Case, document: Document) -> bool:
    """Whether the mistake is the one error."""
    diagnostics = errors(document)
    return (
        len(diagnostics) == 1
        and diagnostics[0][0] == case["name"]
        and diagnostics[0][1] in pointed_at(case["location"])
    )


@pytest.mark.parametrize("kind", kinds())
def test_a_mistake_is_one_error_at_its_place(kind: str) -> None:
    answered = answers(kind)
    wrong = [(case, errors(document)) for case, document in answered if not is_reported(case, document)]
    details = [(said, case["name"], case["location"], body_text(case)) for case, said in wrong]
    assert not wrong, f"{len(wrong)} of {len(answered)} are not, the first: {details[0]}"
    assert not any(document["valid"] for _, document in answered)


@pytest.mark.parametrize("kind", REPAIRED)
def test_where_there_is_one_repair_a_fix_makes_it(kind: str) -> None:
    answered = answers(kind)
    wrong = [
        (errors(document), [fix["title"] for _, fix in fixes(document)], body_text(case))
        for case, document in answered
        if not any(mended(case, fix)["valid"] for _, fix in fixes(document))
    ]
    assert not wrong, f"{len(wrong)} of {len(answered)} are not repaired, the first: {wrong[0]}"


@pytest.mark.parametrize("kind", kinds())
def test_every_fix_removes_its_diagnostic_and_adds_no_error(kind: str) -> None:
    for case, document in answers(kind):
        before = Counter(name for name, _ in errors(document))
        for name, fix in fixes(document):
            after = Counter(name_after for name_after, _ in errors(mended(case, fix)))
            assert not after - (before - Counter([name])), (fix["title"], body_text(case))


@cache
def fields() -> list[tuple[Case, Document]]:
    asked = [
        (case, [{"layer": layer, "output": index} for layer, index, _ in case["seen"]]) for case in recorded("fields")
    ]
    return [(case, respond({**case["body"], "receptive_field_of": questions})) for case, questions in asked]


def boxes_that_differ(*, of_places: bool) -> list[Any]:
    """Those of outputs that have a place in the input's axes, or those of features and sequences, which have not.

    A feature is answered with what all channels of its place see, so that its box may be larger.
    """
    return [
        (layer, index, shown["box"], box, body_text(case))
        for case, document in fields()
        for (layer, index, box), shown in zip(case["seen"], document["receptive_fields"], strict=True)
        if of_places == (layer in with_places(case, document))
        and shown["box"] != box
        and (of_places or not encloses(shown["box"], box))
    ]


def encloses(larger: list[list[int]] | None, box: list[list[int]] | None) -> bool:
    if larger is None or box is None:
        return box is None
    return all(outer[0] <= inner[0] and inner[1] <= outer[1] for outer, inner in zip(larger, box, strict=True))


def with_places(case: Case, document: Document) -> set[str]:
    """The layers whose outputs have as many axes as the network's input."""
    [shape] = case["body"]["inputs"].values() if "inputs" in case["body"] else [case["body"]["input_shape"]]
    return {layer["name"] for layer in document["layers"] if len(layer["output_shape"]) == len(shape)}


@pytest.mark.parametrize("of_places", [True, False], ids=["places", "features"])
def test_what_an_output_sees_is_what_its_gradient_reaches(of_places: bool) -> None:
    wrong = boxes_that_differ(of_places=of_places)
    assert not wrong, f"{len(wrong)} boxes differ, the first: {wrong[0]}"

"""The Kubernetes manifests fit Kubernetes' own schemas, each other, and the service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service import __version__
from service.check_settings import SETTINGS, variables
from service.operations import OPERATIONS
from tests.resilience.test_deployed_files import GUNICORN, number

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
RESOURCES: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")) for name in KUSTOMIZATION["resources"]
}
KINDS = {resource["kind"]: resource for resource in RESOURCES.values()}
POD: dict[str, Any] = KINDS["Deployment"]["spec"]["template"]
[CONTAINER] = POD["spec"]["containers"]
ENVIRONMENT = {entry["name"]: entry["value"] for entry in CONTAINER["env"]}
KUBERNETES_VERSION = "1.30"


def validate(resource: Mapping[str, Any]) -> None:
    kubernetes_validate.validate(resource, KUBERNETES_VERSION, strict=True)


@pytest.mark.parametrize("name", RESOURCES)
def test_each_manifest_fits_its_schema(name: str) -> None:
    validate(RESOURCES[name])


def test_the_schemas_refuse_a_misspelt_field() -> None:
    deployment = KINDS["Deployment"]
    with pytest.raises(kubernetes_validate.ValidationError):
        validate({**deployment, "spec": {**deployment["spec"], "replica": 2}})


def test_every_manifest_is_listed() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*RESOURCES, "kustomization.yaml"}
    assert len(KINDS) == len(RESOURCES)


def test_everything_selects_the_pods() -> None:
    labels = POD["metadata"]["labels"]
    assert KINDS["Service"]["spec"]["selector"] == labels
    assert KINDS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert KINDS[kind]["spec"]["selector"]["matchLabels"] == labels
    assert KINDS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == KINDS["Deployment"]["metadata"]["name"]


def test_the_port_is_the_one_that_the_image_listens_at() -> None:
    [port] = CONTAINER["ports"]
    dockerfile = (FOLDER.parents[1] / "Dockerfile").read_text(encoding="utf-8")
    assert port["containerPort"] == number(r"PORT=(\d+)", dockerfile)
    assert {entry["targetPort"] for entry in KINDS["Service"]["spec"]["ports"]} == {port["name"]}


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_each_probe_asks_an_endpoint(probe: str) -> None:
    assert CONTAINER[probe]["httpGet"]["path"] in {operation.path for operation in OPERATIONS}


def test_every_variable_is_a_setting() -> None:
    known = {variable for settings in SETTINGS for variable in variables(settings).values()}
    assert ENVIRONMENT.keys() <= known


def test_a_pod_has_the_time_to_stop() -> None:
    drain = int(ENVIRONMENT["PADSTRIDE_DRAIN_SECONDS"])
    readiness = CONTAINER["readinessProbe"]
    assert drain > readiness["periodSeconds"] * readiness["failureThreshold"] + readiness["timeoutSeconds"]
    graceful = number(r"(?m)^graceful_timeout = (\d+)", GUNICORN)
    assert POD["spec"]["terminationGracePeriodSeconds"] > drain + graceful


def test_as_many_workers_as_cores() -> None:
    assert ENVIRONMENT["WEB_CONCURRENCY"] == CONTAINER["resources"]["limits"]["cpu"]


def test_nothing_runs_as_root_or_writes() -> None:
    assert POD["spec"]["securityContext"]["runAsNonRoot"] is True
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_images_tag_and_label_are_the_version() -> None:
    [image] = KUSTOMIZATION["images"]
    assert image["newTag"] == __version__
    assert CONTAINER["image"] == image["name"]
    assert f"ARG VERSION={__version__}\n" in (FOLDER.parents[1] / "Dockerfile").read_text(encoding="utf-8")

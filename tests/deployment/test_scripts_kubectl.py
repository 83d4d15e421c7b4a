"""The scripts with the real kubectl, which has to know each flag and each query, against an API over HTTP."""

import base64
import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.deployment import rendering
from tests.deployment.api_server import Api, serving
from tests.deployment.recording import Ran, Recorder

DEPLOY = "deploy-microservices.sh"

pytestmark = pytest.mark.long


class Machine:
    """A machine with kubectl alone, which is told of a cluster by its kubeconfig."""

    def __init__(self, folder: Path, api: Api) -> None:
        self.api = api
        self._recorder = Recorder(folder)
        (self._recorder.bin / "kubectl").symlink_to(rendering.kubectl())
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": {"server": api.url}}],
            "users": [{"name": "me", "user": {"token": "x"}}],
            "contexts": [{"name": "blue", "context": {"cluster": "here", "user": "me"}}],
        }
        self.kubeconfig = self._recorder.kubeconfig
        self.kubeconfig.write_text(yaml.safe_dump(config), "utf-8")

    def run(self, script: str, *flags: str, **environ: str) -> Ran:
        """Run a script in the context that the kubeconfig does not call the present one."""
        # kubectl starts forty times: without collecting garbage it takes less.
        return self._recorder.run(script, *flags, "--context", "blue", environ=environ | {"GOGC": "off"})


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine with kubectl, and an empty cluster."""
    with serving(Api()) as api:
        yield Machine(tmp_path, api)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Api, Ran]]:
    """A machine that has deployed the product, the objects that this made, and what was said."""
    with serving(Api()) as api:
        machine = Machine(tmp_path_factory.mktemp("machine"), api)
        ran = machine.run(DEPLOY, "--timeout", "60", STORAGE_CLASS_FAST="fast", STORAGE_CLASS_STANDARD="slow")
        kept = Api()
        kept.objects, kept.asked = copy.deepcopy((api.objects, api.asked))
        yield machine, kept, ran


@pytest.fixture
def deployed(made: tuple[Machine, Api, Ran]) -> Machine:
    """A machine with a cluster in which the product was deployed just now."""
    machine, kept, _ = made
    machine.api.objects, machine.api.asked = copy.deepcopy((kept.objects, kept.asked))
    machine.api.changes.clear()
    return machine


def test_all_of_the_product_is_there(made: tuple[Machine, Api, Ran]) -> None:
    _, kept, ran = made

    assert ran.code == 0, ran.out + ran.err
    assert ran.err.count("Note: ") == 1, ran.err
    assert "custom.metrics.k8s.io" in ran.err
    objects = {(thing["kind"], thing["metadata"]["name"]) for thing in kept.objects.values()}
    rendered = {(thing["kind"], thing["metadata"]["name"]) for thing in rendering.render("kubernetes")}
    assert rendered - objects == {("Job", "migration")}
    assert objects - rendered >= {("Namespace", "nanopore-tracking"), ("Job", "migration-0-1-0")}


def test_a_second_run_changes_nothing(deployed: Machine) -> None:
    kubeconfig = deployed.kubeconfig.read_bytes()

    ran = deployed.run(DEPLOY, STORAGE_CLASS_FAST="fast", STORAGE_CLASS_STANDARD="slow")

    assert ran.code == 0, ran.out + ran.err
    assert deployed.api.changes == []
    assert deployed.kubeconfig.read_bytes() == kubeconfig


def test_volumes_cannot_get_another_class(deployed: Machine) -> None:
    ran = deployed.run(DEPLOY, STORAGE_CLASS_STANDARD="other")

    assert ran.code == 2
    assert "STORAGE_CLASS_STANDARD is other, but StatefulSet" in ran.err
    assert deployed.api.changes == []


def test_a_run_without_classes_makes_only_the_secrets_that_are_missing_from_those_that_are_there(
    deployed: Machine,
) -> None:
    before = {thing["metadata"]["name"]: thing["data"] for thing in deployed.api.things("Secret")}
    missing = {"config-service-env", "backup-service-env", "migration-env"}
    for name in missing:
        del deployed.api.objects["nanopore-tracking", "secrets", name]

    assert deployed.run(DEPLOY).code == 0

    assert set(deployed.api.changes) == {f"secrets/{name}" for name in missing}
    assert {thing["metadata"]["name"]: thing["data"] for thing in deployed.api.things("Secret")} == before
    key = base64.b64decode(before["config-signing-key"]["signing-key.pem"])
    assert key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_the_server_is_asked_before_anything_is_there(machine: Machine) -> None:
    ran = machine.run(DEPLOY, "--dry-run", "--migrate")

    assert ran.code == 0, ran.err
    assert "The server accepts all of it. Nothing was changed." in ran.err
    assert list(machine.api.objects) == [("", "namespaces", "default")]


def test_the_product_is_deleted_and_its_data_stay(deployed: Machine) -> None:
    # kubectl deletes five things in a second: of each kind one is left, of one kind two. That each object has the label
    # by which things are deleted is looked at in test_scripts_overlay.py.
    left: dict[str, int] = {"services": -1}
    for key in list(deployed.api.objects):
        left[key[1]] = left.get(key[1], 0) + 1
        if key[1] != "namespaces" and left[key[1]] > 1:
            del deployed.api.objects[key]

    ran = deployed.run(DEPLOY, "--delete", "--yes")

    assert ran.code == 0, ran.err
    assert {thing["kind"] for thing in deployed.api.objects.values()} == {
        "Namespace",
        "PersistentVolumeClaim",
        "Secret",
    }
    assert deployed.run(DEPLOY, "--delete", "--yes", "--with-data").code == 0
    assert {thing["kind"] for thing in deployed.api.objects.values()} == {"Namespace"}


def _revision(machine: Machine, name: str, number: int, tag: str) -> None:
    deployment = machine.api.objects["nanopore-tracking", "deployments", name]
    template = copy.deepcopy(deployment["spec"]["template"])
    template["metadata"]["labels"]["pod-template-hash"] = f"h{number}"
    template["spec"]["containers"][0]["image"] = f"nanopore-tracking-app:{tag}"
    owner = {"uid": f"deployments-{name}", "apiVersion": "apps/v1"}
    annotations = {"deployment.kubernetes.io/revision": str(number)}
    machine.api.store(
        ("nanopore-tracking", "replicasets", f"{name}-{number}"),
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{name}-{number}",
                "labels": template["metadata"]["labels"],
                "annotations": annotations,
                "ownerReferences": [{"controller": True, "kind": "Deployment", "name": name, **owner}],
            },
            "spec": {"replicas": 0, "template": template, "selector": deployment["spec"]["selector"]},
        },
    )
    deployment["metadata"]["annotations"] = annotations


def test_services_go_back_to_a_tag(deployed: Machine) -> None:
    for thing in deployed.api.things("Deployment"):
        if thing["metadata"]["labels"]["nanopore-tracking/step"] == "services":
            for number, tag in enumerate(("0.0.9", "0.1.0"), 9):
                _revision(deployed, thing["metadata"]["name"], number, tag)

    ran = deployed.run("rollback.sh", "--to-tag", "0.0.9")

    assert ran.code == 0, ran.out + ran.err
    images = {
        thing["spec"]["template"]["spec"]["containers"][0]["image"]
        for thing in deployed.api.things("Deployment")
        if thing["metadata"]["labels"]["nanopore-tracking/step"] == "services"
    }
    assert images == {"nanopore-tracking-app:0.0.9"}


def test_the_report_finds_what_is_not_right(deployed: Machine) -> None:
    objects = deployed.api.objects
    objects["nanopore-tracking", "statefulsets", "nats"]["status"]["readyReplicas"] = 2
    objects["nanopore-tracking", "persistentvolumeclaims", "backups"]["status"] = {"phase": "Pending"}
    objects["nanopore-tracking", "horizontalpodautoscalers", "web"]["status"] = {
        "currentReplicas": 2,
        "conditions": [{"type": "ScalingActive", "status": "False"}],
    }

    ran = deployed.run("status.sh")

    assert ran.code == 1
    found = [line for line in ran.out.partition("== In short")[2].splitlines() if "could not be asked" not in line]
    assert [line for line in found if line] == [
        "- nats has 2 of 3 pods ready.",
        "- The autoscaler web has no measure to go by; it makes nothing smaller.",
        "- The volume backups is Pending.",
    ]


def test_a_cluster_that_is_not_there_is_told(machine: Machine) -> None:
    machine.kubeconfig.write_text(machine.kubeconfig.read_text("utf-8").replace(machine.api.url, "http://127.0.0.1:9"))

    ran = machine.run(DEPLOY)

    assert ran.code == 4
    assert "The cluster does not answer: The connection to the server 127.0.0.1:9 was refused" in ran.err

"""scripts/deploy-microservices.sh does its steps in order, with the settings that it is given, and once only."""

import itertools
import subprocess
from pathlib import Path

import pytest

from tests.deployment.recording import ROOT, Recorder

DEPLOY = "deploy-microservices.sh"
#: What shows in the calls that a step is done, in the order in which the steps have to come.
MARKS = (
    "steps/namespace.yaml",
    "create -f",
    "steps/settings.yaml",
    "steps/databases.yaml",
    "rollout status statefulset/nats",
    "steps/migration.yaml",
    "get job/migration-0-1-0",
    "steps/services.yaml",
    "rollout status deployment/web",
    "steps/autoscaling.yaml",
    "steps/monitoring.yaml",
    "steps/ingress.yaml",
)


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl and podman, and an empty cluster."""
    return Recorder(tmp_path, "kubectl", "podman")


def _places(cluster: Recorder) -> list[int]:
    lines = [call.line for call in cluster.calls]
    return [next(number for number, line in enumerate(lines) if mark in line) for mark in MARKS]


def _tracked() -> str:
    command = ["git", "-C", str(ROOT), "status", "--porcelain", "--", "scripts", "deployment"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("flags", [("--build", "--migrate"), ("--migrate", "--build")])
def test_the_steps_come_in_order_whatever_the_order_of_the_flags(cluster: Recorder, flags: tuple[str, ...]) -> None:
    before = _tracked()

    ran = cluster.run(DEPLOY, *flags)

    assert ran.code == 0, ran.err
    assert _places(cluster) == sorted(_places(cluster))
    assert cluster.calls[[call.program for call in cluster.calls].index("podman")].line.startswith("image inspect")
    assert "https://nanopore.example.com" in ran.out
    assert "kubectl -n nanopore-tracking get secret nanopore-admin" in ran.out
    assert _tracked() == before
    assert cluster.kubeconfig.read_text("utf-8") == "as it was\n"
    assert cluster.left_behind() == []


@pytest.mark.parametrize(
    "flags", list(itertools.permutations(["--build", "--migrate", "--overlay=openshift", "--component keda"]))
)
def test_every_order_of_flags_means_the_same(cluster: Recorder, flags: tuple[str, ...]) -> None:
    words = [word for flag in flags for word in flag.split()]
    # Rendered only: what is looked at here does not need a server.
    cluster.refuse("get --raw")

    ran = cluster.run(DEPLOY, "--dry-run", *words)

    assert ran.code == 0, ran.err
    assert "podman would build nanopore-tracking-app:0.1.0" in ran.out
    assert "# Step migration" in ran.out
    assert "kind: Route" in ran.out


def test_a_second_run_makes_no_secret_and_changes_nothing(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    objects = cluster.state["objects"]
    cluster.forget()

    ran = cluster.run(DEPLOY)

    assert ran.code == 0, ran.err
    assert cluster.lines("create -f") == []
    assert cluster.lines("delete") == []
    assert cluster.lines("steps/migration.yaml") == []
    assert cluster.state["objects"] == objects


def test_a_new_installation_is_migrated_without_being_told(cluster: Recorder) -> None:
    assert cluster.run(DEPLOY).code == 0

    assert cluster.lines("steps/migration.yaml")


def test_a_second_migration_of_one_version_takes_the_place_of_the_first(cluster: Recorder) -> None:
    cluster.run(DEPLOY, "--migrate")

    ran = cluster.run(DEPLOY, "--migrate")

    assert ran.code == 0, ran.err
    assert cluster.lines("delete job/migration-0-1-0")


def test_settings_of_the_environment_reach_what_is_applied(cluster: Recorder) -> None:
    environ = {
        "NAMESPACE": "lab-one",
        "IMAGE_TAG": "2.0_RC",
        "REGISTRY_URL": "https://registry.example.org/lab/",
        "PUBLIC_HOST": "lab.example.com",
    }

    ran = cluster.run(DEPLOY, "--build", "--context", "blue", environ=environ)

    assert ran.code == 0, ran.err
    image = "registry.example.org/lab/nanopore-tracking-app:2.0_RC"
    kube = [call for call in cluster.calls if call.program == "kubectl" and "kustomize" not in call.line]
    assert all({"--namespace=lab-one", "--context=blue"} <= set(call.words) for call in kube)
    assert cluster.state["namespaces"] == ["default", "lab-one"]
    assert "job/migration-2-0-rc" in cluster.state["objects"]
    assert all(
        container["image"] == image
        for key, thing in cluster.state["objects"].items()
        if key.startswith(("deployment/config", "deployment/web", "job/"))
        for container in thing["spec"]["template"]["spec"]["containers"]
    )
    assert [call.line for call in cluster.calls if call.program == "podman"][-1] == f"push {image}"
    assert "kubectl --context=blue -n lab-one get secret" in ran.out


@pytest.mark.parametrize(
    ("programs", "openshift", "used"),
    [
        (("kubectl", "oc"), False, "kubectl"),
        (("kubectl", "oc"), True, "oc"),
        (("kubectl",), True, "kubectl"),
        (("oc",), False, "oc"),
    ],
)
def test_the_program_that_fits_the_server_is_used(
    tmp_path: Path, programs: tuple[str, ...], openshift: bool, used: str
) -> None:
    cluster = Recorder(tmp_path, *programs)
    cluster.tell(openshift=openshift)

    ran = cluster.run(DEPLOY)

    assert ran.code == 0, ran.err
    assert {call.program for call in cluster.calls if "apply" in call.words} == {used}
    assert ("route/web" in cluster.state["objects"]) == openshift
    assert ("https://nanopore.apps.example.com" in ran.out) == openshift
    assert f"{used} -n nanopore-tracking get secret" in ran.out
    assert not cluster.lines("whoami")


def test_who_may_not_make_namespaces_asks_openshift_for_a_project(tmp_path: Path) -> None:
    cluster = Recorder(tmp_path, "oc")
    cluster.tell(openshift=True)
    cluster.refuse("apply.*steps/namespace.yaml", says="Error from server (Forbidden): namespaces is forbidden")

    ran = cluster.run(DEPLOY)

    assert ran.code == 0, ran.err
    assert cluster.lines("new-project nanopore-tracking --skip-config-write")


def test_who_may_not_label_the_namespace_goes_on_and_is_told(cluster: Recorder) -> None:
    cluster.tell(namespaces=["default", "nanopore-tracking"])
    cluster.refuse("apply.*steps/namespace.yaml", says="Error from server (Forbidden): namespaces is forbidden")

    ran = cluster.run(DEPLOY)

    assert ran.code == 0, ran.err
    assert "The labels of the namespace were not set" in ran.err


def test_the_address_is_a_way_in_where_there_is_no_host(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    cluster.refuse("get ingresses", says="", code=0)

    ran = cluster.run(DEPLOY)

    assert "kubectl -n nanopore-tracking port-forward service/web 8000:8000" in ran.out


def test_volumes_keep_the_class_that_they_have(cluster: Recorder) -> None:
    labels = {"app.kubernetes.io/part-of": "nanopore-tracking", "nanopore-tracking/step": "databases"}
    spec = {"volumeClaimTemplates": [{"spec": {"storageClassName": "fast"}}]}
    cluster.tell(objects={"statefulset/sample-db": {"metadata": {"name": "sample-db", "labels": labels}, "spec": spec}})

    assert cluster.run(DEPLOY, "--dry-run", environ={"STORAGE_CLASS_FAST": "fast"}).code == 0
    ran = cluster.run(DEPLOY, environ={"STORAGE_CLASS_FAST": "slow"})

    assert ran.code == 2
    assert "STORAGE_CLASS_FAST is slow, but StatefulSet sample-db is there with the storage class fast." in ran.err


def test_autoscalers_that_were_chosen_before_go(cluster: Recorder) -> None:
    cluster.run(DEPLOY)
    objects = cluster.state["objects"]
    labels = {"app.kubernetes.io/part-of": "nanopore-tracking", "nanopore-tracking/step": "autoscaling"}
    for name, more in (("old", {}), ("keda-hpa-web", {"app.kubernetes.io/managed-by": "keda-operator"})):
        objects[f"horizontalpodautoscaler/{name}"] = {"metadata": {"name": name, "labels": labels | more}}
    cluster.tell(objects=objects)
    cluster.forget()

    assert cluster.run(DEPLOY).code == 0

    assert cluster.lines("delete ") == ["delete horizontalpodautoscalers.autoscaling/old"]

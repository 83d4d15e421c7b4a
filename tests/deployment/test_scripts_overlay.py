"""The overlay that scripts/deploy-microservices.sh writes is rendered by kubectl itself, with what the settings say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import rendering
from tests.deployment.recording import Recorder
from tests.deployment.rules import steps

DEPLOY = "deploy-microservices.sh"


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl that renders as kubectl does, and a cluster that does not answer."""
    found = Recorder(tmp_path, "kubectl")
    found.refuse("get --raw")
    return found


def shown(cluster: Recorder, *flags: str, code: int = 0, **environ: str) -> tuple[list[Any], str]:
    """Return what --dry-run prints: the objects, and all of it as text."""
    ran = cluster.run(DEPLOY, "--dry-run", *flags, environ={"REAL_KUBECTL": rendering.kubectl(), **environ})
    assert ran.code == code, ran.err
    return [thing for thing in rendering.loaded(ran.out) if thing], ran.out


def names(things: Sequence[Any], *kinds: str) -> list[str]:
    """Return the names of the objects of some kinds."""
    return sorted(thing["metadata"]["name"] for thing in things if thing["kind"] in kinds)


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_all_that_an_overlay_holds_is_applied_and_nothing_twice(cluster: Recorder, overlay: str) -> None:
    things, _ = shown(cluster, "--overlay", overlay)

    def keys(found: Sequence[Any]) -> list[tuple[str, str]]:
        return sorted(
            (thing["kind"], thing["metadata"]["name"]) for thing in found if thing["kind"] not in ("Job", "Namespace")
        )

    assert keys(things) == keys(rendering.render(overlay))
    assert names(things, "Job") == ["migration-0-1-0"]
    assert names(things, "Namespace") == ["nanopore-tracking"]


def test_every_object_has_the_label_of_the_product_by_which_it_is_deleted(cluster: Recorder) -> None:
    added = [f"--component={component}" for component in ("keda", "cnpg", "external-secrets", "httproute")]
    for components in ([], added):
        for thing in shown(cluster, *components)[0]:
            assert thing["metadata"]["labels"]["app.kubernetes.io/part-of"] == "nanopore-tracking", thing["metadata"]


def test_each_object_is_in_the_step_of_its_label(cluster: Recorder) -> None:
    _, text = shown(cluster)
    parts = {part.partition("\n")[0]: part for part in text.split("# Step ")[1:]}

    assert list(parts) == ["namespace", *steps.STEPS]
    for step, part in parts.items():
        for thing in rendering.loaded(part.partition("\n")[2]):
            assert thing["metadata"]["labels"].get("nanopore-tracking/step", "namespace") == step


@pytest.mark.parametrize("way", rendering.WAYS, ids="+".join)
def test_no_step_needs_what_a_later_one_brings(way: tuple[str, ...]) -> None:
    assert steps.needed_later(rendering.render(*way)) == []


def test_what_comes_too_late_is_found() -> None:
    things = rendering.render("kubernetes")
    for thing in things:
        if thing["metadata"]["name"].startswith(("nanopore-settings", "backups")):
            thing["metadata"]["labels"]["nanopore-tracking/step"] = "monitoring"

    found = "\n".join(steps.needed_later(things))

    assert "of services needs nanopore-settings" in found
    assert "of services needs backups of monitoring" in found


def test_a_component_may_lie_in_another_one(cluster: Recorder) -> None:
    things, _ = shown(cluster, "--component", "cnpg", "--component=cnpg/archive")

    assert names(things, "ScheduledBackup")


def test_the_namespace_is_that_of_the_settings_everywhere(cluster: Recorder) -> None:
    things, _ = shown(cluster, NAMESPACE="lab-one")

    assert names(things, "Namespace") == ["lab-one"]
    assert {thing["metadata"].get("namespace") for thing in things if thing["kind"] != "Namespace"} == {"lab-one"}


def test_every_pod_of_the_product_has_the_image_of_the_settings(cluster: Recorder) -> None:
    things, text = shown(cluster, REGISTRY_URL="registry.example.org:5000/lab", IMAGE_TAG="1.5")
    images = {line.split()[-1] for line in text.splitlines() if "image:" in line and "nanopore" in line}

    assert images == {"registry.example.org:5000/lab/nanopore-tracking-app:1.5"}
    assert names(things, "Job") == ["migration-1-5"]


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_the_address_is_that_of_the_settings(cluster: Recorder, overlay: str) -> None:
    component = ["--component", "httproute"] if overlay == "kubernetes" else []
    things, text = shown(cluster, "--overlay", overlay, *component, PUBLIC_HOST="lab.example.com")
    if component:
        text += shown(cluster, PUBLIC_HOST="lab.example.com")[1]

    assert "nanopore.example.org" not in text
    assert [
        thing["data"]["NANOPORE_PUBLIC_URL"] for thing in things if "web-settings" in thing["metadata"]["name"]
    ] == ["https://lab.example.com"]


def test_storage_classes_go_to_databases_and_to_the_rest(cluster: Recorder) -> None:
    things, _ = shown(cluster, STORAGE_CLASS_FAST="fast", STORAGE_CLASS_STANDARD="standard")
    found = {
        thing["metadata"]["name"]: [
            one["spec"].get("storageClassName") for one in thing["spec"]["volumeClaimTemplates"]
        ]
        for thing in things
        if thing["kind"] == "StatefulSet" and thing["spec"].get("volumeClaimTemplates")
    }
    rest = {name: found.pop(name) for name in set(found) & {"prometheus", "alertmanager", "grafana"}}

    assert found == {name: ["fast"] for name in ("ai-db", "audit-db", "backup-db", "config-db", "nats", "sample-db")}
    assert all(classes == ["standard"] for classes in rest.values())
    claims = {thing["spec"]["storageClassName"] for thing in things if thing["kind"] == "PersistentVolumeClaim"}
    assert claims == {"standard"}


def test_without_storage_classes_the_cluster_chooses(cluster: Recorder) -> None:
    assert "storageClassName" not in shown(cluster)[1]


def test_managed_databases_get_the_fast_class(cluster: Recorder) -> None:
    things, _ = shown(cluster, "--component", "cnpg", STORAGE_CLASS_FAST="fast")

    clusters = [thing for thing in things if thing["kind"] == "Cluster"]
    assert [thing["spec"]["storage"]["storageClass"] for thing in clusters] == ["fast"] * 5


def test_secrets_that_a_store_brings_are_not_made(cluster: Recorder) -> None:
    things, text = shown(cluster, "--component", "external-secrets")

    for name in names(things, "ExternalSecret"):
        assert f"# Secret {name} " not in text


def test_a_folder_of_ones_own_is_an_overlay(cluster: Recorder) -> None:
    own = cluster.folder / "our lab"
    own.mkdir()
    base = "../" * len(cluster.folder.resolve().parts) + str(rendering.DEPLOYMENT / "overlays" / "kubernetes").lstrip(
        "/"
    )
    (own / "kustomization.yaml").write_text(
        f"resources: [{base}, account.yaml]\n"
        "configMapGenerator:\n- {name: nanopore-settings, behavior: merge, literals: [LOG_LEVEL=debug]}\n",
        "utf-8",
    )
    (own / "account.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ours}\n", "utf-8")

    things, text = shown(cluster, "--overlay", "our lab")

    assert "LOG_LEVEL: debug" in text
    # What has no label is applied before the rest.
    assert "name: ours" in text.partition("# Step settings\n")[2].partition("# Step databases\n")[0]
    assert "ours" in names(things, "ConfigMap")


def test_a_step_that_is_none_is_refused(cluster: Recorder) -> None:
    own = cluster.folder / "wrong"
    own.mkdir()
    (own / "kustomization.yaml").write_text("resources: [one.yaml]\n", "utf-8")
    (own / "one.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, labels: {nanopore-tracking/step: database}}\n", "utf-8"
    )

    ran = cluster.run(DEPLOY, "--dry-run", "--overlay", "wrong", environ={"REAL_KUBECTL": rendering.kubectl()})

    assert ran.code == 2
    assert "is database, which is no step" in ran.err


def test_an_overlay_that_cannot_be_rendered_says_why(cluster: Recorder) -> None:
    own = cluster.folder / "broken"
    own.mkdir()
    (own / "kustomization.yaml").write_text("resources: [missing.yaml]\n", "utf-8")

    ran = cluster.run(DEPLOY, "--dry-run", "--overlay", "broken", environ={"REAL_KUBECTL": rendering.kubectl()})

    assert ran.code == 2
    assert "missing.yaml" in ran.err
    assert "cannot be rendered. Nothing was done." in ran.err

"""The overlay that scripts/deploy-microservices.sh writes is rendered by kubectl itself, with what the settings say."""

import functools
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.deployment import rendering
from tests.deployment.recording import Ran, Recorder
from tests.deployment.rules import steps

DEPLOY = "deploy-microservices.sh"
#: All settings at once: none changes what another one does.
EVERY_SETTING = {
    "NAMESPACE": "lab-one",
    "REGISTRY_URL": "registry.example.org:5000/lab",
    "IMAGE_TAG": "1.5",
    "PUBLIC_HOST": "lab.example.com",
    "STORAGE_CLASS_FAST": "fast",
    "STORAGE_CLASS_STANDARD": "standard",
}
#: Components that go together.
SEVERAL = tuple(f"--component={name}" for name in ("keda", "cnpg", "cnpg/archive", "external-secrets", "httproute"))


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl that renders as kubectl does, and a cluster that does not answer."""
    found = Recorder(tmp_path, "kubectl")
    found.refuse("get --raw")
    return found


def dry_run(cluster: Recorder, *flags: str, **environ: str) -> Ran:
    """Let it print what it would apply."""
    return cluster.run(DEPLOY, "--dry-run", *flags, environ={"REAL_KUBECTL": rendering.kubectl(), **environ})


def shown(*flags: str, **environ: str) -> tuple[list[Any], str]:
    """Return what --dry-run prints: the objects, and all of it as text; asked again, it is not done again."""
    text = _printed(flags, tuple(environ.items()))
    return [thing for thing in rendering.loaded(text) if thing], text


@functools.cache
def _printed(flags: tuple[str, ...], environ: tuple[tuple[str, str], ...]) -> str:
    with TemporaryDirectory() as folder:
        machine = Recorder(Path(folder), "kubectl")
        machine.refuse("get --raw")
        ran = dry_run(machine, *flags, **dict(environ))
    assert ran.code == 0, ran.err
    return ran.out


def names(things: Sequence[Any], *kinds: str) -> list[str]:
    """Return the names of the objects of some kinds."""
    return sorted(thing["metadata"]["name"] for thing in things if thing["kind"] in kinds)


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_all_that_an_overlay_holds_is_applied_and_nothing_twice(overlay: str) -> None:
    # Where no server says that it is OpenShift, it is the overlay for Kubernetes.
    things, _ = shown(*(["--overlay", overlay] if overlay == "openshift" else []))

    def keys(found: Sequence[Any]) -> list[tuple[str, str]]:
        return sorted(
            (thing["kind"], thing["metadata"]["name"]) for thing in found if thing["kind"] not in ("Job", "Namespace")
        )

    assert keys(things) == keys(rendering.render(overlay))
    assert names(things, "Job") == ["migration-0-1-0"]
    assert names(things, "Namespace") == ["nanopore-tracking"]


def test_every_object_has_the_label_of_the_product_by_which_it_is_deleted() -> None:
    for things in (shown()[0], shown(*SEVERAL, STORAGE_CLASS_FAST="fast")[0]):
        for thing in things:
            assert thing["metadata"]["labels"]["app.kubernetes.io/part-of"] == "nanopore-tracking", thing["metadata"]


def test_each_object_is_in_the_step_of_its_label() -> None:
    _, text = shown()
    parts = {part.partition("\n")[0]: part for part in text.split("# Step ")[1:]}

    assert list(parts) == ["namespace", *steps.STEPS]
    for step, part in parts.items():
        for thing in rendering.loaded(part.partition("\n")[2]):
            assert thing["metadata"]["labels"].get("nanopore-tracking/step", "namespace") == step


def test_what_comes_too_late_is_found() -> None:
    things = rendering.render("kubernetes")
    for thing in things:
        if thing["metadata"]["name"].startswith(("nanopore-settings", "backups")):
            thing["metadata"]["labels"]["nanopore-tracking/step"] = "monitoring"

    found = "\n".join(steps.needed_later(things))

    assert "of services needs nanopore-settings" in found
    assert "of services needs backups of monitoring" in found


def test_a_component_may_lie_in_another_one() -> None:
    assert names(shown(*SEVERAL, STORAGE_CLASS_FAST="fast")[0], "ScheduledBackup")


def test_what_is_added_is_made_fit_for_an_older_server_in_whatever_order_it_is_named() -> None:
    things, text = shown("--component=before-1.25", "--component=before-1.30", "--component=canary", "--component=mail")

    assert "sample-service-canary" in names(things, "Deployment")
    assert "sleep:" not in text
    assert {one["apiVersion"] for one in things if one["kind"] == "CronJob"} == {"batch/v1beta1"}


def test_the_namespace_is_that_of_the_settings_everywhere() -> None:
    things, _ = shown(**EVERY_SETTING)

    assert names(things, "Namespace") == ["lab-one"]
    assert {thing["metadata"].get("namespace") for thing in things if thing["kind"] != "Namespace"} == {"lab-one"}


def test_every_pod_of_the_product_has_the_image_of_the_settings() -> None:
    things, text = shown(**EVERY_SETTING)
    images = {line.split()[-1] for line in text.splitlines() if "image:" in line and "nanopore" in line}

    assert images == {"registry.example.org:5000/lab/nanopore-tracking-app:1.5"}
    assert names(things, "Job") == ["migration-1-5"]


@pytest.mark.parametrize("flags", [(), ("--component", "httproute"), ("--overlay", "openshift")], ids="".join)
def test_the_address_is_that_of_the_settings(flags: tuple[str, ...]) -> None:
    things, text = shown(*flags, **EVERY_SETTING)

    assert "nanopore.example.org" not in text
    assert [
        thing["data"]["NANOPORE_PUBLIC_URL"] for thing in things if "web-settings" in thing["metadata"]["name"]
    ] == ["https://lab.example.com"]


def test_storage_classes_go_to_databases_and_to_the_rest() -> None:
    things, _ = shown(**EVERY_SETTING)
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


def test_without_storage_classes_the_cluster_chooses() -> None:
    assert "storageClassName" not in shown()[1]


def test_managed_databases_get_the_fast_class() -> None:
    things, _ = shown(*SEVERAL, STORAGE_CLASS_FAST="fast")

    clusters = [thing for thing in things if thing["kind"] == "Cluster"]
    assert [thing["spec"]["storage"]["storageClass"] for thing in clusters] == ["fast"] * 5


def test_secrets_that_a_store_brings_are_not_made() -> None:
    things, text = shown(*SEVERAL, STORAGE_CLASS_FAST="fast")

    assert names(things, "ExternalSecret")
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

    ran = dry_run(cluster, "--overlay", "our lab")

    assert ran.code == 0, ran.err
    text, things = ran.out, [thing for thing in rendering.loaded(ran.out) if thing]
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

    ran = dry_run(cluster, "--overlay", "wrong")

    assert ran.code == 2
    assert "is database, which is no step" in ran.err


def test_an_overlay_that_cannot_be_rendered_says_why(cluster: Recorder) -> None:
    own = cluster.folder / "broken"
    own.mkdir()
    (own / "kustomization.yaml").write_text("resources: [missing.yaml]\n", "utf-8")

    ran = dry_run(cluster, "--overlay", "broken")

    assert ran.code == 2
    assert "missing.yaml" in ran.err
    assert "cannot be rendered. Nothing was done." in ran.err

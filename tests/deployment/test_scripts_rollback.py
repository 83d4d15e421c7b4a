"""scripts/rollback.sh goes back to one version of the product, or says why it does not."""

from pathlib import Path
from typing import Any

import pytest

from tests.deployment.recording import Recorder

_LABELS = {"app.kubernetes.io/part-of": "nanopore-tracking", "nanopore-tracking/step": "services"}
_REVISION = "deployment.kubernetes.io/revision"


def _pods(image: str) -> dict[str, Any]:
    return {"template": {"spec": {"containers": [{"image": image}]}}}


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl, and a cluster with two services that were at three versions; one had a change more."""
    found = Recorder(tmp_path, "kubectl")
    objects: dict[str, Any] = {}
    for name, tags in {"config-service": ["1.0", "1.1", "1.2"], "web": ["1.0", "1.1", "1.2", "1.2"]}.items():
        for number, tag in enumerate(tags, 8):
            objects[f"replicaset/{name}-{number}"] = {
                "metadata": {
                    "name": f"{name}-{number}",
                    "labels": _LABELS | {"app.kubernetes.io/name": name},
                    "annotations": {_REVISION: str(number)},
                },
                "spec": _pods(f"r.example.org/nanopore-tracking-app:{tag}"),
            }
        objects[f"deployment/{name}"] = {
            "metadata": {"name": name, "labels": _LABELS, "annotations": {_REVISION: str(7 + len(tags))}},
            "spec": _pods(f"r.example.org/nanopore-tracking-app:{tags[-1]}"),
        }
    found.tell(objects=objects)
    return found


def test_a_tag_is_found_among_the_revisions_of_each(cluster: Recorder) -> None:
    ran = cluster.run("rollback.sh", "--to-tag", "1.1")

    assert ran.code == 0, ran.err
    assert sorted(cluster.lines("rollout undo")) == [
        "rollout undo deployment/config-service --to-revision=9",
        "rollout undo deployment/web --to-revision=9",
    ]
    assert len(cluster.lines("rollout status")) == 2
    assert "web: r.example.org/nanopore-tracking-app:1.2 → r.example.org/nanopore-tracking-app:1.1" in ran.out


def test_services_of_different_versions_are_refused(cluster: Recorder) -> None:
    # The one before of web is of the same version, that of config-service is of an older one.
    ran = cluster.run("rollback.sh")

    assert ran.code == 2
    assert "Afterwards services would be of different versions:" in ran.err
    assert not cluster.lines("undo")


@pytest.mark.parametrize(("name", "revision"), [("web", 10), ("config-service", 9)])
def test_one_service_may_go_back_alone(cluster: Recorder, name: str, revision: int) -> None:
    ran = cluster.run("rollback.sh", f"--service={name}")

    assert ran.code == 0, ran.err
    assert cluster.lines("undo") == [f"rollout undo deployment/{name} --to-revision={revision}"]


def test_the_one_before_of_all(cluster: Recorder) -> None:
    objects = cluster.state["objects"]
    del objects["replicaset/web-10"]
    cluster.tell(objects=objects)

    assert cluster.run("rollback.sh").code == 0

    assert sorted(cluster.lines("undo")) == [
        "rollout undo deployment/config-service --to-revision=9",
        "rollout undo deployment/web --to-revision=9",
    ]


def test_what_has_the_tag_already_stays(cluster: Recorder) -> None:
    ran = cluster.run("rollback.sh", "--to-tag", "1.2", "--service", "config-service")

    assert ran.code == 0, ran.err
    assert "Nothing was changed." in ran.out
    assert not cluster.lines("undo")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--to-tag", "0.9"], "The cluster does not keep 0.9 before"),
        (["--service", "coffee"], "There is no coffee."),
        (["--to"], "There is no flag --to."),
    ],
)
def test_what_cannot_be_is_refused_before_anything_changes(cluster: Recorder, flags: list[str], says: str) -> None:
    ran = cluster.run("rollback.sh", *flags)

    assert ran.code == 2
    assert says in ran.err
    assert not cluster.lines("undo")


def test_a_plan_can_be_seen_first(cluster: Recorder) -> None:
    ran = cluster.run("rollback.sh", "--dry-run", "--to-tag", "1.0")

    assert ran.code == 0
    assert "nanopore-tracking-app:1.0 (revision 8)" in ran.out
    assert not cluster.lines("undo")


def test_a_service_that_does_not_come_back_is_told(cluster: Recorder) -> None:
    cluster.refuse("rollout status deployment/web", says="error: timed out waiting for the condition")

    ran = cluster.run("rollback.sh", "--to-tag", "1.1")

    assert ran.code == 5
    assert "Stopped at: wait." in ran.err
    assert "scripts/status.sh" in ran.err


def test_a_namespace_without_the_product_is_told(tmp_path: Path) -> None:
    ran = Recorder(tmp_path, "kubectl").run("rollback.sh", environ={"NAMESPACE": "elsewhere"})

    assert ran.code == 5
    assert "There is no Nanopore Tracking in the namespace elsewhere." in ran.err

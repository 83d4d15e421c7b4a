"""--dry-run changes nothing and says who checked; --delete asks, and leaves data unless told otherwise."""

from pathlib import Path
from typing import Any

import pytest

from tests.deployment import rendering
from tests.deployment.recording import Recorder

DEPLOY = "deploy-microservices.sh"
_PART_OF = {"app.kubernetes.io/part-of": "nanopore-tracking"}


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl and podman, and an empty cluster."""
    return Recorder(tmp_path, "kubectl", "podman")


def _objects(*keys: str) -> dict[str, Any]:
    return {key: {"metadata": {"name": key.partition("/")[2], "labels": _PART_OF}} for key in keys}


@pytest.mark.parametrize("flags", [(), ("--build", "--migrate")])
def test_nothing_is_changed(cluster: Recorder, flags: tuple[str, ...]) -> None:
    before = cluster.state

    ran = cluster.run(DEPLOY, "--dry-run", *flags)

    assert ran.code == 0, ran.err
    assert cluster.state == before
    assert not cluster.lines("build ")
    assert all("--dry-run=server" in line for line in cluster.lines("apply"))
    assert cluster.left_behind() == []


def test_what_is_printed_can_be_applied(cluster: Recorder) -> None:
    things = [thing for thing in rendering.loaded(cluster.run(DEPLOY, "--dry-run").out) if thing]

    assert [thing["kind"] for thing in things][:2] == ["Namespace", "ConfigMap"]
    assert not [thing for thing in things if thing["kind"] == "Secret"]


def test_the_server_checks_where_one_answers(cluster: Recorder) -> None:
    cluster.tell(namespaces=["nanopore-tracking"])

    ran = cluster.run(DEPLOY, "--dry-run")

    assert "The server accepts all of it. Nothing was changed." in ran.err
    assert "not there yet" not in ran.err


def test_objects_of_a_namespace_to_come_are_checked_in_another_one(cluster: Recorder) -> None:
    ran = cluster.run(DEPLOY, "--dry-run")

    assert ran.code == 0, ran.err
    assert "is not there yet: the server checks the objects as if they were for default." in ran.err
    checked = [call for call in cluster.calls if "--dry-run=server" in call.words]
    assert [("--namespace=default" in call.words) for call in checked] == [False, *[True] * (len(checked) - 1)]


def test_what_the_server_refuses_is_told(cluster: Recorder) -> None:
    cluster.refuse("apply.*services.yaml", says='error: unknown field "spec.replicaz"')

    ran = cluster.run(DEPLOY, "--dry-run")

    assert ran.code == 5
    assert 'unknown field "spec.replicaz"' in ran.err
    assert "The server refuses what is said above. Nothing was changed." in ran.err


def test_without_a_server_it_is_said_that_nobody_checked(cluster: Recorder) -> None:
    cluster.refuse("get --raw", says="connection refused")

    ran = cluster.run(DEPLOY, "--dry-run")

    assert ran.code == 0
    assert "No server answers (connection refused): what follows is rendered here and checked by nobody." in ran.err
    assert "kind: StatefulSet" in ran.out
    assert not cluster.lines("apply")


@pytest.mark.parametrize(("answer", "code"), [("", 7), ("yes\n", 7), ("nanopore-tracking\n", 0)])
def test_deletion_asks_for_the_name_of_the_namespace(cluster: Recorder, answer: str, code: int) -> None:
    cluster.tell(objects=_objects("deployment/web"))

    ran = cluster.run(DEPLOY, "--delete", answer=answer)

    assert ran.code == code
    assert ("deployment/web" in cluster.state["objects"]) == (code != 0)
    if code:
        assert "That was not confirmed. Nothing was done." in ran.err


@pytest.mark.parametrize("flags", [("--delete", "--yes"), ("--yes", "--with-data", "--delete")])
def test_data_stays_unless_told_otherwise(cluster: Recorder, flags: tuple[str, ...]) -> None:
    data = _objects("secret/sample-db-credentials", "persistentvolumeclaim/backups")
    foreign = {"deployment/other": {"metadata": {"name": "other", "labels": {}}}}
    cluster.tell(objects=_objects("deployment/web", "statefulset/nats") | data | foreign)

    ran = cluster.run(DEPLOY, *flags)

    assert ran.code == 0, ran.err
    assert cluster.state["objects"] == (foreign if "--with-data" in flags else foreign | data)
    assert cluster.lines("delete namespace") == []


def test_what_would_be_deleted_is_listed(cluster: Recorder) -> None:
    cluster.tell(objects=_objects("deployment/web", "secret/nanopore-admin"))

    ran = cluster.run(DEPLOY, "--dry-run", "--delete")

    assert ran.out == "deployment/web\n"
    assert "deployment/web" in cluster.state["objects"]


def test_a_deletion_that_fails_says_so(cluster: Recorder) -> None:
    cluster.refuse("delete", says="error: timed out waiting for the condition on pods/web")

    ran = cluster.run(DEPLOY, "--delete", "--yes")

    assert ran.code == 5
    assert "Stopped at: deletion." in ran.err
    assert "Run the same again" in ran.err

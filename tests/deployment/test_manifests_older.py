"""What an older server gets is the same product, in versions and with fields that it knows."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from nanopore_tracking.embedded.ports import free_ports
from tests.deployment import database_pod
from tests.deployment.rendering import OLDER, Thing, of_kind, render, workload

#: What a server of 1.20 serves, of all that is used here; seen on one that ran.
_OF_1_20 = {
    ("v1", "ConfigMap"), ("v1", "PersistentVolumeClaim"), ("v1", "Service"), ("v1", "ServiceAccount"),
    ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
    ("batch/v1", "Job"), ("batch/v1beta1", "CronJob"), ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"), ("policy/v1beta1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "Role"), ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("route.openshift.io/v1", "Route"),
}  # fmt: skip
_PLATFORMS = pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])


def _names(things: list[Thing]) -> set[tuple[str, str]]:
    # A digest at the end is that of a ConfigMap's content.
    return {(one["kind"], one["metadata"]["name"]) for one in things if one["kind"] != "ConfigMap"}


def _keys(thing: Any) -> set[str]:
    if isinstance(thing, dict):
        return {*thing, *(key for value in thing.values() for key in _keys(value))}
    return {key for value in thing for key in _keys(value)} if isinstance(thing, list) else set()


@_PLATFORMS
def test_every_object_is_of_a_version_that_the_oldest_server_knows(overlay: str) -> None:
    older = render(overlay, *OLDER)

    assert {(one["apiVersion"], one["kind"]) for one in older} <= _OF_1_20
    assert _names(render(overlay)) == _names(older)
    # Init containers that go on (1.29) would never let the pod begin.
    inits = [each for one in older for each in _containers_before(one)]
    assert not any("restartPolicy" in each for each in inits)


def _containers_before(thing: Thing) -> list[Thing]:
    spec = thing.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: list[Thing] = spec.get("template", {}).get("spec", {}).get("initContainers", [])
    return found


@_PLATFORMS
def test_no_object_has_a_field_that_came_later(overlay: str) -> None:
    keys = {key for one in render(overlay, *OLDER) if one["kind"] != "ConfigMap" for key in _keys(one)}

    assert keys.isdisjoint({"sleep", "unhealthyPodEvictionPolicy", "timeZone", "trafficDistribution"})


@_PLATFORMS
def test_pods_wait_by_themselves_where_there_is_no_hook(overlay: str) -> None:
    for components in (OLDER[:1], OLDER):
        things = render(overlay, *components)
        settings = [
            one["data"]
            for one in of_kind(things, "ConfigMap")
            if one["metadata"]["name"].startswith("nanopore-settings")
        ]

        assert [one["NANOPORE_LEAVE_S"] for one in settings] == ["5"]
        assert '"sleep"' not in json.dumps(of_kind(things, "Deployment"))


@_PLATFORMS
def test_every_port_says_its_protocol(overlay: str) -> None:
    # A server before 1.21 refuses to merge a list whose entries leave out a part of their key.
    for one in render(overlay):
        ports = one["spec"].get("ports", []) if one["kind"] == "Service" else []
        pod = (
            one.get("spec", {}).get("template", {}).get("spec", {})
            if one["kind"] in ("Deployment", "StatefulSet")
            else {}
        )
        ports += [port for each in pod.get("containers", []) for port in each.get("ports", [])]

        assert all(port.get("protocol") == "TCP" for port in ports), one["metadata"]["name"]


@pytest.mark.long
async def test_the_server_of_a_drill_goes_when_the_drill_has_ended(open_folder: Path) -> None:
    drill, scratch = workload(render("kubernetes", *OLDER), "restore-drill").pod["containers"]
    pod = database_pod.Pod.empty(open_folder, {})
    for folder in ("ended", "backups"):
        (open_folder / folder).mkdir(exist_ok=True)
        (open_folder / folder).chmod(0o777)
    port = str(free_ports(1, seed=51)[0])

    def here(words: list[str]) -> list[str]:
        moved = [word.replace("/ended", f"{open_folder}/ended").replace(":5432", f":{port}") for word in words]
        return [word.replace("/backups", f"{open_folder}/backups") for word in moved]

    script = pod.files / Path(scratch["command"][1]).name
    script.write_text(script.read_text().replace("=/tmp", f"={pod.volume}"))
    asked = {one["name"]: one["value"] for one in scratch["env"]}
    asked |= {"PGDATA": str(pod.volume / "scratch"), "PGPORT": port, "UNTIL": here([asked["UNTIL"]])[0]}
    server = await asyncio.create_subprocess_exec("bash", script, env=pod.environ | asked, cwd="/", **pod.account())
    path = f"{Path(sys.executable).parent}:{pod.environ['PATH']}"
    drilling = await asyncio.create_subprocess_exec(
        *here([*drill["command"], *drill["args"]]), env={"PATH": path}, stderr=asyncio.subprocess.PIPE
    )
    _, said = await drilling.communicate()

    # Its own code, not that of what comes after it; and the pod fails only because of it.
    assert (drilling.returncode, "There is no backup" in said.decode()) == (1, True), said
    assert await asyncio.wait_for(server.wait(), 60) == 0
    assert not (pod.volume / "scratch" / "postmaster.pid").exists()

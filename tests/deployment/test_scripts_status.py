"""scripts/status.sh finds what is not right, and shows what tells why; changes nothing."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.deployment.recording import ROOT, Recorder

STATUS = "status.sh"
_LABELS = {"app.kubernetes.io/part-of": "nanopore-tracking"}
_METRICS = (
    'event_bus_dead_letter_queue_size{service="backup"} 3.0',
    'event_bus_halted{service="backup",source="ai"} 1.0',
    'event_bus_halted{service="backup",source="audit"} 0.0',
)
_WELL = "health ok\ndead-letters 0\nhalted 0\nbackup-age-h 3\n"


def _thing(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": _LABELS}, **more}


@pytest.fixture
def cluster(tmp_path: Path) -> Recorder:
    """A machine with kubectl, and a cluster in which everything is as it should be."""
    found = Recorder(tmp_path, "kubectl")
    found.tell(
        objects={
            "deployment/config-service": _thing(
                "config-service",
                spec={"replicas": 2},
                status={"conditions": [{"type": "Progressing", "reason": "NewReplicaSetAvailable"}]},
            ),
            "statefulset/nats": _thing("nats", spec={"replicas": 3}, status={"readyReplicas": 3}),
            "horizontalpodautoscaler/web": _thing(
                "web",
                spec={"maxReplicas": 8},
                status={"currentReplicas": 2, "conditions": [{"type": "ScalingActive", "status": "True"}]},
            ),
            "persistentvolumeclaim/backups": _thing("backups", status={"phase": "Bound"}),
            "job/migration-1": _thing("migration-1", status={"conditions": [{"type": "Complete", "status": "True"}]}),
        },
        says=found.state["says"] | {"exec": _WELL},
    )
    return found


def test_a_product_that_is_well_is_called_so(cluster: Recorder) -> None:
    before = cluster.state

    ran = cluster.run(STATUS)

    assert ran.code == 0, ran.out + ran.err
    assert "Everything is as it should be." in ran.out
    assert "audit-service: health ok, dead-letters 0" in ran.out
    for title in ("Pods", "Rollouts", "Autoscaling", "Volumes", "Jobs", "Addresses", "Warnings of the cluster"):
        assert f"== {title}\n" in ran.out
    assert cluster.state == before


TROUBLE: list[tuple[str, dict[str, Any], str]] = [
    (
        "deployment/config-service",
        {"status": {"conditions": [{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]}},
        "The rollout of config-service does not get on.",
    ),
    ("deployment/config-service", {"status": {"unavailableReplicas": 2}}, "config-service lacks 2 of its pods."),
    ("deployment/config-service", {"spec": {"replicas": 0}}, "config-service is scaled to no pod at all."),
    ("statefulset/nats", {"status": {"readyReplicas": 2}}, "nats has 2 of 3 pods ready."),
    ("statefulset/nats", {"status": {}}, "nats has 0 of 3 pods ready."),
    (
        "horizontalpodautoscaler/web",
        {"status": {"conditions": [{"type": "ScalingActive", "status": "False"}]}},
        "The autoscaler web has no measure to go by",
    ),
    ("horizontalpodautoscaler/web", {"status": {"currentReplicas": 8}}, "web has as many pods as it may have."),
    ("persistentvolumeclaim/backups", {"status": {"phase": "Pending"}}, "The volume backups is Pending."),
    (
        "job/migration-1",
        {"status": {"conditions": [{"type": "Failed", "status": "True"}]}},
        "The Job migration-1 failed: kubectl -n nanopore-tracking logs job/migration-1",
    ),
]


@pytest.mark.parametrize(("key", "change", "says"), TROUBLE)
def test_what_is_not_right_is_listed_at_the_end(cluster: Recorder, key: str, change: dict[str, Any], says: str) -> None:
    objects = cluster.state["objects"]
    objects[key] |= change
    cluster.tell(objects=objects)

    ran = cluster.run(STATUS)

    assert ran.code == 1
    assert f"- {says}" in ran.out.partition("== In short")[2]


def test_an_older_server_is_asked_in_the_version_that_tells_what_autoscalers_go_by(cluster: Recorder) -> None:
    objects = cluster.state["objects"]
    objects["horizontalpodautoscaler/web"]["status"]["conditions"] = [{"type": "ScalingActive", "status": "False"}]
    versions = cluster.state["says"]["api-versions"].replace("autoscaling/v2", "autoscaling/v1\nautoscaling/v2beta2")
    cluster.tell(objects=objects, says=cluster.state["says"] | {"api-versions": versions})

    ran = cluster.run(STATUS)

    assert "- The autoscaler web has no measure to go by" in ran.out
    asked = {line.split()[1] for line in cluster.lines("get horizontalpod")}
    assert asked == {"horizontalpodautoscalers.v2beta2.autoscaling"}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("health degraded\n", "ai-service says of itself that it is degraded."),
        ("dead-letters 4\n", "ai-service has 4 events that wait for a person."),
        ("halted 1\n", "ai-service does not go on with the events of 1 services."),
        ("backup-age-h 27\n", "The newest backup is 27 hours old."),
        ("backup-age-h none\n", "There is no backup."),
    ],
)
def test_what_services_say_is_judged(cluster: Recorder, answer: str, says: str) -> None:
    cluster.tell(says=cluster.state["says"] | {"exec": answer})

    ran = cluster.run(STATUS)

    assert ran.code == 1
    assert f"- {says}" in ran.out


def test_a_service_that_cannot_be_asked_does_not_end_the_report(cluster: Recorder) -> None:
    cluster.refuse("exec -i .*deployment/sample-service", says="error: container not found")

    ran = cluster.run(STATUS)

    assert ran.code == 1
    assert "sample-service: error: container not found" in ran.out
    assert "- sample-service could not be asked." in ran.out
    assert "web: health ok" in ran.out


def test_failing_pods_are_shown_with_their_last_words(cluster: Recorder) -> None:
    cluster.tell(
        tables={
            "pods": "ai-service-1\tRunning\t\ttrue,false,\nweb-1\tRunning\t\ttrue,\nmigration-1\tSucceeded\t\tfalse,\n"
        },
        says=cluster.state["says"] | {"logs": "AI_DB_URL is not set\n"},
    )

    ran = cluster.run(STATUS)

    assert ran.code == 1
    assert "== What ai-service-1 said last\nAI_DB_URL is not set" in ran.out
    assert ran.out.partition("== In short")[2].strip() == "- The pod ai-service-1 is not ready."


def test_a_pod_that_is_on_its_way_out_is_in_no_trouble(cluster: Recorder) -> None:
    cluster.tell(tables={"pods": "web-0\tRunning\t2031-03-03T10:00:00Z\tfalse,\n"})

    ran = cluster.run(STATUS)

    assert ran.code == 0, ran.out


def test_a_table_that_cannot_be_read_does_not_end_the_report(cluster: Recorder) -> None:
    cluster.refuse("get persistentvolumeclaims", says="Error from server (Forbidden): no")

    ran = cluster.run(STATUS)

    assert ran.code == 1
    assert "get persistentvolumeclaims does not work." in ran.out
    assert "== Addresses" in ran.out


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A pod: a service that is not well answers, and there is a volume of backups. Gives the environment in it."""
    answers = {
        "/health": (503, json.dumps({"status": "unavailable", "services": {}})),
        "/metrics": (
            200,
            "\n".join(_METRICS),
        ),
    }

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = answers[self.path]
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield {"PORT": str(server.server_port), "NANOPORE_BACKUP_DIR": str(tmp_path)}
        server.shutdown()


@pytest.mark.parametrize(("hours", "says"), [(None, "none"), (5, "5")])
def test_what_is_asked_inside_a_pod(pod: dict[str, str], tmp_path: Path, hours: int | None, says: str) -> None:
    if hours is not None:
        made = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - hours * 3600 - 60))
        for name in (f"{made}-daily-0193abcd", "20250101T000000Z-manual-0193abcc", ".unfinished", "lost+found"):
            (tmp_path / name).mkdir()

    with (ROOT / "scripts" / "lib" / "inside.py").open("rb") as program:
        done = subprocess.run(
            [sys.executable, "-"], stdin=program, env={**os.environ, **pod}, capture_output=True, text=True, check=True
        )

    assert done.stdout == f"health unavailable\ndead-letters 3\nhalted 1\nbackup-age-h {says}\n"

"""The running product does what manifests, rules and scripts make of it: it is told apart, backed up and restored."""

import asyncio
import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deployment import agreed, database_pod, monitoring
from tests.deployment.rendering import DEPLOYMENT, ROOT, named, render, workload, workloads
from tests.deployment.test_monitoring_metrics import OWN, TARGET, Told, kube, recorded, told_in, unknown
from tests.harness.product import Product, checked

pytestmark = pytest.mark.long

#: What is told as soon as the jobs of a fresh product have run and its first events were handled.
SOON = {
    "audit_missing_entries",
    "backup_last_drill_problems",
    "event_bus_events_total",
    "event_bus_processing_seconds_count",
    "form_reading_drift",
    "laboratory_samples",
}
#: What the product tells only where it is set up for it; tests/web/test_certificate.py lets it.
SOMETIMES: Told = {"web_certificate_expiry_timestamp_seconds": {"service", "host"}}


async def _told(product: Product) -> Told:
    """Return what the product tells as soon as its jobs have run once."""
    client = product.anonymous()

    async def look() -> Told | None:
        answer = await client.get("/metrics")
        found = told_in(answer.text)
        return found if found.keys() >= SOON else None

    found: Told = await product.eventually(look)
    return found


async def test_everything_that_is_asked_for_is_told(product: Product) -> None:
    assert (await (await product.admin()).get("/api/samples")).is_success
    told = {**await _told(product), **recorded(), **OWN, **kube(), **SOMETIMES}
    asked = [
        *monitoring.asked_by_rules(monitoring.groups()),
        *monitoring.asked_by_dashboards(monitoring.dashboards()),
        *monitoring.asked_by_autoscalers(),
    ]

    assert unknown(asked, told) == []


async def test_no_metric_of_the_product_has_a_label_that_prometheus_gives(product: Product) -> None:
    assert {name: labels & TARGET for name, labels in (await _told(product)).items() if labels & TARGET} == {}


async def test_every_service_with_a_database_tells_of_sagas_and_of_its_pool_from_its_start_on(product: Product) -> None:
    text = (await product.anonymous().get("/metrics")).text
    for service in ("sample", "ai", "audit", "backup", "config"):
        for name in ("saga_active_transactions", "saga_failed_transactions", "database_connection_pool_waiting"):
            assert re.search(rf'^{name}\{{service="{service}"\}} \d', text, re.MULTILINE), (name, service)


async def test_probes_ask_what_the_product_answers(product: Product) -> None:
    client = product.anonymous()
    asked = {
        probe["httpGet"]["path"]
        for one in workloads(render("openshift"))
        if one.name in agreed.LEAST
        for name in ("startupProbe", "livenessProbe", "readinessProbe")
        if (probe := one.pod["containers"][0].get(name))
    }

    assert asked == {"/health/live", "/health/ready"}
    for path in asked:
        assert (await client.get(path)).status_code == 200
    assert (await client.get("/health/alive")).status_code == 404


async def test_what_is_asked_is_what_the_product_says(product: Product) -> None:
    """The names of metrics, and of what /health tells, are those of running services."""
    client = await product.client("admin")
    text = (ROOT / "scripts" / "lib" / "inside.py").read_text("utf-8")

    metrics = (await client.get("/metrics")).text
    assert (await client.get("/health")).json()["status"] in ("ok", "degraded")
    for name in ("event_bus_dead_letter_queue_size", "event_bus_halted"):
        assert f'"{name}"' in text
        assert f"\n{name}{{" in metrics


async def _run(environ: dict[str, str]) -> tuple[int | None, str]:
    """Run the pod's command and return how it ended and what it said."""
    program = Path(sys.executable).with_name("nanopore-tracking")
    words = workload(render("kubernetes"), "backup-now").pod["containers"][0]["args"]
    process = await asyncio.create_subprocess_exec(
        program,
        *words,
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


def test_it_waits_for_a_person() -> None:
    assert named(render("kubernetes"), "CronJob", "backup-now")["spec"]["suspend"] is True


async def test_a_backup_that_was_asked_for_at_once_comes_back_in_a_drill(open_folder: Path, product: Product) -> None:
    admin = await product.admin()
    asked = {
        "name": "backups",
        "roles": ["admin"],
        "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    token = checked(await admin.post("/api/tokens", json=asked))["token"]

    code, said = await _run({"NANOPORE_URL": product.base_url, "NANOPORE_TOKEN": token})

    assert (code, said.split()[1]) == (0, "ready"), said
    drill = workload(render("kubernetes"), "restore-drill").pod
    pod = database_pod.Pod.empty(open_folder, {})
    async with database_pod.scratch(pod, drill["initContainers"][0]) as port:
        words = [
            word.replace("/backups", product.environ["NANOPORE_BACKUP_DIR"]).replace(":5432", f":{port}")
            for word in drill["containers"][0]["args"]
        ]
        program = Path(sys.executable).with_name("nanopore-tracking")
        done = await asyncio.create_subprocess_exec(program, *words, stdout=asyncio.subprocess.PIPE)
        out, _ = await done.communicate()

    assert done.returncode == 0
    assert "5 databases came back" in out.decode()


async def test_without_a_token_it_says_so(product: Product) -> None:
    code, said = await _run({"NANOPORE_URL": product.base_url})

    assert code == 1
    assert "NANOPORE_TOKEN" in said


async def _load(url: str, token: str, *options: str) -> tuple[int, str]:
    """Run the generator with few requests; return its exit code and what it said."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        str(DEPLOYMENT / "testing" / "load.py"),
        url,
        *options,
        env={**os.environ, "NANOPORE_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await running.communicate()
    return int(running.returncode or 0), said.decode()


async def test_the_load_test_tells_times_throughput_and_errors(product: Product) -> None:
    token = (await product.client("technician")).headers["Authorization"].removeprefix("Bearer ")
    url = f"{product.base_url}/api/samples?limit=50"

    code, said = await _load(url, token, "--requests=40", "--connections=4", "--seconds=20")

    line, sentence = said.splitlines()
    found = json.loads(line)
    assert (code, found["requests"], found["errors"]) == (0, 40, 0)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["requests_per_s"] > 0
    assert sentence.startswith("40 requests in ")


async def test_a_request_of_the_load_test_that_fails_is_counted(product: Product) -> None:
    code, said = await _load(f"{product.base_url}/api/samples", "", "--requests=5", "--connections=1")

    assert (code, json.loads(said.splitlines()[0])["failed"]) == (2, {"status 401": 5})


async def test_the_load_test_ends_where_nobody_answers() -> None:
    code, said = await _load("http://127.0.0.1:9/", "", "--requests=3", "--connections=1", "--seconds=10")

    assert (code, json.loads(said.splitlines()[0])["errors"]) == (2, 3)

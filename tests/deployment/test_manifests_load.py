"""The load test runs against the product and tells what it measured; it fails when requests do."""

import asyncio
import json
import os
import sys

from tests.deployment.rendering import DEPLOYMENT, named, render_folder, workload
from tests.harness.product import Product


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


async def test_it_tells_times_throughput_and_errors(product: Product) -> None:
    token = (await product.client("technician")).headers["Authorization"].removeprefix("Bearer ")
    url = f"{product.base_url}/api/samples?limit=50"

    code, said = await _load(url, token, "--requests=40", "--connections=4", "--seconds=20")

    line, sentence = said.splitlines()
    found = json.loads(line)
    assert (code, found["requests"], found["errors"]) == (0, 40, 0)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["requests_per_s"] > 0
    assert sentence.startswith("40 requests in ")


async def test_a_request_that_fails_is_counted(product: Product) -> None:
    code, said = await _load(f"{product.base_url}/api/samples", "", "--requests=5", "--connections=1")

    assert (code, json.loads(said.splitlines()[0])["failed"]) == (2, {"status 401": 5})


async def test_it_ends_where_nobody_answers() -> None:
    code, said = await _load("http://127.0.0.1:9/", "", "--requests=3", "--connections=1", "--seconds=10")

    assert (code, json.loads(said.splitlines()[0])["errors"]) == (2, 3)


def test_the_job_is_bounded_and_runs_the_generator() -> None:
    things = render_folder(DEPLOYMENT / "testing")
    job, container = named(things, "Job", "load-test")["spec"], workload(things, "load-test").pod["containers"][0]

    assert "load.py" in named(things, "ConfigMap", "load-test")["data"]
    assert container["command"] == ["python", "/etc/load-test/load.py"]
    assert any(word.startswith("--seconds=") for word in container["args"])
    assert job["activeDeadlineSeconds"] <= 900
    assert job["backoffLimit"] == 0

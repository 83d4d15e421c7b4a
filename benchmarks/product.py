"""Measures the product as `up` runs it: start, idle memory, and 10,000 rows from the shell to accepted samples."""

import asyncio
import csv
import json
import os
import shutil
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from benchmarks.stage import PASSWORD, open_folder
from nanopore_tracking.embedded.ports import free_ports

START_BAR_S, IDLE_BAR_MB, IMPORT_BAR_S, ROWS = 10.0, 250.0, 20.0, 10_000
_IDLE_S = 20.0
_say: Callable[[str], None] = print


@contextmanager
def up(path: Path, port: str) -> Iterator[tuple[psutil.Process, float]]:
    """Run `up` on a data folder; yield its process and the seconds until it was ready."""
    environ = {
        "PATH": os.environ["PATH"],
        "PORT": port,
        "NANOPORE_DATA_DIR": str(path),
        "NANOPORE_ADMIN_PASSWORD": PASSWORD,
    }
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        command = [sys.executable, "-m", "nanopore_tracking", "up"]
        process = psutil.Popen(command, env=environ, stdout=nowhere, stderr=nowhere)
    try:
        while not _ready(port):
            if process.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit("the product did not get ready")
            time.sleep(0.05)
        yield process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def _ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _manifest(path: Path) -> Path:
    file = path / "manifest.csv"
    with file.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        writer.writerow(["sample_name", "kind", "material", "volume_ul", "qubit_ng_per_ul", "a260_a280", "a260_a230"])
        for number in range(ROWS):
            writer.writerow([f"ROW-{number:05}", "test_sample", "HMW gDNA", 50, 40 + number % 40, 1.85, 2.1])
    return file


def _project(port: str, title: str) -> str:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        asked = {"username": "admin", "password": PASSWORD}
        token = client.post("/api/auth/token", json=asked).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())})
        lab = client.post("/api/labs", json={"name": title, "pi_name": "Dr Okafor"}).raise_for_status().json()
        client.headers["Idempotency-Key"] = str(uuid.uuid4())
        asked = {"lab_id": lab["id"], "title": title}
        return str(client.post("/api/projects", json=asked).raise_for_status().json()["code"])


def _import(port: str, file: Path, project: str) -> float:
    environ = {"PATH": os.environ["PATH"], "NANOPORE_URL": f"http://127.0.0.1:{port}", "NANOPORE_USERNAME": "admin"}
    environ["NANOPORE_PASSWORD"] = PASSWORD
    command = [sys.executable, "-m", "nanopore_tracking", "import", str(file), "--project", project]
    command += ["--accept", "--reason", "made for measuring"]
    began = time.perf_counter()
    process = psutil.Popen(command, env=environ)
    if process.wait(300):
        raise SystemExit("the import did not end well")
    return time.perf_counter() - began


async def measure() -> dict[str, float]:
    """Return seconds of the first and the second start and of the import, and the idle memory in MB."""
    path, port = open_folder(), str(free_ports(1, seed=os.getpid() + 99)[0])
    try:
        with up(path / "data", port) as (_, first_s):
            pass
        with up(path / "data", port) as (process, second_s):
            await asyncio.sleep(_IDLE_S)
            idle_mb = process.memory_info().rss / 1e6
            times = [_import(port, _manifest(path), _project(port, f"Round {number}")) for number in range(3)]
    finally:
        shutil.rmtree(path, ignore_errors=True)
    import_s = statistics.median(times)
    _say(f"first start {first_s:.1f} s, second start {second_s:.1f} s (bar {START_BAR_S:.0f} s)")
    _say(f"idle process with all services {idle_mb:.0f} MB (bar {IDLE_BAR_MB:.0f} MB)")
    _say(f"{ROWS} rows from the shell to accepted samples {import_s:.1f} s (bar {IMPORT_BAR_S:.0f} s)")
    return {"first_start_s": first_s, "second_start_s": second_s, "idle_mb": idle_mb, "import_s": import_s}


if __name__ == "__main__":
    result = asyncio.run(measure())
    Path("build").mkdir(exist_ok=True)
    Path("build/bench-product.json").write_text(json.dumps(result, indent=1), encoding="utf-8")

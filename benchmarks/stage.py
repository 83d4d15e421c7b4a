"""Puts up what is measured: engines in a temporary folder, the product's processes, the baseline, and many samples."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import psutil

from nanopore_tracking import process
from nanopore_tracking.cli import up
from nanopore_tracking.embedded import engines
from nanopore_tracking.embedded.folder import Folder
from nanopore_tracking.embedded.ports import free_ports
from nanopore_tracking.embedded.postgres import superuser_url

PASSWORD = "a long password for measuring"  # noqa: S105 (of a server that lives for minutes)
_SCRATCH = """
    CREATE TABLE bench_counter (last bigint NOT NULL);
    INSERT INTO bench_counter VALUES (0);
    CREATE TABLE bench_outbox (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), type text, payload json);
"""
_FILL = """
    INSERT INTO sample (id, code, name, alias, kind, material, organism, lab_id, project_id, service_type,
        submitted_volume_ul, submitted_qubit_ng_per_ul, submitted_a260_a280, submitted_buffer, submitted_comment,
        created_by, created_at, priority, assignee, stage_entered_at, volume_ul, qubit_ng_per_ul, a260_a280, words,
        updated_at)
    SELECT gen_random_uuid(), 'S01-' || lpad(n::text, 7, '0'), 'MAR-' || n, 'MAR-' || n, 'test_sample', 'HMW gDNA',
        'Escherichia coli', p.lab_id, p.id, '', 50, 20 + n % 80, 1.7 + (n % 40) / 100.0, 'EB', '', 'filling',
        now(), 'normal', '', now() - n * interval '1 second', 50, 20 + n % 80, 1.7 + (n % 40) / 100.0,
        to_tsvector('simple', 'MAR ' || n), now() - n * interval '1 second'
    FROM generate_series($2::bigint, $3::bigint) n, project p WHERE p.id = $1
"""


@dataclass(kw_only=True)
class Stage:
    """What is up. product and baseline: the processes whose processor time is measured, with their ports."""

    environ: Mapping[str, str]
    engines: Any
    product: psutil.Process
    product_port: int
    baseline: psutil.Process
    baseline_port: int
    token: str
    project_id: str
    owner_url: str
    superuser_url: str

    async def fill(self, first: int, last: int) -> None:
        """Add samples behind the product's back, numbered from first to last, and let the database learn of them."""
        connection = await asyncpg.connect(self.owner_url)
        await connection.execute(_FILL, self.project_id, first, last, timeout=900)
        await connection.execute("VACUUM ANALYZE sample", timeout=900)
        await connection.close()
        # Else the server goes on writing what was filled in while something else is measured.
        connection = await asyncpg.connect(self.superuser_url)
        await connection.execute("CHECKPOINT", timeout=900)
        await connection.close()

    async def ids(self, count: int) -> list[str]:
        """Return the ids of some samples."""
        connection = await asyncpg.connect(self.owner_url)
        rows = await connection.fetch("SELECT id FROM sample ORDER BY code LIMIT $1", count)
        await connection.close()
        return [str(row["id"]) for row in rows]


def open_folder() -> Path:
    """Return a new temporary folder that the engines' account may pass."""
    path = Path(tempfile.mkdtemp(prefix="nanopore-bench-"))
    path.chmod(0o711)
    return path


@contextlib.asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Put everything up in a temporary folder; nothing is left at the end."""
    path = open_folder()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, path, ignore_errors=True)
        folder = Folder(path)
        found = await stack.enter_async_context(engines.running(folder))
        ports = [str(port) for port in free_ports(3, seed=os.getpid() + 7)]
        shared = {"NANOPORE_ADMIN_PASSWORD": PASSWORD, "LOG_LEVEL": "info", "PATH": os.environ["PATH"]}
        shared["BENCH_LOG"] = str(path / "product.log")
        shared["NANOPORE_CONFIG_URL"] = f"http://127.0.0.1:{ports[1]}"
        environ = await up.environment(found, folder, shared)
        await process.migrate(None, environ)
        beside = _serve(stack, ["config", "audit"], _only(environ, "config", "audit", port=ports[1]))
        product = _serve(stack, ["sample"], _only(environ, "sample", port=ports[0]))
        await asyncio.gather(*(_ready(ports[n], one, path) for n, one in enumerate((product, beside))))
        token, project_id = await _begin(ports[0], ports[1])
        owner_url = environ["SAMPLES_DB_OWNER_URL"]
        app_role = environ["SAMPLES_DB_URL"].split("//")[1].split(":")[0]
        connection = await asyncpg.connect(owner_url)
        await connection.execute(_SCRATCH)
        await connection.execute(f"GRANT SELECT, INSERT, UPDATE ON bench_counter, bench_outbox TO {app_role}")
        await connection.close()
        command = [sys.executable, "-m", "benchmarks.baseline", ports[2], environ["SAMPLES_DB_URL"]]
        baseline = stack.enter_context(_ended(psutil.Popen(command, env=dict(os.environ))))
        await _listening(ports[2])
        yield Stage(
            environ=environ,
            engines=found,
            product=product,
            product_port=int(ports[0]),
            baseline=baseline,
            baseline_port=int(ports[2]),
            token=token,
            project_id=project_id,
            owner_url=owner_url,
            superuser_url=superuser_url(urlsplit(owner_url).port or 5432, folder.password("superuser")),
        )


def _only(environ: Mapping[str, str], *services: str, port: str) -> dict[str, str]:
    """Return the environment of a process that runs some services; settings of the others are not known there."""
    kept = dict(environ) | {"PORT": port}
    return {
        name: value for name, value in kept.items() if "backup" in services or not name.startswith("NANOPORE_BACKUP")
    }


def _serve(stack: contextlib.AsyncExitStack, names: list[str], environ: dict[str, str]) -> psutil.Process:
    command = [sys.executable, "-m", "nanopore_tracking", "serve", *names]
    with Path(environ["BENCH_LOG"]).open("ab") as log:
        return stack.enter_context(_ended(psutil.Popen(command, env=environ, stdout=log, stderr=log)))


@contextlib.contextmanager
def _ended(started: Any) -> Any:
    try:
        yield started
    finally:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            started.terminate()
            started.wait(20)
        if started.is_running():
            started.kill()


async def _ready(port: str, started: Any, path: Path) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            if started.poll() is not None:
                raise SystemExit((path / "product.log").read_text("utf-8")[-3000:])
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            await asyncio.sleep(0.1)
    raise SystemExit("a process of the product did not get ready in a minute")


async def _listening(port: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", int(port)))[1].close()
            return
        await asyncio.sleep(0.1)
    raise SystemExit("the baseline did not start")


async def _begin(port: str, config_port: str) -> tuple[str, str]:
    """Sign in, and make a lab and a project through the API; return the access token and the project's id."""
    async with httpx.AsyncClient() as client:
        asked = {"username": "admin", "password": PASSWORD}
        opened = await client.post(f"http://127.0.0.1:{config_port}/api/auth/token", json=asked)
        token = opened.raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "bench-lab-0001"}
        base = f"http://127.0.0.1:{port}"
        lab = (
            await client.post(f"{base}/api/labs", json={"name": "Okafor", "pi_name": "Dr Okafor"}, headers=headers)
        ).json()
        headers["Idempotency-Key"] = "bench-project-0001"
        asked = {"lab_id": lab["id"], "title": "Measuring"}
        project = (await client.post(f"{base}/api/projects", json=asked, headers=headers)).raise_for_status().json()
    return str(token), str(project["id"])

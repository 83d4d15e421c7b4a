"""The CronJob for a backup at once does what it says: with the variables of its pod it makes one by the public API."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.deployment.rendering import named, render, workload
from tests.harness.product import Product, checked


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


async def test_with_the_token_of_an_administrator_it_makes_a_backup(product: Product) -> None:
    admin = await product.admin()
    asked = {
        "name": "backups",
        "roles": ["admin"],
        "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    token = checked(await admin.post("/api/tokens", json=asked))["token"]

    code, said = await _run({"NANOPORE_URL": product.base_url, "NANOPORE_TOKEN": token})

    assert (code, said.split()[1]) == (0, "ready"), said


async def test_without_a_token_it_says_so(product: Product) -> None:
    code, said = await _run({"NANOPORE_URL": product.base_url})

    assert code == 1
    assert "NANOPORE_TOKEN" in said

"""`nanopore-tracking demo`: a laboratory is made through the API, a run is played in it, and nothing stays behind."""

import asyncio
import signal
import sys
from typing import Any

import psutil

from tests.harness import instrument
from tests.harness.product import ADMIN_PASSWORD, Product, checked
from tests.services.sample.planning import planned
from tests.services.sample.pooled import pooling


async def _demo(product: Product, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nanopore_tracking", "demo", "--speed", "4000", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={
            "PATH": "/usr/bin:/bin",
            "NANOPORE_URL": product.base_url,
            "NANOPORE_USERNAME": "admin",
            "NANOPORE_PASSWORD": ADMIN_PASSWORD,
            "NANOPORE_AGENT_PYTHON": str(instrument.environment()),
        },
    )  # fmt: skip


async def _played(product: Product, process: asyncio.subprocess.Process, hours: float) -> tuple[str, Any]:
    """Return the code of the run that is played, and how it stands when so many hours of it are known."""
    assert process.stdout is not None
    said = (await asyncio.wait_for(process.stdout.readline(), 90)).decode()
    assert " is played: " in said, (await process.communicate())[1].decode()
    code = said.split()[0]
    viewer = await product.client("viewer")

    async def there() -> Any:
        found = checked(await viewer.get(f"/api/runs/{code}/live"))
        return found if (found["minute"] or 0) > 60 * hours else None

    return code, await product.eventually(there, within_s=60)


async def test_a_run_is_played_until_somebody_ends_it(product: Product) -> None:
    process = await _demo(product, "--samples", "3", "--hours", "48")
    code, found = await _played(product, process, 5)
    assert (found["state"], found["run_minutes"], found["target_bases"]) == ("running", 48 * 60, 9_000_000_000)
    assert [each["barcode"] for each in found["barcodes"] if each["low"]] == ["barcode03"]
    viewer = await product.client("viewer")
    assert checked(await viewer.get(f"/api/runs/{code}"))["state"] == "running"
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 2
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert [child for child in children if child.is_running()] == []


async def test_a_planned_run_is_played_and_its_plan_stays_as_it_is(product: Product) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(4, 5))
    process = await _demo(product, "--run", run["code"])
    code, found = await _played(product, process, 1)
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert code == run["code"]
    assert {each["barcode"] for each in found["barcodes"]} == {"barcode04", "barcode05", "unclassified"}
    assert checked(await made.manager.get(f"/api/runs/{code}"))["state"] == "planned"


async def test_without_the_agent_nothing_is_made(product: Product) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nanopore_tracking", "demo",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "NANOPORE_URL": product.base_url, "NANOPORE_AGENT_PYTHON": sys.executable},
    )  # fmt: skip
    _, err = await process.communicate()
    assert process.returncode == 3
    assert "The agent beside instruments is not installed here" in err.decode()

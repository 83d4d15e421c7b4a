"""From decided data to the customer: files with their sums, one flipped byte, a release, a receipt, and the log."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.harness.product import checked
from tests.journeys.hands import Hands, filled

_SLOW_MS = 60_000


def written(folder: Path, count: int) -> Path:
    """Write a file of reads for each barcode, and return the one whose byte is flipped later."""
    for number in range(1, count + 1):
        file = folder / "fastq_pass" / f"TT_{number:02d}" / "reads.fastq"
        file.parent.mkdir(parents=True)
        file.write_text(f"@read-{number}\n{'ACGT' * number}\n+\n{'I' * 4 * number}\n", encoding="ascii")
    return folder / "fastq_pass" / "TT_48" / "reads.fastq"


def flipped(file: Path) -> None:
    """Flip one bit of the last byte but one; a second time it is as it was."""
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)


async def _program(hands: Hands, *arguments: str) -> tuple[int, str]:
    """Run the program that the page of the delivery names, as the technician; return its end and what it said."""
    token = hands.program.headers["authorization"].removeprefix("Bearer ")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nanopore_tracking", "delivery", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "NANOPORE_URL": hands.product.base_url, "NANOPORE_TOKEN": token},
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def prepared(hands: Hands) -> str:
    """A delivery of all samples is prepared with the sums of a folder; return its code."""
    folder = hands.folder / "data"
    changed = written(folder, len(hands.samples))
    page = await hands.go("/deliveries")
    await page.click("text=Prepare a delivery")
    await page.fill("[name=samples]", " ".join(hands.samples))
    await page.select_option("[name=method]", "web_link")
    await page.fill("[name=link_url]", "https://data.facility.example/thermophiles")
    await page.click("text=Prepare it")
    await page.wait_for_selector("h1:has-text('Delivery')", timeout=_SLOW_MS)
    code = (await page.inner_text("h1 .mono")).strip()
    ended, said = await _program(hands, "manifest", code, str(folder))
    assert (ended, f"{len(hands.samples)} files" in said) == (0, True), said
    await hands.go(f"/deliveries/{code}")
    await page.click("text=Begin to copy")
    await page.wait_for_selector("text=verify them where they arrive")
    await _refused(hands, code, changed)
    return code


async def _refused(hands: Hands, code: str, file: Path) -> None:
    """With one bit of one file flipped nothing goes out, neither by the page nor by a program that does not ask it."""
    folder = str(hands.folder / "data")
    flipped(file)
    ended, said = await _program(hands, "verify", code, folder)
    assert (ended, "changed: fastq_pass/TT_48/reads.fastq" in said) == (1, True), said
    await hands.manager.goto(f"/deliveries/{code}")
    await hands.manager.wait_for_selector("text=1 difference")
    assert await hands.manager.locator("text=Release to the customer").count() == 0
    releasing = await hands.product.client("facility_manager")
    refused = await releasing.post(f"/api/deliveries/{code}/transitions", json={"to": "released"})
    assert refused.status_code == 409
    flipped(file)
    ended, said = await _program(hands, "verify", code, folder)
    assert (ended, f"all {len(hands.samples)} files" in said) == (0, True), said


async def released(hands: Hands, code: str) -> str:
    """A manager releases what is verified; return the address that the customer is told."""
    page = hands.manager
    await page.goto(f"/deliveries/{code}")
    await page.click("text=Release to the customer")
    await page.wait_for_selector("text=The customer has been told")
    await hands.all_at("delivered")
    await page.goto(f"/submissions/{hands.submission}/contact")
    await page.fill("[name=label]", "Robin")
    await page.press("[name=label]", "Enter")
    return await page.inner_text(".secret")


async def received(hands: Hands, code: str, address: str) -> None:
    """The customer confirms the receipt by the link, without an account, and the samples are archived."""
    outside = await hands.window()
    await outside.goto(address)
    await outside.fill("[name=name]", "Robin Vantage")
    await outside.click("text=The data have arrived")
    await outside.wait_for_selector("dt:has-text('Received')")
    page = await hands.go(f"/deliveries/{code}")
    await page.click("#details-form > summary")
    await filled(page, "details", retention_until="2036-12-31")
    await page.click("#details-form button.primary")
    await page.wait_for_selector("dd:has-text('2036-12-31')")
    await hands.moved("archived")


async def told(hands: Hands, auditor: httpx.AsyncClient) -> list[str]:
    """Return the stages that the log tells of one sample, in order; nothing that its service announced is missing."""
    sample = checked(await hands.program.get(f"/api/samples/{hands.samples[47]}"))

    async def look() -> Any:
        path = f"/api/audit/history/sample/{sample['id']}"
        found = checked(await auditor.get(path, params={"sort": "sequence", "limit": 200}))["items"]
        return found if _stages(found)[-1] == "archived" else None

    entries = await hands.product.eventually(look)
    numbers = [entry["source_sequence"] for entry in entries]
    assert numbers == sorted(set(numbers))
    assert entries[0]["type"] == "sample.created"
    assert all(entry["actor"]["name"] and entry["request_id"] for entry in entries)
    state = checked(await auditor.get("/api/audit/state"))
    (source,) = [each for each in state["sources"] if each["source"] == "sample"]
    assert source["entries"] == source["source_sequence"]
    versions = [entry["data"]["version"] for entry in entries if "version" in entry["data"]]
    assert versions == sorted(versions)
    return _stages(entries)


def _stages(entries: list[Any]) -> list[str]:
    changes = [change for entry in entries for change in entry["changes"] if change["field"] == "stage"]
    following = [change["after"] for change in changes]
    assert [change["before"] for change in changes[1:]] == following[:-1], "a step is missing"
    return following

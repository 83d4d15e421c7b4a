"""From the manifest of a customer to 96 tubes in a box: sent, checked, asked, accepted, received and stored."""

import csv
import io

from playwright.async_api import Page

from tests.harness.product import checked
from tests.journeys.hands import SAMPLES, Hands, added, filled

HEADER = {
    "requester_name": "Robin Vantage",
    "requester_email": "robin.vantage@example.org",
    "kit_requested": "Rapid Sequencing with Barcoding (SQK-RBK114.96)",
    "flow_cell_requested": "FLO-MIN114",
    "contains_human_dna": "No",
    "material": "HMW gDNA",
    "organism": "Thermus thermophilus",
    "genome_size": "600",
}
_COLUMNS = (
    "sample_name",
    "volume_ul",
    "qubit_ng_per_ul",
    "nanodrop_ng_per_ul",
    "a260_a280",
    "a260_a230",
    "fragment_bp",
)
#: One value is no number, and one tube has little in it.
_WRONG, _LOW = 17, 41


def manifest() -> bytes:
    """Return a manifest of 96 samples with one wrong cell and some things to be asked about."""
    out = io.StringIO()
    plain = csv.writer(out)
    plain.writerows([*HEADER.items(), [], _COLUMNS])
    for n in range(1, SAMPLES + 1):
        volume = "fifty" if n == _WRONG else "3" if n == _LOW else "50"
        plain.writerow([f"TT_{n:02d}", volume, 41 + n % 5, 43 + n % 5, "1.85", "2.1", "25000"])
    return out.getvalue().encode()


async def sent(hands: Hands, customer: Page) -> None:
    """The customer sends the manifest, sees the wrong cell, and corrects it."""
    file = hands.folder / "manifest.csv"
    file.write_bytes(manifest())
    await customer.goto("/submissions/new")
    await customer.select_option("#up-project", hands.bench.project["id"])
    await customer.set_input_files("#up-file", file)
    await customer.click("text=Send and check")
    await customer.wait_for_url("**/submissions/SUB-*")
    hands.submission = customer.url.split("/submissions/")[1].split("?")[0]
    await customer.wait_for_selector("text=1 error, which blocks acceptance")
    await customer.goto(f"/submissions/{hands.submission}?row={_WRONG}")
    assert "fifty" in await customer.inner_text("#row dl")
    await customer.fill("#row-volume_ul", "50")
    await customer.click(f"text=Save row {_WRONG}")
    await customer.wait_for_selector(f"text=Row {_WRONG} saved")


async def accepted(hands: Hands, customer: Page) -> None:
    """Every finding is resolved, one by the answer of the customer, and the samples are taken."""
    page = await hands.go(f"/submissions/{hands.submission}")
    found = set(await page.locator("#findings li b.mono").all_inner_texts())
    assert found == {"KIT_SPELLING", "LOW_MASS", "LOW_VOLUME", "UNIT_AMBIGUOUS"}
    for code in ("KIT_SPELLING", "LOW_MASS", "LOW_VOLUME"):
        item = page.locator("#findings li", has=page.locator(f"b:text-is('{code}')"))
        await item.locator("summary", has_text="Accept with a reason").click()
        await item.locator("input[name=reason]").fill("As agreed by telephone.")
        await item.locator("button", has_text=f"Accept {code}").click()
        await page.wait_for_selector(f"text={code} accepted")
    await page.click("#findings li.open summary:has-text('Ask the customer')")
    await page.click("#findings li.open button:has-text('Ask')")
    await page.wait_for_selector(".clock >> text=Stands still")
    await customer.goto(f"/submissions/{hands.submission}")
    await customer.fill("#thread textarea[name=body]", "2.1 Mb, as published.")
    await customer.click("#thread button:has-text('Answer')")
    await customer.wait_for_selector("text=Answered")
    page = await hands.go(f"/submissions/{hands.submission}")
    await page.click(f"button:has-text('Accept {SAMPLES} samples')")
    await page.click("text=Show its samples")
    await page.wait_for_selector(f"text={SAMPLES} samples")
    asked = {"project_id": hands.bench.project["id"], "sort": "code", "limit": 200}
    listed = checked(await hands.program.get("/api/samples", params=asked))["items"]
    hands.samples = [item["code"] for item in listed]
    assert len(hands.samples) == SAMPLES


async def received(hands: Hands) -> None:
    """The first tube is received on its own page, all others by one job, from the submission; then all go on."""
    page = await hands.go(f"/samples/{hands.samples[0]}")
    await added(page, "custody", kind="received", condition="intact")
    await page.wait_for_selector("#custody >> text=Received")
    page = await hands.go(f"/submissions/{hands.submission}")
    await page.click("text=Receive them")
    await page.select_option("#receive-condition", "intact")
    await page.click("text=Look ahead")
    await hands.done(f"Receive {SAMPLES - 1} tubes", many=SAMPLES - 1)
    await hands.moved("received")


async def stored(hands: Hands) -> None:
    """A freezer with a box is made, the first tube is scanned to its place, and the others in their order."""
    page = await hands.go("/storage")
    room = f"Room {hands.bench.lab['name'][4:]}"
    await page.click("text=Add a site or room")
    await filled(page, "place", kind="room", code=room)
    await page.press("#place-code", "Enter")
    await page.click(f"th >> text={room}")
    for kind, code, more in (("freezer", "F1", {}), ("box", "B1", {"grid_rows": "8", "grid_columns": "12"})):
        await page.click("text=Add a place here")
        await filled(page, "place", kind=kind, code=code, **more)
        await page.press("#place-code", "Enter")
        await page.click(f"th >> text={code}")
    first, *others = hands.samples
    await page.wait_for_selector("#scan-barcode")
    await page.keyboard.type(first)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"td.taken >> text={first}")
    await page.click("text=Many at once")
    await page.fill("#scan-codes", "\n".join(others))
    await page.click("text=Put it there")
    await page.wait_for_selector(f"td.taken >> text={others[-1]}")
    assert await page.locator("td.taken").count() == SAMPLES
    await hands.moved("sample_qc")

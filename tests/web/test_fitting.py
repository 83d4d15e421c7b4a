"""What people read at a glance: lists and figures fit into the usual windows, and codes are shown as words."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow
from tests.web.scene import laid_out

pytestmark = pytest.mark.browser

DESK, TABLET = {"width": 1440, "height": 900}, {"width": 1024, "height": 768}
_CUT = """selector => [...document.querySelectorAll(selector)].filter(
    box => box.scrollWidth > box.clientWidth).map(box => box.scrollWidth - box.clientWidth)"""


async def _cut(page: Page, selector: str = ".list .scroll") -> list[int]:
    await page.wait_for_selector(selector)
    found: list[int] = await page.evaluate(_CUT, selector)
    return found


async def _prepared(bench: Bench, made: dict[str, Any]) -> None:
    """Bring a sample to the stage with the longest name that it reaches without a library."""
    for to in ("received", "sample_qc", "library_prep"):
        step = {"to": to, "reason": "A test of words.", "override": True}
        seen = {"If-Match": f'"v{made["version"]}"'}
        made = checked(await bench.client.post(f"/api/samples/{made['code']}/transitions", json=step, headers=seen))


@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
async def test_the_list_of_samples_fits(window: OpenWindow, bench: Bench, size: dict[str, int]) -> None:
    asked = {"name": f"{bench.lab['name']} of extremophile genomics", "pi_name": "Dr Ostrander"}
    lab = checked(await bench.client.post("/api/labs", json=asked))
    project = checked(await bench.client.post("/api/projects", json={"lab_id": lab["id"], "title": "Salt lakes"}))
    said = {"qubit_ng_per_ul": 60, "a260_a280": 1.6, "priority": "urgent", "assignee": "Robin Vantage"}
    made = await bench.register("SALT_LAKE_01", project_id=project["id"], **said)
    await _prepared(bench, made)
    page = await window("technician", path=f"/samples?project_id={project['id']}", viewport=size)
    assert await page.is_visible("thead >> text=Updated")
    assert await _cut(page) == []


async def test_a_submission_fits_with_its_long_names(product: Product, window: OpenWindow, bench: Bench) -> None:
    scene = await laid_out(product, bench)
    client, name = bench.client, "Everything that the expedition of the second summer brought back from the lakes"
    asked = {"project_id": bench.project["id"], "filename": f"{name}.csv"}
    text = b"Sample Name,Volume,Qubit\nLAKE,50,40\n"
    answer = await client.post("/api/documents", params=asked, content=text, headers={"Content-Type": "text/csv"})
    reading = checked(answer)["extraction_id"]

    async def there() -> bool:
        return bool(checked(await client.get("/api/submissions", params={"extraction_id": reading}))["items"])

    await product.eventually(there)
    page = await window("facility_manager", path=f"/submissions/{scene.submission}")
    assert await _cut(page, "#estimate .scroll") == []
    for size in (DESK, TABLET):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.goto(f"/submissions?q={bench.project['code']}")
        assert await _cut(page) == []
        rows = await page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
        assert max(rows) <= 60


async def test_the_list_is_there_however_many_readings_wait(window: OpenWindow, bench: Bench) -> None:
    content = b"Thing,Other,Something\nA,1,2\n"
    for number in range(14):
        asked = {"project_id": bench.project["id"], "filename": f"unclear-{number:02}.csv"}
        head = {"Content-Type": "text/csv"}
        checked(
            await bench.client.post(
                "/api/documents", params=asked, content=content + b"B,%d,2\n" % number, headers=head
            )
        )
    page = await window("facility_manager", path="/submissions", viewport=TABLET)

    async def waiting() -> bool:
        await page.reload()
        return await page.locator(".asking .notice").count() >= 12

    await Product.eventually(waiting, within_s=60)
    box = await page.locator("#list .frame").bounding_box()
    assert box is not None
    assert box["height"] > 150


async def test_what_is_found_is_told_in_words(window: OpenWindow, bench: Bench) -> None:
    name = bench.lab["name"].replace(" ", "-")
    await _prepared(bench, await bench.register(name))
    page = await window("facility_manager", path=f"/search?q={name}")
    assert " · Library prep · Queued" in await page.inner_text("main")
    await page.goto(f"/samples?project_id={bench.project['id']}&created=2026-01-01..")
    assert "Created: since 2026-01-01" in await page.inner_text("main")


async def test_a_name_in_disguise_is_refused_at_its_field(window: OpenWindow, bench: Bench) -> None:
    page = await window("facility_manager", path="/settings/labs")
    await page.fill("form[hx-post='/settings/labs'] [name=name]", "Lab gnp.\u202etpircs")
    await page.fill("form[hx-post='/settings/labs'] [name=pi_name]", "Dr Okafor")
    await page.click("button:has-text('Create')")
    field = page.locator("form[hx-post='/settings/labs'] [name=name][aria-invalid=true]")
    await field.wait_for()
    assert "cannot be seen" in await page.inner_text("form[hx-post='/settings/labs']")

"""Columns and saved views of the list of samples: chosen, kept, shared, opened, changed, removed."""

import secrets
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.harness.product import Product, checked
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser

VIEWS = "nav[aria-label=Views]"


async def _headings(page: Page) -> list[str]:
    return [text.strip() for text in await page.locator(".list thead th:not(.tick)").all_inner_texts()]


async def _saved(page: Page, name: str, *, shared: bool = False, first: bool = False) -> None:
    """Save what is shown as a view."""
    await page.click(f"{VIEWS} .end a >> nth=0")
    await page.fill("#new-view-name", name)
    await page.set_checked("#new-view-shared", shared)
    await page.set_checked("#new-view-default", first)
    await page.click("text=Save as a view >> nth=-1")
    await page.wait_for_selector(f".toast >> text=View {name} saved")


async def test_columns_are_chosen_and_ordered_and_the_address_carries_them(window: OpenWindow, bench: Bench) -> None:
    made = await bench.register("COLUMNS-1", organism="Thermus aquaticus", container_barcode=secrets.token_hex(6))
    page = await window("technician", path=f"/samples?project_id={bench.project['id']}")
    assert (await _headings(page))[:3] == ["Sample", "Name", "Lab"]
    await page.click(f"{VIEWS} >> text=Columns")
    await page.wait_for_selector("aside >> text=Shown, in this order")
    await page.get_by_role("link", name="Add Organism").click()
    await page.wait_for_selector("tbody >> text=Thermus aquaticus")
    for _ in range(11):
        place = (await _headings(page)).index("Organism")
        await page.get_by_role("link", name="Move Organism forward").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".list thead th:not(.tick)").nth(place - 1)).to_have_text("Organism")
    assert (await _headings(page))[:4] == ["Sample", "Name", "Organism", "Lab"]
    await page.get_by_role("link", name="Take Lab out").click()
    await expect(page.locator(".list thead th", has_text="Lab")).to_have_count(0)
    await page.click("aside [aria-label=Close]")
    await expect(page.locator("aside.side header")).to_have_count(0)
    await page.fill(".filters [name=q]", "COLUMNS")
    await page.wait_for_url("**q=COLUMNS**")
    assert (await _headings(page))[:4] == ["Sample", "Name", "Organism", "Type"], "a filter keeps the columns"
    other = await window("technician", path=page.url)
    assert await _headings(other) == await _headings(page)
    await other.set_viewport_size({"width": 390, "height": 844})
    assert await other.is_visible("th:has-text('Organism')"), "what was chosen does not give way"
    assert await other.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.wait_for_selector("#live[data-state=live]")
    changed = {"assignee": "Kit Morrow"}
    match = {"If-Match": '"v1"'}
    checked(await bench.client.patch(f"/api/samples/{made['code']}", json=changed, headers=match))
    await page.wait_for_selector("tr.changed >> text=Kit Morrow")
    assert await page.inner_text("tr.changed td >> nth=2") == "Thermus aquaticus", (
        "a row that changes keeps its columns"
    )


async def test_columns_are_chosen_without_scripts(window: OpenWindow, bench: Bench) -> None:
    await bench.register("PLAIN-COLUMNS")
    path = f"/samples?project_id={bench.project['id']}"
    page = await window("technician", path=path, java_script_enabled=False)
    await page.click(f"{VIEWS} >> text=Columns")
    await page.get_by_role("link", name="Take Lab out").click()
    await page.get_by_role("link", name="Add Project").click()
    assert (await _headings(page))[-1] == "Project"
    await _saved(page, "Plain")
    assert await page.inner_text(f"{VIEWS} [aria-current=page]") == "Plain"
    assert (await _headings(page))[-1] == "Project"


async def test_a_view_is_saved_opened_changed_and_deleted(window: OpenWindow, bench: Bench) -> None:
    await bench.register("VIEW-1", priority="high")
    await bench.register("VIEW-2")
    path = f"/samples?project_id={bench.project['id']}&priority=high&sort=name&columns=name.priority.created"
    page = await window("technician", path=path)
    await _saved(page, "High ones")
    await page.goto("/samples")
    assert await page.inner_text(f"{VIEWS} [aria-current=page]") == "All samples"
    await page.click(f"{VIEWS} >> text=High ones")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert await _headings(page) == ["Sample", "Name", "Priority", "Registered"]
    said = parse_qs(urlsplit(page.url).query)
    assert (said["priority"], said["sort"]) == (["high"], ["name"])
    assert await page.input_value(".filters [name=priority]") == "high"
    await page.select_option(".filters [name=priority]", "")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.wait_for_selector(f"{VIEWS} [aria-current=page] >> text=changed")
    await page.click(f"{VIEWS} .end >> text=Views")
    await page.fill("#view-name", "All of them")
    await page.click("text=Save with what is shown")
    await page.wait_for_selector(".toast >> text=View All of them saved")
    await page.reload()
    assert await page.inner_text(f"{VIEWS} [aria-current=page]") == "All of them"
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.click(f"{VIEWS} .end >> text=Views")
    await page.click("text=Delete it")
    await page.wait_for_selector(".toast >> text=View removed")
    await expect(page.locator(f"{VIEWS} >> text=All of them")).to_have_count(0)
    await expect(page.locator("tbody tr")).to_have_count(2)


async def test_a_name_that_is_taken_is_refused_and_what_was_typed_stays(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples?stage=sample_qc")
    await _saved(page, "In QC")
    await page.goto("/samples?stage=received&choose=views")
    await page.fill("#new-view-name", "in qc")
    await page.click("text=Save as a view >> nth=-1")
    assert "You have a view called in qc already" in await page.inner_text("aside [role=alert]")
    assert await page.input_value("#new-view-name") == "in qc"
    assert await page.input_value(".filters [name=stage]") == "received"


async def test_two_windows_do_not_overwrite_each_others_view(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples?stage=sample_qc")
    await _saved(page, "Twice")
    other = await page.context.new_page()
    for one in (page, other):
        await one.goto(f"{page.url}&choose=views")
    await other.fill("#view-name", "Second")
    await other.click("aside button.primary")
    await other.wait_for_selector(".toast >> text=View Second saved")
    await page.fill("#view-name", "First")
    await page.click("aside button.primary")
    assert "changed in another window" in await page.inner_text("aside [role=alert]")
    await page.goto("/samples")
    assert await page.is_visible(f"{VIEWS} >> text=Second")


async def test_a_list_begins_with_the_view_that_a_person_chose(window: OpenWindow, bench: Bench) -> None:
    page = await window("technician", path="/samples?stage=sample_qc&columns=name.stage")
    await _saved(page, "Mine first", first=True)
    await page.click(".nav >> text=Samples")
    await page.wait_for_load_state()
    assert "stage=sample_qc" in page.url
    assert await page.inner_text(f"{VIEWS} [aria-current=page]") == "Mine first"
    await page.click(f"{VIEWS} >> text=All samples")
    await page.wait_for_url("**view=none")
    assert len(await _headings(page)) == 13
    await page.click(f"{VIEWS} >> text=Mine first")
    await page.wait_for_url("**stage=sample_qc**")
    await page.click(f"{VIEWS} .end >> text=Views")
    await page.click("text=Begin with all samples")
    await page.wait_for_selector(".toast >> text=begins with all samples")
    await page.goto("/samples")
    assert page.url.endswith("/samples")


async def test_a_shared_view_is_for_the_staff_and_a_private_one_for_its_owner(window: OpenWindow, bench: Bench) -> None:
    mark = secrets.token_hex(3)
    page = await window("technician", path="/samples?priority=urgent")
    await _saved(page, f"Urgent {mark}", shared=True)
    await page.goto("/samples?priority=low")
    await _saved(page, f"Slow {mark}")
    other = await window("facility_manager", path="/samples")
    await other.click(f"{VIEWS} >> text=Urgent {mark}")
    await other.wait_for_url("**priority=urgent**")
    assert await other.locator(f"{VIEWS} >> text=Slow {mark}").count() == 0
    await other.click(f"{VIEWS} .end >> text=Views")
    assert "by Robin Vantage" in await other.inner_text("#view-open")
    assert await other.locator("text=Delete it").count() == 0
    customer = await window("submitter", labs=(bench.lab["id"],), path="/samples?choose=views")
    assert await customer.locator(f"text={mark}").count() == 0
    assert await customer.locator("#new-view-shared").count() == 0


async def test_a_manager_takes_over_the_view_of_somebody_who_left(
    product: Product, window: OpenWindow, bench: Bench
) -> None:
    owner, admin = await product.member("technician"), await product.admin()
    name = f"Left {secrets.token_hex(3)}"
    asked = {"of": "samples", "name": name, "shared": True, "filters": {"project_id": bench.project["id"]}}
    checked(await owner.client.post("/api/views", json=asked))
    page = await window("facility_manager", path="/samples?choose=views")
    await page.click(f"aside a:has-text('{name}')")
    await expect(page.locator("#view-open")).to_have_text(f"{name}, by {owner.name}")
    await expect(page.locator("text=Take it over")).to_have_count(0)
    account = checked(await admin.get(f"/api/accounts/{owner.id}"))
    seen = {"If-Match": f'"v{account["version"]}"'}
    checked(await admin.patch(f"/api/accounts/{owner.id}", json={"active": False}, headers=seen))
    await page.reload()
    await expect(page.locator("aside")).to_contain_text(f"{owner.name} has no open account any more.")
    await page.click("text=Take it over")
    await page.wait_for_selector(f".toast >> text=View {name} is yours now")
    await expect(page.locator("#view-open")).to_have_text(name)
    await page.click("text=Delete it")
    await page.wait_for_selector(".toast >> text=View removed")

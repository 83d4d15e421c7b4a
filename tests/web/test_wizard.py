"""The form of a draft: kept at every pause, there again after the browser died, handed in when nothing is missing."""

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, row
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import _judged

pytestmark = pytest.mark.browser


async def test_a_draft_is_kept_at_every_pause_and_survives_a_killed_browser(
    product: Product, window: OpenWindow
) -> None:
    desk = await opened(product)
    page = await window("submitter", labs=(desk.lab_id,), path="/submissions/new", bypass_csp=True)
    await page.select_option("#hand-project_id", index=1)
    await page.click("text=Begin a draft")
    await page.wait_for_selector("h1:has-text('Submission SUB-')")
    code = await page.inner_text("h1 .mono")
    assert await page.locator("#check button:has-text('Hand it in')").is_disabled()
    assert await page.locator("#check li").count() >= 4
    await page.fill("#w-requester_name", "Robin Vantage")
    await page.fill("#w-requester_email", "robin@lab.example")
    await page.wait_for_selector(".saved:has-text('Kept on the server at')")
    await page.fill("#w-organism", "Exampella testii")
    await page.wait_for_function("document.querySelector('.saved').textContent.includes('Kept on the server at')")

    async def kept() -> bool:
        found = checked(await desk.staff.get(f"/api/submissions/{code}"))
        return (found["requester_name"], found["organism"]) == ("Robin Vantage", "Exampella testii")

    await product.eventually(kept)
    assert await page.locator("#check a[href='#w-requester_name']").count() == 0
    assert await _judged(page, "form of a draft") == []
    await page.context.clear_cookies()
    await page.close()
    await _gone_on_with(product, window, desk=desk, code=code)


async def _gone_on_with(product: Product, window: OpenWindow, *, desk: Desk, code: str) -> None:
    other = await window("submitter", labs=(desk.lab_id,), path="/submissions/new")
    await other.click(f"a:has-text('{code}')")
    await other.wait_for_selector("h1:has-text('Submission SUB-')")
    assert await other.input_value("#w-organism") == "Exampella testii"
    await other.fill("#paste", "sample_name\tmaterial\nQX_01\tHMW gDNA\t50\t600\t1,85\t2,1\t20000\nQX_02\tHMW gDNA\t50")
    await other.click("text=Add these samples")
    await other.wait_for_selector("td:has-text('QX_02')")
    await other.select_option("#w-service_type", index=1)
    await other.select_option("#w-kit_requested", index=1)
    await other.select_option("#w-contains_human_dna", "no")
    await other.wait_for_selector("#check >> text=Nothing is missing")
    await other.click("#check button:has-text('Hand it in')")
    await other.wait_for_selector("text=handed in")
    assert checked(await desk.staff.get(f"/api/submissions/{code}"))["status"] == "under_review"


async def test_two_windows_do_not_overwrite_each_other(product: Product, window: OpenWindow) -> None:
    desk = await opened(product)
    draft = await desk.draft()
    page = await window("submitter", labs=(desk.lab_id,), path=f"/submissions/{draft['code']}/form")
    seen = {"If-Match": f'"v{draft["version"]}"'}
    path = f"/api/submissions/{draft['id']}"
    checked(await desk.staff.patch(path, json={"comment": "from the other side"}, headers=seen))
    await page.fill("#w-comment", "from this side")
    await page.wait_for_selector(".saved:has-text('somebody else changed this draft')")
    assert checked(await desk.staff.get(path))["comment"] == "from the other side"


async def test_an_earlier_submission_is_the_beginning_of_the_next(product: Product, window: OpenWindow) -> None:
    desk = await opened(product)
    first = await desk.under_review(row("QX_01"), row("QX_02"), organism="Exampella testii")
    page = await window("submitter", labs=(desk.lab_id,), path=f"/submissions/{first['code']}")
    await page.click("text=Duplicate")
    await page.wait_for_selector("h1:has-text('Submission SUB-')")
    await page.wait_for_selector("td:has-text('QX_02')")
    code = await page.inner_text("h1 .mono")
    assert code != first["code"]
    assert await page.input_value("#w-organism") == "Exampella testii"
    made = checked(await desk.staff.get(f"/api/submissions/{code}"))
    assert (made["status"], made["row_count"]) == ("draft", 2)

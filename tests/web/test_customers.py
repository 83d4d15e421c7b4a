"""What reaches the customer, on its pages: deliveries, the status page without an account, contact, packing slip."""

import re
from typing import Any

import pytest
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.services.sample.desk import opened
from tests.services.sample.test_capability_11_delivery import FILES, listed, ready
from tests.web.conftest import OpenWindow
from tests.web.test_accessibility import _judged

pytestmark = pytest.mark.browser


async def _seen(page: Any, name: str) -> None:
    await page.wait_for_load_state()
    # What a change of the page fades in is looked at when it is there.
    await page.wait_for_timeout(700)
    found = await _judged(page, name)
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.emulate_media(color_scheme="light")
    assert found == []


async def _refused(page: Page, manager: Any, code: str) -> None:
    """Take a list without a sum: why it is refused stays to be read when the delivery changes meanwhile."""
    await page.fill("[name=sums]", "file_hash,file_path\nnothing,a.txt\n")
    await page.click("text=Take these files")
    await page.wait_for_selector("text=/ha(s|ve) no sum/")
    made = checked(await manager.get(f"/api/deliveries/{code}"))
    seen = {"If-Match": f'"v{made["version"]}"'}
    checked(await manager.patch(f"/api/deliveries/{code}", json={"note": "Two drives."}, headers=seen))
    await page.wait_for_selector("text=Two drives.")
    assert await page.is_visible("text=/ha(s|ve) no sum/")
    assert await page.input_value("[name=sums]") == "file_hash,file_path\nnothing,a.txt\n"
    await page.click("text=Take these files")
    await page.wait_for_selector("text=Someone changed this delivery since you read it")


async def _sums(page: Page) -> None:
    """Take the files from lines of sha256sum, of which one was wrong first."""
    await page.fill("[name=sums]", f"{'a' * 64}  a.txt\n{'b' * 64}\n")
    await page.click("text=Take these files")
    await page.wait_for_selector("text=Line 2: this is no sum")
    assert await page.input_value("[name=sums]") == f"{'a' * 64}  a.txt\n{'b' * 64}\n"
    await page.fill("[name=sums]", f"{'a' * 64}  a.txt\n{'b' * 64} *b.txt\n")
    await page.click("text=Take these files")
    await page.wait_for_selector("h2:has-text('2 files')")


async def test_a_delivery_goes_its_way_and_the_customer_confirms_it_without_an_account(
    product: Product, window: OpenWindow
) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    submission, sample = await ready(desk, manager, requester_email="robin.page@lab.example")
    page = await window("facility_manager", path="/deliveries", bypass_csp=True)
    await _seen(page, "deliveries")
    await page.click("text=Prepare a delivery")
    await page.fill("[name=samples]", sample)
    await page.select_option("[name=method]", "web_link")
    await page.fill("[name=link_url]", "https://data.facility.example/abc")
    await page.click("text=Prepare it")
    await page.wait_for_selector("h1:has-text('Delivery')")
    code = (await page.inner_text("h1 .mono")).strip()
    await _refused(page, manager, code)
    await _sums(page)
    files = listed(FILES)
    made = checked(await manager.get(f"/api/deliveries/{code}"))
    seen = {"If-Match": f'"v{made["version"]}"'}
    checked(await manager.put(f"/api/deliveries/{code}/manifest", json={"files": files}, headers=seen))
    await page.goto(f"/deliveries/{code}")
    await page.click("text=Begin to copy")
    await page.wait_for_selector("text=verify them where they arrive")
    flipped = [dict(files[0], sha256="0" * 64), files[1]]
    path = f"/api/deliveries/{code}/verifications"
    checked(await manager.post(path, json={"place": "/proj", "files": flipped}))
    await page.goto(f"/deliveries/{code}")
    await page.wait_for_selector("text=1 difference")
    await _seen(page, "delivery")
    checked(await manager.post(path, json={"place": "/proj", "files": files}))
    await page.goto(f"/deliveries/{code}")
    await page.wait_for_selector("li.now:has-text('Release by a person')")
    await page.click("text=Release to the customer")
    await page.wait_for_selector("text=The customer has been told")
    await page.wait_for_selector("li.past:has-text('The samples are delivered')")
    address = await _link_made(page, submission, sample)
    await _confirmed(product, window, address=address, code=code)


async def _link_made(page: Any, submission: Any, sample: str) -> str:
    """Make a status link on the page of contacts, look at the pages beside it, and return the link."""
    await page.goto(f"/submissions/{submission['code']}/contact")
    await page.fill("[name=label]", "Robin")
    await page.press("[name=label]", "Enter")
    address = await page.inner_text(".secret")
    await _seen(page, "contact")
    await page.goto(f"/submissions/{submission['code']}/slip")
    await page.wait_for_selector(f"text={sample}")
    await _seen(page, "slip")
    await page.goto("/settings/mail")
    await page.wait_for_selector("text=127.0.0.1")
    await _seen(page, "mail")
    return str(address)


async def _confirmed(product: Product, window: OpenWindow, *, address: str, code: str) -> None:
    manager = await product.client("facility_manager")
    outside = await window(bypass_csp=True)
    await outside.goto(address)
    await outside.wait_for_selector("text=The data are delivered")
    await _seen(outside, "status")
    await outside.fill("[name=name]", "Robin Vantage")
    await outside.click("text=The data have arrived")
    await outside.wait_for_selector("dt:has-text('Received')")
    assert checked(await manager.get(f"/api/deliveries/{code}"))["received_by"].startswith("Robin Vantage")
    await outside.goto(re.sub(r"/status/.*", "/status/nothing", address))
    await outside.wait_for_selector("text=does not show anything")
    await _seen(outside, "no status")


async def test_the_status_page_tells_no_search_engine_and_no_other_page(product: Product) -> None:
    desk = await opened(product)
    submission = await desk.under_review({"sample_name": "QX_01"})
    path = f"/api/submissions/{submission['id']}/status-links"
    made = checked(await desk.submitter.post(path, json={"label": "Robin"}))
    anonymous = product.anonymous()
    shown = await anonymous.get(made["path"])
    none = await anonymous.get("/status/" + "x" * 43)
    assert (shown.status_code, none.status_code) == (200, 404)
    for answer in (shown, none):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src" in answer.headers["content-security-policy"]
        assert 'name="robots"' in answer.text
    foreign = await anonymous.post(made["path"], data={"name": "x"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert submission["lab_id"] not in shown.text


async def test_no_log_line_has_the_token_of_a_link(product: Product, capsys: pytest.CaptureFixture[str]) -> None:
    desk = await opened(product)
    submission = await desk.under_review({"sample_name": "QX_01"})
    path = f"/api/submissions/{submission['id']}/status-links"
    made = checked(await desk.submitter.post(path, json={"label": "Robin"}))
    capsys.readouterr()
    checked(await product.anonymous().get(f"/api/status/{made['token']}"))
    assert (await product.anonymous().get(made["path"])).status_code == 200
    assert (await product.anonymous().post(made["path"], data={})).status_code in (404, 422)
    said = capsys.readouterr().err
    assert "/status/{token}" in said
    assert made["token"] not in said

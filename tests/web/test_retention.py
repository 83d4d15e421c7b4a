"""Until when samples are kept, set on the page of a sample and of a submission."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.harness.product import checked
from tests.services.sample.desk import GOOD_HEADER, row, seen
from tests.web.conftest import Bench, OpenWindow

pytestmark = pytest.mark.browser


async def _accepted(bench: Bench) -> Any:
    asked = {"project_id": bench.project["id"], **GOOD_HEADER, "rows": [row("KEEP_1"), row("KEEP_2")]}
    found = checked(await bench.client.post("/api/submissions", json=asked))
    for step in ("review", "acceptance"):
        path = f"/api/submissions/{found['id']}"
        body = {"reason": "A test."} if step == "acceptance" else {}
        found = checked(await bench.client.post(f"{path}/{step}", json=body, headers=seen(found)))
    return found


async def test_a_day_is_set_for_a_sample_with_its_reason(window: OpenWindow, bench: Bench) -> None:
    sample = await bench.register("KEEP-0")
    page = await window("technician", path=f"/samples/{sample['code']}")
    await expect(page.locator("#retention")).to_contain_text("Not set")
    await page.click("#set-retention summary")
    await page.fill("#keep-keep_until", "2031-03-31")
    await page.fill("#keep-reason", "x")
    await page.click("#set-retention button")
    await expect(page.locator("#set-retention")).to_contain_text("at least 3")
    assert await page.input_value("#keep-keep_until") == "2031-03-31"
    await page.fill("#keep-reason", "Rule 7 of the facility.")
    await page.click("#set-retention button")
    await expect(page.locator("#retention")).to_contain_text("2031-03-31 Rule 7 of the facility.")
    found = checked(await bench.client.get(f"/api/samples/{sample['code']}/retention"))
    assert (found["keep_until"], found["of"]) == ("2031-03-31", "sample")


async def test_a_day_is_set_for_all_samples_of_a_submission(window: OpenWindow, bench: Bench) -> None:
    submission = await _accepted(bench)
    page = await window("technician", path=f"/submissions/{submission['code']}")
    await expect(page.locator("#retention")).to_contain_text("No day set: 2 samples")
    await page.click("#set-retention summary")
    await page.fill("#keep-keep_until", "2031-04-30")
    await page.fill("#keep-reason", "Grant ends.")
    await page.click("#set-retention button")
    await expect(page.locator("#retention")).to_contain_text("2031-04-30: 2 samples")
    samples = checked(await bench.client.get("/api/samples", params={"submission_id": submission["id"]}))["items"]
    kept = [checked(await bench.client.get(f"/api/samples/{one['code']}/retention")) for one in samples]
    assert [one["keep_until"] for one in kept] == ["2031-04-30", "2031-04-30"]


async def test_a_draft_has_no_samples_to_keep(bench: Bench) -> None:
    asked = {"project_id": bench.project["id"], **GOOD_HEADER, "rows": [row("KEEP_3")]}
    draft = checked(await bench.client.post("/api/submissions", json=asked))
    body = {"keep_until": "2031-04-30", "reason": "Grant ends."}
    answer = await bench.client.post(f"/api/submissions/{draft['code']}/retention", json=body)
    assert (answer.status_code, "no samples" in answer.json()["detail"]) == (409, True)

"""A run that is played at an instrument grows on the pages while it sequences, and is never counted twice."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from nanopore_tracking.contracts.api.sample.live import LiveRun
from nanopore_tracking.web import timelines
from tests.harness.instrument import following, plan_of, played
from tests.harness.product import Product, checked
from tests.services.sample.planning import started
from tests.services.sample.telling import live, run_told, tell, telling, tick
from tests.services.sample.wanted import wanted_run
from tests.web.conftest import OpenWindow

POOL = [("barcode01", "", 1.0), ("barcode02", "", 0.5), ("barcode03", "", 0.04)]
SHARES = {"barcode01": 0.6, "barcode02": 0.3, "unclassified": 0.1}


async def _passed(page: Page) -> float:
    """Return the gigabases that the strip of numbers shows."""
    text = await page.locator(".figures.live dd").first.inner_text()
    found = re.match(r"[\d.]+", text)
    assert found is not None, text
    return float(found[0])


async def _parts(page: Page) -> None:
    """Expect a low barcode with its top-up, pores, histograms and events."""
    low = page.locator("table.live-barcodes tr", has_text="barcode03")
    await expect(low).to_contain_text("Low")
    await expect(low).to_contain_text("Top-up proposed")
    await expect(low).to_contain_text("A top-up takes about")
    await expect(page.locator("section[aria-labelledby=pores-title] path.p1")).to_have_count(1)
    for name in ("lengths", "qualities"):
        await expect(page.locator(f"section[aria-labelledby={name}-title] svg[role=img]")).to_be_visible()
    await expect(page.locator("section[aria-labelledby=happened-title]")).to_contain_text("pores can be used")


@pytest.mark.browser
async def test_a_played_run_grows_on_its_page_and_its_sample_grows_with_it(
    product: Product, window: OpenWindow, tmp_path: Path
) -> None:
    made, run = await wanted_run(product, 1, 2, 3, target="5 Gb", run_minutes=72 * 60)
    await started(product, made, run)
    load = {"kind": "load", "pool": run["pool"], "volume_ul": 5, "run": run["code"]}
    checked(await made.manager.post(f"/api/flow-cells/{run['flow_cell']}/loads", json=load))
    agent = await product.client("instrument")
    token = agent.headers["authorization"].removeprefix("Bearer ")
    page = await window("technician", path=f"/runs/{run['code']}")
    await expect(page.locator("#yield-title")).to_have_count(0)
    await expect(page.locator(".title .state").first).to_have_text("Starting")
    async with (
        played(tmp_path / "minknow", speed=1000.0, **plan_of(run, POOL)) as instrument,
        following(instrument, url=product.base_url, token=token),
    ):
        await expect(page.locator("section[aria-labelledby=yield-title] svg.timeline")).to_be_visible(timeout=60_000)
        await expect(page.locator(".title .state").first).to_have_text("Running", timeout=60_000)
        await expect(page.locator(".said-why")).to_contain_text("It sequences. Said by MinKNOW")
        before = await _passed(page)
        await page.wait_for_function(
            "least => parseFloat(document.querySelector('.figures.live dd').textContent) > least + 1",
            arg=before,
            timeout=60_000,
        )
        await expect(page.locator("section[aria-labelledby=yield-title]")).to_contain_text(
            "if nothing is done", timeout=60_000
        )
        await _parts(page)
        sample = next(each["sample"] for each in (await live(made, run))["barcodes"] if each["barcode"] == "barcode01")
        path = f"/api/samples/{sample}/yield"
        first = checked(await made.manager.get(path))["pass_bases"]

        async def grown() -> bool:
            return bool(checked(await made.manager.get(path))["pass_bases"] > first)

        await product.eventually(grown)
        await instrument.kill()
        await expect(page.locator(".notice")).to_contain_text("Instrument unreachable since", timeout=60_000)
        await expect(page.locator("section[aria-labelledby=yield-title] rect.gap")).to_have_count(1)


@pytest.mark.browser
async def test_a_person_confirms_an_end_and_the_wall_shows_the_run_without_chrome(
    product: Product, window: OpenWindow
) -> None:
    made, run = await wanted_run(product, 1, 2, target="300 Mb")
    told = run_told(run, [tick(minute, SHARES) for minute in range(0, 601, 5)])
    await tell(await product.client("instrument"), telling(run["position"], told))
    page = await window("technician", path=f"/runs/{run['code']}")
    end = page.locator("section[aria-labelledby=end-title]")
    await expect(end).to_contain_text("it may end now")
    await end.locator("summary").click()
    await page.click("text=Confirm >> nth=-1")
    await expect(end.locator("li")).to_contain_text("passed_basecalled_bases")
    (kept,) = checked(await made.manager.get(f"/api/runs/{run['code']}/stop-criteria"))["items"]
    assert kept["criteria"]["runtime"] == run["run_minutes"] * 60
    async with page.expect_download() as begun:
        await page.click("text=Minutes")
    text = Path(await (await begun.value).path()).read_text()
    assert text.splitlines()[0] == "acquisition_run_id,minute,reads,bases,pass_reads,pass_bases,strand,adapter,pore"
    assert len(text.splitlines()) == 122

    await page.goto(f"/wall/{run['code']}")
    await expect(page.locator("nav")).to_have_count(0)
    await expect(page.locator("#live")).to_have_text("Live")
    before = await _passed(page)
    await tell(await product.client("instrument"), telling(run["position"], told | {"ticks": [tick(700, SHARES)]}))
    await page.wait_for_function(
        "least => parseFloat(document.querySelector('.figures.live dd').textContent) > least", arg=before
    )
    await page.goto("/wall")
    await expect(page.locator("li.panel", has_text=run["code"])).to_contain_text("Sequencing")


async def _twice(product: Product) -> tuple[Any, Any, dict[str, Any]]:
    """Return a run that MinKNOW started twice, its facility, and what was told of the second start."""
    made, run = await wanted_run(product, 1, 2, target="5 Gb")
    agent = await product.client("instrument")
    times = {"started_at": "2026-11-01T00:00:00Z", "ended_at": "2026-11-01T05:00:00Z", "state": "finished_with_error"}
    first = run_told(run, [tick(minute, SHARES) for minute in range(0, 301, 5)], **times)
    await tell(agent, telling(run["position"], first))
    second = run_told(run, started_at="2026-11-01T07:00:00Z")
    await tell(agent, telling(run["position"], second | {"ticks": [tick(n, SHARES) for n in range(0, 121, 5)]}))
    return made, run, second


@pytest.mark.browser
async def test_all_acquisitions_of_a_run_are_shown_together_and_one_alone(product: Product, window: OpenWindow) -> None:
    _, run, second = await _twice(product)
    page = await window("technician", path=f"/runs/{run['code']}")
    listed = page.locator("section[aria-labelledby=acquisitions-title]")
    await expect(listed.locator("tbody tr")).to_have_count(2)
    await expect(page.locator("#record")).to_contain_text("The sum of 2 acquisitions")
    whole = await _passed(page)
    name = second["acquisition_run_id"][:8]
    await listed.get_by_role("link", name=f"Show {name} alone").click()
    await page.wait_for_url("**acquisition=*")
    await expect(page.locator("#record")).not_to_contain_text("The sum of 2 acquisitions")
    assert 0 < await _passed(page) < whole
    await listed.get_by_role("link", name="All together").click()
    await expect(page.locator("#record")).to_contain_text("The sum of 2 acquisitions")
    assert await _passed(page) == whole


@pytest.mark.browser
async def test_one_hour_is_chosen_in_all_charts_by_pointer_and_by_keys(product: Product, window: OpenWindow) -> None:
    _, run, second = await _twice(product)
    page = await window("technician", path=f"/runs/{run['code']}")
    slider, said = page.locator("#cursor"), page.locator(".cursor output")
    await slider.focus()
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await expect(said).to_have_text(re.compile(r"^2 h\. Yield, Gb: .* Gb passed, .*\. Pore activity: strand 70 %"))
    assert await slider.get_attribute("aria-valuetext") == await said.inner_text()
    await expect(page.locator("rect.spot.at")).to_have_count(2)
    await page.locator("section[aria-labelledby=pores-title] rect[data-h='4']").hover(force=True)
    await expect(said).to_contain_text("4 h. Yield, Gb: ")
    await expect(page.locator("section[aria-labelledby=yield-title] rect.spot.at[data-h='4']")).to_have_count(1)
    more = second | {"ticks": [tick(130, SHARES)]}
    await tell(await product.client("instrument"), telling(run["position"], more))
    await page.wait_for_timeout(1500)
    # It stays when numbers grow.
    await expect(page.locator("rect.spot.at[data-h='4']")).to_have_count(2)


@pytest.mark.browser
async def test_a_sample_without_reads_gets_its_first_ones_on_its_page(product: Product, window: OpenWindow) -> None:
    made, run = await wanted_run(product, 1, 2, target="5 Gb")
    items = checked(await made.manager.get("/api/samples", params={"project_id": made.project_id}))["items"]
    page = await window("technician", path=f"/samples/{items[0]['code']}")
    await expect(page.locator("#given")).to_contain_text("No reads of it are known yet.")
    await expect(page.locator("#live")).to_have_text("Live")
    told = run_told(run, [tick(minute, SHARES) for minute in range(0, 61, 5)])
    await tell(await product.client("instrument"), telling(run["position"], told))
    await expect(page.locator("#given")).to_contain_text("told live by", timeout=60_000)


def _live(**said: Any) -> LiveRun:
    texts = ("sentence", "host", "position", "core_version", "acquisition_run_id", "phase", "model", "together")
    names = ("gaps", "points", "lengths", "qualities", "barcodes", "events", "acquisitions")
    lists: dict[str, Any] = {name: [] for name in names}
    none = ("since", "started_at", "ended_at", "data_at", "minute", "n50_bases", "rate_bases_per_h", "pores")
    zero = dict.fromkeys(("reads", "bases", "pass_reads", "pass_bases"), 0)
    whole = dict.fromkeys(texts, "") | lists | dict.fromkeys((*none, "target_bases", "projection")) | zero
    return LiveRun(**(whole | {"run": "R", "state": "running", "counts": True, "run_minutes": 4320} | said))


def test_a_run_without_numbers_has_an_empty_chart_and_says_so() -> None:
    found = timelines.output(_live())
    assert found.sentence == "Yield after 0 h: 0 Gb passed."
    assert [curve.path for curve in found.curves] == ["", ""]
    assert timelines.pores(_live()) is None


def test_what_comes_after_the_last_number_is_hatched_while_nothing_new_comes() -> None:
    assert timelines.output(_live(minute=60)).gaps == []
    (gap,) = timelines.output(_live(minute=2160, state="no_data")).gaps
    assert (gap.title, gap.x, gap.width) == ("No data since", 373.0, 327.0)
    assert json.dumps([mark.text for mark in timelines.output(_live()).across]) == json.dumps(
        [f"{hour} h" for hour in range(0, 73, 12)]
    )

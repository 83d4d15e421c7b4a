"""What a live run says of its samples' targets: where it goes, who is low, what a top-up takes, when it may end."""

from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.sample.pooled import Pooling
from tests.services.sample.telling import live, run_told, tell, telling, tick
from tests.services.sample.wanted import wanted_run

SHARES = {"barcode01": 0.62, "barcode02": 0.3, "barcode03": 0.03, "unclassified": 0.05}


async def _at(product: Product, hours: int, target: str) -> tuple[Pooling, Any, Any]:
    made, run = await wanted_run(product, 1, 2, 3, target=target, run_minutes=72 * 60)
    agent = await product.client("instrument")
    told = run_told(run)
    minutes = range(0, hours * 60 + 1, 5)
    ticks = [tick(minute, SHARES) for minute in minutes]
    for first in range(0, len(ticks), 250):
        await tell(agent, telling(run["position"], told | {"ticks": ticks[first : first + 250]}))
    return made, run, await live(made, run)


async def test_a_projection_that_misses_the_target_proposes_a_top_up(product: Product) -> None:
    made, run, found = await _at(product, 12, "5 Gb")
    assert found["target_bases"] == 15_000_000_000
    projection = found["projection"]
    assert projection["half_life_h"] == pytest.approx(14, rel=0.1)
    # All that such a run ever gives is 20.2 Gb; 97 % of it in 72 hours.
    assert projection["at_end_bases"] == pytest.approx(19.6e9, rel=0.08)
    assert projection["points"][-1] == {"minute": 72 * 60, "pass_bases": projection["at_end_bases"]}
    by_name = {each["barcode"]: each for each in found["barcodes"]}
    assert [name for name, each in by_name.items() if each["low"]] == ["barcode03"]
    assert by_name["barcode01"]["expected"] == "reached"
    assert by_name["barcode03"]["expected"] == "top_up_proposed"
    assert "A top-up takes about" in by_name["barcode03"]["sentence"]
    given = checked(await made.manager.get(f"/api/samples/{by_name['barcode03']['sample']}/yield"))
    assert (given["state"], given["live_bases"]) == ("top_up_proposed", by_name["barcode03"]["pass_bases"])
    suggestion = checked(await made.manager.get(f"/api/runs/{run['code']}/stop-suggestion"))
    short = by_name["barcode03"]["sample"]
    assert suggestion["sentence"].startswith(f"All but {short} have what they need at ")
    needed = 5e9 / by_name["barcode02"]["pass_bases"] * found["pass_bases"]
    assert suggestion["criteria"]["passed_basecalled_bases"] == pytest.approx(needed, rel=1e-6)


async def test_a_run_that_has_what_its_samples_need_may_end(product: Product) -> None:
    made, run, found = await _at(product, 12, "200 Mb")
    assert "are there" in found["projection"]["sentence"]
    suggestion = checked(await made.manager.get(f"/api/runs/{run['code']}/stop-suggestion"))
    assert suggestion["sentence"] == "Each sample has what it needs of this run: it may end now."
    assert suggestion["criteria"]["runtime"] == 72 * 3600


async def test_where_no_sample_can_be_served_it_goes_on_to_its_end(product: Product) -> None:
    made, run, _ = await _at(product, 12, "50 Gb")
    suggestion = checked(await made.manager.get(f"/api/runs/{run['code']}/stop-suggestion"))
    assert suggestion["sentence"].startswith("No sample reaches what it needs of this run")
    assert suggestion["criteria"]["passed_basecalled_bases"] is None


async def test_before_two_hours_nothing_is_projected(product: Product) -> None:
    _, _, found = await _at(product, 1, "5 Gb")
    assert found["projection"] is None
    assert {each["expected"] for each in found["barcodes"]} == {None}
    assert found["rate_bases_per_h"] is not None


async def test_a_run_that_was_started_again_has_all_of_its_acquisitions_together_and_each_alone(
    product: Product,
) -> None:
    made, run = await wanted_run(product, 1, 2, target="5 Gb")
    agent = await product.client("instrument")
    begun = {"state": "finished_with_error", "started_at": "2026-11-01T00:00:00Z", "ended_at": "2026-11-01T10:00:00Z"}
    ticks = [tick(300, SHARES, bases=10**9), tick(600, SHARES, bases=2 * 10**9)]
    first = run_told(run, ticks, **begun, scans=[{"minute": 0, "pores": 1400}], lengths=[(1000, 5), (2000, 6)])
    await tell(agent, telling(run["position"], first))
    more = {"started_at": "2026-11-01T12:00:00Z", "scans": [{"minute": 3, "pores": 900}], "lengths": [(2000, 1)]}
    second = run_told(run, [tick(10, SHARES, bases=10**8)], **more)
    await tell(agent, telling(run["position"], second))

    found = await live(made, run)
    by_name = {each["barcode"]: each for each in found["barcodes"]}
    assert (found["pass_bases"], found["minute"], found["pores"]) == (21 * 10**8, 730, 900)
    assert [(each["minute"], each["pass_bases"]) for each in found["points"]] == [
        (300, 10**9), (600, 2 * 10**9), (730, 21 * 10**8),
    ]  # fmt: skip
    assert found["gaps"] == [[300, 600], [600, 720]]
    assert found["lengths"] == [[1000, 5], [2000, 7]]
    assert (found["n50_bases"], found["acquisition_run_id"]) == (None, "")
    assert found["together"].startswith("The sum of 2 acquisitions;")
    assert [(each["state"], each["begins_minute"]) for each in found["acquisitions"]] == [
        ("ended", 0),
        ("running", 720),
    ]
    assert {event["minute"] for event in found["events"] if event["kind"] == "start"} == {720}
    assert by_name["barcode01"]["wanted_bases"] == 5 * 10**9
    own = int(2 * 10**9 * 0.62) + int(10**8 * 0.62)
    assert by_name["barcode01"]["pass_bases"] == own
    given = checked(await made.manager.get(f"/api/samples/{by_name['barcode01']['sample']}/yield"))
    assert given["pass_bases"] == own

    alone = await live(made, run, acquisition=second["acquisition_run_id"])
    assert (alone["pass_bases"], alone["minute"], alone["together"]) == (10**8, 10, "")
    assert alone["barcodes"][0]["wanted_bases"] == 5 * 10**9 - int(2 * 10**9 * 0.62)
    assert (await live(made, run, acquisition="last"))["acquisition_run_id"] == second["acquisition_run_id"]
    other = await made.manager.get(f"/api/runs/{run['code']}/live", params={"acquisition": "f" * 40})
    assert other.status_code == 404


async def test_breaks_and_loads_are_events(product: Product) -> None:
    made, run = await wanted_run(product, 1, 2)
    agent, told = await product.client("instrument"), run_told(run, scans=[{"minute": 90, "pores": 1204}])
    ticks = [tick(minute, SHARES, bases=minute * 10**6) for minute in [*range(0, 301, 5), *range(360, 601, 5)]]
    ticks += [tick(minute, SHARES, bases=600 * 10**6 + (minute - 600) * 3 * 10**6) for minute in range(605, 801, 5)]
    await tell(agent, telling(run["position"], told | {"ticks": ticks}))
    found = await live(made, run)
    assert found["gaps"] == [[300, 360]]
    kinds = [event["kind"] for event in found["events"]]
    assert kinds == ["reload", "gap", "scan"]
    assert found["pores"] == 1204

"""Runs are forecast and compared by the laboratory's own finished runs, through the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from nanopore_tracking.services.sample.traces import jobs as traces
from tests.harness.product import Product, checked
from tests.services.sample.finished import FOLDERS, finished, look, reading, run_on
from tests.services.sample.planning import position
from tests.services.sample.pooled import Pooling, pooling

ENOUGH = 20


async def _forecast(made: Pooling, run: Any) -> Any:
    return checked(await made.manager.get(f"/api/runs/{run['code']}/forecast"))


async def test_a_run_is_forecast_by_the_last_hour_until_twenty_have_finished(product: Product) -> None:
    made = await pooling(product)
    await traces.follow(product.runtimes["sample"])
    async with product.db("sample") as db:
        await db.execute("UPDATE acquisition_trace SET ended = false")  # What other tests have left does not count.
    pool = await made.pooled(1, 2)
    unread = await run_on(made, pool, await position(made.manager))
    assert (await _forecast(made, unread))["method"] == "none"

    runs = await finished(made, pool, many=ENOUGH - 1)
    await look(product)
    few = await _forecast(made, runs[0])
    assert (few["method"], few["backtest"], few["runs_known"]) == ("persistence", None, ENOUGH - 1)
    compared = checked(await made.manager.get(f"/api/runs/{runs[0]['code']}/comparison"))
    assert [(each["name"], each["n"], each["odd"]) for each in compared["traits"]] == [("occupancy", 18, False)]

    live = reading(
        unread, 99, state="writing", minutes=[(n * 10, n * 100_000_000) for n in range(1, 40)], occupancy=0.2
    )
    checked(await made.manager.post(FOLDERS, json=live))
    last = await finished(made, pool, many=1)
    await look(product)
    said = await _forecast(made, unread)
    assert (said["method"], said["ended"], said["minute"]) == ("decay", False, 390)
    assert said["given_gb"] == pytest.approx(3.9)
    assert [each["hours"] for each in said["horizons"]] == [6, 12]
    assert all(each["low_gb"] < each["gb"] < each["high_gb"] for each in said["horizons"])
    assert said["backtest"]["runs"] == ENOUGH
    assert (await _forecast(made, last[0]))["ended"]
    odd = checked(await made.manager.get(f"/api/runs/{unread['code']}/comparison"))
    assert [(each["name"], each["odd"]) for each in odd["traits"]] == [("occupancy", True)]

    await _low(made, runs)


async def _low(made: Pooling, runs: list[Any]) -> None:
    """Runs of less than half the median are found as low, and by their bases."""
    given = {run["code"]: (await _forecast(made, run))["given_gb"] for run in runs}
    every = sorted(given.values())
    params: dict[str, str | int] = {"low_yield": "true", "limit": 200}
    low = {item["code"] for item in checked(await made.manager.get("/api/runs", params=params))["items"]}
    half = every[len(every) // 2] / 2
    assert {code for code, gb in given.items() if gb < 0.9 * half} <= low
    assert not {code for code, gb in given.items() if gb > 1.1 * half} & low
    params = {"yield_below_gb": str(every[3]), "device": "MinION", "limit": 200}
    below = {item["code"] for item in checked(await made.manager.get("/api/runs", params=params))["items"]}
    assert {code for code, gb in given.items() if gb < 0.999 * every[3]} <= below & given.keys()
    params = {"yield_from_gb": str(every[0] + 1e-3), "device": "PromethION"}
    assert checked(await made.manager.get("/api/runs", params=params))["items"] == []


async def test_a_reload_begins_the_forecast_anew(product: Product) -> None:
    made = await pooling(product)
    run = await run_on(made, await made.pooled(1, 2), await position(made.manager))
    minutes = [(n * 10, n * 10**8 if n < 60 else 6 * 10**9 + (n - 60) * 10**7) for n in range(1, 120)]
    checked(await made.manager.post(FOLDERS, json=reading(run, 1, state="writing", minutes=minutes)))
    await traces.follow(product.runtimes["sample"])
    async with product.db("sample") as db:
        await db.execute(
            "UPDATE sequencing_run SET started_at = $2 WHERE code = $1", run["code"], datetime(2026, 11, 1, tzinfo=UTC)
        )
        await db.execute(
            "INSERT INTO flow_cell_load (id, flow_cell_id, ordinal, kind, loaded, lots, carry_over, passed_over, "
            "reason, note, operator, loaded_at, recorded_at) "
            "SELECT gen_random_uuid(), r.flow_cell_id, 9, 'wash', '', '{}', '{}', '{}', '', '', 'alice', $2, $2 "
            "FROM sequencing_run r WHERE r.code = $1",
            run["code"],
            datetime(2026, 11, 1, 10, tzinfo=UTC),
        )
    said = await _forecast(made, run)
    assert said["reload_minute"] == 600
    assert said["horizons"][0]["gb"] == pytest.approx(0.36, rel=0.1), "0.6 Gb an hour came before the wash"


async def test_a_run_that_is_none_and_people_who_see_no_runs(product: Product) -> None:
    made = await pooling(product)
    for what in ("forecast", "comparison"):
        assert (await made.manager.get(f"/api/runs/R26-999999/{what}")).status_code == 404
        submitter = await product.client("submitter")
        assert (await submitter.get(f"/api/runs/R26-000001/{what}")).status_code == 403

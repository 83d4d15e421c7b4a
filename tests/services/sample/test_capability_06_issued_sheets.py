"""Capability 6: one pool has a sheet for each of four tools, and a changed pool makes an issued sheet stale."""

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.services.sample.planning import RUNS, planned, post
from tests.services.sample.pooled import pooling

PROFILES = ["minknow_ui", "minknow_api", "dorado", "epi2me"]


async def test_capability_06_one_pool_has_a_sheet_for_each_of_four_tools(product: Product) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(11, 12))
    preview = checked(await made.manager.get(f"{RUNS}/{run['code']}/sheets"))
    assert preview["state"] == "none"
    assert [(sheet["profile"], sheet["accepted"]) for sheet in preview["sheets"]] == [(name, True) for name in PROFILES]

    issued = checked(await post(made, run, "sheets"))

    assert issued["state"] == "sheet_issued"
    kept = checked(await made.manager.get(f"{RUNS}/{run['code']}/issued-sheets"))["items"]
    assert sorted(sheet["profile"] for sheet in kept) == sorted(PROFILES)
    for sheet in kept:
        verdict = await made.manager.post(
            "/api/runs/sheet-checks", json={"profile": sheet["profile"], "text": sheet["text"]}
        )
        assert checked(verdict)["findings"] == []
    assert checked(await made.manager.get(f"{RUNS}/{run['code']}/sheets"))["state"] == "current"


async def test_capability_06_a_changed_pool_makes_the_issued_sheet_stale(product: Product) -> None:
    made = await pooling(product)
    first, second = [await made.library(await made.sample(), number) for number in (13, 14)]
    pool = await made.pool(first, state="fixed")
    run = await planned(made, pool)
    checked(await post(made, run, "sheets"))
    path = f"/api/pools/{pool['code']}"
    draft = await made.step(path, "draft", reason="One was forgotten.")
    parts = [{"library": library["code"], "volume_ul": 2.0} for library in (first, second)]
    checked(await made.manager.patch(path, json={"components": parts}, headers=seen(draft)))

    assert checked(await made.manager.get(f"{RUNS}/{run['code']}/sheets"))["state"] == "stale"
    gate = checked(await made.manager.get(f"{RUNS}/{run['code']}/gate"))
    (start,) = [way for way in gate["ways"] if way["to"] == "starting"]
    assert "stale" in next(want["message"] for want in start["wants"] if want["code"] == "sheet-current")
    checked(await post(made, run, "sheets"))
    assert checked(await made.manager.get(f"{RUNS}/{run['code']}/sheets"))["state"] == "current"

"""What instruments tell is kept once, matched as folders are, and counts for samples until a folder replaces it."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.runfolders import folders as reader
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.services.sample.live_ticks import jobs
from tests.harness.product import Product, checked
from tests.runfolders import made as folders
from tests.runfolders import vintages
from tests.services.sample.desk import seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.telling import LIVE, live, run_told, tell, telling, tick

SHARES = {"barcode01": 0.6, "barcode02": 0.3, "unclassified": 0.1}


async def _sample(made: Pooling, run: Any, barcode: str = "barcode01") -> str:
    found = (await live(made, run))["barcodes"]
    return str(next(each["sample"] for each in found if each["barcode"] == barcode))


async def test_a_minute_that_comes_again_counts_once_and_the_answer_says_what_is_missing(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run)
    (known,) = await tell(agent, telling(run["position"], told))
    assert (known["minute"], known["standing"], known["run"]) == (None, "matched", run["code"])
    ticks = [tick(minute, SHARES) for minute in range(200)]
    (known,) = await tell(agent, telling(run["position"], told | {"ticks": ticks}))
    (again,) = await tell(agent, telling(run["position"], told | {"ticks": ticks[50:]}))
    assert known["minute"] == again["minute"] == 199
    found = await live(made, run)
    assert (found["minute"], found["pass_bases"]) == (199, ticks[-1]["pass_bases"])
    assert [(each["barcode"], each["kind"]) for each in found["barcodes"]] == [
        ("barcode01", "expected"), ("barcode02", "expected"), ("unclassified", "unclassified"),
    ]  # fmt: skip
    path, minutes, after = f"/api/runs/{run['code']}/live/minutes", [], None
    while True:
        page = checked(await made.manager.get(path, params={"limit": 100} | ({"after": after} if after else {})))
        minutes += [each["minute"] for each in page["items"]]
        if not (after := page.get("next")):
            break
    assert minutes == list(range(200))


async def test_what_channels_did_adds_up_to_no_more_than_all_of_their_time(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    scanned, unsaid = {"pore": 0.9}, dict[str, float]()
    ticks = [tick(n, SHARES) | {"pores": scanned} if n % 2 else tick(n, SHARES) for n in range(900)]
    ticks[-1] |= {"pores": unsaid}
    told = run_told(run)
    for first in range(0, 900, 250):
        await tell(agent, telling(run["position"], told | {"ticks": ticks[first : first + 250]}))
    points = (await live(made, run))["points"]
    assert {round(each["strand"], 2) for each in points[1:-1]} == {0.23, 0.47}, "three minutes each: a scan has none"
    assert max(each["strand"] + each["adapter"] + each["pore"] for each in points) < 1


async def test_live_reads_count_until_the_folder_replaces_them_and_never_twice(
    product: Product, tmp_path: Path
) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run, [tick(600, SHARES)])
    await tell(agent, telling(run["position"], told))
    sample = await _sample(made, run)
    path = f"/api/samples/{sample}/yield"
    first = checked(await made.manager.get(path))
    assert first["pass_bases"] == first["live_bases"] == int(tick(600, SHARES)["pass_bases"] * 0.6)
    assert first["runs"] == first["live_runs"] == [run["code"]]
    assert "told live by" in first["sentence"]

    said = {
        "protocol_group_id": run["experiment_id"],
        "sample_id": run["sample_id"],
        "flow_cell_id": run["flow_cell"],
        "position": run["position"],
        "protocol_run_id": told["protocol_run_id"],
    }
    reading = reader.read(folders.folder(tmp_path, vintages.draw(500), **said), Cache(tmp_path / "cache"))
    body = {"reader": "bench", "reading": msgspec.to_builtins(reading)}
    taken = checked(await made.manager.post("/api/runs/acquisitions", json=body))
    assert (taken["run"], taken["state"]) == (run["code"], "complete")
    then = checked(await made.manager.get(path))
    assert (then["live_bases"], then["live_runs"]) == (0, [])
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"sample": sample}))["items"]
    assert then["pass_bases"] == sum(each["pass_bases"] for each in sets) > 0
    assert (await live(made, run))["counts"] is False

    await tell(agent, telling(run["position"], told | {"ticks": [tick(601, SHARES)]}))
    assert checked(await made.manager.get(path))["pass_bases"] == then["pass_bases"], "a late minute adds nothing"


async def test_a_run_that_was_renamed_waits_for_a_person_and_is_nobodys_until_then(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run, [tick(300, SHARES)], sample_id="typed_by_hand")
    (known,) = await tell(agent, telling(run["position"], told))
    assert (known["standing"], known["run"]) == ("unmatched", None)
    assert (await live(made, run))["state"] == "none"
    queue = "/api/runs/acquisitions"
    asked = {"standing": "unmatched", "q": run["experiment_id"]}
    (waiting,) = checked(await made.manager.get(queue, params=asked))["items"]
    assert (waiting["state"], waiting["candidates"][0]["differs"]) == ("live", ["sample_id"])
    said = {"run": run["code"], "reason": "It was renamed at the instrument."}
    path = f"{queue}/{waiting['id']}"
    matched = checked(await made.manager.post(f"{path}/run", json=said, headers=seen(waiting)))
    sample = await _sample(made, run)
    assert checked(await made.manager.get(f"/api/samples/{sample}/yield"))["live_runs"] == [run["code"]]
    aside = await made.manager.post(f"{path}/aside", json={"reason": "It was a test."}, headers=seen(matched))
    assert checked(aside)["standing"] == "aside"
    assert checked(await made.manager.get(f"/api/samples/{sample}/yield"))["runs"] == []


async def test_what_is_silent_or_unreachable_is_told_with_its_moment(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run, [tick(60, SHARES)])
    await tell(agent, telling(run["position"], told))
    assert (await live(made, run))["state"] == "running"
    ago = datetime.now(UTC) - timedelta(minutes=20)
    async with product.db("sample") as db:
        await db.execute("UPDATE live_acquisition SET data_at = $1 WHERE run_id = $2", ago, told["acquisition_run_id"])
    found = await live(made, run)
    assert found["state"] == "no_data"
    assert datetime.fromisoformat(found["since"]) == ago
    sick = telling(run["position"])
    sick["positions"][0] |= {"state": "unreachable", "sentence": "Its software does not answer.", "runs": []}
    await tell(agent, sick)
    found = await live(made, run)
    assert (found["state"], found["sentence"]) == ("unreachable", "Its software does not answer.")
    lost = telling(run["position"], reached=False, sentence="MinKNOW does not answer.", core_version="")
    await tell(agent, lost | {"positions": []})
    found = await live(made, run)
    assert (found["state"], found["sentence"]) == ("unreachable", "MinKNOW does not answer.")
    async with product.db("sample") as db:
        await db.execute("UPDATE live_host SET heard_at = $1 WHERE host = $2", ago, lost["host"])
    assert (await live(made, run))["state"] == "silent"
    listed = checked(await made.manager.get("/api/runs/live/positions", params={"host": lost["host"]}))["items"]
    assert [(each["live"], each["run"], each["name"]) for each in listed] == [("silent", run["code"], run["position"])]
    await tell(agent, telling(run["position"], told | {"state": "completed", "ended_at": "2026-11-01T10:00:00Z"}))
    assert (await live(made, run))["state"] == "ended"


async def test_the_token_of_an_agent_may_tell_and_nothing_else(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    told = telling("MN99999")
    assert (await made.manager.post(LIVE, json=told)).status_code == 403
    for path in ("/api/runs", "/api/samples", "/api/runs/live/positions", "/api/runs/acquisitions"):
        assert (await agent.get(path)).status_code == 403


async def test_minutes_that_cannot_be_are_refused_whole(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    good, twice = tick(1, SHARES), tick(1, SHARES)
    more = tick(2, SHARES) | {"pass_bases": 10**12}
    for ticks in ([good, twice], [tick(2, SHARES), good], [good, more]):
        answer = await agent.post(LIVE, json=telling(run["position"], run_told(run, ticks)))
        assert answer.status_code == 422
        assert "Nothing was changed." in answer.json()["detail"]
    assert (await live(made, run))["state"] == "none"


async def test_pages_are_told_of_a_run_each_half_hour_of_it_and_not_each_minute(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run)
    for minute in range(0, 61, 10):
        await tell(agent, telling(run["position"], told | {"ticks": [tick(minute, SHARES)]}))
    assert await _told(product, made, run) == 3


async def _told(product: Product, made: Pooling, run: Any) -> int:
    """Return how often pages were told of a run, once everything until now is in the audit log."""
    body = {"criteria": {"runtime": 3600}}
    checked(await made.manager.post(f"/api/runs/{run['code']}/stop-criteria", json=body))
    auditor = await product.client("auditor")

    async def entries(kind: str) -> list[Any]:
        asked = {"object_id": run["id"], "type": kind}
        return list(checked(await auditor.get("/api/audit/entries", params=asked))["items"])

    await product.eventually(lambda: entries("run.stop_confirmed"))
    return len(await entries("run.ticked"))


async def test_a_person_confirms_when_a_run_shall_end_and_nothing_is_sent(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    await tell(agent, telling(run["position"], run_told(run, [tick(60, SHARES)])))
    path = f"/api/runs/{run['code']}"
    suggestion = checked(await made.manager.get(f"{path}/stop-suggestion"))
    assert suggestion["criteria"] is None
    assert suggestion["sentence"].startswith("Nothing is suggested")
    refused = await made.manager.post(f"{path}/stop-criteria", json={"criteria": {}})
    assert refused.status_code == 422
    asked = {"criteria": {"passed_basecalled_bases": 5_000_000_000, "runtime": 86_400}, "note": secrets.token_hex(2)}
    made_it = checked(await made.manager.post(f"{path}/stop-criteria", json=asked))
    listed = checked(await made.manager.get(f"{path}/stop-criteria"))["items"]
    assert [each["id"] for each in listed] == [made_it["id"]]
    assert listed[0]["criteria"]["runtime"] == 86_400
    assert (listed[0]["proposed"], listed[0]["note"]) == (None, asked["note"])


async def test_pages_are_told_once_that_nothing_new_comes(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run, [tick(60, SHARES)])
    await tell(agent, telling(run["position"], told))
    async with product.db("sample") as db:
        query = "UPDATE live_acquisition SET data_at = $1, told_at = $1 WHERE run_id = $2"
        await db.execute(query, datetime.now(UTC) - timedelta(minutes=6), told["acquisition_run_id"])
    for _ in range(2):
        await jobs.tell_quiet(product.runtimes["sample"])
    assert await _told(product, made, run) == 2


async def test_minutes_of_long_ago_are_dropped_and_the_totals_stay(product: Product) -> None:
    made, agent = await pooling(product), await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    told = run_told(run, [tick(minute, SHARES) for minute in range(60)])
    await tell(agent, telling(run["position"], told))
    await jobs.drop_old(product.runtimes["sample"])
    assert len((await live(made, run))["points"]) == 60
    async with product.db("sample") as db:
        query = "UPDATE live_acquisition SET data_at = $1 WHERE run_id = $2"
        await db.execute(query, datetime.now(UTC) - timedelta(days=31), told["acquisition_run_id"])
    await jobs.drop_old(product.runtimes["sample"])
    found = await live(made, run)
    assert (found["points"], found["minute"]) == ([], 59)
    assert found["pass_bases"] == tick(59, SHARES)["pass_bases"]

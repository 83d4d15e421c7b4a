"""Runs find their plan by all of their ids; one that was renamed waits for a person and becomes no new record."""

import asyncio
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.harness.product import Product, checked
from tests.runfolders import made as folders
from tests.runfolders import vintages
from tests.services.sample.desk import seen
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling

READS = vintages.draw(400)
FOLDERS = "/api/runs/acquisitions"
RENAMED = "11111111-2222-4333-8444-555555555555"


async def commanded(product: Product, client: httpx.AsyncClient, *arguments: object) -> tuple[int, str, str]:
    """Run a command as a facility does and return its exit code, what it said, and what it said went wrong."""
    token = client.headers["authorization"].removeprefix("Bearer ")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nanopore_tracking", *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "NANOPORE_URL": product.base_url, "NANOPORE_TOKEN": token},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def _ids(run: Any, protocol_run_id: str, **other: str) -> dict[str, Any]:
    said = {"protocol_group_id": run["experiment_id"], "sample_id": run["sample_id"], "flow_cell_id": run["flow_cell"]}
    return said | {"position": run["position"], "protocol_run_id": protocol_run_id} | other


async def _found(made: Pooling, text: str) -> Any:
    return checked(await made.manager.get(FOLDERS, params={"q": text}))["items"]


async def test_a_watched_folder_is_matched_read_once_and_a_renamed_one_waits(product: Product, tmp_path: Path) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2))
    root, cache = tmp_path / "data", tmp_path / "cache"
    one, two = root / run["experiment_id"] / "a", root / run["experiment_id"] / "b"
    right = folders.folder(one, READS, program="dorado-1.4", **_ids(run, vintages.PROTOCOL_RUN))
    folders.folder(two, READS, **_ids(run, RENAMED, sample_id="typed_by_hand"))
    (root / "broken").mkdir()
    (root / "broken" / "sequencing_summary.txt").write_bytes(b"\x00\x01")

    watch = ("watch", root, "--once", "--cache", cache)
    code, out, err = await commanded(product, made.manager, *watch)
    assert (code, err) == (0, "")
    assert f"It is the run {run['code']}." in out
    assert f"It may be the run {run['code']} (it differs in sample id)." in out
    assert "Nothing in this folder says which run it is of" in out
    again = await commanded(product, made.manager, *watch)
    assert again == (0, "", ""), "what was sent is not read again"

    items = await _found(made, run["experiment_id"])
    assert sorted(item["standing"] for item in items) == ["matched", "unmatched"]
    matched = next(item for item in items if item["standing"] == "matched")
    assert (matched["run"], matched["reads"], matched["state"]) == (run["code"], 400, "complete")
    await _has_reads_by_sample(made, run)
    await _a_person_says(made, run, next(item for item in items if item["standing"] == "unmatched"))

    next(right.glob("final_summary*")).unlink()
    assert "still being written" in (await commanded(product, made.manager, *watch))[1]
    history = checked(await made.manager.get(f"{FOLDERS}/{matched['id']}/readings"))["items"]
    assert [each["state"] for each in history] == ["writing", "complete"]
    now = checked(await made.manager.get(f"{FOLDERS}/{matched['id']}"))
    assert (now["run"], now["experiment_id"]) == (run["code"], run["experiment_id"]), "what was known stays known"


async def _has_reads_by_sample(made: Pooling, run: Any) -> None:
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"]}))["items"]
    kinds = {each["barcode"]: each["kind"] for each in sets}
    assert kinds == {
        "barcode01": "expected",
        "barcode02": "expected",
        "barcode03": "unexpected",
        "unclassified": "unclassified",
    }
    first = next(each for each in sets if each["barcode"] == "barcode01")
    assert first["bases"] == sum(read.length for read in READS if read.barcode == "barcode01")
    mine = checked(await made.manager.get("/api/runs/read-sets", params={"sample": first["sample"]}))["items"]
    assert [each["barcode"] for each in mine] == ["barcode01"]
    odd = checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]
    assert {(each["code"], each["barcode"]) for each in odd} == {
        ("CROSS_TALK_OR_MISLABEL", "barcode03"),
        ("UNCLASSIFIED_SHARE", ""),
        ("MODEL_UNKNOWN", ""),
    }
    given = checked(await made.manager.get(f"/api/samples/{first['sample']}/yield"))
    assert (given["state"], given["runs"], given["pass_bases"]) == ("no_target", [run["code"]], first["pass_bases"])


async def _a_person_says(made: Pooling, run: Any, waiting: Any) -> None:
    assert (waiting["candidates"][0]["run"], waiting["candidates"][0]["differs"]) == (run["code"], ["sample_id"])
    path = f"{FOLDERS}/{waiting['id']}"
    refused = await made.manager.post(f"{path}/run", json={"run": run["code"]}, headers=seen(waiting))
    assert refused.status_code == 422
    said = {"run": run["code"], "reason": "The sample was renamed after a crash."}
    now = checked(await made.manager.post(f"{path}/run", json=said, headers=seen(waiting)))
    assert (now["standing"], now["run"], now["match_reason"]) == ("matched", run["code"], said["reason"])


async def test_each_acquisition_of_a_folder_is_of_its_own_and_vanishes_with_it(
    product: Product, tmp_path: Path
) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2))
    other, own = secrets.token_hex(20), secrets.token_hex(20)
    protocol_run_id = f"{secrets.token_hex(4)}-2222-4333-8444-555555555555"
    folder = folders.folder(tmp_path / "data", READS, **_ids(run, protocol_run_id, acquisition_run_id=own))
    (summary,) = folder.glob("sequencing_summary*")
    vintages.join(summary, "minknow-24.11", {own: READS[:100], other: READS[100:]})
    watch = ("watch", tmp_path / "data", "--once", "--cache", tmp_path / "cache")
    code, out, err = await commanded(product, made.manager, *watch)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert f"{own[:8]}: The run is complete: 100 reads" in lines[0]
    assert lines[0].endswith(f"It is the run {run['code']}.")
    assert f"{other[:8]}: " in lines[1]
    assert "No planned run is like it." in lines[1]

    items = {each["acquisition_run_id"]: each for each in await _found(made, folder.name)}
    assert {name: (each["standing"], each["reads"]) for name, each in items.items()} == {
        own: ("matched", 100),
        other: ("unmatched", 300),
    }
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"]}))["items"]
    assert sum(each["reads"] for each in sets) == 100, "the reads of the other run are not this one's"
    said = {"run": run["code"], "reason": "It went on after a crash."}
    path = f"{FOLDERS}/{items[other]['id']}/run"
    checked(await made.manager.post(path, json=said, headers=seen(items[other])))
    sets = checked(await made.manager.get("/api/runs/read-sets", params={"run": run["code"]}))["items"]
    assert sum(each["reads"] for each in sets) == 400
    assert len({each["basecall_id"] for each in sets}) == 2

    shutil.rmtree(folder)
    assert (await commanded(product, made.manager, *watch))[0] == 0
    assert {each["state"] for each in await _found(made, folder.name)} == {"vanished"}


async def test_a_folder_that_is_no_planned_run_is_set_aside_with_a_reason(product: Product, tmp_path: Path) -> None:
    made = await pooling(product)
    protocol_run_id = "22222222-2222-4333-8444-555555555555"
    folder = folders.folder(tmp_path, READS, protocol_group_id="a-test-of-mine", protocol_run_id=protocol_run_id)
    code, out, err = await commanded(product, made.manager, "ingest", folder, "--cache", tmp_path / "cache")
    assert (code, err) == (0, "")
    assert "400 reads" in out
    (found,) = await _found(made, "a-test-of-mine")
    path = f"{FOLDERS}/{found['id']}"
    aside = await made.manager.post(f"{path}/aside", json={"reason": "A test of the device."}, headers=seen(found))
    assert checked(aside)["standing"] == "aside"
    figures = checked(await made.manager.get(f"{path}/figures"))["reading"]["summary"]
    assert figures["whole"]["bases"] == sum(read.length for read in READS)
    code, _, err = await commanded(
        product, made.manager, "ingest", tmp_path / "not-there", "--cache", tmp_path / "cache"
    )
    assert (code, err) == (1, "Nothing was sent.\n")

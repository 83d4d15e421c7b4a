"""Capability 13: what is not in the table of states is refused by every entry; overrides need reason and permission."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.barcodes.model import Shelf
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.chain.model import Asked, Stands
from nanopore_tracking.services.sample.libraries import model as libraries
from nanopore_tracking.services.sample.pools import model as pools
from tests.harness.laboratory import LIBRARY
from tests.harness.product import Product, checked
from tests.harness.samples import CATALOGUE
from tests.services.sample.desk import Desk, opened, seen

#: Every way that the specification names, and the ways out and back; what is not in here is refused.
ALLOWED: dict[str, dict[str, set[str]]] = {
    "library": {
        "planned": {"prepared", "discarded"},
        "prepared": {"qc_passed", "qc_failed", "planned", "discarded"},
        "qc_failed": {"prepared", "discarded"},
        "qc_passed": {"pooled", "qc_failed", "exhausted", "discarded"},
        "pooled": {"qc_passed", "exhausted", "discarded"},
        "exhausted": set(),
        "discarded": set(),
    },
    "pool": {
        "draft": {"fixed"},
        "fixed": {"qc_passed", "draft"},
        "qc_passed": {"loaded", "fixed", "exhausted"},
        "loaded": {"exhausted"},
        "exhausted": set(),
    },
}
TABLES = {"library": libraries.WAYS, "pool": pools.WAYS}
PAIRS = [(noun, state, to) for noun, states in ALLOWED.items() for state in states for to in (*states, "nowhere")]


def _facts(noun: str) -> Any:
    empty: dict[str, Any] = dict.fromkeys(
        (*libraries.PREPARATION, *libraries.MEASURED) if noun == "library" else (*pools.SAID, *pools.MEASURED)
    )
    ids: dict[str, Any] = {"id": UUID(int=1), "code": "X", "state": "x", "state_reason": "", "version": 1, "used_ul": 0}
    if noun == "library":
        library = libraries.Library(**{**empty, **ids, "lab_id": UUID(int=2), "kit": "SQK-LSK114"})
        return libraries.Facts(library=library, kit=None, today=date(2026, 11, 24))
    pool = pools.Pool(**{**empty, **ids, "buffer_ul": 0})
    return pools.Facts(pool=pool, shelf=Shelf(catalogue=CATALOGUE, sets=[]))


@pytest.mark.parametrize(("noun", "state", "to"), PAIRS)
def test_capability_13_every_pair_that_is_not_listed_is_refused(noun: str, state: str, to: str) -> None:
    thing = Stands(noun=noun, id=UUID(int=1), code="X26-000001", state=state, version=1)
    asked = Asked(to=to, reason="Because.", override=True, may_override=True)
    try:
        chain.decide(thing, asked, table=TABLES[noun], facts=_facts(noun))
        refused = None
    except errors.Conflict as conflict:
        refused = conflict.type

    assert (refused == "not-allowed") == (to not in ALLOWED[noun][state])


async def _prepared(desk: Desk, manager: httpx.AsyncClient, **said: Any) -> Any:
    sample = checked(await desk.staff.post("/api/samples", json={"project_id": desk.project_id, "name": "HB27"}))
    for to in ("received", "sample_qc", "library_prep"):
        body = {"to": to, "reason": "A test.", "override": True}
        sample = checked(
            await manager.post(f"/api/samples/{sample['id']}/transitions", json=body, headers=seen(sample))
        )
    asked = {"sources": [{"sample": sample["code"]}], "prepared": True, **LIBRARY, **said}
    return checked(await desk.staff.post("/api/libraries", json=asked))


async def _measured(desk: Desk, path: str, *, volume_ul: float = 20.0) -> None:
    for quantity, value, unit, method in (
        ("concentration", 10.0, "ng_per_ul", "qubit_hs"),
        ("volume", volume_ul, "ul", "pipette"),
        ("fragment_mean_bp", 5000.0, "bp", "tapestation"),
    ):
        body = {"quantity": quantity, "value": value, "unit": unit, "method": method}
        checked(await desk.staff.post(f"{path}/measurements", json=body))


async def _step(client: httpx.AsyncClient, path: str, to: str, **said: Any) -> httpx.Response:
    now = checked(await client.get(path))
    return await client.post(f"{path}/transitions", json={"to": to, **said}, headers=seen(now))


async def test_capability_13_a_library_goes_its_way_only_through_its_gates(product: Product) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    library = await _prepared(desk, manager)
    path = f"/api/libraries/{library['code']}"
    assert library["state"] == "prepared"

    refused = await _step(desk.staff, path, "qc_passed")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "gate-not-met")
    assert [item["code"] for item in refused.json()["missing"]] == ["concentration", "volume", "fragment"]
    skipped = await _step(manager, path, "pooled", override=True, reason="Quickly.")
    assert (skipped.status_code, skipped.json()["allowed"]) == (409, ["qc_passed", "qc_failed", "planned", "discarded"])
    assert (await _step(desk.staff, path, "qc_passed", override=True, reason="Please.")).status_code == 403
    assert (await _step(manager, path, "qc_passed", override=True)).status_code == 422
    assert (await _step(desk.staff, path, "qc_failed")).status_code == 422
    assert checked(await desk.staff.get(path))["state"] == "prepared"

    passed = checked(await _step(manager, path, "qc_passed", override=True, reason="The Qubit is at the workshop."))
    assert passed["state"] == "qc_passed"
    history = checked(await desk.staff.get(f"{path}/transitions"))["items"]
    assert (history[0]["missing"], history[0]["reason"]) == (
        ["concentration", "volume", "fragment"],
        "The Qubit is at the workshop.",
    )


async def test_capability_13_a_pool_takes_what_is_there_and_its_libraries_with_it(product: Product) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    codes = []
    for number in (1, 2):
        made = await _prepared(desk, manager, kit="SQK-NBD114-24", barcodes=[{"barcode": f"barcode{number:02d}"}])
        codes.append(made["code"])
    pool = checked(await desk.staff.post("/api/pools", json={"components": [{"library": code} for code in codes]}))
    path = f"/api/pools/{pool['code']}"

    early = await _step(manager, path, "fixed", override=True, reason="Quickly.")
    assert [item["code"] for item in early.json()["missing"]] == ["libraries-passed", "volumes"]
    for code in codes:
        await _measured(desk, f"/api/libraries/{code}")
        checked(await _step(desk.staff, f"/api/libraries/{code}", "qc_passed"))
    dosed = checked(await desk.staff.get(f"{path}/equimolar", params={"target_fmol": 30, "target_volume_ul": 20}))
    assert (dosed["reached"], dosed["amount_fmol"]) == (True, pytest.approx(30))
    doses = [{"library": dose["library"], "volume_ul": dose["volume_ul"]} for dose in dosed["doses"]]
    now = checked(await desk.staff.get(path))
    body = {"components": doses, "buffer_ul": dosed["buffer_ul"]}
    checked(await desk.staff.patch(path, json=body, headers=seen(now)))
    listed = await desk.staff.get(f"{path}/pipetting.csv")
    assert listed.text.splitlines()[1].startswith(f"1,libraries_1,A1,{codes[0]},S")

    fixed = checked(await _step(desk.staff, path, "fixed"))
    assert [item["library_state"] for item in fixed["components"]] == ["pooled", "pooled"]
    assert fixed["planned_fmol"] == pytest.approx(30)
    left = checked(await desk.staff.get(f"/api/libraries/{codes[0]}"))["left_ul"]
    assert left == pytest.approx(20 - doses[0]["volume_ul"])
    late = await desk.staff.patch(path, json={"components": []}, headers=seen(fixed))
    assert (late.status_code, "only while it is a draft" in late.json()["detail"]) == (409, True)
    assert (await _step(desk.staff, f"/api/libraries/{codes[0]}", "qc_passed")).status_code == 409

    await _loaded_only_by_a_load(desk, manager, path)
    opened_again = checked(await _step(desk.staff, path, "draft", reason="One library is the wrong one."))
    assert [item["library_state"] for item in opened_again["components"]] == ["qc_passed", "qc_passed"]
    assert checked(await desk.staff.get(f"/api/libraries/{codes[0]}"))["left_ul"] == pytest.approx(20)


async def _loaded_only_by_a_load(desk: Desk, manager: httpx.AsyncClient, path: str) -> None:
    """Pass the QC of a fixed pool, try to load it without a load, and take its QC back."""
    assert (await _step(desk.staff, path, "qc_passed")).status_code == 409
    await _measured(desk, path)
    checked(await _step(desk.staff, path, "qc_passed"))
    unloaded = await _step(manager, path, "loaded", override=True, reason="It was.")
    assert [item["code"] for item in unloaded.json()["missing"]] == ["load"]
    checked(await _step(desk.staff, path, "fixed", reason="Measured wrongly."))


async def test_capability_13_never_more_is_pooled_than_there_is(product: Product) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    code = (await _prepared(desk, manager))["code"]
    await _measured(desk, f"/api/libraries/{code}", volume_ul=10.0)
    checked(await _step(desk.staff, f"/api/libraries/{code}", "qc_passed"))
    paths = []
    for _ in range(2):
        asked = {"components": [{"library": code, "volume_ul": 6}]}
        paths.append(f"/api/pools/{checked(await desk.staff.post('/api/pools', json=asked))['code']}")

    checked(await _step(desk.staff, paths[0], "fixed"))
    refused = await _step(manager, paths[1], "fixed", override=True, reason="It will do.")

    assert [item["code"] for item in refused.json()["missing"]] == ["enough"]
    assert "4 µL are left" in refused.json()["missing"][0]["message"]


async def test_capability_13_a_batch_asks_the_same_gates_row_by_row(product: Product) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    ready = [(await _prepared(desk, manager))["sample_codes"][0] for _ in range(2)]
    waiting = checked(await desk.staff.post("/api/samples", json={"project_id": desk.project_id, "name": "W"}))["code"]
    pool = checked(await desk.staff.post("/api/pools", json={}))["code"]
    asked = {"samples": [ready[0], waiting, "S00-000000", ready[1]], "kit": "SQK-RBK114.24", "first_barcode": 23}

    batch = checked(await desk.staff.post("/api/libraries/batch", json={**asked, "pool": pool}))
    again = checked(await desk.staff.post("/api/libraries/batch", json={**asked, "first_barcode": 24}))

    assert [row["barcode"] for row in batch["rows"]] == ["barcode23", None, None, "barcode24"]
    assert (batch["made"], batch["refused"]) == (2, 2)
    assert "libraries are prepared at library_prep" in batch["rows"][1]["message"]
    assert "none is left for" in again["rows"][3]["message"]
    shown = checked(await desk.staff.get(f"/api/pools/{pool}"))
    assert [item["barcode"] for item in shown["barcodes"]] == ["barcode23", "barcode24"]
    gate = checked(await desk.staff.get(f"/api/pools/{pool}/gate"))
    few = [want for way in gate["ways"] for want in way["wants"] if want["code"] == "few-barcodes"]
    assert (few[0]["severity"], "at least 4" in few[0]["message"]) == ("warn", True)


async def test_a_submitter_sees_only_what_is_of_their_lab(product: Product) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    library = await _prepared(desk, manager, kit="SQK-NBD114-24", barcodes=[{"barcode": "barcode03"}])
    pool = checked(await desk.staff.post("/api/pools", json={"components": [{"library": library["code"]}]}))

    mine = checked(await desk.submitter.get(f"/api/pools/{pool['code']}"))
    assert mine["components"][0]["library"] == library["code"]
    for path in (f"/api/pools/{pool['code']}", f"/api/libraries/{library['code']}"):
        assert (await desk.stranger.get(path)).status_code == 404
    assert checked(await desk.stranger.get("/api/libraries"))["items"] == []
    assert checked(await desk.stranger.get("/api/pools"))["items"] == []
    assert (await desk.submitter.post("/api/pools", json={})).status_code == 403


async def test_who_says_that_a_planned_library_is_prepared_is_its_operator_where_nobody_else_is(
    product: Product,
) -> None:
    desk, manager = await opened(product), await product.client("facility_manager")
    samples = [(await _prepared(desk, manager))["sample_codes"][0] for _ in range(2)]
    how = {"kit": "SQK-RBK114.24", "kit_lot": "L1", "lot_expires_on": "2099-12-31", "protocol_version": "RBK_9176_revS"}
    asked = {"samples": samples, "input_ng": 200, **how}
    batch = checked(await desk.staff.post("/api/libraries/batch", json=asked))
    first, second = [f"/api/libraries/{row['library']}" for row in batch["rows"]]
    now = checked(await desk.staff.get(second))
    checked(await desk.staff.patch(second, json={"operator": "Kit"}, headers=seen(now)))

    done = [checked(await _step(desk.staff, path, "prepared")) for path in (first, second)]

    assert (done[0]["operator"].startswith("Person"), done[1]["operator"]) == (True, "Kit")
    assert all(each["state"] == "prepared" and each["finished_at"] for each in done)

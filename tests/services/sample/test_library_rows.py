"""Many libraries at once: each through its own gate, each cell says what is wrong with it, and one undo."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.chain.model import Asked, decide
from nanopore_tracking.services.sample.libraries import model as libraries
from nanopore_tracking.services.sample.library_changes.model import BACK
from tests.harness.product import Product, checked
from tests.services.sample.desk import seen as seen_at
from tests.services.sample.pooled import KIT, Pooling, pooling

STEPS, GRID = "/api/libraries/transitions", "/api/libraries/measurements"


@pytest.fixture
async def made(product: Product) -> Pooling:
    """A project and a manager."""
    return await pooling(product)


async def _planned(made: Pooling, barcode: int, **said: Any) -> Any:
    asked = {
        "sources": [{"sample": (await made.sample())["code"]}],
        "kit": KIT,
        "kit_lot": "L-2026-31",
        "lot_expires_on": "2099-12-31",
        "input_ng": 200.0,
        "protocol_version": "RBK_9176_revS",
        "barcodes": [{"barcode": f"barcode{barcode:02d}"}],
        **said,
    }
    return checked(await made.manager.post("/api/libraries", json=asked))


async def _ahead(client: httpx.AsyncClient, *libraries: Any, **said: Any) -> Any:
    body = {"libraries": [each["code"] for each in libraries], "to": "prepared", **said}
    return checked(await client.post(f"{STEPS}/preview", json=body))


async def _set(client: httpx.AsyncClient, rows: Any, **said: Any) -> Any:
    seen = [{"library": row["library"], "version": row["version"]} for row in rows]
    return checked(await client.post(STEPS, json={"libraries": seen, "to": "prepared", **said}))


async def _state(made: Pooling, library: Any) -> str:
    return str(checked(await made.manager.get(f"/api/libraries/{library['code']}"))["state"])


async def test_what_is_looked_ahead_is_what_becomes_of_each(made: Pooling) -> None:
    good, bare = await _planned(made, 1), await _planned(made, 2, input_ng=None)
    ahead = await _ahead(made.manager, good, bare)
    assert [(row["outcome"], row["reason"]) for row in ahead["rows"]] == [("changed", ""), ("refused", "gate-not-met")]
    assert "The mass that went in is not recorded." in ahead["rows"][1]["message"]
    assert await _state(made, good) == "planned"
    done = await _set(made.manager, ahead["rows"])
    assert (done["changed"], done["refused"]) == (1, 1)
    assert done["rows"][1]["message"] == ahead["rows"][1]["message"]
    assert [await _state(made, each) for each in (good, bare)] == ["prepared", "planned"]


async def test_one_that_somebody_changed_since_is_named_and_stays(made: Pooling) -> None:
    first, second = await _planned(made, 1), await _planned(made, 2)
    ahead = await _ahead(made.manager, first, second)
    path = f"/api/libraries/{second['code']}"
    checked(await made.manager.patch(path, json={"operator": "Robin"}, headers=seen_at(second)))
    done = await _set(made.manager, ahead["rows"])
    assert [(row["library"], row["outcome"], row["reason"]) for row in done["rows"]] == [
        (first["code"], "changed", ""),
        (second["code"], "refused", "stale"),
    ]
    assert await _state(made, second) == "planned"


async def test_a_lot_with_one_reaction_is_enough_for_one_of_two(made: Pooling) -> None:
    lot = f"LOT-{made.project_id[:13]}"
    said = {"received_on": "2026-01-15", "expires_on": "2099-12-31"}
    asked = {"kit_code": KIT, "lot": lot, "category": "library_kit", "reactions_total": 1, **said}
    checked(await made.manager.post("/api/inventory/kit-lots", json=asked))
    both = [await _planned(made, number, kit_lot=lot) for number in (1, 2)]
    ahead = await _ahead(made.manager, *both)
    assert sorted(row["outcome"] for row in ahead["rows"]) == ["changed", "refused"]
    done = await _set(made.manager, ahead["rows"])
    assert [row["outcome"] for row in done["rows"]] == [row["outcome"] for row in ahead["rows"]]


async def test_what_one_may_not_pass_over_is_not_passed_over_for_many(made: Pooling, product: Product) -> None:
    bare = await _planned(made, 1, input_ng=None)
    technician = await product.client("technician")
    said = {"override": True, "reason": "Enough was there."}
    refused = await _ahead(technician, bare, **said)
    assert (refused["rows"][0]["outcome"], refused["rows"][0]["reason"]) == ("refused", "forbidden")
    assert (await _ahead(made.manager, bare, **said))["changed"] == 1
    assert (await (await product.client("viewer")).post(STEPS, json={})).status_code == 403


async def test_a_library_is_named_once_and_one_that_is_not_there_is_told(made: Pooling) -> None:
    one = await _planned(made, 1)
    twice = {"libraries": [one["code"], one["code"].lower()], "to": "prepared"}
    assert (await made.manager.post(f"{STEPS}/preview", json=twice)).status_code == 422
    done = await _set(made.manager, [{"library": "L00-000009", "version": 1}])
    assert [(row["outcome"], row["reason"]) for row in done["rows"]] == [("refused", "not-found")]


async def test_a_grid_records_what_is_right_and_says_what_is_wrong_with_each_cell(made: Pooling) -> None:
    good, typo = await _planned(made, 1), await _planned(made, 2)
    rows = [
        {
            "library": good["code"],
            "version": good["version"],
            "cells": {"qubit_ng_per_ul": "38,5", "volume_ul": "20", "fragment_mean_bp": "5000"},
        },
        {
            "library": typo["code"],
            "version": typo["version"],
            "cells": {"qubit_ng_per_ul": "4O", "fragment_mean_bp": "0"},
        },
        {"library": "L00-000009", "version": 1, "cells": {"volume_ul": "20"}},
    ]
    looked = checked(await made.manager.post(f"{GRID}/check", json={"rows": rows}))
    assert [row["outcome"] for row in looked["rows"]] == ["saved", "refused", "refused"]
    assert [problem["field"] for problem in looked["rows"][1]["problems"]] == ["qubit_ng_per_ul", "fragment_mean_bp"]
    said = checked(await made.manager.post(GRID, json={"rows": rows, "methods": {"qubit_ng_per_ul": "qubit_br"}}))
    assert (said["saved"], said["refused"]) == (1, 2)
    now = checked(await made.manager.get(f"/api/libraries/{good['code']}"))
    assert (now["conc_ng_per_ul"], now["volume_ul"], now["mean_fragment_bp"]) == (38.5, 20, 5000)
    assert said["rows"][0]["version"] == now["version"]
    (first, *_) = checked(await made.manager.get(f"/api/libraries/{good['code']}/measurements?sort=recorded"))["items"]
    assert first["method"] == "qubit_br"
    again = checked(await made.manager.post(GRID, json={"rows": rows[:1]}))
    assert again["rows"][0]["problems"][0]["message"].startswith("Somebody changed it")


async def _undo(made: Pooling, done: Any, **said: Any) -> httpx.Response:
    path = f"/api/libraries/bulk/{done['bulk_id']}"
    now = checked(await made.manager.get(path))
    return await made.manager.post(f"{path}/undo", json={"reason": "Ticked wrongly.", **said}, headers=seen_at(now))


async def test_what_was_set_is_set_back_but_for_what_went_on_since_and_only_once(made: Pooling) -> None:
    lot = f"LOT-{made.project_id[:13]}"
    said = {"received_on": "2026-01-15", "expires_on": "2099-12-31"}
    asked = {"kit_code": KIT, "lot": lot, "category": "library_kit", "reactions_total": 2, **said}
    made_lot = checked(await made.manager.post("/api/inventory/kit-lots", json=asked))
    first, second = [await _planned(made, number, kit_lot=lot) for number in (1, 2)]
    done = await _set(made.manager, (await _ahead(made.manager, first, second))["rows"])
    assert checked(await made.manager.get(f"/api/inventory/kit-lots/{made_lot['id']}"))["reactions_used"] == 2
    path = f"/api/libraries/{second['code']}"
    now = checked(await made.manager.get(path))
    body = {"to": "qc_failed", "reason": "It is cloudy."}
    checked(await made.manager.post(f"{path}/transitions", json=body, headers=seen_at(now)))

    undone = checked(await _undo(made, done))

    assert (undone["changed"], undone["refused"], undone["undoes"]) == (1, 1, done["bulk_id"])
    assert [await _state(made, each) for each in (first, second)] == ["planned", "qc_failed"]
    assert checked(await made.manager.get(f"/api/inventory/kit-lots/{made_lot['id']}"))["reactions_used"] == 1
    results = checked(await made.manager.get(f"/api/libraries/bulk/{undone['id']}/results"))["items"]
    assert {row["code"]: row["reason"] for row in results} == {first["code"]: "", second["code"]: "changed-since"}
    assert (await _undo(made, done)).json()["type"].endswith("done-already")
    assert (await _undo(made, {"bulk_id": undone["id"]})).json()["type"].endswith("not-allowed")


async def test_what_was_thrown_away_by_a_slip_is_there_again(made: Pooling) -> None:
    one = await _planned(made, 1)
    done = await _set(made.manager, [{"library": one["code"], "version": 1}], to="discarded", reason="It is empty.")
    assert await _state(made, one) == "discarded"
    assert (await _undo(made, done, reason=" ")).status_code == 422
    assert checked(await _undo(made, done))["changed"] == 1
    (last, *_) = checked(await made.manager.get(f"/api/libraries/{one['code']}/transitions"))["items"]
    assert (last["state"], last["reason"]) == ("planned", "Undo: Ticked wrongly.")


async def test_what_a_grid_measured_counts_no_more_after_its_undo(made: Pooling) -> None:
    one = await _planned(made, 1)
    rows = [{"library": one["code"], "version": 1, "cells": {"qubit_ng_per_ul": "38.5", "volume_ul": "20"}}]
    done = checked(await made.manager.post(GRID, json={"rows": rows}))
    (result,) = checked(await made.manager.get(f"/api/libraries/bulk/{done['bulk_id']}/results"))["items"]
    assert result["changes"] == {"qubit_ng_per_ul": [None, 38.5], "volume_ul": [None, 20]}
    assert checked(await _undo(made, done))["changed"] == 1
    now = checked(await made.manager.get(f"/api/libraries/{one['code']}"))
    assert (now["conc_ng_per_ul"], now["volume_ul"]) == (None, None)
    kept = checked(await made.manager.get(f"/api/libraries/{one['code']}/measurements?sort=recorded"))["items"]
    assert {item["invalid_reason"] for item in kept} == {"Undo: Ticked wrongly."}


def test_an_undo_does_not_take_a_library_out_of_a_pool_whose_mixture_is_fixed() -> None:
    empty: dict[str, Any] = dict.fromkeys((*libraries.PREPARATION, *libraries.MEASURED))
    ids: dict[str, Any] = {
        "id": UUID(int=1),
        "lab_id": UUID(int=2),
        "code": "L26-000001",
        "state_reason": "",
        "version": 1,
    }
    said = {**empty, **ids, "state": "qc_passed", "kit": KIT, "used_ul": 0, "fixed_pools": ("P26-000001",)}
    facts = libraries.Facts(library=libraries.Library(**said), kit=None, today=date(2026, 11, 24))
    asked = Asked(to="prepared", reason="Undo: ticked wrongly.")
    with pytest.raises(errors.Conflict, match="Open the pool"):
        decide(facts.library.stands, asked, table=BACK, facts=facts)
    with pytest.raises(errors.Conflict, match="cannot become prepared"):
        decide(facts.library.stands, asked, table=libraries.WAYS, facts=facts)

"""The handover of a delivery: a saga that follows what people do, delivers the samples, and tells the customer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened, seen
from tests.services.sample.test_capability_11_delivery import FILES, listed, prepared, ready, released

SAGAS = "/api/operations/sample/sagas"
ROBIN = {"requester_email": "robin.handover@lab.example"}
STEPS = ["freeze", "arrive", "decide", "release", "deliver", "tell"]


@pytest.fixture
async def desk(product: Product) -> Desk:
    return await opened(product)


@pytest.fixture
async def manager(product: Product) -> httpx.AsyncClient:
    return await product.client("facility_manager")


async def _shown(desk: Desk, delivery: Any) -> Any:
    return checked(await desk.staff.get(f"/api/deliveries/{delivery['code']}"))


async def _until(product: Product, desk: Desk, delivery: Any, holds: Callable[[Any], bool]) -> Any:
    async def look() -> Any:
        now = await _shown(desk, delivery)
        return now if now["handover"] and holds(now) else None

    return await product.eventually(look)


def _at(step: str, state: str) -> Callable[[Any], bool]:
    return lambda now: bool((now["handover"]["step"], now["handover"]["state"]) == (step, state))


def _is(state: str) -> Callable[[Any], bool]:
    return lambda now: bool(now["handover"]["state"] == state)


async def _move(client: httpx.AsyncClient, delivery: Any, to: str, **values: Any) -> Any:
    return checked(await client.post(f"/api/deliveries/{delivery['code']}/transitions", json={"to": to, **values}))


async def _look(desk: Desk, delivery: Any) -> None:
    asked = {"place": "/proj/lab", "files": listed(FILES)}
    assert checked(await desk.staff.post(f"/api/deliveries/{delivery['code']}/verifications", json=asked))["whole"]


async def _stage(desk: Desk, code: str) -> str:
    return str(checked(await desk.staff.get(f"/api/samples/{code}"))["stage"])


async def _letters(desk: Desk, submission: Any, kind: str) -> list[Any]:
    found = checked(await desk.staff.get("/api/mails", params={"submission_id": submission["id"]}))["items"]
    return [mail for mail in found if mail["kind"] == kind]


async def test_it_waits_for_the_files_and_for_the_release_then_delivers_and_tells(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    submission, code = await ready(desk, manager, **ROBIN)
    delivery = await prepared(desk, code)
    assert (await _shown(desk, delivery))["handover"] is None
    await _move(desk.staff, delivery, "copying")
    waiting = await _until(product, desk, delivery, _at("arrive", "waiting"))
    assert waiting["handover"]["done"] == ["freeze"]
    await _look(desk, delivery)
    await _until(product, desk, delivery, _at("decide", "waiting"))
    assert (await _stage(desk, code), await _letters(desk, submission, "released")) == ("data_delivery", [])
    await _move(manager, delivery, "released")
    done = await _until(product, desk, delivery, _is("completed"))
    assert (done["handover"]["done"], done["handover"]["left"], done["handover"]["mailed"]) == (STEPS, [], True)
    assert await _stage(desk, code) == "delivered"
    moved = checked(await desk.staff.get(f"/api/samples/{code}/transitions"))["items"][0]
    assert (moved["stage"], moved["changed_by"]) == ("delivered", delivery["created_by"]), "not the service's name"
    assert len(await _letters(desk, submission, "released")) == 1

    admin = await product.admin()
    saga = checked(await admin.get(f"{SAGAS}/{done['handover']['saga_id']}"))
    assert (saga["type"], saga["version"], saga["subject_code"]) == ("delivery_handover", 1, delivery["code"])
    assert saga["steps"][0]["output"] == {"manifest_sha256": delivery["manifest_sha256"], "files": 2}
    assert saga["steps"][4]["output"]["delivered"] == [code]


async def test_one_that_is_cancelled_while_files_are_copied_lets_the_delivery_be_prepared_again(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    delivery = await prepared(desk, code)
    await _move(desk.staff, delivery, "copying")
    waiting = await _until(product, desk, delivery, _at("arrive", "waiting"))
    admin = await product.admin()
    saga = f"{SAGAS}/{waiting['handover']['saga_id']}"
    (await admin.post(f"{saga}/cancel", json={"reason": "the disk is full"})).raise_for_status()
    undone = await _until(product, desk, delivery, _is("compensated"))
    assert undone["state"] == "prepared"
    assert "the disk is full" in undone["state_reason"]
    await _move(desk.staff, delivery, "copying")
    again = await _until(product, desk, delivery, _at("arrive", "waiting"))
    assert again["handover"]["saga_id"] != waiting["handover"]["saga_id"]


@pytest.mark.parametrize("to", ["prepared", "retracted"])
async def test_a_delivery_that_a_person_takes_back_ends_it_and_stays_as_the_person_left_it(
    product: Product, desk: Desk, manager: httpx.AsyncClient, to: str
) -> None:
    _, code = await ready(desk, manager)
    delivery = await prepared(desk, code)
    await _move(desk.staff, delivery, "copying")
    await _until(product, desk, delivery, _at("arrive", "waiting"))
    await _move(manager, delivery, to, reason="the wrong folder")
    undone = await _until(product, desk, delivery, _is("compensated"))
    assert (undone["state"], undone["state_reason"]) == (to, "the wrong folder")
    assert "the wrong folder" in undone["handover"]["cause"]


async def test_a_sample_whose_gate_is_not_met_stays_and_the_delivery_says_why(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    _, code = await ready(desk, manager)
    path = f"/api/samples/{code}"
    now = checked(await manager.get(path))
    asked = {"to": "on_hold", "reason": "the customer asked to wait"}
    checked(await manager.post(f"{path}/transitions", json=asked, headers=seen(now)))
    done = await _until(product, desk, await released(desk, manager, code), _is("completed"))
    (left,) = done["handover"]["left"]
    assert (left["code"], await _stage(desk, code)) == (code, "data_delivery")
    assert "hold" in left["message"]
    assert done["handover"]["mailed"] is False


async def test_one_that_was_on_its_way_before_there_were_handovers_is_begun_by_its_release(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    submission, code = await ready(desk, manager, **ROBIN)
    delivery = await prepared(desk, code)
    await _move(desk.staff, delivery, "copying")
    before = await _until(product, desk, delivery, _at("arrive", "waiting"))
    async with product.db("sample") as db:
        await db.execute("DELETE FROM saga WHERE id = $1::uuid", before["handover"]["saga_id"])
        old = "handover_count = 0, handover_saga = NULL, handover_open = false"
        await db.execute(f"UPDATE delivery SET {old} WHERE id = $1::uuid", delivery["id"])
    await _look(desk, delivery)
    await _move(manager, delivery, "released")
    await _until(product, desk, delivery, _is("completed"))
    assert await _stage(desk, code) == "delivered"
    assert len(await _letters(desk, submission, "released")) == 1


async def test_what_was_done_after_a_release_is_undone_in_reverse_order(
    product: Product, desk: Desk, manager: httpx.AsyncClient, failing_mail: Callable[[], Awaitable[None]]
) -> None:
    submission, code = await ready(desk, manager, **ROBIN)
    await failing_mail()
    undone = await _until(product, desk, await released(desk, manager, code), _is("compensated"))
    assert undone["state"] == "retracted"
    admin = await product.admin()
    saga = checked(await admin.get(f"{SAGAS}/{undone['handover']['saga_id']}"))
    assert [step["name"] for step in saga["steps"] if step["phase"] == "undo"] == ["deliver", "release", "freeze"]
    assert await _stage(desk, code) == "data_delivery"
    assert await _letters(desk, submission, "released") == []


async def test_a_release_that_comes_after_the_cancel_is_refused(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    submission, code = await ready(desk, manager, **ROBIN)
    delivery = await prepared(desk, code)
    await _move(desk.staff, delivery, "copying")
    await _look(desk, delivery)
    waiting = await _until(product, desk, delivery, _at("decide", "waiting"))
    admin = await product.admin()
    path = f"/api/deliveries/{delivery['code']}/transitions"
    async with product.db("sample") as db, db.transaction():
        # Nobody undoes anything while this is locked: the cancel stands, and the delivery is verified still.
        await db.execute("SELECT FROM delivery WHERE id = $1::uuid FOR UPDATE", delivery["id"])
        cancel = f"{SAGAS}/{waiting['handover']['saga_id']}/cancel"
        (await admin.post(cancel, json={"reason": "the disk is full"})).raise_for_status()
        releasing = asyncio.create_task(manager.post(path, json={"to": "released"}))
        await product.eventually(lambda: _blocked(product, 1))
    refused = await releasing
    assert refused.status_code == 409
    undone = await _until(product, desk, delivery, _is("compensated"))
    assert (undone["state"], undone["released_at"]) == ("prepared", None)
    assert await _letters(desk, submission, "released") == []


async def test_a_release_that_comes_before_the_cancel_is_heard_of_is_retracted(
    product: Product, desk: Desk, manager: httpx.AsyncClient
) -> None:
    submission, code = await ready(desk, manager, **ROBIN)
    delivery = await prepared(desk, code)
    await _move(desk.staff, delivery, "copying")
    await _look(desk, delivery)
    waiting = await _until(product, desk, delivery, _at("decide", "waiting"))
    saga_id, admin = waiting["handover"]["saga_id"], await product.admin()
    async with product.db("sample") as db, db.transaction():
        # Who locks the saga first after this is the cancel; the release is done meanwhile and told to it afterwards.
        await db.execute("SELECT FROM saga WHERE id = $1::uuid FOR UPDATE", saga_id)
        cancelling = asyncio.create_task(admin.post(f"{SAGAS}/{saga_id}/cancel", json={"reason": "the disk is full"}))
        await product.eventually(lambda: _blocked(product, 1))
        assert (await _move(manager, delivery, "released"))["state"] == "released"
        await product.eventually(lambda: _blocked(product, 2))
    (await cancelling).raise_for_status()
    undone = await _until(product, desk, delivery, _is("compensated"))
    assert undone["state"] == "retracted"
    assert "the disk is full" in undone["state_reason"]
    assert await _stage(desk, code) == "data_delivery"
    assert await _letters(desk, submission, "released") == []


async def _blocked(product: Product, many: int) -> bool:
    """Tell whether so many statements of the product wait for a lock of the test."""
    async with product.db("sample") as db:
        waiting = await db.fetchval("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    return bool(waiting >= many)


@pytest.fixture
async def failing_mail(product: Product) -> Any:
    """Return what lets the database refuse the mail of a release, as a conflict, until the test ends."""
    raising = (
        "CREATE FUNCTION refuse_released() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.kind = 'released' THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation', "
        "CONSTRAINT = 'mail_refused'; END IF; RETURN NEW; END $$"
    )

    async def begin() -> None:
        async with product.db("sample") as db:
            await db.execute(raising)
            await db.execute(
                "CREATE TRIGGER refused BEFORE INSERT ON mail FOR EACH ROW EXECUTE FUNCTION refuse_released()"
            )

    yield begin
    async with product.db("sample") as db:
        await db.execute("DROP TRIGGER IF EXISTS refused ON mail")
        await db.execute("DROP FUNCTION IF EXISTS refuse_released")

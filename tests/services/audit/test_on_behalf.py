"""What a service does because of somebody: it is the actor, and the log says whose doing led it to that."""

from typing import Any

import msgspec
import pytest

from nanopore_tracking.kernel.events import Envelope
from tests.harness.product import Product, checked
from tests.services.sample.desk import opened, row, seen
from tests.services.sample.test_manifest_intake import arrived, manifest, upload


async def _entries(product: Product, wanted: set[str], **asked: Any) -> dict[str, Any]:
    """Return the latest entry of each kind that is found, once all that are wanted are."""
    manager = await product.client("facility_manager")

    async def look() -> Any:
        found = checked(await manager.get("/api/audit/entries", params={"limit": 200, **asked}))["items"]
        kinds = {entry["type"]: entry for entry in reversed(found)}
        return kinds if wanted <= kinds.keys() else None

    return dict(await product.eventually(look))


def _who(entry: Any) -> tuple[str, str, Any]:
    behind = entry["on_behalf_of"]
    return entry["actor"]["kind"], entry["actor"]["name"], behind and (behind["kind"], behind["id"], behind["name"])


async def test_what_services_do_because_of_a_person_says_so_from_event_to_event_and_in_every_step_of_a_saga(
    product: Product,
) -> None:
    desk = await opened(product)
    robin = await product.member("submitter", labs=[desk.lab_id])
    sam = await product.member("facility_manager")
    await upload(robin.client, desk, manifest(row("BEHALF", organism="Exampella testii")))
    submission = await desk.show(await arrived(product, desk))
    asked = {"reason": "The submitter was asked."}
    path = f"/api/submissions/{submission['id']}/acceptance"
    checked(await sam.client.post(path, json=asked, headers=seen(submission)))

    wanted = {"submission.created", "submission.accepted", "submission.taken_in"}
    entries = await _entries(product, wanted, object_id=submission["id"])
    assert _who(entries["submission.created"]) == ("service", "sample", ("person", str(robin.id), robin.name))
    assert _who(entries["submission.accepted"]) == ("person", sam.name, None)
    assert _who(entries["submission.taken_in"]) == ("service", "sample", ("person", str(sam.id), sam.name))
    reading = submission["source"]["extraction_id"]
    claimed = (await _entries(product, {"ai.extraction_claimed"}, object_id=reading))["ai.extraction_claimed"]
    assert _who(claimed) == ("service", "ai", ("person", str(sam.id), sam.name))

    for name in (str(robin.id), robin.name.upper()):
        found = await _entries(product, {"submission.created"}, actor=name)
        assert found["submission.created"]["subject"]["id"] == submission["id"]
    saga = (
        await _entries(product, {"saga.started", "saga.completed"}, object_code=submission["code"], actor=sam.name)
    )["saga.completed"]
    assert _who(saga) == ("service", "sample", ("person", str(sam.id), sam.name))
    admin = await product.admin()
    shown = checked(await admin.get(f"/api/operations/sample/sagas/{saga['subject']['id']}"))
    assert shown["on_behalf_of"] == {"kind": "person", "id": str(sam.id), "name": sam.name}


async def test_what_nobody_set_going_is_on_behalf_of_nobody(product: Product) -> None:
    entries = await _entries(product, {"catalogue.published"}, type="catalogue.published")
    assert _who(entries["catalogue.published"])[2] is None


@pytest.mark.parametrize("told", [b"", b',"on_behalf_of":null'])
def test_an_event_from_before_is_read_as_on_behalf_of_nobody(told: bytes) -> None:
    sent = (
        b'{"id":"00000000-0000-0000-0000-000000000001","type":"sample.changed","version":1,"source":"sample",'
        b'"occurred_at":"2026-11-24T09:00:00Z","actor":{"kind":"service","id":"sample","name":"sample"},'
        b'"request_id":"r","subject":{"kind":"sample","id":"1"}' + told + b"}"
    )
    envelope = msgspec.json.decode(sent, type=Envelope)
    assert (envelope.on_behalf_of, envelope.doer) == (None, None)

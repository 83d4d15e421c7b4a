"""What can be done with deliveries: prepare, change, list the files, verify, move, release, receive, repeat."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.deliveries import (
    DeliveryPatch,
    NewAssignment,
    NewDelivery,
    NewDeliveryState,
    NewManifest,
    NewVerification,
)
from nanopore_tracking.contracts.events.sample import customers as events
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Event
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Record, Transaction
from nanopore_tracking.services.sample.deliveries import model, store
from nanopore_tracking.services.sample.deliveries.model import Delivery
from nanopore_tracking.services.sample.headers import model as headers
from nanopore_tracking.services.sample.headers import store as header_store
from nanopore_tracking.services.sample.labs import model as labs


async def prepare(tx: Transaction, asked: NewDelivery) -> Written:
    """Prepare a delivery; NotFound for samples outside of the scope, Invalid for samples of several projects."""
    said = labs.asked(asked)
    codes = sorted({code.strip().upper() for code in said.pop("samples")})
    samples = await store.wanted_samples(tx, codes)
    if unknown := sorted(set(codes) - {sample["code"] for sample in samples}):
        message = f"There is no sample {', '.join(unknown[:5])}, or none that you may see."
        raise errors.NotFound(f"{message} Nothing was prepared.", fields=[errors.FieldError("samples", message)])
    if len({sample["project_id"] for sample in samples}) > 1:
        message = "All samples of a delivery belong to one project."
        raise errors.Invalid(f"{message} Nothing was prepared.", fields=[errors.FieldError("samples", message)])
    return await _prepared(tx, said, samples, redelivers=None)


async def _prepared(
    tx: Transaction, said: Mapping[str, Any], samples: Sequence[Record], *, redelivers: UUID | None
) -> Written:
    values = {**said, "code": await store.next_code(tx), "redelivers": redelivers}
    delivery_id = await store.insert_delivery(tx, values, samples)
    if redelivers is not None:
        await store.store_manifest(tx, delivery_id, await store.manifest(tx, redelivers))
    delivery = await store.lock_delivery(tx, delivery_id)
    _announce(tx, delivery, events.DeliveryPrepared(**model.facts(delivery), redelivers=redelivers))
    return await _written(tx, delivery_id)


async def redeliver(tx: Transaction, delivery_id: UUID) -> Written:
    """Prepare a delivery of the same files once more; NotFound, or Conflict where there are none or it is under way."""
    delivery = await store.lock_delivery(tx, delivery_id)
    if delivery.manifest_sha256 is None or delivery.state in ("prepared", "copying", "verified"):
        message = f"The delivery {delivery.code} is {delivery.state}: there is nothing to repeat. Nothing was prepared."
        raise errors.Conflict(message, type="not-delivered", status_now=delivery.state)
    said = {name: getattr(delivery, name) for name in ("method", "destination", "link_url", "note")}
    return await _prepared(tx, said, await store.samples_of(tx, delivery_id), redelivers=delivery_id)


async def change(tx: Transaction, delivery_id: UUID, asked: DeliveryPatch, *, seen: int) -> Written:
    """Change how and where to; NotFound, Stale, or Conflict once it is released, save for how long data are kept."""
    delivery, said = await _seen(tx, delivery_id, seen), labs.asked(asked)
    if set(said) - {"retention_until"}:
        model.changeable(delivery)
    before = {name: getattr(delivery, name) for name in model.CHANGEABLE}
    after = before | said
    if after != before:
        await store.update_delivery(tx, delivery_id, after)
        await _announce_change(tx, delivery, labs.changes(before, after))
    return await _written(tx, delivery_id)


async def set_manifest(tx: Transaction, delivery_id: UUID, asked: NewManifest, *, seen: int) -> Written:
    """Store the files and their sums; NotFound, Stale, Invalid, or Conflict once they are being copied."""
    delivery = await _seen(tx, delivery_id, seen)
    model.listing(delivery)
    samples = await store.samples_of(tx, delivery_id)
    aliases = {sample["alias"]: sample["code"] for sample in samples}
    files = model.files(asked, aliases, [sample["code"] for sample in samples])
    await store.store_manifest(tx, delivery_id, files)
    change_ = Change("manifest_sha256", delivery.manifest_sha256, model.manifest_sha256(files))
    await _announce_change(tx, delivery, [change_])
    return await _written(tx, delivery_id)


async def assign(tx: Transaction, delivery_id: UUID, asked: NewAssignment, *, seen: int) -> Written:
    """Store whose data files are, or that they go to all; NotFound, Stale, Invalid, or Conflict once it is copied."""
    delivery = await _seen(tx, delivery_id, seen)
    model.listing(delivery)
    code = asked.sample.strip().upper() if asked.sample else None
    if code is not None and code not in delivery.samples:
        message = f"{code} is no sample of this delivery."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("sample", message)])
    many = await store.assign(tx, delivery_id, asked, sample=code)
    if not many:
        raise errors.NotFound("There is no such file that waits to be assigned. Nothing was changed.")
    await _announce_change(tx, delivery, [Change("files_assigned", None, f"{many} to {code or 'all samples'}")])
    return await _written(tx, delivery_id)


async def verify(tx: Transaction, delivery_id: UUID, asked: NewVerification) -> Written:
    """Compare what lies at the destination with the manifest: whole, it is verified; otherwise nothing is released.

    NotFound, or Conflict for what is not being copied.
    """
    delivery = await store.lock_delivery(tx, delivery_id)
    if delivery.state not in ("copying", "verified", "released", "received", "expired"):
        message = f"The delivery {delivery.code} is {delivery.state}: nothing lies there to verify. Nothing was stored."
        raise errors.Conflict(message, type="not-copied", status_now=delivery.state)
    there = {file.path.replace("\\", "/"): (file.sha256, file.size_bytes) for file in asked.files}
    listed = await store.manifest(tx, delivery_id)
    sample_of = {file.path: file.sample for file in listed}
    inside = headers.differences(asked.files, sample_of, await header_store.origins(tx, delivery_id))
    differences = [*model.compare(listed, there), *inside]
    if differences and delivery.state not in ("copying", "verified"):
        one, many = "file is not as it was released", "files are not as they were released"
        said = counted(len(differences), one, many)
        raise errors.Conflict(
            f"The delivery {delivery.code} is {delivery.state}, and {said}. Nothing was changed; retract it.",
            type="released-and-changed",
            missing=[{"code": item.what, "message": item.path} for item in differences[: model.MOST_TOLD]],
        )
    state = delivery.state
    if state in ("copying", "verified"):
        state = "copying" if differences else "verified"
    verification_id = await store.store_verification(
        tx, delivery, place=asked.place.strip(), file_count=len(there), differences=differences, state=state
    )
    after = await store.lock_delivery(tx, delivery_id)
    told = events.DeliveryVerified(
        **model.facts(after), whole=not differences, place=asked.place.strip(), difference_count=len(differences)
    )
    _announce(tx, after, told, changes=[Change("state", delivery.state, state)] if state != delivery.state else [])
    filters = {"id": verification_id}
    found = await store.list_verifications(tx, tx.call.scope, delivery_id, filters=filters, limit=1)
    return Written(item=found.items[0])


async def move(tx: Transaction, delivery_id: UUID, asked: NewDeliveryState, *, may_release: bool) -> Written:
    """Move a delivery by the table of states; NotFound, Forbidden, or Conflict with all that is missing."""
    delivery, reason = await store.lock_delivery(tx, delivery_id), asked.reason.strip()
    if asked.to in ("released", "retracted") and delivery.state != "prepared" and not may_release:
        raise errors.Forbidden("Your account may not release or retract data. Nothing was changed.")
    if asked.to in model.BY_ITSELF:
        message = f"A delivery becomes {asked.to} by itself: when its files are verified, or its link ends."
        raise errors.Conflict(f"{message} Nothing was changed.", type="transition-refused", status_now=delivery.state)
    model.require(delivery, asked.to, model.Ask(actor=tx.call.actor, at=tx.call.at, reason=reason))
    if asked.to == "released":
        model.handed_over(delivery, undone=await store.handover_undone(tx, delivery_id))
        await store.release(tx, delivery_id, tx.call.at + timedelta(days=asked.link_days))
        after = await store.lock_delivery(tx, delivery_id)
        changed: Event = events.DeliveryReleased(**model.facts(after))
    elif asked.to == "received":
        await store.receive(tx, delivery_id, tx.call.by)
        after = await store.lock_delivery(tx, delivery_id)
        changed = events.DeliveryReceived(**model.facts(after), means="person")
    else:
        await store.move(tx, delivery_id, asked.to, reason=reason)
        after = await store.lock_delivery(tx, delivery_id)
        changed = _moved(after, delivery.state, reason)
    _announce(tx, after, changed, changes=[Change("state", delivery.state, asked.to)])
    return await _written(tx, delivery_id)


async def expire(tx: Transaction, delivery_id: UUID) -> None:
    """Note that the link of a released delivery has ended."""
    delivery = await store.lock_delivery(tx, delivery_id)
    if delivery.state != "released":
        return
    model.require(delivery, "expired", model.Ask(actor=tx.call.actor, at=tx.call.at, reason=""))
    await store.move(tx, delivery_id, "expired", reason="")
    after = await store.lock_delivery(tx, delivery_id)
    _announce(tx, after, _moved(after, delivery.state, ""), changes=[Change("state", delivery.state, "expired")])


def _moved(after: Delivery, before_state: str, reason: str) -> Event:
    return events.DeliveryStateChanged(**model.facts(after), before_state=before_state, reason=reason)


async def _announce_change(tx: Transaction, delivery: Delivery, changes: Sequence[Change]) -> None:
    after = await store.lock_delivery(tx, delivery.id)
    _announce(tx, after, events.DeliveryChanged(**model.facts(after)), changes=changes)


def _announce(tx: Transaction, delivery: Delivery, event: Event, *, changes: Sequence[Change] = ()) -> None:
    tx.announce(event, subject=model.subject(delivery), tenant_id=delivery.lab_id, changes=changes)


async def _seen(tx: Transaction, delivery_id: UUID, seen: int) -> Delivery:
    delivery = await store.lock_delivery(tx, delivery_id)
    labs.match(delivery.version, seen, "delivery")
    return delivery


async def _written(tx: Transaction, delivery_id: UUID) -> Written:
    item, version = await store.show_delivery(tx, tx.call.scope, delivery_id)
    return Written(item=item, version=version, location=f"/api/deliveries/{delivery_id}")

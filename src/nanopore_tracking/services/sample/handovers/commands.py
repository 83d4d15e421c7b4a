"""Hands a delivery over in durable steps: freeze, arrive, release, deliver, tell; undone in reverse order."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.deliveries import NewDeliveryState
from nanopore_tracking.kernel import errors, sagas
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.kernel.sagas import At, Local, Saga, Wait
from nanopore_tracking.services.sample.deliveries import commands as deliveries
from nanopore_tracking.services.sample.deliveries import model as delivery_model
from nanopore_tracking.services.sample.deliveries import store as delivery_store
from nanopore_tracking.services.sample.handovers import model, store
from nanopore_tracking.services.sample.mails import commands as mails
from nanopore_tracking.services.sample.stages import commands as stages
from nanopore_tracking.services.sample.stages.model import Asked


class Handover(msgspec.Struct, frozen=True):
    """What a handover begins with."""

    delivery_id: UUID


async def begin(tx: Transaction, delivery_id: UUID) -> None:
    """Begin the handover of a delivery whose files are on their way."""
    delivery = await delivery_store.lock_delivery(tx, delivery_id)
    key = model.key(delivery, await store.begin(tx, delivery_id))
    saga_id = await sagas.start(
        tx,
        HANDOVER,
        key=key,
        data=Handover(delivery_id),
        subject=delivery_model.subject(delivery),
        tenant_id=delivery.lab_id,
    )
    await store.keep(tx, delivery_id, saga_id)


async def tell(tx: Transaction, delivery_id: UUID, *signals: str) -> None:
    """Tell the handover of a delivery what people did; one that was on its way before there were any is begun first."""
    if (await store.standing(tx, delivery_id)).count == 0:
        await begin(tx, delivery_id)
    await _say(tx, delivery_id, signals)


async def end(tx: Transaction, delivery_id: UUID, why: str) -> None:
    """Let the handover of a delivery end that was taken back: it is undone, and leaves the delivery as it is."""
    if (await store.standing(tx, delivery_id)).count:
        await store.close(tx, delivery_id)
        await _say(tx, delivery_id, (model.ARRIVED, model.RELEASED), ended=why)


async def _say(tx: Transaction, delivery_id: UUID, signals: Sequence[str], **said: str) -> None:
    delivery = await delivery_store.lock_delivery(tx, delivery_id)
    key = model.key(delivery, (await store.standing(tx, delivery_id)).count)
    for signal in signals:
        await sagas.tell(tx, HANDOVER.type, key=key, signal=signal, data=said)


async def freeze(tx: Transaction, at: At) -> Any:
    """Keep which files go out; the database refuses to change them while they are on their way."""
    delivery = await delivery_store.lock_delivery(tx, at.data.delivery_id)
    return {"manifest_sha256": model.frozen(delivery), "files": delivery.file_count}


async def thaw(tx: Transaction, at: At) -> None:
    """Let the delivery be prepared again; one that a person released in the same instant is retracted."""
    await _undo(tx, at)


async def release(tx: Transaction, at: At) -> Any:
    """Make sure that a person released exactly the files that were frozen."""
    delivery = await delivery_store.lock_delivery(tx, at.data.delivery_id)
    model.out(delivery, at.outputs["freeze"]["manifest_sha256"])
    return {"released_by": delivery.released_by}


async def retract(tx: Transaction, at: At) -> None:
    """Take the release back; the customer is told."""
    await _undo(tx, at)


async def _undo(tx: Transaction, at: At) -> None:
    delivery_id = at.data.delivery_id
    delivery, found = await delivery_store.lock_delivery(tx, delivery_id), await store.standing(tx, delivery_id)
    to = model.undo_to(delivery)
    if to is not None and found.is_open and found.saga_id == at.saga_id:
        asked = NewDeliveryState(to=to, reason=f"The handover was undone: {at.cause}"[:1000])  # type: ignore[arg-type]
        await deliveries.move(tx, delivery_id, asked, may_release=True)


async def deliver(tx: Transaction, at: At) -> Any:
    """Let the samples be delivered; one whose gate is not met stays, and why is kept."""
    delivery = await delivery_store.lock_delivery(tx, at.data.delivery_id)
    model.out(delivery, at.outputs["freeze"]["manifest_sha256"])
    waiting, elsewhere = model.sorted_out(await store.lock_samples(tx, delivery.id))
    asked = Asked(to="delivered", reason="", override=False, may_override=False)
    moved = await stages.move_samples(tx, [(sample, asked) for sample in waiting])
    pairs = list(zip(waiting, moved, strict=True))
    left = [(one, model.why_left(after)) for one, after in pairs if isinstance(after, errors.Problem)]
    left += [(one, f"It stands at {one.stage}.") for one in elsewhere]
    return {
        "delivered": [one.code for one, after in pairs if not isinstance(after, errors.Problem)],
        "left": [{"code": one.code, "message": why} for one, why in left],
    }


async def take_back(tx: Transaction, at: At) -> None:
    """Let the samples that this handover delivered wait for a delivery again."""
    codes = at.outputs["deliver"]["delivered"]
    found = await store.lock_samples(tx, at.data.delivery_id, codes)
    reason = f"The handover was undone: {at.cause}"[:1000]
    asked = Asked(to="data_delivery", reason=reason, override=False, may_override=False)
    await stages.move_samples(tx, [(sample, asked) for sample in found if sample.stage == "delivered"])


async def tell_customer(tx: Transaction, at: At) -> Any:
    """Let the mail wait that tells the customer; others are told by the event of the release."""
    delivery = await delivery_store.lock_delivery(tx, at.data.delivery_id)
    model.out(delivery, at.outputs["freeze"]["manifest_sha256"])
    queued = False
    if delivery.submission_id is not None:
        queued = await mails.queue(
            tx,
            delivery.submission_id,
            "released",
            event_id=at.saga_id,
            delivery=delivery.code,
            file_count=delivery.file_count,
            size_gb=f"{delivery.size_bytes / 1e9:,.1f}",
            until=f"{delivery.link_expires_at:%Y-%m-%d}" if delivery.link_expires_at else "",
        )
    return {"mail": queued}


HANDOVER = Saga(
    type="delivery_handover",
    version=1,
    data=Handover,
    deadline_s=model.DEADLINE_S,
    steps=(
        Local(name="freeze", do=freeze, undo=thaw),
        Wait(name="arrive", signal=model.ARRIVED, timeout_s=model.ARRIVAL_S, accept=model.heard),
        Wait(name="decide", signal=model.RELEASED, timeout_s=model.RELEASE_S, accept=model.heard),
        Local(name="release", do=release, undo=retract),
        Local(name="deliver", do=deliver, undo=take_back),
        Local(name="tell", do=tell_customer),
    ),
)

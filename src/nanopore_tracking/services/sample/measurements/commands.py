"""What can be done with measurements: record one, declare one invalid."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.measurements import Invalidation, NewMeasurement
from nanopore_tracking.contracts.events.sample.chain import LibraryMeasured, PoolMeasured
from nanopore_tracking.contracts.events.sample.samples import (
    MeasurementState,
    SampleChanged,
    SampleMeasured,
    SampleMeasurementInvalidated,
    SampleMeasurementSigned,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Event
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.libraries import model as libraries
from nanopore_tracking.services.sample.libraries import store as library_store
from nanopore_tracking.services.sample.measurements import model, store
from nanopore_tracking.services.sample.measurements.model import Part, Reading
from nanopore_tracking.services.sample.pools import model as pools
from nanopore_tracking.services.sample.pools import store as pool_store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def record_measurement(tx: Transaction, sample_id: UUID, asked: NewMeasurement) -> Written:
    """Record one measurement of a sample, its library or its pool; NotFound, Invalid, or Conflict without these."""
    model.check(asked, tx.call.at)
    sample = await sample_store.lock_sample(tx, sample_id)
    if asked.subject != "sample":
        return await measure_part(tx, await _part_of(tx, sample, asked.subject), asked, sample_id=sample_id)
    if asked.replaces is not None:
        model.replaceable(await store.find_measurement(tx, sample_id, asked.replaces), asked)
    before = await store.accepted(tx, sample_id)
    said = MeasurementState(**_said(tx, asked), id=uuid7(), subject_code=sample.code)
    await store.insert_measurement(tx, sample_id, said, counts=model.counts(asked.quantity, asked.method))
    changed = await _stand(tx, sample, status=samples.worked(sample))
    after = await store.accepted(tx, sample_id)
    event = SampleMeasured(**samples.facts(changed), measurement=said)
    _announce(
        tx, event, sample=changed, changes=[*_changes(sample, changed), *_counting(before, after, said, came=True)]
    )
    item = await store.show_measurement(tx, sample_id, said.id)
    return Written(item=item, location=f"/api/samples/{sample_id}/measurements")


class _Made(msgspec.Struct):
    id: UUID


_MADE = msgspec.json.Decoder(_Made)


def made(recorded: Written) -> UUID:
    """Return the measurement that the answer to a recording shows."""
    return _MADE.decode(recorded.item).id


async def invalidate_measurement(
    tx: Transaction, sample_id: UUID, measurement_id: UUID, *, asked: Invalidation
) -> Written:
    """Declare that a measurement does not count; NotFound or Conflict."""
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    sample = await sample_store.lock_sample(tx, sample_id)
    stored = model.invalidable(await store.find_measurement(tx, sample_id, measurement_id))
    if stored.subject != "sample":
        return await invalidate_part(
            tx, await find_part(tx, stored.subject, stored.subject_code), measurement_id, asked=asked
        )
    before = await store.accepted(tx, sample_id)
    await store.invalidate(tx, measurement_id, reason)
    changed = await _stand(tx, sample, status=sample.status)
    after = await store.accepted(tx, sample_id)
    said = MeasurementState(**{name: getattr(stored, name) for name in MeasurementState.__struct_fields__})
    event = SampleMeasurementInvalidated(**samples.facts(changed), measurement=said, reason=reason)
    _announce(
        tx, event, sample=changed, changes=[*_changes(sample, changed), *_counting(before, after, said, came=False)]
    )
    return Written(item=await store.show_measurement(tx, sample_id, measurement_id))


async def undo_measurement(tx: Transaction, sample_id: UUID, measurement_id: UUID, *, reason: str) -> None:
    """Declare that a measurement does not count as it was recorded by mistake; Conflict where it was replaced since."""
    model.undoable(await store.find_measurement(tx, sample_id, measurement_id))
    await invalidate_measurement(tx, sample_id, measurement_id, asked=Invalidation(reason=f"Undo: {reason}"))


async def undo_of_part(tx: Transaction, part: Part, measurement_id: UUID, *, reason: str) -> None:
    """Declare the same of a measurement of a library or a pool; Conflict where it was replaced since."""
    model.undoable(await store.find_of_part(tx, part, measurement_id))
    await invalidate_part(tx, part, measurement_id, asked=Invalidation(reason=f"Undo: {reason}"))


async def find_part(tx: Transaction, subject: str, said: str) -> Part:
    """Return the library or pool that is named by its id or its code; NotFound."""
    if subject == "library":
        library_id = await library_store.find_library(tx, tx.call.scope, said)
        return Part("library", library_id, (await library_store.lock_library(tx, library_id)).code)
    pool_id = await pool_store.find_pool(tx, tx.call.scope, said)
    return Part("pool", pool_id, (await pool_store.lock_pool(tx, pool_id)).code)


async def measure_part(tx: Transaction, part: Part, asked: NewMeasurement, *, sample_id: UUID | None = None) -> Written:
    """Record one measurement of a library or a pool; Invalid.

    sample_id: of the sample that it was asked by; it is shown with that one, else with the first of a library.
    """
    asked = msgspec.structs.replace(asked, subject=part.subject)
    model.check(asked, tx.call.at)
    if asked.replaces is not None:
        model.replaceable(await store.find_of_part(tx, part, asked.replaces), asked)
    if sample_id is None and part.subject == "library":
        sample_id = (await library_store.lock_library(tx, part.id)).sources[0].sample_id
    said = MeasurementState(**_said(tx, asked), id=uuid7(), subject_code=part.code)
    await store.insert_measurement(tx, sample_id, said, counts=model.counts(asked.quantity, asked.method))
    await _stand_part(tx, part, said, changes=[Change(f"{said.method}_{said.quantity}", None, said.value)])
    return Written(
        item=await store.show_of_part(tx, part, said.id),
        location=f"/api/{_PATHS[part.subject]}/{part.code}/measurements",
    )


_PATHS = {"library": "libraries", "pool": "pools"}


async def invalidate_part(tx: Transaction, part: Part, measurement_id: UUID, *, asked: Invalidation) -> Written:
    """Declare that a measurement of a library or a pool does not count; NotFound or Conflict."""
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    stored = model.invalidable(await store.find_of_part(tx, part, measurement_id))
    await store.invalidate(tx, measurement_id, reason)
    said = MeasurementState(**{name: getattr(stored, name) for name in MeasurementState.__struct_fields__})
    changes = [Change(f"{said.method}_{said.quantity}", said.value, None), Change("reason", None, reason)]
    await _stand_part(tx, part, said, changes=changes)
    return Written(item=await store.show_of_part(tx, part, measurement_id))


async def _stand_part(tx: Transaction, part: Part, said: MeasurementState, *, changes: list[Change]) -> None:
    """Store what counts of a library or a pool now, with its amount, and announce it."""
    accepted = await store.accepted_of_part(tx, part)
    values = {name: found[0] for name, found in accepted.items()}
    standing = chain.standing(
        conc_ng_per_ul=values.get("concentration"),
        volume_ul=values.get("volume"),
        mean_fragment_bp=values.get("fragment_mean_bp", values.get("fragment_mode_bp")),
    )
    told = msgspec.to_builtins(said)
    if part.subject == "pool":
        pool = await pool_store.measure(tx, await pool_store.lock_pool(tx, part.id), standing)
        event: Event = PoolMeasured(**pools.facts(pool), measurement=told)
        tx.announce(event, subject=pools.subject(part.id, part.code), changes=changes)
        return
    volume = accepted.get("volume")
    library = await library_store.lock_library(tx, part.id)
    library = await library_store.measure(tx, library, standing, volume_at=volume[1] if volume else None)
    tx.announce(
        LibraryMeasured(**libraries.facts(library), measurement=told),
        subject=libraries.subject(part.id, part.code),
        tenant_id=library.lab_id,
        changes=changes,
    )
    for sample_id in sorted({source.sample_id for source in library.sources}):
        await _worked(tx, sample_id)


async def _worked(tx: Transaction, sample_id: UUID) -> None:
    """Let a sample whose library is measured be active where it was queued for that."""
    sample = await sample_store.lock_sample(tx, sample_id)
    if sample.status != "queued" or sample.stage not in ("library_prep", "library_qc"):
        return
    values = {"status": "active", "library_count": sample.library_count}
    (changed,) = await sample_store.touch(tx, [(sample, values)])
    _announce(tx, SampleChanged(**samples.facts(changed)), sample=changed, changes=_changes(sample, changed))


async def _part_of(tx: Transaction, sample: Sample, subject: str) -> Part:
    library = await library_store.present(tx, sample.id)
    if library is not None and subject == "library":
        return Part("library", library.id, library.code)
    if library is not None and library.pool is not None:
        return await find_part(tx, "pool", library.pool)
    what = "library" if subject == "library" or library is None else "pool"
    raise errors.Conflict(
        f"The sample {sample.code} has no {what} now. Nothing was recorded; make the {what} first.", type="not-allowed"
    )


async def sign_measurement(tx: Transaction, sample_id: UUID, measurement_id: UUID, *, said: str) -> Written:
    """Sign that a concentration that is not fluorometric may be diluted by; NotFound, Conflict or Forbidden."""
    reason = said.strip()
    labs.require({"reason": reason}, "reason")
    sample = await sample_store.lock_sample(tx, sample_id)
    found = await store.find_measurement(tx, sample_id, measurement_id)
    stored = model.signable(found, person=tx.call.actor.kind == "person")
    await store.sign(tx, measurement_id, reason)
    state = MeasurementState(**{name: getattr(stored, name) for name in MeasurementState.__struct_fields__})
    event = SampleMeasurementSigned(**samples.facts(sample), measurement=state, reason=reason)
    _announce(tx, event, sample=sample, changes=[Change("signed_by", None, tx.call.by)])
    return Written(item=await store.show_measurement(tx, sample_id, measurement_id))


def _said(tx: Transaction, asked: NewMeasurement) -> dict[str, Any]:
    said = labs.asked(asked)
    said["operator"] = said["operator"] or tx.call.by
    said["measured_at"] = said["measured_at"] or tx.call.at
    return said


async def _stand(tx: Transaction, sample: Sample, *, status: str) -> Sample:
    """Store the values that count now, and return the sample with them."""
    values, measured = model.values(sample.submitted, await store.accepted(tx, sample.id))
    limits = await sample_store.limits(
        tx, material=sample.material, service_type=sample.service_type, fragment_bp=values["fragment_bp"]
    )
    return await sample_store.measure(tx, sample, {**model.standing(values, measured, limits), "status": status})


def _changes(before: Sample, after: Sample) -> list[Change]:
    names = (*samples.VALUES, "status")
    return list(
        labs.changes({name: getattr(before, name) for name in names}, {name: getattr(after, name) for name in names})
    )


def _counting(
    before: Sequence[Reading], after: Sequence[Reading], said: MeasurementState, *, came: bool
) -> list[Change]:
    """Return how the accepted value changed where it is none of the sample's own values. came: it is a new one."""
    was, now = model.counting(before, said), model.counting(after, said)
    if not model.counts(said.quantity, said.method):  # type: ignore[arg-type]
        return [Change(f"{said.method}_{said.quantity}", None, said.value)] if came else []
    if said.subject == "sample" and said.quantity in model.SHOWN:
        return []
    return [Change(f"{said.subject}_{said.quantity}", was, now)] if was != now else []


def _announce(tx: Transaction, event: Event, *, sample: Sample, changes: list[Change]) -> None:
    tx.announce(event, subject=samples.subject(sample.id, sample.code), tenant_id=sample.lab_id, changes=changes)

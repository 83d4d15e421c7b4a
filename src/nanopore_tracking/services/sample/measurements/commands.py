"""What can be done with measurements: record one, declare one invalid."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.measurements import Invalidation, NewMeasurement
from nanopore_tracking.contracts.events.sample.samples import (
    MeasurementState,
    SampleMeasured,
    SampleMeasurementInvalidated,
)
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Event
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.measurements import model, store
from nanopore_tracking.services.sample.measurements.model import Reading
from nanopore_tracking.services.sample.records import store as record_store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def record_measurement(tx: Transaction, sample_id: UUID, asked: NewMeasurement) -> Written:
    """Record one measurement of a sample; NotFound, Invalid, or Conflict where there is no library or pool."""
    model.check(asked, tx.call.at)
    sample = await sample_store.lock_sample(tx, sample_id)
    if asked.replaces is not None:
        model.replaceable(await store.find_measurement(tx, sample_id, asked.replaces), asked)
    before = await store.accepted(tx, sample_id)
    said = MeasurementState(**_said(tx, asked), id=uuid7(), subject_code=await _subject_code(tx, sample, asked.subject))
    await store.insert_measurement(tx, sample_id, said, counts=model.counts(asked.quantity, asked.method))
    changed = await _stand(tx, sample, status=samples.worked(sample))
    after = await store.accepted(tx, sample_id)
    event = SampleMeasured(**samples.facts(changed), measurement=said)
    _announce(
        tx, event, sample=changed, changes=[*_changes(sample, changed), *_counting(before, after, said, came=True)]
    )
    item = await store.show_measurement(tx, sample_id, said.id)
    return Written(item=item, location=f"/api/samples/{sample_id}/measurements")


async def invalidate_measurement(
    tx: Transaction, sample_id: UUID, measurement_id: UUID, *, asked: Invalidation
) -> Written:
    """Declare that a measurement does not count; NotFound or Conflict."""
    reason = asked.reason.strip()
    labs.require({"reason": reason}, "reason")
    sample = await sample_store.lock_sample(tx, sample_id)
    stored = model.invalidable(await store.find_measurement(tx, sample_id, measurement_id))
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


def _said(tx: Transaction, asked: NewMeasurement) -> dict[str, Any]:
    said = labs.asked(asked)
    said["operator"] = said["operator"] or tx.call.actor.name
    said["measured_at"] = said["measured_at"] or tx.call.at
    return said


async def _subject_code(tx: Transaction, sample: Sample, subject: str) -> str:
    if subject == "sample":
        return sample.code
    library = await record_store.current_library(tx, sample.id)
    code = None if library is None else library.code if subject == "library" else library.pool
    if code is None:
        what = "library" if subject == "library" or library is None else "planned pool"
        raise errors.Conflict(
            f"The sample {sample.code} has no {what} now. Nothing was recorded; record the library first.",
            type="not-allowed",
        )
    return code


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

"""What can be done with one sample by hand: register it, change what the laboratory says of it."""

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.samples import SamplePatch, SampleRegistration
from nanopore_tracking.contracts.events.sample.samples import SampleChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.clocks import store as clock_store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.names import model as names
from nanopore_tracking.services.sample.projects import model as projects
from nanopore_tracking.services.sample.projects import store as project_store
from nanopore_tracking.services.sample.samples import model, store
from nanopore_tracking.services.sample.samples.model import NewSample, Place, Registered, Sample, Submitted


async def register_sample(tx: Transaction, asked: SampleRegistration) -> Written:
    """Register one sample in a project of the caller's scope; NotFound, or Conflict when its barcode is taken."""
    said = labs.asked(asked)
    labs.require(said, "name")
    if names.reserved(said["name"]):
        message = f"{said['name']} is a name that MinKNOW uses itself. Give the sample another name."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("name", message)])
    model.urgent(said, now="normal", person=tx.call.actor.kind == "person")
    place = await store.place_of(tx, asked.project_id)
    if place is None or not _may_see(tx, place):
        await _refuse_project(tx, asked.project_id)
    new = _new(said, place)
    sample_id = uuid7()
    registered = Registered(id=sample_id, code=f"code-of-{sample_id}", lab_id=place.lab_id)
    refuse = functools.partial(_refuse, barcode=new.container_barcode)
    await store.register(tx, new, place, given=registered, refuse=refuse)
    return Written(
        item=_first_shown(new, place, registered, call=tx.call), version=1, location=f"/api/samples/{registered.id}"
    )


def _may_see(tx: Transaction, place: Place) -> bool:
    return tx.call.tenants is None or place.lab_id in tx.call.tenants


def _new(said: dict[str, Any], place: Place) -> NewSample:
    submitted = Submitted(**{name: said.pop(name) for name in Submitted.__slots__})
    material = said.pop("material") or ""
    limits = place.limits.limits(
        model.GATES,
        material=model.substance(material),
        service_type=said["service_type"],
        fragment_bp=submitted.fragment_bp,
    )
    outside = model.out_of_range({name: getattr(submitted, name) for name in model.VALUES}, limits)
    alias = names.alias(said["name"], 1)
    return NewSample(alias=alias, material=material, submitted=submitted, out_of_range=outside, **said)


def _first_shown(new: NewSample, place: Place, registered: Registered, *, call: Call) -> dict[str, Any]:
    """Return the new sample as the database will show it, without asking once more."""
    facts = model.first_facts(new, registered, at=call.at)
    at = model.stamp(call.at)
    return facts | {
        "id": facts.pop("sample_id"),
        "lab_name": place.lab_name,
        "project_code": place.project_code,
        "submission_code": None,
        "submitted": new.submitted.as_dict(),
        "out_of_range": new.out_of_range,
        "stage_entered_at": at,
        "overdue": False,
        "priority_reason": new.priority_reason,
        "created_by": call.by,
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }


def _refuse(violation: postgres.Violation, barcode: str) -> NoReturn:
    if violation.constraint not in ("sample_container_barcode", "container_barcode"):
        raise violation
    raise errors.Conflict(
        f"Another tube has the container barcode {barcode}. Nothing was changed; scan the tube again.",
        type="already-exists",
        fields=[errors.FieldError("container_barcode", "Another tube has this barcode.")],
    ) from None


async def _refuse_project(tx: Transaction, project_id: UUID) -> NoReturn:
    project = await project_store.hold_project(tx, project_id)
    if project is not None:
        projects.open_for_work(project)
    message = "There is no such project, or none that you may see."
    raise errors.NotFound(f"{message} Nothing was changed.", fields=[errors.FieldError("project_id", message)])


async def change_samples(tx: Transaction, changes: Sequence[tuple[Sample, Mapping[str, Any]]]) -> list[Sample]:
    """Store and announce what the laboratory says of locked samples: all of CHANGEABLE of each; return them as changed.

    This is the only way by which it changes, for one sample, for many, and from a grid; Violation for a taken barcode.
    """
    due = [{**after, "due_at": await _due(tx, before, after["priority"])} for before, after in changes]
    changed = await store.change(tx, [(before, values) for (before, _), values in zip(changes, due, strict=True)])
    for (before, _), after in zip(changes, changed, strict=True):
        was, now = ({name: getattr(each, name) for name in model.CHANGEABLE} for each in (before, after))
        tx.announce(
            SampleChanged(**model.facts(after)),
            subject=model.subject(after.id, after.code),
            tenant_id=after.lab_id,
            changes=labs.changes(was, now),
        )
    return changed


async def change_sample(tx: Transaction, sample_id: UUID, asked: SamplePatch, *, seen: int) -> Written:
    """Change what the laboratory says of a sample; NotFound, Stale, or Conflict by its status or a taken barcode."""
    sample = await store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    before = {name: getattr(sample, name) for name in model.CHANGEABLE}
    said = labs.asked(asked)
    after = model.changed(sample, said, person=tx.call.actor.kind == "person")
    if after != before:
        try:
            await change_samples(tx, [(sample, after)])
        except postgres.Violation as violation:
            _refuse(violation, after["container_barcode"])
    item, version = await store.show_sample(tx, tx.call.scope, str(sample_id))
    return Written(item=item, version=version)


async def _due(tx: Transaction, sample: Sample, priority: str) -> datetime | None:
    """Return until when the stage should be done with a priority; the clock counts on from its start."""
    if priority == sample.priority:
        return sample.due_at
    return await clock_store.rewind(
        tx, clock_store.sample(sample.id), priority=priority, service_type=sample.service_type
    )

"""What can be done with one sample by hand: register it, change what the laboratory says of it."""

from typing import Any, NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.samples import SamplePatch, SampleRegistration
from nanopore_tracking.contracts.events.sample.samples import SampleChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Record, Transaction
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.names import model as names
from nanopore_tracking.services.sample.projects import model as projects
from nanopore_tracking.services.sample.projects import store as project_store
from nanopore_tracking.services.sample.samples import model, store
from nanopore_tracking.services.sample.samples.model import NewSample, Registered, Submitted


async def register_sample(tx: Transaction, asked: SampleRegistration) -> Written:
    """Register one sample in a project of the caller's scope; NotFound, or Conflict when its barcode is taken."""
    said = labs.asked(asked)
    labs.require(said, "name")
    if names.reserved(said["name"]):
        message = f"{said['name']} is a name that MinKNOW uses itself. Give the sample another name."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("name", message)])
    new = _new(said)
    try:
        given = await store.register(tx, new)
    except postgres.Violation as violation:
        _refuse(violation, said["container_barcode"])
    if given is None:
        await _refuse_project(tx, asked.project_id)
    registered = Registered(id=given["id"], code=given["code"], lab_id=given["lab_id"])
    store.announce_created(tx, new, registered)
    return Written(item=_first_shown(tx, new, given), version=1, location=f"/api/samples/{registered.id}")


def _new(said: dict[str, Any]) -> NewSample:
    submitted = Submitted(**{name: said.pop(name) for name in Submitted.__slots__})
    material = said.pop("material") or ""
    return NewSample(alias=names.alias(said["name"], 1), material=material, submitted=submitted, **said)


def _first_shown(tx: Transaction, new: NewSample, given: Record) -> dict[str, Any]:
    """Return the new sample as the database will show it, without asking once more."""
    facts = model.first_facts(
        new, Registered(id=given["id"], code=given["code"], lab_id=given["lab_id"]), at=tx.call.at
    )
    at = model.stamp(tx.call.at)
    return facts | {
        "id": facts.pop("sample_id"),
        "lab_name": given["lab_name"],
        "project_code": given["project_code"],
        "submission_code": None,
        "submitted": new.submitted.as_dict(),
        "out_of_range": given.get("out_of_range", ()),
        "stage_entered_at": at,
        "created_by": tx.call.actor.name,
        "created_at": at,
        "updated_at": at,
        "version": 1,
    }


def _refuse(violation: postgres.Violation, barcode: str) -> NoReturn:
    if violation.constraint != "sample_container_barcode":
        raise violation
    raise errors.Conflict(
        f"Another sample has the container barcode {barcode}. Nothing was changed; scan the tube again.",
        type="already-exists",
        fields=[errors.FieldError("container_barcode", "Another sample has this barcode.")],
    ) from None


async def _refuse_project(tx: Transaction, project_id: UUID) -> NoReturn:
    project = await project_store.hold_project(tx, project_id)
    if project is not None:
        projects.open_for_work(project)
    message = "There is no such project, or none that you may see."
    raise errors.NotFound(f"{message} Nothing was changed.", fields=[errors.FieldError("project_id", message)])


async def change_sample(tx: Transaction, sample_id: UUID, asked: SamplePatch, *, seen: int) -> Written:
    """Change what the laboratory says of a sample; NotFound, Stale, or Conflict by its status or a taken barcode."""
    sample = await store.lock_sample(tx, sample_id)
    labs.match(sample.version, seen, "sample")
    before = {name: getattr(sample, name) for name in model.CHANGEABLE}
    after = model.changed(sample, labs.asked(asked))
    if after != before:
        try:
            changed = await store.change(tx, sample, after)
        except postgres.Violation as violation:
            _refuse(violation, after["container_barcode"])
        tx.announce(
            SampleChanged(**model.facts(changed)),
            subject=model.subject(sample.id, sample.code),
            tenant_id=sample.lab_id,
            changes=labs.changes(before, after),
        )
    item, version = await store.show_sample(tx, tx.call.scope, str(sample_id))
    return Written(item=item, version=version)

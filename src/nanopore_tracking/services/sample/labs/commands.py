"""What can be done with labs: create one, change one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.labs import LabPatch, NewLab
from nanopore_tracking.contracts.events.sample import LabChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.labs import model, store

FIELDS = ("name", "pi_name", "pi_email", "organisation", "active")


async def create_lab(tx: Transaction, asked: NewLab) -> Written:
    """Create a lab; Conflict when the name is taken."""
    lab_id, values = uuid7(), model.asked(asked)
    model.require(values, "name", "pi_name")
    async with _name_free():
        await store.insert_lab(tx, lab_id, values)
    _announce(tx, lab_id, before={}, after=values | {"active": True})
    return await _written(tx, lab_id)


async def change_lab(tx: Transaction, lab_id: UUID, asked: LabPatch, *, seen: int, scope: store.Scope) -> Written:
    """Change a lab; NotFound, Stale, or Conflict when the name is taken."""
    lab = await store.lock_lab(tx, lab_id, scope=scope)
    if lab is None:
        raise errors.NotFound("There is no such lab, or none that you may see.")
    model.match(lab.version, seen, "lab")
    before = {name: getattr(lab, name) for name in FIELDS}
    after = before | model.asked(asked)
    model.require(after, "name", "pi_name")
    if after != before:
        async with _name_free():
            await store.update_lab(tx, lab_id, after)
        _announce(tx, lab_id, before=before, after=after)
    return await _written(tx, lab_id)


@asynccontextmanager
async def _name_free() -> AsyncIterator[None]:
    try:
        yield
    except postgres.Violation as violation:
        if violation.constraint != "lab_name":
            raise
        raise errors.Conflict(
            "There is a lab of this name already. Nothing was changed; choose another name.",
            type="already-exists",
            fields=[errors.FieldError("name", "Another lab has this name.")],
        ) from None


def _announce(tx: Transaction, lab_id: UUID, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    event = LabChanged(lab_id=lab_id, **after)
    changes = model.changes(before, after)
    tx.announce(event, subject=Subject("lab", str(lab_id), after["name"]), tenant_id=lab_id, changes=changes)


async def _written(tx: Transaction, lab_id: UUID) -> Written:
    found = await store.show_lab(tx, None, lab_id)
    if found is None:
        raise errors.NotFound("There is no such lab.")
    return Written(item=found[0], version=found[1], location=f"/api/labs/{lab_id}")

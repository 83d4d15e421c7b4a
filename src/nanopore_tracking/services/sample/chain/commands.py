"""What libraries and pools have in common when they are moved: overrides that wait for a second person."""

from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import Step
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.chain.model import Asked, Stands
from nanopore_tracking.services.sample.overrides import commands as overrides
from nanopore_tracking.services.sample.overrides import store as override_store
from nanopore_tracking.services.sample.overrides.model import Override, SecondPerson, Thing, Wanted


async def asked_of(tx: Transaction, step: Step, *, may_override: bool) -> Asked:
    """Return the transition that a request asks for."""
    second = step.override and await override_store.second_person(tx)
    return Asked(
        to=step.to, reason=step.reason.strip(), override=step.override, may_override=may_override, second=second
    )


def confirmed(found: Override) -> Asked:
    """Return the transition that a second person confirmed."""
    return Asked(to=found.to, reason=found.reason, override=True, may_override=True, confirms=found)


async def wait(
    tx: Transaction, stands: Stands, asked: Asked, *, problem: SecondPerson, lab_id: UUID | None = None
) -> dict[str, Any]:
    """Let a transition wait for a second person; return where that is decided, and the status that says so."""
    thing = Thing(
        kind=stands.noun,  # type: ignore[arg-type]  # A library or a pool.
        id=stands.id,
        code=stands.code,
        state=stands.state,
        version=stands.version,
        lab_id=lab_id,
    )
    wanted = Wanted(thing=thing, to=asked.to, reason=asked.reason, missing=problem.extra["missing"])
    (override_id,) = await overrides.ask(tx, [wanted])
    return {"location": overrides.address(override_id), "status": 202}

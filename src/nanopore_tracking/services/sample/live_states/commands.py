"""What a run does by what MinKNOW says: it goes through its own table of states, or a person is told why not."""

from dataclasses import replace
from uuid import UUID

from nanopore_tracking.contracts.api.sample.chain import Want
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.live_states import model, store
from nanopore_tracking.services.sample.live_states.model import Told
from nanopore_tracking.services.sample.runs import commands as runs
from nanopore_tracking.services.sample.runs import model as run_model
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.runs.model import Run


async def follow(tx: Transaction, run_id: UUID) -> None:
    """Let a run take the steps that MinKNOW's word asks for and its table of states permits, and no other.

    What is missing for a step is no error of the agent's: the run stays as it is, and `contradiction` says why.
    """
    told = await store.told_last(tx, run_id)
    if told is None:
        return
    if model.path(await run_store.read_run(tx, run_id), told):
        await _go(tx, run_id, told)
    if told.followed != (told.meaning or ""):
        await store.set_followed(tx, told)


async def _go(tx: Transaction, run_id: UUID, told: Told) -> None:
    run = await run_store.lock_run(tx, run_id)
    if run.protocol_run_id is None:
        if await store.named_so(tx, told.protocol_run_id, run_id=run_id):
            return
        run = replace(run, protocol_run_id=told.protocol_run_id)
    for to in model.path(run, told):
        found = await run_store.load_facts(tx, run, day=tx.call.at.date())
        moment = told.ended_at if to in run_model.ENDS else told.started_at
        asked = chain.Asked(to=to, reason=model.reason(told, to))
        if _missing(run_model.WAYS, found, to):
            return
        run = await runs.move(tx, run, asked, found=found, moment=moment)


def _missing(table: chain.Table, found: run_model.Facts, to: str) -> list[Want]:
    """Return what a step needs and does not have; of a step that the table has not, nothing."""
    way = next((way for way in table[found.run.state] if way.to == to), None)
    return [each for each in way.gate(found) if not each.met] if way else []


async def contradiction(db: Reads, run: Run, *, day: object) -> str:
    """Return the sentence of what MinKNOW and the plan say otherwise, blank where they agree."""
    told = await store.told_last(db, run.id)
    if told is None:
        return ""
    named = run if run.protocol_run_id else replace(run, protocol_run_id=told.protocol_run_id)
    steps = model.path(named, told)
    missing: list[Want] = []
    if steps:
        missing = _missing(run_model.WAYS, await run_store.load_facts(db, named, day=day), steps[0])
    taken_by = await store.named_so(db, told.protocol_run_id, run_id=run.id)
    return model.contradiction(run, told, missing=missing, taken_by=taken_by)

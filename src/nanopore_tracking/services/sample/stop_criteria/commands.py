"""What can be done about the end of a run: confirm its criteria, which are recorded and sent nowhere."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.stops import NewStopCriteria
from nanopore_tracking.contracts.events.sample.live import RunStopConfirmed
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.live_runs import store as live_store
from nanopore_tracking.services.sample.runs import model as run_model
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.stop_criteria import model, store


async def confirm(tx: Transaction, run_id: UUID, asked: NewStopCriteria, *, quiet_s: float) -> Written:
    """Record when a person wants a run to end; NotFound, Invalid without a criterion, Conflict when it has ended."""
    model.require_some(asked.criteria)
    run = await run_store.lock_run(tx, run_id)
    if run.state in (*run_model.ENDS, "analysed", "cancelled"):
        raise errors.Conflict(
            f"The run {run.code} is {run.state.replace('_', ' ')}. Nothing was recorded.",
            type="not-allowed",
            state=run.state,
        )
    live = await live_store.show(tx, run, at=tx.call.at, quiet_s=quiet_s, which=live_store.LAST)
    suggestion = model.suggested(live)
    new_id = await store.insert(tx, run_id, asked, suggestion=suggestion)
    event = RunStopConfirmed(
        run_id=run_id, sentence=suggestion.sentence, note=asked.note.strip(), **model.facts(asked.criteria)
    )
    tx.announce(event, subject=run_model.subject(run))
    found = await store.list_criteria(tx, filters={"id": new_id}, limit=1)
    return Written(item=found.items[0], location=f"/api/runs/{run.code}/stop-criteria")

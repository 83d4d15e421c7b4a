"""When the reads of a run are complete, those who asked for more are told."""

from itertools import groupby

from nanopore_tracking.contracts.events.sample import BasecallStored
from nanopore_tracking.kernel.events import Envelope
from nanopore_tracking.kernel.inbox import Subscription
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.acquisitions import store as acquisition_store
from nanopore_tracking.services.sample.mails import commands as mails
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.shortfalls import model, store
from nanopore_tracking.services.sample.yields import store as yield_store


async def stored(tx: Transaction, event: BasecallStored, _envelope: Envelope) -> None:
    """Tell of each submission which of its samples are short after a run that is complete."""
    acquisition = await acquisition_store.read_row(tx, event.acquisition_id)
    if acquisition["state"] != "complete" or acquisition["run_id"] != event.run_id:
        return
    run = await run_store.read_run(tx, event.run_id)
    if run.purpose in ("qc", "test"):
        return
    samples = await store.samples_of_run(tx, event.run_id)
    short = [each for each in samples if model.is_short(each, await yield_store.given(tx, each.id))]
    short.sort(key=lambda each: str(each.submission_id))
    for submission_id, group in groupby(short, key=lambda each: each.submission_id):
        facts = model.told(list(group)) | {"run": run.code}
        await mails.queue(tx, submission_id, "fewer_data", event_id=model.occasion(run.id, submission_id), **facts)


SUBSCRIPTIONS = [Subscription(source="sample", handlers={BasecallStored: stored})]

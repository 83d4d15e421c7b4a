"""What can be done with excursions: record one, so that every tube learns of it, and judge what it means."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.containers import Judgement, NewExcursion
from nanopore_tracking.contracts.events.sample import StorageExcursionRecorded, StorageFindingJudged
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.custody import model as custody
from nanopore_tracking.services.sample.custody import store as custody_store
from nanopore_tracking.services.sample.custody.model import Happened
from nanopore_tracking.services.sample.excursions import model, store
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.locations import model as locations
from nanopore_tracking.services.sample.locations import store as location_store
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples import store as sample_store


async def record_excursion(tx: Transaction, location_id: UUID, asked: NewExcursion) -> Written:
    """Record an excursion of a place, and tell it to every container that was in it; NotFound, Invalid, Conflict."""
    location = await location_store.hold_place(tx, location_id)
    model.check(asked, location, now=tx.call.at)
    reached = await store.reached(tx, location, asked)
    model.few(len(reached), location)
    excursion_id = uuid7()
    ids = sorted(row["sample_id"] for row in reached if row["sample_id"])
    known = {sample.id: sample for sample in await sample_store.lock_samples(tx, ids)}
    values = labs.asked(asked) | {
        "id": excursion_id,
        "location_id": location.id,
        "path": location.path,
        "container_count": len(reached),
    }
    contents = await store.of_contents(tx, [row["container_id"] for row in reached])
    await store.insert_excursion(tx, values, sorted(known.keys() | contents))
    what = model.happening(asked, location, at=tx.call.at)
    happened = []
    for before in await container_store.lock_containers(tx, [row["container_id"] for row in reached]):
        after, event = custody.happen(before, what, person=tx.call.by, at=tx.call.at)
        sample = known.get(before.sample_id) if before.sample_id else None
        happened.append(Happened(before=before, after=after, event=event, sample=sample))
    await custody_store.append(tx, happened)
    values["excursion_id"] = values.pop("id")
    tx.announce(StorageExcursionRecorded(**values), subject=locations.subject(location))
    item = await store.show_excursion(tx, excursion_id)
    return Written(item=item, location=f"/api/storage/excursions/{excursion_id}")


async def judge_finding(tx: Transaction, finding_id: UUID, asked: Judgement, *, seen: int) -> Written:
    """Judge what an excursion means for a sample; NotFound, Stale, Conflict where that was done before."""
    finding = await store.lock_finding(tx, finding_id)
    labs.match(finding.version, seen, "finding")
    model.judged(finding)
    values = labs.asked(asked)
    labs.require(values, "reason")
    await store.judge(tx, finding_id, values)
    subject = samples.subject(finding.sample_id, finding.sample_code)
    tx.announce(
        StorageFindingJudged(**model.told(finding, values)),
        subject=subject,
        tenant_id=finding.lab_id,
        changes=labs.changes({}, values),
    )
    found = await store.list_findings(tx, tx.call.scope, filters={"id": finding_id}, limit=1)
    return Written(item=found.items[0], version=finding.version + 1)

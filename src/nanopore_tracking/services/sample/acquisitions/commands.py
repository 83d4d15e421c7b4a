"""What can be done with run folders: tell what was read of one, say which run it is, or that it is none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.acquisitions import (
    AcquisitionDetail,
    AsideAsked,
    Candidate,
    MatchAsked,
    NewAcquisition,
    Standing,
)
from nanopore_tracking.contracts.events.sample.acquisitions import (
    AcquisitionMatched,
    AcquisitionRead,
    AcquisitionSetAside,
)
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.services.sample.acquisitions import model, store
from nanopore_tracking.services.sample.acquisitions.model import Acquisition
from nanopore_tracking.services.sample.labs import model as labs
from nanopore_tracking.services.sample.live_totals import commands as live_totals
from nanopore_tracking.services.sample.read_sets import commands as reads
from nanopore_tracking.services.sample.read_sets import store as read_store
from nanopore_tracking.services.sample.runs import store as run_store

_AT_ONCE = "The same run folder is being told by somebody else at this moment."
_NEVER = "Nothing was ever read of that folder, and it is not there."


async def take(tx: Transaction, asked: NewAcquisition) -> Written:
    """Keep what was read of a run folder, match it, and keep its reads; what is as before changes nothing.

    A folder that is gone is gone with all acquisitions that were read of it.
    """
    model.storable(asked)
    if asked.reading.state == "vanished":
        found = await store.of_folder(tx, asked.reader, asked.reading.folder)
        if not found:
            raise errors.NotFound(f"{_NEVER} Nothing was changed.")
        for acquisition_id in found:
            await _take(tx, asked, acquisition_id)
        return await _written(tx, found[0])
    return await _written(tx, await _take(tx, asked, await store.find(tx, asked.reader, asked.reading)))


async def _take(tx: Transaction, asked: NewAcquisition, found: UUID | None) -> UUID:
    reading = asked.reading
    before = await store.lock(tx, found) if found is not None else None
    content_hash = store.content_hash(asked.reader, reading)
    if before is not None and before.content_hash == content_hash:
        if before.standing == "unmatched" and not before.matched_by:
            # Its run may have been planned since.
            await _known(tx, before, reading)
        return before.id
    values = model.values(reading) | {"content_hash": content_hash, "reader": asked.reader, "folder": reading.folder}
    try:
        acquisition_id = await store.save(tx, found, values=values, reading=reading)
    except postgres.Violation as violation:
        if violation.constraint not in ("acquisition_of_protocol_run", "acquisition_of_folder"):
            raise
        raise errors.Unavailable(f"{_AT_ONCE} Nothing was changed; send it again.", retry_after_s=1) from None
    after = await store.read_row(tx, acquisition_id)
    tx.announce(AcquisitionRead(**model.facts(after)), subject=model.subject(acquisition_id, reading.folder))
    if reading.state != "vanished":
        await _known(tx, await store.lock(tx, acquisition_id), reading)
    return acquisition_id


async def _known(tx: Transaction, acquisition: Acquisition, reading: Reading) -> None:
    """Match an acquisition that no person has judged, and keep the reads of one that is matched."""
    run_id = acquisition.run_id
    if not acquisition.matched_by:
        ids = model.ids(await store.read_row(tx, acquisition.id))
        found = model.match(ids, await store.planned_like(tx, ids))
        run_id = found.run.id if found.run else None
        await _stand(tx, acquisition, run_id=run_id, candidates=found.candidates)
    if run_id is not None:
        await reads.keep(tx, acquisition.id, reading, run_id=run_id)


async def _stand(
    tx: Transaction, acquisition: Acquisition, *, run_id: UUID | None, candidates: Sequence[Candidate]
) -> None:
    """Store what the rule says, and announce it where it says something else than before."""
    standing: Standing = "matched" if run_id else "unmatched"
    more: dict[str, Any] = {"by": "", "reason": "", "candidates": candidates, "step": 0}
    await store.set_standing(tx, acquisition.id, standing, run_id=run_id, **more)
    if run_id == acquisition.run_id:
        return
    await read_store.drop_of_acquisition(tx, acquisition.id)
    await live_totals.assign(tx, acquisition.id, run_id=run_id)
    if run_id is not None:
        await _announce_match(tx, acquisition, by_rule=True)


async def match(tx: Transaction, acquisition_id: UUID, asked: MatchAsked, *, seen: int) -> Written:
    """Say which planned run an acquisition is; NotFound, Stale, Invalid without a reason where both differ."""
    acquisition = await store.lock(tx, acquisition_id)
    labs.match(acquisition.version, seen, "run folder")
    run = await store.planned_one(tx, await run_store.find_run(tx, asked.run))
    reading = await _reading(tx, acquisition_id)
    compared = model.compare(model.ids(await store.read_row(tx, acquisition_id)), run)
    model.require_reason(compared, asked.reason.strip())
    more: dict[str, Any] = {"by": tx.call.by, "reason": asked.reason.strip(), "candidates": [compared], "step": 1}
    await store.set_standing(tx, acquisition_id, "matched", run_id=run.id, **more)
    await read_store.drop_of_acquisition(tx, acquisition_id)
    await live_totals.assign(tx, acquisition_id, run_id=run.id)
    await _announce_match(tx, acquisition, by_rule=False)
    await reads.keep(tx, acquisition_id, reading, run_id=run.id)
    return await _written(tx, acquisition_id)


async def set_aside(tx: Transaction, acquisition_id: UUID, asked: AsideAsked, *, seen: int) -> Written:
    """Say that an acquisition is no planned run; NotFound, Stale, Invalid without a reason."""
    acquisition = await store.lock(tx, acquisition_id)
    labs.match(acquisition.version, seen, "run folder")
    labs.require({"reason": asked.reason.strip()}, "reason")
    more: dict[str, Any] = {"by": tx.call.by, "reason": asked.reason.strip(), "candidates": [], "step": 1}
    await store.set_standing(tx, acquisition_id, "aside", run_id=None, **more)
    await read_store.drop_of_acquisition(tx, acquisition_id)
    await live_totals.assign(tx, acquisition_id, run_id=None)
    row = await store.read_row(tx, acquisition_id)
    changes = [Change("standing", acquisition.standing, "aside")]
    event = AcquisitionSetAside(**model.facts(row))
    tx.announce(event, subject=model.subject(acquisition_id, row["folder"]), changes=changes)
    return await _written(tx, acquisition_id)


async def _announce_match(tx: Transaction, before: Acquisition, *, by_rule: bool) -> None:
    row = await store.read_row(tx, before.id)
    changes = [Change("run_id", str(before.run_id) if before.run_id else None, str(row["run_id"]))]
    event = AcquisitionMatched(**model.facts(row), by_rule=by_rule)
    tx.announce(event, subject=model.subject(before.id, row["folder"]), changes=changes)


async def _reading(tx: Transaction, acquisition_id: UUID) -> Reading:
    return msgspec.json.decode(await store.read_detail(tx, acquisition_id), type=AcquisitionDetail).reading


async def _written(tx: Transaction, acquisition_id: UUID) -> Written:
    item, version = await store.show_acquisition(tx, acquisition_id)
    return Written(item=item, version=version, location=f"/api/runs/acquisitions/{acquisition_id}")

"""What is done with what an agent tells: kept once, matched as a folder is, and announced where something is new."""

from uuid import UUID

from nanopore_tracking.contracts.api.sample.acquisitions import NewAcquisition
from nanopore_tracking.contracts.api.sample.live import LiveKnown, LiveRunTold, LiveTaken, NewTelling
from nanopore_tracking.contracts.events.sample.live import InstrumentTold
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.runfolders.readings import Reading, RunIds
from nanopore_tracking.services.sample.acquisitions import commands as acquisitions
from nanopore_tracking.services.sample.acquisitions import store as acquisition_store
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.live_places import store as place_store
from nanopore_tracking.services.sample.live_states import commands as live_states
from nanopore_tracking.services.sample.live_ticks import commands as live_ticks
from nanopore_tracking.services.sample.live_ticks import model as ticks
from nanopore_tracking.services.sample.live_ticks import store as tick_store
from nanopore_tracking.services.sample.live_totals import model as totals
from nanopore_tracking.services.sample.live_totals import store as total_store
from nanopore_tracking.services.sample.runs import store as run_store

_SENTENCE = "MinKNOW tells of it; nobody has read its folder yet."


async def take(tx: Transaction, asked: NewTelling) -> Written:
    """Keep what an agent saw and answer what is known of each run; Invalid for minutes that cannot be.

    A minute that comes again is the one that is there, so that whatever is sent twice counts once.
    """
    for position in asked.positions:
        for run in position.runs:
            ticks.checked(run.ticks, run.acquisition_run_id)
    before = await place_store.lock_host(tx, agent=asked.agent, host=asked.host)
    states = await place_store.states(tx, before["id"]) if before else {}
    host_id = await place_store.keep_host(tx, asked)
    known: list[LiveKnown] = []
    for position in asked.positions:
        acquisition_id: UUID | None = None
        for run in position.runs:
            acquisition_id = await _acquisition(tx, asked, run)
            known.append(await _take_run(tx, run, acquisition_id=acquisition_id, host_id=host_id))
        await place_store.keep_position(tx, host_id, position, acquisition_id=acquisition_id)
    now = {position.name: position.state for position in asked.positions}
    moved = before is not None and (before["reached"] != asked.reached or (asked.reached and now != states))
    said = before is not None and (before["sentence"], before["core_version"]) == (asked.sentence, asked.core_version)
    if moved or not said:
        _announce_host(tx, asked, host_id)
    for run_id in await tick_store.going_on(tx, host_id) if moved else ():
        await live_ticks.tell(tx, run_id)
    return Written(item=LiveTaken(runs=known))


def _announce_host(tx: Transaction, asked: NewTelling, host_id: UUID) -> None:
    event = InstrumentTold(
        agent=asked.agent,
        host=asked.host,
        core_version=asked.core_version,
        reached=asked.reached,
        sentence=asked.sentence,
        positions=[(position.name, position.state) for position in asked.positions],
    )
    tx.announce(event, subject=Subject("instrument", str(host_id), asked.host[:100]))


async def _acquisition(tx: Transaction, asked: NewTelling, run: LiveRunTold) -> UUID:
    """Return what a run is known by, matched by the rule of run folders; one whose folder was read stays as it is."""
    ids = RunIds(
        protocol_run_id=run.protocol_run_id,
        acquisition_run_ids=[run.acquisition_run_id],
        experiment_id=run.experiment_id,
        sample_id=run.sample_id,
        flow_cell_id=run.flow_cell_id,
        position=run.position,
        instrument=asked.host,
        kit=run.kit,
    )
    reading = Reading(
        folder=run.output_path,
        acquisition_run_id=run.acquisition_run_id,
        state="live",
        sentence=_SENTENCE,
        ids=ids,
        problems=[],
        files=[],
    )
    found = await acquisition_store.find(tx, asked.agent, reading)
    if found is not None and (await acquisition_store.read_row(tx, found))["state"] != "live":
        return found
    await acquisitions.take(tx, NewAcquisition(reader=asked.agent, reading=reading))
    made = await acquisition_store.find(tx, asked.agent, reading)
    if made is None:
        raise RuntimeError("an acquisition that was taken is not there")
    return made


async def _take_run(tx: Transaction, run: LiveRunTold, *, acquisition_id: UUID, host_id: UUID) -> LiveKnown:
    before = await tick_store.lock(tx, run.acquisition_run_id)
    await tick_store.keep(tx, run, acquisition_id=acquisition_id, host_id=host_id)
    live = before or await tick_store.lock(tx, run.acquisition_run_id)
    if live is None:
        raise RuntimeError("an acquisition that was kept is not there")
    row = await acquisition_store.read_row(tx, acquisition_id)
    if row["run_id"]:
        await live_states.follow(tx, row["run_id"])
    new = ticks.new(run.ticks, live.minute)
    minute = new[-1].minute if new else live.minute
    if new:
        await tick_store.insert_ticks(tx, live.id, new)
        await total_store.keep(tx, live.id, totals.latest(new[-1].barcodes), tags=await _tags(tx, row["run_id"]))
    if ticks.due(live, minute=minute, state=run.state, at=tx.call.at):
        await live_ticks.tell(tx, run.acquisition_run_id)
    code = (await run_store.read_run(tx, row["run_id"])).code if row["run_id"] else None
    standing = row["standing"]
    return LiveKnown(acquisition_run_id=run.acquisition_run_id, minute=minute, standing=standing, run=code)


async def _tags(tx: Transaction, run_id: UUID | None) -> list[Tag]:
    if run_id is None:
        return []
    run = await run_store.read_run(tx, run_id)
    return list((await cargo_store.of_either(tx, pool_id=run.pool_id, library_id=run.library_id)).tags)

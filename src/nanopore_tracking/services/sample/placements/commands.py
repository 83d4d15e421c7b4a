"""The one thing that is done with a box: put scanned tubes into it, all in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.api.sample.storage import PlacementResult, Placements
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.sample.containers import store as container_store
from nanopore_tracking.services.sample.custody import model as custody
from nanopore_tracking.services.sample.custody import store as custody_store
from nanopore_tracking.services.sample.custody.model import Happened, Happening
from nanopore_tracking.services.sample.locations import store as locations
from nanopore_tracking.services.sample.locations.model import Spot
from nanopore_tracking.services.sample.placements import model
from nanopore_tracking.services.sample.placements.model import Tube
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.samples.model import Sample


async def place_tubes(tx: Transaction, location_id: UUID, asked: Placements) -> Written:
    """Put scanned tubes into a box; NotFound, Invalid for what is no box, Conflict for a retired one.

    A tube that cannot be put where it was scanned is told and stops none of the others.
    """
    box = await locations.lock_place(tx, location_id)
    model.box_only(box)
    tubes, samples = await _tubes(tx, [item.barcode for item in asked.placements])
    occupied = await container_store.occupants(tx, location_id)
    decisions = model.decide(box, asked.placements, tubes, occupied=occupied)
    happened = []
    for made in decisions:
        if made.tube and made.spot:
            sample = samples.get(made.tube.container.sample_id) if made.tube.container.sample_id else None
            happened.append(_happen(tx, made.tube, made.spot, sample=sample, note=asked.note))
    await custody_store.append(tx, happened)
    results = [made.answer for made in decisions]
    placed = sum(result.placed for result in results)
    return Written(
        item=PlacementResult(path=box.path, placed=placed, refused=len(results) - placed, results=results),
        location=f"/api/storage/locations/{location_id}/map",
    )


async def _tubes(tx: Transaction, codes: Sequence[str]) -> tuple[dict[str, Tube], dict[UUID, Sample]]:
    scanned = await container_store.scan(tx, dict.fromkeys(codes))
    wanted = {found.sample_id for found in scanned.values() if found.sample_id}
    samples = {sample.id: sample for sample in await sample_store.lock_samples(tx, sorted(wanted))}
    of_samples = await container_store.tubes(tx, list(samples.values()))
    others = [found.container_id for found in scanned.values() if found.container_id and not found.sample_id]
    of_others = {found.id: found for found in await container_store.lock_containers(tx, others)}
    tubes: dict[str, Tube] = {}
    for code, found in scanned.items():
        if found.sample_id in samples:
            sample = samples[found.sample_id]
            tubes[code] = Tube(container=of_samples[sample.id], name=f"{sample.code} {sample.name}")
        elif found.container_id in of_others:
            container = of_others[found.container_id]
            tubes[code] = Tube(container=container, name=container.subject_code)
    return tubes, samples


def _happen(tx: Transaction, tube: Tube, spot: Spot, *, sample: Sample | None, note: str) -> Happened:
    before = tube.container
    what = Happening(
        kind=model.kind_of(before), spot=spot, location=spot.text, note=note.strip(), happened_at=tx.call.at
    )
    after, event = custody.happen(before, what, person=tx.call.by, at=tx.call.at)
    return Happened(before=before, after=after, event=event, sample=sample)

"""Custody: what each event must say, where the tube is, and that nothing is ever changed."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.custody import store
from tests.harness.laboratory import Laboratory

PLACE = "R1/F-80-2/S3/R1/B7/C4"


async def _listed(laboratory: Laboratory, sample_id: UUID) -> list[dict[str, Any]]:
    page = await store.list_events(laboratory.db, None, sample_id, sort="sequence")
    return [msgspec.json.decode(item) for item in page.items]


async def test_events_are_counted_on_and_the_place_follows(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    places = []
    for kind, said in (
        ("received", {"condition": "intact", "temperature_c": -71.5, "witness": "bob"}),
        ("stored", {"location": PLACE}),
        ("checked_out", {}),
        ("checked_in", {"location": PLACE}),
        ("thawed", {}),
        ("moved", {"location": "R2/F4"}),
        ("damaged", {"note": "The lid broke."}),
        ("lost", {"note": "Not in the box."}),
        ("stored", {"location": PLACE}),
        ("returned", {"note": "By courier."}),
    ):
        await laboratory.custody(sample_id, kind, **said)
        places.append((await laboratory.show(sample_id)).location)

    assert places == ["", PLACE, "", PLACE, PLACE, "R2/F4", "R2/F4", "", PLACE, ""]
    listed = await _listed(laboratory, sample_id)
    assert [item["sequence"] for item in listed] == list(range(1, 11))
    assert (listed[0]["person"], listed[0]["witness"], listed[0]["temperature_c"]) == ("alice", "bob", -71.5)
    event = (await laboratory.events(sample_id))[2]
    assert event["type"] == "sample.custody_recorded"
    assert {"field": "location", "before": "", "after": PLACE} in event["changes"]
    assert event["data"]["custody"]["kind"] == "stored"


@pytest.mark.parametrize(
    ("kind", "said", "wrong"),
    [
        ("stored", {}, "location"),
        ("moved", {"location": "  "}, "location"),
        ("checked_in", {}, "location"),
        ("received", {}, "condition"),
        ("lost", {}, "note"),
        ("destroyed", {"witness": "bob"}, "note"),
        ("destroyed", {"note": "Retention is over."}, "witness"),
        ("destroyed", {"note": "Retention is over.", "witness": "Alice"}, "witness"),
        ("transferred", {"location": "R2"}, "note"),
        ("returned", {"note": " "}, "note"),
        ("damaged", {}, "note"),
        ("thawed", {"happened_at": "2026-12-24T09:00:00Z"}, "happened_at"),
    ],
)
async def test_an_incomplete_event_is_refused_by_field(
    laboratory: Laboratory, kind: str, said: dict[str, Any], wrong: str
) -> None:
    sample_id = await laboratory.register()

    with pytest.raises(errors.Invalid) as refused:
        await laboratory.custody(sample_id, kind, **said)

    assert [field.path for field in refused.value.fields] == [wrong]
    assert await _listed(laboratory, sample_id) == []


async def test_nothing_happens_to_a_tube_after_it_was_destroyed(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    await laboratory.custody(sample_id, "destroyed", note="Retention is over.", witness="bob")

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.custody(sample_id, "stored", location=PLACE)

    assert refused.value.type == "not-allowed"


async def test_custody_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    await laboratory.custody(sample_id, "stored", location=PLACE)

    async with laboratory.owner() as owner:
        for change in (
            "UPDATE custody_event SET location = 'elsewhere'",
            "DELETE FROM custody_event",
            "TRUNCATE custody_event",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change)

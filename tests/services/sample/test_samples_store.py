"""Samples in the database: gapless codes, what never changes, lists by every order and filter, searches, counts."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.custody import NewCustodyEvent
from nanopore_tracking.contracts.api.sample.samples import SamplePatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.custody import commands as custody
from nanopore_tracking.services.sample.samples import commands, store
from nanopore_tracking.services.sample.samples.model import NewSample, Submitted
from tests.harness.laboratory import Laboratory, number


async def _listed(laboratory: Laboratory, scope: Any = None, **asked: Any) -> list[dict[str, Any]]:
    filters = {name: asked.pop(name) for name in list(asked) if name not in ("sort", "after", "limit")}
    page = await store.list_samples(laboratory.db, scope, filters=filters, **asked)
    return [msgspec.json.decode(item) for item in page.items]


async def _insert(laboratory: Laboratory, *rows: NewSample) -> list[tuple[UUID, str]]:
    async with laboratory.db.transaction(laboratory.call()) as tx:
        return await store.insert_samples(tx, rows)


async def test_many_samples_are_made_at_once_each_with_its_event(laboratory: Laboratory) -> None:
    rows = [
        NewSample(
            project_id=laboratory.project_id, name=f"bulk {n}", alias=f"bulk_{n}", submitted=Submitted(volume_ul=n)
        )
        for n in range(500)
    ]

    made = await _insert(laboratory, *rows)

    first = number(made[0][1])
    assert [number(code) for _, code in made] == list(range(first, first + 500))
    assert await laboratory.unexplained_numbers() == 0
    last = await laboratory.show(made[-1][0])
    assert (last.name, last.volume_ul, last.code) == ("bulk 499", 499.0, made[-1][1])
    (event,) = await laboratory.events(made[7][0])
    assert (event["type"], event["data"]["submitted"]["volume_ul"]) == ("sample.created", 7.0)
    assert await _insert(laboratory) == []


async def test_what_was_submitted_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(volume_ul=50.0)

    async with laboratory.owner() as owner:
        for change in (
            "UPDATE sample SET submitted_volume_ul = 45 WHERE id = $1",
            "UPDATE sample SET name = 'other' WHERE id = $1",
            "UPDATE sample SET lab_id = lab_id, code = 'S26-999999' WHERE id = $1",
            "DELETE FROM sample WHERE id = $1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change, sample_id)

    assert (await laboratory.show(sample_id)).submitted.volume_ul == 50.0


@pytest.mark.parametrize(
    "change",
    [
        "stage = 'delivered'",
        "status = 'done'",
        "status = 'failed', status_reason = 'x'",
        "status = 'on_hold', status_reason = 'x'",
        "exit = 'cancelled', status = 'cancelled'",
        "exit = 'damaged', status = 'cancelled', status_reason = 'x'",
        "stage = 'nowhere'",
    ],
)
async def test_states_that_contradict_themselves_are_refused_by_the_database(
    laboratory: Laboratory, change: str
) -> None:
    sample_id = await laboratory.register()

    async with laboratory.owner() as owner:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE sample SET {change} WHERE id = $1", sample_id)


async def test_a_change_by_hand_is_kept_and_announced(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    asked = SamplePatch(
        priority="urgent",
        priority_reason="Patient waits.",
        assignee=" bob ",
        comment="Call first.",
        container_barcode="TUBE-77",
    )

    changed = await laboratory.run(lambda tx: commands.change_sample(tx, sample_id, asked, seen=1))

    assert (changed["priority"], changed["assignee"], changed["version"]) == ("urgent", "bob", 2)
    event = (await laboratory.events(sample_id))[-1]
    assert event["type"] == "sample.changed"
    assert {"field": "priority", "before": "normal", "after": "urgent"} in event["changes"]
    again = await laboratory.run(lambda tx: commands.change_sample(tx, sample_id, asked, seen=2))
    assert again["version"] == 2
    with pytest.raises(errors.Stale):
        await laboratory.run(lambda tx: commands.change_sample(tx, sample_id, asked, seen=1))


async def test_a_change_that_waited_for_a_move_tells_of_the_new_place(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    await laboratory.custody(sample_id, "received", condition="intact")
    patch = msgspec.convert({"comment": "Seen."}, SamplePatch)
    moved = msgspec.convert({"kind": "stored", "location": "Shelf 4"}, NewCustodyEvent)
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await custody.record_custody(tx, sample_id, moved)
        version = (await store.read_sample(tx, None, sample_id)).version
        change = asyncio.create_task(
            laboratory.run(lambda own: commands.change_sample(own, sample_id, patch, seen=version))
        )
        await asyncio.sleep(0.3)
        assert not change.done()
    await change

    *_, event = await laboratory.events(sample_id)
    assert (event["type"], event["data"]["location"]) == ("sample.changed", "Shelf 4")


async def test_a_barcode_belongs_to_one_sample(laboratory: Laboratory) -> None:
    await laboratory.register(container_barcode="TUBE-88")
    other = await laboratory.register()
    asked = SamplePatch(container_barcode="TUBE-88")

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.run(lambda tx: commands.change_sample(tx, other, asked, seen=1))

    assert refused.value.type == "already-exists"


async def _some(laboratory: Laboratory) -> tuple[UUID, list[str]]:
    """Make 25 samples in a project of their own; return its id and their codes."""
    project_id = await laboratory.project()
    codes = []
    for n in range(25):
        laboratory.later(seconds=1)
        priority: Any = ("low", "normal", "high", "urgent")[n % 4]
        row = NewSample(project_id=project_id, name=f"N{(n * 7) % 25:02d} gut", alias=f"N{n}", priority=priority)
        row = replace(row, priority_reason="As agreed.")
        codes += [code for _, code in await _insert(laboratory, row)]
    return project_id, codes


@pytest.mark.parametrize(
    ("sort", "key", "reverse"),
    [
        ("updated", "updated_at", False),
        ("-updated", "updated_at", True),
        ("code", "code", False),
        ("-code", "code", True),
        ("name", "name", False),
        ("-name", "name", True),
        ("priority", "priority", False),
        ("-priority", "priority", True),
    ],
)
async def test_a_list_is_read_page_by_page_in_every_order(
    laboratory: Laboratory, sort: str, key: str, reverse: bool
) -> None:
    project_id, codes = await _some(laboratory)
    filters = {"project_id": project_id}
    found: list[Any] = []
    after = None
    while True:
        page = await store.list_samples(laboratory.db, None, filters=filters, sort=sort, after=after, limit=7)
        found += [msgspec.json.decode(item) for item in page.items]
        after = page.next
        if after is None:
            break

    order = ["urgent", "high", "normal", "low"]
    keys = [order.index(item[key]) if key == "priority" else item[key] for item in found]
    assert keys == sorted(keys, reverse=reverse)
    assert sorted(item["code"] for item in found) == sorted(codes)


async def test_filters_narrow_a_list_and_its_count(laboratory: Laboratory) -> None:
    project_id, _ = await _some(laboratory)
    own = {"project_id": project_id}

    for filters, count in (
        ({}, 25),
        ({"priority": ["urgent"]}, 6),
        ({"priority": ["urgent", "high"]}, 12),
        ({"stage": ["expected"]}, 25),
        ({"stage": ["expected", "received"], "status": ["queued"]}, 25),
        ({"status": ["done"]}, 0),
        ({"lab_id": laboratory.lab_id}, 25),
        ({"lab_id": uuid7()}, 0),
        ({"assignee": "bob"}, 0),
        ({"q": "n03"}, 1),
        ({"q": "GUT n0"}, 10),
    ):
        assert len(await _listed(laboratory, limit=200, sort="code", **own, **filters)) == count, filters
        assert await store.count_samples(laboratory.db, None, own | filters) == count, filters


async def test_only_the_labs_in_scope_are_seen(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    code = (await laboratory.show(sample_id)).code
    other, own = uuid7(), laboratory.lab_id

    for scope, seen in (([], 0), ([other], 0), ([own], 1), (sorted([own, other]), 1), (None, 1)):
        assert len(await _listed(laboratory, scope, ids=[sample_id])) == seen
        assert await store.count_samples(laboratory.db, scope, {"ids": [sample_id]}) == seen
    for said in (str(sample_id), code, code.lower()):
        with pytest.raises(errors.NotFound):
            await store.show_sample(laboratory.db, [other], said)
        assert await store.find_sample(laboratory.db, [own], said) == sample_id


@pytest.mark.parametrize(
    "said", ["oddest_Stra 7", "ODDE", "7 odde", "ODD-TUBE/7", "odde_", "straße odde", "STRASSE odde"]
)
async def test_a_sample_is_found_by_the_beginning_of_its_words_or_its_tube(laboratory: Laboratory, said: str) -> None:
    sample_id = await _found_or_made(laboratory)

    assert [item["id"] for item in await _listed(laboratory, q=said)] == [str(sample_id)]


async def _found_or_made(laboratory: Laboratory) -> UUID:
    found = await _listed(laboratory, q="oddest")
    if found:
        return UUID(found[0]["id"])
    return await laboratory.register(name="oddest Straße 7", container_barcode="ODD-TUBE/7")


async def test_a_sample_is_found_by_its_code_and_nothing_else(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    code = (await laboratory.show(sample_id)).code

    assert [item["code"] for item in await _listed(laboratory, q=code.lower())] == [code]
    assert len(await _listed(laboratory, q=code[:5], limit=200)) > 1
    for strange in ("zzz-nowhere", "-- '", "%", "\\", "a:*|b"):
        assert await _listed(laboratory, q=strange) == []

"""Samples that are registered one by one: gapless codes, and nothing taken for granted that was only remembered."""

import asyncio

import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.samples import SampleRegistration
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.samples import commands, store
from tests.harness.laboratory import Laboratory, number


async def test_a_registered_sample_is_expected_with_what_was_submitted(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(
        name="HB27 gDNA", material="HMW gDNA", volume_ul=5.0, qubit_ng_per_ul=40.0, a260_a280=1.2, comment="Fragile."
    )

    found = await laboratory.show(sample_id)

    assert (found.stage, found.status, found.alias, found.version) == ("expected", "queued", "HB27_gDNA", 1)
    assert (found.submitted.volume_ul, found.volume_ul, found.submitted.comment) == (5.0, 5.0, "Fragile.")
    assert (found.measured, found.out_of_range) == ([], ["volume_ul", "a260_a280"])
    assert (found.lab_name, found.project_code, found.created_by) == ("Okafor Lab", "PRJ-0001", "alice")
    (event,) = await laboratory.events(sample_id)
    assert (event["type"], event["tenant_id"]) == ("sample.created", str(laboratory.lab_id))
    assert event["subject"] == {"kind": "sample", "id": str(sample_id), "code": found.code}
    assert event["data"]["submitted"]["qubit_ng_per_ul"] == 40.0


async def test_what_registering_answers_is_what_is_shown_afterwards(laboratory: Laboratory) -> None:
    laboratory.at = laboratory.at.replace(microsecond=120_300)
    asked = SampleRegistration(project_id=laboratory.project_id, name="one", container_barcode="T-ONE", volume_ul=1.5)
    answered = await laboratory.run(lambda tx: commands.register_sample(tx, asked))

    item, _ = await store.show_sample(laboratory.db, None, answered["id"])

    assert answered == msgspec.json.decode(item)


async def test_no_number_is_lost_whatever_fails(laboratory: Laboratory) -> None:
    taken = await laboratory.register(name="first", container_barcode="TUBE-1")

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.register(name="second", container_barcode="TUBE-1")
    with pytest.raises(errors.NotFound):
        await laboratory.register(name="third", project_id=uuid7())
    next_one = await laboratory.register(name="fourth")
    made = await asyncio.gather(*(laboratory.register(name=f"parallel {n}") for n in range(70)))

    assert refused.value.fields[0].path == "container_barcode"
    numbers = [number((await laboratory.show(sample_id)).code) for sample_id in [taken, next_one, *made]]
    assert numbers[1] == numbers[0] + 1
    assert len(set(numbers)) == 72
    assert await laboratory.unexplained_numbers() == 0


async def test_a_project_that_is_closed_or_out_of_scope_takes_no_sample(laboratory: Laboratory) -> None:
    closed = await laboratory.project(status="closed")
    asked = SampleRegistration(project_id=laboratory.project_id, name="x")

    with pytest.raises(errors.Conflict) as refused:
        await laboratory.register(name="x", project_id=closed)
    with pytest.raises(errors.NotFound):
        await laboratory.run(lambda tx: commands.register_sample(tx, asked), tenants=frozenset({uuid7()}))

    assert refused.value.type == "project-not-active"


async def test_what_is_remembered_of_a_project_is_never_taken_for_granted(laboratory: Laboratory) -> None:
    project_id = await laboratory.project()
    await laboratory.register(name="before", project_id=project_id, volume_ul=5.0)

    async with laboratory.owner() as owner:
        await owner.execute("UPDATE project SET code = 'PRJ-NEW' WHERE id = $1", project_id)
        await owner.execute(
            "INSERT INTO catalogue (name, version, effective_from, entries) "
            "VALUES ('thresholds', 999, '2020-01-01', '[]')"
        )
        after = await laboratory.show(await laboratory.register(name="after", project_id=project_id, volume_ul=5.0))
        await owner.execute("DELETE FROM catalogue WHERE version = 999")
        await owner.execute("UPDATE project SET status = 'closed' WHERE id = $1", project_id)

    assert (after.project_code, after.out_of_range) == ("PRJ-NEW", [])
    with pytest.raises(errors.Conflict, match="is closed"):
        await laboratory.register(name="too late", project_id=project_id)
    assert await laboratory.unexplained_numbers() == 0


@pytest.mark.parametrize("name", ["unclassified", "barcode01", "   "])
async def test_a_name_that_minknow_uses_or_that_is_blank_is_refused(laboratory: Laboratory, name: str) -> None:
    with pytest.raises(errors.Invalid):
        await laboratory.register(name=name)

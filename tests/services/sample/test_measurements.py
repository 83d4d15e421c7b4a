"""Measurements: units and methods that fit, what counts, replacing, invalidating, and what never changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.measurements import Invalidation
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.measurements import commands, model, store
from tests.harness.laboratory import FITTING, Laboratory


async def _listed(laboratory: Laboratory, sample_id: UUID, **filters: Any) -> list[dict[str, Any]]:
    page = await store.list_measurements(laboratory.db, None, sample_id, filters=filters, sort="recorded")
    return [msgspec.json.decode(item) for item in page.items]


async def _invalidate(laboratory: Laboratory, sample_id: UUID, measurement_id: str, reason: str = "Wrong tube.") -> Any:
    asked = Invalidation(reason=reason)
    return await laboratory.run(
        lambda tx: commands.invalidate_measurement(tx, sample_id, UUID(measurement_id), asked=asked)
    )


@pytest.mark.parametrize("quantity", FITTING)
async def test_every_quantity_is_recorded_in_its_unit(laboratory: Laboratory, quantity: str) -> None:
    sample_id = await laboratory.register()

    found = await laboratory.measure(sample_id, quantity, 2.0, instrument="Q4", note="ok")

    assert (found["quantity"], found["value"], found["unit"]) == (quantity, 2.0, FITTING[quantity][0])
    assert (found["state"], found["operator"], found["subject"]) == ("accepted", "alice", "sample")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"unit": "ng"}, "unit"),
        ({"unit": "ul", "method": "weighing"}, "unit"),
        ({"method": "weighing"}, "method"),
        ({"value": 200_000.0}, "value"),
        ({"measured_at": "2026-11-25T09:00:00Z"}, "measured_at"),
    ],
)
async def test_what_does_not_fit_is_refused_by_field(laboratory: Laboratory, said: dict[str, Any], wrong: str) -> None:
    sample_id = await laboratory.register()

    with pytest.raises(errors.Invalid) as refused:
        await laboratory.measure(sample_id, "concentration", said.pop("value", 42.0), **said)

    assert wrong in [field.path for field in refused.value.fields]
    assert await _listed(laboratory, sample_id) == []


async def test_the_latest_fluorometric_concentration_counts_and_no_other(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(qubit_ng_per_ul=40.0)

    await laboratory.measure(sample_id, "concentration", 90.0, method="nanodrop")
    assert (await laboratory.show(sample_id)).qubit_ng_per_ul == 40.0
    await laboratory.measure(sample_id, "concentration", 42.0)
    laboratory.later(seconds=1)
    await laboratory.measure(sample_id, "concentration", 44.0, method="qubit_hs")
    early = (laboratory.at - timedelta(days=1)).isoformat()
    await laboratory.measure(sample_id, "concentration", 10.0, measured_at=early)

    found = await laboratory.show(sample_id)
    assert (found.qubit_ng_per_ul, found.measured, found.submitted.qubit_ng_per_ul) == (44.0, ["qubit_ng_per_ul"], 40.0)
    states = {item["value"]: item["state"] for item in await _listed(laboratory, sample_id)}
    assert states == {90.0: "kept", 42.0: "earlier", 44.0: "accepted", 10.0: "earlier"}


async def test_a_replacement_stands_before_what_it_replaces_and_both_are_kept(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    first = await laboratory.measure(sample_id, "volume", 50.0)
    early = (laboratory.at - timedelta(hours=1)).isoformat()

    second = await laboratory.measure(sample_id, "volume", 45.0, replaces=first["id"], measured_at=early)

    assert (await laboratory.show(sample_id)).volume_ul == 45.0
    assert [item["state"] for item in await _listed(laboratory, sample_id)] == ["replaced", "accepted"]
    with pytest.raises(errors.Invalid):
        await laboratory.measure(sample_id, "volume", 44.0, replaces=first["id"])
    with pytest.raises(errors.Invalid):
        await laboratory.measure(sample_id, "mass", 44.0, replaces=second["id"])
    other = await laboratory.register()
    with pytest.raises(errors.Invalid):
        await laboratory.measure(other, "volume", 44.0, replaces=second["id"])


async def test_an_invalid_measurement_does_not_count_and_is_kept(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(volume_ul=60.0)
    measured = await laboratory.measure(sample_id, "volume", 5.0)
    assert (await laboratory.show(sample_id)).out_of_range == ["volume_ul"]

    found = await _invalidate(laboratory, sample_id, measured["id"])

    shown = await laboratory.show(sample_id)
    assert (shown.volume_ul, shown.measured, shown.out_of_range) == (60.0, [], [])
    assert (found["state"], found["invalid_by"], found["invalid_reason"]) == ("invalid", "alice", "Wrong tube.")
    with pytest.raises(errors.Conflict):
        await _invalidate(laboratory, sample_id, measured["id"])
    with pytest.raises(errors.NotFound):
        await _invalidate(laboratory, sample_id, str(uuid7()))
    event = (await laboratory.events(sample_id))[-1]
    assert (event["type"], event["data"]["reason"]) == ("sample.measurement_invalidated", "Wrong tube.")
    assert event["changes"] == [{"field": "volume_ul", "before": 5.0, "after": 60.0}]


async def test_events_say_what_counts_now_instead(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(volume_ul=60.0)

    await laboratory.measure(sample_id, "volume", 50.0)
    await laboratory.measure(sample_id, "concentration", 90.0, method="nanodrop")
    await laboratory.measure(sample_id, "din", 8.7)

    volume, nanodrop, din = (event["changes"] for event in (await laboratory.events(sample_id))[1:])
    assert {"field": "volume_ul", "before": 60.0, "after": 50.0} in volume
    assert {"field": "status", "before": "queued", "after": "active"} in volume
    assert nanodrop == [{"field": "nanodrop_concentration", "before": None, "after": 90.0}]
    assert din == [{"field": "sample_din", "before": None, "after": 8.7}]


async def test_a_library_is_measured_when_there_is_one(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()

    for subject in ("library", "pool"):
        with pytest.raises(errors.Conflict) as refused:
            await laboratory.measure(sample_id, "concentration", 4.0, subject=subject)
        assert refused.value.type == "not-allowed"


async def test_measurements_cannot_be_changed_by_anybody(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register()
    measured = UUID((await laboratory.measure(sample_id, "volume", 50.0))["id"])
    await _invalidate(laboratory, sample_id, str(measured))

    async with laboratory.owner() as owner:
        for change in (
            "UPDATE measurement SET value = 45 WHERE id = $1",
            "DELETE FROM measurement WHERE id = $1",
            "UPDATE measurement_invalidation SET reason = 'x' WHERE measurement_id = $1",
            "DELETE FROM measurement_invalidation WHERE measurement_id = $1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change, measured)


def test_only_fluorometry_counts_as_concentration() -> None:
    methods = model.RULES["concentration"].methods

    assert [method for method in methods if model.counts("concentration", method)] == ["qubit_br", "qubit_hs"]
    assert model.counts("a260_a280", "nanodrop")

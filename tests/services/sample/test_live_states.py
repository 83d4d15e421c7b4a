"""A planned run follows what MinKNOW says, by its own table of states; a contradiction is told and changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nanopore_tracking.services.sample.live_states.model import Told
from tests.harness.product import Product, checked
from tests.services.sample.planning import planned, post, started
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.telling import live, run_told, tell, telling, tick

SHARES = {"barcode01": 0.6, "barcode02": 0.3, "unclassified": 0.1}


async def _starting(product: Product, *, load: bool = True) -> tuple[Pooling, Any]:
    made = await pooling(product)
    run = await started(product, made, await planned(made, await made.pooled(1, 2)))
    if load:
        await _load(made, run)
    return made, run


async def _load(made: Pooling, run: Any) -> None:
    asked = {"kind": "load", "pool": run["pool"], "volume_ul": 5, "run": run["code"]}
    checked(await made.manager.post(f"/api/flow-cells/{run['flow_cell']}/loads", json=asked))


async def _say(product: Product, run: Any, told: Any, **said: Any) -> Any:
    """Tell how MinKNOW shows a run now, and return how the run stands then."""
    agent = said.pop("agent", None) or await product.client("instrument")
    await tell(agent, telling(run["position"], told | said))
    return checked(await (await product.client("viewer")).get(f"/api/runs/{run['code']}"))


async def _otherwise(made: Pooling, run: Any) -> str:
    found = checked(await made.manager.get(f"/api/runs/{run['code']}/findings"))["findings"]
    return str(next((each["message"] for each in found if each["code"] == "MINKNOW_SAYS_OTHERWISE"), ""))


def _at(**back: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(**back)


def _begun(run: Any, **said: Any) -> Any:
    return run_told(run, **({"phase": "sequencing", "started_at": _at(hours=3).isoformat()} | said))


async def _moves(product: Product, run: Any, many: int) -> list[Any]:
    """Return how often the history has that a run moved, once it has it so often; the last first."""
    manager = await product.client("facility_manager")
    asked = {"object_id": run["id"], "type": "run.moved", "limit": 50}

    async def kept() -> Any:
        found = checked(await manager.get("/api/audit/entries", params=asked))["items"]
        return found if len(found) >= many else None

    return list(await product.eventually(kept))


async def test_a_run_runs_and_ends_as_minknow_says_and_the_history_says_who_did(product: Product) -> None:
    made, run = await _starting(product)
    told, agent = _begun(run), await product.member("instrument")
    found = await _say(product, run, told, agent=agent.client)
    assert (found["state"], found["protocol_run_id"]) == ("running", told["protocol_run_id"])
    assert datetime.fromisoformat(found["started_at"]) == datetime.fromisoformat(told["started_at"])
    again = await _say(product, run, told, ticks=[tick(5, SHARES)])
    assert again["version"] == found["version"], "what is so already changes nothing"

    end = _at(minutes=1)
    ended = {"state": "completed", "phase": "completed", "ended_at": end.isoformat()}
    over = await _say(product, run, told, agent=agent.client, **ended)
    assert (over["state"], datetime.fromisoformat(over["ended_at"])) == ("completed", end)
    assert over["end_reason"].startswith("Completed. Said by MinKNOW 6.10.3 at host-")
    cell = checked(await made.manager.get(f"/api/flow-cells/{run['flow_cell']}"))
    assert cell["held_by"] is None

    over, began, *before = await _moves(product, run, 4)
    assert {each["actor"]["id"] for each in (over, began)} == {str(agent.id)}
    assert str(agent.id) not in {each["actor"]["id"] for each in before}
    reasons = [change["after"] for entry in (began, over) for change in entry["changes"] if "MinKNOW" in str(change)]
    assert [reason.partition(". ")[0] for reason in reasons] == ["It sequences", "Completed"]


async def test_a_pause_is_followed_when_minknow_begins_one_and_what_a_person_says_stays(product: Product) -> None:
    made, run = await _starting(product)
    told = _begun(run)
    await _say(product, run, told)
    checked(await post(made, run, "transitions", to="paused"))
    assert (await _say(product, run, told))["state"] == "paused", "MinKNOW says nothing new"
    checked(await post(made, run, "transitions", to="running"))
    assert (await _say(product, run, told, phase="paused"))["state"] == "paused"
    checked(await post(made, run, "transitions", to="running"))
    assert (await _say(product, run, told, phase="paused"))["state"] == "running"
    assert (await _say(product, run, told, phase="mux_scan"))["state"] == "running"


async def test_what_a_step_needs_is_told_and_the_step_follows_once_it_is_there(product: Product) -> None:
    made, run = await _starting(product, load=False)
    told = _begun(run)
    assert (await _say(product, run, told))["state"] == "starting"
    said = await _otherwise(made, run)
    assert "and here it is starting. No load is recorded for it. Record the load on the flow cell." in said
    await _load(made, run)
    assert (await _say(product, run, told))["state"] == "running"
    assert await _otherwise(made, run) == ""


async def test_a_run_that_was_cancelled_stays_so_and_the_contradiction_is_told(product: Product) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2))
    checked(await post(made, run, "transitions", to="cancelled", reason="Not any more."))
    told = _begun(run)
    found = await _say(product, run, told)
    assert (found["state"], found["state_reason"]) == ("cancelled", "Not any more.")
    said = await _otherwise(made, run)
    assert "says that it sequences since" in said
    assert "and here it is cancelled. Stop it in MinKNOW" in said
    asked = {"q": run["experiment_id"], "standing": "unmatched"}
    (waiting,) = checked(await made.manager.get("/api/runs/acquisitions", params=asked))["items"]
    assert [each["run"] for each in waiting["candidates"]] == [run["code"]]


async def test_a_run_that_a_person_ended_while_minknow_goes_on_is_told(product: Product) -> None:
    made, run = await _starting(product)
    told = _begun(run)
    await _say(product, run, told)
    checked(await post(made, run, "transitions", to="stopped_by_user", reason="Enough."))
    assert (await _say(product, run, told, ticks=[tick(9, SHARES)]))["state"] == "stopped_by_user"
    assert "and here it is stopped by user. Stop it in MinKNOW" in await _otherwise(made, run)


async def test_a_run_that_was_not_started_here_is_told_and_does_not_run(product: Product) -> None:
    made = await pooling(product)
    run = await planned(made, await made.pooled(1, 2))
    assert (await _say(product, run, _begun(run)))["state"] == "planned"
    assert "and here it is planned. Start it here" in await _otherwise(made, run)


async def test_after_a_crash_the_run_goes_on_with_what_minknow_starts_again(product: Product) -> None:
    made, run = await _starting(product)
    first = _begun(run, ticks=[tick(60, SHARES)])
    await _say(product, run, first)
    lost = {"state": "finished_with_error", "phase": "completed", "stop_reason": "internal_error"}
    found = await _say(product, run, first, ended_at=_at(hours=1).isoformat(), **lost)
    assert (found["state"], found["end_reason"][:36]) == ("failed", "Finished with error internal error. ")
    second = _begun(run, started_at=_at(minutes=30).isoformat(), ticks=[tick(20, SHARES)])
    assert second["protocol_run_id"] != first["protocol_run_id"]
    again = await _say(product, run, second)
    assert (again["state"], again["ended_at"], again["end_reason"]) == ("running", None, "")
    cell = checked(await made.manager.get(f"/api/flow-cells/{run['flow_cell']}"))
    assert cell["held_by"] == run["code"]
    assert (await live(made, run, acquisition="last"))["acquisition_run_id"] == second["acquisition_run_id"]
    assert (await _say(product, run, first, ended_at=_at(hours=1).isoformat(), **lost))["state"] == "running"


STATES = {
    "running": "running", "waiting_for_temperature": None, "waiting_for_acquisition": "running",
    "completed": "completed", "stopped_by_user": "stopped_by_user", "waiting_for_resource": None,
    "finished_with_error": "failed",
    "finished_with_device_error": "failed", "finished_unable_to_send_telemetry": "failed",
    "finished_with_flow_cell_disconnect": "failed", "finished_with_device_disconnect": "device_disconnected",
    "finished_with_error_no_disk_space": "disk_full", "finished_with_error_temperature_high": "failed",
    "unknown_9": None,
}  # fmt: skip


@pytest.mark.parametrize(("state", "meaning"), STATES.items())
def test_each_state_of_minknow_means_one_of_ours_or_nothing(state: str, meaning: str | None) -> None:
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    told = Told(
        acquisition_run_id="a", protocol_run_id="p", agent="agent", host="host", core_version="6.10.3", state=state,
        phase="", stop_reason="", started_at=now, ended_at=None, followed="", heard_at=now,
    )  # fmt: skip
    assert told.meaning == meaning

"""Runs that were read to their end, as the forecasts of a laboratory are made of, made through the public API."""

from typing import Any

from nanopore_tracking.services.sample.forecasts import jobs as forecasts
from nanopore_tracking.services.sample.traces import jobs as traces
from tests.harness.product import Product, checked
from tests.services.sample import worlds
from tests.services.sample.planning import planned, position
from tests.services.sample.pooled import Pooling
from tests.services.sample.shelf import checked_cell

FOLDERS = "/api/runs/acquisitions"


def reading(run: Any, number: int, *, state: str, minutes: list[tuple[int, int]], occupancy: float = 0.8) -> Any:
    """Return what is told of a run folder. minutes: cumulated bases by minute."""
    hours = [
        {"hour": hour, "strand": 0.5 + hour % 3 / 100, "adapter": 0.1, "pore": 0.2, "others": 0.2} for hour in range(24)
    ]
    return {
        "reader": "gridion-7",
        "reading": {
            "folder": f"/data/{run['code']}/{number}", "state": state, "sentence": "Read for a test.",
            "problems": [], "files": [],
            "ids": {
                "experiment_id": run["experiment_id"], "sample_id": run["sample_id"],
                "flow_cell_id": run["flow_cell"], "position": run["position"],
            },
            "pores": {"occupancy": occupancy, "efficacy": None, "peak_health": None, "hours": hours},
            "minutes": [{"minute": minute, "reads": bases // 5000, "bases": bases} for minute, bases in minutes],
        },
    }  # fmt: skip


async def run_on(made: Pooling, pool: Any, where: str) -> Any:
    """Plan a run of a pool on a flow cell of its own."""
    cell = await checked_cell(made.manager)
    return await planned(made, pool, flow_cell=cell["flow_cell_id"], position_id=where)


async def finished(made: Pooling, pool: Any, *, many: int) -> list[Any]:
    """Plan runs, and tell what was read of each of them."""
    where = await position(made.manager)
    found = []
    for number, course in enumerate(worlds.runs(5, many)):
        run = await run_on(made, pool, where)
        points = [(round(minute), round(gb * 1e9)) for minute, gb in zip(course.minutes, course.gb, strict=True)]
        body = reading(run, number, state="complete", minutes=points, occupancy=0.8 + number % 5 / 100)
        taken = checked(await made.manager.post(FOLDERS, json=body))
        assert taken["standing"] == "matched", taken
        found.append(run)
    return found


async def look(product: Product) -> None:
    """Let the jobs make the courses of runs and the backtests."""
    await traces.follow(product.runtimes["sample"])
    await forecasts.look_back(product.runtimes["sample"])

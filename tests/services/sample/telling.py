"""What an agent tells, for tests: hosts, positions, and runs whose yield decays minute by minute."""

import secrets
from collections.abc import Sequence
from typing import Any

import httpx

from tests.harness.product import checked
from tests.services.sample.pooled import Pooling

LIVE = "/api/runs/live"
HALF_LIFE_H = 14.0


def bases_until(minute: int, *, first_hour: float = 1e9, half_life_h: float = HALF_LIFE_H) -> int:
    """Return the bases of a run that decays by half again and again."""
    return int(first_hour * half_life_h * 1.4427 * (1 - 2 ** (-minute / 60 / half_life_h)))


def tick(minute: int, shares: dict[str, float], *, bases: int | None = None) -> dict[str, Any]:
    """Return one minute of a run. shares: of the barcodes."""
    passed = bases_until(minute) if bases is None else bases
    return {
        "minute": minute,
        **_counts(passed),
        "barcodes": [
            {"barcode": name, "alias": "", **_counts(int(passed * share))} for name, share in sorted(shares.items())
        ],
        "pores": {"strand": 0.7, "adapter": 0.02, "pore": 0.15},
    }


def _counts(passed: int) -> dict[str, int]:
    return {
        "reads": passed // 4000 + passed // 40_000,
        "bases": passed + passed // 10,
        "pass_reads": passed // 4000,
        "pass_bases": passed,
    }


def run_told(run: Any, ticks: Sequence[dict[str, Any]] = (), **said: Any) -> dict[str, Any]:
    """Return a run as MinKNOW shows it, by the ids of a planned one."""
    return {
        "protocol_run_id": f"{secrets.token_hex(4)}-2222-4333-8444-555555555555",
        "acquisition_run_id": secrets.token_hex(20),
        "experiment_id": run["experiment_id"],
        "sample_id": run["sample_id"],
        "flow_cell_id": run["flow_cell"],
        "position": run["position"],
        "output_path": f"/data/{run['experiment_id']}/{run['sample_id']}/{secrets.token_hex(4)}",
        "state": "running",
        "ticks": list(ticks),
        **said,
    }


def telling(position: str, *runs: Any, **said: Any) -> dict[str, Any]:
    """Return what an agent saw of one computer with one position."""
    told: dict[str, Any] = {
        "agent": "agent-1",
        "agent_version": "0.1.0",
        "host": f"host-{position}",
        "core_version": "6.10.3",
        "reached": True,
        "sentence": "",
        "positions": [{"name": position, "state": "running", "runs": list(runs)}],
    }
    return told | said


async def tell(client: httpx.AsyncClient, told: dict[str, Any]) -> list[Any]:
    """Send it and return what is known of each run."""
    found: list[Any] = checked(await client.post(LIVE, json=told))["runs"]
    return found


async def live(made: Pooling, run: Any, **asked: str) -> Any:
    """Return how a run stands; asked: which acquisition, all of them together without one."""
    return checked(await made.manager.get(f"/api/runs/{run['code']}/live", params=asked))

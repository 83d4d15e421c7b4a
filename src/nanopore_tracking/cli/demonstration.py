"""A laboratory for demonstrations, made through the public API from the form on: samples, a pool, a run that starts."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from nanopore_tracking.cli.api import Api, open_api
from nanopore_tracking.kernel import errors

_KIT = "SQK-RBK114-24"
_WHY = "A demonstration."
_WAIT_S, _TRIES = 0.3, 100
_MEASURED = (
    ("concentration", 40.0, "ng_per_ul", "qubit_hs"),
    ("volume", 20.0, "ul", "pipette"),
    ("fragment_mean_bp", 5000.0, "bp", "tapestation"),
)
_ROW = {
    "material": "HMW gDNA",
    "volume_ul": 50.0,
    "qubit_ng_per_ul": 60.0,
    "nanodrop_ng_per_ul": 61.0,
    "a260_a280": 1.85,
    "a260_a230": 2.1,
    "fragment_bp": 20_000,
}


def account(admin: Api, url: str, role: str) -> Api:
    """Make an account with one role and return the API as it sees it; only an administrator can."""
    name = f"demo-{role.replace('_', '-')}-{secrets.token_hex(3)}"
    called = f"Demonstration, {role.replace('_', ' ')}"
    made = admin.post("/api/accounts", {"username": name, "name": called, "roles": [role]})
    link = admin.post(f"/api/accounts/{made['id']}/link", {})["link"]
    opened = admin.post("/api/auth/sessions", {"link": link})
    return open_api(url, "", opened["access_token"])


def agent_token(admin: Api, url: str) -> str:
    """Return an API token for an agent, of an account that may do nothing else; it ends after two days."""
    ends = datetime.now(UTC) + timedelta(days=2)
    asked = {"name": "Demonstration", "roles": ["instrument"], "expires_at": ends.isoformat()}
    token: str = account(admin, url, "instrument").post("/api/tokens", asked)["token"]
    return token


def run_of(manager: Api, code: str, many: int, *, target: str, hours: float) -> Any:
    """Return the run of that code; without one, make a laboratory with one."""
    if code:
        return manager.get(f"/api/runs/{code}")
    return run_of_a_pool(manager, many, target=target, hours=hours)


def run_of_a_pool(manager: Api, many: int, *, target: str, hours: float) -> Any:
    """Make a pool of so many samples and a run of it that is starting, and return the run."""
    mark = secrets.token_hex(2).upper()
    lab = manager.post("/api/labs", {"name": f"Demonstration {mark}", "pi_name": "A demonstration"})
    project = manager.post("/api/projects", {"lab_id": lab["id"], "title": f"Played run {mark}"})
    libraries = [
        _library(manager, sample, number)
        for number, sample in enumerate(_samples(manager, project["id"], many, target=target), start=1)
    ]
    pool = _step(
        manager,
        "/api/pools",
        {"components": [{"library": each["code"], "volume_ul": 2.0} for each in libraries]},
        ("fixed", "qc_passed"),
    )
    cell = _flow_cell(manager)
    instrument = manager.post(
        "/api/inventory/instruments",
        {"name": f"Played {mark}", "kind": "minion_mk1b", "serial": f"MN{secrets.randbelow(90000) + 10000}"},
    )
    asked = {
        "pool": pool["code"],
        "volume_ul": 5.0,
        "flow_cell": cell["flow_cell_id"],
        "position_id": instrument["positions"][0]["id"],
        "run_minutes": round(hours * 60),
        "note": _WHY,
    }
    return _started(manager, manager.post("/api/runs", asked), cell["id"])


def _samples(manager: Api, project_id: str, many: int, *, target: str) -> list[Any]:
    rows = [{**_ROW, "sample_name": f"DEMO_{number:02d}"} for number in range(1, many + 1)]
    draft = manager.post(
        "/api/submissions",
        {
            "project_id": project_id,
            "kit_requested": _KIT,
            "flow_cell_requested": "FLO-MIN114",
            "service_type": "ont-dna",
            "contains_human_dna": "no",
            "organism": "Escherichia coli",
            "target": target,
            "comment": _WHY,
            "rows": rows,
        },
    )
    path = f"/api/submissions/{draft['id']}"
    read = manager.post(f"{path}/review", {}, version=draft["version"])
    manager.post(f"{path}/acceptance", {"reason": _WHY}, version=read["version"])
    return [
        _moved(manager, sample)
        for sample in _until(
            lambda: manager.get("/api/samples", project_id=project_id, limit=100)["items"],
            lambda items: len(items) == many,
            manager,
        )
    ]


def _moved(manager: Api, sample: Any) -> Any:
    path = f"/api/samples/{sample['code']}"
    sample = manager.get(path)
    for to in ("received", "sample_qc", "library_prep"):
        asked = {"to": to, "reason": _WHY, "override": True}
        sample = manager.post(f"{path}/transitions", asked, version=sample["version"])
    return sample


def _library(manager: Api, sample: Any, number: int) -> Any:
    asked = {
        "sources": [{"sample": sample["code"]}],
        "kit": _KIT,
        "kit_lot": "DEMO",
        "lot_expires_on": "2099-12-31",
        "input_ng": 200.0,
        "protocol_version": "RBK_9176_revS",
        "barcodes": [{"barcode": f"barcode{number:02d}"}],
        "prepared": True,
    }
    return _step(manager, "/api/libraries", asked, ("qc_passed",))


def _step(manager: Api, path: str, asked: Any, states: tuple[str, ...]) -> Any:
    """Make a library or a pool, measure it, and let it go through these states."""
    made = manager.post(path, asked)
    where = f"{path}/{made['code']}"
    for to in states:
        if to == "qc_passed":
            for quantity, value, unit, method in _MEASURED:
                said = {"quantity": quantity, "value": value, "unit": unit, "method": method}
                manager.post(f"{where}/measurements", said)
        made = manager.post(f"{where}/transitions", {"to": to}, version=manager.get(where)["version"])
    return made


def _flow_cell(manager: Api) -> Any:
    today = datetime.now(UTC).date()
    asked = {
        "flow_cell_id": f"FDM{secrets.randbelow(900_000) + 100_000}",
        "product_code": "FLO-MIN114",
        "purchased_on": (today - timedelta(days=7)).isoformat(),
        "received_on": (today - timedelta(days=5)).isoformat(),
        "expires_on": (today + timedelta(days=60)).isoformat(),
        "lot": "DEMO",
        "storage": "Demonstration",
    }
    cell = manager.post("/api/flow-cells", asked)
    return manager.post(f"/api/flow-cells/{cell['id']}/checks", {"pores_available": 1310, "position": "Demo"})


def _started(manager: Api, run: Any, cell_id: str) -> Any:
    path = f"/api/runs/{run['code']}"
    manager.post(f"{path}/start", None, version=run["version"])
    started = _until(lambda: manager.get(path), lambda found: found["state"] == "starting", manager)
    load = {"kind": "load", "pool": run["pool"], "run": run["code"], "volume_ul": 5.0, "note": _WHY}
    manager.post(f"/api/flow-cells/{cell_id}/loads", load)
    return started


def plan_of(manager: Api, run: Any, *, hours: float) -> dict[str, Any]:
    """Return what is played for a run: its ids, and its barcodes, of which the last is low."""
    sheets = manager.get(f"/api/runs/{run['code']}/sheets")["sheets"]
    text = next(each["text"] for each in sheets if each["profile"] == "minknow_api")
    head, *lines = [line.split(",") for line in text.splitlines() if line]
    rows = [dict(zip(head, line, strict=False)) for line in lines]
    barcodes = [(row["barcode"], row.get("alias", "")) for row in rows if row.get("barcode")]
    low = len(barcodes) - 1 if len(barcodes) > 2 else None
    return {
        "position": run["position"],
        "flow_cell_id": run["flow_cell"],
        "product_code": run["product_code"],
        "experiment_id": run["experiment_id"],
        "sample_id": run["sample_id"],
        "kit": run["kits"][0],
        "hours": hours,
        "barcodes": [(name, alias, 0.08 if n == low else 1.0) for n, (name, alias) in enumerate(barcodes)],
    }


def _until(look: Any, good: Any, api: Api) -> Any:
    for _ in range(_TRIES):
        found = look()
        if good(found):
            return found
        api.pause(_WAIT_S)
    message = "The product does not get on with what was asked for. What was made stays."
    raise errors.Unavailable(message, retry_after_s=0)

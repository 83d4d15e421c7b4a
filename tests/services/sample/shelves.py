"""A freezer of one's own for a test of storage, and what is done with it by the public API alone."""

from typing import Any

from tests.harness.product import checked
from tests.services.sample.desk import Desk, said


async def place(desk: Desk, kind: str, code: str, parent: Any = None, **more: Any) -> Any:
    """Create a place."""
    asked = {"kind": kind, "code": code, "parent_id": parent["id"] if parent else None, **more}
    return checked(await desk.staff.post("/api/storage/locations", json=asked))


async def freezer(desk: Desk, **more: Any) -> tuple[Any, Any]:
    """Create a room with a freezer, and return both."""
    room = await place(desk, "room", said("Room"))
    return room, await place(desk, "freezer", "F-80-1", room, temperature_target_c=-80, **more)


async def box(desk: Desk, rows: int = 9, columns: int = 9) -> Any:
    """Create a box in a freezer in a room of its own."""
    _, cold = await freezer(desk)
    shelf = await place(desk, "shelf", "S1", cold)
    return await place(desk, "box", "B1", shelf, grid_rows=rows, grid_columns=columns, barcode=said("BOX"))


async def sample(desk: Desk, **values: Any) -> Any:
    """Register a sample."""
    asked = {"project_id": desk.project_id, "name": said("gut"), "material": "HMW gDNA", **values}
    return checked(await desk.staff.post("/api/samples", json=asked))


async def custody(desk: Desk, tube: Any, kind: str, **more: Any) -> Any:
    """Record what happened to the tube of a sample."""
    return checked(await desk.staff.post(f"/api/samples/{tube['id']}/custody", json={"kind": kind, **more}))


async def scan(desk: Desk, into: Any, *placements: dict[str, Any]) -> Any:
    """Put scanned tubes into a box and return what became of them."""
    path = f"/api/storage/locations/{into['id']}/placements"
    return checked(await desk.staff.post(path, json={"placements": list(placements)}))


async def whereabouts(desk: Desk, tube: Any) -> Any:
    """Return where the tube of a sample is."""
    return checked(await desk.staff.get(f"/api/samples/{tube['id']}/whereabouts"))

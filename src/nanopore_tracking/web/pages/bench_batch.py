"""A batch at the bench: tubes with their positions, the lot that is scanned once, and what is done with each tube."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from nanopore_tracking.contracts.api.sample.bench_batches import BatchPosition, BenchBatch
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.clients.batches import Batches
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.inventory import Inventory
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.pages.bench import limits_now, shown
from nanopore_tracking.web.pages.bench_due import METHODS, Limits, limits_of, limits_of_library, measuring
from nanopore_tracking.web.visit import Shown, Visit, action, page

TEMPLATE = "pages/bench_batch.html"
#: What is measured of libraries at the bench.
_OF_LIBRARIES = ("concentration", "volume", "fragment_mean_bp")
#: What can be done with a whole batch, as one choice: the task, and the quantity and method where it measures.
_MEASURE = {
    (quantity, method): f"Measure {words.words(quantity).lower()} ({words.words(method)})"
    for quantity, methods in METHODS.items()
    for method in methods
}
TASKS = {"receive": "Receive the tubes"} | {f"measure {what} {how}": word for (what, how), word in _MEASURE.items()}
LIBRARY_TASKS = {f"measure {what} {how}": word for (what, how), word in _MEASURE.items() if what in _OF_LIBRARIES}
_LIBRARY_CODE = re.compile(r"[Ll]\d\d-\d{6,}")
_BETWEEN = re.compile(r"[\s,;]+")
_LINES = 96
_FIELDS = ("name", "task", "kit", "codes", "box")


@page("/bench/batches", needs="custody.write")
async def batches(visit: Visit) -> Shown:
    """List the batches that are worked on, and ask for a new one."""
    return await _list(visit)


async def _list(visit: Visit, *, status: int = 200, **given: Any) -> Shown:
    found, catalogue = await asyncio.gather(
        visit.api(Batches).batches(closed=False, limit=50), visit.api(Config).catalogue("kits")
    )
    kits = [(str(kit["code"]), f"{kit['code']} {kit.get('name', '')}") for kit in catalogue.entries]
    query = visit.request.query_params
    asked = {"codes": "\n".join(query.getall("code", [])[:_LINES]), "box": query.get("box", "")}
    context: dict[str, Any] = {"problem": None} | given
    context["sent"] = dict.fromkeys(_FIELDS, "") | asked | given.get("sent", {})
    libraries = _thing(_codes(context["sent"]["codes"])) == "library"
    return visit.page(
        "pages/bench_batches.html",
        title="Batches",
        status=status,
        found=found,
        tasks=LIBRARY_TASKS if libraries else TASKS,
        libraries=libraries,
        kits=kits,
        **context,
    )


def _codes(typed: str) -> list[str]:
    return [code for code in _BETWEEN.split(typed) if code]


def _thing(codes: list[str]) -> str:
    """Return what the tubes hold: libraries where all codes are of libraries."""
    return "library" if codes and all(_LIBRARY_CODE.fullmatch(code) for code in codes) else "sample"


@action("/bench/batches", needs="custody.write")
async def make(visit: Visit) -> Shown:
    """Put a batch together from codes, or from what stands in a box."""
    sent = visit.form
    task, quantity, method = [*sent.get("task", "").split(" "), "", ""][:3]
    try:
        thing, codes = await _tubes(visit)
        asked: dict[str, Any] = {
            "name": sent.get("name", "").strip(),
            "thing": thing,
            "task": task,
            "kit": sent.get("kit", ""),
            "positions": [{thing: code} for code in codes],
        }
        if quantity:
            asked |= {"quantity": quantity, "method": method}
        made = await visit.api(Batches).make(asked, visit.key)
    except (errors.Invalid, errors.NotFound, errors.Conflict) as problem:
        return await _list(visit, status=422, sent=sent, problem=problem)
    return visit.go(f"/bench/batches/{made.code}", f"{made.code}: {counted(made.size, 'tube')}")


async def _tubes(visit: Visit) -> tuple[str, list[str]]:
    """Return what the tubes hold and their codes: those that were typed, or, of a scanned box, that stand in it."""
    codes = _codes(visit.form.get("codes", ""))
    box = visit.form.get("box", "").strip()
    if not box:
        return _thing(codes), codes
    if codes:
        raise errors.Invalid("Codes and a box were given. Nothing was changed; leave one of the two blank.")
    storage = visit.api(Storage)
    found = await storage.map(str((await storage.place(box)).id))
    for thing in ("sample", "library"):
        tubes = [cell.subject_code for cell in found.cells if cell.subject_kind == thing]
        if tubes:
            return thing, tubes
    raise errors.Invalid(f"No tube of a sample or a library stands in {box}. Nothing was changed; scan another box.")


@page("/bench/batches/{code:str}", needs="custody.write")
async def batch(visit: Visit, code: str) -> Shown:
    """Show one batch."""
    return await _show(visit, code)


async def _show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    found, limits = await asyncio.gather(visit.api(Batches).batch(code), limits_now(visit))
    tubes = {each.code: _tube(found, each, limits) for each in found.positions}
    columns = range(1, 1 + max(int(each.position[1:]) for each in found.positions))
    rows = sorted({each.position[0] for each in found.positions})
    context = {"problem": None, "lot": "", "ask_expiry": False} | given
    return shown(
        visit,
        TEMPLATE,
        title=f"{found.code} {found.name}",
        status=status,
        batch=found,
        tubes=tubes,
        places={each.position: each for each in found.positions},
        rows=rows,
        columns=columns,
        task=_task(found),
        read_at=datetime.now(UTC).isoformat(),
        **context,
    )


def _task(found: BenchBatch) -> str:
    if found.quantity is None or found.method is None:
        return "Receive the tubes"
    return f"Measure {words.words(found.quantity).lower()} ({words.words(found.method)})"


def _tube(found: BenchBatch, each: BatchPosition, limits: Limits) -> dict[str, Any]:
    """Return what the bench has to know of one tube to go on without network."""
    act: dict[str, Any] = {"kind": "custody", "custody": "received"}
    if found.quantity is not None:
        if found.thing == "library":
            held_to = list(limits_of_library(each, found.quantity, limits))
        else:
            held_to = list(limits_of(each, ("sample", found.quantity), limits, kit=found.kit))
        act = measuring(found.thing, found.quantity, held_to, method=found.method or "")
    return {
        "code": each.code,
        "name": each.name,
        "barcode": each.container_barcode,
        "position": each.position,
        "done": each.done,
        "value": None if each.value is None else f"{each.value:.4g}",
        "act": act,
    }


@page("/bench/batches/{code:str}/sheet", needs="custody.write")
async def sheet(visit: Visit, code: str) -> Shown:
    """Show one batch as a sheet of paper: its code to be scanned, the plate, what to write and to sign."""
    found = await visit.api(Batches).batch(code)
    return visit.page(
        "pages/bench_sheet.html",
        title=f"Batch sheet {found.code}",
        batch=found,
        places={each.position: each for each in found.positions},
        rows="ABCDEFGH",
        columns=range(1, 13),
        task=_task(found),
        unit=_unit(found),
    )


def _unit(found: BenchBatch) -> str:
    if found.quantity is None:
        return ""
    return str(measuring(found.thing, found.quantity, [])["unit_title"])


@action("/bench/batches/{code:str}/lot", needs="custody.write")
async def say_lot(visit: Visit, code: str) -> Shown:
    """Say the lot of a batch; one that the facility has received is known with its last day."""
    lot, expires = visit.form.get("lot", "").strip(), visit.form.get("lot_expires_on", "").strip()
    changes: dict[str, Any] = {"kit_lot": lot, "lot_expires_on": expires or None}
    if lot and not expires:
        known = [item for item in (await visit.api(Inventory).lots(q=lot)).items if item.lot == lot]
        if len(known) != 1:
            return await _show(visit, code, status=422, lot=lot, ask_expiry=True)
        changes["lot_expires_on"] = known[0].expires_on
    return await _changed(visit, code, changes, said=f"Lot {lot}" if lot else "No lot", lot=lot)


@action("/bench/batches/{code:str}/close", needs="custody.write")
async def close(visit: Visit, code: str) -> Shown:
    """Say that the work on a batch is over, or that it goes on."""
    closed = visit.form.get("closed") == "true"
    return await _changed(visit, code, {"closed": closed}, said="Closed" if closed else "Open again")


async def _changed(visit: Visit, code: str, changes: dict[str, Any], *, said: str, lot: str = "") -> Shown:
    try:
        await visit.api(Batches).change(code, changes, match=int(visit.form.get("version") or 0), key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.Stale) as problem:
        return await _show(visit, code, status=problem.status, problem=problem, lot=lot)
    return visit.go(f"/bench/batches/{code}", said)


ROUTES = [batches, make, sheet, batch, say_lot, close]

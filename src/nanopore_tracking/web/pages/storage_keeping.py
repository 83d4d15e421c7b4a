"""What is to be judged after a place was too warm, and the tubes that need not be kept any longer."""

from typing import Any

from nanopore_tracking.contracts.api.sample.containers import Judgement
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.storage import Storage
from nanopore_tracking.web.visit import Shown, Visit, action, page


@page("/storage/findings", needs="storage.read")
async def findings(visit: Visit) -> Shown:
    """Show the samples that were too warm and of which nobody judged yet what that means."""
    return await _findings(visit)


async def _findings(visit: Visit, *, status: int = 200, problem: Any = None) -> Shown:
    storage, address = visit.api(Storage), Address.of(visit.request, ("all",))
    only = None if address["all"] else True
    found = await storage.findings(open=only, limit=50, after=address["after"] or None)
    return visit.page(
        "pages/storage_findings.html",
        title="Temperature excursions",
        status=status,
        topics="sample",
        address=address,
        found=found,
        excursions=(await storage.excursions(limit=10)).items,
        form=forms.of(Judgement),
        problem=problem,
    )


@action("/storage/findings/{finding_id:str}", needs="samples.write")
async def judge(visit: Visit, finding_id: str) -> Shown:
    """Judge what an excursion means for a sample."""
    values = {name: value for name, value in forms.of(Judgement).read(visit.form).items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Storage).judge(finding_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _findings(visit, status=problem.status if problem.status in (409, 412) else 422, problem=problem)
    return visit.go("/storage/findings", "Judged")


@page("/storage/due", needs="storage.read")
async def due(visit: Visit) -> Shown:
    """Show the tubes that need not be kept any longer."""
    return await _due(visit)


async def _due(visit: Visit, *, status: int = 200, problem: Any = None) -> Shown:
    address = Address.of(visit.request, ())
    found = await visit.api(Storage).due(limit=50, after=address["after"] or None)
    return visit.page(
        "pages/storage_due.html", title="Due for disposal", status=status, address=address, found=found, problem=problem
    )


@action("/storage/due/{code:str}", needs="custody.write")
async def dispose(visit: Visit, code: str) -> Shown:
    """Record that a tube was destroyed before a witness."""
    asked = {
        "kind": "destroyed",
        "note": visit.form.get("note", "").strip(),
        "witness": visit.form.get("witness", "").strip(),
    }
    try:
        await visit.api(Bench).record_custody(code, asked, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _due(visit, status=problem.status if problem.status == 409 else 422, problem=problem)
    return visit.go("/storage/due", f"{code} was destroyed")


ROUTES = [findings, judge, due, dispose]

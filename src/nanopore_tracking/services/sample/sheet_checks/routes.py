"""The check of a sample sheet over HTTP; nothing is kept."""

from litestar import Response, post

from nanopore_tracking.contracts.api.sample.sheets import SheetToCheck, SheetVerdict
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.sheet_rules import model as rules
from nanopore_tracking.services.sample.sheet_rules.model import Known
from nanopore_tracking.services.sample.sheet_tables import model as tables


@post("/api/runs/sheet-checks", policy="inventory.read", status_code=200)
async def check_sheet(request: Ask, data: SheetToCheck) -> Response[SheetVerdict]:
    """Say which rule of a tool a sample sheet breaks, and in which row."""
    catalogue = await catalogue_store.current(runtime_of(request).db, call_of(request).at.date())
    known = Known(capacities={kit.code: kit.capacity for kit in catalogue.kits if kit.capacity})
    findings = rules.check(data.profile, data.text, known)
    plain = tables.cleaned(data.text)
    verdict = SheetVerdict(
        profile=data.profile,
        accepted=rules.accepted(findings),
        row_count=len(tables.quoted_table(plain).rows),
        findings=findings[:200],
        cleaned=plain if plain != data.text else None,
    )
    return answer(verdict, version=None)


ROUTES = [check_sheet]

"""Runs over HTTP. {said} is the id or the code of a run."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, patch, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.chain import StepGate
from nanopore_tracking.contracts.api.sample.runs import (
    IssuedSheet,
    NewRun,
    Purpose,
    Run,
    RunPatch,
    RunSheets,
    RunState,
    RunStep,
    Sheet,
    SheetState,
)
from nanopore_tracking.contracts.api.sample.sheets import Profile
from nanopore_tracking.kernel.http import (
    After,
    Ask,
    Limit,
    Paged,
    answer,
    call_of,
    match_of,
    may,
    page,
    runtime_of,
    write,
)
from nanopore_tracking.services.sample.chain import model as chain
from nanopore_tracking.services.sample.runs import commands, model, store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.sheet_profiles import model as profiles
from nanopore_tracking.services.sample.sheet_rules import model as rules
from nanopore_tracking.services.sample.spans import model as spans

Said = Annotated[str, Meta(max_length=40, description="The id or the code (R26-000001) of a run.")]
OfSample = Annotated[
    str, Meta(min_length=1, max_length=40, description="The code or id of a sample: runs of its libraries and pools.")
]
KitCode = Annotated[str, Meta(max_length=60, description="The code of a kit that it is planned with.")]
Span = Annotated[
    str, Meta(max_length=22, description="Days (UTC), both included, like 2026-10-01..2026-10-31; one may be left out.")
]
Low = Annotated[
    bool,
    Meta(description="Less than half of the median of the finished runs on its type of flow cell, where 20 are known."),
]
Gigabases = Annotated[float, Meta(ge=0, le=1_000_000, description="Gigabases of all reads of its largest acquisition.")]
Device = Literal["Flongle", "MinION", "PromethION"]
Text = Annotated[str, Meta(max_length=100, description="Text in the code, the experiment, flow cell or instrument.")]


@get("/api/runs", policy="inventory.read")
async def list_runs(
    request: Ask,
    state: list[RunState] | None = None,
    purpose: list[Purpose] | None = None,
    flow_cell_id: UUID | None = None,
    sample: OfSample | None = None,
    q: Text | None = None,
    device: Device | None = None,
    kit: KitCode | None = None,
    lab_id: UUID | None = None,
    started: Span | None = None,
    low_yield: Low | None = None,
    yield_from_gb: Gigabases | None = None,
    yield_below_gb: Gigabases | None = None,
    sort: Literal["updated", "-updated", "code", "-code"] = "-updated",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[Run]]:
    """List runs, last changed first unless asked otherwise; started: when, by MinKNOW's word."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, sample) if sample else None
    filters = {
        "state": state, "purpose": purpose, "flow_cell_id": flow_cell_id, "sample_id": sample_id, "q": q,
        "device": device, "kit": kit, "lab_id": lab_id, "low_yield": low_yield or None,
        "yield_from_gb": yield_from_gb, "yield_below_gb": yield_below_gb,
        "started": spans.moments("started", started),
    }  # fmt: skip
    return page(await store.list_runs(db, filters=filters, sort=sort, after=after, limit=limit))


@post("/api/runs", policy="inventory.write", status_code=201)
async def plan_run(request: Ask, data: NewRun) -> Response[Run]:
    """Plan a run of a pool or a library on a flow cell and a position."""
    return await write(request, lambda tx: commands.plan_run(tx, data))


@get("/api/runs/{said:str}", policy="inventory.read")
async def show_run(request: Ask, said: Said) -> Response[Run]:
    """Show one run."""
    db = runtime_of(request).db
    item, version = await store.show_run(db, await store.find_run(db, said))
    return answer(item, version=version)


@patch("/api/runs/{said:str}", policy="inventory.write", match=True)
async def change_run(request: Ask, said: Said, data: RunPatch) -> Response[Run]:
    """Change the plan of a run that has not started."""
    seen = match_of(request)
    run_id = await store.find_run(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.change_run(tx, run_id, data, seen=seen))


@get("/api/runs/{said:str}/gate", policy="inventory.read")
async def show_gate(request: Ask, said: Said) -> Response[StepGate]:
    """Tell where a run may go, and what each way needs."""
    db = runtime_of(request).db
    run = await store.read_run(db, await store.find_run(db, said))
    found = await store.load_facts(db, run, day=call_of(request).at.date())
    return answer(chain.gate(run.stands, model.WAYS, found), version=None)


@get("/api/runs/{said:str}/sheets", policy="inventory.read")
async def show_sheets(request: Ask, said: Said) -> Response[RunSheets]:
    """Show the sheets of a run for every tool as they would be now, and whether the issued ones say the same."""
    db, day = runtime_of(request).db, call_of(request).at.date()
    run = await store.read_run(db, await store.find_run(db, said))
    found = await store.load_facts(db, run, day=day)
    state: SheetState = "none" if found.sheet is None else "current" if found.sheet == found.wanted else "stale"
    plan = model.plan(run, cell=found.cell, position=found.position, cargo=found.cargo)
    sheets = []
    for profile in profiles.profiles_of(plan):
        text = profiles.write(profile, plan)
        findings = rules.check(profile, text)
        sheets.append(
            Sheet(
                profile=profile,
                state=state,
                content_hash=found.wanted,
                text=text,
                accepted=rules.accepted(findings),
                findings=findings,
                issued_by="",
                issued_at=None,
            )
        )
    return answer(RunSheets(code=run.code, state=state, sheets=sheets), version=None)


@post("/api/runs/{said:str}/sheets", policy="inventory.write", status_code=200, match=True)
async def issue_sheets(request: Ask, said: Said) -> Response[Run]:
    """Issue the sheets of a run for every tool."""
    seen = match_of(request)
    run_id = await store.find_run(runtime_of(request).db, said)
    return await write(request, lambda tx: commands.issue_sheets(tx, run_id, seen=seen))


@get("/api/runs/{said:str}/issued-sheets", policy="inventory.read")
async def list_sheets(
    request: Ask,
    said: Said,
    profile: list[Profile] | None = None,
    sort: Literal["issued", "-issued"] = "-issued",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[IssuedSheet]]:
    """List the sheets of a run as they were issued, the last first."""
    db = runtime_of(request).db
    run_id = await store.find_run(db, said)
    return page(await store.list_sheets(db, run_id, filters={"profile": profile}, sort=sort, after=after, limit=limit))


@post("/api/runs/{said:str}/transitions", policy="inventory.write", status_code=200, match=True)
async def step_run(request: Ask, said: Said, data: RunStep) -> Response[Run]:
    """Say how far a run is: that it runs, paused, ended and why, goes back or is cancelled."""
    seen = match_of(request)
    run_id = await store.find_run(runtime_of(request).db, said)
    may_override = may(request, "inventory.override")
    return await write(request, lambda tx: commands.step_run(tx, run_id, data, seen=seen, may_override=may_override))


ROUTES = [
    list_runs,
    plan_run,
    show_run,
    change_run,
    show_gate,
    show_sheets,
    issue_sheets,
    list_sheets,
    step_run,
]

"""Yields and what is odd about reads over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.yields import RunFindings, SampleYield
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.cargo import store as cargo_store
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.yields import model, store

OfSample = Annotated[str, Meta(max_length=40, description="The id or the code of a sample.")]
OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]


@get("/api/samples/{said:str}/yield", policy="samples.read")
async def show_yield(request: Ask, said: OfSample) -> Response[SampleYield]:
    """Show what all runs of a sample have given against what was asked for, and what a top-up would take."""
    db = runtime_of(request).db
    sample_id = await sample_store.find_sample(db, call_of(request).scope, said)
    asked, given = await store.target(db, sample_id), await store.given(db, sample_id)
    found = SampleYield(
        sample=asked["code"],
        target=asked["target"],
        genome_size=asked["genome_size"],
        runs=list(given.runs),
        flow_cells=list(given.flow_cells),
        reads=given.reads,
        pass_bases=given.pass_bases,
        unjudged_bases=given.unjudged_bases,
        **model.judged(given, aim(asked["target"], asked["genome_size"])),
    )
    return answer(found, version=None)


@get("/api/runs/{said:str}/findings", policy="inventory.read")
async def show_findings(request: Ask, said: OfRun) -> Response[RunFindings]:
    """Show what is odd about the reads of a run."""
    db = runtime_of(request).db
    run = await run_store.read_run(db, await run_store.find_run(db, said))
    cargo = await cargo_store.of_either(db, pool_id=run.pool_id, library_id=run.library_id)
    catalogue = await catalogue_store.current(db, call_of(request).at.date())
    barcodes = await store.barcodes(db, run.id)
    found = model.findings(barcodes, cargo.tags, catalogue.thresholds)
    return answer(RunFindings(run=run.code, known=bool(barcodes), findings=found), version=None)


ROUTES = [show_yield, show_findings]

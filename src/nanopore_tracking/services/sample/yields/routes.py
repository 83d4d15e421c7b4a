"""Yields and what is odd about reads over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.yields import RunFindings, SampleYield
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.live_states import commands as live_states
from nanopore_tracking.services.sample.live_totals import store as live_store
from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.runs import store as run_store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.yields import commands, model, store

OfSample = Annotated[str, Meta(max_length=40, description="The id or the code of a sample.")]
OfRun = Annotated[str, Meta(max_length=40, description="The id or the code of a run.")]


@get("/api/samples/{said:str}/yield", policy="samples.read")
async def show_yield(request: Ask, said: OfSample) -> Response[SampleYield]:
    """Show what all runs of a sample have given against what was asked for, and what a top-up would take."""
    db = runtime_of(request).db
    sample_id = await sample_store.find_sample(db, call_of(request).scope, said)
    asked, read = await store.target(db, sample_id), await store.given(db, sample_id)
    live = await live_store.of_samples(db, [sample_id])
    given = model.with_live(read, live)
    stands = model.judged(given, aim(asked["target"], asked["genome_size"]))
    found = SampleYield(
        sample=asked["code"],
        target=asked["target"],
        genome_size=asked["genome_size"],
        runs=list(given.runs),
        flow_cells=list(given.flow_cells),
        reads=given.reads,
        pass_bases=given.pass_bases,
        unjudged_bases=given.unjudged_bases,
        live_bases=sum(each.pass_bases for each in live),
        live_runs=sorted({each.run for each in live}),
        **(stands | {"sentence": f"{stands['sentence']}{model.told_live(live)}"}),
    )
    return answer(found, version=None)


@get("/api/runs/{said:str}/findings", policy="inventory.read")
async def show_findings(request: Ask, said: OfRun) -> Response[RunFindings]:
    """Show what is odd about the reads of a run, and where MinKNOW and the plan contradict each other."""
    db, day = runtime_of(request).db, call_of(request).at.date()
    run = await run_store.read_run(db, await run_store.find_run(db, said))
    found, known = await commands.findings(db, run, day=day)
    found = model.otherwise(await live_states.contradiction(db, run, day=day)) + found
    return answer(RunFindings(run=run.code, known=known, findings=found), version=None)


ROUTES = [show_yield, show_findings]

"""Transitions and gates over HTTP. {said} is the id or the code of a sample."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.samples import Sample
from nanopore_tracking.contracts.api.sample.stages import Direction, Gate, StageChange, Transition
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
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.stages import commands, model, store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (S26-000123) of a sample.")]


@post("/api/samples/{said:str}/transitions", policy="samples.move", status_code=200, match=True, also=202)
async def move_sample(request: Ask, said: Said, data: Transition) -> Response[Sample]:
    """Move a sample on, back, out, or on hold. A refused one answers with what is allowed and what is missing.

    The answer is 202 where an override waits for a second person from now on; Location says where that is decided.
    """
    seen = match_of(request)
    may_override = may(request, "samples.override")
    sample_id = await sample_store.find_sample(runtime_of(request).db, call_of(request).scope, said)
    return await write(
        request, lambda tx: commands.move_sample(tx, sample_id, data, seen=seen, may_override=may_override)
    )


@get("/api/samples/{said:str}/transitions", policy="samples.read")
async def list_transitions(
    request: Ask,
    said: Said,
    direction: list[Direction] | None = None,
    sort: Literal["changed", "-changed"] = "-changed",
    after: After | None = None,
    limit: Limit = 50,
) -> Response[Paged[StageChange]]:
    """List the transitions of a sample, the last one first."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample_id = await sample_store.find_sample(db, scope, said)
    filters = {"direction": direction}
    return page(await store.list_changes(db, scope, sample_id, filters=filters, sort=sort, after=after, limit=limit))


@get("/api/samples/{said:str}/gate", policy="samples.read")
async def show_gate(request: Ask, said: Said) -> Response[Gate]:
    """Tell what a sample needs to go on to the next stage, what it has, and where else it may go."""
    db, scope = runtime_of(request).db, call_of(request).scope
    sample = await sample_store.read_sample(db, scope, await sample_store.find_sample(db, scope, said))
    facts = await store.load_facts(db, sample, now=call_of(request).at)
    return answer(model.gate(sample, model.pass_gate(facts), facts.catalogue.versions), version=None)


ROUTES = [move_sample, list_transitions, show_gate]

"""The language model over HTTP: how it is, and a trial with a text of the product's own."""

import asyncio
import dataclasses
from datetime import UTC, datetime

from litestar import Response, get, post

from nanopore_tracking.contracts.api.ai.models import ModelStanding, ModelTrial, ModelTrialValue
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, answer, runtime_of
from nanopore_tracking.services.ai.endpoints import commands as endpoints
from nanopore_tracking.services.ai.endpoints import store as usage_store
from nanopore_tracking.services.ai.endpoints.model import Endpoint, Failure
from nanopore_tracking.services.ai.groundings.model import Source, ground
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.meanings import commands as meanings
from nanopore_tracking.services.ai.prompts import model as prompts
from nanopore_tracking.services.ai.readings.model import Line
from nanopore_tracking.services.ai.settings import Settings

#: Seconds that whoever tries the model waits at the most; the web front waits for 20.
_PATIENCE_S = 15.0
#: A form without anything of anybody, by which a model can be tried.
_TRIAL = {"quote_id": "TRY-001", "organism": "Exampella testii", "flow_cell_count": "2"}
_TEXTS = ("Submission of samples", "Quote number: TRY-001", "Source organism: Exampella testii", "Flow cells: 2")


@get("/api/documents/model", policy="operations.read")
async def show_model(request: Ask) -> Response[ModelStanding]:
    """Show how forms are read, which language model is set, how it is, and what it cost this month."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    endpoint = endpoints.endpoint_of(settings)
    used = await usage_store.usage(runtime.db, datetime.now(UTC))
    how = endpoints.standing(endpoint.url) if endpoint else None
    asked_at, error = how.last if how and how.last else (None, "")
    return answer(
        ModelStanding(
            method=settings.reading_method,
            host=endpoint.host if endpoint else "",
            model=settings.llm_model if endpoint else "",
            place=settings.llm_place,
            key_set=bool(settings.llm_key),
            document_tokens=settings.llm_document_tokens,
            month_tokens=settings.llm_month_tokens,
            cost_per_1k_tokens=settings.llm_cost_per_1k_tokens,
            breaker=how.breaker.state if how else "closed",
            retry_after_s=how.breaker.retry_after_s if how else 0.0,
            last_asked_at=asked_at,
            last_error=error,
            shape=(how.shape if how else None) or "",
            meanings=await meanings.problem(settings),
            searches=settings.llm_searches,
            **used,
        )
    )


@post("/api/documents/model/trials", policy="templates.write", status_code=200)
async def try_model(request: Ask) -> Response[ModelTrial]:
    """Ask the model for three values of a text of the product's own; it counts for the month's budget."""
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    endpoint = endpoints.endpoint_of(settings)
    if endpoint is None:
        raise errors.Conflict(
            "No language model is set: NANOPORE_LLM_URL and NANOPORE_LLM_MODEL name one. Nothing was sent.",
            type="no-model",
        )
    # Somebody looks at a page meanwhile, so that it is asked once, and not for long.
    endpoint = dataclasses.replace(endpoint, timeout_s=min(endpoint.timeout_s, _PATIENCE_S))
    lines = [Line(1, text, [], [(0, "")], True, False) for text in _TEXTS]
    question = prompts.question(lines, tuple(_TRIAL), samples=False, remote=not endpoint.local)
    listing = asyncio.create_task(endpoints.names(settings, endpoint))
    failed = found = None
    try:
        found = await endpoints.consult(settings, endpoint, question, db=runtime.db, attempts=1)
    except Failure as failure:
        failed = failure
    listed = await listing
    known = endpoint.model in listed if listed else None
    if found is None:
        late = " A model that was just loaded takes longer; try again." if failed and failed.kind == "down" else ""
        said = f"{failed.message if failed else ''}{late}"
        return answer(ModelTrial(worked=False, said=said, known=known, duration_ms=0, tokens=0, values=[]))
    return answer(_outcome(endpoint, found, lines, known=known))


def _outcome(
    endpoint: Endpoint, found: endpoints.Consulted[prompts.Answer], lines: list[Line], *, known: bool | None
) -> ModelTrial:
    source, labels = Source(lines), Labels({}, None)
    values = []
    for name, wanted in _TRIAL.items():
        read = ground(name, found.answer.fields[name], source, labels=labels, model=endpoint.model)
        raw = (read.raw if read else None) or ""
        values.append(ModelTrialValue(field=name, wanted=wanted, raw=raw, right=raw == wanted))
    worked = all(each.right for each in values)
    wrong = ", ".join(each.wanted for each in values if not each.right)
    said = "The model found every value." if worked else f"The model answered, but did not find {wrong}."
    return ModelTrial(
        worked=worked, said=said, known=known, duration_ms=found.duration_ms, tokens=found.tokens, values=values
    )


ROUTES = [show_model, try_model]

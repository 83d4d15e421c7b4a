"""Words of searches and the language model over HTTP: whether they may be put to it, and what it proposes."""

from litestar import Response, get, post

from nanopore_tracking.contracts.api.ai.proposals import AskedProposals, ModelProposals, ProposalStanding
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.ai.endpoints import commands as endpoints
from nanopore_tracking.services.ai.proposals import commands, model
from nanopore_tracking.services.ai.settings import Settings


@get("/api/documents/model/proposals", policy="models.ask")
async def show_proposing(request: Ask) -> Response[ProposalStanding]:
    """Tell whether words of a search that were not understood can be put to a language model, and to which."""
    settings: Settings = runtime_of(request).settings
    endpoint = endpoints.endpoint_of(settings)
    refusal = model.refusal(settings.llm_searches, endpoint)
    resting = endpoint is not None and endpoints.standing(endpoint.url).breaker.state == "open"
    said = refusal or ("The language model did not answer several times and is left alone for a moment." * resting)
    return answer(
        ProposalStanding(
            may=not said,
            said=said,
            model=endpoint.model if endpoint else "",
            host=endpoint.host if endpoint else "",
            place=settings.llm_place,
        )
    )


@post("/api/documents/model/proposals", policy="models.ask", status_code=200)
async def propose(request: Ask, data: AskedProposals) -> Response[ModelProposals]:
    """Put words of a search that were not understood to the language model; it proposes filters, and nothing else.

    What it proposes is of the closed vocabulary and stands on some of the words; the rest is dropped and counted. It
    changes nothing: whoever asked adds the proposals to the search. Where it does not help, a sentence says why.
    """
    runtime = runtime_of(request)
    settings: Settings = runtime.settings
    endpoint = endpoints.endpoint_of(settings)
    refusal = model.refusal(settings.llm_searches, endpoint)
    if endpoint is None or refusal:
        raise errors.Conflict(f"{refusal} Nothing was sent.", type="no-model")
    found = await commands.ask(
        runtime.db, call_of(request), settings, endpoint=endpoint, words=data.words, kind=data.kind
    )
    return answer(found)


ROUTES = [show_proposing, propose]

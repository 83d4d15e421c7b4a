"""Puts words of a search to the language model, or says why not; each question that was sent is in the audit log."""

import dataclasses
from collections.abc import Sequence
from typing import Literal

from nanopore_tracking.contracts.api.ai.proposals import ModelProposal, ModelProposals
from nanopore_tracking.contracts.events.ai_readings import ModelAsked
from nanopore_tracking.contracts.vocabulary import PhraseKind
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.postgres import Database
from nanopore_tracking.services.ai.endpoints import commands as endpoints
from nanopore_tracking.services.ai.endpoints.model import Endpoint, Failure
from nanopore_tracking.services.ai.proposals import model, store
from nanopore_tracking.services.ai.settings import ModelSettings
from nanopore_tracking.services.ai.suspicions.model import is_order

_SAME = "The search is answered as it was understood without it."
#: Failures after which nothing was sent.
_UNSENT = ("budget", "open")


async def ask(
    db: Database,
    call: Call,
    settings: ModelSettings,
    *,
    endpoint: Endpoint,
    words: Sequence[str],
    kind: PhraseKind | Literal[""],
) -> ModelProposals:
    """Return the filters that the model proposes for words; none, with a sentence, where it does not help."""
    if is_order(" ".join(words)):
        return _nothing(endpoint, "The words give orders to a program; they were not put to the language model.")
    if not await store.count(db, call.actor.id, call.at.date(), most=settings.llm_searches_per_day):
        most = settings.llm_searches_per_day
        said = f"You have put {most} searches to the language model today, which is all that one person may"
        return _nothing(endpoint, f"{said} (NANOPORE_LLM_SEARCHES_PER_DAY).")
    # Somebody looks at a page meanwhile, so that it is asked once, and not for long.
    patient = dataclasses.replace(endpoint, timeout_s=min(endpoint.timeout_s, model.PATIENCE_S))
    try:
        found = await endpoints.consult(settings, patient, model.question(words, kind), db=db, attempts=1)
    except Failure as failure:
        if failure.kind not in _UNSENT:
            await _tell(db, call, endpoint, words=len(words), outcome=failure.kind)
        return _nothing(endpoint, failure.message)
    proposals = [ModelProposal(phrase=each.phrase, words=list(each.words)) for each in found.answer.proposals]
    await _tell(db, call, endpoint, words=len(words), outcome="done", proposals=len(proposals), tokens=found.tokens)
    return ModelProposals(
        worked=True,
        said="" if proposals else f"The language model found no filter in these words. {_SAME}",
        model=endpoint.model,
        proposals=proposals,
        dropped=found.answer.dropped,
        tokens=found.tokens,
        duration_ms=found.duration_ms,
    )


def _nothing(endpoint: Endpoint, why: str) -> ModelProposals:
    said = f"{why} {_SAME}"
    return ModelProposals(
        worked=False, said=said, model=endpoint.model, proposals=[], dropped=0, tokens=0, duration_ms=0
    )


async def _tell(
    db: Database, call: Call, endpoint: Endpoint, *, words: int, outcome: str, proposals: int = 0, tokens: int = 0
) -> None:
    """Let the audit log know that words were sent, how many, and where to; never which."""
    place = "local" if endpoint.local else "remote"
    event = ModelAsked(
        model=endpoint.model,
        host=endpoint.host,
        place=place,
        words=words,
        proposals=proposals,
        outcome=outcome,
        tokens=tokens,
    )
    async with db.transaction(call) as tx:
        tx.announce(event, subject=Subject("language_model", endpoint.host, endpoint.model))
        await tx.finish()

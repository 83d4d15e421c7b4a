"""Searches in natural words over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer
from nanopore_tracking.kernel.http import Ask, answer, call_of, principal_of, runtime_of
from nanopore_tracking.services.sample.lexicons import model as lexicons
from nanopore_tracking.services.sample.phrases import model, store
from nanopore_tracking.services.sample.proposals import model as proposals

Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        description="Such as: RNA samples of lab Ostrander waiting for library prep since last week.",
    ),
]
Written = Annotated[
    str,
    Meta(
        max_length=300,
        description="A filter that a language model proposed for words that were not understood, as `words:phrase`, "
        "such as `stuck at the bench:on hold`. One that the vocabulary or the text does not bear is left out.",
    ),
]


@get("/api/samples/phrases", policy="samples.read")
async def read_phrase(request: Ask, q: Text, proposed: list[Written] | None = None) -> Response[PhraseAnswer]:
    """Tell which filters of the list of samples or of runs a text means; names are those that the caller may see.

    No language model is asked, nothing is searched: the answer says where to ask, with which filters. What it lists as
    `askable` can be put to a model by `POST /api/documents/model/proposals`, and what that proposes comes back here.
    """
    call = call_of(request)
    may = principal_of(request).permissions
    kinds = [kind for kind in lexicons.kinds() if kind != "runs" or "inventory.read" in may]
    today = call.at.date()
    names = await store.names(runtime_of(request).db, call.scope, q, day=today)
    said = proposals.read(proposed or [])
    return answer(model.understand(q, names, today=today, kinds=kinds, proposed=said), version=None)


ROUTES = [read_phrase]

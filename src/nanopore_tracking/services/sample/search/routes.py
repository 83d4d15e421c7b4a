"""Searching over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.search import SearchAnswer
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.search import store

Text = Annotated[str, Meta(min_length=1, max_length=100, description="A code, a barcode, or beginnings of words.")]
Many = Annotated[int, Meta(ge=1, le=50, description="How many of each kind.")]


@get("/api/samples/search", policy="samples.read")
async def search(request: Ask, q: Text, limit: Many = 10) -> Response[SearchAnswer]:
    """Find samples, notes, submissions, projects and labs by code, barcode or words; accents do not matter."""
    return answer(await store.search(runtime_of(request).db, call_of(request).scope, q, limit=limit))


ROUTES = [search]

"""Search or scan: a code leads to its object, other words to the list that they mean, and to what matches them.

The page never waits for a language model: it offers to put to it what was not understood, and shows what that proposes.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from nanopore_tracking.contracts.api.ai.proposals import AskedProposals, ProposalStanding
from nanopore_tracking.contracts.api.ai.protocols import Found
from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.clients.forecasts import Forecasts
from nanopore_tracking.web.clients.many import Many
from nanopore_tracking.web.clients.models import Models
from nanopore_tracking.web.clients.protocols import Protocols
from nanopore_tracking.web.clients.runs import Runs
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.visit import Shown, Visit, action, page

_PLACES = {
    "sample": "/samples/",
    "submission": "/submissions/",
    "library": "/libraries/",
    "pool": "/pools/",
    "batch": "/bench/batches/",
}
#: Where what was found is shown; by its code, or as a filter by its id.
_LINKS = {
    "sample": "/samples/{code}",
    "note": "/samples/{code}",
    "library": "/libraries/{code}",
    "pool": "/pools/{code}",
    "submission": "/submissions/{code}",
    "project": "/samples?project_id={id}",
    "lab": "/samples?lab_id={id}",
}
#: Where the list of each kind is shown that words can be understood as.
_LISTS = {"samples": "/samples", "runs": "/runs"}
#: How many of the last parts of where something is are codes of its stage and state.
_STATES = {"sample": 2, "library": 1, "pool": 1, "submission": 1, "project": 1}
_ROWS, _QUOTES = 10, 3
#: Proposals of a search that are looked at, and words that are put to a model.
_MOST = 20
#: Characters of a text, and those of them that names and codes are searched by.
_LONGEST, _LONGEST_WORDS = 200, 100
_WORDS = {
    "sample": "Samples",
    "note": "Samples by their notes",
    "library": "Libraries",
    "pool": "Pools",
    "submission": "Submissions",
    "project": "Projects",
    "lab": "Labs",
}


@page("/search", needs="samples.read")
async def search(visit: Visit) -> Shown:
    """Go to the object of a code, or show what matches; a scanner gets the object's address as data, or 404."""
    text = visit.request.query_params.get("q", "").strip()[:_LONGEST]
    scanned = visit.request.query_params.get("scan") == "1"
    if text:
        try:
            found = await visit.api(Intake).lookup(text)
            path = f"/storage/{found.id}" if found.kind == "place" else _PLACES[found.kind] + found.code
            return visit.data({"path": path}) if scanned else visit.go(path)
        except (errors.NotFound, errors.Invalid):
            if scanned:
                raise errors.NotFound(f"Unknown code: {text}") from None
    return await show(visit, text, visit.request.query_params.getall("proposed", [])[:_MOST])


@action("/search/proposals", needs="models.ask")
async def ask_model(visit: Visit) -> Shown:
    """Put what is not understood of a search to the language model, and go back to the search with its proposals."""
    text = visit.form.get("q", "").strip()[:_LONGEST]
    before = [each for each in visit.form.get("proposed", "").split("\n") if each][:_MOST]
    phrase = await visit.api(Forecasts).phrase(text, before) if text else None
    if phrase is None or not phrase.askable:
        return visit.go(_address(text, before), "Nothing is left that could be put to the language model.", "hold")
    asked = AskedProposals(kind=phrase.kind, words=phrase.askable[:_MOST])
    try:
        found = await visit.api(Models).proposals(asked, visit.key)
    except (errors.Conflict, errors.Unavailable) as problem:
        return visit.go(_address(text, before), problem.message, "hold")
    made = [f"{' '.join(each.words)}:{each.phrase}" for each in found.proposals]
    if not made:
        return visit.go(_address(text, before), found.said, "hold")
    return visit.go(
        _address(text, [*before, *made]), "The language model proposed filters. Take off what you did not mean."
    )


def _where(kind: str, said: str) -> str:
    """Return where something found is, its stage and state as words."""
    parts = said.split(" · ")
    first = len(parts) - _STATES.get(kind, 0)
    return " · ".join(words.words(part) if place >= first else part for place, part in enumerate(parts))


def _address(text: str, proposed: Sequence[str]) -> str:
    return f"/search?{urlencode([('q', text), *(('proposed', each) for each in proposed)])}"


async def show(visit: Visit, text: str, proposed: Sequence[str] = ()) -> Shown:
    """Show what matches a text: by its words, by what they were understood as, and what protocols say of them."""
    shown: dict[str, Any] = {
        "text": text,
        "groups": [],
        "quotes": [],
        "places": _LINKS,
        "words": _WORDS,
        "where": _where,
    }
    if text:
        phrase = await visit.api(Forecasts).phrase(text, proposed)
        matching, listed, quotes, asking = await asyncio.gather(
            visit.api(Many).search(text[:_LONGEST_WORDS]),
            _listed(visit, phrase),
            _quoted(visit, text),
            _asking(visit, phrase),
        )
        taken = [each.proposed for each in phrase.chips if each.proposed]
        shown |= {
            "groups": matching.groups,
            "phrase": phrase if phrase.kind else None,
            "listed": listed,
            "list": f"{_LISTS[phrase.kind]}?{urlencode(phrase.query)}" if phrase.kind else "",
            "quotes": quotes,
            "asking": asking,
            "askable": phrase.askable[:_MOST],
            "taken": taken,
            "address": _address,
        }
    return visit.page("pages/search.html", title="Search", **shown)


async def _asking(visit: Visit, phrase: PhraseAnswer) -> ProposalStanding | None:
    """Return which language model can be asked about the rest of a text; None where none can, or nothing is left."""
    if not phrase.askable or not visit.can("models.ask"):
        return None
    try:
        found = await visit.api(Models).proposing()
    except errors.Unavailable:
        return None
    return found if found.may else None


async def _quoted(visit: Visit, text: str) -> list[Found]:
    """Return the passages of protocols that are nearest to a text; none where they cannot be searched now."""
    if not visit.can("protocols.read"):
        return []
    try:
        return (await visit.api(Protocols).search(text, limit=_QUOTES)).items
    except (errors.Invalid, errors.Unavailable):
        return []


async def _listed(visit: Visit, phrase: PhraseAnswer) -> Any:
    """Return the first rows of the list that a text means, as everybody gets them who asks with these filters."""
    if not phrase.query:
        return None
    if phrase.kind == "runs":
        return await visit.api(Runs).runs(**phrase.query, limit=_ROWS)
    return await visit.api(Bench).samples(**phrase.query, limit=_ROWS)


ROUTES = [search, ask_model]

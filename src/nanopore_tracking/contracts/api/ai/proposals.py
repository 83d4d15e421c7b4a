"""Filters that a language model proposes for words of a search that nobody understood."""

from typing import Annotated, Literal

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.vocabulary import PhraseKind

Word = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=80,
        pattern=r"^[^\W\d_]+(?:['’-][^\W\d_]+)*$",
        description="A word that was not understood, of letters alone, such as: stuck.",
    ),
]


class AskedProposals(Asked, frozen=True, kw_only=True):
    """What a model is asked: words of a search that were not understood, and of which list they speak, blank for any.

    Nothing else of the search is sent: not what was understood, no name, no row.
    """

    kind: PhraseKind | Literal[""] = ""
    words: Annotated[list[Word], Meta(min_length=1, max_length=20)]


class ModelProposal(Answer, frozen=True, kw_only=True):
    """A phrase of the vocabulary of searches, and the words that a model says it stands for."""

    phrase: str
    words: list[str]


class ModelProposals(Answer, frozen=True, kw_only=True):
    """What came of putting words to a language model.

    worked: it answered; said: a sentence for people; proposals: what may be added to the search by
    `GET /api/samples/phrases?proposed=words:phrase`; dropped: how many it made that neither vocabulary nor words bear.
    """

    worked: bool
    said: str
    model: str
    proposals: list[ModelProposal]
    dropped: int
    tokens: int
    duration_ms: int


class ProposalStanding(Answer, frozen=True, kw_only=True):
    """Whether words of a search can be put to a language model now.

    may: they can; said: why not, or that it is left alone for a moment; model, host, place: who would be asked.
    """

    may: bool
    said: str
    model: str
    host: str
    place: Literal["local", "remote"]

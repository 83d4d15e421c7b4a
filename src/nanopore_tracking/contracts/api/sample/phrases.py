"""Searches in natural words: what was understood of a text as filters of a list, and what was not."""

from typing import Literal

from nanopore_tracking.contracts.api.base import Answer
from nanopore_tracking.contracts.vocabulary import PhraseKind


class PhraseChip(Answer, frozen=True, kw_only=True):
    """A filter that some words mean. field and value: of the list; words: as typed; without: the text without them.

    proposed: the proposal of a language model that it comes of, as it was given; blank where it was understood.
    """

    field: str
    value: str
    shown: str
    words: str
    without: str
    proposed: str = ""


class PhraseAnswer(Answer, frozen=True, kw_only=True):
    """What was understood of a text.

    kind: which list, empty where the text narrows none; path and query: the list with these filters, as the API has it;
    unknown: words that mean nothing here; notes: sentences on what was taken how, and what could be several things;
    vocabulary: phrases that narrow this list, names and days aside; askable: the unknown words that can be put to a
    language model: of letters alone, and no part of a name that the database knows.
    """

    text: str
    kind: PhraseKind | Literal[""]
    path: str
    query: dict[str, str]
    chips: list[PhraseChip]
    unknown: list[str]
    notes: list[str]
    vocabulary: list[str]
    askable: list[str] = []

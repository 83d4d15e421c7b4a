"""What is taken of the filters that a language model proposes for words that were not understood. Pure.

A proposal counts if its phrase is of the closed vocabulary, its words stand in the text and were not understood, and
its filter is not set yet. Whatever made it, nothing else can come of it than a filter that everybody sees and removes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer, PhraseChip
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.lexicons import model as lexicons
from nanopore_tracking.services.sample.samples.model import folded

#: Proposals of one search.
MOST = 20
EDGES = ",.;:?!\"'()[]“”‘’"
#: A word that may be put to a model: letters alone, so that no code, number, address or hidden sign is one.
_LETTERS = re.compile(r"[^\W\d_]{2,40}(?:['’-][^\W\d_]{1,40}){0,3}")
_SHAPE = re.compile(r"(?P<words>[^:]{1,200}):(?P<phrase>[a-z -]{1,60})")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase of the vocabulary that words of a text may mean. written: as it was given."""

    written: str
    words: Sequence[str]
    phrase: str


def read(written: Sequence[str]) -> list[Proposal]:
    """Return proposals of the form `words:phrase`; Invalid for another text."""
    found = []
    if len(written) > MOST:
        message = f"A search takes {MOST} proposals at the most."
        raise errors.Invalid(message, fields=[errors.FieldError("proposed", message)])
    for place, each in enumerate(dict.fromkeys(written)):
        said = _SHAPE.fullmatch(each)
        words = [word for each_word in said["words"].split() if (word := bare(each_word))] if said else []
        if said is None or not words:
            message = "A proposal is the words that it stands for, a colon, and a phrase of the vocabulary."
            raise errors.Invalid(message, fields=[errors.FieldError(f"proposed[{place}]", message)])
        found.append(Proposal(each, words, said["phrase"]))
    return found


def bare(word: str) -> str:
    """Return a word as it is compared."""
    return folded(word).strip(EDGES)


def askable(unread: Sequence[str], named: frozenset[str]) -> list[str]:
    """Return the words that may be put to a model: of letters alone, and no part of a name. named: parts of names."""
    bares = [word.strip(EDGES) for word in unread]
    return [word for word in bares if _LETTERS.fullmatch(word) and not _parts(word) & named]


def _parts(word: str) -> set[str]:
    return {folded(word), *re.split(r"['’-]", folded(word))}


def added(answer: PhraseAnswer, proposed: Sequence[Proposal], unread: Sequence[str]) -> tuple[PhraseAnswer, list[str]]:
    """Return an answer with the proposals that hold, and the words that are still not understood.

    unread: words of the text, as typed, of which nothing at all is known.
    """
    if not proposed or not answer.kind:
        return answer, list(unread)
    chips, query, notes = list(answer.chips), dict(answer.query), list(answer.notes)
    left, unknown = list(unread), list(answer.unknown)
    for each in proposed:
        meant = lexicons.LEXICONS[answer.kind].get(each.phrase)
        said = _taken(each.words, left)
        if meant is None or not said or meant.field in query:
            notes.append(_left_out(answer.kind, meant, borne=bool(said)))
            continue
        left, unknown = _without(left, said), _without(unknown, said)
        query[meant.field] = meant.value
        notes += [lexicons.NOTES[meant.field]] if meant.field in lexicons.NOTES else []
        chips.append(
            PhraseChip(
                field=meant.field, value=meant.value, shown=meant.shown, words=" ".join(said), without=answer.text,
                proposed=each.written,
            )
        )  # fmt: skip
    filters: dict[str, Any] = {"chips": chips, "query": query, "notes": list(dict.fromkeys(notes)), "unknown": unknown}
    return msgspec.structs.replace(answer, **filters), left


def _taken(words: Sequence[str], left: Sequence[str]) -> list[str]:
    """Return the words of a text, as typed, that a proposal stands on; none where one of them is not there."""
    found: list[str] = []
    rest = list(left)
    for word in words:
        typed = next((each for each in rest if bare(each) == word), None)
        if typed is None:
            return []
        rest.remove(typed)
        found.append(typed)
    return found


def _without(words: Sequence[str], gone: Sequence[str]) -> list[str]:
    rest = list(words)
    for word in gone:
        rest.remove(word)
    return rest


def _left_out(kind: str, meant: lexicons.Meaning | None, *, borne: bool) -> str:
    if meant is None:
        return f"A proposal was left out: it is no filter of the list of {kind}."
    if not borne:
        return f"The proposal “{meant.shown}” was left out: its words are not among those that were not understood."
    return (
        f"The proposal “{meant.shown}” was left out: the list is narrowed by one {meant.field.replace('_', ' ')} only."
    )

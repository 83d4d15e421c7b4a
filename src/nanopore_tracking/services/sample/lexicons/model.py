"""What the closed vocabulary of searches in natural words means: phrases, filters, and how chips say them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from nanopore_tracking.contracts.vocabulary import VOCABULARY, PhraseKind, Phrases

#: What each kind of thing is called, and where it is listed.
KINDS: Mapping[str, PhraseKind] = {
    "sample": "samples", "samples": "samples", "tube": "samples", "tubes": "samples",
    "run": "runs", "runs": "runs", "sequencings": "runs",
}  # fmt: skip
#: Words that join others and narrow nothing.
JOINING = frozenset({
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "been", "by", "every", "find", "for", "from",
    "give", "has", "have", "i", "in", "is", "it", "its", "list", "me", "of", "on", "or", "our", "show", "so",
    "still", "that", "the", "their", "there", "these", "they", "this", "those", "to", "was", "we", "were",
    "what", "which", "who", "whose", "with",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """A filter of a list with its value. shown: how a chip says it; phrase: the first that means it."""

    field: str
    value: str
    shown: str
    phrase: str


_TITLES = {
    "stage": "Stage", "status": "Status", "priority": "Priority", "overdue": "Due", "substance": "Holds",
    "state": "State", "purpose": "Purpose", "device": "Flow cell", "low_yield": "Yield", "kit": "Kit", "lab_id": "Lab",
    "project_id": "Project", "service_type": "Service", "assignee": "Assigned to", "entered": "In its stage",
    "created": "Came", "started": "Started", "yield_from_gb": "Yield", "yield_below_gb": "Yield",
}  # fmt: skip
#: Sentences that belong to a filter.
NOTES = {
    "low_yield": "Low is less than half of the median of the finished runs on the same type of flow cell; types of "
    "which fewer than 20 are known are left out."
}
_SHOWN = {("overdue", "true"): "overdue", ("overdue", "false"): "in time", ("low_yield", "true"): "low"}


def titled(field: str, value: str) -> str:
    """Return how a chip says a filter and its value."""
    return f"{_TITLES[field]}: {_SHOWN.get((field, value), value.replace('_', ' '))}"


def _meanings(table: Phrases) -> Iterator[tuple[str, Meaning]]:
    for field, values in table.items():
        for value, phrases in values.items():
            for phrase in phrases:
                yield phrase, Meaning(field, value, titled(field, value), phrases[0])


#: Each phrase with its meaning, by the kind of thing.
LEXICONS: Mapping[PhraseKind, Mapping[str, Meaning]] = {
    kind: dict(_meanings(table)) for kind, table in VOCABULARY.items()
}
#: The most words of a phrase.
LONGEST = max(len(phrase.split()) for lexicon in LEXICONS.values() for phrase in lexicon)


def kinds() -> tuple[PhraseKind, ...]:
    """Return the kinds of things that can be asked for."""
    return get_args(PhraseKind)

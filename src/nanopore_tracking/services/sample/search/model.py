"""What a typed text is compared as."""

from dataclasses import dataclass

from nanopore_tracking.services.sample.samples import model as samples


@dataclass(frozen=True, slots=True)
class Wanted:
    """A typed text as it is compared.

    said: the text itself; first and last: between which codes of samples it is, blank where it begins none; words: a
    tsquery that wants every word as the beginning of a word, accents or not.
    """

    said: str
    first: str
    last: str
    words: str


def wanted(text: str) -> Wanted:
    """Return what is searched for."""
    first, last, words, said = samples.search(text)
    return Wanted(said, first, last, words)

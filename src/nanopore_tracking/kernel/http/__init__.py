"""The HTTP side of every service; what routes use is here, the rest is for the composition root."""

from nanopore_tracking.kernel.http.answers import Paged, answer, page
from nanopore_tracking.kernel.http.ask import After, Ask, Limit, call_of, match_of, may, principal_of, runtime_of
from nanopore_tracking.kernel.http.writes import Written, write

__all__ = [
    "After",
    "Ask",
    "Limit",
    "Paged",
    "Written",
    "answer",
    "call_of",
    "match_of",
    "may",
    "page",
    "principal_of",
    "runtime_of",
    "write",
]

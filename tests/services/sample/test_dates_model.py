"""Days in natural words mean one span, counted from a day that is today."""

from datetime import date

import pytest

from nanopore_tracking.services.sample.dates import model
from nanopore_tracking.services.sample.spans.model import spanned

#: A Monday.
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ("today", "2026-11-30..2026-11-30"),
        ("since yesterday", "2026-11-29.."),
        ("since last week", "2026-11-23.."),
        ("last week", "2026-11-23..2026-11-29"),
        ("this week", "2026-11-30..2026-12-06"),
        ("in the last 3 weeks", "2026-11-09..2026-11-30"),
        ("in october", "2026-10-01..2026-10-31"),
        ("in december", "2025-12-01..2025-12-31"),
        ("in oct 2025", "2025-10-01..2025-10-31"),
        ("after october", "2026-11-01.."),
        ("before 1 october", "..2026-09-30"),
        ("until 2026-02-28", "..2026-02-28"),
        ("on october 3", "2026-10-03..2026-10-03"),
        ("since the 3rd march 2026", "2026-03-03.."),
        ("since monday", "2026-11-30.."),
        ("since last monday", "2026-11-23.."),
        ("since friday", "2026-11-27.."),
        ("last month", "2026-10-01..2026-10-31"),
        ("this year", "2026-01-01..2026-12-31"),
        ("in 2025", "2025-01-01..2025-12-31"),
        ("between 1 october and 3 november", "2026-10-01..2026-11-03"),
        ("from may to july 2026", "2026-05-01..2026-07-31"),
    ],
)
def test_words_of_time_mean_a_span(said: str, span: str) -> None:
    words = said.split()
    found = model.read([*words, "in", "lab"], TODAY)
    assert found is not None
    assert found.words == len(words)
    assert spanned(found.span.first, found.span.last) == span


@pytest.mark.parametrize(
    "said",
    ["", "may", "in", "since", "31 february", "2026-13-45", "last", "last purple", "between may and", "3 unicorns",
     "in the last 3 purples", "0 may", "2026", "between july and may 2026"],
)  # fmt: skip
def test_what_is_no_day_is_none(said: str) -> None:
    assert model.read(said.split(), TODAY) is None

"""What of a reading a person must look at, without a database."""

import pytest

from nanopore_tracking.services.ai.readings.model import FormReading, Read
from nanopore_tracking.services.ai.reviews.model import MUST_CONFIRM, placed


@pytest.mark.parametrize(
    ("confidence", "state"), [(MUST_CONFIRM - 0.01, "needs_review"), (MUST_CONFIRM, "read"), (1.0, "read")]
)
def test_a_value_that_its_reader_is_not_sure_of_is_looked_at(confidence: float, state: str) -> None:
    organism = Read(field="organism", raw="Exampella", value="Exampella", confidence=confidence, state="read")
    (found,) = [each for _, each in placed(FormReading(version=1, fields=[organism])) if each.field == "organism"]

    assert (found.state, bool(found.doubt)) == (state, state == "needs_review")

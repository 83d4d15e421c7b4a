"""What a mail says of one sample and of several."""

from uuid import UUID

import pytest

from nanopore_tracking.services.sample.mails.model import Claimed, letter

_NOBODY = UUID(int=1)


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("received", {"row_count": 1}, "We have your submission S26-000001 with 1 sample."),
        ("accepted", {"sample_count": 1200}, "Your submission S26-000001 is accepted: 1,200 samples."),
        ("fewer_data", {"short_count": 1, "run": "R26-000001"}, "fewer data than you asked for of 1 sample of your"),
        ("released", {"file_count": 1, "size_gb": "0.1"}, "are ready: 1 file, 0.1 GB."),
        ("rejected", {"reason": "No."}, "We cannot take your submission S26-000001."),
    ],
    ids=["received", "accepted", "fewer data", "released", "rejected"],
)
def test_one_is_said_as_one(kind: str, facts: dict[str, object], said: str) -> None:
    claimed = Claimed(
        id=_NOBODY,
        submission_id=_NOBODY,
        submission_code="S26-000001",
        lab_id=_NOBODY,
        kind=kind,
        recipient="someone@example.org",
        facts=facts,
        attempts=1,
        lease=_NOBODY,
    )
    found = letter(claimed, url="https://example.org/s/1", sender="lab@example.org")
    assert said in found.text
    assert said in found.html

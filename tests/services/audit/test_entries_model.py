"""What an entry is made of and who may see which, without anything else."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.kernel.events import Actor, Change, Envelope, Subject
from nanopore_tracking.services.audit.entries.model import entry, sight

TRACE = "0af7651916cd43dd8448eb211c80319c"


def _envelope(traceparent: str | None) -> Envelope:
    return Envelope(
        id=UUID(int=1),
        type="sample.changed",
        version=1,
        source="sample",
        occurred_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        actor=Actor("person", "account-alice", "alice"),
        request_id="request-of-alice",
        subject=Subject("sample", str(UUID(int=2)), "S26-000001"),
        changes=(Change("priority", "normal", "urgent"), Change("comment", None, "µ\u2028")),
        traceparent=traceparent,
        data=msgspec.Raw(b'{"note":"as it was sent"}'),
    )


def test_an_entry_has_the_changes_and_the_payload_as_they_were_announced() -> None:
    made = entry(_envelope(f"00-{TRACE}-b7ad6b7169203331-01"), epoch=3, source_sequence=7)

    assert (made.epoch, made.source_sequence, made.trace_id) == (3, 7, TRACE)
    assert msgspec.json.decode(made.changes) == [
        {"field": "priority", "before": "normal", "after": "urgent"},
        {"field": "comment", "before": None, "after": "µ\u2028"},
    ]
    assert made.data == '{"note":"as it was sent"}'


@pytest.mark.parametrize("traceparent", [None, "", "nonsense", "00-short"])
def test_an_entry_without_a_trace_says_so(traceparent: str | None) -> None:
    assert entry(_envelope(traceparent), epoch=1, source_sequence=1).trace_id is None


@pytest.mark.parametrize(
    ("roles", "everything", "system"),
    [
        ({"facility_manager"}, True, False),
        ({"auditor"}, True, False),
        ({"admin"}, False, True),
        ({"admin", "facility_manager"}, True, True),
        ({"technician"}, False, False),
        ({"submitter", "viewer"}, False, False),
    ],
)
def test_roles_say_what_is_seen(roles: set[str], everything: bool, system: bool) -> None:
    found = sight(frozenset(roles), "account-alice")

    assert (found.everything, found.system, found.own) == (everything, system, "account-alice")

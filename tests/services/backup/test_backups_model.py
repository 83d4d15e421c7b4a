"""When a daily backup is due, and what a folder is called."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from nanopore_tracking.services.backup.backups.model import Claimed, due_day, folder_name

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hour_utc", "due"),
    [
        (NOON, 12, date(2026, 11, 24)),
        (NOON - timedelta(microseconds=1), 12, None),
        (NOON, 0, date(2026, 11, 24)),
        (NOON, 23, None),
        (NOON.replace(hour=23, minute=59), 23, date(2026, 11, 24)),
        (NOON.replace(hour=0), 2, None),
    ],
)
def test_a_days_backup_is_due_from_its_hour_on(now: datetime, hour_utc: int, due: date | None) -> None:
    assert due_day(now, hour_utc) == due


def test_folders_sort_by_time_and_differ() -> None:
    backups = [
        # As ids of one millisecond are: they differ at their end alone.
        Claimed(id=UUID(int=2**96 + number), cause=cause, requested_at=NOON + timedelta(hours=hours))
        for number, (cause, hours) in enumerate([("manual", 0), ("manual", 0), ("daily", 14), ("manual", 14)], 1)
    ]

    names = [folder_name(backup) for backup in backups]

    assert names[0] == "20261124T120000Z-manual-000000000001"
    assert [name[:16] for name in names] == sorted(name[:16] for name in names)
    assert len(set(names)) == len(names)

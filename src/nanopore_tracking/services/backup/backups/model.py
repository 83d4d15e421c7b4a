"""When a daily backup is due, and what a backup's folder is called."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A backup that this process is to make."""

    id: UUID
    cause: str
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A backup whose files lie in a folder; folder is None before they do."""

    id: UUID
    state: str
    folder: str | None


@dataclass(frozen=True, kw_only=True)
class Dump:
    """The newest dump of a service that is kept."""

    service: str
    finished_at: datetime
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Since when there are backups, and when one was checked and one was restored for a test, with how many problems.

    None: never.
    """

    first_at: datetime | None
    checked_at: datetime | None
    check_problems: int | None
    drilled_at: datetime | None
    drill_problems: int | None


#: A daily backup that failed is tried again after so long, until one of the day is ready.
AGAIN = timedelta(minutes=30)


def due_day(now: datetime, hour_utc: int) -> date | None:
    """Return the day whose backup is due at `now`, or None before the hour of day (UTC) at which it is made."""
    return now.date() if now.hour >= hour_utc else None


def folder_name(backup: Claimed) -> str:
    """Return a name that sorts by time and is unique: `20261124T031500Z-daily-` and the random end of the id.

    The begin of an id is the millisecond in which it was made, which two backups may share.
    """
    return f"{backup.requested_at:%Y%m%dT%H%M%SZ}-{backup.cause}-{str(backup.id)[-12:]}"

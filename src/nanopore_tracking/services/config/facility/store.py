"""Values of facility settings in the database."""

from pathlib import Path

from nanopore_tracking.contracts.api.config import Setting
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.config.facility.model import DECLARED, Declared

Q = sql.load(Path(__file__).with_name("queries.sql"))


async def all_settings(db: Reads) -> list[Setting]:
    """Return every declared setting with its value."""
    kept = {row["name"]: row for row in await db.rows(Q.current_values)}
    return [_setting(declared, kept.get(declared.name)) for declared in DECLARED]


def _setting(declared: Declared, kept: object) -> Setting:
    row = dict(kept) if kept else {}  # type: ignore[call-overload]
    return Setting(
        name=declared.name,  # type: ignore[arg-type]
        title=declared.title,
        description=declared.description,
        kind=declared.kind,
        value=row.get("value", declared.default),
        default=declared.default,
        changed_at=row.get("changed_at"),
        changed_by=row.get("changed_by"),
        version=row.get("version", 0),
    )


async def insert_value(tx: Transaction, name: str, *, version: int, value: str) -> None:
    """Store the next value of a setting; Violation when that version is there already."""
    await tx.execute(Q.insert_value, name=name, version=version, value=value, at=tx.call.at, by=tx.call.by)

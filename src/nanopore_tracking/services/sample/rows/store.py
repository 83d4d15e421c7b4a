"""Sample rows in the database, and what the check found in them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.rows import Correction, RowProblem
from nanopore_tracking.contracts.events.ai import Cell, ManifestRow
from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.sample.names import model as names
from nanopore_tracking.services.sample.rows import model
from nanopore_tracking.services.sample.rows.model import StoredRow

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

_cells = msgspec.json.Decoder(dict[str, Cell])
_corrections = msgspec.json.Decoder(dict[str, Correction])
_NO_CORRECTIONS: Mapping[str, Correction] = {}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _stored(row: Mapping[str, Any]) -> StoredRow:
    said = row["corrections"]
    return StoredRow(
        id=row["id"],
        submission_id=row["submission_id"],
        row_number=row["row_number"],
        submitted=_cells.decode(row["submitted"]),
        corrections=_NO_CORRECTIONS if said == "{}" else _corrections.decode(said),
        version=row["version"],
    )


async def list_rows(db: Reads, scope: Scope, submission_id: UUID, **asked: Any) -> Page:
    """Return one page of rows; asked: filters, sort, after, limit."""
    found: Page = await Q.rows.page(db, scope=scope, submission_id=submission_id, **asked)
    return found


async def show_row(db: Reads, submission_id: UUID, row_number: int, *, scope: Scope) -> tuple[str, int] | None:
    """Return a row as JSON text and its version, None where there is none in the scope."""
    row = await db.row(Q.show_row, submission_id=submission_id, row_number=row_number, scope=scope)
    return (row["item"], row["version"]) if row else None


async def load_rows(db: Reads, submission_id: UUID, alias_keys: Iterable[str] | None = None) -> list[StoredRow]:
    """Return rows in their order: all, or those that have one of the alias keys."""
    keys = None if alias_keys is None else sorted(set(alias_keys))
    return [_stored(row) for row in await db.rows(Q.load_rows, submission_id=submission_id, alias_keys=keys)]


async def lock_row(tx: Transaction, submission_id: UUID, row_number: int) -> StoredRow | None:
    """Return one row, locked."""
    row = await tx.row(Q.lock_row, submission_id=submission_id, row_number=row_number)
    return _stored(row) if row else None


async def last_row_number(db: Reads, submission_id: UUID) -> int:
    """Return the highest row number, 0 where there are no rows."""
    return int(await db.value(Q.last_row_number, submission_id=submission_id))


async def count_rows(db: Reads, submission_id: UUID) -> int:
    """Return how many rows there are."""
    return int(await db.value(Q.count_rows, submission_id=submission_id))


async def insert_rows(tx: Transaction, submission_id: UUID, rows: Sequence[ManifestRow]) -> list[model.Row]:
    """Store rows as they were submitted, and return them as they count; Violation for a number that is taken."""
    counted = [model.row_of(row.row_number, row.cells, _NO_CORRECTIONS) for row in rows]
    aliases = [names.alias(row.name, row.row_number) for row in counted]
    await tx.execute(
        Q.insert_rows,
        submission_id=submission_id,
        row_numbers=[row.row_number for row in rows],
        submitted=[_json(row.cells) for row in rows],
        row_values=[_json(row.values) for row in counted],
        aliases=aliases,
        alias_keys=[names.alias_key(alias) for alias in aliases],
    )
    return counted


async def correct_row(tx: Transaction, stored: StoredRow, corrections: Mapping[str, Correction]) -> model.Row:
    """Store all corrections of a row, and return it as it counts with them."""
    row = model.row_of(stored.row_number, stored.submitted, corrections)
    alias = names.alias(row.name, row.row_number)
    await tx.execute(
        Q.correct_row,
        row_id=stored.id,
        corrections=_json(corrections),
        row_values=_json(row.values),
        alias=alias,
        alias_key=names.alias_key(alias),
    )
    return row


async def delete_row(tx: Transaction, stored: StoredRow) -> None:
    """Remove one row."""
    await tx.execute(Q.delete_row, row_id=stored.id)


async def delete_rows(tx: Transaction, submission_id: UUID) -> None:
    """Remove all rows of a submission."""
    await tx.execute(Q.delete_rows, submission_id=submission_id)


async def store_problems(tx: Transaction, submission_id: UUID, found: Mapping[int, Sequence[RowProblem]]) -> None:
    """Store what the check found, by row number; each row's problems come worst first."""
    if found:
        await tx.execute(
            Q.store_problems,
            submission_id=submission_id,
            row_numbers=list(found),
            problems=[_json(problems) for problems in found.values()],
            levels=[",".join(dict.fromkeys(problem.level for problem in problems)) for problems in found.values()],
        )


async def count_problems(db: Reads, submission_id: UUID) -> list[dict[str, Any]]:
    """Return the problems of all rows by kind: code, level, row_count, problem_count, row_number, example."""
    return [dict(row) for row in await db.rows(Q.count_problems, submission_id=submission_id)]


async def link_samples(tx: Transaction, submission_id: UUID, made: Mapping[int, tuple[UUID, str]]) -> None:
    """Store which sample (id and code) came of each row; the rows never change after this."""
    await tx.execute(
        Q.link_samples,
        submission_id=submission_id,
        row_numbers=list(made),
        sample_ids=[sample_id for sample_id, _ in made.values()],
        sample_codes=[code for _, code in made.values()],
    )

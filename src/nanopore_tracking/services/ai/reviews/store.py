"""Forms that were read in the database: their values, rows, reviewers and what was decided."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.events.ai_readings import FormQuestion
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.acceptances.model import Judged
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.readings.model import FormReading, Value
from nanopore_tracking.services.ai.reviews import model
from nanopore_tracking.services.ai.reviews.model import Kept, Line, Locked

Q = sql.load(Path(__file__).with_name("queries.sql"))

Scope = list[UUID] | None

_value = msgspec.json.Decoder(Value)
_box = msgspec.json.Decoder(model.Box | None)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def keep(tx: Transaction, claimed: Claimed, reading: FormReading, *, judged: Sequence[Judged]) -> int | None:
    """Store what was read and return how much of it is in doubt; None when the reading is not ours any more."""
    doubts = sum(each.read.state == "needs_review" for each in judged)
    ours = await tx.row(
        Q.wait_for_review,
        extraction_id=claimed.id,
        attempts=claimed.attempts,
        row_count=len(reading.rows),
        needs_review_count=doubts,
        notes=_json(reading.warnings),
        at=tx.call.at,
    )
    if ours is None:
        return None
    await _insert_reading(tx, claimed.id, reading)
    await tx.execute(
        Q.insert_rows,
        extraction_id=claimed.id,
        row_numbers=list(range(1, len(reading.rows) + 1)),
        printed=[row.number for row in reading.rows],
        roles=[row.role for row in reading.rows],
    )
    items = model.items(judged, [uuid7() for _ in judged])
    await tx.execute(Q.insert_values, extraction_id=claimed.id, items=items)
    await tx.execute(Q.insert_judgements, items=items)
    return doubts


async def _insert_reading(tx: Transaction, extraction_id: UUID, reading: FormReading) -> None:
    await tx.execute(
        Q.insert_reading,
        extraction_id=extraction_id,
        method=reading.method,
        wanted_method=reading.wanted,
        reader_version=reading.version,
        model=reading.model,
        prompt_version=reading.prompt_version,
        tokens=reading.tokens,
        at=tx.call.at,
        template=reading.template,
        template_version=reading.template_version,
        pages=_json(reading.pages),
        warnings=_json(reading.warnings),
        texts=_json(reading.text),
        vocabulary=reading.vocabulary,
        meanings=reading.meanings,
    )


async def show(db: Reads, scope: Scope, extraction_id: UUID, *, account_id: str) -> tuple[str, int]:
    """Return a form that was read as JSON text, and its version; NotFound."""
    row = await db.row(Q.show_review, extraction_id=extraction_id, scope=scope, account_id=account_id)
    if row is None:
        raise errors.NotFound("There is no form that was read under this id, or none that you may see.")
    return row["item"], row["version"]


async def show_texts(db: Reads, scope: Scope, extraction_id: UUID) -> str:
    """Return the texts of the pages of a form as JSON text; NotFound."""
    found: str | None = await db.value(Q.show_texts, extraction_id=extraction_id, scope=scope)
    if found is None:
        raise errors.NotFound("There is no form that was read under this id, or none that you may see.")
    return found


async def texts_of(tx: Transaction, extraction_id: UUID) -> list[str]:
    """Return the texts of the pages of a form; NotFound."""
    found: dict[str, list[str]] = msgspec.json.decode(await show_texts(tx, tx.call.scope, extraction_id))
    return found["pages"]


async def lock(tx: Transaction, extraction_id: UUID) -> Locked:
    """Return a form in the caller's scope that is about to be decided on, locked; NotFound."""
    row = await tx.row(Q.lock_review, extraction_id=extraction_id, scope=tx.call.scope, at=tx.call.at)
    if row is None:
        raise errors.NotFound("There is no form that was read under this id, or none that you may see.")
    return Locked(**row)


async def hold(tx: Transaction, extraction_id: UUID, until: datetime | None) -> None:
    """Store that the caller reviews a form until a moment; nobody does where that is None."""
    account_id, reviewer = (tx.call.actor.id, tx.call.actor.name) if until else (None, None)
    await tx.execute(Q.hold, extraction_id=extraction_id, account_id=account_id, reviewer=reviewer, until=until)


async def values_of(tx: Transaction, extraction_id: UUID, ids: Sequence[UUID] | None = None) -> list[Kept]:
    """Return values of a form as they count now, by their ids or all, in their order."""
    found = await tx.rows(Q.values_of, extraction_id=extraction_id, ids=None if ids is None else list(ids))
    return [Kept(**{**row, "value": _value.decode(row["value"]), "box": _box.decode(row["box"])}) for row in found]


async def rows_of(tx: Transaction, extraction_id: UUID) -> list[Line]:
    """Return the rows of a form."""
    return [Line(**row) for row in await tx.rows(Q.rows_of, extraction_id=extraction_id)]


async def decide(tx: Transaction, kept: Kept, action: model.Action, *, said: tuple[str, Any] | None) -> None:
    """Store what the caller says of a value. said: the corrected text and what it means."""
    decided = {"confirm": "confirmed", "correct": "corrected", "undo": None}[action]
    raw, value = said or (None, None)
    by = tx.call.actor.name
    await tx.execute(
        Q.decide,
        value_id=kept.id,
        decided=decided,
        raw=raw,
        value=None if said is None else _json(value),
        by=by if decided else None,
        decided_at=tx.call.at if decided else None,
    )


async def keep_decision(tx: Transaction, kept: Kept, extraction_id: UUID, *, action: str, became: str) -> None:
    """Keep a decision for good; became: the text that counts from now on."""
    await tx.execute(
        Q.insert_decision,
        id=uuid7(),
        value_id=kept.id,
        extraction_id=extraction_id,
        action=action,
        read_raw=kept.read_raw,
        before_raw=kept.raw,
        became_raw=became,
        method=kept.method,
        confidence=kept.confidence,
        by=tx.call.actor.name,
        at=tx.call.at,
    )


async def drop_row(tx: Transaction, extraction_id: UUID, row_number: int, *, dropped: bool) -> None:
    """Store whether a row is a sample."""
    by, at = (tx.call.actor.name, tx.call.at) if dropped else (None, None)
    values = {"extraction_id": extraction_id, "row_number": row_number, "dropped": dropped}
    await tx.execute(Q.drop_row, by=by, dropped_at=at, **values)


async def count_open(tx: Transaction, extraction_id: UUID) -> tuple[int, int]:
    """Store that a review changed; return how many values are in doubt, and the version of the review."""
    row = await tx.row(Q.count_open, extraction_id=extraction_id)
    assert row is not None
    return row["needs_review_count"], row["version"]


async def shown_values(tx: Transaction, extraction_id: UUID, ids: Sequence[UUID]) -> str:
    """Return values as they are answered, as JSON text."""
    return str(await tx.value(Q.shown_values, extraction_id=extraction_id, ids=list(ids)))


async def questions_of(tx: Transaction, extraction_id: UUID) -> list[FormQuestion]:
    """Return what the submitter is to be asked about a form, the oldest question first."""
    found = await tx.rows(Q.questions_of, extraction_id=extraction_id)
    return [FormQuestion(model.title(row["field"]), row["row_number"], row["raw"], row["body"]) for row in found]


async def accept(tx: Transaction, extraction_id: UUID, *, row_count: int, header: dict[str, str]) -> None:
    """Store that a form was found right."""
    await tx.execute(Q.accept, extraction_id=extraction_id, row_count=row_count, header=_json(header))


async def reject(tx: Transaction, extraction_id: UUID, reason: str) -> None:
    """Store that a form was refused by a person."""
    await tx.execute(Q.reject, extraction_id=extraction_id, error=reason)

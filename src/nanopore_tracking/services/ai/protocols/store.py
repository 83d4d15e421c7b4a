"""Protocols of the laboratory in the database; their content lies in the file store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.listing import Page
from nanopore_tracking.kernel.postgres import Reads, Transaction
from nanopore_tracking.services.ai.passages.model import Kind, Protocol
from nanopore_tracking.services.ai.protocols.model import MOST, Uploaded

Q = sql.load(Path(__file__).with_name("queries.sql"))

_MISSING = "There is no such protocol, or no such version of it."


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A protocol that is about to be changed."""

    id: UUID
    title: str
    retired_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Version:
    """One file of a protocol."""

    id: UUID
    number: int
    filename: str
    kind: Kind
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A passage that was found, and where it stands."""

    id: UUID
    protocol_id: UUID
    title: str
    number: int
    position: int
    heading: str
    body: str
    page: int | None


async def list_protocols(db: Reads, **asked: Any) -> Page:
    """Return one page of protocols; asked: filters, sort, after, limit."""
    found: Page = await Q.protocols.page(db, **asked)
    return found


async def show(db: Reads, protocol_id: UUID) -> str:
    """Return a protocol as JSON text; NotFound."""
    found = await list_protocols(db, filters={"id": protocol_id})
    if not found.items:
        raise errors.NotFound(_MISSING)
    return found.items[0]


async def insert(tx: Transaction, title: str) -> UUID:
    """Store a protocol without a version and return its id; Violation where the title is taken."""
    protocol_id = uuid7()
    await tx.execute(Q.insert_protocol, protocol_id=protocol_id, title=title, at=tx.call.at)
    return protocol_id


async def lock(tx: Transaction, protocol_id: UUID) -> Locked:
    """Return a protocol, locked; NotFound."""
    row = await tx.row(Q.lock_protocol, protocol_id=protocol_id)
    if row is None:
        raise errors.NotFound(_MISSING)
    return Locked(**row)


async def insert_version(tx: Transaction, protocol_id: UUID, uploaded: Uploaded, *, read: Protocol) -> int:
    """Store a version of a protocol with its passages, and return its number."""
    number, version_id = int(await tx.value(Q.next_number, protocol_id=protocol_id)), uuid7()
    await tx.execute(
        Q.insert_version,
        version_id=version_id,
        protocol_id=protocol_id,
        number=number,
        filename=uploaded.filename,
        kind=uploaded.kind,
        sha256=uploaded.sha256,
        size_bytes=uploaded.size_bytes,
        warnings=_json(read.warnings),
        by=tx.call.by,
        at=tx.call.at,
    )
    items = [
        {"id": uuid7(), "position": position, **msgspec.structs.asdict(each)}
        for position, each in enumerate(read.passages, 1)
    ]
    await tx.execute(Q.insert_passages, version_id=version_id, items=_json(items))
    await tx.execute(Q.changed, protocol_id=protocol_id)
    return number


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def retire(tx: Transaction, protocol_id: UUID) -> None:
    """Store that a protocol is not searched any more."""
    await tx.execute(Q.retire, protocol_id=protocol_id, by=tx.call.by, at=tx.call.at)


async def find_version(db: Reads, protocol_id: UUID, number: int | None) -> Version:
    """Return a version of a protocol, the last one where none is named; NotFound."""
    row = await db.row(Q.find_version, protocol_id=protocol_id, number=number)
    if row is None:
        raise errors.NotFound(_MISSING)
    return Version(**row)


async def passages_of(db: Reads, version_id: UUID) -> str:
    """Return what a version says as JSON text."""
    return str(await db.value(Q.passages_of, version_id=version_id))


async def by_words(db: Reads, q: str) -> list[UUID]:
    """Return the passages that hold the words of a question, the best first."""
    return [row["id"] for row in await db.rows(Q.by_words, q=q, most=MOST)]


async def by_meaning(
    db: Reads, asked: Sequence[float], model: str, *, extended: bool = True
) -> list[tuple[UUID, float]]:
    """Return the passages that are nearest to a vector of length 1, with their cosines.

    extended: by the database's extension `vector`, where it has that; the answers are the same without.
    """
    rows = await db.rows(Q.by_meaning, asked=list(asked), model=model, most=MOST, extended=extended)
    return [(row["id"], row["near"]) for row in rows]


async def passages(db: Reads, ids: Sequence[UUID]) -> Mapping[UUID, Passage]:
    """Return passages by their ids."""
    return {row["id"]: Passage(**row) for row in await db.rows(Q.show_passages, ids=list(ids))}


async def without_vector(db: Reads, model: str, most: int) -> list[tuple[UUID, str]]:
    """Return passages, with their texts, of which the model has not said yet what they mean."""
    rows = await db.rows(Q.without_vector, model=model, most=most)
    return [(row["id"], f"{row['heading']}. {row['body']}".removeprefix(". ")) for row in rows]


async def keep_vectors(tx: Transaction, model: str, vectors: Mapping[UUID, Sequence[float]]) -> None:
    """Store what passages mean."""
    items = [{"id": passage_id, "vector": vector} for passage_id, vector in vectors.items()]
    await tx.execute(Q.keep_vectors, model=model, items=_json(items))

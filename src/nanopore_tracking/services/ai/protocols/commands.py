"""What can be done with protocols: keep one, keep another version of it, let it be searched no more, search."""

from typing import Literal
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.ai.protocols import Found, ProtocolSearch
from nanopore_tracking.contracts.events.ai_protocols import ProtocolKept, ProtocolRetired
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Reads, Transaction, Violation
from nanopore_tracking.services.ai.meanings import commands as meanings
from nanopore_tracking.services.ai.meanings.model import NAME
from nanopore_tracking.services.ai.passages.model import Protocol
from nanopore_tracking.services.ai.protocols import model, store
from nanopore_tracking.services.ai.protocols.model import Uploaded
from nanopore_tracking.services.ai.settings import ModelSettings


async def keep(tx: Transaction, title: str, uploaded: Uploaded, *, read: Protocol) -> Written:
    """Keep a protocol with its first version; Conflict where another one has its title."""
    try:
        protocol_id = await store.insert(tx, title)
    except Violation:
        message = f"There is a protocol called {title} already. Nothing was kept; add a version to that one."
        raise errors.Conflict(message, fields=[errors.FieldError("title", message)]) from None
    return await _kept(tx, protocol_id, title, uploaded=uploaded, read=read)


async def renew(tx: Transaction, protocol_id: UUID, uploaded: Uploaded, *, read: Protocol) -> Written:
    """Keep another version of a protocol, which is searched from now on."""
    locked = await store.lock(tx, protocol_id)
    if locked.retired_at is not None:
        raise errors.Conflict(f"{locked.title} is not searched any more. Nothing was kept; upload it as a new one.")
    return await _kept(tx, protocol_id, locked.title, uploaded=uploaded, read=read)


async def _kept(tx: Transaction, protocol_id: UUID, title: str, *, uploaded: Uploaded, read: Protocol) -> Written:
    number = await store.insert_version(tx, protocol_id, uploaded, read=read)
    event = ProtocolKept(
        protocol_id=protocol_id,
        title=title,
        number=number,
        filename=uploaded.filename,
        sha256=uploaded.sha256,
        passage_count=len(read.passages),
    )
    before = number - 1 or None
    tx.announce(event, subject=_subject(protocol_id, title), changes=[Change("number", before, number)])
    return await _written(tx, protocol_id)


async def retire(tx: Transaction, protocol_id: UUID, *, seen: int) -> Written:
    """Let a protocol be searched no more; its versions are kept."""
    locked = await store.lock(tx, protocol_id)
    if locked.version != seen:
        raise errors.Stale("Somebody changed this protocol since you looked at it. Nothing was changed; look again.")
    if locked.retired_at is None:
        await store.retire(tx, protocol_id)
        event = ProtocolRetired(protocol_id=protocol_id, title=locked.title)
        changes = [Change("retired", before=False, after=True)]
        tx.announce(event, subject=_subject(protocol_id, locked.title), changes=changes)
    return await _written(tx, protocol_id)


def _subject(protocol_id: UUID, title: str) -> Subject:
    return Subject("protocol", str(protocol_id), title)


async def _written(tx: Transaction, protocol_id: UUID) -> Written:
    item = await store.show(tx, protocol_id)
    version = msgspec.json.decode(item)["version"]
    return Written(item=item, version=version, location=f"/api/documents/protocols/{protocol_id}")


async def search(db: Reads, settings: ModelSettings, q: str, *, most: int) -> ProtocolSearch:
    """Return the passages that answer a question best, word for word, by their words and by what they mean."""
    by_words = await store.by_words(db, q)
    note = await meanings.problem(settings)
    asked = None if note else await meanings.vectors(settings, [q])
    by_meaning = await store.by_meaning(db, asked[0], NAME) if asked else []
    ranked = model.merged(by_words, by_meaning, most)
    there = await store.passages(db, [each.id for each in ranked])
    items = [_found(there[each.id], each) for each in ranked if each.id in there]
    return ProtocolSearch(items=items, note=note)


def _found(passage: store.Passage, ranked: model.Ranked) -> Found:
    ways: tuple[tuple[Literal["words", "meaning"], bool], ...] = (
        ("words", ranked.words),
        ("meaning", ranked.near is not None),
    )
    by = [way for way, led in ways if led]
    return Found(
        protocol_id=passage.protocol_id,
        title=passage.title,
        number=passage.number,
        passage_id=passage.id,
        position=passage.position,
        heading=passage.heading,
        body=passage.body,
        page=passage.page,
        by=by,
        near=None if ranked.near is None else round(ranked.near, 3),
        score=ranked.score,
    )

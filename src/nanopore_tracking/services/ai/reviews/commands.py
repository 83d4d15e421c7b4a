"""What happens with a form that was read: it waits, people decide on its values, and it is accepted or refused."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.ai.reviews import Decision
from nanopore_tracking.contracts.events import ai as events
from nanopore_tracking.contracts.events.ai_readings import FormQuestionsAsked
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Change
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.acceptances import store as acceptances
from nanopore_tracking.services.ai.acceptances.model import judge
from nanopore_tracking.services.ai.extractions.commands import subject
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.hints import store as hints
from nanopore_tracking.services.ai.lessons import commands as lessons
from nanopore_tracking.services.ai.lessons.model import Lesson, Voice, label_of
from nanopore_tracking.services.ai.outcomes import store as outcomes
from nanopore_tracking.services.ai.precedents import store as precedents
from nanopore_tracking.services.ai.precedents.model import compare
from nanopore_tracking.services.ai.prints import store as prints
from nanopore_tracking.services.ai.prints.model import Tenant
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.reviews import model, store
from nanopore_tracking.services.ai.reviews.model import Kept, Locked

_ROWS_AT_ONCE = 250


async def keep(tx: Transaction, claimed: Claimed, reading: FormReading) -> None:
    """Keep what was read of a form and announce that it waits for a person."""
    scanned = frozenset(page.number for page in reading.pages if page.scanned)
    placed, rule = model.placed(reading), await acceptances.rule(tx)
    judged = judge(placed, rule, extraction_id=claimed.id, scanned=scanned)
    said, before = await precedents.earlier(tx, claimed)
    compared = compare(said, before, judged)
    judged = compared.judged
    doubts = await store.keep(tx, claimed, reading, judged=judged)
    if doubts is None:
        raise errors.Conflict("The reading was taken over by another process. Nothing was announced twice.")
    if said:
        await precedents.keep(tx, claimed.id, compared)
        doubts, _ = await store.count_open(tx, claimed.id)
    await hints.keep(tx, claimed.id, reading)
    tenant = Tenant(lab_id=claimed.lab_id, project_id=claimed.project_id)
    await prints.keep(tx, claimed.id, reading, tenant=tenant)
    event = events.FormRead(
        extraction_id=claimed.id,
        document_id=claimed.document_id,
        project_id=claimed.project_id,
        filename=claimed.filename,
        method=reading.method,
        reader_version=reading.version,
        model=reading.model,
        template=reading.template,
        row_count=len(reading.rows),
        needs_review_count=doubts,
        automatic_count=sum(each.automatic != "" for each in judged),
    )
    changes = [Change("state", "reading", "needs_review")]
    tx.announce(event, subject=subject(claimed.id), tenant_id=claimed.lab_id, changes=changes)


async def take(tx: Transaction, extraction_id: UUID, *, take_over: bool) -> Written:
    """Let the caller review a form; Conflict where somebody else does and it is not to be taken over."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_closed(locked)
    if not take_over:
        model.refuse_others(locked, tx.call.actor.id)
    await store.hold(tx, extraction_id, model.until(tx.call.at))
    return await shown(tx, extraction_id)


async def let_go(tx: Transaction, extraction_id: UUID) -> Written:
    """Let others review a form that the caller reviewed."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_others(locked, tx.call.actor.id)
    await store.hold(tx, extraction_id, None)
    return await shown(tx, extraction_id)


async def opened(tx: Transaction, extraction_id: UUID) -> Locked:
    """Return a form that the caller may decide on, and wait for them again."""
    locked = await store.lock(tx, extraction_id)
    model.refuse_closed(locked)
    model.refuse_others(locked, tx.call.actor.id)
    await store.hold(tx, extraction_id, model.until(tx.call.at))
    return locked


async def decide(tx: Transaction, extraction_id: UUID, decisions: Sequence[Decision], *, voice: Voice) -> Written:
    """Confirm or correct values, all or none of them. voice: of whoever teaches by that."""
    locked = await opened(tx, extraction_id)
    ids = [each.value_id for each in decisions]
    if len(set(ids)) < len(ids):
        raise errors.Invalid("A value is named twice. Nothing was changed.")
    there = {each.id: each for each in await store.values_of(tx, extraction_id, ids)}
    told = [await _decide(tx, extraction_id, there.get(each.value_id), decision=each) for each in decisions]
    event = events.FormValuesDecided(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        decisions=told,
    )
    changes = [Change(each.field, each.was, each.became) for each in told if each.was != each.became]
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    learnt = await _learn(tx, locked, [(each, there[each.value_id]) for each in told], voice=voice)
    return await _progress(tx, extraction_id, ids, learnt=learnt)


async def _learn(
    tx: Transaction, locked: Locked, told: Sequence[tuple[events.Decided, Kept]], *, voice: Voice
) -> dict[str, str]:
    """Learn the labels of what was typed for fields that were not found; return those that are believed now."""
    if not voice.weight:
        return {}
    missed = [each for each, kept in told if each.action == "correct" and kept.page is None and kept.row_number is None]
    if not missed:
        return {}
    texts = await store.texts_of(tx, locked.id)
    values = [each.raw for each in await store.values_of(tx, locked.id) if each.raw]
    learnt = {}
    for each in missed:
        # What the reader saw beside a text is surer than what stands in its line.
        beside = await hints.labels_beside(tx, locked.id, each.became)
        label = beside[0] if len(beside) == 1 else label_of(texts, each.became, set(values) - {each.became})
        if label is not None:
            lesson = Lesson(spelled=label, field=each.field, template=locked.template)
            if await lessons.teach(tx, locked.lab_id, lesson, on=locked.id, voice=voice) is not None:
                learnt[label] = each.field
    return learnt


async def _decide(tx: Transaction, extraction_id: UUID, kept: Kept | None, *, decision: Decision) -> events.Decided:
    if kept is None:
        raise errors.NotFound("The form has no such value. Nothing was changed.")
    model.refuse_stale(kept, decision.version)
    said = None
    became = kept.read_raw
    if decision.action == "correct":
        said = model.meaning(kept.field, decision.text, in_table=kept.row_number is not None)
        became = said[0]
    elif decision.action == "confirm":
        model.refuse_unread(kept)
    await store.decide(tx, kept, decision.action, said=said)
    await store.keep_decision(tx, kept, extraction_id, action=decision.action, became=became)
    return events.Decided(kept.id, kept.field, kept.row_number, decision.action, kept.raw, became)


async def drop_row(tx: Transaction, extraction_id: UUID, row_number: int, *, dropped: bool, seen: int) -> Written:
    """Say whether a row is a sample."""
    locked = await opened(tx, extraction_id)
    line = next((each for each in await store.rows_of(tx, extraction_id) if each.row_number == row_number), None)
    if line is None:
        raise errors.NotFound("The form has no such row. Nothing was changed.")
    if line.version != seen:
        raise errors.Stale("The row changed since you looked at it. Nothing was changed; look again.")
    await store.drop_row(tx, extraction_id, row_number, dropped=dropped)
    event = events.FormRowDecided(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        row_number=row_number,
        dropped=dropped,
    )
    changes = [Change("dropped", line.dropped, dropped)]
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    return await _progress(tx, extraction_id, [])


async def accept(tx: Transaction, extraction_id: UUID, seen: int) -> Written:
    """Hand a form on whose values somebody looked at; its rows become a submission."""
    locked = await opened(tx, extraction_id)
    if locked.version != seen:
        raise errors.Stale("The review changed since you looked at it. Nothing was accepted; look again.")
    values = await store.values_of(tx, extraction_id)
    waiting = [model.title(each.field) for each in values if each.open]
    if waiting:
        many = f"{len(waiting)} values" if len(waiting) > 1 else "One value"
        raise errors.Conflict(
            f"{many} must be looked at first: {', '.join(dict.fromkeys(waiting))}. Nothing was accepted.",
            type="needs-review",
        )
    model.refuse_precedents(await precedents.waiting(tx, extraction_id))
    rows = model.rows(await store.rows_of(tx, extraction_id), values)
    header = model.header([each for each in values if each.row_number is None])
    await store.accept(tx, extraction_id, row_count=len(rows), header=header)
    await outcomes.keep(tx, extraction_id)
    await store.hold(tx, extraction_id, None)
    _hand_on(tx, locked, rows, header=header)
    await _hand_questions_on(tx, locked)
    return await shown(tx, extraction_id)


def _hand_on(tx: Transaction, locked: Locked, rows: list[events.ManifestRow], *, header: dict[str, str]) -> None:
    read = events.ManifestRead(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        lab_id=locked.lab_id,
        filename=locked.filename,
        sha256=locked.sha256,
        row_count=len(rows),
        columns=model.matches(rows),
        header=header,
    )
    changes = [Change("state", "needs_review", "read")]
    tx.announce(read, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    parts = [rows[first : first + _ROWS_AT_ONCE] for first in range(0, len(rows), _ROWS_AT_ONCE)]
    for number, part in enumerate(parts, 1):
        event = events.ManifestRowsRead(
            extraction_id=locked.id, project_id=locked.project_id, rows=part, last=number == len(parts)
        )
        tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id)


async def _hand_questions_on(tx: Transaction, locked: Locked) -> None:
    questions = await store.questions_of(tx, locked.id)
    if questions:
        event = FormQuestionsAsked(
            extraction_id=locked.id,
            document_id=locked.document_id,
            project_id=locked.project_id,
            filename=locked.filename,
            questions=questions,
        )
        tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id)


async def reject(tx: Transaction, extraction_id: UUID, reason: str, *, seen: int) -> Written:
    """Refuse a form, with the reason that its sender is told."""
    locked = await opened(tx, extraction_id)
    if locked.version != seen:
        raise errors.Stale("The review changed since you looked at it. Nothing was refused; look again.")
    await store.reject(tx, extraction_id, reason)
    await store.hold(tx, extraction_id, None)
    event = events.FormRejected(
        extraction_id=locked.id,
        document_id=locked.document_id,
        project_id=locked.project_id,
        filename=locked.filename,
        reason=reason,
    )
    changes = [Change("state", "needs_review", "refused")]
    tx.announce(event, subject=subject(locked.id), tenant_id=locked.lab_id, changes=changes)
    return await shown(tx, extraction_id)


async def _progress(
    tx: Transaction, extraction_id: UUID, ids: Sequence[UUID], *, learnt: Mapping[str, str] | None = None
) -> Written:
    to_check, version = await store.count_open(tx, extraction_id)
    values = msgspec.Raw((await store.shown_values(tx, extraction_id, ids)).encode())
    item = {"values": values, "to_check": to_check, "version": version, "learnt": learnt or {}}
    return Written(item=item, version=version)


async def shown(tx: Transaction, extraction_id: UUID) -> Written:
    """Return a form as the caller sees it now."""
    item, version = await store.show(tx, tx.call.scope, extraction_id, account_id=tx.call.actor.id)
    return Written(item=item, version=version)

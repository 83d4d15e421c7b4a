"""What people say of a form that nobody knew in part: labels are filled in, for headings the form is read again."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from nanopore_tracking.contracts.api.ai.reviews import Decision
from nanopore_tracking.contracts.api.ai.teachings import Taught, Teachings
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.hints import store as hints
from nanopore_tracking.services.ai.hints.model import Told
from nanopore_tracking.services.ai.lessons import commands as lessons
from nanopore_tracking.services.ai.lessons.model import SILENT, Lesson, Voice
from nanopore_tracking.services.ai.rereadings import commands as rereadings
from nanopore_tracking.services.ai.reviews import commands as reviews
from nanopore_tracking.services.ai.reviews import store as review_store
from nanopore_tracking.services.ai.reviews.model import Locked
from nanopore_tracking.services.ai.teachings import model
from nanopore_tracking.services.ai.templates import store as templates


async def teach(tx: Transaction, extraction_id: UUID, asked: Teachings, *, voice: Voice) -> Written:
    """Take what a person says of texts that nobody knew, or of the form as a whole."""
    if not asked.teachings and not asked.template:
        raise errors.Invalid("Nothing was said. Say what a text is, or which known form this is.")
    locked = await reviews.opened(tx, extraction_id)
    if asked.template and asked.template not in {each.name for each in await templates.active(tx)}:
        raise errors.NotFound("There is no such known form, or it is not used. Nothing was changed.")
    said = {str(each.unknown_id): each.field for each in asked.teachings}
    told = await hints.find(tx, extraction_id, [each.unknown_id for each in asked.teachings])
    model.refuse_unknown(told, said)
    learnt = await _learn(tx, locked, told, said=said, voice=voice)
    again = bool(asked.template) or any(model.is_column(each, said[str(each.id)]) for each in told)
    going_on = extraction_id
    if again:
        fields = {each.label: said[str(each.id)] for each in told}
        going_on = await rereadings.begin(tx, locked, fields, template=asked.template)
    elif told:
        await _fill_in(tx, extraction_id, told, said=said)
    return Written(item=Taught(extraction_id=going_on, read_again=again, learnt=learnt))


async def _learn(
    tx: Transaction, locked: Locked, told: Sequence[Told], *, said: dict[str, str], voice: Voice
) -> dict[str, str]:
    learnt = {}
    for each in told:
        field = said[str(each.id)]
        kind: Literal["heading", "label"] = "heading" if model.is_column(each, field) else "label"
        lesson = Lesson(spelled=each.label, field=field, template=locked.template, kind=kind)
        if await lessons.teach(tx, locked.lab_id, lesson, on=locked.id, voice=voice) is not None:
            learnt[each.label] = field
        await hints.take(tx, each.id, field)
    return learnt


async def _fill_in(tx: Transaction, extraction_id: UUID, told: Sequence[Told], *, said: dict[str, str]) -> None:
    """Fill the fields in with what stands beside their labels; nothing is learnt from that a second time."""
    values = {each.field: each for each in await review_store.values_of(tx, extraction_id) if each.row_number is None}
    filled = [(each, values[said[str(each.id)]]) for each in told]
    decisions = [
        Decision(value_id=kept.id, action="correct", text=each.raw, version=kept.version) for each, kept in filled
    ]
    await reviews.decide(tx, extraction_id, decisions, voice=SILENT)

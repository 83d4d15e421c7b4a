"""What can be done with lessons: take one from a correction, and forget one that was wrong."""

from uuid import UUID

from nanopore_tracking.contracts.events.ai import FormLabelForgotten, FormLabelLearnt
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.lessons import store
from nanopore_tracking.services.ai.lessons.model import Lesson, Voice


async def teach(tx: Transaction, lab_id: UUID, lesson: Lesson, *, on: UUID, voice: Voice) -> str | None:
    """Learn what a person said of a label or a heading; return it where it is believed from now on.

    on: the reading of the form on which they said it.
    """
    label_id, believed = await store.learn(tx, lab_id, lesson, on=on, voice=voice)
    label, field = lesson.spelled, lesson.field
    event = FormLabelLearnt(label_id=label_id, lab_id=lab_id, label=label, field=field, believed=believed)
    tx.announce(event, subject=Subject("form_label", str(label_id), label), tenant_id=lab_id)
    return label if believed else None


async def forget(tx: Transaction, label_id: UUID) -> Written:
    """Forget what a label means."""
    lab_id, label, field = await store.forget(tx, label_id)
    event = FormLabelForgotten(label_id=label_id, lab_id=lab_id, label=label, field=field)
    tx.announce(event, subject=Subject("form_label", str(label_id), label), tenant_id=lab_id)
    return Written(item=None)

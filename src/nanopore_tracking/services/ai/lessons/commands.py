"""What can be done with lessons: take one from a correction, and forget one that was wrong."""

from collections.abc import Sequence
from uuid import UUID

from nanopore_tracking.contracts.events.ai import FormLabelForgotten, FormLabelLearnt
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.lessons import model, store


async def take(
    tx: Transaction, lab_id: UUID, texts: Sequence[str], *, field: str, value: str, weight: int
) -> str | None:
    """Learn the label of a value that a person typed; return it where it is believed from now on."""
    label = model.label_of(texts, value)
    if label is None:
        return None
    label_id, believed = await store.learn(tx, lab_id, label, field=field, weight=weight)
    event = FormLabelLearnt(label_id=label_id, lab_id=lab_id, label=label, field=field, believed=believed)
    tx.announce(event, subject=Subject("form_label", str(label_id), label), tenant_id=lab_id)
    return label if believed else None


async def forget(tx: Transaction, label_id: UUID) -> Written:
    """Forget what a label means."""
    lab_id, label, field = await store.forget(tx, label_id)
    event = FormLabelForgotten(label_id=label_id, lab_id=lab_id, label=label, field=field)
    tx.announce(event, subject=Subject("form_label", str(label_id), label), tenant_id=lab_id)
    return Written(item=None)

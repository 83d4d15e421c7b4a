"""What happens with an uploaded document: it is kept, and its reading waits."""

from nanopore_tracking.contracts.events import ai as events
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.ai.documents import store
from nanopore_tracking.services.ai.documents.model import Upload
from nanopore_tracking.services.ai.extractions import store as extraction_store
from nanopore_tracking.services.ai.extractions.model import Wish


async def receive(tx: Transaction, upload: Upload) -> Written:
    """Store a document whose content is kept already, and queue its reading."""
    same = await store.find_same(tx, upload)
    note = None
    if same is not None:
        note = (
            f"The same content was uploaded as “{same[0]}” by {same[1]} at {same[2]:%Y-%m-%d %H:%M} UTC; "
            "it is read again and becomes a submission of its own."
        )
    document_id, extraction_id = uuid7(), uuid7()
    await store.insert_document(tx, document_id, upload, note=note)
    await extraction_store.insert_extraction(
        tx,
        extraction_id,
        document_id=document_id,
        project_id=upload.project_id,
        lab_id=upload.lab_id,
        wish=Wish(as_form=upload.as_form),
    )
    event = events.DocumentReceived(
        document_id=document_id,
        extraction_id=extraction_id,
        project_id=upload.project_id,
        lab_id=upload.lab_id,
        filename=upload.filename,
        kind=upload.kind,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
    )
    tx.announce(event, subject=Subject("document", str(document_id)), tenant_id=upload.lab_id)
    shown = await store.show_document(tx, tx.call.scope, document_id)
    if shown is None:
        raise errors.NotFound("There is no such document.")
    return Written(item=shown.item, location=f"/api/documents/{document_id}")

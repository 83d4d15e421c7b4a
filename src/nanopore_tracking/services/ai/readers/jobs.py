"""Reads the documents that wait, one after the other, on every replica; each reading runs in the sandbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import structlog

from nanopore_tracking.kernel import errors, sandbox
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.kernel.objects import Damaged, open_objects
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.columns import store as column_store
from nanopore_tracking.services.ai.columns.model import Known
from nanopore_tracking.services.ai.consultations import commands as consultations
from nanopore_tracking.services.ai.extractions import commands, model, store
from nanopore_tracking.services.ai.extractions.model import Claimed
from nanopore_tracking.services.ai.forms.model import Options as FormOptions
from nanopore_tracking.services.ai.interventions import commands as interventions
from nanopore_tracking.services.ai.lessons import store as lesson_store
from nanopore_tracking.services.ai.manifests.model import CHUNK_ROWS, Message, Options, Refusal, Summary
from nanopore_tracking.services.ai.projects import store as project_store
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.reviews import commands as reviews
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.templates import store as template_store

_READER = "nanopore_tracking.services.ai.manifests.model:read_manifest"
_FORM_READER = "nanopore_tracking.services.ai.forms.model:read_form"
_SIGN_OF_LIFE_S = 2.0
#: Forms for which a language model is asked at the same time, and how soon another document is looked for meanwhile.
_ASKING_AT_ONCE = 4
_LOOK_S = 0.5
_ROWS = b'{"type":"rows"'

_log = structlog.get_logger(__name__)
_message = msgspec.json.Decoder(Message | FormReading)


class Progress:
    """How far a reading is, and what of it is in hand."""

    def __init__(self) -> None:
        self.summary: Summary | None = None
        self.form: FormReading | None = None
        self.refusal: str | None = None
        self.needs: Refusal | None = None
        self.lost = False
        self.chunks: list[bytes] = []
        self.rows_read = 0

    def take(self, message: bytes) -> None:
        """Take in one message of the reader; rows stay encoded until they are announced."""
        if message.startswith(_ROWS):
            self.chunks.append(message)
            self.rows_read = min(len(self.chunks) * CHUNK_ROWS, self.summary.row_count if self.summary else 0)
            return
        decoded = _message.decode(message)
        if isinstance(decoded, Summary):
            self.summary = decoded
        elif isinstance(decoded, FormReading):
            self.form = decoded
        elif isinstance(decoded, Refusal):
            self.refusal = decoded.message
            self.needs = decoded if decoded.need else None


async def read_waiting(runtime: Runtime) -> None:
    """Read every document that waits; others on other replicas read meanwhile what is not taken.

    A form for which a language model is asked keeps no other document waiting.
    """
    asking: set[asyncio.Task[None]] = set()
    turn = asyncio.Lock()
    try:
        while not runtime.stopping:
            claimed = None
            if len(asking) < _ASKING_AT_ONCE:
                async with runtime.db.transaction(runtime.call()) as tx:
                    claimed = await commands.claim(tx)
            if claimed is not None and claimed.kind in model.FORMS and runtime.settings.reading_method != "pattern":
                asking.add(asyncio.create_task(_read(runtime, claimed, turn)))
            elif claimed is not None:
                await _read(runtime, claimed, turn)
            elif asking:
                done, asking = await asyncio.wait(asking, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            else:
                return
    finally:
        await asyncio.gather(*asking, return_exceptions=True)


async def _read(runtime: Runtime, claimed: Claimed, turn: asyncio.Lock) -> None:
    """Read a document and keep what came of it. turn: of the sandbox, in which one document is read at a time."""
    progress = Progress()
    try:
        content = await open_objects(runtime.settings.objects_url).get(claimed.sha256)
        await _while_it_is_ours(runtime, claimed, content=content, progress=progress, turn=turn)
    except (errors.NotFound, Damaged) as problem:
        progress.refusal = f"{problem.message} Upload the file again."
    except errors.Unavailable as problem:
        _log.warning("extraction.given_back", extraction_id=str(claimed.id), reason=problem.message)
        async with runtime.db.transaction(runtime.call()) as tx:
            await commands.give_back(tx, claimed)
        return
    except (sandbox.Stopped, msgspec.MsgspecError) as failure:
        _log.warning("extraction.stopped", extraction_id=str(claimed.id), reason=str(failure))
        progress.refusal = model.stopped(failure.cause if isinstance(failure, sandbox.Stopped) else "crash")
    if progress.lost:
        _log.info("extraction.lost", extraction_id=str(claimed.id))
        return
    try:
        await _end(runtime, claimed, progress)
    except errors.Conflict as problem:
        _log.info("extraction.lost", extraction_id=str(claimed.id), reason=problem.message)


async def _end(runtime: Runtime, claimed: Claimed, progress: Progress) -> None:
    # In the name of the person who asked, as the record of what happened shall say.
    call = Call(actor=claimed.requested_by, request_id=claimed.request_id)
    async with runtime.db.transaction(call) as tx:
        if progress.form is not None:
            await reviews.keep(tx, claimed, progress.form)
        elif progress.summary is not None and progress.refusal is None:
            await commands.finish(tx, claimed, summary=progress.summary, chunks=progress.chunks)
        elif progress.needs is not None:
            await interventions.ask(tx, claimed, progress.needs.need, page_count=progress.needs.page_count)
        else:
            await commands.refuse(tx, claimed, progress.refusal or model.stopped("crash"))


async def _while_it_is_ours(
    runtime: Runtime, claimed: Claimed, *, content: bytes, progress: Progress, turn: asyncio.Lock
) -> None:
    """Read, unless the reading is cancelled or taken over meanwhile: then its child is killed."""
    reading = asyncio.create_task(_run_reader(runtime, claimed, content=content, progress=progress, turn=turn))
    try:
        async with _signs_of_life(runtime, claimed, progress, reading=reading):
            await reading
    except asyncio.CancelledError:
        if not progress.lost:
            raise
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _run_reader(
    runtime: Runtime, claimed: Claimed, *, content: bytes, progress: Progress, turn: asyncio.Lock
) -> None:
    settings: Settings = runtime.settings
    target, options = await _asked(runtime, claimed, settings)
    limits = settings.form_limits() if claimed.kind in model.FORMS else settings.limits()
    async with turn:
        reading = sandbox.run(target, content, options=msgspec.json.encode(options), limits=limits)
        async with contextlib.aclosing(reading) as messages:
            async for message in messages:
                progress.take(message)
    if progress.form is not None and isinstance(options, FormOptions):
        leave = await _leave(runtime, claimed)
        progress.form = await consultations.help_reading(settings, progress.form, options, leave=leave, db=runtime.db)


async def _leave(runtime: Runtime, claimed: Claimed) -> consultations.Leave:
    """Return whether the document may go to a language model elsewhere, as its project said."""
    project = await project_store.find_project(runtime.db, claimed.project_id, None)
    if project is None:
        return consultations.leave_of(str(claimed.project_id), agreed=False)
    return consultations.leave_of(project.code, agreed=project.remote_models)


async def _asked(runtime: Runtime, claimed: Claimed, settings: Settings) -> tuple[str, Options | FormOptions]:
    """Return which reader reads the document, and what it needs to know."""
    if claimed.kind in model.FORMS:
        templates = list(await template_store.active(runtime.db))
        learnt = await lesson_store.known(runtime.db, claimed.lab_id)
        lines, pages = settings.reading_method != "pattern", claimed.wanted_pages
        return _FORM_READER, FormOptions(
            kind=claimed.kind, templates=templates, learnt=learnt, lines=lines, pages=pages
        )
    headings = await column_store.learnt_headings(runtime.db, claimed.lab_id)
    return _READER, Options(
        kind=claimed.kind,
        known=Known(learnt=headings, chosen=claimed.chosen),
        sheet=claimed.wanted_sheet,
        most_rows=settings.manifest_max_rows,
    )


@contextlib.asynccontextmanager
async def _signs_of_life(
    runtime: Runtime, claimed: Claimed, progress: Progress, *, reading: asyncio.Task[None]
) -> AsyncIterator[None]:
    """Keep the reading for ourselves while it goes on, tell how far it is, and end it once it is not ours."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(_SIGN_OF_LIFE_S)
            rows = progress.summary.row_count if progress.summary else None
            with contextlib.suppress(errors.Unavailable):
                rows_read = progress.rows_read
                if not await store.touch_extraction(runtime.db, claimed, row_count=rows, rows_read=rows_read):
                    progress.lost = True
                    reading.cancel()
                    return

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


JOBS = [Job(name=model.JOB, interval_s=2.0, run=read_waiting, everywhere=True)]

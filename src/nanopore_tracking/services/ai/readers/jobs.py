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
from nanopore_tracking.kernel.sandbox import Limits
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
from nanopore_tracking.services.ai.prints.model import Tenant
from nanopore_tracking.services.ai.projects import store as project_store
from nanopore_tracking.services.ai.rasters.model import Options as RasterOptions
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.recognitions import commands as recognitions
from nanopore_tracking.services.ai.reviews import commands as reviews
from nanopore_tracking.services.ai.scans.model import Scan, Wanted
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
_message = msgspec.json.Decoder(Message | FormReading | Wanted)


class Turns:
    """Who is next: one document is read at a time, and beside it one page is recognised at a time."""

    def __init__(self) -> None:
        self.reading = asyncio.Lock()
        self.recognising = asyncio.Lock()


class Progress:
    """How far a reading is, and what of it is in hand."""

    def __init__(self) -> None:
        self.summary: Summary | None = None
        self.wanted: list[int] = []
        self.recognised = 0
        self.scanning = asyncio.Event()
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
        elif isinstance(decoded, Wanted):
            self.wanted = decoded.pages
        elif isinstance(decoded, FormReading):
            self.form = decoded
        elif isinstance(decoded, Refusal):
            self.refusal = decoded.message
            self.needs = decoded if decoded.need else None


async def read_waiting(runtime: Runtime) -> None:
    """Read every document that waits; others on other replicas read meanwhile what is not taken.

    A form for which a language model is asked, or whose pages are recognised, keeps no other document waiting.
    """
    asking: set[asyncio.Task[None]] = set()
    turns = Turns()
    try:
        while not runtime.stopping:
            claimed = None
            if len(asking) < _ASKING_AT_ONCE:
                async with runtime.db.transaction(runtime.call()) as tx:
                    claimed = await commands.claim(tx)
            if claimed is not None:
                progress = Progress()
                task = asyncio.create_task(_read(runtime, claimed, turns, progress=progress))
                asking.add(task)
                if not claimed.is_form or runtime.settings.reading_method == "pattern":
                    await _done_or_scanning(task, progress)
                if task.done():
                    asking.remove(task)
                    task.result()
            elif asking:
                done, asking = await asyncio.wait(asking, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            else:
                return
    except asyncio.CancelledError:
        for task in asking:
            task.cancel()
        raise
    finally:
        await asyncio.gather(*asking, return_exceptions=True)


async def _done_or_scanning(task: asyncio.Task[None], progress: Progress) -> None:
    """Wait until a document is read or its pages begin to be recognised, which takes seconds for each of them."""
    scanning = asyncio.create_task(progress.scanning.wait())
    try:
        await asyncio.wait({task, scanning}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        scanning.cancel()


async def _read(runtime: Runtime, claimed: Claimed, turns: Turns, *, progress: Progress) -> None:
    """Read a document and keep what came of it."""
    try:
        content = await open_objects(runtime.settings.objects_url).get(claimed.sha256)
        await _while_it_is_ours(runtime, claimed, content=content, progress=progress, turns=turns)
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
    runtime: Runtime, claimed: Claimed, *, content: bytes, progress: Progress, turns: Turns
) -> None:
    """Read, unless the reading is cancelled or taken over meanwhile: then its child is killed."""
    reading = asyncio.create_task(_run_reader(runtime, claimed, content=content, progress=progress, turns=turns))
    try:
        async with _signs_of_life(runtime, claimed, progress, reading=reading):
            await reading
    except asyncio.CancelledError:
        if not progress.lost:
            raise
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _run_reader(runtime: Runtime, claimed: Claimed, *, content: bytes, progress: Progress, turns: Turns) -> None:
    settings: Settings = runtime.settings
    target, options = await _asked(runtime, claimed, settings)
    limits = settings.form_limits() if claimed.is_form else settings.limits()
    await _once(target, content, options, limits=limits, progress=progress, turns=turns)
    if progress.wanted and isinstance(options, FormOptions):
        scans = await _recognised(runtime, claimed, content, progress=progress, turns=turns)
        await _touch(runtime, claimed, progress)
        options = msgspec.structs.replace(options, scans=scans)
        await _once(target, content, options, limits=limits, progress=progress, turns=turns)
    if progress.form is not None and isinstance(options, FormOptions):
        leave = await _leave(runtime, claimed)
        progress.form = await consultations.help_reading(settings, progress.form, options, leave=leave, db=runtime.db)


async def _once(
    target: str, content: bytes, options: Options | FormOptions, *, limits: Limits, progress: Progress, turns: Turns
) -> None:
    async with turns.reading:
        reading = sandbox.run(target, content, options=msgspec.json.encode(options), limits=limits)
        async with contextlib.aclosing(reading) as messages:
            async for message in messages:
                progress.take(message)


async def _recognised(
    runtime: Runtime, claimed: Claimed, content: bytes, *, progress: Progress, turns: Turns
) -> list[Scan]:
    """Return what is recognised on the pages that are wanted, one after the other; what is kept of them is taken."""
    progress.scanning.set()
    settings: Settings = runtime.settings
    objects, found = open_objects(settings.objects_url), list[Scan]()
    limits = {"drawing": settings.form_limits(), "recognising": settings.ocr_limits()}
    for number in progress.wanted:
        scan = await recognitions.find(runtime.db, objects, claimed.sha256, page=number)
        if scan is None:
            async with turns.recognising:
                scan = await recognitions.page(content, RasterOptions(claimed.kind, number), **limits)
            if scan is not None:
                await recognitions.keep(runtime.db, objects, scan, sha256=claimed.sha256)
        progress.recognised += 1
        found += [scan] if scan is not None else []
    return found


async def _leave(runtime: Runtime, claimed: Claimed) -> consultations.Leave:
    """Return whether the document may go to a language model elsewhere, as its project said."""
    project = await project_store.find_project(runtime.db, claimed.project_id, None)
    if project is None:
        return consultations.leave_of(str(claimed.project_id), agreed=False)
    tenant = Tenant(lab_id=claimed.lab_id, project_id=claimed.project_id)
    return consultations.leave_of(project.code, agreed=project.remote_models, tenant=tenant)


async def _asked(runtime: Runtime, claimed: Claimed, settings: Settings) -> tuple[str, Options | FormOptions]:
    """Return which reader reads the document, and what it needs to know."""
    if claimed.is_form:
        templates = list(await template_store.active(runtime.db))
        learnt = await lesson_store.known(runtime.db, claimed.lab_id, settings.lessons_apart)
        on_templates = await lesson_store.known_on_templates(runtime.db, claimed.lab_id, settings.lessons_apart)
        said = {text: field for text, field in claimed.chosen.items() if field is not None}
        return _FORM_READER, FormOptions(
            kind="csv" if claimed.kind == "text_table" else claimed.kind,
            templates=templates,
            learnt=learnt | said,
            learnt_on={name: known | said for name, known in on_templates.items()},
            template=claimed.wanted_template or "",
            lines=settings.reading_method != "pattern",
            pages=claimed.wanted_pages,
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
            if not await _touch(runtime, claimed, progress):
                progress.lost = True
                reading.cancel()
                return

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _touch(runtime: Runtime, claimed: Claimed, progress: Progress) -> bool:
    """Tell how far a reading is; False when it is not ours any more. A database that is away is told next time."""
    rows = progress.summary.row_count if progress.summary else None
    pages = (len(progress.wanted) or None, progress.recognised)
    with contextlib.suppress(errors.Unavailable):
        return await store.touch_extraction(
            runtime.db, claimed, row_count=rows, rows_read=progress.rows_read, pages=pages
        )
    return True


JOBS = [Job(name=model.JOB, interval_s=2.0, run=read_waiting, everywhere=True)]

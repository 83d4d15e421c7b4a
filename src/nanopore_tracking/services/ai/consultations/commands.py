"""Lets a language model help to read a form, or says why it did not; a form never waits for a model that is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.ai.blends import model as blends
from nanopore_tracking.services.ai.endpoints import commands as endpoints
from nanopore_tracking.services.ai.endpoints.model import Endpoint, Failure
from nanopore_tracking.services.ai.forms.model import Options
from nanopore_tracking.services.ai.hints import model as hints
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.meanings import commands as meanings
from nanopore_tracking.services.ai.meanings.model import NAME
from nanopore_tracking.services.ai.prints import store as prints
from nanopore_tracking.services.ai.prints.model import Example, Tenant
from nanopore_tracking.services.ai.prompts import model as prompts
from nanopore_tracking.services.ai.readings.model import FormReading, Nearness
from nanopore_tracking.services.ai.settings import ModelSettings

_RULES = "The form was read by rules alone; nothing was lost."


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Whether a form may be given to a remote model. refusal: the sentence where it may not; tenant: whose it is."""

    granted: bool
    refusal: str = ""
    tenant: Tenant | None = None


def leave_of(code: str, *, agreed: bool, tenant: Tenant | None = None) -> Leave:
    """Return what a project agreed to. code: of the project; tenant: whose other forms may be looked at."""
    refusal = (
        f"The project {code} has not agreed that its documents go to a remote language model, so that none was asked. "
        f"{_RULES}"
    )
    return Leave(granted=agreed, refusal=refusal, tenant=tenant)


async def help_reading(
    settings: ModelSettings, reading: FormReading, options: Options, *, leave: Leave, db: Reads | None
) -> FormReading:
    """Return the reading as the method that is set makes it; as rules made it, with a sentence, where that fails.

    options: with which the rules read it; db: where the budget is kept, None for none.
    """
    way = settings.reading_method
    endpoint = endpoints.endpoint_of(settings)
    if way == "rag":
        reading = await _recalled(settings, reading, options)
    if way == "pattern" or endpoint is None:
        return _bare(reading)
    reading = msgspec.structs.replace(reading, wanted=way)
    if not endpoint.local and not leave.granted:
        return _without(reading, leave.refusal)
    try:
        tenant = _tenant(endpoint, leave)
        near = await prints.examples(db, tenant, reading.labels) if way == "rag" and db and tenant else []
        return _bare(await _helped(settings, endpoint, reading, options=options, near=near, db=db))
    except Failure as failure:
        later = " Upload it again later to have it read with help." if failure.kind in ("busy", "down", "open") else ""
        return _without(reading, f"{failure.message} {_RULES}{later}")


async def _recalled(settings: ModelSettings, reading: FormReading, options: Options) -> FormReading:
    """Return the reading with what may be said of the texts that nobody knows, from what was learnt and is usual."""
    known = hints.references({**options.learnt, **options.learnt_on.get(reading.template or "", {})})
    texts = [each.text for each in reading.strangers]
    way: Nearness = "meaning"
    near = await meanings.near(settings, texts, [each.text for each in known]) if texts else None
    if near is None:
        near, way = await asyncio.to_thread(hints.spelled, texts, known), "spelling"
    filled = frozenset(each.field for each in reading.fields if each.state == "read")
    said = hints.hints(reading.strangers, known, near, way=way, filled=filled)
    model = NAME if way == "meaning" else None
    recalled = {"vocabulary": len(options.learnt), "meanings": model, "hints": said}
    return msgspec.structs.replace(reading, method="rag", wanted="rag", **recalled)


def _tenant(endpoint: Endpoint, leave: Leave) -> Tenant | None:
    """Return whose forms may be shown to a model: of the lab to its own one, to one elsewhere of the project alone."""
    if leave.tenant is None or endpoint.local:
        return None if leave.tenant is None else Tenant(lab_id=leave.tenant.lab_id)
    return leave.tenant


async def _helped(
    settings: ModelSettings,
    endpoint: Endpoint,
    reading: FormReading,
    *,
    options: Options,
    near: Sequence[Example],
    db: Reads | None,
) -> FormReading:
    way = settings.reading_method
    template = next((each for each in options.templates if each.name == reading.template), None)
    wanted = blends.wanted(reading, way, template)
    fields = prompts.askable(wanted.fields, remote=not endpoint.local)
    labels = Labels(options.learnt, template)
    told = {"model": endpoint.model, "prompt_version": prompts.VERSION}
    if not fields and not wanted.samples:
        return msgspec.structs.replace(reading, method=way, tokens=0, **told)
    shown = [(each.line, each.field, each.raw) for each in near]
    remote = not endpoint.local
    question = prompts.question(reading.lines, fields, samples=wanted.samples, remote=remote, examples=shown)
    found = await endpoints.consult(settings, endpoint, question, db=db)
    blended = blends.blend(reading, way, found.answer, labels=labels, model=endpoint.model)
    read = {each.field for each in blended.fields if each.state == "read"}
    still = [each for each in blended.hints if each.stranger.kind == "heading" or each.field not in read]
    return msgspec.structs.replace(blended, tokens=found.tokens, hints=still, **told)


def _without(reading: FormReading, sentence: str) -> FormReading:
    return _bare(msgspec.structs.replace(reading, warnings=[sentence, *reading.warnings]))


def _bare(reading: FormReading) -> FormReading:
    """Return a reading without its lines, which nobody needs any more."""
    return msgspec.structs.replace(reading, lines=[])
